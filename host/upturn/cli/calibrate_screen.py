# SPDX-License-Identifier: MIT
"""The guided calibration shown: drawn anew in a terminal, else one line for each change."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from upturn.cli import calibrate_words as words
from upturn.core.calibrating import View
from upturn.dashboard import figure
from upturn.dashboard.figure import Layer

WIDTH, HEIGHT = 24, 9
"""Of a figure, in characters."""
BAR = 24
FRAME_S = 0.1
LINE_S = 1.0
_DOT = "⠿"


class Screen(Protocol):
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def show(self, view: View) -> None:
        """How it is now; called often."""
        ...


class Drawn:
    """In place, while it is entered; nothing of it stays."""

    def __init__(self, out: TextIO) -> None:
        self._console = Console(file=out, highlight=False)
        self._draws = _can_write(out, _DOT)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._last_s = 0.0

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def show(self, view: View) -> None:
        now_s = time.monotonic()
        if now_s - self._last_s >= FRAME_S:
            self._last_s = now_s
            self._live.update(self.picture(view), refresh=True)

    def picture(self, view: View) -> Group:
        return Group(
            Text(""),
            Text(words.heading(view), style="bold"),
            *(Text(line) for line in words.lines(view)),
            *([_figures(view)] if self._draws else []),
            _row("angle", words.angle(view)),
            _row("movement", _bar(view.meter.share), words.stillness(view)),
            _row("held", _bar(view.hold_share), words.held(view)),
            *(Text(line, style="yellow") for line in words.note(view)),
            Text("q leaves", style="dim"),
        )


class Told:
    """A line for each change: for a pipe, a log, a terminal that cannot be drawn on."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._told: tuple[object, ...] = ()
        self._last_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, view: View) -> None:
        stage = (view.stage, view.pose)
        state = view.note or view.meter.why_not or ("still" if view.hold_share > 0.0 else "")
        now_s = time.monotonic()
        if self._told[:2] != stage:
            self._say(f"{words.heading(view)}. {' '.join(words.lines(view))}")
        elif not state or self._told[2] == state or now_s - self._last_s < LINE_S:
            return
        else:
            self._say(f"  {view.note or words.stillness(view)}")
        self._told = (*stage, state)
        self._last_s = now_s

    def _say(self, line: str) -> None:
        print(line, file=self._out, flush=True)


def screen(out: TextIO) -> Screen:
    return Drawn(out) if out.isatty() else Told(out)


def _figures(view: View) -> Table:
    table = Table.grid(padding=(0, 4))
    table.add_row(Text("asked for", style="dim"), Text("now", style="dim"))
    asked = _figure(view.asked_deg, "cyan")
    now = _figure(view.angle_deg, "green" if view.meter.still else "yellow")
    table.add_row(asked, now)
    return table


def _figure(angle_deg: float | None, style: str) -> Text:
    whole = None if angle_deg is None else round(angle_deg)
    text = Text()
    for row in figure.draw(whole, WIDTH, HEIGHT):
        for part, layer in row:
            text.append(part, style=style if layer is Layer.TABLE else "dim")
        text.append("\n")
    text.right_crop(1)
    return text


def _row(name: str, *parts: str) -> Text:
    return Text(f"{name:<10}") + Text("  ".join(parts))


def _bar(share: float) -> str:
    full = round(BAR * max(0.0, min(1.0, share)))
    return f"[{'#' * full}{'.' * (BAR - full)}]"


def _can_write(out: TextIO, text: str) -> bool:
    try:
        text.encode(out.encoding or "ascii")
    except UnicodeError:
        return False
    return True
