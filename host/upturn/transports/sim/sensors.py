# SPDX-License-Identifier: MIT
"""Sensor chips as data, and one part of a chip drawn from its datasheet.

A datasheet's limit is what the factory lets pass, and parts gather around zero: a tolerance is
drawn from a normal distribution whose 2.5 sigma is the limit, cut off there, so that no part is
outside its datasheet. Only the ADXL345 names a typical value beside a far larger limit: there the
typical value is one sigma. Noise is that of the datasheets; real parts show one to three times it.
Sources: InvenSense PS-MPU-6000A-00 r3.4, PS-MPU-6500A-01 r1.1 and DS-000193 r1.1 (offsets of the
last two from sister chips and from memory), ST DocID17530, Analog Devices ADXL345 rev. G.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upturn.errors import InputError
from upturn.transports.sim.motion import STEP_S, Floats

LIMIT_SIGMAS = 2.5
BANDWIDTH_SHARE = 0.42  # of the sample rate: the usual setting of the sensor's own low-pass
NOISE_BANDWIDTH = 1.12  # of a second-order low-pass, over its 3 dB bandwidth
WARM_UP_S = 240.0
IDEAL_DITHER_G = 1e-4

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Chip:
    """One kind of sensor, by its datasheet; axes are the chip's x, y, z."""

    name: str
    accel_noise_ug: Triple
    """Noise density, ug per root Hz."""
    offset_limit_g: Triple
    offset_sigma_g: Triple
    drift_mg_per_c: Triple
    scale_limit: float
    cross_limit: float
    step_g: float
    """One count at the range in use."""
    rate_limit: float
    """Tolerance of its sample clock."""
    gyro_noise_dps: float = 0.0
    """Noise density, dps per root Hz."""
    gyro_offset_dps: float = 0.0
    gyro_drift_dps_per_c: float = 0.0
    gyro_step_dps: float = 0.0
    has_gyro: bool = True
    range_g: float = 8.0
    gyro_range_dps: float = 500.0


def _three(x: float) -> Triple:
    return (x, x, x)


def _sigmas(limits: Triple) -> Triple:
    return (limits[0] / LIMIT_SIGMAS, limits[1] / LIMIT_SIGMAS, limits[2] / LIMIT_SIGMAS)


CHIPS: dict[str, Chip] = {
    chip.name: chip
    for chip in (
        Chip(
            "mpu6050",
            accel_noise_ug=_three(400.0),
            offset_limit_g=(0.050, 0.050, 0.080),
            offset_sigma_g=_sigmas((0.050, 0.050, 0.080)),
            drift_mg_per_c=(0.5, 0.5, 0.86),
            scale_limit=0.03,
            cross_limit=0.02,
            step_g=1.0 / 4096.0,
            rate_limit=0.01,
            gyro_noise_dps=0.005,
            gyro_offset_dps=20.0,
            gyro_drift_dps_per_c=0.16,
            gyro_step_dps=1.0 / 65.5,
        ),
        Chip(
            "mpu6500",
            accel_noise_ug=_three(300.0),
            offset_limit_g=_three(0.060),
            offset_sigma_g=_sigmas(_three(0.060)),
            drift_mg_per_c=(0.64, 0.64, 1.0),
            scale_limit=0.03,
            cross_limit=0.02,
            step_g=1.0 / 4096.0,
            rate_limit=0.01,
            gyro_noise_dps=0.01,
            gyro_offset_dps=5.0,
            gyro_drift_dps_per_c=0.24,
            gyro_step_dps=1.0 / 65.5,
        ),
        Chip(
            "mpu6886",
            accel_noise_ug=_three(100.0),
            offset_limit_g=_three(0.040),
            offset_sigma_g=_sigmas(_three(0.040)),
            drift_mg_per_c=(0.5, 0.5, 1.0),
            scale_limit=0.01,
            cross_limit=0.01,
            step_g=1.0 / 4096.0,
            rate_limit=0.01,
            gyro_noise_dps=0.004,
            gyro_offset_dps=1.0,
            gyro_drift_dps_per_c=0.02,
            gyro_step_dps=1.0 / 65.5,
        ),
        Chip(
            "lis3dh",
            accel_noise_ug=_three(220.0),
            offset_limit_g=_three(0.040),
            offset_sigma_g=_sigmas(_three(0.040)),
            drift_mg_per_c=_three(0.5),
            scale_limit=0.01,
            cross_limit=0.01,
            step_g=0.004,
            rate_limit=0.06,  # a sister chip was measured 5.3 % slow
            has_gyro=False,
        ),
        Chip(
            "adxl345",
            accel_noise_ug=(290.0, 290.0, 430.0),
            offset_limit_g=(0.150, 0.150, 0.250),
            offset_sigma_g=(0.035, 0.035, 0.040),
            drift_mg_per_c=(0.4, 0.4, 1.2),
            scale_limit=0.10,
            cross_limit=0.01,
            step_g=0.0039,
            rate_limit=0.02,
            has_gyro=False,
        ),
    )
}


def chip_named(name: str) -> Chip:
    """The chip of that name.

    Raises:
        InputError: no such chip.
    """
    chip = CHIPS.get(name)
    if chip is None:
        raise InputError(f"unknown chip {name!r}", remedy=f"Known are {', '.join(CHIPS)}.")
    return chip


