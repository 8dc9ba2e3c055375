# SPDX-License-Identifier: MIT
"""From a link's bytes to samples, and to all else that a node says."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import cases
from tests.wire import shared
from tests.wire.shared import Node, hello, line, message
from upturn.core.mounting import ASSUMED
from upturn.core.sample import NodeCounters, NodeReport, Sample, StreamInfo
from upturn.wire.messages import Answer, Goodbye, Hello, Measurement, Status
from upturn.wire.node_stream import (
    CLOCK_RIGHT_S,
    UNEXPLAINED_FAULT,
    WRONG_CLOCK,
    Described,
    FaultChanged,
    Heard,
    LinkCounts,
    NodeStream,
    OtherVersion,
    Samples,
)

FORCE_ONLY = cases.HELLO["traits"] & ~1


def greeted(**fields: Any) -> NodeStream:
    """A stream whose node, without a gyro, has said hello at 100 s."""
    stream = NodeStream()
    stream.hear(hello(**{"traits": FORCE_ONLY} | fields), 100.0)
    return stream


def samples(heard: list[Heard]) -> list[Sample]:
    return [sample for one in heard if isinstance(one, Samples) for sample in one.samples]


def faults(heard: list[Heard]) -> list[FaultChanged]:
    return [one for one in heard if isinstance(one, FaultChanged)]


def report(stream: NodeStream, raw: bytes, arrival_s: float) -> NodeReport:
    """What its newest sample carries."""
    *others, newest = samples(stream.hear(raw, arrival_s))
    assert all(sample.report is None for sample in others)
    assert newest.report is not None
    return newest.report


def test_a_session_from_bytes() -> None:
    stream, node = NodeStream(), Node(t_ms=5000, seq=250, samples=2)

    heard = stream.feed(b"boot:\r\n" + line(hello(traits=FORCE_ONLY))[:20], 100.0)
    heard += stream.feed(line(hello(traits=FORCE_ONLY))[20:], 100.1)
    heard += stream.feed(line(node.says()) + line(node.says()), 100.2)
    node.skips(3)
    heard += stream.feed(line(node.says()) + line(message("GOODBYE", t_ms=1, reason=1)), 100.3)

    assert [type(one) for one in heard] == [Described, Samples, Samples, Samples, Goodbye]
    assert [round(sample.t_s, 3) for sample in samples(heard)] == [
        100.18, 100.2, 100.22, 100.24, 100.32, 100.34,
    ]  # fmt: skip
    assert not stream.needs_hello
    assert stream.counts == LinkCounts(messages=5, bad_frames=1, samples=6, lost=3)


def test_a_hello_describes_the_stream() -> None:
    stream = NodeStream()
    assert stream.needs_hello
    (described,) = stream.hear(hello(), 100.0)
    assert isinstance(described, Described)
    assert not described.other_node
    assert described.info == StreamInfo(
        has_gyro=True,
        nominal_s=0.02,
        rate_hz=50.0,
        mounting=ASSUMED,
        range_g=8.0,
        node="table",
        sensor="MPU6886",
        node_id="a1b2c3d4e5f6",
    )
    assert (stream.info, stream.hello) == (described.info, described.hello)


def test_a_node_without_a_name_is_called_by_its_id_and_may_be_uncalibrated() -> None:
    info = greeted(name="", traits=0).info
    assert info is not None
    assert (info.node, info.mounting, info.has_gyro) == ("a1b2c3d4e5f6", None, False)


def test_samples_are_scaled_and_the_newest_carries_the_report() -> None:
    stream = NodeStream()
    stream.hear(hello(), 100.0)
    (heard,) = stream.hear(message("MEASUREMENT", **cases.INVERTED), 200.0)
    assert isinstance(heard, Samples)
    assert isinstance(heard.said, Measurement)
    assert heard.samples == [
        Sample(
            200.0 - 0.02,
            12 / 2048,
            -1683 / 2048,
            1167 / 2048,
            -10.0,
            0.0,
            7 / 32,
        ),
        Sample(
            200.0,
            14 / 2048,
            -1690 / 2048,
            1159 / 2048,
            -11.0,
            1 / 32,
            -1 / 32,
            NodeReport(
                angle_deg=55.25,
                button=False,
                battery_v=3.987,
                battery_percent=87,
                peak_g=1.217,
                call=False,
                counters=NodeCounters(7, 3, 12.34, 101.5, 46.02, 0.0),
            ),
        ),
    ]


def test_what_is_not_known_is_not_said() -> None:
    stream = greeted()
    unknown = {"angle_cdeg": None, "battery_percent": None, "battery_mv": 0, "flags": 0x0003}
    said = report(stream, Node().says(**unknown), 100.0)
    assert (said.angle_deg, said.battery_v, said.battery_percent, said.tap) == 4 * (None,)
    assert said.saturated


def test_before_a_hello_samples_are_counted_and_not_fed() -> None:
    stream, node = NodeStream(), Node(samples=5)
    assert stream.hear(node.says(), 100.0) == []
    assert stream.counts.not_described == 5
    stream.hear(hello(traits=FORCE_ONLY), 100.1)
    assert len(samples(stream.hear(node.says(), 100.2))) == 5
    assert stream.counts.lost == 0


def test_samples_of_another_form_wait_for_a_new_hello() -> None:
    stream, node = greeted(), Node(has_gyro=True)
    assert stream.hear(node.says(), 100.0) == []
    asked = stream.needs_hello
    stream.hear(hello(), 100.1)
    assert (asked, stream.needs_hello) == (True, False)
    assert len(samples(stream.hear(node.says(), 100.2))) == 1


def test_a_calibration_that_came_or_went_asks_for_a_new_hello() -> None:
    stream, node = greeted(), Node()
    asks = []
    for flags in (1, 0, 1):
        assert len(samples(stream.hear(node.says(flags=flags), 100.0))) == 1
        asks.append(stream.needs_hello)
    assert asks == [False, True, True]


def test_a_node_that_holds_an_impossible_calibration_is_not_asked_again_and_again() -> None:
    stream = greeted(rows=9 * [0])
    assert stream.info is not None
    assert stream.info.mounting is None
    stream.hear(Node().says(flags=1), 100.0)
    assert not stream.needs_hello


# Time, loss and restarts


def test_lost_samples_are_the_gap_of_the_number_also_across_its_wrap() -> None:
    stream, node = greeted(), Node(seq=65530, samples=3)
    for k in range(3):
        stream.hear(node.says(), 100.0 + 0.06 * k)
    assert stream.counts.lost == 0
    node.skips(7)
    stream.hear(node.says(), 100.4)
    assert stream.counts.lost == 7


def test_samples_that_the_node_did_not_take_are_not_lost() -> None:
    stream, node = greeted(), Node()
    stream.hear(node.says(), 100.0)
    node.t_ms += 200
    t_s = samples(stream.hear(node.says(), 100.22))[0].t_s
    assert t_s == pytest.approx(100.22)
    assert stream.counts.lost == 0


def test_after_a_long_silence_the_loss_is_counted_by_time() -> None:
    """40 minutes at 50 Hz are more samples than `seq` can tell."""
    stream, node = greeted(), Node()
    stream.hear(node.says(), 100.0)
    node.skips(120_000)
    t_s = samples(stream.hear(node.says(), 2500.02))[0].t_s
    assert t_s == pytest.approx(2500.02)
    assert stream.counts.lost == 120_000
    assert stream.counts.restarts == 0


@pytest.mark.parametrize("count", [1, 5, 15])
def test_what_comes_twice_is_fed_once(count: int) -> None:
    stream, node = greeted(), Node(t_ms=(1 << 32) - 50, samples=count)
    first, second = node.says(), node.says()
    for raw in (first, first, second, first, second):
        stream.hear(raw, 101.0)
    assert stream.counts == LinkCounts(messages=6, samples=2 * count, old=3)


def test_what_comes_out_of_order_is_dropped_and_counted_as_lost() -> None:
    stream, node = greeted(), Node()
    raws = [node.says() for _ in range(4)]
    heard = [stream.hear(raws[k], 101.0) for k in (0, 2, 1, 3)]
    assert [len(samples(one)) for one in heard] == [1, 1, 0, 1]
    assert (stream.counts.old, stream.counts.lost, stream.counts.restarts) == (1, 1, 0)


def test_a_node_that_restarts_in_its_first_second_is_asked_after_five_messages() -> None:
    stream, node = greeted(), Node()
    for k in range(40):
        stream.hear(node.says(), 100.0 + 0.02 * k)
    again = Node(t_ms=100, seq=5)
    asks = []
    for k in range(7):
        assert stream.hear(again.says(), 103.0 + 0.02 * k) == []
        asks.append(stream.needs_hello)
    assert asks == [False, False, False, False, True, True, True]
    stream.hear(hello(traits=FORCE_ONLY, boots=13, t_ms=240), 103.1)
    assert len(samples(stream.hear(again.says(), 103.2))) == 1
    assert (stream.counts.old, stream.counts.not_described, stream.counts.restarts) == (4, 3, 1)


@pytest.mark.parametrize(
    ("t_ms", "seq"),
    [
        (300, 15),  # time and number start again
        (90_500, 15),  # the time fits by chance, the number does not
        (59_000, 60_000),  # both fell, too far for a message out of order
        (3_600_000, 15),  # the time leaves the host's
    ],
)
@pytest.mark.parametrize("boots", [12, 13])
def test_a_restart_without_a_hello_is_held_back_until_one_has_told_it(
    t_ms: int, seq: int, boots: int
) -> None:
    stream, node = greeted(), Node(t_ms=60_000, seq=3000)
    before_s = samples(stream.hear(node.says(), 100.0))[0].t_s
    again = Node(t_ms=t_ms, seq=seq)
    asks = []
    for raw in (again.says(), hello(traits=FORCE_ONLY, boots=boots, t_ms=5)):
        assert samples(stream.hear(raw, 130.5)) == []
        asks.append(stream.needs_hello)
    assert asks == [True, False]
    t_s = samples(stream.hear(again.says(), 130.6))[0].t_s
    assert t_s - before_s == pytest.approx(30.6, abs=0.05)
    counts = stream.counts
    assert (counts.restarts, counts.lost, counts.not_described) == (1, 0, 1)


@pytest.mark.parametrize("boots", [12, 13])
@pytest.mark.parametrize(("t_ms", "believed"), [(31_400, True), (31_600, False), (59_000, False)])
def test_a_greeting_older_than_the_silence_before_it_is_an_echo(
    t_ms: int, boots: int, believed: bool
) -> None:
    """Its node was last heard 30.5 s ago: no longer can it have run since a restart."""
    stream, node = greeted(), Node(t_ms=600_000, seq=30_000)
    stream.hear(node.says(), 100.0)
    long_ago = Node(t_ms=t_ms, seq=100)
    stream.hear(long_ago.says(), 130.4)
    heard = stream.hear(hello(traits=FORCE_ONLY, boots=boots, t_ms=t_ms), 130.5)
    assert bool(heard) is believed
    assert stream.needs_hello is not believed
    assert bool(samples(stream.hear(long_ago.says(), 130.6))) is believed
    assert stream.counts.restarts == int(believed)


def repeated(raws: list[bytes], times: int) -> int:
    """How many samples pass of a line that says the same again; its node is well, and asked."""
    stream, node = greeted(), Node(t_ms=60_000, seq=3000)
    for _ in range(50):
        stream.hear(node.says(), 100.0 + (node.t_ms - 60_000) / 1000)
    passed, host_s = 0, 101.0
    for _ in range(times):
        for raw in raws:
            host_s += 0.02
            passed += len(samples(stream.hear(raw, host_s)))
            if stream.needs_hello:
                now_ms = 60_000 + round(1000 * (host_s - 100.0))
                stream.hear(hello(traits=FORCE_ONLY, t_ms=now_ms), host_s)
    assert stream.counts.restarts == 0
    return passed


@pytest.mark.parametrize("first", [49, 45, 30, 0])
def test_a_line_that_repeats_itself_is_never_fresh(first: int) -> None:
    """From the newest message alone to all that was said in the last second."""
    node = Node(t_ms=60_000, seq=3000)
    raws = [node.says() for _ in range(50)]
    assert repeated(raws[first:], 500 // (50 - first)) == 0


@pytest.mark.parametrize(
    "still",
    [
        {"t_ms": 5000},
        {"t_ms": 60_980},  # the newest
        {"seq": 5},
    ],
)
def test_a_node_whose_time_or_number_stands_still_is_never_fresh(still: dict[str, int]) -> None:
    node = Node(t_ms=61_000, seq=3050)
    assert repeated([node.says(**still) for _ in range(300)], 1) == 0


def test_a_burst_of_what_was_long_under_way_does_not_move_now() -> None:
    """The host was held up for 14 s; what is more than 10 s old is dropped, the rest is old."""
    stream, node = greeted(), Node(interval_ms=100)
    stream.hear(node.says(), 100.0)
    fed = [sample for _ in range(140) for sample in samples(stream.hear(node.says(), 114.0))]
    assert (fed[0].t_s, len(fed)) == (104.0, 101)
    assert fed[-1].t_s == pytest.approx(114.0)
    assert stream.clock.axis_s(114.0) == pytest.approx(114.0, abs=0.01)
    stream.hear(hello(traits=FORCE_ONLY, t_ms=14_050), 114.1)
    assert samples(stream.hear(node.says(), 114.1))[0].t_s == pytest.approx(114.1)
    assert stream.counts.restarts == 0


def test_too_many_restarts_at_once_are_held_back() -> None:
    """Each with 3.5 s of samples, at one moment: they would carry now into the future."""
    stream, fed = greeted(), []
    for boots in range(13, 23):
        stream.hear(hello(traits=FORCE_ONLY, boots=boots), 100.0)
        raw = Node(interval_ms=250, samples=15).says()
        fed.append(len(samples(stream.hear(raw, 100.0))))
    assert fed == [15, 15, 15, *(7 * [0])]
    assert stream.clock.axis_s(100.0) < 110.0
    assert stream.needs_hello


# The node's clock


def clock_says(stream: NodeStream, node: Node, messages: int, host_s: float) -> list[FaultChanged]:
    """One message every 20 ms of the host; the node is asked where it is in doubt."""
    told = []
    for k in range(messages):
        now_s = host_s + 0.02 * k
        told += faults(stream.hear(node.says(), now_s))
        if stream.needs_hello:
            told += faults(stream.hear(hello(traits=FORCE_ONLY, t_ms=node.t_ms), now_s))
    return told


def test_a_clock_that_runs_away_is_a_fault_until_it_was_right_for_a_minute() -> None:
    stream, node = greeted(), Node(interval_ms=200)
    wrong = FaultChanged(WRONG_CLOCK, of_sensor=True)
    well = FaultChanged("", of_sensor=False)
    assert clock_says(stream, node, 50, 100.0) == []
    assert clock_says(stream, node, 500, 101.0) == [wrong]
    assert stream.clock.axis_s(111.0) - 111.0 < 10.1
    assert stream.counts.restarts > 0
    node.interval_ms = 20
    right_s = round(CLOCK_RIGHT_S)
    assert clock_says(stream, node, 50 * (right_s - 1), 111.0) == []
    assert clock_says(stream, node, 100, 110.0 + right_s) == [well]


def test_a_fault_of_the_sensor_itself_comes_before_that_of_the_clock() -> None:
    stream, node = greeted(), Node(interval_ms=2000)
    status = cases.STATUS
    told = []
    for _ in range(8):
        told += faults(stream.hear(node.says(), 100.0))
    for fault in (3, 7):
        told += faults(stream.hear(message("STATUS", **status | {"fault": fault}), 100.0))
    frozen = FaultChanged("the sensor's readings do not change", of_sensor=True)
    wrong = FaultChanged(WRONG_CLOCK, of_sensor=True)
    assert told == [wrong, frozen, wrong]


def test_another_node_has_a_clock_of_its_own() -> None:
    stream, node = greeted(), Node(interval_ms=2000)
    for _ in range(8):
        stream.hear(node.says(), 100.0)
    other = hello(traits=FORCE_ONLY, node_id="0123456789ab")
    assert faults(stream.hear(other, 101.0)) == [FaultChanged("", of_sensor=False)]


# Restarts that a HELLO tells


def test_a_restart_that_its_hello_tells_is_counted_once() -> None:
    stream, node = greeted(), Node(t_ms=1000, seq=50)
    before_s = samples(stream.hear(node.says(), 100.0))[0].t_s
    stream.hear(hello(traits=FORCE_ONLY, boots=13), 104.0)
    again = Node(t_ms=1040, seq=52)  # by chance as if nothing had happened
    t_s = samples(stream.hear(again.says(), 104.1))[0].t_s
    assert t_s - before_s == pytest.approx(4.1, abs=0.01)
    assert (stream.counts.restarts, stream.counts.lost) == (1, 0)
    assert not stream.needs_hello


def test_another_node_at_the_same_link_is_no_restart() -> None:
    stream = greeted()
    stream.hear(Node(t_ms=9_000, seq=450, fields={"presses": 3}).says(), 100.0)
    heard = stream.hear(hello(traits=FORCE_ONLY, node_id="0123456789ab", boots=99), 110.0)
    heard += stream.hear(hello(traits=FORCE_ONLY, node_id="0123456789ab", boots=99), 110.1)
    assert [one.other_node for one in heard if isinstance(one, Described)] == [True, False]
    said = report(stream, Node(t_ms=9_020, seq=451).says(presses=7, calls=7), 111.0)
    assert (said.button, said.call) == (False, False)
    assert stream.counts.restarts == 0


def test_a_message_that_is_very_late_asks_who_it_is_from() -> None:
    stream, node = greeted(), Node()
    asks = []
    for arrival_s in (100.0, 102.0, 102.1):
        stream.hear(node.says(), arrival_s)
        asks.append(stream.needs_hello)
    assert asks == [False, False, True]


@given(
    st.integers(0, (1 << 32) - 1),
    st.integers(0, 65535),
    st.lists(
        st.tuples(st.integers(1, 15), st.integers(0, 40), st.integers(0, 2), st.floats(0, 2.0)),
        max_size=30,
    ),
)
def test_the_origins_of_time_and_number_change_nothing_and_samples_rise(
    t_ms: int, seq: int, steps: list[tuple[int, int, int, float]]
) -> None:
    """Messages of any size come with losses, twice, and in bursts."""
    told = []
    for node in (Node(), Node(t_ms=t_ms, seq=seq)):
        stream, host_s = greeted(), 100.0
        fed: list[Sample] = []
        for count, skipped, copies, passed_s in steps:
            node.samples = count
            node.skips(skipped)
            host_s += passed_s
            raw = node.says()
            for _ in range(copies):
                fed += samples(stream.hear(raw, host_s))
                assert fed[-1].t_s <= stream.clock.axis_s(host_s)
        told.append(([sample.t_s for sample in fed], stream.counts))
    assert told[0] == told[1]
    times_s = told[0][0]
    assert all(a < b for a, b in pairwise(times_s))


@given(st.lists(st.binary(min_size=1, max_size=241)), st.lists(st.integers(0, 300)))
def test_nothing_that_comes_in_raises(bodies: list[bytes], cuts: list[int]) -> None:
    stream = greeted()
    data = b"".join(line(body) for body in bodies)
    last_s = 0.0
    for k, cut in enumerate([*cuts, len(data)]):
        for sample in samples(stream.feed(data[:cut], 100.0 + k)):
            assert sample.t_s > last_s
            last_s = sample.t_s
        data = data[cut:]
    assert stream.counts.messages == len(bodies) + 1


# Calls for help


def test_a_press_is_what_the_node_counts_and_no_level() -> None:
    stream, node = greeted(), Node()
    said = [
        report(stream, node.says(presses=presses, flags=1 | 8 * level), 100.0 + k / 50).button
        for k, (presses, level) in enumerate(
            [
                (7, False),  # what was before the first message is not news
                (7, False),
                (8, False),  # pressed and let go
                (8, False),
                (9, True),
                (9, True),
                (10, True),
                (10, True),
                (10, True),
                (10, False),
                (11, False),
                (12, False),  # two in a row: down, up, down
                (12, False),
                (12, False),
            ]
        )
    ]
    assert said == [
        False, False, True, False, True, False, True,
        False, False, False, True, False, True, False,
    ]  # fmt: skip


def test_a_button_that_is_held_down_is_no_press() -> None:
    assert report(greeted(), Node().says(presses=1, flags=9), 100.0).button is False


def test_a_lost_message_loses_no_call() -> None:
    stream, node = greeted(), Node()
    calls = []
    for k, count in enumerate((255, 255, 0, 0, 2)):
        node.skips(3)
        calls.append(report(stream, node.says(calls=count), 100.0 + k / 10).call)
    assert calls == [False, False, True, False, True]


@pytest.mark.parametrize("boots", [12, 13])
@pytest.mark.parametrize(
    ("before", "after", "called"),
    [(5, 0, False), (5, 1, True), (5, 5, True), (0, 0, False), (1, 1, True)],
)
@pytest.mark.parametrize("heard_hello", [False, True])
def test_a_node_that_has_restarted_counts_from_zero(
    heard_hello: bool, before: int, after: int, called: bool, boots: int
) -> None:
    """Whether the HELLO of its start arrived, or only the one that was asked for."""
    stream = greeted()
    stream.hear(Node(t_ms=60_000, seq=3000).says(calls=before, presses=before), 100.0)
    again = Node(t_ms=500, fields={"calls": after, "presses": after})
    if not heard_hello or boots == 12:
        assert stream.hear(again.says(), 103.0) == []
    stream.hear(hello(traits=FORCE_ONLY, boots=boots, t_ms=400), 103.0)
    said = report(stream, again.says(), 103.0)
    assert (said.call, said.button) == (called, called)


# What else a node says


def test_a_fault_is_told_when_it_changes() -> None:
    stream, node = greeted(), Node()
    status = cases.STATUS
    raws = (
        message("STATUS", **status | {"fault": 0}),
        message("STATUS", **status | {"fault": 3}),
        message("STATUS", **status | {"fault": 3}),
        node.says(flags=5),
        message("STATUS", **status | {"fault": 7}),
        node.says(flags=5),
        node.says(flags=1),
        hello(traits=FORCE_ONLY, fault=0),
    )
    told = [faults(stream.hear(raw, 100.0)) for raw in raws]
    frozen = FaultChanged("the sensor's readings do not change", of_sensor=True)
    unexplained = FaultChanged(UNEXPLAINED_FAULT, of_sensor=True)
    late = FaultChanged("the node cannot keep its sample rate", of_sensor=False)
    well = FaultChanged("", of_sensor=False)
    assert told == [[], [frozen], [], [], [unexplained], [], [late], [well]]


def test_that_the_node_hears_no_host_can_be_asked_for() -> None:
    stream, node = greeted(), Node()
    said = [stream.unheard]
    for flags in (1, 0x41, 0x41, 1, 0x41):
        stream.hear(node.says(flags=flags), 100.0)
        said.append(stream.unheard)
    stream.hear(hello(traits=FORCE_ONLY, node_id="0123456789ab"), 101.0)
    said.append(stream.unheard)
    assert said == [False, False, True, True, False, True, False]


def test_a_fault_that_stands_at_the_hello_is_told_with_it() -> None:
    described, changed = NodeStream().hear(hello(fault=1), 100.0)
    assert isinstance(described, Described)
    assert changed == FaultChanged("no known sensor answers", of_sensor=True)


@pytest.mark.parametrize(
    ("kind", "fields", "type_"),
    [
        ("STATUS", cases.STATUS | {"fault": 0}, Status),
        ("GOODBYE", {"t_ms": 5, "reason": 1}, Goodbye),
        ("ANSWER", {"id": 1, "verb": 1, "result": 0, "reason": ""}, Answer),
    ],
)
def test_what_is_no_sample_is_handed_on(kind: str, fields: dict[str, Any], type_: type) -> None:
    (said,) = greeted().hear(message(kind, **fields), 100.0)
    assert isinstance(said, type_)


def test_another_version_is_told_once_and_counted() -> None:
    stream = NodeStream()
    other = bytes.fromhex(shared.ALL["not_for_host"][1]["hex"])[:-3]
    heard = [one for _ in range(3) for one in stream.hear(other, 100.0)]
    heard += stream.hear(bytes([0x35]), 100.0)
    assert heard == [OtherVersion(2, cases.HELLO["node_id"]), OtherVersion(3, None)]
    assert stream.counts == LinkCounts(messages=4, other_version=4)


def test_an_unknown_type_is_counted_only() -> None:
    stream = NodeStream()
    assert stream.hear(b"\x17hi", 100.0) == []
    assert stream.counts == LinkCounts(messages=1, unknown=1)


def test_an_impossible_message_is_counted_with_its_reason() -> None:
    stream = greeted()
    assert stream.hear(Node().says(posture=5), 100.0) == []
    assert stream.counts == LinkCounts(messages=2, invalid=1)
    assert stream.last_invalid is not None
    assert stream.last_invalid.reason == "posture 5"


def test_the_last_hello_can_be_asked_for() -> None:
    said = greeted(reset=3).hello
    assert isinstance(said, Hello)
    assert said.reset == "watchdog"


def test_the_angle_of_a_node_that_is_not_calibrated_is_nothing_to_compare_with() -> None:
    stream = greeted(traits=FORCE_ONLY & ~2)
    assert report(stream, Node().says(angle_cdeg=5525, flags=0), 100.0).angle_deg is None


def test_a_node_without_a_sensor_has_no_range() -> None:
    assert greeted(range_g=0).info.range_g is None  # type: ignore[union-attr]
