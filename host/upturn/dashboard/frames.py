# SPDX-License-Identifier: MIT
"""A frame: every pane painted from what the tables say now, and redrawn where that changed.

It judges nothing and keeps nothing but where things were painted, so that clicks find them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textual.widget import Widget

from upturn.core.after import QUESTION
from upturn.core.alarm_table import Priority
from upturn.dashboard.acts import Acts
from upturn.dashboard.headline import Beside, headline, headline_of_all
from upturn.dashboard.keys import keys_for
from upturn.dashboard.look import BARE_BELOW, Look
from upturn.dashboard.painters.alarm_list import paint_alarms
from upturn.dashboard.painters.banner import paint_headline, rows_of
from upturn.dashboard.painters.bare import paint_bare, paint_said
from upturn.dashboard.painters.chart import chart_columns, paint_chart
from upturn.dashboard.painters.exposure import paint_exposure
from upturn.dashboard.painters.keys import paint_keys, paint_notice, paint_standing
from upturn.dashboard.painters.large import paint_large
from upturn.dashboard.painters.playback import Bar, paint_playback
from upturn.dashboard.painters.posture import paint_figure, paint_posture
from upturn.dashboard.painters.status import paint_header, paint_info, paint_side
from upturn.dashboard.painters.strip import Spot, paint_strip
from upturn.dashboard.painters.tiles import paint_overview_header, paint_tiles
from upturn.dashboard.palette import Palette
from upturn.dashboard.pane import Pane
from upturn.dashboard.playback import Playback
from upturn.dashboard.spans import Line
from upturn.dashboard.tables import Tables
from upturn.dashboard.uses import turned, uses
from upturn.dashboard.view import View

CHART_ROWS = 4
"""What the alarm list leaves to the chart, unless an alarm would not be named for it."""

Painter = Callable[[int, int], list[Line]]
"""Lines for a width and a height."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The widgets, held: the last frames are drawn while the app takes them down."""

    panes: Mapping[str, Pane]
    screen: Widget
    left: Widget
    """Where alarms and chart share the height."""


