# SPDX-License-Identifier: MIT
"""The list of alarms: every one named, most urgent first, its text whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.dashboard.scenes import CALM, SCENES, alarm, view
from upturn.core.alarm_table import ALARMS, AlarmId
from upturn.core.snapshot import AlarmView
from upturn.dashboard import wording
from upturn.dashboard.painters.alarm_list import paint_alarms, title_line
from upturn.dashboard.spans import plain, width_of

_STATES: dict[str, dict[str, Any]] = {
    "new": {},
    "paused": {"acknowledged": True, "pause_left_s": 119.5, "sounding": False},
    "sounding again": {"acknowledged": True},
    "pause of two minutes": {"acknowledged": True, "pause_left_s": 120.0, "sounding": False},
    "over": {"condition": False, "pausable": True},
    "not pausable": {"pausable": False},
}


LONGEST: dict[AlarmId, str] = {
    AlarmId.TIME_LIMIT_NEAR: "",
    AlarmId.TIME_LIMIT: "300 s reached",
    AlarmId.NO_RETURN: "",
    AlarmId.REST_SHORT: "1799 of 1800 s",
    AlarmId.ANGLE_LIMIT: "limit 60 degrees",
    AlarmId.OVER_ROTATION: "",
    AlarmId.FAST_TILT: "",
    AlarmId.IMPACT: "",
    AlarmId.FALL: "",
    AlarmId.NO_MOVEMENT: "still for 45 s",
    AlarmId.DISTRESS: "three taps on the frame",
    AlarmId.SIGNAL_LOST: "",
    AlarmId.NO_SIGNAL_YET: "",
    AlarmId.SENSOR_FAULT: "force is not gravity's, readings do not change, wrong sample rate, its "
    "range is exceeded, node and host disagree about the angle, its calibration has changed",
    AlarmId.SENSOR_MOVED: "upright reads another angle than before",
    AlarmId.NOT_CALIBRATED: "",
    AlarmId.BATTERY_LOW: "node and this computer",
    AlarmId.HOST_STALLED: "for 86400 s",
    AlarmId.LEFT_INVERTED: "1440 min ago",
    AlarmId.SINK_FAILED: "mqtt (the broker at home.example refused the password), store (no space "
    "left on the device), sound (no output device was found)",
    AlarmId.TEST_ALARM: "",
}
"""The longest detail that each is likely to have."""


@pytest.mark.parametrize("id", AlarmId)
@pytest.mark.parametrize("state", _STATES)
def test_title_state_age_and_source_fit_80_columns_whole(id: AlarmId, state: str) -> None:
    shown = alarm(id, age_s=599.0, **_STATES[state])
    line = title_line(view(), shown, 78)
    text = plain([line])
    assert width_of(line) == 78
    assert "…" not in text
    assert text.endswith(f" · 9:59 · {ALARMS[id].source}")
    assert text[:3].strip() == shown.priority.marks
    assert text[4:].startswith(f"{ALARMS[id].title} ")
    assert any(f" {wording.alarm_state(shown, short=short)} · " in text for short in (True, False))


@pytest.mark.parametrize("id", AlarmId)
@pytest.mark.parametrize("state", _STATES)
@pytest.mark.parametrize("width", [44, 58, 67])
def test_on_narrower_panes_the_title_and_the_age_stay_whole(
    id: AlarmId, state: str, width: int
) -> None:
    shown = alarm(id, age_s=599.0, **_STATES[state])
    text = plain([title_line(view(), shown, width)])
    assert text[4:].startswith(f"{ALARMS[id].title} ")
    assert "9:59" in text


@pytest.mark.parametrize("id", AlarmId)
@pytest.mark.parametrize("state", _STATES)
def test_no_text_of_an_alarm_is_cut_at_80_columns(id: AlarmId, state: str) -> None:
    shown = alarm(id, detail=LONGEST[id], **_STATES[state])
    lines = paint_alarms(view(replace(CALM, alarms=(shown,))), 78, 12)
    text = " ".join(plain(lines).split())
    assert max(width_of(line) for line in lines) <= 78
    assert "…" not in text
    if wording.is_over(shown):
        assert ALARMS[id].advice not in text
        assert "Press a." in text
    else:
        assert wording.sentence(LONGEST[id]) in text
        assert ALARMS[id].advice in text
    assert wording.unpausable(shown) in text


def test_what_cannot_be_paused_says_why_below_its_advice() -> None:
    lines = paint_alarms(view(SCENES["lost"]), 78, 10)
    assert plain(lines[1:]) == (
        "    Look at the person now. Then check the node's power and link. Its audio\n"
        "    cannot be paused: the person was inverted when the data stopped."
    )


def test_an_acknowledged_alarm_counts_down() -> None:
    shown = view(SCENES["acknowledged"])
    text = plain(paint_alarms(shown, 78, 10)[:1])
    assert text.endswith("acknowledged, audio paused 23 s · 0:07 · MNT-hang, CC")


def test_what_is_over_says_so_and_what_is_to_be_done_now() -> None:
    first, *below = plain(paint_alarms(view(SCENES["latched"]), 78, 10)).splitlines()
    assert first.endswith("over, press a · 0:57 · MNT-hang, CC")
    assert below == ["    The person is up. Press a, then rest 0:44."]


def test_while_stood_down_the_alarms_are_off_and_not_absent() -> None:
    assert plain(paint_alarms(view(SCENES["stand_down"]), 24, 9, headed=True)) == (
        "ALARMS OFF ─────────────"
    )
    stopped = view(SCENES["stand_down"], silent_s=4.0)
    assert plain(paint_alarms(stopped, 24, 9, headed=True)).startswith("ALARMS NOT KNOWN")


def test_when_upturn_has_stopped_no_alarm_counts_down_and_none_is_said_to_be_absent() -> None:
    stopped = view(SCENES["acknowledged"], silent_s=4.0)
    lines = paint_alarms(stopped, 78, 10, headed=True)
    assert plain(lines[:1]).startswith("ALARMS BEFORE IT STOPPED ─")
    assert " ".join(plain(lines[1:2]).split()) == "*** was Inverted too long not known now"
    calm = paint_alarms(view(silent_s=4.0), 78, 10, headed=True)
    assert plain(calm).startswith("ALARMS NOT KNOWN ─")


def test_the_order_is_that_of_the_snapshot() -> None:
    text = plain(paint_alarms(view(SCENES["many_alarms"]), 78, 60))
    places = [text.index(a.spec.title) for a in SCENES["many_alarms"].alarms]
    assert places == sorted(places)


def _every_alarm() -> tuple[AlarmView, ...]:
    return tuple(alarm(id) for id in AlarmId)


@pytest.mark.parametrize("height", range(12))
def test_what_has_no_room_is_counted(height: int) -> None:
    lines = paint_alarms(view(replace(CALM, alarms=_every_alarm())), 78, height)
    named = sum(spec.title in plain(lines) for spec in ALARMS.values())
    assert len(lines) == height
    if height:
        assert named == height - 1
        assert plain(lines[-1:]).strip() == f"and {len(ALARMS) - named} more"


def test_where_room_is_short_the_alarm_of_the_banner_gives_up_its_advice_first() -> None:
    snapshot = replace(SCENES["no_return"], alarms=SCENES["no_return"].alarms[:2])
    alarms = snapshot.alarms
    lines = paint_alarms(view(snapshot), 78, 3)
    assert alarms[0].spec.advice not in plain(lines)
    assert alarms[1].spec.advice in plain(lines)


def test_no_alarm_takes_no_room_and_a_heading_says_so_where_there_is_some() -> None:
    assert paint_alarms(view(), 78, 10) == []
    assert plain(paint_alarms(view(), 20, 10, headed=True)) == "NO ALARM ───────────"


def test_a_mark_flashes_and_its_words_do_not_move() -> None:
    shown = SCENES["limit"]
    lit, unlit = (paint_alarms(view(shown, clock_s=t), 78, 9) for t in (0.1, 0.3))
    assert lit != unlit
    assert plain(lit) == plain(unlit)
