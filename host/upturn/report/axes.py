# SPDX-License-Identifier: MIT
"""What both charts are laid out by: scales, ticks, legends, and how wide a text will be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from upturn.report.drawing import Box, Ink, Label, Shape, Stroke

WIDE_PX = 800.0
"""For screens and paper."""
NARROW_PX = 400.0
"""For phones, where the wide one's letters would be too small to read."""
LETTER = 0.56
"""Of the size of a text: what a letter of any usual font is wide, on average."""
SMALL = 11.0
SWATCH_PX = 14.0
STEPS_S = (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
"""Distances of ticks that people count in; multiples of the last beyond it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` on pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


def text_px(text: str, size: float) -> float:
    return LETTER * size * len(text)


def step_s(span_s: float, room: int) -> int:
    """The distance of ticks over that time, of which there is room for so many."""
    last = STEPS_S[-1]
    for step in STEPS_S:
        if span_s / step <= room:
            return step
    return last * (int(span_s / (last * room)) + 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One of a legend: a swatch, or with `dash` a piece of line."""

    ink: Ink
    text: str
    line: bool = False
    dash: float = 0.0


def legend(
    entries: Iterable[Entry], x: float, y: float, width: float
) -> tuple[list[Shape], float]:
    """In rows from `y`; what is drawn, and where it ends."""
    shapes: list[Shape] = []
    left = x
    for entry in entries:
        needed = SWATCH_PX + 5.0 + text_px(entry.text, SMALL) + 14.0
        if left > x and left + needed > x + width:
            left, y = x, y + 17.0
        shapes.extend(_entry(entry, left, y))
        left += needed
    return shapes, y + 17.0


def _entry(entry: Entry, x: float, y: float) -> Iterator[Shape]:
    if entry.line:
        ends = ((x, y + 6.0), (x + SWATCH_PX, y + 6.0))
        yield Stroke(ends, entry.ink, 2.0, entry.dash)
    else:
        yield Box(x, y + 1.0, SWATCH_PX, 10.0, entry.ink)
    yield Label(x + SWATCH_PX + 5.0, y + 10.0, entry.text, Ink.DIM, SMALL)
