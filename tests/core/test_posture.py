# SPDX-License-Identifier: MIT
"""The posture machine at its borders and its dwells: just below, exact, just above."""

from __future__ import annotations

from math import inf, nextafter

import pytest

from upturn.core.events import Posture
from upturn.core.posture import PostureMachine

UNKNOWN, UPRIGHT, LEVEL, INVERTED, OVER = Posture
STEP_S = 0.02


def below(value: float) -> float:
    return nextafter(value, -inf)


def above(value: float) -> float:
    return nextafter(value, inf)


def machine(posture: Posture) -> PostureMachine:
    """One that has stood in this posture for a second, up to time 0."""
    angle_deg = {UPRIGHT: -80.0, LEVEL: -10.0, INVERTED: 50.0, OVER: 120.0}[posture]
    built = PostureMachine()
    for i in range(-50, 1):
        built.update(i * STEP_S, angle_deg)
    assert built.posture is posture
    return built


def held(built: PostureMachine, angle_deg: float, seconds: float, from_s: float = 0.0) -> Posture:
    """The posture after the angle was held, the first sample one step after `from_s`."""
    for i in range(1, round(seconds / STEP_S) + 1):
        built.update(from_s + i * STEP_S, angle_deg)
    return built.posture


BORDERS = [
    # from, angle, posture at once
    (UNKNOWN, -135.0, UNKNOWN),
    (UNKNOWN, above(-135.0), UPRIGHT),
    (UNKNOWN, -45.0, UPRIGHT),
    (UNKNOWN, above(-45.0), LEVEL),
    (UNKNOWN, below(15.0), LEVEL),
    (UNKNOWN, 15.0, UNKNOWN),
    (UNKNOWN, 180.0, UNKNOWN),
    (UPRIGHT, -180.0, UNKNOWN),
    (UPRIGHT, -135.0, UNKNOWN),
    (UPRIGHT, above(-135.0), UPRIGHT),
    (UPRIGHT, -35.0, UPRIGHT),
    (UPRIGHT, above(-35.0), LEVEL),
    (UPRIGHT, 15.0, LEVEL),
    (LEVEL, -135.0, UNKNOWN),
    (LEVEL, above(-135.0), UPRIGHT),
    (LEVEL, -45.0, UPRIGHT),
    (LEVEL, above(-45.0), LEVEL),
    (LEVEL, 15.0, LEVEL),
    (INVERTED, -135.0, UNKNOWN),
    (INVERTED, above(-135.0), UPRIGHT),
    (INVERTED, -45.0, UPRIGHT),
    (INVERTED, above(-45.0), LEVEL),
    (INVERTED, 5.0, LEVEL),
    (INVERTED, above(5.0), INVERTED),
    (INVERTED, below(15.0), INVERTED),
    (INVERTED, 180.0, INVERTED),
    (OVER, 95.0, OVER),
    (OVER, below(95.0), INVERTED),
    (OVER, above(5.0), INVERTED),
    (OVER, 5.0, LEVEL),
    (OVER, -45.0, UPRIGHT),
    (OVER, 180.0, OVER),
    (OVER, -179.0, OVER),
    (OVER, -135.0, OVER),
    (OVER, above(-135.0), UPRIGHT),
]


@pytest.mark.parametrize(("before", "angle_deg", "after"), BORDERS)
def test_a_border_belongs_to_the_posture_that_the_design_says(
    before: Posture, angle_deg: float, after: Posture
) -> None:
    built = PostureMachine() if before is UNKNOWN else machine(before)
    assert built.update(STEP_S, angle_deg) is after


@pytest.mark.parametrize("before", [UNKNOWN, UPRIGHT, LEVEL])
def test_an_inversion_is_entered_after_half_a_second_at_fifteen(before: Posture) -> None:
    built = PostureMachine() if before is UNKNOWN else machine(before)
    assert held(built, 15.0, 0.5) is not INVERTED
    assert built.crossed_s == STEP_S
    assert built.update(STEP_S + 0.5, 15.0) is INVERTED
    assert built.crossed_s == STEP_S


@pytest.mark.parametrize(
    ("before", "angle_deg", "dwell_s", "after"),
    [(LEVEL, 15.0, 0.5, INVERTED), (INVERTED, 100.0, 0.2, OVER), (INVERTED, 10.0, 10.0, LEVEL)],
)
def test_a_dwell_is_over_at_its_last_millisecond_and_not_before(
    before: Posture, angle_deg: float, dwell_s: float, after: Posture
) -> None:
    built = machine(before)
    built.update(1.0, angle_deg)
    assert built.update(1.0 + dwell_s - 0.001, angle_deg) is before
    assert built.update(1.0 + dwell_s, angle_deg) is after


def test_one_sample_below_fifteen_starts_the_dwell_afresh() -> None:
    built = machine(LEVEL)
    held(built, 50.0, 0.5)
    built.update(0.52, below(15.0))
    assert built.crossed_s == inf
    assert held(built, 50.0, 0.5, from_s=0.52) is LEVEL
    assert built.crossed_s == 0.54
    assert held(built, 50.0, STEP_S, from_s=1.02) is INVERTED


def test_a_staged_return_ends_after_ten_seconds_below_fifteen() -> None:
    built = machine(INVERTED)
    assert held(built, below(15.0), 10.0) is INVERTED
    assert held(built, below(15.0), STEP_S, from_s=10.0) is LEVEL


