# SPDX-License-Identifier: MIT
"""How a sensor truly sits on the table, and what a calibration makes of it.

A calibration is done in known poses, each set by hand with a level to about a degree, and reads
the sensor with all its errors: so what it hands on differs from the truth as it does for people.
Two poses give two orthonormal axes; three give rows that absorb bias, scale and cross-axis errors.
"""

from __future__ import annotations

from itertools import permutations, product
from typing import Literal, get_args

import numpy as np

from upturn.core.mounting import ASSUMED, Mounting, Vector
from upturn.transports.sim.body import rotated
from upturn.transports.sim.motion import Floats
from upturn.transports.sim.sensors import Part

Calibration = Literal["exact", "two-pose", "three-pose"]
CALIBRATIONS: tuple[Calibration, ...] = get_args(Calibration)

POSE_ERROR_DEG = 1.0
POSES_DEG = (-80.0, 0.0, 60.0)
CLIP_TILT_DEG = 3.0


def axis_aligned() -> tuple[Mounting, ...]:
    """The 24 ways of clipping a box on square."""
    units = [
        tuple(sign * float(i == k) for i in range(3)) for k, sign in product(range(3), (1.0, -1.0))
    ]
    pairs = [(a, b) for a, b in permutations(units, 2) if sum(map(abs, _sum(a, b))) == 2.0]
    return tuple(Mounting.from_axes(_vector(a), _vector(b)) for a, b in pairs)


def draw_clip(rng: np.random.Generator) -> Mounting:
    """One of the 24 ways, off square by a few degrees."""
    ways = axis_aligned()
    return tilted(ways[int(rng.integers(len(ways)))], rng)


def draw_any(rng: np.random.Generator) -> Mounting:
    """Any orientation at all, uniformly."""
    head, front = rng.normal(0.0, 1.0, (2, 3))
    return Mounting.from_axes(_vector(head), _vector(np.cross(head, front)))


def draw_assumed(rng: np.random.Generator) -> Mounting:
    """As `ASSUMED` says, off by a few degrees: where nobody calibrated."""
    return tilted(ASSUMED, rng)


def tilted(mounting: Mounting, rng: np.random.Generator) -> Mounting:
    axis = rng.normal(0.0, 1.0, 3)
    axis /= np.linalg.norm(axis)
    angle_deg = np.full(2, rng.uniform(0.0, CLIP_TILT_DEG))
    head, front = rotated(np.array((mounting.head, mounting.front)), axis, angle_deg)
    return Mounting.from_axes(_vector(head), _vector(front))


def calibrated(
    truth: Mounting, part: Part, calibration: Calibration, rng: np.random.Generator
) -> Mounting:
    """The mounting that a calibration of this part would find."""
    errors_deg = rng.normal(0.0, POSE_ERROR_DEG, 3)
    if calibration == "exact":
        return truth
    poses_deg = POSES_DEG[:2] if calibration == "two-pose" else POSES_DEG
    readings = np.array(
        [
            part.static_g(rest_force_g(truth, pose + error))
            for pose, error in zip(poses_deg, errors_deg, strict=False)
        ]
    )
    stated = np.radians(poses_deg)
    columns = [-np.sin(stated), np.cos(stated)]
    if calibration == "two-pose":
        axes = np.linalg.solve(np.stack(columns, axis=1), readings)
        left, _, right = np.linalg.svd(axes, full_matrices=False)
        head, front = left @ right
        return Mounting.from_axes(_vector(head), _vector(front))
    head, front, offset = np.linalg.solve(np.stack([*columns, np.ones(3)], axis=1), readings)
    rows = np.linalg.pinv(np.stack([head, front], axis=1))
    hinge = np.cross(head, front)
    return Mounting(
        head=_vector(rows[0]),
        front=_vector(rows[1]),
        hinge=_vector(hinge / np.linalg.norm(hinge)),
        head_offset_g=-float(rows[0] @ offset),
        front_offset_g=-float(rows[1] @ offset),
    )


def rest_force_g(mounting: Mounting, angle_deg: float) -> Floats:
    """Force in the sensor's axes with the table at rest."""
    angle = np.radians(angle_deg)
    force: Floats = np.cos(angle) * np.array(mounting.front)
    force -= np.sin(angle) * np.array(mounting.head)
    return force


def angle_by(mounting: Mounting, force_g: Floats) -> Floats:
    """The angle that a mounting reads from forces, one row a sample."""
    head = force_g @ np.array(mounting.head) + mounting.head_offset_g
    front = force_g @ np.array(mounting.front) + mounting.front_offset_g
    angle: Floats = np.degrees(np.arctan2(-head, front))
    return angle


def _sum(a: tuple[float, ...], b: tuple[float, ...]) -> list[float]:
    return [x + y for x, y in zip(a, b, strict=True)]


def _vector(a: Floats | tuple[float, ...]) -> Vector:
    return (float(a[0]), float(a[1]), float(a[2]))
