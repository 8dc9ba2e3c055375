# SPDX-License-Identifier: MIT
"""What the clip goes on: a tube that is round or rectangular, within what two straps can hold."""

import math
from dataclasses import dataclass

from hardware.enclosure.parameters import Refused, refuse, require

THINNEST = (25.0, "the thinnest that two straps hold without its turning")
THICKEST = (52.0, "the thickest that the jaws are drawn for")
NARROWEST = (20.0, "the narrowest side that the jaws grip")
WIDEST = (60.0, "the widest side that the jaws are drawn for")


@dataclass(frozen=True)
class Round:
    """A round tube, by its outer diameter."""

    diameter_mm: float

    def __post_init__(self) -> None:
        require("tube diameter", self.diameter_mm, THINNEST, THICKEST)

    @property
    def across_mm(self) -> float:
        return self.diameter_mm

    @property
    def deep_mm(self) -> float:
        return self.diameter_mm

    @property
    def girth_mm(self) -> float:
        return math.pi * self.diameter_mm

    def __str__(self) -> str:
        return f"{self.diameter_mm:g} mm round"


@dataclass(frozen=True)
class Rectangular:
    """A rectangular tube: the width of the face under the clip, and its depth behind it."""

    width_mm: float
    depth_mm: float

    def __post_init__(self) -> None:
        require("tube width", self.width_mm, NARROWEST, WIDEST)
        require("tube depth", self.depth_mm, NARROWEST, WIDEST)

    @property
    def across_mm(self) -> float:
        return self.width_mm

    @property
    def deep_mm(self) -> float:
        return self.depth_mm

    @property
    def girth_mm(self) -> float:
        return 2 * (self.width_mm + self.depth_mm)

    def __str__(self) -> str:
        return f"{self.width_mm:g} x {self.depth_mm:g} mm rectangular"


Tube = Round | Rectangular

DEFAULT_ROUND = Round(38.0)  # as builds.toml
DEFAULT_RECTANGULAR = Rectangular(25.0, 50.0)
GAUGE_MM = tuple(THINNEST[0] + 3.0 * step for step in range(10))  # 25, 28 to 52
GAUGE_PLAY_MM = 0.3  # so that a tube of the very figure enters


def round_of(text: str) -> Round:
    """Read a diameter, as in `38.1`."""
    try:
        return Round(float(text))
    except Refused:
        raise
    except ValueError:
        refuse(f"tube diameter {text!r} is no number of millimetres; 38.1 is")


def rectangular_of(text: str) -> Rectangular:
    """Read two sides, as in `25x50`."""
    width, cross, depth = text.lower().partition("x")
    try:
        return Rectangular(float(width), float(depth if cross else "none"))
    except Refused:
        raise
    except ValueError:
        refuse(f"rectangular tube {text!r} is not WIDTHxDEPTH in millimetres; 25x50 is")
