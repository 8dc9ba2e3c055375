# SPDX-License-Identifier: MIT
"""Whether the sensor still sits as it was calibrated: out of plane, or turned about the hinge."""

from __future__ import annotations

import pytest

from tests.stories import alarm_lines, events, judge, pipeline, tell, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import ProvedCalibration
from upturn.core.events import AlarmChanged

MOVED = AlarmId.SENSOR_MOVED
RAISED = "8.00 sensor_moved #1 raised **"
SHIFTED = "3.00 sensor_moved #1 raised **"
STOP = "still at -80 10s; to 30 in 3s; at 30 5s; to -80 in 4s"


def said(text: str) -> list[str]:
    return alarm_lines(events(timeline(text)), MOVED)


@pytest.mark.parametrize(
    ("turned_deg", "told"), [(11.9, []), (12.1, [RAISED]), (-12.1, [RAISED]), (90, [RAISED])]
)
def test_twelve_degrees_out_of_plane_for_three_seconds(turned_deg: float, told: list[str]) -> None:
    assert said(f"still at -80 5s; clip turned {turned_deg}; still 4s") == told


def test_less_than_three_seconds_out_of_plane_are_none() -> None:
    askew = "clip turned 15; still 2.8s; clip turned 0; still 1s"
    assert said(f"still at -80 5s; {askew}; {askew}") == []


@pytest.mark.parametrize(
    ("force_g", "moved"), [(1.079, True), (0.921, True), (1.081, False), (0.919, False)]
)
def test_a_plane_is_judged_only_near_one_g(force_g: float, moved: bool) -> None:
    assert bool(said(f"still at -80 5s; clip turned 20; force {force_g} for 5s")) is moved


@pytest.mark.parametrize(("seconds", "moved"), [(2.0, True), (0.4, False)])
def test_a_plane_is_judged_only_while_hardly_turning(seconds: float, moved: bool) -> None:
    swing = f"to -84 in {seconds}s; to -76 in {seconds}s"
    rocking = "; ".join([swing] * round(3 / seconds))
    assert bool(said(f"still at -80 5s; clip turned 20; {rocking}")) is moved


@pytest.mark.parametrize(("back_deg", "cleared"), [(5.9, True), (6.1, False)])
def test_it_clears_after_three_seconds_under_six_degrees_upright(
    back_deg: float, cleared: bool
) -> None:
    told = said(f"still at -80 5s; clip turned 15; still 5s; clip turned {back_deg}; still 4s")
    assert told == [RAISED, *(["13.00 sensor_moved #1 cleared **"] if cleared else [])]


def test_it_does_not_clear_while_not_upright() -> None:
    assert said("still at -10 5s; clip turned 15; still 5s; clip turned 0; still 9s") == [RAISED]


@pytest.mark.parametrize(
    ("stop_deg", "told"),
    [(-84.9, []), (-75.1, []), (-85.3, [SHIFTED]), (-74.7, [SHIFTED]), (None, [])],
)
def test_a_stop_that_is_not_the_proved_one_shows_before_any_inversion(
    stop_deg: float | None, told: list[str]
) -> None:
    """A slip about the hinge between two watches: gravity alone cannot tell."""
    assert since_proved("still at -80 5s", stop_deg) == told


def test_back_at_the_proved_stop_it_clears() -> None:
    told = since_proved("still at -70 5s; to -80 in 2s; still 8s", -80.0)
    assert [line.split(" ", 1)[1] for line in told] == [
        "sensor_moved #1 raised **",
        "sensor_moved #1 cleared **",
    ]


def test_after_an_inversion_the_proved_stop_is_the_measure() -> None:
    story = "still at -80 5s; to 30 in 3s; at 30 5s; to {} in 4s; still 8s"
    assert since_proved(story.format(-76.5), -81.0) == []
    assert len(since_proved(story.format(-75.5), -81.0)) == 1


def since_proved(text: str, stop_deg: float | None) -> list[str]:
    """What is told of a sensor whose calibration was proved with the table at that stop."""
    story = timeline(text)
    core = pipeline(story)
    core.command(ProvedCalibration(stop_deg=stop_deg), 0.0)
    return alarm_lines(tell(core, story), MOVED)


@pytest.mark.parametrize(("slipped_deg", "moved"), [(4.8, False), (5.2, True), (-5.2, True)])
def test_an_upright_stop_that_shifted_shows_after_an_inversion(
    slipped_deg: float, moved: bool
) -> None:
    told = said(f"{STOP}; clip slipped {slipped_deg}; still at -80 15s")
    assert bool(told) is moved


def test_the_stop_is_looked_at_six_seconds_after_the_inversion_at_the_earliest() -> None:
    story = timeline(f"{STOP}; clip slipped 8; still at -80 15s")
    told = events(story)
    (moved,) = (e for e in told if isinstance(e, AlarmChanged) and e.id is MOVED)
    ended_s = float(next(line for line in judge(story) if "ended" in line).split()[0])
    assert moved.t_s >= ended_s + 6.0
    assert moved.message.startswith(
        "Sensor has moved on the table: upright reads another angle than before. "
    )


def test_a_stop_that_shifted_without_an_inversion_is_the_user_settling() -> None:
    assert said("still at -80 10s; clip slipped 8; still at -80 20s") == []


def test_before_the_first_upright_rest_no_stop_is_known() -> None:
    assert said("still at 30 10s; clip slipped 8; still at -80 20s") == []


def test_a_stop_that_is_back_in_its_place_clears_it() -> None:
    told = said(f"{STOP}; clip slipped 8; still at -80 15s; clip slipped 0; still at -80 12s")
    assert [line.split(" ", 1)[1] for line in told] == [
        "sensor_moved #1 raised **",
        "sensor_moved #1 cleared **",
    ]


def test_it_is_high_while_inverted_and_holds_the_inversion_until_it_clears() -> None:
    story = timeline(
        "still at 50 5s; clip turned 15; still 5s; still at -80 5s; clip turned 0; still 5s"
    )
    assert [line for line in judge(story) if "fast_tilt" not in line] == [
        "0.50 posture unknown -> inverted",
        "0.50 inversion 1 since 0.00",
        "8.00 sensor_moved #1 raised ***",
        "18.00 sensor_moved #1 cleared ***",
        "18.02 posture inverted -> upright",
        "18.02 inversion 1 ended: 18.02 s, peak 50, exposure 18.02",
    ]
