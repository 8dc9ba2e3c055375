# SPDX-License-Identifier: MIT
"""Calibration: from a few still poses at known angles to how the sensor sits.

Law of this module: a calibration that could turn upright into head-down is worse than none, so
every check that the poses allow is made, and what they cannot show - head and feet exchanged is
as good a geometry as the right one - `upturn.core.proving` finds out.

Two poses give head and front with the sensor taken as perfect, good to about 2.5 degrees. Three
give a linear map whose nine numbers take up bias, scale and cross-axis errors in the plane of
rotation exactly; what is left, about 1 degree, is how well the angles were stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import atan2, cos, degrees, radians, sin, sqrt

from upturn.core.mounting import Mounting, Vector, added, cross, dot, norm, scaled, unit
from upturn.core.poses import (
    MIN_SEPARATION_DEG,
    CalibrationError,
    Pose,
    angle_error_deg,
    check_poses,
    norm_error_g,
)

MAX_SEPARATION_DEG = 150.0  # of two poses, by the same law: opposite forces span no plane
MIN_THIRD_DEG = 45.0  # without it, angles head-down are extrapolated: 4 degrees of error for 1
MAX_BIAS_G = 0.30  # the worst data sheet has 0.25
MAX_SCALE_ERROR = 0.25  # the worst data sheet has 0.1; the rest is for misstated angles
NODE_ROW_LENGTHS = (0.8, 1.25)  # this and the next two: what a node takes (PROTOCOL.md)
NODE_COSINE = 0.3
NODE_OFFSET_G = 0.25
MAX_IDLE_DEG = -60.0  # the stop of an empty table
POSSIBLE_DEG = (-110.0, 115.0)  # poses taken for each other make readings fall outside


class Method(StrEnum):
    TWO_POSES = "two poses"
    THREE_POSES = "three poses"


TYPICAL_ERROR_DEG = {Method.TWO_POSES: 2.5, Method.THREE_POSES: 1.0}
"""One standard deviation, with angles stated to 1 degree."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A mounting, and how well the poses agreed with it; 0 is perfect."""

    mounting: Mounting
    method: Method
    norm_error_g: float
    """Largest distance of a pose's |mean| from 1 g."""
    angle_error_deg: float
    """Largest difference of a measured angle between two poses from the stated one."""
    bias_g: float = 0.0
    """Length of the bias; two poses cannot show it."""
    scale_error: float = 0.0
    """Of the axis that is further off; two poses cannot show it."""

    @property
    def typical_error_deg(self) -> float:
        return TYPICAL_ERROR_DEG[self.method]


def two_poses(upright: Pose, other: Pose) -> Calibration:
    """Head and front from two poses, 30 to 150 degrees apart.

    Raises:
        CalibrationError: a pose was not still, or the two do not fit together.
    """
    poses = (upright, other)
    check_poses(poses)
    apart_deg = other.angle_deg - upright.angle_deg
    if apart_deg > MAX_SEPARATION_DEG:
        raise CalibrationError(
            f"the two poses are {apart_deg:g} degrees apart, and nearly opposite forces show no "
            "plane of rotation",
            f"Choose poses {MIN_SEPARATION_DEG:g} to {MAX_SEPARATION_DEG:g} degrees apart, "
            "such as upright and level",
        )
    sin_u, cos_u = sin(radians(upright.angle_deg)), cos(radians(upright.angle_deg))
    sin_o, cos_o = sin(radians(other.angle_deg)), cos(radians(other.angle_deg))
    determinant = sin(radians(apart_deg))
    head = _combined(cos_o / determinant, upright.mean, -cos_u / determinant, other.mean)
    front = _combined(sin_o / determinant, upright.mean, -sin_u / determinant, other.mean)
    head, front = _nearest_orthonormal(head, front)
    mounting = Mounting(head, front, unit(cross(head, front)))
    return Calibration(mounting, Method.TWO_POSES, norm_error_g(poses), angle_error_deg(poses))


