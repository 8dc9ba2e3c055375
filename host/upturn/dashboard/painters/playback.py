# SPDX-License-Identifier: MIT
"""Where in a recording one is: a bar with a sign for what happened when, and what comes next.

The signs are those of the chart. Where several share a cell the gravest is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from math import floor
from typing import NamedTuple

from upturn.core.events import AlarmChanged
from upturn.dashboard import wording
from upturn.dashboard.marks import Mark
from upturn.dashboard.painters.chart import mark_ink
from upturn.dashboard.palette import Palette, ink
from upturn.dashboard.playback import PlaybackState
from upturn.dashboard.spans import Line, Span, apart, fit, padded, width_of

HERE = "●"
_PASSED, _TO_COME = "━", "─"
_LEAST_BAR = 10


class Bar(NamedTuple):
    """Columns of the first line, for a click."""

    start: int
    end: int

    def time_s(self, x: int, state: PlaybackState) -> float | None:
        """The time at a column; None beside the bar."""
        if not self.start <= x < self.end:
            return None
        return state.end_s * (x - self.start) / max(1, self.end - self.start - 1)


def paint_playback(state: PlaybackState, palette: Palette, width: int) -> tuple[list[Line], Bar]:
    base = ink(palette.text, palette.raised)
    quiet = ink(palette.dim, palette.raised)
    stands = state.paused or state.ended
    word = "ENDED" if state.ended else "PAUSED" if state.paused else "PLAYING"
    head: Line = (
        (f" {word} ", palette.inverse if stands else ink(palette.text, palette.raised, bold=True)),
        (f" {'':{7 - len(word)}}{state.speed:>5g}x  ", base),
        (f"{moment(state.at_s)}", ink(palette.text, palette.raised, bold=True)),
        (f" of {wording.passed(state.end_s)}  ", quiet),
    )
    head = fit(head, width)
    bar = Bar(width_of(head), max(width_of(head), width - 1))
    if bar.end - bar.start < _LEAST_BAR:
        bar = Bar(0, 0)
    first = (*head, *_bar(state, palette, bar.end - bar.start))
    count = f"{state.passed} of {state.events} event{'s' if state.events != 1 else ''} "
    second = apart(_next(state, palette), ((count, quiet),), width, base)
    return [padded(first, width, base), padded(second, width, base)], bar


def moment(seconds: float) -> str:
    """A place in a recording, 1:23.4, rounded down."""
    tenths = floor(max(0.0, seconds) * 10.0 + 1e-6)
    return f"{wording.passed(tenths // 10)}.{tenths % 10}"


def _next(state: PlaybackState, palette: Palette) -> Line:
    quiet = ink(palette.dim, palette.raised)
    if state.next_event is None:
        said = "no event after this" if state.events else "nothing happened in it"
        return ((f" {said}", quiet),)
    event = state.next_event
    at = f" next {moment(state.next_s)} "
    alarm = isinstance(event, AlarmChanged)
    return ((at, quiet), (wording.event(event), ink(palette.text, palette.raised, bold=alarm)))


def _bar(state: PlaybackState, palette: Palette, width: int) -> Iterable[Span]:
    if not width:
        return []
    here = _cell(state.at_s, state, width)
    marks: dict[int, Mark] = {}
    for mark in state.marks:
        cell = _cell(mark.t_s, state, width)
        if cell not in marks or mark.gravity < marks[cell].gravity:
            marks[cell] = mark
    ground = palette.raised
    passed, to_come = ink(palette.text, ground), ink(palette.dim, ground)
    cells: list[Span] = [(_PASSED, passed)] * here + [(_TO_COME, to_come)] * (width - here)
    for cell, mark in marks.items():
        style = mark_ink(palette, mark.kind)
        cells[cell] = (mark.kind.value.shape, style)
    cells[here] = (HERE, ink(palette.text, ground, bold=True))
    return [
        ("".join(text for text, _ in group), style)
        for style, group in groupby(cells, key=lambda cell: cell[1])
    ]


def _cell(at_s: float, state: PlaybackState, width: int) -> int:
    if state.end_s <= 0.0:
        return 0
    return min(width - 1, max(0, round(at_s / state.end_s * (width - 1))))
