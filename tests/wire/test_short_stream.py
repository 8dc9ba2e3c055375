# SPDX-License-Identifier: MIT
"""A link that carries the node's angle alone: what becomes of it, and what does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors.cases import HELLO
from tests.wire.shared import Node, hello
from upturn.core.mounting import Mounting
from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.core.tilt import Tilt
from upturn.wire.messages import Short
from upturn.wire.node_stream import (
    ANGLE_ONLY,
    UNEXPLAINED_FAULT,
    Described,
    FaultChanged,
    Heard,
    LinkCounts,
    NodeStream,
    Samples,
)
from upturn.wire.vocabulary import Trait

ROWS = [-16384, 0, 0, 0, 16384, 0, 0, 0, -16384]
MOUNTING = Mounting((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
TRAITS = HELLO["traits"]


def greeted(**fields: Any) -> NodeStream:
    """A stream whose calibrated node, with a gyro, has said hello at 100 s."""
    stream = NodeStream()
    stream.hear(hello(**{"rows": ROWS} | fields), 100.0)
    return stream


def samples(heard: list[Heard]) -> list[Sample]:
    return [sample for one in heard if isinstance(one, Samples) for sample in one.samples]


def described(heard: list[Heard]) -> list[Described]:
    return [one for one in heard if isinstance(one, Described)]


def test_a_short_is_one_sample_of_the_angle_that_the_node_has_found() -> None:
    stream, node = greeted(), Node(t_ms=1000, seq=50)
    _, said = stream.hear(node.says_short(angle_cdeg=9000, flags=3), 101.0)
    assert isinstance(said, Samples)
    assert isinstance(said.said, Short)
    (sample,) = said.samples
    assert sample[:7] == pytest.approx((101.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0))
    assert sample.report == NodeReport(
        button=False, battery_percent=87, saturated=True, call=False
    )
    assert not stream.needs_hello


def test_it_describes_its_stream_before_the_first_of_them_and_not_again() -> None:
    stream, node = greeted(), Node()
    first, *others = (stream.hear(node.says_short(), 101.0 + 0.1 * k) for k in range(3))
    (told,) = described(first)
    assert first[0] is told
    assert (told.other_node, told.greeted) == (False, False)
    assert told.info == stream.info
    assert told.info == StreamInfo(
        has_gyro=False,
        nominal_s=0.1,
        rate_hz=10.0,
        mounting=MOUNTING,
        range_g=None,
        node="table",
        sensor="MPU6886",
        node_id="a1b2c3d4e5f6",
        angle_only=True,
    )
    assert [described(one) for one in others] == [[], []]


@pytest.mark.parametrize(
    ("fields", "flags"), [({"traits": TRAITS & ~Trait.CALIBRATED}, 0), ({"rows": 9 * [0]}, 1)]
)
def test_how_a_node_sits_that_does_not_know_is_not_known(
    fields: dict[str, Any], flags: int
) -> None:
    stream = greeted(**fields)
    (told,) = described(stream.hear(Node().says_short(flags=flags), 101.0))
    assert (told.info.angle_only, told.info.mounting) == (True, None)
    assert not stream.needs_hello


def test_before_a_hello_it_is_counted_and_the_node_is_asked() -> None:
    stream, node = NodeStream(), Node()
    assert stream.hear(node.says_short(), 100.0) == []
    assert (stream.needs_hello, stream.counts.not_described) == (True, 1)


def test_a_calibration_that_came_or_went_asks_for_a_new_hello() -> None:
    stream, node = greeted(), Node()
    assert len(samples(stream.hear(node.says_short(flags=0), 100.0))) == 1
    assert stream.needs_hello


def test_an_angle_that_is_not_known_is_no_sample_and_a_call_waits_for_the_next() -> None:
    stream, node = greeted(), Node()
    called: dict[str, Any] = {"calls": 1, "presses": 1}
    said: list[dict[str, Any]] = [{}, called | {"angle_cdeg": None}, called]
    heard = [
        samples(stream.hear(node.says_short(**fields), 101.0 + 0.1 * k))
        for k, fields in enumerate(said)
    ]
    assert [len(one) for one in heard] == [1, 0, 1]
    report = heard[2][0].report
    assert report is not None
    assert (report.call, report.button) == (True, True)
    assert stream.counts == LinkCounts(messages=4, samples=2)


# Order, loss, restarts, echoes: as with MEASUREMENT


def test_what_was_lost_is_told_by_time() -> None:
    stream, node = greeted(), Node(seq=65_530)
    stream.hear(node.says_short(), 101.0)
    stream.hear(node.says_short(), 101.1)
    assert stream.counts.lost == 0
    node.says_short()
    node.says_short()
    stream.hear(node.says_short(), 101.4)
    assert (stream.counts.lost, stream.counts.samples) == (2, 3)


def test_what_comes_twice_or_out_of_order_is_fed_once() -> None:
    stream, node = greeted(), Node(t_ms=(1 << 32) - 150)
    raws = [node.says_short() for _ in range(4)]
    heard = [samples(stream.hear(raws[k], 101.0)) for k in (0, 0, 2, 1, 3, 3)]
    assert [len(one) for one in heard] == [1, 0, 1, 0, 1, 0]
    assert stream.counts.old == 3


def repeated(raws: list[bytes], times: int) -> int:
    """How many samples pass of a link that says the same again; its node is well, and asked."""
    stream, node = greeted(), Node(t_ms=60_000, seq=3000)
    for k in range(10):
        stream.hear(node.says_short(), 100.0 + 0.1 * k)
    passed, host_s = 0, 101.0
    for _ in range(times):
        for raw in raws:
            host_s += 0.1
            passed += len(samples(stream.hear(raw, host_s)))
            if stream.needs_hello:
                now_ms = 60_080 + round(1000 * (host_s - 100.0))
                stream.hear(hello(rows=ROWS, t_ms=now_ms), host_s)
    assert stream.counts.restarts == 0
    return passed


@pytest.mark.parametrize("first", [0, 5, 9])
def test_a_link_that_repeats_itself_is_never_fresh(first: int) -> None:
    node = Node(t_ms=60_000, seq=3000)
    raws = [node.says_short() for _ in range(10)]
    assert repeated(raws[first:], 300 // (10 - first)) == 0


@pytest.mark.parametrize("still", [{"t_ms": 60_980}, {"seq": 5}])
def test_a_node_whose_time_or_number_stands_still_is_never_fresh(still: dict[str, int]) -> None:
    node = Node(t_ms=61_000, seq=3050)
    assert repeated([node.says_short(**still) for _ in range(100)], 1) == 0


@pytest.mark.parametrize("boots", [12, 13])
def test_a_restart_without_a_hello_is_held_back_until_one_has_told_it(boots: int) -> None:
    stream, node = greeted(), Node(t_ms=60_000, seq=3000)
    before_s = samples(stream.hear(node.says_short(), 100.0))[0].t_s
    again = Node(t_ms=300, seq=15)
    asks = []
    for raw in (again.says_short(), hello(rows=ROWS, boots=boots, t_ms=5)):
        assert samples(stream.hear(raw, 130.5)) == []
        asks.append(stream.needs_hello)
    assert asks == [True, False]
    t_s = samples(stream.hear(again.says_short(), 130.6))[0].t_s
    assert t_s - before_s == pytest.approx(30.6, abs=0.05)
    assert (stream.counts.restarts, stream.counts.lost, stream.counts.not_described) == (1, 0, 1)


# A link that changes between the two


def test_a_link_that_becomes_narrow_or_wide_is_described_anew() -> None:
    stream, node = greeted(), Node(has_gyro=True)
    whole = stream.info
    assert whole is not None
    kinds: list[list[bool]] = []
    unseen = [stream.unseen]
    says = [node.says, node.says, node.says_short, node.says_short, node.says, node.says]
    for k, say in enumerate(says):
        heard = stream.hear(say(), 101.0 + 0.1 * k)
        assert len(samples(heard)) == 1
        kinds.append([one.info.angle_only for one in described(heard)])
        unseen.append(stream.unseen)
    assert kinds == [[], [], [True], [], [False], []]
    assert unseen == ["", "", "", ANGLE_ONLY, ANGLE_ONLY, "", ""]
    assert stream.info == whole
    assert stream.counts.old == stream.counts.not_described == 0


def test_a_hello_on_a_narrow_link_describes_what_comes_over_it() -> None:
    stream, node = greeted(), Node()
    stream.hear(node.says_short(), 101.0)
    (told,) = described(stream.hear(hello(rows=ROWS, name="attic", t_ms=node.t_ms), 101.1))
    assert (told.info.angle_only, told.info.node, told.greeted) == (True, "attic", True)
    assert described(stream.hear(node.says_short(), 101.2)) == []


def test_samples_of_another_form_are_not_described_by_a_short_between_them() -> None:
    stream, node = greeted(), Node(has_gyro=False)
    stream.hear(node.says_short(), 101.0)
    assert stream.hear(node.says(), 101.1) == []
    assert stream.needs_hello


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 15)), min_size=2),
    st.integers(0, 255),
    st.integers(0, 255),
)
def test_each_call_and_each_press_is_told_over_whichever_kind_of_message(
    steps: list[tuple[bool, int, int]], presses: int, calls: int
) -> None:
    stream, node = greeted(), Node(has_gyro=True)
    stream.hear(node.says(presses=presses, calls=calls), 101.0)
    owed = shown = False
    for k, (short, pressed, called) in enumerate(steps):
        presses, calls = presses + pressed, calls + called
        if short:
            raw = node.says_short(presses=presses, calls=calls)
        else:
            raw = node.says(presses=presses % 256, calls=calls % 256)
        (sample,) = samples(stream.hear(raw, 101.1 + 0.1 * k))
        assert sample.report is not None
        due = owed or pressed > 0
        owed, shown = due and shown, due and not shown
        assert (sample.report.button, sample.report.call) == (shown, called > 0)


# The fault that no STATUS explains


def test_where_no_status_fits_a_fault_is_told_by_its_flag_and_the_node_is_asked_why() -> None:
    stream, node = greeted(), Node()
    frozen = "the sensor's readings do not change"
    told, asks = [], []
    for flags, fault in ((1, None), (5, 3), (5, None), (1, 0), (1, None)):
        told += stream.hear(node.says_short(flags=flags), 100.0 + node.t_ms / 1000)
        asks.append(stream.needs_hello)
        if fault is not None:
            told += stream.hear(hello(rows=ROWS, fault=fault, t_ms=node.t_ms), 101.2)
    assert asks == [False, True, False, True, False]
    assert [one for one in told if isinstance(one, FaultChanged)] == [
        FaultChanged(UNEXPLAINED_FAULT, of_sensor=True),
        FaultChanged(frozen, of_sensor=True),
        FaultChanged("", of_sensor=False),
    ]


@given(st.lists(st.integers(-17_999, 18_000), min_size=1, max_size=20))
def test_the_angle_of_the_core_is_that_of_the_node(angles_cdeg: list[int]) -> None:
    stream, node, nobody = greeted(), Node(), Nobody()
    info = stream.info
    assert info is not None
    tilt = Tilt(info, [])
    for k, angle_cdeg in enumerate(angles_cdeg):
        heard = stream.hear(node.says_short(angle_cdeg=angle_cdeg), 101.0 + 0.1 * k)
        for one in described(heard):
            tilt.describe(replace(one.info))
        tilt.feed(samples(heard), nobody)
        off_deg = (tilt.theta_deg - angle_cdeg / 100 + 180) % 360 - 180
        assert off_deg == pytest.approx(0.0, abs=1e-9)


class Nobody:
    """Judges nothing."""

    due_s = float("inf")
    low_deg = -float("inf")
    motion_matters = False

    def on_sample(self, reading: object) -> None: ...

    def on_block(self, block: object) -> None: ...
