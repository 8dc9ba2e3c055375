# SPDX-License-Identifier: MIT
"""Node time on the host's axis: smooth, rising, never later than now, at home after anything."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.wire.node_clock import DRIFT, LEAP_S, RELAX, NodeClock

WRAP = 1 << 32
ORIGINS = st.one_of(st.integers(0, WRAP - 1), st.integers(WRAP - 3000, WRAP - 1), st.just(0))
STEPS = st.lists(
    st.tuples(st.integers(1, 3000), st.floats(0.0, 3.0), st.integers(0, 300)),
    min_size=1,
    max_size=40,
)
"""ms of the node, s of the host, span of the message in ms."""


def put(clock: NodeClock, t_ms: int, host_s: float, span_ms: int = 0) -> float:
    """Where it stands that is to be placed."""
    t_s = clock.place(t_ms, host_s, span_ms)
    assert t_s is not None
    return t_s


class Step(NamedTuple):
    t_s: float | None
    now_s: float
    host_s: float
    span_ms: int


def placed(origin_ms: int, steps: list[tuple[int, float, int]]) -> list[Step]:
    """After each step; what is not placed has no `t_s`."""
    clock = NodeClock()
    t_ms, host_s, said = origin_ms, 1000.0, []
    for step_ms, passed_s, span_ms in steps:
        t_ms += step_ms + span_ms
        host_s += passed_s
        t_s = clock.place(t_ms % WRAP, host_s, span_ms)
        said.append(Step(t_s, clock.axis_s(host_s), host_s, span_ms))
    return said


def test_before_anything_has_come_the_axis_is_the_hosts() -> None:
    clock = NodeClock()
    assert clock.axis_s(12.5) == 12.5
    assert clock.step_ms(7) is None
    assert clock.continues(7, 12.5)
    assert not clock.runs_away(7, 12.5)


def test_it_begins_at_the_first_arrival_and_goes_on_by_node_time() -> None:
    clock = NodeClock()
    assert clock.place(500, 100.0) == 100.0
    assert clock.place(520, 100.5) == 100.02
    assert clock.step_ms(540) == 20
    assert clock.step_ms(500) == -20


def test_a_burst_is_as_old_as_it_is() -> None:
    """A second of samples arrives at once, a second after the first of them."""
    clock = NodeClock()
    for k in range(50):
        clock.place(20 * k, 100.0 + 0.02 * k)
    ages = []
    for k in range(50, 100):
        t_s = put(clock, 20 * k, 101.98)
        ages.append(clock.axis_s(101.98) - t_s)
    assert ages[0] == pytest.approx(0.98, abs=0.001)
    assert ages[-1] == pytest.approx(0.0, abs=0.001)


def test_what_came_late_at_first_is_corrected_by_what_comes_in_time() -> None:
    clock = NodeClock()
    clock.place(0, 100.0)
    assert clock.axis_s(100.0) == 100.0
    t_s = clock.place(3000, 100.0)
    assert t_s == 103.0
    assert clock.axis_s(100.0) == 103.0


@given(ORIGINS, ORIGINS, STEPS)
def test_the_origin_of_the_nodes_time_changes_nothing(
    one_ms: int, other_ms: int, steps: list[tuple[int, float, int]]
) -> None:
    assert placed(one_ms, steps) == placed(other_ms, steps)


@given(ORIGINS, STEPS)
def test_places_rise_and_none_is_later_than_now(
    origin_ms: int, steps: list[tuple[int, float, int]]
) -> None:
    last_s = 0.0
    for t_s, now_s, _, span_ms in placed(origin_ms, steps):
        if t_s is not None:
            assert last_s < t_s - span_ms / 1000
            assert t_s <= now_s
            last_s = t_s


@given(
    st.lists(
        st.tuples(
            st.one_of(st.integers(1, 3000), st.integers(0, WRAP - 1)),
            st.one_of(st.floats(0.0, 3.0), st.floats(0.0, 1e5)),
            st.integers(0, 4000),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_over_no_span_does_now_gain_more_on_the_host_than_ten_seconds_and_two_in_a_thousand(
    steps: list[tuple[int, float, int, bool]],
) -> None:
    """Whatever the node's clock says, and however often it is said to start anew."""
    clock = NodeClock()
    t_ms, host_s = 0, 1000.0
    clock.place(t_ms, host_s)
    least_s, last_s = float("inf"), 0.0
    for step_ms, passed_s, span_ms, anew in steps:
        t_ms = (t_ms + step_ms) % WRAP
        host_s += passed_s
        least_s = min(least_s, clock.axis_s(host_s) - (1 + DRIFT) * host_s)
        if anew:
            clock.begin_anew()
        t_s = clock.place(t_ms, host_s, span_ms)
        assert clock.axis_s(host_s) - (1 + DRIFT) * host_s <= least_s + LEAP_S + 1e-6
        if t_s is not None:
            assert last_s < t_s - span_ms / 1000
            assert t_s <= clock.axis_s(host_s)
            last_s = t_s


