# SPDX-License-Identifier: MIT
"""Calibration: from a few still poses at known angles to how the sensor sits.

Law of this module: a calibration that could turn upright into head-down is worse than none, so
every check that the poses allow is made, and what they cannot show - head and feet exchanged is
as good a geometry as the right one - `check_confirm` finds out from two more readings.

Two poses give head and front with the sensor taken as perfect, good to about 2.5 degrees. Three
give a linear map whose nine numbers take up bias, scale and cross-axis errors in the plane of
rotation exactly; what is left, about 1 degree, is how well the angles were stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, permutations
from math import atan2, cos, degrees, isfinite, radians, sin, sqrt

from upturn.core.mounting import Mounting, Vector, added, cross, dot, norm, scaled, unit

MIN_POSE_SAMPLES = 20
MIN_POSE_S = 2.0  # a person's sway and the table's ringing average out over this long
MAX_SD_G = 0.020  # the noisiest sensor at rest has 7 mg; a table that rocks has more
MAX_RATE_DPS = 3.0  # as above; sensors at rest have 0.1
MAX_NORM_ERROR_G = 0.12  # |f| of good sensors at rest, simulated: 0.119 at worst
MAX_ANGLE_ERROR_DEG = 9.0  # measured against stated, of good sensors, simulated: 8.1 for 99 %
MIN_SEPARATION_DEG = 30.0  # the error of the axes grows with 1 / sin(separation)
MAX_SEPARATION_DEG = 150.0  # of two poses, by the same law: opposite forces span no plane
MIN_THIRD_DEG = 45.0  # without it, angles head-down are extrapolated: 4 degrees of error for 1
MAX_BIAS_G = 0.30  # the worst data sheet has 0.25
MAX_SCALE_ERROR = 0.25  # the worst data sheet has 0.1; the rest is for misstated angles
MAX_IDLE_DEG = -60.0  # the stop of an empty table
CONFIRM_DEG = (0.0, 100.0)  # where a tilt towards head-down can lead
POSSIBLE_DEG = (-110.0, 115.0)  # poses taken for each other make readings fall outside


class CalibrationError(ValueError):
    """Poses that make no calibration: `what` is wrong and a `remedy`."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what}. {remedy}")


class Method(StrEnum):
    TWO_POSES = "two poses"
    THREE_POSES = "three poses"


TYPICAL_ERROR_DEG = {Method.TWO_POSES: 2.5, Method.THREE_POSES: 1.0}
"""One standard deviation, with angles stated to 1 degree."""


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


def two_poses(upright: Pose, other: Pose) -> Calibration:
    """Head and front from two poses, 30 to 150 degrees apart.

    Raises:
        CalibrationError: a pose was not still, or the two do not fit together.
    """
    poses = (upright, other)
    _check(poses)
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
    return Calibration(mounting, Method.TWO_POSES, _norm_error_g(poses), _angle_error_deg(poses))


def three_poses(upright: Pose, level: Pose, head_down: Pose) -> Calibration:
    """The linear map through three poses, the last at +45 degrees or more.

    Fits a = head' (-sin theta) + front' cos theta + bias, which has as many numbers as the poses
    give, and inverts it within the plane of rotation.

    Raises:
        CalibrationError: a pose was not still, or the three do not fit together.
    """
    poses = (upright, level, head_down)
    _check(poses)
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
        _norm_error_g(poses),
        _angle_error_deg(poses),
        bias_g,
        scale_error,
    )


def rest_angle_deg(mounting: Mounting, force_g: Vector) -> float:
    """The inversion angle of a table at rest, in (-180, 180]."""
    head = dot(mounting.head, force_g) + mounting.head_offset_g
    front = dot(mounting.front, force_g) + mounting.front_offset_g
    angle_deg = degrees(atan2(-head, front))
    return 180.0 if angle_deg == -180.0 else angle_deg


