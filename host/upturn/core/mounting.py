# SPDX-License-Identifier: MIT
"""How a sensor sits on the table: the linear map from its own axes to the table's.

`head` points from feet to head, `front` out of the chest, `hinge` = head x front. At rest the
specific force is f = -sin(theta) head + cos(theta) front, and turning towards head-down by omega
is a gyro vector of -omega hinge.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, degrees, isfinite, sqrt

Vector = tuple[float, float, float]

MIN_SEPARATION_DEG = 10.0


class MountingError(ValueError):
    """Axes that do not say how the sensor sits."""


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )


def scaled(a: Vector, factor: float) -> Vector:
    return (a[0] * factor, a[1] * factor, a[2] * factor)


def added(a: Vector, b: Vector) -> Vector:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def norm(a: Vector) -> float:
    return sqrt(dot(a, a))


def unit(a: Vector) -> Vector:
    return scaled(a, 1.0 / norm(a))


@dataclass(frozen=True, slots=True)
class Mounting:
    """Rows that turn a reading into table axes: f_head = head . a + head_offset_g, and so on.

    From two axes the rows are orthonormal and the offsets 0; a calibration in three poses puts
    bias, scale and cross-axis errors into the rows and offsets too.
    """

    head: Vector
    front: Vector
    hinge: Vector
    head_offset_g: float = 0.0
    front_offset_g: float = 0.0

    @classmethod
    def from_axes(cls, head: Vector, front: Vector) -> Mounting:
        """Normalise both and make `front` square to `head`.

        Raises:
            MountingError: an axis is zero or not finite, or the two are less than 10 degrees
                from parallel (or from opposite), so that no plane of rotation follows.
        """
        for name, axis in (("head", head), ("front", front)):
            if not all(isfinite(x) for x in axis):
                raise MountingError(f"{name} has a number that is not finite")
            if not max(abs(x) for x in axis) > 0.0:
                raise MountingError(f"{name} is zero")
        head, front = _direction(head), _direction(front)
        apart_deg = degrees(acos(max(-1.0, min(1.0, dot(head, front)))))
        if not MIN_SEPARATION_DEG <= apart_deg <= 180.0 - MIN_SEPARATION_DEG:
            raise MountingError(
                f"head and front are {apart_deg:.1f} degrees apart; they must be at least "
                f"{MIN_SEPARATION_DEG:g} degrees from parallel"
            )
        front = unit(added(front, scaled(head, -dot(head, front))))
        return cls(head, front, unit(cross(head, front)))


def _direction(axis: Vector) -> Vector:
    """Its unit vector, by way of its largest part: huge and tiny ones do not overflow."""
    largest = max(abs(x) for x in axis)
    return unit((axis[0] / largest, axis[1] / largest, axis[2] / largest))


ASSUMED = Mounting.from_axes((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
"""Taken when nothing says how the sensor sits; `not_calibrated` is raised with it."""