@pytest.mark.parametrize(("times", "gained_s"), [(10.0, 10.0), (1.1, 10.0), (1.001, 3.6)])
def test_a_clock_that_runs_fast_does_not_take_the_host_with_it(
    times: float, gained_s: float
) -> None:
    """An hour, 50 messages a second; a real clock is never told off."""
    clock, told = NodeClock(), False
    for k in range(0, 50 * 3600, 10):
        t_ms = round(20 * k * times)
        told = told or clock.runs_away(t_ms, 0.02 * k)
        if clock.place(t_ms, 0.02 * k) is None:
            clock.begin_anew()
            clock.place(t_ms, 0.02 * k)
    host_s = 0.02 * k
    assert clock.axis_s(host_s) - host_s <= gained_s + DRIFT * host_s
    assert clock.axis_s(host_s) - host_s >= gained_s - 0.1
    assert told == (times > 1.002)


def test_a_leap_is_no_clock_that_runs_away() -> None:
    clock = NodeClock()
    clock.place(0, 50.0)
    runs = [clock.runs_away(t_ms, 50.0) for t_ms in (9_999, 10_001, 3_600_000, -5 % WRAP)]
    assert runs == 4 * [False]
    clock.place(9_999, 50.0)
    assert [clock.runs_away(t_ms, 50.0) for t_ms in (10_000, 10_001, 20_000)] == [
        False, True, False,
    ]  # fmt: skip
    assert not clock.runs_away(10_001, 50.001)


@given(ORIGINS, STEPS, st.lists(st.floats(0.0, 200.0), max_size=5))
def test_now_never_steps_back(
    origin_ms: int, steps: list[tuple[int, float, int]], ahead_s: list[float]
) -> None:
    """Whatever arrives, each moment of the host moves forward on the axis, if at all."""
    clock = NodeClock()
    t_ms, host_s = origin_ms, 1000.0
    clock.place(t_ms, host_s)
    for step_ms, passed_s, span_ms in steps:
        moments_s = [host_s, *(host_s + s for s in ahead_s)]
        before_s = [clock.axis_s(moment_s) for moment_s in moments_s]
        t_ms += step_ms + span_ms
        host_s += passed_s
        clock.place(t_ms % WRAP, host_s, span_ms)
        after_s = [clock.axis_s(moment_s) for moment_s in moments_s]
        assert all(b <= a + 1e-9 for b, a in zip(before_s, after_s, strict=True))


@pytest.mark.parametrize("drift", [-200e-6, -40e-6, 0.0, 40e-6, 200e-6])
def test_an_hour_of_drift_does_not_make_samples_old(drift: float) -> None:
    """10 messages a second, 0 to 30 ms of jitter, half a second of delay once a minute."""
    clock, chance = NodeClock(), Random(1)  # noqa: S311 - seeded, and no secret
    worst_s = 0.0
    for k in range(10 * 3600):
        true_s = 0.1 * k
        delay_s = chance.uniform(0.0, 0.03) + 0.5 * (k % 600 < 5)
        t_s = put(clock, round(1000 * true_s * (1 + drift)) % WRAP, 7.0 + true_s + delay_s)
        age_s = clock.axis_s(7.0 + true_s + delay_s) - t_s
        if k > 100:
            worst_s = max(worst_s, abs(age_s - delay_s))
    assert worst_s < 0.02


