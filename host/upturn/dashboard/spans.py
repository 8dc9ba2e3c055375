# SPDX-License-Identifier: MIT
"""Lines of styled text as plain tuples: what painters return, tests compare and panes show.

Lines compare by value, so that a pane can redraw those that changed and no other.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.style import Style

Span = tuple[str, Style]
Line = tuple[Span, ...]

EMPTY: Line = ()


def plain(lines: Iterable[Line]) -> str:
    """The text alone."""
    return "\n".join("".join(text for text, _ in line) for line in lines)


def width_of(line: Line) -> int:
    return sum(cell_len(text) for text, _ in line)


def fit(line: Line, width: int) -> Line:
    """The line cut to `width`, with an ellipsis where something is lost."""
    if width_of(line) <= width:
        return line
    kept: list[Span] = []
    left = max(0, width - 1)
    for text, style in line:
        length = cell_len(text)
        if length > left:
            kept.append((set_cell_size(text, left) + "…"[:width], style))
            break
        kept.append((text, style))
        left -= length
    return tuple(kept)


def apart(left: Line, right: Line, width: int, fill: Style) -> Line:
    """One part at each end; the left one is cut when they meet."""
    left = fit(left, max(0, width - width_of(right) - 1))
    gap = width - width_of(left) - width_of(right)
    return (*left, (" " * max(0, gap), fill), *right)


def centred(line: Line, width: int, fill: Style) -> Line:
    line = fit(line, width)
    spare = width - width_of(line)
    return ((" " * (spare // 2), fill), *line, (" " * (spare - spare // 2), fill))


def padded(line: Line, width: int, fill: Style) -> Line:
    """The line cut or filled to exactly `width`."""
    line = fit(line, width)
    spare = width - width_of(line)
    return (*line, (" " * spare, fill)) if spare else line


def wrapped(text: str, width: int, style: Style, *, indent: str = "") -> list[Line]:
    """The text over as many lines as it needs."""
    room = max(8, width - len(indent))
    return [((indent + part, style),) for part in textwrap.wrap(text, room)]


def heading(title: str, width: int, style: Style, rule: Style) -> Line:
    """A section's title with a rule to the edge."""
    return ((title, style), (" " + "─" * max(0, width - len(title) - 1), rule))
