# SPDX-License-Identifier: MIT
"""Poses: a table held still at a known angle, and what can be wrong with one or several.

Law of this module: stillness is measured, not counted: time alone makes no pose.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, permutations
from math import atan2, degrees, isfinite, sqrt

from upturn.core.mounting import Vector, added, cross, dot, norm, scaled

MIN_POSE_SAMPLES = 20
MIN_POSE_S = 2.0  # a person's sway and the table's ringing average out over this long
MAX_SD_G = 0.020  # the noisiest sensor at rest has 7 mg; a table that rocks has more
MAX_RATE_DPS = 3.0  # as above; sensors at rest have 0.1
MAX_NORM_ERROR_G = 0.12  # |f| of good sensors at rest, simulated: 0.119 at worst
MAX_ANGLE_ERROR_DEG = 9.0  # measured against stated, of good sensors, simulated: 8.1 for 99 %
MIN_SEPARATION_DEG = 30.0  # the error of the axes grows with 1 / sin(separation)


class CalibrationError(ValueError):
    """Poses that make no calibration: `what` is wrong and a `remedy`."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what}. {remedy}")


@dataclass(frozen=True, slots=True)
class Pose:
    """The table held still at a known angle."""

    angle_deg: float
    """As stated: read from a scale or a level, in Upturn's convention."""
    mean: Vector
    """Specific force, sensor axes."""
    sd_g: float
    """Rms distance of the force from its mean; unlike the spread of |f| it shows a turn too."""
    rate_dps: float | None
    """Rms distance of the rate from its mean, since a raw gyro's bias is no motion; or no gyro."""
    seconds: float
    samples: int


class PoseBuilder:
    """Averages the samples of one pose."""

    def __init__(self, angle_deg: float) -> None:
        self._angle_deg = angle_deg
        self._force = _Spread()
        self._rate = _Spread()
        self._first_s = 0.0
        self._last_s = 0.0

    def add(self, t_s: float, force_g: Vector, rate_dps: Vector | None = None) -> None:
        if not self._force.n:
            self._first_s = t_s
        self._last_s = t_s
        self._force.add(force_g)
        if rate_dps is not None:
            self._rate.add(rate_dps)

    def pose(self) -> Pose:
        return Pose(
            self._angle_deg,
            self._force.mean,
            self._force.rms,
            self._rate.rms if self._rate.n else None,
            self._last_s - self._first_s,
            self._force.n,
        )


def check_poses(poses: tuple[Pose, ...]) -> None:
    """What can be wrong with some poses, in the order in which they are taken; one will do.

    Raises:
        CalibrationError: a pose was not still or no gravity, or they do not fit together.
    """
    for number, pose in enumerate(poses, 1):
        name = f"pose {number} ({pose.angle_deg:g} degrees)"
        check_still(pose, name)
        check_size(pose, name)
    for first, second in combinations(poses, 2):
        apart_deg = second.angle_deg - first.angle_deg
        if apart_deg < MIN_SEPARATION_DEG:
            raise CalibrationError(
                f"the poses at {first.angle_deg:g} and {second.angle_deg:g} degrees are not at "
                f"least {MIN_SEPARATION_DEG:g} degrees apart in rising order",
                "Take the upright pose first, then each further towards head-down",
            )
    error_deg = angle_error_deg(poses)
    if error_deg > MAX_ANGLE_ERROR_DEG:
        stated = tuple(pose.angle_deg for pose in poses)
        if any(
            _disagreement_deg(order, poses) <= MAX_ANGLE_ERROR_DEG
            for order in permutations(stated)
        ):
            raise CalibrationError(
                "the poses fit the stated angles only in another order",
                "Take them in the order that is asked for, upright first",
            )
        raise CalibrationError(
            f"the angle between two poses was measured {error_deg:.1f} degrees off the stated one",
            f"Measure the angles again: {MAX_ANGLE_ERROR_DEG:g} degrees are the most that sensors "
            "explain; and see that the sensor sits tight",
        )


def check_still(pose: Pose, name: str) -> None:
    """Whether it was held, long enough; `name` is what to call it.

    Raises:
        CalibrationError: it was not.
    """
    rate_dps = 0.0 if pose.rate_dps is None else pose.rate_dps
    if not all(isfinite(x) for x in (pose.angle_deg, *pose.mean, pose.sd_g, rate_dps)):
        raise CalibrationError(f"{name} has a number that is not finite", "Check the sensor")
    if not -180.0 < pose.angle_deg <= 180.0:
        raise CalibrationError(
            f"{name} is no inversion angle", "Upright is -90, level 0, fully head-down +90"
        )
    if pose.samples < MIN_POSE_SAMPLES or pose.seconds < MIN_POSE_S:
        raise CalibrationError(
            f"{name} has {pose.samples} samples over {pose.seconds:.1f} s",
            f"Hold it for {MIN_POSE_S:g} s and {MIN_POSE_SAMPLES} samples at least",
        )
    if pose.sd_g >= MAX_SD_G or rate_dps >= MAX_RATE_DPS:
        raise CalibrationError(
            f"{name} was not still: {1e3 * pose.sd_g:.0f} mg and {rate_dps:.1f} degrees/s rms",
            "Hold the table against a stop or have it held, and take the pose again",
        )


def check_size(pose: Pose, name: str) -> None:
    """Whether what it reads can be gravity.

    Raises:
        CalibrationError: it cannot.
    """
    if abs(norm(pose.mean) - 1.0) > MAX_NORM_ERROR_G:
        raise CalibrationError(
            f"{name} reads {norm(pose.mean):.2f} g instead of 1 g",
            "Check the sensor's range and units; a bias this large is measured first, at the "
            "desk: 'upturn calibrate --bias'",
        )


def norm_error_g(poses: tuple[Pose, ...]) -> float:
    return max(abs(norm(pose.mean) - 1.0) for pose in poses)


def angle_error_deg(poses: tuple[Pose, ...]) -> float:
    return _disagreement_deg(tuple(pose.angle_deg for pose in poses), poses)


def between_deg(a: Vector, b: Vector) -> float:
    """The angle between two directions, 0 to 180."""
    return degrees(atan2(norm(cross(a, b)), dot(a, b)))


class _Spread:
    """Mean and rms distance from it, of vectors, one at a time."""

    def __init__(self) -> None:
        self.n = 0
        self.mean: Vector = (0.0, 0.0, 0.0)
        self._sum2 = 0.0

    @property
    def rms(self) -> float:
        return sqrt(self._sum2 / self.n) if self.n else 0.0

    def add(self, x: Vector) -> None:
        self.n += 1
        before = _less(x, self.mean)
        self.mean = added(self.mean, scaled(before, 1.0 / self.n))
        self._sum2 += dot(before, _less(x, self.mean))


def _disagreement_deg(stated_deg: tuple[float, ...], poses: tuple[Pose, ...]) -> float:
    """Largest difference of the angle between two forces from that between two stated angles."""
    return max(
        (
            abs(
                between_deg(poses[i].mean, poses[j].mean)
                - _folded_deg(stated_deg[i] - stated_deg[j])
            )
            for i, j in combinations(range(len(poses)), 2)
        ),
        default=0.0,
    )


def _folded_deg(angle_deg: float) -> float:
    """The angle between two directions, 0 to 180."""
    return abs((angle_deg + 180.0) % 360.0 - 180.0)


def _less(a: Vector, b: Vector) -> Vector:
    return added(a, scaled(b, -1.0))
