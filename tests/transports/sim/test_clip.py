# SPDX-License-Identifier: MIT
"""What calibrations make of the true mounting."""

from __future__ import annotations

import numpy as np
import pytest

from upturn.core.mounting import Mounting, dot
from upturn.transports.sim import clip
from upturn.transports.sim.clip import Calibration
from upturn.transports.sim.sensors import CHIPS, draw_part, ideal_part

ANGLES_DEG = np.arange(-90.0, 91.0, 10.0)


def errors_deg(calibration: Calibration, *, chip: str) -> list[float]:
    """RMS over the half circle, one for each of 60 parts."""
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth = clip.draw_any(rng)
        part = draw_part(CHIPS[chip], rng) if chip else ideal_part(CHIPS["mpu6050"])
        handed = clip.calibrated(truth, part, calibration, rng)
        readings = np.array([part.static_g(clip.rest_force_g(truth, a)) for a in ANGLES_DEG])
        error = (clip.angle_by(handed, readings) - ANGLES_DEG + 180.0) % 360.0 - 180.0
        found.append(float(np.sqrt(np.mean(error**2))))
    return found


@pytest.mark.parametrize("calibration", ["two-pose", "three-pose"])
def test_a_perfect_sensor_in_perfect_poses_is_found_as_it_sits(
    calibration: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip, "POSE_ERROR_DEG", 0.0)
    assert max(errors_deg(calibration, chip="")) < 1e-9


def test_three_perfect_poses_absorb_every_static_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip, "POSE_ERROR_DEG", 0.0)
    assert max(errors_deg("three-pose", chip="mpu6050")) < 0.05


@pytest.mark.parametrize(
    ("calibration", "chip", "low_deg", "high_deg"),
    [
        ("two-pose", "mpu6050", 1.2, 3.0),
        ("three-pose", "mpu6050", 0.7, 1.6),
        ("two-pose", "mpu6886", 0.9, 2.2),
    ],
)
def test_poses_set_by_hand_leave_errors_of_the_known_size(
    calibration: Calibration, chip: str, low_deg: float, high_deg: float
) -> None:
    found = np.array(errors_deg(calibration, chip=chip))
    assert low_deg < np.sqrt(np.mean(found**2)) < high_deg


def test_exact_is_the_truth_itself() -> None:
    rng = np.random.default_rng(1)
    truth = clip.draw_any(rng)
    part = draw_part(CHIPS["mpu6050"], rng)
    assert clip.calibrated(truth, part, "exact", rng) is truth


@pytest.mark.parametrize("seed", range(20))
def test_a_clip_is_off_square_by_a_few_degrees_at_most(seed: int) -> None:
    drawn = clip.draw_clip(np.random.default_rng(seed))
    nearest = max(_alike(drawn, way) for way in clip.axis_aligned())
    assert nearest > np.cos(np.radians(clip.CLIP_TILT_DEG)) - 1e-12


def _alike(a: Mounting, b: Mounting) -> float:
    return min(dot(a.head, b.head), dot(a.front, b.front))