class Frames:
    def __init__(
        self, parts: Parts, tables: Tables, acts: Acts, look: Look, playback: Playback | None
    ) -> None:
        self._parts = parts
        self._tables = tables
        self._acts = acts
        self._look = look
        self._playback = playback
        self._chart_key: tuple[object, ...] = ()
        self.keys: list[tuple[int, int, str]] = []
        """Columns (from, to) of the last line, and the act that is named there."""
        self.spots: list[Spot] = []
        """Where the strip has its tables; in the overview, where the tiles are."""
        self.bar = Bar(0, 0)

    def paint(self, views: Sequence[View]) -> None:
        tables = self._tables
        named = tables.named(views)
        if tables.overview:
            self._overview(named)
        else:
            self._full(named)
        self._foot(views[tables.chosen])

    def fail(self, fault: Exception, palette: Palette) -> None:
        """Nothing that was shown is true any more."""
        style = palette.signals[Priority.HIGH].style(True)
        said = (
            "*** THIS SCREEN HAS FAILED ***",
            "Look at the person now, and restart Upturn. Alarms still sound.",
            f"{type(fault).__name__}: {' '.join(str(fault).split())}",
        )
        for name, pane in self._parts.panes.items():
            pane.show([((line, style),) for line in said] if name == "banner" else [])
        self._parts.panes["banner"].show_at_least(len(said))
        self.forget()

    def forget(self) -> None:
        """Paint all anew: it is another table's, or in other colours."""
        self._chart_key = ()

    def _full(self, named: Sequence[Beside]) -> None:
        tables = self._tables
        view, name = named[tables.chosen].view, tables.shown.name
        beside = [other for n, other in enumerate(named) if n != tables.chosen]
        said = headline(view, beside)
        strip, self.spots = paint_strip(
            [(other.name, other.view) for other in named], tables.chosen, *self._size
        )
        self._parts.panes["strip"].show_all(strip)
        rows = rows_of(said, view.palette, self._size[0])
        self._parts.panes["banner"].show_at_least(rows)
        bare = self._size[1] < BARE_BELOW
        paint = paint_bare if bare else paint_said
        self._show("banner", lambda width, height: paint(view, said, width, height))
        if self._look.large:
            label = name if tables.several else ""
            self._show("large", lambda width, high: paint_large(view, said, label, width, high))
            return
        table, several = tables.shown, tables.several
        self._show("header", lambda width, _: paint_header(view, name, width, several=several))
        self._show("figure", lambda width, height: paint_figure(view, width, height))
        self._show("posture", lambda width, height: paint_posture(view, width, height))
        self._show("exposure", lambda width, height: paint_exposure(view, width, height))
        self._show(
            "side",
            lambda width, height: paint_side(
                view, table.log, width, height, inversions=table.inversions
            ),
        )
        self._parts.panes["info"].show_all(paint_info(view, self._size[0] - 2))
        self._show_alarms(view, elsewhere=any(other.needs_somebody for other in beside))
        self._show_chart(view)

    def _overview(self, named: Sequence[Beside]) -> None:
        palette = self._look.palette
        said = headline_of_all(named)
        self._parts.panes["banner"].show_at_least(rows_of(said, palette, self._size[0]))
        self._parts.panes["strip"].show_all([])
        self._show("header", lambda width, _: paint_overview_header(named, palette, width))
        self._show("banner", lambda width, height: paint_headline(said, palette, width, height))
        pane = self._parts.panes["tiles"]
        if all(pane.size):
            tiles, self.spots = paint_tiles(named, *pane.size)
            pane.show(tiles)

    def _foot(self, view: View) -> None:
        """The panes that are as high as what they say, and the keys."""
        palette = self._look.palette
        width = self._size[0]
        said = self._acts.said()
        panes = self._parts.panes
        panes["notice"].show_all(paint_notice(palette, said.text, width, question=said.question))
        full = not self._tables.overview
        deeds = self._standing(view) if full else []
        panes["deeds"].show_all(paint_standing(palette, deeds, width))
        if self._playback is not None:
            played, self.bar = paint_playback(self._playback.state(), palette, width)
            panes["playback"].show_all(played)
        now = self._acts.now(overview=self._tables.overview)
        keys = keys_for(
            several=self._tables.several,
            playback=self._playback is not None,
            uses=uses(now),
            turned=turned(now),
        )
        line, self.keys = paint_keys(palette, keys, width)
        panes["keys"].show([line])

    def _standing(self, view: View) -> list[str]:
        table = self._tables.shown
        asked = [f"{QUESTION} Press w."] if table.asks else []
        return table.deeds.words(stand_down=view.snapshot.stand_down) + asked

    def _show_alarms(self, view: View, *, elsewhere: bool) -> None:
        left = self._parts.left.size
        if left.width:
            panes = self._parts.panes
            headed = panes["side"].display
            room = max(0, left.height - CHART_ROWS) if panes["chart"].display else left.height
            if len(view.snapshot.alarms) + headed > room:
                room = left.height
            lines = paint_alarms(view, left.width, room, headed=headed, elsewhere=elsewhere)
            panes["alarms"].show_all(lines)

    def _show_chart(self, view: View) -> None:
        """Painted anew when time has moved by a column or something was marked, not before."""
        pane = self._parts.panes["chart"]
        width, height = pane.size
        window_s = self._look.window_s
        table = self._tables.shown
        history = table.feed.history()
        columns = chart_columns(width)
        if not columns:
            return
        column = history.column_of(view.snapshot.now_s, window_s, columns)
        rewound = view.source.rewound
        key = (column, width, height, window_s, table.marks.count, view.stopped, rewound)
        if key != self._chart_key:
            self._chart_key = key
            pane.show(paint_chart(view, history, window_s, width, height, marks=table.marks))

    @property
    def _size(self) -> tuple[int, int]:
        return self._parts.screen.size.width, self._parts.screen.size.height

    def _show(self, name: str, paint: Painter) -> None:
        pane = self._parts.panes[name]
        width, height = pane.size
        if width and height and pane.display:
            pane.show(paint(width, height))
