# SPDX-License-Identifier: MIT
"""Messages of a node: what they say in physical units, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import cases
from tests.wire import shared
from upturn.core.events import Posture
from upturn.core.mounting import Mounting
from upturn.core.sample import NodeCounters
from upturn.wire.decode import decode
from upturn.wire.messages import (
    Answer,
    Goodbye,
    Hello,
    Invalid,
    Measurement,
    NodeLimits,
    Short,
    Status,
    Unknown,
)
from upturn.wire.vocabulary import (
    BTHOME_MODES,
    FAULTS,
    GOODBYES,
    NO_FAULT,
    RESETS,
    RESULTS,
    Flag,
    MessageType,
    Result,
    Trait,
    Verb,
    fault,
)

Fields = dict[str, Any]
POSTURES = ("unknown", "upright", "level", "inverted", "over_rotated")


def of(value: int | None, unit: int) -> float | None:
    return None if value is None else value / unit


def counters(f: Fields) -> NodeCounters:
    return NodeCounters(
        f["epoch"],
        f["inversions"],
        f["inversion_ms"] / 1000,
        f["inverted_ms"] / 1000,
        f["exposure_ms"] / 1000,
        f["rest_ms"] / 1000,
    )


def measurement(f: Fields) -> Measurement:
    return Measurement(
        seq=f["seq"],
        t_ms=f["t_ms"],
        flags=f["flags"],
        posture=Posture(POSTURES[f["posture"]]),
        priority=f["priority"],
        angle_deg=of(f["angle_cdeg"], 100),
        peak_g=f["peak_mg"] / 1000,
        battery_percent=f["battery_percent"],
        battery_v=of(f["battery_mv"] or None, 1000),
        presses=f["presses"],
        calls=f["calls"],
        counters=counters(f),
        has_gyro=f["has_gyro"],
        readings=tuple(tuple(reading) for reading in f["readings"]),
    )


def short(f: Fields) -> Short:
    return Short(
        seq=f["seq"],
        t_ms=f["t_ms"],
        flags=f["flags"],
        posture=Posture(POSTURES[f["posture"]]),
        priority=f["priority"],
        angle_deg=of(f["angle_cdeg"], 100),
        exposure_s=f["exposure_ds"] / 10,
        epoch=f["epoch"],
        battery_percent=f["battery_percent"],
        presses=f["presses"],
        calls=f["calls"],
    )


def hello(f: Fields) -> Hello:
    rows = [row / 16384 for row in f["rows"]]
    offsets = [offset / 16384 for offset in f["offsets"]]
    mounting = Mounting(
        (rows[0], rows[1], rows[2]),
        (rows[3], rows[4], rows[5]),
        (rows[6], rows[7], rows[8]),
        offsets[0],
        offsets[1],
    )
    return Hello(
        node_id=f["node_id"],
        firmware=".".join(map(str, f["firmware"])),
        reset=RESETS[f["reset"]],
        boots=f["boots"],
        epoch=f["epoch"],
        t_ms=f["t_ms"],
        rate_hz=f["rate_hz"],
        range_g=f["range_g"],
        traits=Trait(f["traits"]),
        fault=f["fault"],
        limits=NodeLimits(
            f["notice_ms"] / 1000,
            f["limit_ms"] / 1000,
            f["rest_ms"] / 1000,
            None if f["max_angle_cdeg"] == -32768 else f["max_angle_cdeg"] / 100,
        ),
        mounting=mounting if f["traits"] & 2 else None,
        board=f["board"],
        sensor=f["sensor"],
        name=f["name"],
        profile=f["profile"],
        bthome=f.get("bthome"),
        bonds=f.get("bonds"),
    )


READ: dict[str, Callable[[Fields], object]] = {
    "MEASUREMENT": measurement,
    "SHORT": short,
    "HELLO": hello,
    "STATUS": lambda f: Status(**f),
    "GOODBYE": lambda f: Goodbye(**f),
    "ANSWER": lambda f: Answer(**f),
}


@pytest.mark.parametrize("vector", shared.ALL["from_node"], ids=shared.names("from_node"))
def test_a_message_says_what_its_vector_says(vector: dict[str, Any]) -> None:
    message = bytes.fromhex(vector["hex"])[:-3]
    assert decode(message) == READ[vector["kind"]](vector["fields"])


@pytest.mark.parametrize("vector", shared.ALL["earlier"], ids=shared.names("earlier"))
def test_what_an_earlier_layout_did_not_have_is_not_known(vector: dict[str, Any]) -> None:
    said = decode(bytes.fromhex(vector["hex"])[:-3])
    assert said == hello(vector["fields"])
    assert isinstance(said, Hello)
    assert (said.bthome, said.bonds) == (None, None)


@pytest.mark.parametrize("vector", shared.ALL["longer"], ids=shared.names("longer"))
def test_what_a_later_version_of_a_message_adds_is_passed_over(vector: dict[str, Any]) -> None:
    message = bytes.fromhex(vector["hex"])[:-3]
    assert decode(message) == READ[vector["kind"]](vector["fields"])


@pytest.mark.parametrize(
    "vector", shared.ALL["refused_by_host"], ids=shared.names("refused_by_host")
)
def test_an_impossible_message_is_refused_as_a_whole(vector: dict[str, Any]) -> None:
    said = decode(bytes.fromhex(vector["hex"])[:-3])
    assert isinstance(said, Invalid)
    assert said.type is MessageType[vector["kind"]]
    assert said.reason


def test_a_refusal_says_what_is_impossible() -> None:
    """One of each reason, in the order of the fields."""
    reasons = {}
    for vector in shared.ALL["refused_by_host"]:
        said = decode(bytes.fromhex(vector["hex"])[:-3])
        assert isinstance(said, Invalid)
        reasons[f"{vector['kind']} {vector['name']}"] = said.reason
    assert reasons["MEASUREMENT no samples"] == "no samples"
    assert reasons["MEASUREMENT a sample cut short"] == "45 bytes with 1 samples"
    assert reasons["MEASUREMENT cut before its samples"] == "38 bytes"
    assert reasons["MEASUREMENT posture 5"] == "posture 5"
    assert reasons["MEASUREMENT angle 180.01"] == "an angle of 180.01 degrees"
    assert reasons["MEASUREMENT battery 101 %"] == "a battery at 101 %"
    assert reasons["HELLO layout 2 without its bonds"] == "less than its layout has"
    assert reasons["GOODBYE too long"] == "7 bytes, not 6"


@pytest.mark.parametrize("vector", shared.ALL["not_for_host"], ids=shared.names("not_for_host"))
def test_another_version_or_type_is_not_read(vector: dict[str, Any]) -> None:
    said = decode(bytes.fromhex(vector["hex"])[:-3])
    whole_hello = vector["kind"] == "HELLO" and "cut" not in vector["name"]
    node_id = cases.HELLO["node_id"] if whole_hello else None
    assert said == Unknown(vector["version"], vector["type"], node_id)


@given(st.binary(min_size=1, max_size=241))
def test_no_bytes_whatever_raise(body: bytes) -> None:
    decode(body)


@given(st.sampled_from(list(MessageType)), st.binary(max_size=240))
def test_no_body_of_a_known_type_raises(type_: MessageType, body: bytes) -> None:
    said = decode(bytes((0x10 | type_,)) + body)
    if isinstance(said, Invalid):
        assert said.type is type_
        assert said.reason


@given(st.sampled_from(shared.ALL["from_node"]), st.data())
def test_a_changed_field_is_read_or_refused(vector: dict[str, Any], data: st.DataObject) -> None:
    message = bytearray.fromhex(vector["hex"])[:-3]
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(1, len(message) - 1))] = data.draw(st.integers(0, 255))
    said = decode(bytes(message))
    assert not isinstance(said, Unknown)
    if isinstance(said, Measurement):
        assert 1 <= len(said.readings) <= 15
        assert said.angle_deg is None or -180.0 < said.angle_deg <= 180.0
        assert said.battery_percent is None or 0 <= said.battery_percent <= 100
    elif isinstance(said, Hello):
        texts = (said.board, said.sensor, said.name, said.profile)
        assert all(text.isprintable() and len(text.encode()) <= 16 for text in texts)


def test_what_a_node_says_of_a_refusal_can_be_shown() -> None:
    raw = shared.message("ANSWER", id=1, verb=2, result=3, reason="limit\x1b[2J") + b"\xff"
    assert decode(raw) == Answer(1, 2, 3, "limit�[2J�")


def test_an_answer_reads_as_a_sentence() -> None:
    assert Answer(1, Verb.READ_INFO, Result.DONE).done
    assert Answer(1, Verb.READ_INFO, Result.DONE).words == "done"
    refused = Answer(1, Verb.SET_PROFILE, Result.BAD_VALUE, "limit is at most 300 s")
    assert not refused.done
    assert refused.words == "a value is impossible: limit is at most 300 s"
    assert Answer(1, 1, 99).words == "number 99 of a newer node"


def test_a_goodbye_reads_as_a_sentence() -> None:
    assert Goodbye(0, 1).words == "switched off by its button"
    assert Goodbye(0, 9).words == "number 9 of a newer node"


def test_a_reset_of_a_newer_node_is_shown_as_its_number() -> None:
    said = decode(shared.hello(reset=6))
    assert isinstance(said, Hello)
    assert said.reset == "number 6 of a newer node"


ROWS = cases.HELLO["rows"]


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({}, True),
        ({"rows": [0, 13110, 0, 0, 0, 20480, 16384, 0, 0]}, True),  # 0.8 and 1.25 long
        ({"rows": [0, 12900, 0, *ROWS[3:]]}, False),
        ({"rows": [*ROWS[:3], 0, 0, 20700, *ROWS[6:]]}, False),
        ({"rows": 9 * [0]}, False),
        ({"rows": [0, 16384, 0, 0, 4914, 15630, 16384, 0, 0]}, True),  # a cosine of 0.3
        ({"rows": [0, 16384, 0, 0, 5300, 15500, 16384, 0, 0]}, False),
        ({"rows": [*ROWS[:6], 16384, 5600, 0]}, False),
        ({"rows": [*ROWS[:6], 16384, 0, 5600]}, False),
        ({"rows": [*ROWS[:6], 15396, 3962, 3962]}, True),  # 20 degrees off head x front
        ({"rows": [*ROWS[:6], 15296, 4150, 4150]}, False),
        ({"rows": [*ROWS[:6], -16384, 0, 0]}, False),  # left-handed
        ({"offsets": [4096, -4096]}, True),  # 0.25 g
        ({"offsets": [4097, 0]}, False),
        ({"offsets": [0, -4097]}, False),
    ],
)
def test_a_node_with_an_impossible_calibration_is_not_calibrated(
    fields: Fields, taken: bool
) -> None:
    said = decode(shared.hello(**fields))
    assert isinstance(said, Hello)
    assert Trait.CALIBRATED in said.traits
    assert (said.mounting is not None) == taken


def test_traits_that_a_newer_node_has_are_passed_over() -> None:
    said = decode(shared.hello(traits=0xFF))
    assert isinstance(said, Hello)
    assert said.traits is (
        Trait.GYRO | Trait.CALIBRATED | Trait.BATTERY | Trait.BUZZER | Trait.BLE
    )
    assert said.has_gyro


def test_a_fault_of_a_newer_node_is_taken_for_one_of_the_sensor() -> None:
    assert fault(NO_FAULT) == ("", False)
    assert fault(3) == ("the sensor's readings do not change", True)
    assert fault(9) == ("fault 9 of a newer node", True)


@pytest.mark.parametrize(
    ("table", "numbers"),
    [
        (FAULTS, range(9)),
        (RESETS, range(6)),
        (GOODBYES, range(1, 4)),
        (RESULTS, range(7)),
        (BTHOME_MODES, range(3)),
    ],
)
def test_every_number_of_the_page_has_its_words(table: dict[int, Any], numbers: range) -> None:
    assert sorted(table) == list(numbers)
    meanings = [str(meaning) for meaning in table.values()]
    assert len(set(meanings)) == len(meanings)


def test_flags_are_single_bits_side_by_side() -> None:
    assert sum(Flag) == 0x0FFF
    assert len(Flag) == 12
