# SPDX-License-Identifier: MIT
"""The list of alarms: every one named, most urgent first, its text whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.dashboard.scenes import CALM, SCENES, alarm, view
from upturn.core.alarm_table import ALARMS, AlarmId
from upturn.core.snapshot import AlarmView
from upturn.dashboard.painters.alarm_list import paint_alarms, title_line
from upturn.dashboard.spans import plain, width_of

_STATES: dict[str, dict[str, Any]] = {
    "new": {},
    "paused": {"acknowledged": True, "pause_left_s": 119.5, "sounding": False},
    "sounding again": {"acknowledged": True},
    "over": {"condition": False, "pausable": True},
    "not pausable": {"pausable": False},
}


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
    assert text[4:].startswith(ALARMS[id].title)


@pytest.mark.parametrize("id", AlarmId)
def test_the_advice_is_whole_at_80_columns(id: AlarmId) -> None:
    lines = paint_alarms(view(replace(CALM, alarms=(alarm(id),))), 78, 10)
    assert ALARMS[id].advice in " ".join(plain(lines).split())
    assert max(width_of(line) for line in lines) <= 78


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
    alarms = SCENES["no_return"].alarms
    lines = paint_alarms(view(SCENES["no_return"]), 78, 3)
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
