# SPDX-License-Identifier: MIT
"""What can be believed: freshness judged on the dashboard's own clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, inverted, view
from upturn.core.alarm_table import Priority
from upturn.dashboard.view import STOPPED_S, Pulse


def test_a_pulse_that_moves_is_not_silent() -> None:
    pulse = Pulse()
    assert [pulse.silent_s(t, t, live=True) for t in (0.0, 1.0, 2.0)] == [0.0, 0.0, 0.0]


def test_a_pulse_that_stands_still_is_silent_for_as_long() -> None:
    pulse = Pulse()
    assert [pulse.silent_s(7.0, t, live=True) for t in (10.0, 11.5, 13.0)] == [0.0, 1.5, 3.0]


def test_time_may_stand_still_where_the_source_is_not_live() -> None:
    pulse = Pulse()
    assert [pulse.silent_s(7.0, t, live=False) for t in (10.0, 99.0)] == [0.0, 0.0]


@pytest.mark.parametrize(("silent_s", "stopped"), [(STOPPED_S - 0.01, False), (STOPPED_S, True)])
def test_upturn_has_stopped_after_three_seconds_of_silence(silent_s: float, stopped: bool) -> None:
    assert view(silent_s=silent_s).stopped is stopped


@pytest.mark.parametrize(
    ("changes", "fresh"),
    [
        ({}, True),
        ({"signal_age_s": 2.0}, True),
        ({"signal_age_s": 2.01}, False),
        ({"signal_age_s": None}, False),
        ({"signal_lost": True}, False),
    ],
)
def test_values_are_fresh_for_two_seconds(changes: dict[str, object], fresh: bool) -> None:
    assert view(replace(CALM, **changes)).fresh is fresh  # type: ignore[arg-type]


def test_nothing_is_fresh_once_upturn_has_stopped() -> None:
    assert not view(silent_s=STOPPED_S).fresh


def test_the_age_grows_on_while_the_monitor_stands_still() -> None:
    assert view(silent_s=5.0).age_s == pytest.approx(5.04)


def test_values_go_stale_before_the_monitor_counts_as_stopped() -> None:
    assert not view(silent_s=2.5).fresh


@pytest.mark.parametrize(
    ("exposure_s", "priority"),
    [(44.9, None), (45.0, Priority.MEDIUM), (59.9, Priority.MEDIUM), (60.0, Priority.HIGH)],
)
def test_exposure_stands_as_its_notice_and_limit_say(
    exposure_s: float, priority: Priority | None
) -> None:
    assert view(inverted(exposure_s)).exposure_priority is priority
