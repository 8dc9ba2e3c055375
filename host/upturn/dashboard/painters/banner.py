# SPDX-License-Identifier: MIT
"""The banner: one title as large as the place allows, and below it what to do.

The text is never cut for the sake of a larger title.
"""

from __future__ import annotations

from rich.style import Style

from upturn.dashboard.glyphs import best_scale, big, height_of
from upturn.dashboard.headline import Headline, headline
from upturn.dashboard.palette import Palette, ink
from upturn.dashboard.spans import EMPTY, Line, centred, wrapped
from upturn.dashboard.view import View

_MARGIN = 2
_MARKS_WIDTH = 5
"""Three marks and a space on each side of large letters, and one to spare."""


def banner_rows(view: View, width: int) -> int:
    """Rows that title and advice need, so that no text is cut on a small screen."""
    return 1 + len(wrapped(headline(view).text, _room(width), view.palette.plain))


def paint_banner(view: View, width: int, height: int) -> list[Line]:
    said = headline(view)
    bold, usual = _styles(said, view.palette)
    room = _room(width)
    below = _below(said, room, usual)
    lines = _large_title(said, room, height - len(below), bold)
    if lines is None:
        lines = [((said.marked, bold),)]
        # A wrapped advice matters more than the state of the sound, which the list shows too.
        below = below[: max(1, height - 1)]
    lines += below
    above = (height - len(lines) + 1) // 2
    lines = [EMPTY] * above + lines + [EMPTY] * (height - above - len(lines))
    return [centred(line, width, usual) for line in lines[:height]]


def _large_title(said: Headline, width: int, height: int, style: Style) -> list[Line] | None:
    scale = best_scale(said.title, width - 2 * _MARKS_WIDTH, height)
    if scale == 0:
        return None
    if said.priority is None:
        scale = 1  # what is quiet does not shout
    rows = big(said.title, scale)
    marks = said.priority.marks if said.priority is not None else ""
    middle = height_of(scale) // 2
    beside = [marks if y == middle else "" for y in range(len(rows))]
    return [
        ((f"{mark:>3} ", style), (row, style), (f" {mark:<3}", style))
        for mark, row in zip(beside, rows, strict=True)
    ]


def _room(width: int) -> int:
    return max(8, width - 2 * _MARGIN)


def _below(said: Headline, width: int, style: Style) -> list[Line]:
    lines = wrapped(said.text, width, style)
    if said.note:
        lines += wrapped(said.note, width, style)
    return lines


def _styles(said: Headline, palette: Palette) -> tuple[Style, Style]:
    if said.stands_out:
        return ink(palette.ground, palette.text, bold=True), ink(palette.ground, palette.text)
    if said.priority is None:
        return ink(palette.text, palette.raised, bold=True), ink(palette.text, palette.raised)
    signal = palette.signals[said.priority]
    return signal.style(said.lit), signal.style(said.lit, bold=False)
