# SPDX-License-Identifier: MIT
"""From the motion of a table to the force and rate at its sensor.

For a sensor at (r_head, r_front) from the hinge, table at angle t, turning at w with
acceleration a (radians): f_head = -sin t + (a r_front - w^2 r_head) / g and f_front = cos t +
(-a r_head - w^2 r_front) / g; the gyro reads -w along the hinge. Knocks add to the force, a free
fall takes most of it away, and a slip turns the sensor on its clip, which its gyro feels too. Rows
are moments; columns are table axes head, front, hinge until `to_sensor`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from upturn.core.mounting import Mounting, Vector
from upturn.transports.sim.motion import PEAK_FACTOR, STEP_S, Floats, Turn, span

GRAVITY_MS2 = 9.80665
EDGE_S = 0.01  # no free fall begins or ends in an instant


@dataclass(frozen=True, slots=True)
class Knock:
    """A half-sine of force; `force_g` is its peak in table axes."""

    at_s: float
    duration_s: float
    force_g: Vector


@dataclass(frozen=True, slots=True)
class FreeFall:
    """While falling the sensor feels only `share` of its force."""

    start_s: float
    end_s: float
    share: float


@dataclass(frozen=True, slots=True)
class Slip:
    """The sensor turns on its clip (or the whole table tips), about an axis in table axes."""

    at_s: float
    over_s: float
    axis: Vector
    angle_deg: float


@dataclass(frozen=True, slots=True)
class Detached:
    """From `at_s` the sensor lies where it fell: this force in table axes, and no rate."""

    at_s: float
    rest_g: Vector


def hinge_motion(angle_deg: Floats) -> tuple[Floats, Floats]:
    """Rate (rad/s) and acceleration (rad/s^2) of an angle on the fine grid."""
    rate = np.gradient(np.radians(angle_deg), STEP_S)
    return rate, np.gradient(rate, STEP_S)


def specific_force_g(angle_deg: Floats, lever_m: tuple[float, float]) -> Floats:
    """Force at the sensor from gravity and the turning table."""
    angle = np.radians(angle_deg)
    rate, acceleration = hinge_motion(angle_deg)
    r_head, r_front = lever_m
    force = np.zeros((angle.size, 3))
    force[:, 0] = -np.sin(angle) + (acceleration * r_front - rate**2 * r_head) / GRAVITY_MS2
    force[:, 1] = np.cos(angle) + (-acceleration * r_head - rate**2 * r_front) / GRAVITY_MS2
    return force


def rate_dps(angle_deg: Floats) -> Floats:
    """What a perfect gyro in table axes reads."""
    rate = np.zeros((angle_deg.size, 3))
    rate[:, 2] = -np.gradient(angle_deg, STEP_S)
    return rate


def add_knocks(t_s: Floats, force_g: Floats, knocks: Sequence[Knock]) -> None:
    for knock in knocks:
        part = span(t_s, knock.at_s, knock.at_s + knock.duration_s)
        wave = np.sin(np.pi * (t_s[part] - knock.at_s) / knock.duration_s)
        force_g[part] += np.outer(wave, knock.force_g)


def take_away_falls(t_s: Floats, force_g: Floats, falls: Sequence[FreeFall]) -> None:
    for fall in falls:
        part = span(t_s, fall.start_s, fall.end_s)
        t = t_s[part]
        edge = np.clip(np.minimum(t - fall.start_s, fall.end_s - t) / EDGE_S, 0.0, 1.0)
        force_g[part] *= (1.0 - edge * (1.0 - fall.share))[:, np.newaxis]


def slip(t_s: Floats, force_g: Floats, rate_dps: Floats, slips: Sequence[Slip]) -> None:
    """Turn both as the slipped sensor feels them, in place."""
    for one in slips:
        part = span(t_s, one.at_s, float(t_s[-1]) + STEP_S)
        axis = np.array(one.axis) / np.linalg.norm(one.axis)
        turned_deg = Turn(one.at_s, one.over_s, 0.0, one.angle_deg).angle_deg(t_s[part])
        force_g[part] = rotated(force_g[part], axis, -turned_deg)
        rate_dps[part] = rotated(rate_dps[part], axis, -turned_deg)
        rate_dps[part] += np.outer(np.gradient(turned_deg, STEP_S), axis)


def detach(t_s: Floats, force_g: Floats, rate_dps: Floats, detached: Detached) -> None:
    part = span(t_s, detached.at_s, float(t_s[-1]) + STEP_S)
    force_g[part] = detached.rest_g
    rate_dps[part] = 0.0


def to_sensor(table: Floats, mounting: Mounting) -> Floats:
    """Table axes to the sensor's own, by its true (orthonormal) mounting."""
    axes = np.array((mounting.head, mounting.front, mounting.hinge))
    turned: Floats = table @ axes
    return turned


def rotated(vectors: Floats, axis: Floats, angle_deg: Floats) -> Floats:
    """Each row turned about a unit axis by its own angle (Rodrigues)."""
    angle = np.radians(angle_deg)[:, np.newaxis]
    along = np.outer(vectors @ axis, axis)
    turned: Floats = (
        along + np.cos(angle) * (vectors - along) + np.sin(angle) * np.cross(axis, vectors)
    )
    return turned


def slip_duration_s(angle_deg: float, peak_dps: float) -> float:
    """How long a smooth slip takes at a peak rate."""
    return PEAK_FACTOR * abs(angle_deg) / peak_dps
