# SPDX-License-Identifier: MIT
"""Pictures of every state, to be looked at when they change: `pytest --snapshot-update`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.dashboard.gallery import PICTURES, dashboard
from tests.dashboard.scenes import SCENES, Clock
from upturn.dashboard.palette import THEMES

Compare = Callable[..., bool]

EVERY_SIZE = (
    "calm",
    "inverted",
    "notice",
    "limit",
    "no_return",
    "stale",
    "lost",
    "not_ready",
    "many_alarms",
    "tables",
)
LARGER = {"120x40": (120, 40), "200x60": (200, 60)}
LARGEST_TOO = ("large-inverted", "large-no_return", "tables-20")
"""Looked at on a wall display beside those of every size."""
THEMED = ("inverted", "notice", "limit", "tables", "help")


def _look(name: str, compare: Compare, size: tuple[int, int], theme: str = "dark") -> bool:
    picture, clock = PICTURES[name], Clock()

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press(*picture.keys)
        clock.now_s += picture.after_s
        for _ in range(2):  # a pane that changes its height is laid out before the next frame
            pilot.app.frame()  # type: ignore[attr-defined]
            await pilot.pause()

    return compare(picture.app(clock, theme=theme), terminal_size=size, run_before=act)


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_at_80x24(name: str, snap_compare: Compare) -> None:
    assert _look(name, snap_compare, (80, 24))


@pytest.mark.parametrize("name", EVERY_SIZE)
@pytest.mark.parametrize("size", LARGER)
def test_the_picture_on_a_larger_screen(name: str, size: str, snap_compare: Compare) -> None:
    assert _look(name, snap_compare, LARGER[size])


@pytest.mark.parametrize("name", LARGEST_TOO)
def test_the_picture_on_a_wall_display(name: str, snap_compare: Compare) -> None:
    assert _look(name, snap_compare, (200, 60))


@pytest.mark.parametrize("name", THEMED)
@pytest.mark.parametrize("theme", [theme for theme in THEMES if theme != "dark"])
def test_the_picture_in_another_theme(name: str, theme: str, snap_compare: Compare) -> None:
    assert _look(name, snap_compare, (80, 24), theme)


@pytest.mark.parametrize("size", [(40, 10), (10, 3)], ids=["40x10", "10x3"])
def test_the_limit_in_a_tiny_terminal(size: tuple[int, int], snap_compare: Compare) -> None:
    assert _look("limit", snap_compare, size)


@pytest.mark.parametrize("theme", THEMES)
def test_the_limit_between_two_flashes(theme: str, snap_compare: Compare) -> None:
    app = dashboard(SCENES["limit"], Clock(0.3), theme=theme)
    assert snap_compare(app, terminal_size=(80, 24))


def test_the_limit_where_there_is_no_colour(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert _look("limit", snap_compare, (80, 24), "monochrome")