@dataclass(frozen=True, slots=True)
class Part:
    """One sensor: the errors that it keeps all its life."""

    chip: Chip
    accel: Floats
    """3 x 3: scale on the diagonal, cross-axis beside it."""
    offset_g: Floats
    drift_g: Floats
    """Change of the offset once warm."""
    gyro: Floats
    gyro_offset_dps: Floats
    gyro_drift_dps: Floats
    rate_error: float

    def static_g(self, force_g: Floats) -> Floats:
        """What it reads, noise averaged out and cold, as in a calibration."""
        reading: Floats = self.accel @ force_g + self.offset_g
        return reading


def ideal_part(chip: Chip) -> Part:
    zero = np.zeros(3)
    return Part(chip, np.eye(3), zero, zero, np.eye(3), zero, zero, 0.0)


def draw_part(chip: Chip, rng: np.random.Generator) -> Part:
    """One part within its datasheet."""
    warm_c = rng.uniform(0.0, 8.0)
    return Part(
        chip,
        accel=_matrix(chip, rng),
        offset_g=_within(rng, np.array(chip.offset_sigma_g), np.array(chip.offset_limit_g)),
        drift_g=warm_c * 1e-3 * _tolerance(rng, np.array(chip.drift_mg_per_c)),
        gyro=_matrix(chip, rng),
        gyro_offset_dps=_tolerance(rng, np.full(3, chip.gyro_offset_dps)),
        gyro_drift_dps=warm_c * _tolerance(rng, np.full(3, chip.gyro_drift_dps_per_c)),
        rate_error=float(_tolerance(rng, np.array([chip.rate_limit]))[0]),
    )


def read_force(part: Part, t_s: Floats, force_g: Floats, rng: np.random.Generator) -> Floats:
    """What the accelerometer delivers of the (filtered) force, one row a sample."""
    chip = part.chip
    bandwidth_hz = NOISE_BANDWIDTH * BANDWIDTH_SHARE * _rate_hz(t_s)
    noise_g = 1e-6 * np.array(chip.accel_noise_ug) * np.sqrt(bandwidth_hz)
    reading = force_g @ part.accel.T + part.offset_g
    reading += np.outer(1.0 - np.exp(-t_s / WARM_UP_S), part.drift_g)
    reading += rng.normal(0.0, 1.0, force_g.shape) * noise_g
    return np.clip(np.round(reading / chip.step_g) * chip.step_g, -chip.range_g, chip.range_g)


def read_rate(part: Part, t_s: Floats, rate_dps: Floats, rng: np.random.Generator) -> Floats:
    """What the gyro delivers, its offset included, one row a sample."""
    chip = part.chip
    bandwidth_hz = NOISE_BANDWIDTH * BANDWIDTH_SHARE * _rate_hz(t_s)
    reading = rate_dps @ part.gyro.T + part.gyro_offset_dps
    reading += np.outer(1.0 - np.exp(-t_s / WARM_UP_S), part.gyro_drift_dps)
    reading += rng.normal(0.0, chip.gyro_noise_dps * np.sqrt(bandwidth_hz), rate_dps.shape)
    counts = np.round(reading / chip.gyro_step_dps)
    return np.clip(counts * chip.gyro_step_dps, -chip.gyro_range_dps, chip.gyro_range_dps)


def read_ideal(force_g: Floats, rng: np.random.Generator) -> Floats:
    """The force with a dither, so that no two readings are identical (which would be a fault)."""
    return force_g + rng.uniform(-IDEAL_DITHER_G, IDEAL_DITHER_G, force_g.shape)


def low_pass(signal: Floats, bandwidth_hz: float) -> Floats:
    """The sensor's own filter on the fine grid: two equal poles, 3 dB down at `bandwidth_hz`."""
    tau_s = np.sqrt(np.sqrt(2.0) - 1.0) / (2.0 * np.pi * bandwidth_hz)
    lag_s = np.arange(0.0, 12.0 * tau_s, STEP_S)
    kernel = (lag_s + 0.5 * STEP_S) * np.exp(-lag_s / tau_s)
    kernel /= kernel.sum()
    padded = np.concatenate((np.repeat(signal[:1], kernel.size - 1, axis=0), signal))
    columns = [np.convolve(column, kernel, mode="valid") for column in padded.T]
    return np.stack(columns, axis=1)


def _rate_hz(t_s: Floats) -> float:
    return float((t_s.size - 1) / (t_s[-1] - t_s[0])) if t_s.size > 1 else 50.0


def _matrix(chip: Chip, rng: np.random.Generator) -> Floats:
    matrix = _tolerance(rng, np.full((3, 3), chip.cross_limit))
    np.fill_diagonal(matrix, 1.0 + _tolerance(rng, np.full(3, chip.scale_limit)))
    return matrix


def _tolerance(rng: np.random.Generator, limit: Floats) -> Floats:
    return _within(rng, limit / LIMIT_SIGMAS, limit)


def _within(rng: np.random.Generator, sigma: Floats, limit: Floats) -> Floats:
    drawn = rng.normal(0.0, 1.0, limit.shape) * sigma
    while np.any(outside := np.abs(drawn) > limit):
        again = rng.normal(0.0, 1.0, limit.shape) * sigma
        drawn = np.where(outside, again, drawn)
    return drawn
