# SPDX-License-Identifier: MIT
"""A picture as a list of shapes, so that the page and the PNG are painted from the same one.

Lengths are pixels of a screen at its plain size, from the top left. Ink is a meaning, not a
colour: whoever paints looks the colour up (`colours`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ink(StrEnum):
    PAPER = "paper"
    TEXT = "text"
    DIM = "dim"
    GRID = "grid"
    AXIS = "axis"
    UPRIGHT = "upright"
    LEVEL = "level"
    INVERTED = "inverted"
    OVER = "over"
    """Grounds of the postures."""
    GAP = "gap"
    """Ground of where nothing was known."""
    CURVE = "curve"
    TIME = "time"
    """Time inverted, within the notice."""
    NOTICE = "notice"
    LIMIT = "limit"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    SYMPTOM = "symptom"


class Anchor(StrEnum):
    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    ink: Ink
    tip: str = ""
    """Shown by a browser while something points at it."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points; `dash` is its length and that of the gap, 0 for none."""

    points: tuple[tuple[float, float], ...]
    ink: Ink
    width: float = 1.0
    dash: float = 0.0


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    radius: float
    ink: Ink


@dataclass(frozen=True, slots=True)
class Label:
    """Text on its baseline."""

    x: float
    y: float
    text: str
    ink: Ink = Ink.TEXT
    size: float = 12.0
    anchor: Anchor = Anchor.START
    bold: bool = False


Shape = Box | Stroke | Dot | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    title: str
    description: str
    """For who cannot see it: what it shows, in a sentence or two."""
    shapes: tuple[Shape, ...]
