# SPDX-License-Identifier: MIT
"""The banner: one title as large as the place allows, and below it what to do.

The text is never cut for the sake of a larger title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len, set_cell_size
from rich.style import Style

from upturn.dashboard.glyphs import best_scale, big, height_of
from upturn.dashboard.headline import Beside, Headline, headline
from upturn.dashboard.palette import Palette, ink
from upturn.dashboard.spans import EMPTY, Line, centred, wrapped
from upturn.dashboard.view import View

_MARGIN = 2
_NARROW = 24
"""Below this many columns the text takes them all."""
_MARKS_WIDTH = 5
"""Three marks and a space on each side of large letters, and one to spare."""


def banner_rows(view: View, width: int, beside: Sequence[Beside] = ()) -> int:
    """Rows that title and advice need, so that no text is cut on a small screen."""
    return rows_of(headline(view, beside), view.palette, width)


def paint_banner(view: View, width: int, height: int, beside: Sequence[Beside] = ()) -> list[Line]:
    return paint_headline(headline(view, beside), view.palette, width, height)


def rows_of(said: Headline, palette: Palette, width: int) -> int:
    room = _room(width)
    title = len(_title(said, width, palette.plain))
    return title + len(wrapped(said.text, room, palette.plain))


def paint_headline(said: Headline, palette: Palette, width: int, height: int) -> list[Line]:
    bold, usual = headline_styles(said, palette)
    room = _room(width)
    below = _below(said, room, usual)
    lines = _large_title(said, room, height - len(below), bold)
    if lines is None:
        lines = _title(said, width, bold)
        # A wrapped advice matters more than the state of the sound, which the list shows too.
        rows = max(1, height - len(lines))
        text = wrapped(said.text, room, usual)
        below = text if len(text) == rows else _cut(below, rows, room)
    lines += below
    above = (height - len(lines) + 1) // 2
    lines = [EMPTY] * above + lines + [EMPTY] * (height - above - len(lines))
    return [centred(line, width, usual) for line in _cut(lines, height, room)]


def _cut(lines: list[Line], height: int, width: int) -> list[Line]:
    """Where not all has room, the last line says so."""
    if len(lines) <= height or height < 1:
        return lines[:height]
    *kept, last = lines[:height]
    *before, (text, style) = last or (("", Style()),)
    return [*kept, (*before, (f"{text[: width - 1].rstrip()}…", style))]


def _large_title(said: Headline, width: int, height: int, style: Style) -> list[Line] | None:
    scale = best_scale(said.full, width - 2 * _MARKS_WIDTH, height)
    if scale == 0:
        return None
    if said.priority is None:
        scale = 1  # what is quiet does not shout
    rows = big(said.full, scale)
    marks = said.priority.marks if said.priority is not None else ""
    middle = height_of(scale) // 2
    beside = [marks if y == middle else "" for y in range(len(rows))]
    return [
        ((f"{mark:>3} ", style), (row, style), (f" {mark:<3}", style))
        for mark, row in zip(beside, rows, strict=True)
    ]


def _title(said: Headline, width: int, style: Style) -> list[Line]:
    """On one line; where not even the alarm has room on it, its words one below the other."""
    whole = _named(said, _room(width))
    if cell_len(whole.marked) <= width:
        return [((whole.marked, style),)]
    marks = f"{said.priority.marks} " if said.priority is not None else ""
    return wrapped(f"{marks}{said.title.upper()}", width, style)


def _named(said: Headline, room: int) -> Headline:
    """Where the title is too long, it is the table's name that is cut."""
    name = said.table.upper()
    over = cell_len(said.marked) - room
    if not name or over <= 0:
        return said
    kept = max(0, cell_len(name) - over - 1)
    return replace(said, table=f"{set_cell_size(name, kept).rstrip()}…")


def _room(width: int) -> int:
    return max(8, width - 2 * _MARGIN if width >= _NARROW else width)


def _below(said: Headline, width: int, style: Style) -> list[Line]:
    lines = wrapped(said.text, width, style)
    if said.note:
        lines += wrapped(said.note, width, style)
    return lines


def headline_styles(said: Headline, palette: Palette) -> tuple[Style, Style]:
    if said.stands_out:
        return ink(palette.ground, palette.text, bold=True), ink(palette.ground, palette.text)
    if said.priority is None:
        return ink(palette.text, palette.raised, bold=True), ink(palette.text, palette.raised)
    signal = palette.signals[said.priority]
    return signal.style(said.lit), signal.style(said.lit, bold=False)
