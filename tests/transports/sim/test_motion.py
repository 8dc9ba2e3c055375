# SPDX-License-Identifier: MIT
"""Turns and holds make one continuous angle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.transports.sim.motion import Course, Turn, grid_s

angles_deg = st.floats(-90.0, 200.0)


@given(to_deg=st.lists(angles_deg, min_size=1, max_size=4), peak_dps=st.floats(5.0, 200.0))
def test_a_course_has_no_jumps_turns_no_faster_than_asked_and_ends_where_told(
    to_deg: list[float], peak_dps: float
) -> None:
    course = Course(-80.0)
    for angle_deg in to_deg:
        course.hold(0.5)
        course.turn(angle_deg, peak_dps)
    t_s = grid_s(course.now_s)
    rates_dps = np.diff(course.angle_deg(t_s)) / np.diff(t_s)
    assert np.abs(rates_dps).max() <= 1.001 * peak_dps + 1e-6
    assert course.angle_deg(t_s)[[0, -1]] == pytest.approx((-80.0, to_deg[-1]), abs=1e-6)


@given(from_deg=angles_deg, by_deg=st.floats(1.0, 180.0), share=st.floats(0.0, 1.0))
def test_a_turn_knows_when_it_passes_an_angle(
    from_deg: float, by_deg: float, share: float
) -> None:
    turn = Turn(3.0, 10.0, from_deg, from_deg - by_deg)
    angle_deg = from_deg - share * by_deg
    passed_s = np.array([turn.time_at(angle_deg)])
    assert turn.angle_deg(passed_s)[0] == pytest.approx(angle_deg, abs=0.01)


def test_an_angle_outside_a_turn_is_passed_at_its_start_or_end() -> None:
    turn = Turn(3.0, 10.0, 0.0, 50.0)
    assert (turn.time_at(-1.0), turn.time_at(51.0)) == (3.0, 13.0)


def test_a_swing_starts_and_dies_at_the_held_angle() -> None:
    course = Course(40.0)
    course.swing(5.0, 2.5, 1.5)
    course.hold(20.0)
    angle_deg = course.angle_deg(grid_s(20.0))
    assert angle_deg[0] == 40.0
    assert 2.0 < np.abs(angle_deg - 40.0).max() < 5.0
    assert angle_deg[-1] == 40.0


def test_rocking_ends_after_whole_periods_where_it_began() -> None:
    course = Course(-80.0)
    course.rock(3.0, 1.5, 2)
    course.hold(1.0)
    angle_deg = course.angle_deg(grid_s(4.0))
    assert course.now_s == 4.0
    assert angle_deg.max() - angle_deg.min() > 4.0
    assert angle_deg[[0, -1]] == pytest.approx(-80.0)


def test_a_hold_cannot_last_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="a hold of -1"):
        Course(-80.0).hold(-1.0)
