# SPDX-License-Identifier: MIT
"""Node time on the host's axis: smooth, rising, never later than now, at home after anything."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.wire.node_clock import LEAP_S, RELAX, NodeClock

WRAP = 1 << 32
ORIGINS = st.one_of(st.integers(0, WRAP - 1), st.integers(WRAP - 3000, WRAP - 1), st.just(0))
STEPS = st.lists(
    st.tuples(st.integers(1, 3000), st.floats(0.0, 3.0), st.integers(0, 300)),
    min_size=1,
    max_size=40,
)
"""ms of the node, s of the host, span of the message in ms."""


def placed(origin_ms: int, steps: list[tuple[int, float, int]]) -> list[tuple[float, float, int]]:
    """Place, "now" on the axis, and number of starts, after each step."""
    clock = NodeClock()
    t_ms, host_s, said = origin_ms, 1000.0, []
    for step_ms, passed_s, span_ms in steps:
        t_ms += step_ms + span_ms
        host_s += passed_s
        t_s = clock.place(t_ms % WRAP, host_s, span_ms)
        said.append((t_s, clock.axis_s(host_s), clock.starts))
    return said


def test_before_anything_has_come_the_axis_is_the_hosts() -> None:
    clock = NodeClock()
    assert clock.axis_s(12.5) == 12.5
    assert clock.step_ms(7) is None
    assert clock.starts == 0


def test_it_begins_at_the_first_arrival_and_goes_on_by_node_time() -> None:
    clock = NodeClock()
    assert clock.place(500, 100.0) == 100.0
    assert clock.place(520, 100.5) == 100.02
    assert clock.step_ms(540) == 20
    assert clock.step_ms(500) == -20
    assert clock.starts == 1


def test_a_burst_is_as_old_as_it_is() -> None:
    """A second of samples arrives at once, a second after the first of them."""
    clock = NodeClock()
    for k in range(50):
        clock.place(20 * k, 100.0 + 0.02 * k)
    ages = []
    for k in range(50, 100):
        t_s = clock.place(20 * k, 101.98)
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
    said = placed(origin_ms, steps)
    spans_s = [span_ms / 1000 for _, _, span_ms in steps]
    for ((before_s, _, _), (t_s, now_s, _)), span_s in zip(
        pairwise(said), spans_s[1:], strict=True
    ):
        assert t_s - span_s > before_s
        assert t_s <= now_s


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
        t_s = clock.place(round(1000 * true_s * (1 + drift)) % WRAP, 7.0 + true_s + delay_s)
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
    before_s = clock.place((t_ms + 2000) % WRAP, 52.0)
    clock.begin_anew()
    assert clock.step_ms(new_ms) is None
    t_s = clock.place(new_ms, 52.0 + passed_s, span_ms)
    assert t_s - before_s >= passed_s - 1e-9
    assert t_s - span_ms / 1000 > before_s
    assert t_s <= clock.axis_s(52.0 + passed_s)
    assert clock.starts == 2


@pytest.mark.parametrize(("step_ms", "starts"), [(-1, 2), (0, 2), (1, 1), (20, 1)])
def test_a_step_backwards_is_a_start_anew(step_ms: int, starts: int) -> None:
    clock = NodeClock()
    clock.place(1000, 50.0)
    assert clock.place(1000 + step_ms, 50.02) > 50.0
    assert clock.starts == starts


@pytest.mark.parametrize(
    ("step_s", "passed_s", "starts"),
    [
        (0.02, 10.0, 1),
        (0.02, 10.1, 2),
        (10.1, 0.2, 1),
        (10.3, 0.2, 2),
        (3600.0, 3601.0, 1),
        (100_000.0, 100_000.0, 1),  # a day of silence, in which the line sinks by 50 s
        (100_000.0, 99_980.0, 1),
        (100_000.0, 99_938.0, 2),
        (100_000.0, 100_162.0, 2),
    ],
)
def test_a_node_that_leaves_the_hosts_clock_by_ten_seconds_has_started_anew(
    step_s: float, passed_s: float, starts: int
) -> None:
    assert LEAP_S == 10.0
    clock = NodeClock()
    clock.place(0, 50.0)
    t_s = clock.place(round(1000 * step_s), 50.0 + passed_s)
    assert clock.starts == starts
    expected_s = 50.0 + (step_s if starts == 1 else passed_s)
    assert t_s == pytest.approx(expected_s, abs=RELAX * passed_s + 1e-6)


def test_arrival_times_that_fall_do_no_harm() -> None:
    """As in a recording whose writer's clock was set back."""
    clock = NodeClock()
    clock.place(1000, 50.0)
    assert clock.place(1020, 49.0) == 50.02
    assert clock.axis_s(50.0) > 50.0
    clock.begin_anew()
    assert clock.place(0, 40.0) > 50.02
