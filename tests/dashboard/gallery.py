# SPDX-License-Identifier: MIT
"""Renders every picture in every theme to SVG: `python -m tests.dashboard.gallery FOLDER`.

After the folder may stand sizes (80x24), themes and names of pictures: then those alone.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.dashboard.kept import Kept
from tests.dashboard.scenes import CALM, SCENES, TABLES, WALL, Clock, StubFeed
from upturn.config import DashboardConfig
from upturn.core.readiness import EQUIPMENT, HEALTH
from upturn.core.snapshot import Check, Snapshot
from upturn.core.thresholds import AFTER_REST_S
from upturn.dashboard.app import UpturnDashboard
from upturn.dashboard.feed import Feeds, SourceState
from upturn.dashboard.palette import THEMES
from upturn.dashboard.terminal import Terminal

SIZES = ("80x24", "120x40", "200x60")
LARGE = ("calm", "inverted", "notice", "limit", "no_return", "lost", "level", "over_rotated")
TWENTY = {
    f"room {n + 1}": SCENES[name]
    for n, name in enumerate(("calm", "level", "calm", "inverted") * 4 + ("calm",) * 2)
} | {"attic": SCENES["limit"], "cellar": SCENES["lost"]}
"""As many as one host watches."""


class Pictured(UpturnDashboard):
    """The app, with pictures that name no font of the internet."""

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        svg = super().export_screenshot(title=title, simplify=simplify)
        return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def dashboard(snapshot: Snapshot, clock: Clock | None = None, **settings: Any) -> UpturnDashboard:
    """The app on a frozen scene."""
    return _pictured({"Table 1": StubFeed(snapshot)}, clock, settings)


def of_tables(
    snapshots: Mapping[str, Snapshot], clock: Clock | None = None, **settings: Any
) -> UpturnDashboard:
    """The app on several frozen scenes."""
    feeds = {name: StubFeed(snapshot) for name, snapshot in snapshots.items()}
    return _pictured(feeds, clock, settings)


def _pictured(
    feeds: Feeds, clock: Clock | None, settings: dict[str, Any], memory: Kept | None = None
) -> UpturnDashboard:
    return Pictured(
        feeds,
        memory=memory,
        clock=clock or Clock(),
        wall=lambda: WALL,
        settings=DashboardConfig(**settings),
        shown_on=Terminal(),
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """What is on it, and which keys were pressed before."""

    scene: Snapshot | Mapping[str, Snapshot]
    keys: tuple[str, ...] = ()
    source: SourceState | None = None
    """Another than a simulation: somebody is there, whose answers are kept."""
    after_s: float = 0.0
    """How long the screen has heard nothing."""

    def app(self, clock: Clock, **settings: Any) -> UpturnDashboard:
        if isinstance(self.scene, Snapshot) and self.source is not None:
            feed = StubFeed(self.scene, where=self.source)
            return _pictured({"Table 1": feed}, clock, settings, Kept())
        if isinstance(self.scene, Snapshot):
            return dashboard(self.scene, clock, **settings)
        return of_tables(self.scene, clock, **settings)


LIVE = SourceState("serial ttyUSB0")
UNASKED = replace(
    CALM,
    checks=(
        *CALM.checks[:-1],
        Check(HEALTH, "the questions about health were never answered"),
        Check(EQUIPMENT, "nobody has said that the table was inspected today"),
        CALM.checks[-1],
    ),
)
OVERRIDDEN = replace(UNASKED, overridden=True)
RESTED = replace(CALM, session=1, rest_s=CALM.profile.rest_s + AFTER_REST_S)

PICTURES: dict[str, Picture] = {
    **{name: Picture(scene) for name, scene in SCENES.items()},
    **{f"large-{name}": Picture(SCENES[name], ("l",)) for name in LARGE},
    "stopped": Picture(SCENES["inverted"], after_s=4.0),
    "help": Picture(CALM, ("question_mark",)),
    "question": Picture(CALM, ("u",)),
    "unasked": Picture(UNASKED, source=LIVE),
    "overridden": Picture(OVERRIDDEN, source=LIVE),
    "pre-use": Picture(UNASKED, ("p", "y", "n", "n", "n"), source=LIVE),
    "asked-after": Picture(RESTED, source=LIVE),
    "felt": Picture(RESTED, ("w", "2"), source=LIVE),
    "tables": Picture(TABLES),
    "tables-one": Picture(TABLES, ("2",)),
    "tables-20": Picture(TWENTY),
}


async def render(name: str, size: tuple[int, int], folder: Path, *, theme: str = "dark") -> None:
    picture, clock = PICTURES[name], Clock()
    app = picture.app(clock, theme=theme)
    async with app.run_test(size=size) as pilot:
        await pilot.press(*picture.keys)
        await pilot.pause()
        clock.now_s += picture.after_s
        for _ in range(2):  # a pane that changes its height is laid out before the next frame
            app.frame()
            await pilot.pause()
        svg = app.export_screenshot(title=f"{name} {size[0]}x{size[1]} {theme}")
    file = folder / f"{name}-{size[0]}x{size[1]}-{theme}.svg"
    file.write_text(svg, encoding="utf-8")


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [arg for arg in sys.argv[2:] if arg[0].isdigit()]
    themes = [arg for arg in sys.argv[2:] if arg in THEMES]
    names = [arg for arg in sys.argv[2:] if arg in PICTURES]
    for size in sizes or SIZES:
        width, height = (int(part) for part in size.split("x"))
        for theme in themes or THEMES:
            for name in names or PICTURES:
                asyncio.run(render(name, (width, height), folder, theme=theme))


if __name__ == "__main__":
    main()
