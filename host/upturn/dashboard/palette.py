# SPDX-License-Identifier: MIT
"""The colours, by meaning. Red, yellow and cyan belong to the three alarm priorities alone.

Each pair that carries text has a contrast of at least 4.5 to 1 (WCAG AA) in every theme, which a
test computes. No colour carries anything alone: words, `***` marks, place and flash rate say the
same.
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
    if ground is not None and _is_lighter_grey(ground, color):
        # Looks the same; and is seen where a terminal shows no colour but knows reverse video.
        return Style(
            color=ground, bgcolor=color, reverse=True, bold=bold or None, strike=strike or None
        )
    return Style(color=color, bgcolor=ground, bold=bold or None, strike=strike or None)


def _is_lighter_grey(ground: str, color: str) -> bool:
    return _is_grey(ground) and _is_grey(color) and ground > color


def _is_grey(color: str) -> bool:
    return color[1:3] == color[3:5] == color[5:7]


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
    name: str
    """What people call the theme, and what `[dashboard] theme` has."""
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
    def inverse(self) -> Style:
        """For what must not be taken for calm, and is no alarm."""
        return ink(self.ground, self.text, bold=True)

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
    name="dark",
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

LIGHT = Palette(
    name="light",
    ground="#f7f8f9",
    raised="#e6eaee",
    text="#1a2026",
    dim="#525f6b",
    faint="#bcc6cf",
    good="#1b6e33",
    postures={
        Posture.UNKNOWN: "#525f6b",
        Posture.UPRIGHT: "#1b6e33",
        Posture.LEVEL: "#1f5fae",
        Posture.INVERTED: "#6b2fb3",
        Posture.OVER_ROTATED: "#b00c26",
    },
    signals={
        Priority.HIGH: Signal(("#ffffff", "#c8102e"), ("#8f0c20", "#ffd9d6"), "#b00c26"),
        Priority.MEDIUM: Signal(("#1b1600", "#d9a400"), ("#6b4e00", "#fff6dc"), "#755400"),
        Priority.LOW: Signal(("#00191c", "#35b3c2"), ("#00525c", "#d9f3f6"), "#00626c"),
    },
)
"""For a bright room. Yellow as text is dark there, so that it can be read on white."""

COLOUR_BLIND = replace(
    DARK,
    name="colour-blind",
    good="#2fb58a",
    postures={
        Posture.UNKNOWN: DARK.dim,
        Posture.UPRIGHT: "#2fb58a",
        Posture.LEVEL: DARK.text,
        Posture.INVERTED: "#e6a0cc",
        Posture.OVER_ROTATED: "#d55e00",
    },
    signals={
        Priority.HIGH: Signal(("#ffffff", "#c04000"), ("#ffb48a", "#4a1c00"), "#d55e00"),
        Priority.MEDIUM: Signal(("#1b1900", "#f0e442"), ("#f0e442", "#3a3710"), "#f0e442"),
        Priority.LOW: Signal(("#00141f", "#56b4e9"), ("#56b4e9", "#0d2c40"), "#56b4e9"),
    },
)
"""Vermillion, yellow and sky blue of Okabe and Ito, which protans, deutans and tritans tell apart;
the ground of a lit high alarm is darker, for its white text. A test simulates all three."""

MONOCHROME = replace(
    DARK,
    name="monochrome",
    ground="#101010",
    raised="#222222",
    text="#e4e4e4",
    dim="#a0a0a0",
    faint="#484848",
    good="#e4e4e4",
    postures=dict.fromkeys(Posture, "#e4e4e4"),
    signals={
        Priority.HIGH: Signal(("#000000", "#ffffff"), ("#ffffff", "#303030"), "#ffffff"),
        Priority.MEDIUM: Signal(("#000000", "#b8b8b8"), ("#b8b8b8", "#303030"), "#d0d0d0"),
        Priority.LOW: Signal(("#ffffff", "#4a4a4a"), ("#ffffff", "#4a4a4a"), "#b8b8b8"),
    },
)
"""For NO_COLOR and terminals without colour: the greys of `DARK` would make its red the darkest of
the alarms."""

THEMES: dict[str, Palette] = {
    palette.name: palette for palette in (DARK, LIGHT, COLOUR_BLIND, MONOCHROME)
}
"""By name, in the order in which a key goes through them."""
