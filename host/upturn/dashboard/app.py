# SPDX-License-Identifier: MIT
"""The spotter's screen: polls each `Feed` ten times a second, sends commands, and judges nothing.

It runs on the loop of whoever runs the monitor, and when the feed stands still it says so itself.
This is the frame of it: widgets, keys and clicks. What keys do is in `acts`, what is seen in
`frames`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.driver import Driver
from textual.events import Click
from textual.widgets import Static

from upturn.config import DashboardConfig
from upturn.dashboard.acts import Acts
from upturn.dashboard.bindings import BOUND
from upturn.dashboard.driver import sturdy
from upturn.dashboard.feed import Feeds
from upturn.dashboard.frames import Frames, Parts
from upturn.dashboard.help import help_page
from upturn.dashboard.keys import PLAYBACK_KEYS, keys_for
from upturn.dashboard.look import HEIGHTS, WIDTHS, Look
from upturn.dashboard.memory import MemoryControl
from upturn.dashboard.pages import Page, Pages
from upturn.dashboard.pane import Pane
from upturn.dashboard.playback import Playback
from upturn.dashboard.playback_acts import acts_of
from upturn.dashboard.sound import SoundControl
from upturn.dashboard.tables import Tables
from upturn.dashboard.terminal import Terminal, terminal
from upturn.dashboard.uses import uses
from upturn.errors import EXIT_INTERRUPTED

FRAMES_PER_S = 10
MIN_PAGE, MAX_PAGE = 20, 100
"""How wide the text of a page may be."""


class UpturnDashboard(App[None]):
    """Shows one table in full and all in a strip, or all as tiles; keys act on the one in full.

    `sound`: what plays alarms here; None where nothing does, and the terminal's bell has to do.
    `memory`: what keeps what people answer; None where nothing does.
    `playback`: of a recording that is gone through. The rest is replaced in tests.
    """

    CSS_PATH = Path(__file__).with_name("styles.tcss")
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = BOUND

    def __init__(
        self,
        feeds: Feeds,
        *,
        playback: Playback | None = None,
        sound: SoundControl | None = None,
        memory: MemoryControl | None = None,
        settings: DashboardConfig | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = datetime.now,
        shown_on: Terminal | None = None,
    ) -> None:
        encoding = getattr(sys.__stderr__, "encoding", None) or "utf-8"
        self._terminal = shown_on or terminal(os.environ, encoding)
        self._look = Look(settings or DashboardConfig(), self._terminal)
        super().__init__()
        self._tables = Tables(feeds)
        self.title = self._tables.shown.name
        self._playback = playback
        self._sound = sound
        self._clock = clock
        self._wall = wall
        self._acts = Acts(self._tables, sound, clock, self.exit, remembers=memory is not None)
        self._pages = Pages(self._tables, self._acts, memory, self._beside)
        self._by_hand = False
        """Somebody pressed a key: what is shown is theirs to choose."""
        self._drawn: RenderableType = ""
        """The page as it was written last."""
        self.fault: Exception | None = None
        """Of the newest frame that failed."""
        self.broke = ""
        """Why the screen ended by itself; whoever shows it makes another."""
        self._by_name: dict[str, Callable[[], object]] = {
            **self._acts.by_name,
            **self._views(),
            **(acts_of(playback, self._acts) if playback is not None else {}),
        }
        for key in PLAYBACK_KEYS if playback is not None else ():
            self.bind(key.bound, f"do('{key.action}')", description=key.label)

    def get_driver_class(self) -> type[Driver]:
        return sturdy(super().get_driver_class())

    def _print_error_renderables(self) -> None:
        """What Textual would print when it fails is a traceback, and no user's business."""
        if self._exit_renderables:
            fault = self._exception
            self.broke = f"{type(fault).__name__}: {fault}" if fault is not None else "no words"
            self._exit_renderables.clear()

    def get_css_variables(self) -> dict[str, str]:
        return {**super().get_css_variables(), **self._look.css}

    def compose(self) -> ComposeResult:
        def pane(name: str) -> Pane:
            return Pane(name, self._terminal)

        yield pane("header")
        yield pane("strip")
        yield pane("banner")
        yield pane("large")
        yield pane("tiles")
        with Container(id="main"):
            yield pane("figure")
            yield pane("posture")
            yield pane("exposure")
        yield pane("info")
        with Container(id="body"):
            with Container(id="left"):
                yield pane("alarms")
                yield pane("chart")
            yield pane("side")
        with VerticalScroll(id="page"):
            yield Static()
        with Container(id="foot"):
            yield pane("playback")
            yield pane("deeds")
            yield pane("notice")
            yield pane("keys")

    def on_mount(self) -> None:
        panes = {str(pane.id): pane for pane in self.query(Pane)}
        parts = Parts(panes, self.screen, self.query_one("#left"))
        self._frames = Frames(parts, self._tables, self._acts, self._look, self._playback)
        self._panes = panes
        self._begin_with_all()
        self._dress()
        self.set_interval(1.0 / FRAMES_PER_S, self.frame)

    def on_ready(self) -> None:
        self.frame()

    def on_resize(self) -> None:
        self.call_after_refresh(self.frame)

    def frame(self) -> None:
        """Look at each feed once and show what changed; if that fails, say so in its place."""
        try:
            self._frame()
        except Exception as fault:  # noqa: BLE001 - a screen that dies takes the watch with it
            if self.fault is None:
                self.bell()
            self.fault = fault
            self._frames.fail(fault, self._look.palette)

    def _frame(self) -> None:
        if self._tables.refresh() | self._begin_with_all():
            self._acts.turned()
            self._lay_out()
        clock_s, wall = self._clock(), self._wall()
        views = self._tables.look(clock_s, self._look.palette, wall)
        if self._tables.news(views) and not (self._sound is not None and self._sound.words()):
            self.bell()
        if self._pages.gives_way():
            self._pages.close()
            self._show_page()
        elif self._pages.page not in (None, Page.HELP):
            self._write_page()
        self._frames.paint(views)

    def action_do(self, name: str) -> None:
        """The act of a key."""
        act = self._by_name.get(name)
        self._by_hand = True
        if act is not None:
            act()
            self.frame()

    def action_interrupt(self) -> None:
        self.exit(return_code=EXIT_INTERRUPTED)

    def action_cancel(self) -> None:
        self._acts.cancel()
        self._pages.close()
        self._show_page()
        self.frame()

    def action_say(self, yes: bool) -> None:
        """To what was asked last: below, or on the page."""
        self._by_hand = True
        if self._acts.asks() or not self._pages.say(yes=yes):
            self._acts.confirm() if yes else self._acts.cancel()
        self.frame()

    def action_page_back(self) -> None:
        self._pages.back()
        self.frame()

    def action_step(self, by: int) -> None:
        """From the overview to the worst; else to the next, or the one before."""
        tables = self._tables
        worst = self._frames.spots[0].table if tables.overview and self._frames.spots else None
        self._by_hand = True
        if tables.step(by) if worst is None else tables.choose(worst):
            self._turn()

    def action_digit(self, digit: int) -> None:
        self._by_hand = True
        if self._pages.digit(digit):
            self.frame()
        elif self._tables.type_digit(digit, self._clock()):
            self._turn()

    def on_click(self, event: Click) -> None:
        """On a key's name it is that key; on a table it shows it; on the bar it goes there."""
        panes, frames = self._panes, self._frames
        if event.widget is panes["keys"]:
            for start, end, action in frames.keys:
                if start <= event.x < end:
                    self.action_do(action)
        if event.widget in (panes["strip"], panes["tiles"]):
            for row, start, end, table in frames.spots:
                if row == event.y and start <= event.x < end:
                    self._by_hand = True
                    if self._tables.choose(table):
                        self._turn()
                    break
        if event.widget is panes["playback"] and self._playback is not None and event.y == 0:
            at_s = frames.bar.time_s(event.x, self._playback.state())
            if at_s is not None:
                self._playback.seek(at_s)

    def _views(self) -> dict[str, Callable[[], object]]:
        """The acts that change what is seen, and nothing else."""
        return {
            "help": lambda: self._turn_page(self._pages.help),
            "check": lambda: self._turn_page(self._pages.check),
            "felt": lambda: self._turn_page(self._pages.felt),
            "large": self._large,
            "theme": self._theme,
            "overview": self._overview,
            "zoom_in": lambda: self._look.zoom(-1),
            "zoom_out": lambda: self._look.zoom(1),
        }

    def _begin_with_all(self) -> bool:
        """Whether the overview is shown now, because there are so many and nobody chose yet.

        The tables of a broker come one by one, each at its own time.
        """
        tables = self._tables
        if self._by_hand or tables.overview:
            return False
        tables.overview = self._look.begins_with_all(len(tables.all), *self.size)
        return tables.overview

    def _turn_page(self, turn: Callable[[], None]) -> None:
        turn()
        self._show_page()

    def _show_page(self) -> None:
        """The page that is open, from its top; or none."""
        shown = self._pages.page is not None
        self.screen.set_class(shown, "-page")
        page = self.query_one("#page", VerticalScroll)
        page.scroll_home(animate=False)
        self._write_page()
        self.set_focus(page if shown else None)

    def _write_page(self) -> None:
        page = self._pages.page
        if page is None:
            return
        palette = self._look.palette
        if page is Page.HELP:
            several = self._tables.several
            now = uses(self._acts.now(overview=False))
            keys = keys_for(several=several, playback=self._playback is not None, uses=now)
            drawn: RenderableType = help_page(palette, keys, several=several)
        else:
            drawn = self._pages.drawn(palette, max(MIN_PAGE, min(MAX_PAGE, self.size.width - 5)))
        if drawn != self._drawn:
            self._drawn = drawn
            self.query_one("#page Static", Static).update(drawn)

    def _beside(self, work: Awaitable[None]) -> None:
        """Without the screen waiting for it."""

        async def guarded() -> None:
            try:
                await work
            except Exception as fault:  # noqa: BLE001 - told; the watch goes on
                self._acts.say(f"That failed: {' '.join(str(fault).split())}", whose=())

        self.run_worker(guarded(), name="answers")

    def _large(self) -> None:
        self._acts.drop()
        self._look.large = not self._look.large or self._tables.overview
        self._tables.overview = False
        self._turn()

    def _overview(self) -> None:
        if self._tables.several:
            self._tables.overview = not self._tables.overview
            self._look.large = False
            self._turn()

    def _theme(self) -> None:
        self._acts.drop()
        self._acts.say(self._look.next_theme(), whose=())
        self._dress()
        self._write_page()
        self.refresh_css(animate=False)

    def _dress(self) -> None:
        """In the colours of the theme."""
        for pane in self._panes.values():
            pane.dress(self._look.palette)
        self._lay_out()

    def _turn(self) -> None:
        """Something else is shown, and nothing before it."""
        self._acts.turned()
        self._pages.close()
        self._show_page()
        self._lay_out()
        self.frame()

    def _lay_out(self) -> None:
        """For what is shown, and all of it anew."""
        self.screen.set_class(self._look.large, "-large")
        self.screen.set_class(self._tables.overview, "-overview")
        self._frames.forget()
