# SPDX-License-Identifier: MIT
"""All tables at a glance: a line for each where there is room, else a cell for each.

Each says its posture, the time inverted and its worst alarm. Where not even the cells fit, those
with the worst alarms are shown and the rest are counted, under the mark of their worst. A table
where nobody hangs, simulated or recorded, is marked as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.style import Style

from upturn.dashboard import wording
from upturn.dashboard.palette import Palette, ink
from upturn.dashboard.spans import Line, apart, fit, padded, width_of
from upturn.dashboard.standing import Standing, standing
from upturn.dashboard.view import View

CELL = 26
"""Columns that a cell needs, and has at 80: `▸1 *** attic TOO LONG 1:03`."""
TIGHT_CELL = 18
"""Where they are many."""
_TALL = 32
"""From so many rows of the screen each table may have a line."""
_REST = 12
_SHARE = 4
"""The strip takes one row in four of those beyond the ones that no screen can spare."""
_NAME = 20
_CELL_NAME = 10
_MARK = 3
"""Letters of the mark in a cell: "sim", "rec"."""
_POSTURE = 15


class Spot(NamedTuple):
    """Where on the strip a table is."""

    row: int
    start: int
    end: int
    table: int


def paint_strip(
    tables: Sequence[tuple[str, View]], shown: int, width: int, screen_rows: int
) -> tuple[list[Line], list[Spot]]:
    """Nothing for one table."""
    if len(tables) < 2 or width < 1:
        return [], []
    room = max(1, (screen_rows - _REST) // _SHARE)
    if screen_rows >= _TALL and len(tables) <= room:
        names = max(cell_len(name) for name, _ in tables)
        lines = [
            _line((number, len(tables)), name, view, number == shown, min(names, _NAME), width)
            for number, (name, view) in enumerate(tables)
        ]
        return lines, [Spot(row, 0, width, row) for row in range(len(lines))]
    columns = max(1, width // (CELL if len(tables) <= width // CELL * room else TIGHT_CELL))
    kept = _kept(tables, columns * room)
    hidden = [view for n, (_, view) in enumerate(tables) if n not in kept]
    cell = width // min(columns, len(tables))
    cells = [_cell((n, len(tables)), *tables[n], n == shown, cell) for n in kept]
    if hidden and columns * room > 1:
        cells.append(_rest(hidden, cell))
    lines = [
        tuple(span for part in cells[at : at + columns] for span in part)
        for at in range(0, len(cells), columns)
    ]
    spots = [
        Spot(at // columns, at % columns * cell, (at % columns + 1) * cell, n)
        for at, n in enumerate(kept)
    ]
    return lines, spots


def _kept(tables: Sequence[tuple[str, View]], cells: int) -> list[int]:
    """The numbers of those that are shown, in their order."""
    if len(tables) <= cells:
        return list(range(len(tables)))
    worst = sorted(range(len(tables)), key=lambda n: tables[n][1].need, reverse=True)
    return sorted(worst[: max(1, cells - 1)])


Number = tuple[int, int]
"""Which one, of how many."""


def _line(number: Number, name: str, view: View, shown: bool, names: int, width: int) -> Line:
    palette = view.palette
    said = standing(view)
    style = _style(said, palette)
    snapshot = view.snapshot
    posture = wording.POSTURES[snapshot.posture] if view.age_s is not None else ""
    seen = palette.posture(snapshot.posture) if view.of_now else palette.gone
    line: Line = (
        *_head(number, said, shown, palette),
        (_fitted(name, names), style),
        ("  ", palette.plain),
        (posture, seen),
        (" " * (_POSTURE - len(posture)), palette.plain),
        (f" {_time(view):>7}   ", palette.strong),
        (f"{view.unreal}  " if view.unreal else "", palette.quiet),
        (said.more or said.words, style if said.priority else palette.quiet),
    )
    return padded(line, width, palette.plain)


def _cell(number: Number, name: str, view: View, shown: bool, width: int) -> Line:
    """The time gives way to the mark that nobody hangs there; in a tight cell the mark does."""
    palette = view.palette
    said = standing(view)
    style = _style(said, palette)
    mark = f"{view.unreal[:_MARK]} " if view.unreal else ""
    head: Line = (
        *_head(number, said, shown, palette, tight=True),
        (f"{_fitted(name, min(cell_len(name), _CELL_NAME))} ", style),
    )
    words: Line = ((said.words, style if said.priority else palette.quiet),)
    time = _time(view)
    right: Line = ((f"{time} " if width > CELL else time, style),) if time else ()
    needed = width_of((*head, *words)) + len(mark)
    if mark and width < CELL and needed >= width:
        mark = ""
    elif mark and needed + width_of(right) >= width:
        right = ()
    left: Line = (*head, (mark, palette.quiet), *words)
    return padded(apart(left, right, width, palette.plain), width, palette.plain)


def _head(
    number: Number, said: Standing, shown: bool, palette: Palette, *, tight: bool = False
) -> Line:
    """Mark of the one that is shown, and its number; the marks of the alarm, with their place."""
    at, count = number
    key = f"{at + 1:>{len(str(count))}}"
    chosen = ink(palette.ground, palette.text, bold=True) if shown else palette.quiet
    mark = said.priority.marks if said.priority is not None else ""
    marks = f"{mark:<3} " if not tight else f"{mark} " if mark else ""
    return (
        (f"{'▸' if shown else ' '}{key}", chosen),
        (" ", palette.plain),
        (marks, _style(said, palette)),
    )


def _rest(views: Sequence[View], width: int) -> Line:
    view = max(views, key=lambda view: view.need)
    said = standing(view)
    mark = f"{said.priority.marks} " if said.priority is not None else ""
    text = f"  {mark}and {len(views)} more"
    return padded(fit(((text, _style(said, view.palette)),), width), width, view.palette.plain)


def _style(said: Standing, palette: Palette) -> Style:
    if said.priority is None:
        return palette.plain
    signal = palette.signals[said.priority]
    return signal.style(True) if said.lit else palette.mark(said.priority)


def _time(view: View) -> str:
    """Inverted so far; nothing of a table that nobody counts for."""
    snapshot = view.snapshot
    return wording.passed(snapshot.exposure_s) if snapshot.inverted and not view.stopped else ""


def _fitted(text: str, width: int) -> str:
    if cell_len(text) > width:
        return f"{set_cell_size(text, width - 1)}…"
    return set_cell_size(text, width)
