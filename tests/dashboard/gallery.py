# SPDX-License-Identifier: MIT
"""Renders every scene to SVG: `python -m tests.dashboard.gallery FOLDER [WIDTHxHEIGHT ...]`."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.dashboard.scenes import CALM, SCENES, WALL, Clock, StubFeed, a_history
from upturn.core.snapshot import Snapshot
from upturn.dashboard.app import UpturnDashboard
from upturn.dashboard.history import History

SIZES = ("80x24", "120x40", "200x60", "40x10")


class Pictured(UpturnDashboard):
    """The app, with pictures that name no font of the internet."""

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        svg = super().export_screenshot(title=title, simplify=simplify)
        return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def dashboard(snapshot: Snapshot, clock: Clock | None = None) -> UpturnDashboard:
    """The app on a frozen scene."""
    age_s = snapshot.signal_age_s
    angles = History() if age_s is None else a_history(snapshot.now_s - age_s)
    feed = StubFeed(snapshot, angles=angles)
    return Pictured({"Table 1": feed}, clock=clock or Clock(), wall=lambda: WALL)


def of_tables(snapshots: Mapping[str, Snapshot], clock: Clock | None = None) -> UpturnDashboard:
    """The app on several frozen scenes."""
    feeds = {name: StubFeed(snapshot) for name, snapshot in snapshots.items()}
    return Pictured(feeds, clock=clock or Clock(), wall=lambda: WALL)


async def render(name: str, size: tuple[int, int], folder: Path) -> None:
    clock = Clock()
    app = dashboard(SCENES.get(name, CALM), clock)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        if name == "stopped":
            clock.now_s += 4.0
        if name == "help":
            await pilot.press("question_mark")
        if name == "question":
            await pilot.press("u")
        app.frame()
        await pilot.pause()
        svg = app.export_screenshot(title=f"{name} {size[0]}x{size[1]}")
    (folder / f"{name}-{size[0]}x{size[1]}.svg").write_text(svg, encoding="utf-8")


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for size in sys.argv[2:] or SIZES:
        width, height = (int(part) for part in size.split("x"))
        for name in (*SCENES, "stopped", "help", "question"):
            asyncio.run(render(name, (width, height), folder))


if __name__ == "__main__":
    main()
