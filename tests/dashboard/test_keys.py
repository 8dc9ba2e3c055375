# SPDX-License-Identifier: MIT
"""The keys: every row does something, and the line of them fits at any width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.desk import opened
from upturn.dashboard.keys import KEYS, PLAYBACK_KEYS, When, keys_for
from upturn.dashboard.painters.keys import paint_keys
from upturn.dashboard.palette import DARK
from upturn.dashboard.spans import plain, width_of


def named(width: int, *, several: bool = False, playback: bool = False) -> str:
    line, _ = paint_keys(DARK, keys_for(several=several, playback=playback), width)
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
    ("several", "playback", "line"),
    [
        (False, False, "a acknowledge u seen upright c check in d call help f fine ? help q quit"),
        (
            True,
            False,
            "a acknowledge u seen upright c check in d call help f fine o all ? help q quit",
        ),
        (
            False,
            True,
            "space pause → on ← back e next E before + faster - slower l large ? help q quit",
        ),
    ],
)
def test_at_80_columns_those_that_matter_are_named(
    several: bool, playback: bool, line: str
) -> None:
    assert named(80, several=several, playback=playback) == line


def test_at_120_columns_all_are_named() -> None:
    assert all(f"{key.key} {key.short}" in named(120) for key in keys_for())


def test_a_key_that_is_wanted_now_stays_as_long_as_any() -> None:
    line, _ = paint_keys(DARK, keys_for(wanted=["test_tone"]), 40)
    assert "t test tone" in plain([line])


def test_help_is_the_last_to_go() -> None:
    assert named(8) == "? help"


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
        assert text[start:end].startswith(f"{by_action[action].key} ")
