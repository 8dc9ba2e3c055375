# SPDX-License-Identifier: MIT
"""What can be believed: freshness judged on the dashboard's own clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.dashboard.scenes import CALM, NOW_S, RESTING, SCENES, WALL, inverted, view
from upturn.core.alarm_table import Priority
from upturn.core.events import Posture
from upturn.core.snapshot import Snapshot
from upturn.core.thresholds import REST_MAX_DEG
from upturn.dashboard.feed import SourceState
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


def test_nothing_is_fresh_where_a_remote_screen_has_lost_the_table() -> None:
    assert not view(source=SourceState("den", lost="the broker is gone")).fresh


@pytest.mark.parametrize(
    ("changes", "resting"),
    [
        ({}, True),
        ({"posture": Posture.UPRIGHT, "angle_deg": -84.0}, True),
        ({"angle_deg": REST_MAX_DEG}, True),
        ({"angle_deg": REST_MAX_DEG + 0.01}, False),
        ({"angle_deg": None}, False),
        ({"posture": Posture.UNKNOWN}, False),
        ({"posture": Posture.INVERTED, "inverted": True}, False),
        ({"signal_age_s": 2.01}, False),
        ({"signal_lost": True}, False),
        ({"rest_left_s": 0.0}, False),
    ],
)
def test_a_rest_runs_with_fresh_samples_and_the_head_up(
    changes: dict[str, object], resting: bool
) -> None:
    assert view(replace(RESTING, **changes)).resting is resting  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("snapshot", "silent_s", "counted"),
    [
        (CALM, 0.0, True),
        (SCENES["stale"], 0.0, False),
        (SCENES["no_signal"], 0.0, False),
        (SCENES["lost"], 0.0, True),
        (SCENES["lost"], STOPPED_S, False),
    ],
)
def test_exposure_counts_on_through_silence_while_inverted(
    snapshot: Snapshot, silent_s: float, counted: bool
) -> None:
    assert view(snapshot, silent_s=silent_s).counted is counted


def test_ready_is_said_of_fresh_data_alone() -> None:
    shown = (CALM, replace(CALM, signal_age_s=3.0), SCENES["not_ready"])
    assert [view(snapshot).ready for snapshot in shown] == [True, False, False]


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_the_time_of_day_of_a_moment_of_the_table(speed: float) -> None:
    shown = view(wall=WALL, source=SourceState("sim", speed=speed))
    moments = [shown.time_of_day(NOW_S + ahead_s) for ahead_s in (0.0, 60.0, -8.0)]
    ahead = [timedelta(seconds=s / speed) for s in (0.0, 60.0, -8.0)]
    assert moments == [WALL + one for one in ahead]
    assert view().time_of_day(NOW_S) is None
