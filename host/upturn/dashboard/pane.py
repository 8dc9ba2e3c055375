# SPDX-License-Identifier: MIT
"""A widget that shows painted lines and redraws those that changed, and no other."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from upturn.dashboard.palette import DARK, Palette, ink
from upturn.dashboard.spans import Line
from upturn.dashboard.terminal import Terminal

ANY = Terminal()


class Pane(Widget):
    """`show` lines that were painted for its size; what is missing is blank."""

    can_focus = False

    def __init__(self, name: str, terminal: Terminal = ANY) -> None:
        super().__init__(id=name)
        self.lines: list[Line] = []
        self._rows: int | None = None
        self._terminal = terminal
        self._base = ink(DARK.text, DARK.ground)

    def dress(self, palette: Palette) -> None:
        """Text and ground of what has no style of its own."""
        self._base = ink(palette.text, palette.ground)
        self.refresh()

    def show(self, lines: list[Line]) -> None:
        before = self.lines
        if lines == before:
            return
        self.lines = lines
        longest = max(len(lines), len(before))
        changed = [
            y
            for y in range(min(longest, self.size.height))
            if y >= len(lines) or y >= len(before) or lines[y] != before[y]
        ]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def show_all(self, lines: list[Line]) -> None:
        """As `show`, and take the height that they need."""
        if self._rows != len(lines):
            self._rows = len(lines)
            self.styles.height = self._rows
        self.show(lines)

    def show_at_least(self, rows: int) -> None:
        """Be no lower than this, whatever the style sheet says."""
        if self._rows != rows:
            self._rows = rows
            self.styles.min_height = rows

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        line = self.lines[y] if y < len(self.lines) else ()
        drawn = self._terminal.drawn
        strip = Strip([Segment(drawn(text), self._base + style) for text, style in line])
        return strip.adjust_cell_length(width, self._base)
