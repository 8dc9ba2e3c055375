# SPDX-License-Identifier: MIT
"""What is still and what is not, on both sides of each limit; times and forces are given here."""

from __future__ import annotations

from math import cos, radians, sin

import pytest

from upturn.core.holding import CREEP_G, GAP_S, HOLD_S, WINDOW_S, Hold
from upturn.core.poses import MAX_RATE_DPS, MAX_SD_G, MIN_POSE_S
from upturn.core.sample import Sample

RATE_HZ = 50


def fed(
    for_s: float, *, sd_g: float = 0.0, rate_dps: float = 0.0, turn_deg: float = 0.0
) -> tuple[Hold, set[str]]:
    """What became of it, and every cause that was named; `turn_deg` is reached at the end."""
    hold = Hold(has_gyro=True)
    causes = set()
    count = round(for_s * RATE_HZ)
    for k in range(count + 1):
        angle = radians(turn_deg * k / count)
        sign = 1 if k % 2 else -1
        hold.feed(
            Sample(k / RATE_HZ, sin(angle), cos(angle), sign * sd_g, sign * rate_dps, 0.0, 0.0)
        )
        causes.add(hold.meter.why_not)
    return hold, causes


def test_a_pose_needs_three_seconds_after_the_first_half() -> None:
    assert HOLD_S > MIN_POSE_S
    assert not fed(0.8 * WINDOW_S + HOLD_S - 0.04)[0].held
    hold, _ = fed(0.8 * WINDOW_S + HOLD_S + 0.04)
    assert hold.held
    assert hold.pose(0.0).seconds == pytest.approx(3.04)


@pytest.mark.parametrize(
    ("share", "why_not"),
    [(0.99, {""}), (1.01, {"", "it moves"})],
)
def test_force_and_rate_each_end_a_hold_by_themselves(share: float, why_not: set[str]) -> None:
    """Over a full window the sign of an odd number of samples is not quite balanced."""
    shaken, by_force = fed(2.0, sd_g=share * MAX_SD_G)
    turned, by_rate = fed(2.0, rate_dps=share * MAX_RATE_DPS)
    assert (by_force, by_rate) == (why_not, why_not)
    assert shaken.meter.still == turned.meter.still == (share < 1.0)


def test_a_degree_of_creep_is_the_most_that_is_still() -> None:
    assert radians(1.0) == pytest.approx(CREEP_G, abs=1e-4)
    assert fed(4.0, turn_deg=0.9)[1] == {""}
    assert fed(4.0, turn_deg=1.4)[1] == {"", "it creeps"}


def test_nothing_is_said_before_most_of_a_window_was_seen() -> None:
    assert fed(0.8 * WINDOW_S - 0.02)[0].meter.sd_g is None
    assert fed(0.8 * WINDOW_S + 0.02)[0].meter.sd_g == 0.0


def test_a_few_samples_far_apart_say_nothing_either() -> None:
    hold = Hold(has_gyro=False)
    for k in range(9):
        hold.feed(Sample(0.24 * k, 0.0, 1.0, 0.0))
    assert hold.meter.sd_g is None


@pytest.mark.parametrize(
    ("step_s", "goes_on"),
    [(0.02, True), (GAP_S, True), (GAP_S + 0.01, False), (0.0, False), (-0.02, False)],
)
def test_a_gap_and_time_that_does_not_go_on_begin_anew(step_s: float, goes_on: bool) -> None:
    hold, _ = fed(2.0)
    assert hold.pose(0.0).samples > 70
    hold.feed(Sample(2.0 + step_s, 0.0, 1.0, 0.0))
    assert (hold.pose(0.0).samples > 0) is goes_on
