# SPDX-License-Identifier: MIT
"""Every row of the alarm table has a story that raises it and ends it as the table says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from tests.stories import Story, alarm_lines, pipeline, stream, tell, timeline
from upturn.core.alarm_table import ALARMS, AlarmId, Clear
from upturn.core.events import Event
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline


@dataclass(frozen=True)
class Life:
    """The events of one alarm over a story, without their times."""

    story: str
    told: tuple[str, ...]
    start: Callable[[Story], Pipeline] = pipeline


def uncalibrated(story: Story) -> Pipeline:
    return pipeline(story, info=stream(mounting=None))


def awaited(story: Story) -> Pipeline:
    """A core that was started twenty seconds before the story."""
    return Pipeline(story.info, STANDARD, start_s=-20.0)


def started(story: Story) -> Pipeline:
    return Pipeline(story.info, STANDARD, start_s=-1.0)


def begun(id: AlarmId, core: Pipeline) -> list[Event]:
    """What a core says before its story."""
    if id is AlarmId.NO_SIGNAL_YET:
        return core.tick(-0.1)
    if id is not AlarmId.LEFT_INVERTED:
        return []
    died = pipeline(inverted := timeline("at 20 5s"))
    tell(died, inverted)
    past = died.past(5.0)
    assert past is not None
    return core.resume(past, -1.0, gap_s=700.0, rested_s=700.0)


RAISED_THEN_CLEARED = ("#1 raised **", "#1 cleared **")
ACKNOWLEDGED = ("#1 raised ***", "#1 acknowledged ***", "#1 cleared ***")

LIVES: dict[AlarmId, Life] = {
    AlarmId.TIME_LIMIT_NEAR: Life("at 20 46s; to -10 in 2s; level 2s", RAISED_THEN_CLEARED),
    AlarmId.TIME_LIMIT: Life("at 20 61s; to -10 in 2s; level 2s; acknowledge", ACKNOWLEDGED),
    AlarmId.NO_RETURN: Life(
        "at 20 91s; to -10 in 2s; level 2s; acknowledge",
        ("#1 raised ***", "#1 escalated ***", "#1 acknowledged ***", "#1 cleared ***"),
    ),
    AlarmId.REST_SHORT: Life(
        "at 20 5s; to -10 in 2s; level 5s; to 20 in 2s; at 20 3s; to -10 in 2s; level 2s",
        RAISED_THEN_CLEARED,
    ),
    AlarmId.ANGLE_LIMIT: Life("at 70 3s; to 50 in 2s; at 50 5s", RAISED_THEN_CLEARED),
    AlarmId.OVER_ROTATION: Life("at 120 1s; to 70 in 2s; at 70 1s; acknowledge", ACKNOWLEDGED),
    AlarmId.FAST_TILT: Life("at 60 2s; to -80 in 1s; upright 12s", RAISED_THEN_CLEARED),
    AlarmId.IMPACT: Life("upright 2s; knock 4g; upright 11s", RAISED_THEN_CLEARED),
    AlarmId.FALL: Life(
        "upright 2s; falling 0.2s; knock 4g; upright 2s; acknowledge", ACKNOWLEDGED
    ),
    AlarmId.NO_MOVEMENT: Life(
        "still at 50 46s; sway 2s", ("#1 raised **", "#1 escalated ***", "#1 cleared ***")
    ),
    AlarmId.DISTRESS: Life("at 50 2s; button; at 50 1s; acknowledge", ACKNOWLEDGED),
    AlarmId.SIGNAL_LOST: Life(
        "at 50 2s; silence 3s; at 50 1s", ("#1 raised ***", "#1 cleared ***")
    ),
    AlarmId.NO_SIGNAL_YET: Life("upright 1s", RAISED_THEN_CLEARED, awaited),
    AlarmId.SENSOR_FAULT: Life(
        "at 50 2s; saturated 1s; at 50 1s", ("#1 raised ***", "#1 cleared ***")
    ),
    AlarmId.SENSOR_MOVED: Life(
        "upright 2s; clip turned 15; upright 4s; clip turned 0; upright 4s", RAISED_THEN_CLEARED
    ),
    AlarmId.NOT_CALIBRATED: Life("upright 1s", ("#1 raised **",), uncalibrated),
    AlarmId.BATTERY_LOW: Life(
        "upright 1s; battery 3.4V; upright 1s; battery 3.7V; upright 1s",
        ("#1 raised *", "#1 cleared *"),
    ),
    AlarmId.HOST_STALLED: Life("at 50 2s; host stalled 4s; at 50 1s; acknowledge", ACKNOWLEDGED),
    AlarmId.LEFT_INVERTED: Life(
        "upright 1s; acknowledge; upright 1s",
        ("#1 raised **", "#1 acknowledged **", "#1 cleared **"),
        started,
    ),
    AlarmId.SINK_FAILED: Life(
        "upright 1s; mqtt fails; upright 1s; mqtt works", ("#1 raised *", "#1 cleared *")
    ),
    AlarmId.TEST_ALARM: Life(
        "upright 1s; test alarm; upright 11s", ("#1 raised ***", "#1 cleared ***")
    ),
}


def lived(id: AlarmId, story: Story) -> list[str]:
    core = LIVES[id].start(story)
    told = begun(id, core) + tell(core, story)
    return [line.split(" ", 2)[2] for line in alarm_lines(told, id)]


@pytest.mark.parametrize("id", AlarmId)
def test_an_alarm_lives_as_its_story_tells(id: AlarmId) -> None:
    assert tuple(lived(id, timeline(LIVES[id].story))) == LIVES[id].told


@pytest.mark.parametrize("id", AlarmId)
def test_an_alarms_story_has_only_priorities_that_its_row_allows(
    id: AlarmId,
) -> None:
    marks = {line.split()[-1] for line in LIVES[id].told}
    assert marks <= {priority.marks for priority in ALARMS[id].priorities}


@pytest.mark.parametrize("id", [id for id in AlarmId if id is not AlarmId.NOT_CALIBRATED])
def test_an_alarms_story_ends_it_as_its_row_says(id: AlarmId) -> None:
    story = timeline(LIVES[id].story)
    unattended = replace(story, commands=[c for c in story.commands if "Acknow" not in str(c)])
    told = lived(id, unattended)
    latches = ALARMS[id].clear is Clear.AFTER_ACKNOWLEDGE
    assert any("cleared" in line for line in told) is not latches


def test_a_calibrated_sensor_is_the_only_way_to_clear_not_calibrated() -> None:
    assert lived(AlarmId.NOT_CALIBRATED, timeline("upright 20s; silence 30s; upright 1s")) == [
        "#1 raised **"
    ]
