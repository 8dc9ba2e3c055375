# SPDX-License-Identifier: MIT
"""A sensor's own bias and scale, from its six faces up in turn, at the desk.

Law of this module: only how much an axis reads at its two extremes matters, so that no angle has
to be exact: a face held 3 degrees askew reads 1.4 mg less, and the bias, half the difference of
two, is off by less still.

It is used where the poses are judged: readings are taken as the sensor ought to have given them,
and what comes out is put back into the rows and offsets of the mounting (`applied`), so that a
node needs no number more than it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite

from upturn.core.calibration import MAX_BIAS_G, MAX_SCALE_ERROR
from upturn.core.holding import Hold, Meter
from upturn.core.mounting import Mounting, Vector, dot, norm
from upturn.core.poses import CalibrationError, Pose, check_still
from upturn.core.sample import Sample

MIN_UP = 0.94
"""Share of the force that lies along the axis of a face: held to 20 degrees."""

Face = tuple[int, int]
"""Which axis is up (0, 1, 2), and which end of it (+1, -1)."""

FACES: tuple[Face, ...] = tuple((axis, sign) for axis in range(3) for sign in (1, -1))


def face_name(face: Face) -> str:
    axis, sign = face
    return f"{'+' if sign > 0 else '-'}{'xyz'[axis]}"


@dataclass(frozen=True, slots=True)
class Bias:
    """A true force is (reading - offset_g) / scale, axis by axis."""

    offset_g: Vector
    scale: Vector

    def removed(self, reading_g: Vector) -> Vector:
        x, y, z = (
            (reading - offset) / scale
            for reading, offset, scale in zip(reading_g, self.offset_g, self.scale, strict=True)
        )
        return x, y, z

    def removed_from(self, pose: Pose) -> Pose:
        return replace(pose, mean=self.removed(pose.mean))

    def applied(self, mounting: Mounting) -> Mounting:
        """For raw readings what `mounting` is for those that the bias was removed from."""
        head, front = self._row(mounting.head), self._row(mounting.front)
        return Mounting(
            head,
            front,
            mounting.hinge,
            mounting.head_offset_g - dot(head, self.offset_g),
            mounting.front_offset_g - dot(front, self.offset_g),
        )

    def _row(self, row: Vector) -> Vector:
        x, y, z = (number / scale for number, scale in zip(row, self.scale, strict=True))
        return x, y, z


def face_up(force_g: Vector) -> Face | None:
    """Which face it is; None: none clearly."""
    size = norm(force_g)
    if not (isfinite(size) and size > 0.0):
        return None
    axis = max(range(3), key=lambda k: abs(force_g[k]))
    if abs(force_g[axis]) < MIN_UP * size:
        return None
    return axis, 1 if force_g[axis] > 0.0 else -1


class Faces:
    """Samples go in while a person turns the node over; each face is taken once it lies still."""

    def __init__(self, *, has_gyro: bool) -> None:
        self._hold = Hold(has_gyro=has_gyro)
        self.poses: dict[Face, Pose] = {}
        self.note = ""
        """Why what lies still now does not count; empty if it does."""

    @property
    def missing(self) -> tuple[Face, ...]:
        return tuple(face for face in FACES if face not in self.poses)

    @property
    def up(self) -> Face | None:
        """The face that is up now."""
        return face_up(self._hold.force_g)

    @property
    def meter(self) -> Meter:
        return self._hold.meter

    def feed(self, sample: Sample) -> None:
        self._hold.feed(sample)
        if self._hold.meter.why_not:
            self.note = ""
        if not self._hold.held:
            return
        face = self.up
        if face is None:
            self.note = "it lies askew: a side has to lie flat, within 20 degrees"
        else:
            pose = self._hold.pose(0.0)
            before = self.poses.get(face)
            if before is None or abs(before.mean[face[0]]) < abs(pose.mean[face[0]]):
                self.poses[face] = pose
        self._hold.restart()


def six_faces(poses: Mapping[Face, Pose]) -> Bias:
    """Offsets and scales from a still pose on each face; the stated angle of a pose is not used.

    Raises:
        CalibrationError: a face is missing or was not still, or no sensor is so far off.
    """
    missing = [face_name(face) for face in FACES if face not in poses]
    if missing:
        raise CalibrationError(
            f"{len(missing)} of the 6 faces are missing: {', '.join(missing)}",
            "Lay the node on each of its six sides in turn",
        )
    extremes: dict[Face, float] = {}
    for face, pose in poses.items():
        name = f"face {face_name(face)}"
        check_still(pose, name)
        if face_up(pose.mean) != face:
            raise CalibrationError(
                f"{name} was not up: it lay askew by over 20 degrees", "Take that face again"
            )
        extremes[face] = pose.mean[face[0]]
    offset_x, offset_y, offset_z = (
        (extremes[axis, 1] + extremes[axis, -1]) / 2.0 for axis in range(3)
    )
    scale_x, scale_y, scale_z = (
        (extremes[axis, 1] - extremes[axis, -1]) / 2.0 for axis in range(3)
    )
    bias = Bias((offset_x, offset_y, offset_z), (scale_x, scale_y, scale_z))
    for name, offset_g, scale in zip("xyz", bias.offset_g, bias.scale, strict=True):
        if abs(offset_g) > MAX_BIAS_G or abs(scale - 1.0) > MAX_SCALE_ERROR:
            raise CalibrationError(
                f"axis {name} has a bias of {offset_g:.2f} g and a scale error of "
                f"{100.0 * abs(scale - 1.0):.0f} %, which no sound sensor has",
                "Check the sensor's range and units, or exchange it",
            )
    return bias
