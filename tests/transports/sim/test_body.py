# SPDX-License-Identifier: MIT
"""The simulator's physics, against first principles and against itself."""

from __future__ import annotations

import numpy as np
import pytest

from upturn.core.mounting import Mounting
from upturn.transports.sim import body, clip
from upturn.transports.sim.motion import STEP_S, Floats, grid_s
from upturn.transports.sim.simulation import Simulation, simulate


def forces_g(simulation: Simulation) -> Floats:
    return np.array([sample[1:4] for sample in simulation.samples])


def hinge_dps(simulation: Simulation) -> Floats:
    """What the gyro says of the table's rate, head-down positive."""
    rates = np.array([sample[4:7] for sample in simulation.samples])
    along: Floats = -rates @ np.array(simulation.true_mounting.hinge)
    return along


def integrated_deg(simulation: Simulation) -> Floats:
    rate, steps = hinge_dps(simulation), np.diff(simulation.truth_t_s)
    turned = np.cumsum(0.5 * (rate[1:] + rate[:-1]) * steps)
    angle_deg: Floats = np.concatenate(([0.0], turned)) + simulation.truth_deg[0]
    return angle_deg


@pytest.mark.parametrize("script", ["normal", "over-rotated", "past-180", "fast-tilt", "rocking"])
def test_integrating_the_gyro_of_an_ideal_run_gives_the_angle(script: str) -> None:
    simulation = simulate(script, seed=5, rate_hz=200.0, ideal=True)
    assert np.abs(integrated_deg(simulation) - simulation.truth_deg).max() < 0.1


@pytest.mark.parametrize("mounting", clip.axis_aligned())
def test_at_rest_the_force_points_at_the_true_angle_in_every_mounting(mounting: Mounting) -> None:
    simulation = simulate("unresponsive", seed=2, ideal=True, mounting=mounting)
    seen_deg = clip.angle_by(mounting, forces_g(simulation))
    still = (simulation.truth_t_s > 60.0) & (simulation.truth_t_s < 80.0)
    assert simulation.info.mounting == mounting
    assert np.abs(seen_deg - simulation.truth_deg)[still].max() < 0.05


def test_there_are_24_ways_to_clip_a_box_on_square() -> None:
    assert len({(m.head, m.front) for m in clip.axis_aligned()}) == 24


@pytest.mark.parametrize(
    ("r_head_m", "gain"), [(0.5, 0.776), (0.9, 0.597), (-0.5, 1.224), (0.0, 1.0)]
)
def test_a_lever_arm_changes_the_swing_that_the_force_shows(r_head_m: float, gain: float) -> None:
    """Near +90 degrees the force shows 1 - r w^2 / g of a swing of 3 s period."""
    t_s = grid_s(6.0)
    swing_deg = np.sin(2.0 * np.pi * t_s / 3.0)
    force = body.specific_force_g(90.0 + swing_deg, (r_head_m, 0.0))
    seen_deg = np.degrees(np.arctan2(-force[:, 0], force[:, 1])) - 90.0
    inner = slice(100, -100)
    seen_gain = float(seen_deg[inner] @ swing_deg[inner] / (swing_deg[inner] @ swing_deg[inner]))
    assert seen_gain == pytest.approx(gain, abs=0.005)


def test_the_force_is_the_acceleration_of_the_sensor_against_gravity() -> None:
    """Twice differentiated position, in a frame that stands still, and turned into the table's."""
    r_head_m, r_front_m = 0.7, -0.2
    t_s = grid_s(8.0)
    angle_deg = -20.0 + 70.0 * np.sin(2.0 * np.pi * t_s / 4.0)
    angle = np.radians(angle_deg)
    head = np.stack([np.cos(angle), -np.sin(angle)], axis=1)
    front = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    place_m = r_head_m * head + r_front_m * front
    moving = np.gradient(np.gradient(place_m, STEP_S, axis=0), STEP_S, axis=0)
    felt_g = moving / body.GRAVITY_MS2 + np.array([0.0, 1.0])
    expected = np.stack([np.sum(felt_g * head, axis=1), np.sum(felt_g * front, axis=1)], axis=1)
    force = body.specific_force_g(angle_deg, (r_head_m, r_front_m))
    assert np.abs(force[:, :2] - expected)[10:-10].max() < 1e-3
    assert np.abs(force[:, 2]).max() == 0.0


def test_a_slip_about_the_hinge_is_felt_by_gyro_and_force_alike() -> None:
    """Both then read the same wrong angle: 8 degrees from the truth."""
    simulation = simulate("stop-shifted", seed=3, rate_hz=200.0, ideal=True)
    assert simulation.info.mounting is not None
    seen_deg = clip.angle_by(simulation.info.mounting, forces_g(simulation))[-400:].mean()
    assert integrated_deg(simulation)[-400:].mean() == pytest.approx(seen_deg, abs=0.1)
    error_deg = abs(seen_deg - simulation.truth_deg[-400:].mean())
    assert error_deg == pytest.approx(8.0, abs=0.1)


def test_rows_turn_about_an_axis_by_the_right_hand() -> None:
    vectors = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 2.0]])
    turned = body.rotated(vectors, np.array([0.0, 0.0, 1.0]), np.array([90.0, 180.0]))
    assert turned == pytest.approx(np.array([[-1.0, 0.0, 0.0], [-1.0, 0.0, 2.0]]), abs=1e-12)


def test_a_knock_adds_a_half_sine_with_its_peak() -> None:
    t_s = grid_s(1.0)
    force = np.zeros((t_s.size, 3))
    body.add_knocks(t_s, force, [body.Knock(0.5, 0.02, (3.0, 0.0, -4.0))])
    touched = np.flatnonzero(force[:, 0])
    assert force.max(axis=0) == pytest.approx((3.0, 0.0, 0.0), abs=0.01)
    assert np.linalg.norm(force, axis=1).max() == pytest.approx(5.0, abs=0.01)
    assert t_s[touched[[0, -1]]] == pytest.approx((0.502, 0.518))


def test_a_free_fall_takes_away_force_for_its_time_only() -> None:
    t_s = grid_s(1.0)
    force = np.ones((t_s.size, 3))
    body.take_away_falls(t_s, force, [body.FreeFall(0.4, 0.6, 0.2)])
    assert force[(t_s > 0.411) & (t_s < 0.589)] == pytest.approx(0.2)
    assert force[(t_s < 0.4) | (t_s > 0.6)] == pytest.approx(1.0)
