# SPDX-License-Identifier: MIT
"""The keys: every row does something, and the line of them fits at any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.desk import opened
from tests.dashboard.scenes import CALM, alarm, inverted, view
from upturn.core.alarm_table import AlarmId
from upturn.core.readiness import SPOTTER
from upturn.core.snapshot import Check
from upturn.dashboard.keys import KEYS, PLAYBACK_KEYS, Key, When, keys_for
from upturn.dashboard.painters.keys import paint_keys
from upturn.dashboard.palette import DARK
from upturn.dashboard.spans import plain, width_of
from upturn.dashboard.uses import Now, turned, uses

HERE = {
    "calm": CALM,
    "alarm": inverted(63.0, alarms=(alarm(AlarmId.TIME_LIMIT),)),
    "down": replace(CALM, stand_down=True),
    "asked": replace(CALM, checks=(Check(SPOTTER, "the spotter has not checked in"),)),
}


def keys_at(
    name: str = "calm",
    *,
    several: bool = False,
    playback: bool = False,
    overview: bool = False,
    has_sound: bool = True,
    tone_unheard: bool = False,
) -> tuple[Key, ...]:
    seen = view(HERE[name])
    banner = seen if seen.urgency else None
    now = Now(banner if overview else seen, [seen], overview, has_sound, tone_unheard)
    return keys_for(several=several, playback=playback, uses=uses(now), turned=turned(now))


def named(keys: Sequence[Key], width: int = 80) -> str:
    line, _ = paint_keys(DARK, keys, width)
    return plain([line]).strip()


def test_each_key_and_each_act_is_there_once() -> None:
    rows = (*KEYS, *PLAYBACK_KEYS)
    bound = [name for key in rows for name in key.bound.split(",")]
    assert len(set(bound)) == len(bound)
    assert len({key.action for key in rows}) == len(rows)


async def test_every_act_of_a_key_is_one_of_the_app() -> None:
    async with opened() as desk:
        assert {key.action for key in KEYS} <= set(desk.app._by_name)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (
            keys_at(),
            "s stand down c check in d call help t test tone l large ? help q quit [ ] zoom",
        ),
        (
            keys_at("asked", tone_unheard=True),
            "c check in t test tone s stand down d call help l large ? help q quit [ ] zoom",
        ),
        (
            keys_at("alarm"),
            "a acknowledge u seen upright s stand down c check in d call help ? help q quit",
        ),
        (
            keys_at("down"),
            "s watch again c check in d call help t test tone l large ? help q quit [ ] zoom",
        ),
        (
            keys_at("alarm", several=True, overview=True),
            "a acknowledge c check in d call help o one table l large m theme ? help q quit",
        ),
        (
            keys_at(several=True, overview=True),
            "c check in t test tone o one table l large m theme ? help q quit [ ] zoom",
        ),
        (
            keys_at(playback=True),
            "space pause ← → 1 s e E event + - speed Home End l large ? help q quit [ ] zoom",
        ),
    ],
    ids=["calm", "asked for", "alarm", "stood down", "overview, alarm", "overview", "playback"],
)
def test_at_80_columns_what_there_is_to_do_comes_first(keys: Sequence[Key], line: str) -> None:
    assert named(keys) == line


def test_at_60_columns_there_is_a_way_out() -> None:
    assert named(keys_at("alarm"), 60) == "a acknowledge u seen upright d call help ? help q quit"


@pytest.mark.parametrize("playback", [False, True])
def test_on_a_wide_screen_all_are_named_with_what_they_do(playback: bool) -> None:
    keys = keys_at("alarm", playback=playback)
    assert all(f"{key.key} {key.label}" in named(keys, 320) for key in keys)


def test_a_key_that_would_do_nothing_is_the_first_to_go() -> None:
    assert "u seen upright" not in named(keys_at(), 110)
    assert "u seen upright" in named(keys_at("alarm"), 60)


def test_a_key_that_is_wanted_now_stays_as_long_as_any() -> None:
    assert named(keys_at(tone_unheard=True), 32).startswith("t test tone")


def test_keys_that_are_alike_share_a_word_and_each_is_found_by_a_click() -> None:
    line, spans = paint_keys(DARK, keys_at(playback=True), 80)
    text = plain([line])
    found = {action: text[start:end] for start, end, action in spans}
    assert (found["step_back"], found["step_on"]) == ("←", "→ 1 s")
    assert (found["zoom_in"], found["zoom_out"]) == ("[", "] zoom")
    assert (found["beginning"], found["end"]) == ("Home", "End")


def test_help_is_the_last_to_go() -> None:
    assert named(keys_at("alarm"), 22) == "a acknowledge ? help"
    assert named(keys_at(), 8) == "? help"


def test_what_acts_on_a_person_is_not_offered_for_a_recording() -> None:
    assert all(key.when is not When.WATCHING for key in keys_for(playback=True))
    assert all(key.when is not When.PLAYBACK for key in keys_for(several=True))


@given(st.integers(1, 260), st.booleans(), st.booleans())
def test_the_line_fits_and_a_click_on_a_key_finds_it(
    width: int, several: bool, playback: bool
) -> None:
    keys = keys_for(several=several, playback=playback)
    line, spans = paint_keys(DARK, keys, width)
    assert width_of(line) == width
    text = plain([line])
    assert "…" not in text
    by_action = {key.action: key for key in keys}
    for start, end, action in spans:
        assert text[start:end].split()[0] == by_action[action].key
