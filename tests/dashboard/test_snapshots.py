# SPDX-License-Identifier: MIT
"""Pictures of every state, to be looked at when they change: `pytest --snapshot-update`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.dashboard.gallery import dashboard, of_tables
from tests.dashboard.scenes import SCENES, TABLES, Clock

Compare = Callable[..., bool]

_WIDE = ("calm", "notice", "limit", "no_return", "lost", "many_alarms", "not_ready")


async def _settle(pilot: Pilot[None]) -> None:
    """Two more frames: a pane that changes its height is laid out before the next one."""
    for _ in range(2):
        pilot.app.frame()  # type: ignore[attr-defined]
        await pilot.pause()


@pytest.mark.parametrize("name", SCENES)
def test_the_state_at_80x24(name: str, snap_compare: Compare) -> None:
    assert snap_compare(dashboard(SCENES[name]), terminal_size=(80, 24), run_before=_settle)


@pytest.mark.parametrize("name", _WIDE)
def test_the_state_at_120x40(name: str, snap_compare: Compare) -> None:
    assert snap_compare(dashboard(SCENES[name]), terminal_size=(120, 40), run_before=_settle)


@pytest.mark.parametrize("name", ["inverted", "many_alarms"])
def test_the_state_at_200x60(name: str, snap_compare: Compare) -> None:
    assert snap_compare(dashboard(SCENES[name]), terminal_size=(200, 60), run_before=_settle)


def test_the_limit_in_a_tiny_terminal(snap_compare: Compare) -> None:
    assert snap_compare(dashboard(SCENES["limit"]), terminal_size=(40, 10), run_before=_settle)


def test_the_limit_between_two_flashes(snap_compare: Compare) -> None:
    app = dashboard(SCENES["limit"], Clock(0.3))
    assert snap_compare(app, terminal_size=(80, 24), run_before=_settle)


def test_the_limit_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = dashboard(SCENES["limit"])
    assert snap_compare(app, terminal_size=(80, 24), run_before=_settle)


def test_a_monitor_that_stopped(snap_compare: Compare) -> None:
    clock = Clock()
    app = dashboard(SCENES["inverted"], clock)

    async def stand_still(pilot: Pilot[None]) -> None:
        clock.now_s += 4.0
        await _settle(pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=stand_still)


@pytest.mark.parametrize(("name", "key"), [("help", "question_mark"), ("question", "u")])
def test_the_page_that_a_key_opens(name: str, key: str, snap_compare: Compare) -> None:
    app = dashboard(SCENES["calm"])

    async def press(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await _settle(pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=press), name


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("key", ["1", "2"])
def test_three_tables_one_of_them_in_full(
    key: str, size: tuple[int, int], snap_compare: Compare
) -> None:
    async def choose(pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await _settle(pilot)

    assert snap_compare(of_tables(TABLES), terminal_size=size, run_before=choose)
