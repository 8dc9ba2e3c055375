# SPDX-License-Identifier: MIT
"""What a host tells a node, against the vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.wire import shared
from upturn.core.limits import STANDARD, Profile
from upturn.core.mounting import ASSUMED, Mounting
from upturn.wire import commands
from upturn.wire.commands import Command, encode_command
from upturn.wire.vocabulary import BthomeMode, Verb

Fields = dict[str, Any]


def profile(f: Fields) -> Profile:
    return Profile(
        f["name"],
        f["notice_ms"] / 1000,
        f["limit_ms"] / 1000,
        f["rest_ms"] / 1000,
        f["max_angle_cdeg"] / 100,
        source="config",
        reason="",
    )


def mounting(f: Fields) -> Mounting:
    rows = [row / 16384 for row in f["rows"]]
    head, front, hinge = (
        (rows[0], rows[1], rows[2]),
        (rows[3], rows[4], rows[5]),
        (rows[6], rows[7], rows[8]),
    )
    return Mounting(head, front, hinge, *(offset / 16384 for offset in f["offsets"]))


MAKERS: dict[Verb, Callable[[Fields], Command]] = {
    Verb.HEARTBEAT: lambda f: commands.heartbeat(f["priority"], paused=f["paused"]),
    Verb.READ_INFO: lambda _: commands.READ_INFO,
    Verb.SET_PROFILE: lambda f: commands.set_profile(
        profile(f), judges_angle=f["max_angle_cdeg"] != -32768
    ),
    Verb.SET_CALIBRATION: lambda f: commands.set_calibration(mounting(f)),
    Verb.CLEAR_CALIBRATION: lambda _: commands.CLEAR_CALIBRATION,
    Verb.IDENTIFY: lambda _: commands.IDENTIFY,
    Verb.ACKNOWLEDGE: lambda _: commands.ACKNOWLEDGE,
    Verb.TEST_ALARM: lambda f: commands.test_alarm(f["priority"]),
    Verb.SET_RATE: lambda f: commands.set_rate(f["rate_hz"]),
    Verb.SET_NAME: lambda f: commands.set_name(f["name"]),
    Verb.MAINTENANCE: lambda _: commands.MAINTENANCE,
    Verb.POWER_OFF: lambda _: commands.POWER_OFF,
    Verb.SET_BTHOME: lambda f: commands.set_bthome(
        BthomeMode(f["mode"]), bytes.fromhex(f.get("key", ""))
    ),
    Verb.FORGET_HOSTS: lambda _: commands.FORGET_HOSTS,
}


@pytest.mark.parametrize("vector", shared.ALL["from_host"], ids=shared.names("from_host"))
def test_a_command_is_written_as_its_vector(vector: dict[str, Any]) -> None:
    fields = vector["fields"]
    command = MAKERS[Verb[fields["verb"].upper()]](fields)
    assert encode_command(fields["id"], command).hex() == vector["hex"]


def test_every_verb_can_be_said() -> None:
    assert set(MAKERS) == set(Verb)


def test_of_a_long_name_as_much_as_a_text_holds_and_no_half_letter() -> None:
    long = replace(STANDARD, name="Übung am Morgen, lang")
    assert commands.set_profile(long).payload[14:] == b"\x10" + "Übung am Morgen".encode()
    broken = replace(STANDARD, name=15 * "x" + "ü")
    assert commands.set_profile(broken).payload[14:] == b"\x0f" + 15 * b"x"


def test_a_calibration_beyond_the_wire_is_not_sent() -> None:
    with pytest.raises(ValueError, match="2 or more"):
        commands.set_calibration(replace(ASSUMED, head=(0.0, 2.0, 0.0)))


@pytest.mark.parametrize(
    ("mode", "key", "why"),
    [
        (BthomeMode.ENCRYPTED, b"", "encrypted does not take a key of 0"),
        (BthomeMode.ENCRYPTED, bytes(15), "encrypted does not take a key of 15"),
        (BthomeMode.ENCRYPTED, bytes(17), "encrypted does not take a key of 17"),
        (BthomeMode.PLAIN, bytes(16), "plain does not take a key of 16"),
        (BthomeMode.OFF, bytes(1), "off does not take a key of 1"),
    ],
)
def test_a_key_that_no_node_takes_is_not_sent(mode: BthomeMode, key: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        commands.set_bthome(mode, key)
