# SPDX-License-Identifier: MIT
"""Which way a box sits, told from what an uncalibrated node reads in two postures.

Without a calibration a node takes its y for the way to the head and its z for the way out of the
chest. A node that sits otherwise reads a wrong angle, and each way of sitting its own wrong one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, degrees, radians, sin

Vector = tuple[int, int, int]


def read_deg(theta_deg: float, head: Vector, front: Vector) -> float:
    """The angle that is read at θ by a node whose own axes of head and front are these."""
    t = radians(theta_deg)
    _, y, z = (-sin(t) * h + cos(t) * f for h, f in zip(head, front, strict=True))
    return degrees(atan2(-y, z))


@dataclass(frozen=True)
class Reading:
    """How a box sits, what it reads so, and what to do."""

    head: Vector
    front: Vector
    upright_deg: int
    level_deg: int
    sits: str
    remedy: str


READINGS = (
    Reading((0, 1, 0), (0, 0, 1), -90, 0, "right", "nothing"),
    Reading(
        (0, 1, 0), (0, 0, -1), -90, 180, "lid looking away from the chest", "turn the lid over"
    ),
    Reading((0, -1, 0), (0, 0, 1), 90, 0, "arrow towards the feet", "turn it end for end"),
    Reading((0, -1, 0), (0, 0, -1), 90, 180, "both of these", "turn it over and end for end"),
    Reading((0, 0, 1), (0, 1, 0), 0, -90, "arrow out of the chest", "lay it along the tube"),
)
