# SPDX-License-Identifier: MIT
"""Flashing: the rates that tell priorities apart, and when an alarm stands still."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.dashboard.scenes import alarm
from upturn.core.alarm_table import AlarmId, Priority
from upturn.dashboard.flash import flash_on, flashes, lit

_UNLIT_S = 0.3
"""A moment at which a flashing high alarm is between its flashes."""


@pytest.mark.parametrize(
    ("priority", "lowest_hz", "highest_hz"),
    [(Priority.HIGH, 1.4, 2.8), (Priority.MEDIUM, 0.4, 0.8)],
)
def test_the_rate_of_flashing_is_that_of_the_standard(
    priority: Priority, lowest_hz: float, highest_hz: float
) -> None:
    lights = [flash_on(priority, k / 1000.0) for k in range(10_000)]
    starts = sum(now and not before for before, now in pairwise(lights))
    assert lowest_hz <= starts / 10.0 <= highest_hz


@pytest.mark.parametrize("priority", [Priority.HIGH, Priority.MEDIUM])
def test_a_flashing_alarm_is_lit_half_of_the_time(priority: Priority) -> None:
    lights = [flash_on(priority, k / 1000.0) for k in range(10_000)]
    assert sum(lights) / len(lights) == pytest.approx(0.5, abs=0.01)


def test_low_is_always_lit() -> None:
    assert all(flash_on(Priority.LOW, k / 100.0) for k in range(1000))


def test_what_flashes_is_what_nobody_acknowledged_or_what_sounds_again() -> None:
    new = alarm(AlarmId.TIME_LIMIT)
    paused = replace(new, acknowledged=True, sounding=False, pause_left_s=12.0)
    again = replace(new, acknowledged=True)
    outranked = replace(new, sounding=False)
    assert [flashes(a) for a in (new, paused, again, outranked)] == [True, False, True, True]


def test_an_acknowledged_alarm_is_lit_steadily() -> None:
    paused = alarm(AlarmId.TIME_LIMIT, acknowledged=True, sounding=False, pause_left_s=12.0)
    assert not lit(alarm(AlarmId.TIME_LIMIT), _UNLIT_S)
    assert lit(paused, _UNLIT_S)
