# SPDX-License-Identifier: MIT
"""The pictures of the README: moments of the demo's session, through the whole core.

`make pictures` writes them to host/pictures; a test holds what is there to what is drawn now.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.dashboard.gallery import Pictured
from upturn.config import DashboardConfig
from upturn.core.commands import Command
from upturn.core.events import Event
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.dashboard.feed import EventRing, SourceState
from upturn.dashboard.history import History
from upturn.dashboard.terminal import Terminal
from upturn.service.feeding import feed_chunk
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource

FOLDER = Path(__file__).parents[2] / "host" / "pictures"
SCRIPT = "demo"
BEGAN = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
SIZE = (100, 32)

MOMENTS_S = {"calm": 6.0, "notice": 61.0, "alarm": 76.0}
"""Of the demo's session: before it, past its notice, past its limit."""


class Moment:
    """The demo as it stood at a time, as a feed."""

    def __init__(self, at_s: float) -> None:
        source = SimulatedSource(simulate(SCRIPT, seed=0))
        self._core = Pipeline(source.info, STANDARD)
        self._at_s = at_s
        self._label = source.label
        self._history = History()
        self._events = EventRing()
        for chunk in source.chunks(paced=True):
            if chunk.at_s > at_s:
                break
            self._events.extend(feed_chunk(self._core, chunk))
            self._history.append(self._core.last_sample_s, self._core.angle_deg)
        self._events.extend(self._core.tick(at_s))

    def snapshot(self) -> Snapshot:
        return self._core.snapshot(self._at_s)

    def source(self) -> SourceState:
        return SourceState(self._label)

    def history(self) -> History:
        return self._history

    def events_since(self, n: int) -> tuple[int, list[Event]]:
        count, events = self._events.since(n)
        return count, list(events)

    def command(self, command: Command) -> str | None:
        raise NotImplementedError(command)


async def drawn(name: str) -> str:
    """The picture as SVG; the same each time."""
    at_s = MOMENTS_S[name]
    app = Pictured(
        {"": Moment(at_s)},
        clock=lambda: 0.1,  # lit, where it flashes
        wall=lambda: BEGAN + timedelta(seconds=at_s),
        settings=DashboardConfig(),
        shown_on=Terminal(),
    )
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(2):  # a pane that changes its height is laid out before the next frame
            app.frame()
            await pilot.pause()
        return app.export_screenshot(title="upturn demo")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in MOMENTS_S:
        (FOLDER / f"{name}.svg").write_text(asyncio.run(drawn(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
