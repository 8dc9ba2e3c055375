# SPDX-License-Identifier: MIT
"""Calibration from exact and from spoilt poses; each refusal, and the values at each limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations, product
from math import cos, inf, nan, radians, sin
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from upturn.core.calibration import (
    Calibration,
    Method,
    rest_angle_deg,
    three_poses,
    two_poses,
)
from upturn.core.mounting import Mounting, Vector, added, cross, dot, norm, scaled, unit
from upturn.core.poses import CalibrationError, Pose, PoseBuilder
from upturn.core.proving import check_idle, check_tilt

UPRIGHT = Mounting.from_axes((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
ANGLES_DEG = range(-180, 181, 5)
AXES: tuple[Vector, ...] = tuple(
    (s * (i == 0), s * (i == 1), s * (i == 2)) for i in range(3) for s in (1.0, -1.0)
)
ALIGNED = [
    Mounting.from_axes(head, front)
    for head, front in product(AXES, AXES)
    if dot(head, front) == 0.0
]

unit_vectors = st.tuples(*[st.floats(-1.0, 1.0)] * 3).filter(lambda v: norm(v) > 0.1).map(unit)


@st.composite
def mountings(draw: st.DrawFn) -> Mounting:
    head, front = draw(unit_vectors), draw(unit_vectors)
    assume(abs(dot(head, front)) < 0.9)
    return Mounting.from_axes(head, front)


@st.composite
def sensors(draw: st.DrawFn) -> Callable[[Vector], Vector]:
    """An accelerometer with bias, scale and cross-axis errors of a poor data sheet."""
    bias = scaled(draw(unit_vectors), draw(st.floats(0.0, 0.04)))
    rows: list[Vector] = []
    for i in range(3):
        x, y, z = (draw(st.floats(-0.02, 0.02)) + (i == j) for j in range(3))
        rows.append((x, y, z))

    def read(force: Vector) -> Vector:
        return added(bias, (dot(rows[0], force), dot(rows[1], force), dot(rows[2], force)))

    return read


def _force(mounting: Mounting, angle_deg: float) -> Vector:
    theta = radians(angle_deg)
    return added(scaled(mounting.head, -sin(theta)), scaled(mounting.front, cos(theta)))


def _perfect(force: Vector) -> Vector:
    return force


def _pose(
    angle_deg: float,
    mounting: Mounting = UPRIGHT,
    sensor: Callable[[Vector], Vector] = _perfect,
    *,
    stated_deg: float | None = None,
) -> Pose:
    stated = angle_deg if stated_deg is None else stated_deg
    return Pose(stated, sensor(_force(mounting, angle_deg)), 0.005, 0.1, 3.0, 150)


def _apart_deg(a_deg: float, b_deg: float) -> float:
    return abs((a_deg - b_deg + 180.0) % 360.0 - 180.0)


def _worst_deg(
    got: Calibration, truth: Mounting, sensor: Callable[[Vector], Vector] = _perfect
) -> float:
    return max(
        _apart_deg(rest_angle_deg(got.mounting, sensor(_force(truth, angle))), angle)
        for angle in ANGLES_DEG
    )


def _refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(CalibrationError) as refused:
        attempt()
    assert str(refused.value) == f"{refused.value.what}. {refused.value.remedy}"
    return refused.value.what


def test_there_are_24_aligned_mountings() -> None:
    assert len(ALIGNED) == 24


@pytest.mark.parametrize("mounting", ALIGNED)
def test_every_aligned_mounting_is_found(mounting: Mounting) -> None:
    two = two_poses(_pose(-80, mounting), _pose(0, mounting))
    three = three_poses(_pose(-80, mounting), _pose(0, mounting), _pose(60, mounting))
    for got in (two, three):
        for row in ("head", "front", "hinge"):
            assert getattr(got.mounting, row) == pytest.approx(getattr(mounting, row), abs=1e-12)
        assert got.mounting.head_offset_g == pytest.approx(0.0, abs=1e-12)
        assert got.mounting.front_offset_g == pytest.approx(0.0, abs=1e-12)
        assert _worst_deg(got, mounting) < 1e-9


@given(mounting=mountings(), first=st.floats(-100, -60), apart=st.floats(30, 150))
def test_two_exact_poses_give_the_mounting(mounting: Mounting, first: float, apart: float) -> None:
    assume(first + apart - first >= 30.0)
    got = two_poses(_pose(first, mounting), _pose(first + apart, mounting))
    assert _worst_deg(got, mounting) < 1e-9
    assert got.method is Method.TWO_POSES
    assert got.typical_error_deg == 2.5
    assert (got.norm_error_g, got.angle_error_deg) == pytest.approx((0.0, 0.0), abs=1e-9)


@given(
    mounting=mountings(),
    sensor=sensors(),
    first=st.floats(-100, -70),
    second=st.floats(-15, 5),
    third=st.floats(45, 95),
)
def test_three_poses_absorb_bias_scale_and_cross_axis(
    mounting: Mounting,
    sensor: Callable[[Vector], Vector],
    first: float,
    second: float,
    third: float,
) -> None:
    got = three_poses(*(_pose(angle, mounting, sensor) for angle in (first, second, third)))
    assert _worst_deg(got, mounting, sensor) < 1e-9
    assert norm(got.mounting.hinge) == pytest.approx(1.0, abs=1e-12)
    assert got.method is Method.THREE_POSES
    assert got.typical_error_deg == 1.0


@given(mounting=mountings(), sensor=sensors())
def test_two_poses_with_sensor_errors_give_square_axes(
    mounting: Mounting, sensor: Callable[[Vector], Vector]
) -> None:
    got = two_poses(_pose(-80, mounting, sensor), _pose(0, mounting, sensor)).mounting
    assert (norm(got.head), norm(got.front), dot(got.head, got.front)) == pytest.approx(
        (1.0, 1.0, 0.0), abs=1e-12
    )
    assert got.hinge == pytest.approx(cross(got.head, got.front), abs=1e-12)


def test_the_axes_are_the_nearest_square_ones() -> None:
    """Poses 84 degrees apart, stated 90: each reads 3 degrees from its statement."""
    got = two_poses(_pose(-84, stated_deg=-90), _pose(0)).mounting
    off = [rest_angle_deg(got, _force(UPRIGHT, angle)) - angle for angle in (-84, 0)]
    assert off == pytest.approx([-3.0, -3.0], abs=1e-9)


def test_the_quality_of_three_poses_is_told() -> None:
    def sensor(force: Vector) -> Vector:
        return added((0.0, 0.03, 0.04), (force[0], 1.02 * force[1], 0.97 * force[2]))

    got = three_poses(*(_pose(angle, UPRIGHT, sensor) for angle in (-90, 0, 60)))
    assert got.bias_g == pytest.approx(0.05, abs=1e-12)
    assert got.scale_error == pytest.approx(0.03, abs=1e-12)
    assert got.norm_error_g == pytest.approx(
        max(abs(norm(sensor(_force(UPRIGHT, a))) - 1.0) for a in (-90, 0, 60)), abs=1e-12
    )
    assert 1.0 < got.angle_error_deg < 9.0


def test_a_pose_averages_its_samples() -> None:
    builder = PoseBuilder(-90.0)
    for i in range(101):
        wobble = 0.01 if i % 2 else -0.01
        builder.add(5.0 + i / 50, (0.2 + wobble, 1.0, 0.0), (20.0, -3.0 + 100 * wobble, 0.0))
    pose = builder.pose()
    assert pose.mean == pytest.approx((0.2 - 0.01 / 101, 1.0, 0.0), abs=1e-12)
    assert pose.sd_g == pytest.approx(0.01, rel=1e-4)
    assert pose.rate_dps == pytest.approx(1.0, rel=1e-4)
    assert (pose.angle_deg, pose.seconds, pose.samples) == (-90.0, 2.0, 101)


def test_a_pose_without_a_gyro_has_no_rate() -> None:
    builder = PoseBuilder(0.0)
    builder.add(0.0, (0.0, 0.0, 1.0))
    assert builder.pose() == Pose(0.0, (0.0, 0.0, 1.0), 0.0, None, 0.0, 1)


def test_a_pose_without_samples_is_refused() -> None:
    assert _refusal(lambda: two_poses(PoseBuilder(-90.0).pose(), _pose(0))) == (
        "pose 1 (-90 degrees) has 0 samples over 0.0 s"
    )


def test_poses_without_a_gyro_calibrate() -> None:
    bare = [replace(_pose(angle), rate_dps=None) for angle in (-90, 0)]
    assert two_poses(bare[0], bare[1]).mounting == two_poses(_pose(-90), _pose(0)).mounting


SPOILT = [
    (
        {"mean": (nan, 0.0, 1.0)},
        "pose 2 (0 degrees) has a number that is not finite",
    ),
    ({"sd_g": inf}, "pose 2 (0 degrees) has a number that is not finite"),
    ({"rate_dps": nan}, "pose 2 (0 degrees) has a number that is not finite"),
    ({"angle_deg": nan}, "pose 2 (nan degrees) has a number that is not finite"),
    ({"angle_deg": 180.1}, "pose 2 (180.1 degrees) is no inversion angle"),
    ({"angle_deg": -180.0}, "pose 2 (-180 degrees) is no inversion angle"),
    ({"samples": 19}, "pose 2 (0 degrees) has 19 samples over 3.0 s"),
    ({"seconds": 1.99}, "pose 2 (0 degrees) has 150 samples over 2.0 s"),
    ({"sd_g": 0.020}, "pose 2 (0 degrees) was not still: 20 mg and 0.1 degrees/s rms"),
    ({"rate_dps": 3.0}, "pose 2 (0 degrees) was not still: 5 mg and 3.0 degrees/s rms"),
    ({"mean": (0.0, 0.0, 1.121)}, "pose 2 (0 degrees) reads 1.12 g instead of 1 g"),
    ({"mean": (0.0, 0.0, 0.879)}, "pose 2 (0 degrees) reads 0.88 g instead of 1 g"),
    ({"mean": (0.0, 0.0, 0.0)}, "pose 2 (0 degrees) reads 0.00 g instead of 1 g"),
]


@pytest.mark.parametrize(("fault", "what"), SPOILT)
def test_a_spoilt_pose_is_refused(fault: dict[str, Any], what: str) -> None:
    spoilt = replace(_pose(0), **fault)
    assert _refusal(lambda: two_poses(_pose(-90), spoilt)) == what
    assert _refusal(lambda: three_poses(_pose(-90), spoilt, _pose(60))) == what


@pytest.mark.parametrize(
    "fault",
    [
        {"samples": 20},
        {"seconds": 2.0},
        {"sd_g": 0.0199},
        {"rate_dps": 2.99},
        {"mean": (0.0, 0.0, 1.1199)},
        {"mean": (0.0, 0.0, 0.8801)},
    ],
)
def test_a_pose_just_within_the_limits_is_taken(fault: dict[str, Any]) -> None:
    taken = two_poses(_pose(-90), replace(_pose(0), **fault))
    assert taken.mounting.head == pytest.approx((0.0, 1.0, 0.0), abs=1e-12)


@pytest.mark.parametrize(("first", "second"), [(-80.0, -50.0), (-90.0, 60.0)])
def test_two_poses_at_the_limits_of_separation_are_taken(first: float, second: float) -> None:
    assert _worst_deg(two_poses(_pose(first), _pose(second)), UPRIGHT) < 1e-9


@pytest.mark.parametrize(
    ("first", "second"), [(-80.0, -50.5), (-80.0, -80.0), (0.0, -90.0), (60.0, -80.0)]
)
def test_poses_too_near_or_in_falling_order_are_refused(first: float, second: float) -> None:
    assert _refusal(lambda: two_poses(_pose(first), _pose(second))) == (
        f"the poses at {first:g} and {second:g} degrees are not at least 30 degrees apart in "
        "rising order"
    )


@pytest.mark.parametrize("second", [61.0, 90.0, 150.0])
def test_two_nearly_opposite_poses_are_refused(second: float) -> None:
    assert _refusal(lambda: two_poses(_pose(-90), _pose(second))) == (
        f"the two poses are {second + 90:g} degrees apart, and nearly opposite forces show no "
        "plane of rotation"
    )


def test_an_angle_off_by_9_degrees_is_taken_and_a_little_more_refused() -> None:
    taken = two_poses(_pose(-81.01, stated_deg=-90), _pose(0))
    assert taken.angle_error_deg == pytest.approx(8.99, abs=1e-9)
    assert _refusal(lambda: two_poses(_pose(-80.9, stated_deg=-90), _pose(0))) == (
        "the angle between two poses was measured 9.1 degrees off the stated one"
    )


def test_one_pose_taken_twice_is_refused() -> None:
    """Head would be parallel to front."""
    assert _refusal(lambda: two_poses(_pose(-90), _pose(-90, stated_deg=0))) == (
        "the angle between two poses was measured 90.0 degrees off the stated one"
    )


@pytest.mark.parametrize("order", [o for o in permutations((-90, 0, 60)) if o != (-90, 0, 60)])
def test_three_poses_in_another_order_are_refused(order: tuple[int, int, int]) -> None:
    poses = [_pose(a, stated_deg=s) for a, s in zip(order, (-90, 0, 60), strict=True)]
    assert _refusal(lambda: three_poses(poses[0], poses[1], poses[2])) == (
        "the poses fit the stated angles only in another order"
    )


def test_a_third_pose_at_45_degrees_is_taken_and_below_it_refused() -> None:
    taken = three_poses(_pose(-80), _pose(0), _pose(45))
    assert _worst_deg(taken, UPRIGHT) < 1e-9
    assert _refusal(lambda: three_poses(_pose(-80), _pose(0), _pose(44.9))) == (
        "the third pose is at 44.9 degrees"
    )


def test_three_poses_that_only_an_impossible_scale_explains_are_refused() -> None:
    poses = (_pose(-90), _pose(-51.5, stated_deg=-60), _pose(45))
    assert _refusal(lambda: three_poses(*poses)) == (
        "the three poses fit only a sensor with a bias of 0.14 g and a scale error of 29 %, "
        "which no sensor has"
    )


def test_three_poses_that_only_an_impossible_bias_explains_are_refused() -> None:
    def sensor(force: Vector) -> Vector:
        return added((0.31, 0.0, 0.0), force)

    assert _refusal(lambda: three_poses(*(_pose(a, UPRIGHT, sensor) for a in (-60, -10, 45)))) == (
        "the three poses fit only a sensor with a bias of 0.31 g and a scale error of 0 %, "
        "which no sensor has"
    )


@pytest.mark.parametrize(("bias_g", "scale"), [(0.1, 1.0), (0.0, 1.1), (0.0, 0.9)])
def test_errors_of_real_sensors_are_taken(bias_g: float, scale: float) -> None:
    def sensor(force: Vector) -> Vector:
        return added((bias_g, 0.0, 0.0), scaled(force, scale))

    got = three_poses(*(_pose(angle, UPRIGHT, sensor) for angle in (-90, 0, 60)))
    assert (got.bias_g, got.scale_error) == pytest.approx((bias_g, abs(scale - 1.0)), abs=1e-12)


@pytest.mark.parametrize(
    ("force", "angle_deg"),
    [
        ((0.0, 0.0, -1.0), 180.0),
        ((0.0, 1.0, 0.0), -90.0),
        ((0.0, -1.0, 0.0), 90.0),
        ((0.0, 0.0, 1.0), 0.0),
    ],
)
def test_the_angle_at_rest(force: Vector, angle_deg: float) -> None:
    assert rest_angle_deg(UPRIGHT, force) == angle_deg


@pytest.mark.parametrize(
    ("idle_deg", "tilt_deg"), [(-60.0, 0.0), (-60.0, 100.0), (-110.0, 45.0), (-85.0, 30.0)]
)
def test_a_confirmation_within_its_limits_passes(idle_deg: float, tilt_deg: float) -> None:
    _confirm(idle_deg, tilt_deg)


def _confirm(idle_deg: float, tilt_deg: float) -> None:
    check_idle(idle_deg)
    check_tilt(tilt_deg)


ANOTHER_ORDER = "where no table stands: the poses were taken in another order than stated"
EXCHANGED = "head and feet are exchanged, or it was not brought back"
UNCONFIRMED = [
    (nan, 30.0, "the empty table reads no number"),
    (-80.0, inf, "the tilt reads no number"),
    (-110.4, 30.0, f"the empty table reads -110 degrees, {ANOTHER_ORDER}"),
    (-80.0, 115.6, f"the tilt reads 116 degrees, {ANOTHER_ORDER}"),
    (-80.0, -135.0, f"the tilt reads -135 degrees, {ANOTHER_ORDER}"),
    (60.0, 30.0, f"the empty table reads 60 degrees: {EXCHANGED}"),
    (80.0, -45.0, f"the empty table reads 80 degrees: {EXCHANGED}"),
    (59.9, 30.0, "the empty table reads 60 degrees instead of -60 or below"),
    (-10.0, 30.0, "the empty table reads -10 degrees instead of -60 or below"),
    (-59.9, 30.0, "the empty table reads -60 degrees instead of -60 or below"),
    (-80.0, -0.6, "the tilt towards head-down reads -1 degrees instead of 0 to 100"),
    (-80.0, 100.6, "the tilt towards head-down reads 101 degrees instead of 0 to 100"),
]


@pytest.mark.parametrize(("idle_deg", "tilt_deg", "what"), UNCONFIRMED)
def test_an_unconfirmed_calibration_is_refused(
    idle_deg: float, tilt_deg: float, what: str
) -> None:
    assert _refusal(lambda: _confirm(idle_deg, tilt_deg)) == what


def _confirmed_by(swapped: Calibration) -> str:
    idle, tilt = (rest_angle_deg(swapped.mounting, _force(UPRIGHT, a)) for a in (-80, 45))
    return _refusal(lambda: _confirm(idle, tilt))


def test_two_poses_taken_for_each_other_are_found_by_the_confirmation() -> None:
    swapped = two_poses(_pose(0, stated_deg=-90), _pose(-90, stated_deg=0))
    assert _confirmed_by(swapped) == "the empty table reads -10 degrees instead of -60 or below"


def test_head_and_feet_exchanged_are_found_by_the_confirmation() -> None:
    """As good a geometry as the right one: only a person knows which end the head is."""
    exchanged = three_poses(_pose(90, stated_deg=-90), _pose(0), _pose(-60, stated_deg=60))
    assert _confirmed_by(exchanged) == f"the empty table reads 80 degrees: {EXCHANGED}"
