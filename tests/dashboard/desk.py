# SPDX-License-Identifier: MIT
"""A running dashboard on one table whose state and time a test sets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from tests.dashboard.scenes import CALM, WALL, Clock, StubFeed
from upturn.config import DashboardConfig
from upturn.core.commands import Command
from upturn.core.snapshot import Snapshot
from upturn.dashboard.app import UpturnDashboard
from upturn.dashboard.feed import SourceState
from upturn.dashboard.memory import MemoryControl
from upturn.dashboard.pane import Pane
from upturn.dashboard.playback import Playback
from upturn.dashboard.sound import SoundControl
from upturn.dashboard.spans import plain
from upturn.dashboard.terminal import Terminal


@dataclass
class Desk:
    """A running dashboard, its feed and its clock."""

    app: UpturnDashboard
    feed: StubFeed
    clock: Clock
    pilot: Pilot[None]
    rung: list[None]
    """One for each time that the terminal's bell rang."""

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def show(self, snapshot: Snapshot | None = None, *, after_s: float = 0.0) -> None:
        """The next frames, with another snapshot or at a later time."""
        self.clock.now_s += after_s
        if snapshot is not None:
            self.feed.state = snapshot
        for _ in range(2):  # a pane that changes its height is laid out before the next frame
            self.app.frame()
            await self.pilot.pause()

    def text(self, name: str) -> str:
        return plain(self.app.query_one(f"#{name}", Pane).lines)

    @property
    def screen(self) -> str:
        """All that can be read, line by line as on the terminal."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())


@asynccontextmanager
async def opened(
    snapshot: Snapshot = CALM,
    *,
    size: tuple[int, int] = (80, 24),
    refusal: Callable[[Command], str | None] = lambda _: None,
    source: SourceState | None = None,
    sound: SoundControl | None = None,
    memory: MemoryControl | None = None,
    playback: Playback | None = None,
    shown_on: Terminal | None = None,
    **settings: Any,
) -> AsyncIterator[Desk]:
    """The app on one table, driven through Textual's pilot."""
    clock = Clock()
    feed = StubFeed(snapshot, refusal=refusal)
    if source is not None:
        feed.where = source
    app = UpturnDashboard(
        {"Table 1": feed},
        clock=clock,
        wall=lambda: WALL,
        sound=sound,
        memory=memory,
        playback=playback,
        settings=DashboardConfig(**settings),
        shown_on=shown_on,
    )
    rung: list[None] = []
    app.bell = lambda: rung.append(None)  # type: ignore[method-assign]
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, feed, clock, pilot, rung)
        await desk.show()
        yield desk