@given(
    st.integers(0, WRAP - 1),
    st.integers(0, 5000),
    st.floats(0.0, 600.0),
    st.integers(0, 300),
)
def test_a_node_that_restarts_goes_on_after_a_gap_as_long_as_what_passed(
    t_ms: int, new_ms: int, passed_s: float, span_ms: int
) -> None:
    clock = NodeClock()
    clock.place(t_ms, 50.0)
    before_s = put(clock, (t_ms + 2000) % WRAP, 52.0)
    clock.begin_anew()
    assert clock.step_ms(new_ms) is None
    t_s = put(clock, new_ms, 52.0 + passed_s, span_ms)
    assert t_s - before_s >= passed_s - 1e-9
    assert t_s - span_ms / 1000 > before_s
    assert t_s <= clock.axis_s(52.0 + passed_s)


def test_after_a_day_of_silence_a_node_goes_on_where_the_host_is() -> None:
    """The line has sunk by 43 s; so much at once is not made up."""
    clock = NodeClock()
    clock.place(0, 50.0)
    day_s = 86_400.0
    assert clock.place(86_400_000, 50.0 + day_s) is None
    clock.begin_anew()
    assert put(clock, 5, 50.0 + day_s) == pytest.approx(50.0 + (1 - RELAX) * day_s + LEAP_S)


def test_starts_anew_do_not_make_up_time() -> None:
    """Each message has 3 s of samples, all start anew at once: only 10 s are there to be had."""
    clock = NodeClock()
    clock.place(0, 50.0)
    said = []
    for _ in range(5):
        clock.begin_anew()
        said.append(clock.place(0, 50.0, 3000))
    assert [t_s is not None for t_s in said] == [True, True, True, False, False]
    assert clock.axis_s(50.0) < 60.0


@pytest.mark.parametrize(
    ("step_ms", "after_ms", "goes_on"),
    [
        (-1, 0, False),
        (0, 0, False),
        (1, 0, True),
        (20, 0, True),
        (20, 20, False),
        (21, 20, True),
        (-1000, -1000, False),
        (-999, -1000, True),
    ],
)
def test_what_is_not_later_does_not_go_on(step_ms: int, after_ms: int, goes_on: bool) -> None:
    clock = NodeClock()
    clock.place(1000, 50.0)
    assert clock.continues(1000 + step_ms, 50.02, after_ms) == goes_on
    if after_ms >= 0:
        assert (clock.place(1000 + step_ms, 50.02, after_ms) is not None) == goes_on
        assert clock.step_ms(1000) == (-step_ms if goes_on else 0)


@pytest.mark.parametrize(
    ("step_s", "passed_s", "goes_on"),
    [
        (0.02, 10.0, True),
        (0.02, 10.1, False),
        (10.1, 0.2, True),
        (10.3, 0.2, False),
        (3600.0, 3601.0, True),
        (10_000.0, 10_000.0, True),  # three hours of silence, in which the line sinks by 5 s
        (10_000.0, 9_996.0, True),
        (10_000.0, 9_994.0, False),
        (10_000.0, 10_014.0, True),
        (10_000.0, 10_016.0, False),
    ],
)
def test_a_node_that_leaves_the_hosts_clock_by_ten_seconds_does_not_go_on(
    step_s: float, passed_s: float, goes_on: bool
) -> None:
    assert LEAP_S == 10.0
    clock = NodeClock()
    clock.place(0, 50.0)
    t_s = clock.place(round(1000 * step_s), 50.0 + passed_s)
    assert t_s == (50.0 + step_s if goes_on else None)


def test_arrival_times_that_fall_do_no_harm() -> None:
    """As in a recording whose writer's clock was set back."""
    clock = NodeClock()
    clock.place(1000, 50.0)
    assert clock.place(1020, 49.0) == 50.02
    assert clock.axis_s(50.0) > 50.0
    clock.begin_anew()
    assert clock.place(0, 30.0) is None
    assert put(clock, 0, 45.0) > 50.02