def three_poses(upright: Pose, level: Pose, head_down: Pose) -> Calibration:
    """The linear map through three poses, the last at +45 degrees or more.

    Fits a = head' (-sin theta) + front' cos theta + bias, which has as many numbers as the poses
    give, and inverts it within the plane of rotation.

    Raises:
        CalibrationError: a pose was not still, or the three do not fit together.
    """
    poses = (upright, level, head_down)
    check_poses(poses)
    if head_down.angle_deg < MIN_THIRD_DEG:
        raise CalibrationError(
            f"the third pose is at {head_down.angle_deg:g} degrees",
            f"Tilt to {MIN_THIRD_DEG:g} degrees or more; or calibrate with two poses",
        )
    head, front, bias = _fitted(poses)
    bias_g = norm(bias)
    scale_error = max(abs(norm(head) - 1.0), abs(norm(front) - 1.0))
    if bias_g > MAX_BIAS_G or scale_error > MAX_SCALE_ERROR:
        raise CalibrationError(
            f"the three poses fit only a sensor with a bias of {bias_g:.2f} g and a scale error "
            f"of {100.0 * scale_error:.0f} %, which no sensor has",
            "Measure the three angles again, with a level on the bed of the table",
        )
    # The rows of the pseudoinverse of [head' front'].
    hh, hf, ff = dot(head, head), dot(head, front), dot(front, front)
    determinant = hh * ff - hf * hf
    head_row = _combined(ff / determinant, head, -hf / determinant, front)
    front_row = _combined(hh / determinant, front, -hf / determinant, head)
    mounting = Mounting(
        head_row,
        front_row,
        unit(cross(head, front)),
        head_offset_g=-dot(head_row, bias),
        front_offset_g=-dot(front_row, bias),
    )
    return Calibration(
        mounting,
        Method.THREE_POSES,
        norm_error_g(poses),
        angle_error_deg(poses),
        bias_g,
        scale_error,
    )


def check_taken(mounting: Mounting) -> None:
    """Whether a node takes it: `PROTOCOL.md` says what it refuses.

    Raises:
        CalibrationError: it does not.
    """
    head, front, hinge = mounting.head, mounting.front, mounting.hinge
    shortest, longest = NODE_ROW_LENGTHS
    offset_g = max(abs(mounting.head_offset_g), abs(mounting.front_offset_g))
    cosine = max(
        abs(dot(unit(a), unit(b))) for a, b in ((head, front), (front, hinge), (hinge, head))
    )
    if (
        not all(shortest <= norm(row) <= longest for row in (head, front, hinge))
        or cosine > NODE_COSINE
        or offset_g > NODE_OFFSET_G
    ):
        raise CalibrationError(
            "what the poses give is further from a sound sensor than a node takes: axes "
            f"{min(norm(head), norm(front)):.2f} to {max(norm(head), norm(front)):.2f} long and "
            f"offsets up to {offset_g:.2f} g",
            "Measure the angles again, with a level on the bed of the table",
        )


def rest_angle_deg(mounting: Mounting, force_g: Vector) -> float:
    """The inversion angle of a table at rest, in (-180, 180]."""
    head = dot(mounting.head, force_g) + mounting.head_offset_g
    front = dot(mounting.front, force_g) + mounting.front_offset_g
    angle_deg = degrees(atan2(-head, front))
    return 180.0 if angle_deg == -180.0 else angle_deg


def _combined(p: float, a: Vector, q: float, b: Vector) -> Vector:
    return added(scaled(a, p), scaled(b, q))


def _nearest_orthonormal(a: Vector, b: Vector) -> tuple[Vector, Vector]:
    """The orthonormal pair nearest to a and b: their polar factor X (X'X)^-1/2, in closed form."""
    aa, ab, bb = dot(a, a), dot(a, b), dot(b, b)
    s = sqrt(aa * bb - ab * ab)
    t = sqrt(aa + bb + 2.0 * s)
    return (
        _combined((bb + s) / (s * t), a, -ab / (s * t), b),
        _combined((aa + s) / (s * t), b, -ab / (s * t), a),
    )


def _fitted(poses: tuple[Pose, Pose, Pose]) -> tuple[Vector, Vector, Vector]:
    """head', front' and bias: the differences to the first pose leave two equations of two."""
    sines = [sin(radians(pose.angle_deg)) for pose in poses]
    cosines = [cos(radians(pose.angle_deg)) for pose in poses]
    first = poses[0].mean
    d1, d2 = (_combined(1.0, pose.mean, -1.0, first) for pose in poses[1:])
    s1, s2 = (s - sines[0] for s in sines[1:])
    c1, c2 = (c - cosines[0] for c in cosines[1:])
    determinant = s2 * c1 - s1 * c2
    head = _combined(c2 / determinant, d1, -c1 / determinant, d2)
    front = _combined(s2 / determinant, d1, -s1 / determinant, d2)
    bias = added(first, _combined(sines[0], head, -cosines[0], front))
    return head, front, bias
