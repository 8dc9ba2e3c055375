# SPDX-License-Identifier: MIT
"""The colours, by meaning. Red, yellow and cyan belong to the three alarm priorities alone.

Each pair that carries text has a contrast of at least 4.5 to 1 (WCAG AA), which a test computes.
No colour carries anything alone: words, `***` marks, place and flash rate say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from rich.style import Style

from upturn.core.alarm_table import Priority
from upturn.core.events import Posture


@cache
def ink(
    color: str, ground: str | None = None, *, bold: bool = False, strike: bool = False
) -> Style:
    """A text style; styles are shared, so that unchanged lines compare equal at once."""
    return Style(color=color, bgcolor=ground, bold=bold or None, strike=strike or None)


@dataclass(frozen=True, slots=True)
class Signal:
    """The two phases of an alarm: (text, ground) lit, and between the flashes."""

    lit: tuple[str, str]
    unlit: tuple[str, str]
    mark: str
    """Its colour as text on the plain ground."""

    def style(self, is_lit: bool, *, bold: bool = True) -> Style:
        text, ground = self.lit if is_lit else self.unlit
        return ink(text, ground, bold=bold)


@dataclass(frozen=True)
class Palette:
    ground: str
    raised: str
    """Ground of the header and of the quiet banner."""
    text: str
    dim: str
    faint: str
    """For rules and empty parts of bars; never for text."""
    good: str
    postures: Mapping[Posture, str]
    signals: Mapping[Priority, Signal]

    @property
    def plain(self) -> Style:
        return ink(self.text)

    @property
    def strong(self) -> Style:
        return ink(self.text, bold=True)

    @property
    def quiet(self) -> Style:
        return ink(self.dim)

    @property
    def rule(self) -> Style:
        return ink(self.faint)

    @property
    def gone(self) -> Style:
        """For a value that is no longer true."""
        return ink(self.dim, strike=True)

    def mark(self, priority: Priority, *, bold: bool = True) -> Style:
        return ink(self.signals[priority].mark, bold=bold)

    def posture(self, posture: Posture, *, bold: bool = True) -> Style:
        return ink(self.postures[posture], bold=bold)


_HIGH = Signal(lit=("#ffffff", "#c8102e"), unlit=("#ff9d96", "#4a0d15"), mark="#ff6b63")
_MEDIUM = Signal(lit=("#1b1600", "#f2c230"), unlit=("#f2c230", "#3b3110"), mark="#f2c230")
_LOW = Signal(lit=("#00191c", "#53c8d4"), unlit=("#53c8d4", "#0d3338"), mark="#53c8d4")

DARK = Palette(
    ground="#0f1317",
    raised="#1b2229",
    text="#dfe5ea",
    dim="#93a1ad",
    faint="#3a4650",
    good="#8fd19e",
    postures={
        Posture.UNKNOWN: "#93a1ad",
        Posture.UPRIGHT: "#8fd19e",
        Posture.LEVEL: "#8ab8f0",
        Posture.INVERTED: "#cbaaff",
        Posture.OVER_ROTATED: _HIGH.mark,
    },
    signals={Priority.HIGH: _HIGH, Priority.MEDIUM: _MEDIUM, Priority.LOW: _LOW},
)

MONOCHROME = replace(
    DARK,
    good=DARK.text,
    postures=dict.fromkeys(Posture, DARK.text),
    signals={
        Priority.HIGH: Signal(("#000000", "#ffffff"), ("#ffffff", "#303030"), "#ffffff"),
        Priority.MEDIUM: Signal(("#000000", "#b8b8b8"), ("#b8b8b8", "#303030"), "#d0d0d0"),
        Priority.LOW: Signal(("#ffffff", "#4a4a4a"), ("#ffffff", "#4a4a4a"), "#b8b8b8"),
    },
)
"""For NO_COLOR: the greys of `DARK` would make its red the darkest of the alarms."""
