# SPDX-License-Identifier: MIT
"""A sensor's own errors from its six faces; what they make of two poses; what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from upturn.core.bias import FACES, Bias, Face, Faces, face_name, face_up, six_faces
from upturn.core.calibration import rest_angle_deg, two_poses
from upturn.core.mounting import Mounting, Vector
from upturn.core.poses import CalibrationError, Pose
from upturn.core.sample import Sample
from upturn.transports.sim import clip
from upturn.transports.sim.sensors import CHIPS, Part, draw_part

OFFSET_G: Vector = (0.05, -0.04, 0.08)
SCALE: Vector = (1.03, 0.97, 1.01)


def up(face: Face, offset_g: Vector = OFFSET_G, scale: Vector = SCALE) -> Vector:
    axis, sign = face
    x, y, z = (
        offset + (sign * factor if k == axis else 0.0)
        for k, (offset, factor) in enumerate(zip(offset_g, scale, strict=True))
    )
    return x, y, z


def pose(mean: Vector) -> Pose:
    return Pose(0.0, mean, 0.003, 0.1, 3.0, 150)


def all_faces() -> dict[Face, Pose]:
    return {face: pose(up(face)) for face in FACES}


def refused(poses: dict[Face, Pose]) -> str:
    with pytest.raises(CalibrationError) as error:
        six_faces(poses)
    return error.value.what


def test_six_exact_faces_give_bias_and_scale() -> None:
    bias = six_faces(all_faces())
    assert bias.offset_g == pytest.approx(OFFSET_G, abs=1e-12)
    assert bias.scale == pytest.approx(SCALE, abs=1e-12)
    assert bias.removed(up((2, -1))) == pytest.approx((0.0, 0.0, -1.0), abs=1e-12)
    assert bias.removed_from(pose(up((0, 1)))).mean == pytest.approx((1.0, 0.0, 0.0), abs=1e-12)


def test_a_mounting_for_readings_without_bias_is_made_one_for_raw_readings() -> None:
    mounting = Mounting.from_axes((0.3, 0.9, -0.2), (0.1, 0.2, 1.0))
    bias = Bias(OFFSET_G, SCALE)
    raw: Vector = (0.4, -0.5, 0.7)
    assert rest_angle_deg(bias.applied(mounting), raw) == pytest.approx(
        rest_angle_deg(mounting, bias.removed(raw)), abs=1e-9
    )


def test_a_face_that_is_missing_is_named() -> None:
    poses = all_faces()
    del poses[0, -1], poses[2, 1]
    assert refused(poses) == "2 of the 6 faces are missing: -x, +z"


def test_a_face_that_was_not_still_is_refused() -> None:
    poses = all_faces()
    poses[1, 1] = replace(poses[1, 1], sd_g=0.03)
    assert refused(poses) == "face +y was not still: 30 mg and 0.1 degrees/s rms"


def test_a_face_that_was_not_up_is_refused() -> None:
    poses = all_faces()
    poses[1, 1] = pose((0.7, 0.7, 0.0))
    assert refused(poses) == "face +y was not up: it lay askew by over 20 degrees"


@pytest.mark.parametrize(
    ("offset_g", "scale", "what"),
    [
        (0.31, 1.0, "axis x has a bias of 0.31 g and a scale error of 0 %, which no sound sensor"),
        (0.0, 1.26, "axis x has a bias of 0.00 g and a scale error of 26 %, which no sound sens"),
    ],
)
def test_a_sensor_that_is_too_far_off_is_refused(offset_g: float, scale: float, what: str) -> None:
    poses = {face: pose(up(face, (offset_g, 0.0, 0.0), (scale, 1.0, 1.0))) for face in FACES}
    assert refused(poses).startswith(what)


@pytest.mark.parametrize(
    ("force", "face"),
    [
        ((0.02, 0.03, 1.0), (2, 1)),
        ((-0.98, 0.1, 0.1), (0, -1)),
        ((0.334, 0.0, 0.943), (2, 1)),  # 19.5 degrees
        ((0.358, 0.0, 0.934), None),  # 21 degrees
        ((0.0, 0.0, 0.0), None),
        ((float("nan"), 0.0, 1.0), None),
    ],
)
def test_which_face_is_up(force: Vector, face: Face | None) -> None:
    assert face_up(force) == face


def feed(faces: Faces, force: Vector, from_s: float, for_s: float = 4.0) -> float:
    for k in range(round(for_s * 50)):
        x, y, z = force
        faces.feed(Sample(from_s + k / 50, x + 1e-4 * (k % 2), y, z))
    return from_s + for_s


def test_faces_are_taken_as_they_lie_still_and_the_best_of_each_counts() -> None:
    faces = Faces(has_gyro=False)
    assert faces.missing == FACES
    t_s = feed(faces, (0.0, 0.1, 0.99), 0.0)
    assert [face_name(face) for face in faces.poses] == ["+z"]
    t_s = feed(faces, (0.0, 0.0, 1.0), t_s)
    t_s = feed(faces, (0.0, 0.05, 0.995), t_s)
    assert faces.poses[2, 1].mean[2] == pytest.approx(1.0)
    assert len(faces.missing) == 5
    t_s = feed(faces, (0.7, 0.0, 0.7), t_s)
    assert faces.note == "it lies askew: a side has to lie flat, within 20 degrees"
    feed(faces, (0.0, -1.0, 0.0), t_s)
    assert (faces.note, faces.up, faces.meter.still) == ("", (1, -1), True)
    assert len(faces.missing) == 4


def by_hand(part: Part, rng: np.random.Generator) -> Bias:
    """Each face held 3 degrees (1 sigma) askew, about both other axes."""
    poses: dict[Face, Pose] = {}
    for face in FACES:
        axis, sign = face
        true = np.zeros(3)
        true[axis] = sign
        askew = np.radians(rng.normal(0.0, 3.0, 2))
        true[(axis + 1) % 3], true[(axis + 2) % 3] = np.sin(askew)
        true /= np.linalg.norm(true)
        poses[face] = pose(_vector(part.static_g(true)))
    return six_faces(poses)


def test_by_hand_it_takes_two_poses_from_2_degrees_to_under_a_half() -> None:
    """The notes on tilt: 1.98 -> 0.39 rms for an MPU-6050, poses stated exactly."""
    rng = np.random.default_rng(3)
    errors: dict[str, list[float]] = {"raw": [], "removed": []}
    for _ in range(400):
        part, mounting = draw_part(CHIPS["mpu6050"], rng), clip.draw_any(rng)
        bias = by_hand(part, rng)
        poses = [
            replace(pose(_reads(part, mounting, angle)), angle_deg=angle) for angle in (-80.0, 0.0)
        ]
        found = {
            "raw": two_poses(*poses).mounting,
            "removed": bias.applied(two_poses(*map(bias.removed_from, poses)).mounting),
        }
        for name, mount in found.items():
            errors[name] += [
                (rest_angle_deg(mount, _reads(part, mounting, angle)) - angle + 180.0) % 360.0
                - 180.0
                for angle in range(-90, 91, 15)
            ]
    raw, removed = (float(np.sqrt(np.mean(np.square(e)))) for e in errors.values())
    print(f"two poses {raw:.2f} degrees rms, bias removed {removed:.2f}")
    assert 1.0 < raw < 2.5
    assert removed < 0.5


def _reads(part: Part, mounting: Mounting, angle_deg: float) -> Vector:
    return _vector(part.static_g(clip.rest_force_g(mounting, angle_deg)))


def _vector(a: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Vector:
    return float(a[0]), float(a[1]), float(a[2])
