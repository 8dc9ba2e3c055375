# SPDX-License-Identifier: MIT
"""The spotter's screen: polls each `Feed` ten times a second, sends commands, and judges nothing.

It runs on the loop of whoever runs the monitor, and when the feed stands still it says so itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.events import Click
from textual.widgets import Static

from upturn.core.commands import (
    Acknowledge,
    Command,
    Distress,
    ImFine,
    Resume,
    SeenUpright,
    StandDown,
)
from upturn.dashboard.asking import Act, Asking
from upturn.dashboard.feed import Feeds
from upturn.dashboard.headline import Beside
from upturn.dashboard.help import help_page
from upturn.dashboard.painters.alarm_list import paint_alarms
from upturn.dashboard.painters.banner import banner_rows, paint_banner
from upturn.dashboard.painters.chart import (
    DEFAULT_WINDOW,
    WINDOWS_S,
    chart_columns,
    paint_chart,
)
from upturn.dashboard.painters.exposure import paint_exposure
from upturn.dashboard.painters.keys import KEYS, paint_keys, paint_notice
from upturn.dashboard.painters.posture import paint_figure, paint_posture
from upturn.dashboard.painters.status import paint_header, paint_info, paint_side
from upturn.dashboard.painters.strip import KEYS as TABLE_KEYS
from upturn.dashboard.painters.strip import Spot, paint_strip
from upturn.dashboard.palette import DARK, MONOCHROME
from upturn.dashboard.pane import Pane
from upturn.dashboard.spans import Line
from upturn.dashboard.tables import Tables
from upturn.dashboard.view import View
from upturn.errors import EXIT_INTERRUPTED

FRAMES_PER_S = 10
NOTICE_S = 6.0
CHART_ROWS = 4
"""What the alarm list leaves to the chart."""

WIDTHS = [(0, "-tiny"), (76, "-narrow"), (110, "-wide"), (170, "-huge")]
HEIGHTS = [(0, "-flat"), (18, "-short"), (32, "-tall"), (50, "-high")]
"""From so many columns or rows the screen has this class; styles.tcss lays out by them."""

Painter = Callable[[int, int], list[Line]]
"""Lines for a width and a height."""


class UpturnDashboard(App[None]):
    """Shows one table in full, and all in a strip; keys act on the one that is shown.

    `clock` and `wall` are replaced in tests.
    """

    CSS_PATH = Path(__file__).with_name("styles.tcss")
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key.bound, key.action, key.label) for key in KEYS),
        Binding("tab", "step(1)", "next table", priority=True),
        Binding("shift+tab", "step(-1)", "table before", priority=True),
        *(Binding(str(n + 1), f"choose({n})", "table") for n in range(TABLE_KEYS)),
        Binding("left_square_bracket", "zoom(-1)", "shorter"),
        Binding("right_square_bracket", "zoom(1)", "longer"),
        Binding("y,enter", "confirm", "yes"),
        Binding("escape,n", "cancel", "no"),
        Binding("ctrl+q", "ask_quit", "quit", priority=True),
        Binding("ctrl+c", "interrupt", "end", priority=True),
    ]

    def __init__(
        self,
        feeds: Feeds,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__()
        self._tables = Tables(feeds)
        self.title = self._tables.shown.name
        self._palette = MONOCHROME if self.no_color else DARK
        self._clock = clock
        self._wall = wall
        self._asking = Asking()
        self._notice = ""
        self._notice_until_s = 0.0
        self._window = DEFAULT_WINDOW
        self._chart_key: tuple[object, ...] = ()
        self._spots: list[Spot] = []

    def compose(self) -> ComposeResult:
        yield Pane("header")
        yield Pane("strip")
        yield Pane("banner")
        with Container(id="main"):
            yield Pane("figure")
            yield Pane("posture")
            yield Pane("exposure")
        yield Pane("info")
        with Container(id="body"):
            with Container(id="left"):
                yield Pane("alarms")
                yield Pane("chart")
            yield Pane("side")
        with VerticalScroll(id="help"):
            yield Static()
        with Container(id="foot"):
            yield Pane("notice")
            yield Pane("keys")

    def on_mount(self) -> None:
        # Held, not looked up: the last frames are drawn while the app takes its widgets down.
        self._panes = {pane.id: pane for pane in self.query(Pane)}
        self._left = self.query_one("#left")
        self.set_interval(1.0 / FRAMES_PER_S, self.frame)

    def on_ready(self) -> None:
        self.frame()

    def on_resize(self) -> None:
        self.call_after_refresh(self.frame)

    def frame(self) -> None:
        """Look at each feed once and show what changed."""
        tables = self._tables
        clock_s, now = self._clock(), self._wall()
        views = [table.look(clock_s, self._palette) for table in tables.all]
        several, news = tables.several, False
        for table, seen in zip(tables.all, views, strict=True):
            table.read_events(seen, now)
            news |= table.news(seen)
        if news and several:
            self.bell()
        view, name, log = views[tables.chosen], tables.shown.name, tables.shown.log
        beside = _beside(tables, views)
        self._show("header", lambda width, _: paint_header(view, name, width, several=several))
        self._show("banner", lambda width, height: paint_banner(view, width, height, beside))
        self._show("figure", lambda width, height: paint_figure(view, width, height))
        self._show("posture", lambda width, height: paint_posture(view, width, height))
        self._show("exposure", lambda width, height: paint_exposure(view, width, height))
        self._show("side", lambda width, height: paint_side(view, log, width, height))
        self._show("keys", lambda width, _: [paint_keys(self._palette, width)[0]])
        self._show_strip(views)
        self._show_fitted(view, beside)
        self._show_chart(view)

    def action_acknowledge(self) -> None:
        """Each occurrence that is on the screen, by number: never one that nobody has seen."""
        self._asking.cancel()
        alarms = self._tables.shown.feed.snapshot().alarms
        if not alarms:
            self._say("No alarm to acknowledge.")
            return
        shown = [Acknowledge(alarm.spec.id, alarm.occurrence) for alarm in alarms]
        refusals = [refusal for one in shown if (refusal := self._tables.shown.feed.command(one))]
        self._say("; ".join(refusals) or "Acknowledged.")

    def action_seen_upright(self) -> None:
        self._ask(Act.SEEN_UPRIGHT)

    def action_stand_down(self) -> None:
        """Asks before it stops watching; watching again is the safe way and asks nothing."""
        if self._tables.shown.feed.snapshot().stand_down:
            self._asking.cancel()
            self._send(Resume(), "Watching again.")
        else:
            self._ask(Act.STAND_DOWN)

    def action_distress(self) -> None:
        self._asking.cancel()
        self._send(Distress(), "Call for help raised.")

    def action_im_fine(self) -> None:
        self._asking.cancel()
        self._send(ImFine(), "Noted: I am fine.")

    def action_help(self) -> None:
        self._asking.cancel()
        page = self.query_one("#help", VerticalScroll)
        shown = self.screen.has_class("-help")
        if not shown:
            page_text = help_page(self._palette, several=self._tables.several)
            self.query_one("#help Static", Static).update(page_text)
        self.screen.set_class(not shown, "-help")
        self.set_focus(None if shown else page)

    def action_ask_quit(self) -> None:
        if self._tables.needy():
            self._ask(Act.QUIT)
        else:
            self.exit()

    def action_interrupt(self) -> None:
        self.exit(return_code=EXIT_INTERRUPTED)

    def action_confirm(self) -> None:
        act = self._asking.confirm(self._clock())
        if act is not None:
            self._do(act)

    def action_cancel(self) -> None:
        self._asking.cancel()
        if self.screen.has_class("-help"):
            self.action_help()
        self.frame()

    def action_zoom(self, step: int) -> None:
        self._window = min(max(0, self._window + step), len(WINDOWS_S) - 1)
        self.frame()

    def action_step(self, by: int) -> None:
        if self._tables.step(by):
            self._turn()

    def action_choose(self, number: int) -> None:
        if self._tables.choose(number):
            self._turn()

    async def on_click(self, event: Click) -> None:
        """A click on a key's name in the last line is that key; on a table it shows that one."""
        keys = self._panes["keys"]
        if event.widget is keys:
            for start, end, action in paint_keys(self._palette, keys.size.width)[1]:
                if start <= event.x < end:
                    await self.run_action(action)
        if event.widget is self._panes["strip"]:
            for row, start, end, table in self._spots:
                if row == event.y and start <= event.x < end:
                    self.action_choose(table)

    def _turn(self) -> None:
        """Another table is shown: what was asked or said was of the one before."""
        self._asking.cancel()
        self._notice = ""
        self._chart_key = ()
        self.frame()

    def _ask(self, act: Act) -> None:
        if self._asking.press(act, self._clock()):
            self._do(act)
        self.frame()

    def _do(self, act: Act) -> None:
        match act:
            case Act.SEEN_UPRIGHT:
                self._send(SeenUpright(), "Seen upright: the inversion is ended.")
            case Act.STAND_DOWN:
                self._send(StandDown(), "Stood down: alarms are off.")
            case Act.QUIT:
                self.exit()

    def _send(self, command: Command, done: str) -> None:
        refusal = self._tables.shown.feed.command(command)
        self._say(f"Not done: {refusal}" if refusal else done)

    def _say(self, text: str) -> None:
        self._notice = text
        self._notice_until_s = self._clock() + NOTICE_S
        self.frame()

    def _show(self, name: str, paint: Painter) -> None:
        pane = self._panes[name]
        width, height = pane.size
        if width and height:
            pane.show(paint(width, height))

    def _show_strip(self, views: list[View]) -> None:
        tables = self._tables
        named = list(zip(tables.names, views, strict=True))
        lines, self._spots = paint_strip(named, tables.chosen, *self.size)
        self._panes["strip"].show_all(lines)

    def _show_fitted(self, view: View, beside: Sequence[Beside]) -> None:
        """The panes that are as high as what they say."""
        width = self.size.width
        question = self._asking.text(view.clock_s)
        said = question or (self._notice if view.clock_s < self._notice_until_s else "")
        if said and self._tables.several:
            quits = self._asking.pending(view.clock_s) is Act.QUIT
            whose = self._tables.needy() if quits else [self._tables.shown.name]
            said = f"{', '.join(whose)}: {said}" if whose else said
        self._panes["notice"].show_all(
            paint_notice(self._palette, said, width, question=bool(question))
        )
        self._panes["banner"].show_at_least(banner_rows(view, width, beside))
        self._panes["info"].show_all(paint_info(view, width - 2))
        left = self._left.size
        if left.width:
            room = max(0, left.height - (CHART_ROWS if self._panes["chart"].display else 0))
            headed = self._panes["side"].display
            elsewhere = any(other.needs_somebody for other in beside)
            lines = paint_alarms(view, left.width, room, headed=headed, elsewhere=elsewhere)
            self._panes["alarms"].show_all(lines)

    def _show_chart(self, view: View) -> None:
        """Painted anew when time has moved by a column, not before."""
        pane = self._panes["chart"]
        width, height = pane.size
        window_s = WINDOWS_S[self._window]
        history = self._tables.shown.feed.history()
        columns = chart_columns(width)
        if not columns:
            return
        now_s = view.snapshot.now_s
        key = (history.column_of(now_s, window_s, columns), width, height, window_s)
        if key != self._chart_key:
            self._chart_key = key
            pane.show(paint_chart(view, history, window_s, width, height))


def _beside(tables: Tables, views: Sequence[View]) -> list[Beside]:
    """All tables but the shown one."""
    return [
        Beside(name, str(n + 1) if n < TABLE_KEYS else "Tab", view)
        for n, (name, view) in enumerate(zip(tables.names, views, strict=True))
        if n != tables.chosen
    ]