def test_a_staged_return_starts_afresh_when_fifteen_is_reached_again() -> None:
    built = machine(INVERTED)
    held(built, 10.0, 9.9)
    built.update(9.92, 15.0)
    assert held(built, 10.0, 10.0, from_s=9.92) is INVERTED
    assert held(built, 10.0, STEP_S, from_s=19.92) is LEVEL


def test_a_staged_return_is_not_unbroken_across_a_long_gap() -> None:
    built = machine(INVERTED)
    held(built, 10.0, 5.0)
    assert built.update(15.0, 10.0, gap_from_s=5.0) is INVERTED
    assert built.update(24.98, 10.0) is INVERTED
    assert built.update(25.0, 10.0) is LEVEL


def test_a_staged_return_goes_on_across_a_drop_out() -> None:
    built = machine(INVERTED)
    held(built, 10.0, 5.0)
    built.update(6.0, 10.0, gap_from_s=5.0)
    assert built.update(10.0, 10.0) is INVERTED
    assert built.update(10.02, 10.0) is LEVEL


def test_a_return_from_past_vertical_may_rest_near_level_too() -> None:
    built = machine(OVER)
    assert held(built, 10.0, 10.0) is INVERTED
    assert held(built, 10.0, STEP_S, from_s=10.0) is LEVEL


@pytest.mark.parametrize("before", [LEVEL, INVERTED])
def test_over_rotation_is_entered_after_a_fifth_of_a_second_at_a_hundred(
    before: Posture,
) -> None:
    built = machine(before)
    assert held(built, 100.0, 0.2) is before
    assert held(built, 100.0, STEP_S, from_s=0.2) is OVER


def test_one_sample_below_a_hundred_starts_the_dwell_of_over_rotation_afresh() -> None:
    built = machine(INVERTED)
    held(built, 100.0, 0.2)
    built.update(0.22, below(100.0))
    assert held(built, 100.0, 0.2, from_s=0.22) is INVERTED
    assert held(built, 100.0, STEP_S, from_s=0.42) is OVER


def test_below_a_hundred_is_never_over_rotation() -> None:
    assert held(machine(INVERTED), below(100.0), 5.0) is INVERTED


@pytest.mark.parametrize(
    ("wrapped_deg", "unwrapped_deg"), [(180.0, 180.0), (-179.5, 180.5), (-135.0, 225.0)]
)
def test_past_180_the_angle_counts_on_while_over_rotated(
    wrapped_deg: float, unwrapped_deg: float
) -> None:
    built = machine(OVER)
    assert built.unwrapped(wrapped_deg) == unwrapped_deg
    assert built.update(STEP_S, wrapped_deg) is OVER


def test_a_fast_turn_past_180_within_the_dwell_is_still_over_rotation() -> None:
    built = machine(INVERTED)
    built.update(0.1, 150.0)
    assert built.unwrapped(-170.0) == 190.0
    built.update(0.2, -170.0)
    assert built.update(0.3, -150.0) is OVER


@pytest.mark.parametrize("before", [UPRIGHT, LEVEL, INVERTED])
def test_the_angle_is_not_unwrapped_in_any_other_posture(before: Posture) -> None:
    assert machine(before).unwrapped(-140.0) == -140.0


def test_turning_on_past_225_is_unknown_and_upright_only_after_half_a_second() -> None:
    built = machine(OVER)
    built.update(0.1, -170.0)
    assert built.update(0.12, above(-135.0)) is UNKNOWN
    assert built.update(0.60, -120.0) is UNKNOWN
    assert built.update(0.62, -120.0) is UPRIGHT


def test_turning_back_below_135_after_225_is_no_wait() -> None:
    built = machine(OVER)
    built.update(0.1, -170.0)
    built.update(0.12, -130.0)
    assert built.update(0.14, -140.0) is UNKNOWN
    assert built.update(0.16, -40.0) is LEVEL


def test_after_a_long_gap_nothing_is_known_of_a_turn() -> None:
    built = machine(OVER)
    built.update(0.1, -170.0)
    assert built.update(1.2, -130.0, gap_from_s=0.1) is UPRIGHT


@pytest.mark.parametrize("posture", [UNKNOWN, LEVEL, INVERTED])
def test_a_stay_that_a_gap_ends_in_began_at_its_last_sample_before(posture: Posture) -> None:
    built = PostureMachine() if posture is UNKNOWN else machine(posture)
    if posture is INVERTED:
        built.update(0.0, 10.0)
    built.update(7.0, 50.0, gap_from_s=0.0)
    assert built.crossed_s == 0.0


def test_upright_before_a_gap_is_not_counted() -> None:
    built = machine(UPRIGHT)
    built.update(7.0, 50.0, gap_from_s=0.0)
    assert (built.crossed_s, built.counted_s) == (0.0, 7.0)


@pytest.mark.parametrize(
    ("before", "angle_deg"), [(UPRIGHT, -80.0), (LEVEL, -10.0), (INVERTED, 50.0), (OVER, 120.0)]
)
def test_a_posture_at_rest_has_nothing_due(before: Posture, angle_deg: float) -> None:
    built = machine(before)
    built.update(STEP_S, angle_deg)
    assert built.due_s == inf