def check_confirm(idle_deg: float, tilt_deg: float) -> None:
    """Judge a new calibration by the empty table at its stop, and by a tilt towards head-down.

    Raises:
        CalibrationError: the readings show poses or ends of the table taken for each other.
    """
    lowest, highest = CONFIRM_DEG
    if not (isfinite(idle_deg) and isfinite(tilt_deg)):
        raise CalibrationError("a confirming reading is not a number", "Check the sensor")
    for name, angle_deg in (("the empty table", idle_deg), ("the tilt", tilt_deg)):
        if not POSSIBLE_DEG[0] <= angle_deg <= POSSIBLE_DEG[1]:
            raise CalibrationError(
                f"{name} reads {angle_deg:.0f} degrees, where no table stands: the poses were "
                "taken in another order than stated",
                "Calibrate again, upright pose first",
            )
    if idle_deg >= -MAX_IDLE_DEG:
        raise CalibrationError(
            f"the empty table reads {idle_deg:.0f} degrees: head and feet are exchanged",
            "Calibrate again; upright, feet down, is -90",
        )
    if idle_deg > MAX_IDLE_DEG:
        raise CalibrationError(
            f"the empty table reads {idle_deg:.0f} degrees instead of {MAX_IDLE_DEG:g} or below",
            "Let it stand at its upright stop; if it does, calibrate again, upright pose first",
        )
    if not lowest <= tilt_deg <= highest:
        raise CalibrationError(
            f"the tilt towards head-down reads {tilt_deg:.0f} degrees instead of {lowest:g} to "
            f"{highest:g}",
            "Tilt the head end below level; if it was, calibrate again with the angles' signs "
            "checked",
        )


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
        before = _combined(1.0, x, -1.0, self.mean)
        self.mean = added(self.mean, scaled(before, 1.0 / self.n))
        self._sum2 += dot(before, _combined(1.0, x, -1.0, self.mean))


def _check(poses: tuple[Pose, ...]) -> None:
    for number, pose in enumerate(poses, 1):
        _check_still(pose, f"pose {number} ({pose.angle_deg:g} degrees)")
    for first, second in combinations(poses, 2):
        apart_deg = second.angle_deg - first.angle_deg
        if apart_deg < MIN_SEPARATION_DEG:
            raise CalibrationError(
                f"the poses at {first.angle_deg:g} and {second.angle_deg:g} degrees are not at "
                f"least {MIN_SEPARATION_DEG:g} degrees apart in rising order",
                "Take the upright pose first, then each further towards head-down",
            )
    error_deg = _angle_error_deg(poses)
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


def _check_still(pose: Pose, name: str) -> None:
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
    if abs(norm(pose.mean) - 1.0) > MAX_NORM_ERROR_G:
        raise CalibrationError(
            f"{name} reads {norm(pose.mean):.2f} g instead of 1 g",
            "Check the sensor's range and units; a bias this large needs another sensor",
        )


def _norm_error_g(poses: tuple[Pose, ...]) -> float:
    return max(abs(norm(pose.mean) - 1.0) for pose in poses)


def _angle_error_deg(poses: tuple[Pose, ...]) -> float:
    return _disagreement_deg(tuple(pose.angle_deg for pose in poses), poses)


def _disagreement_deg(stated_deg: tuple[float, ...], poses: tuple[Pose, ...]) -> float:
    """Largest difference of the angle between two forces from that between two stated angles."""
    return max(
        abs(
            _between_deg(poses[i].mean, poses[j].mean) - _folded_deg(stated_deg[i] - stated_deg[j])
        )
        for i, j in combinations(range(len(poses)), 2)
    )


def _between_deg(a: Vector, b: Vector) -> float:
    return degrees(atan2(norm(cross(a, b)), dot(a, b)))


def _folded_deg(angle_deg: float) -> float:
    """The angle between two directions, 0 to 180."""
    return abs((angle_deg + 180.0) % 360.0 - 180.0)


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
