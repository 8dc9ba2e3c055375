# SPDX-License-Identifier: MIT
"""Parts stay within their datasheet, and readings show noise, counts and bandwidth."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from upturn.errors import InputError
from upturn.transports.sim import sensors
from upturn.transports.sim.motion import grid_s
from upturn.transports.sim.sensors import CHIPS, Chip, chip_named, draw_part, ideal_part
from upturn.transports.sim.simulation import simulate

GYROS = [chip for chip in CHIPS.values() if chip.has_gyro]


@pytest.mark.parametrize("chip", CHIPS.values(), ids=str)
def test_every_part_is_within_its_datasheet(chip: Chip) -> None:
    for seed in range(200):
        part = draw_part(chip, np.random.default_rng(seed))
        cross = part.accel - np.diag(np.diag(part.accel))
        assert np.all(np.abs(part.offset_g) <= chip.offset_limit_g)
        assert np.all(np.abs(np.diag(part.accel) - 1.0) <= chip.scale_limit)
        assert np.all(np.abs(cross) <= chip.cross_limit)
        assert np.all(np.abs(part.drift_g) <= 8e-3 * np.array(chip.drift_mg_per_c))
        assert np.all(np.abs(part.gyro_offset_dps) <= chip.gyro_offset_dps)
        assert abs(part.rate_error) <= chip.rate_limit


@pytest.mark.parametrize("chip", CHIPS.values(), ids=str)
def test_parts_spread_as_wide_as_their_chip_does(chip: Chip) -> None:
    offsets = [draw_part(chip, np.random.default_rng(seed)).offset_g for seed in range(400)]
    spread_g = np.std(offsets, axis=0)
    assert np.all(spread_g > 0.8 * np.array(chip.offset_sigma_g))
    assert np.all(spread_g < 1.1 * np.array(chip.offset_sigma_g))


def test_only_the_mpu6050_starts_tens_of_dps_off() -> None:
    largest = {
        chip.name: max(
            np.abs(draw_part(chip, np.random.default_rng(seed)).gyro_offset_dps).max()
            for seed in range(200)
        )
        for chip in GYROS
    }
    assert 15.0 < largest["mpu6050"] <= 20.0
    assert largest["mpu6500"] <= 5.0
    assert largest["mpu6886"] <= 1.0


@pytest.mark.parametrize(
    ("name", "noise_mg"), [("mpu6050", 1.94), ("mpu6500", 1.45), ("mpu6886", 0.485)]
)
def test_noise_at_50_hz_is_that_of_the_density(name: str, noise_mg: float) -> None:
    rng = np.random.default_rng(1)
    t_s = np.arange(5000) / 50.0
    readings = sensors.read_force(ideal_part(CHIPS[name]), t_s, np.zeros((t_s.size, 3)), rng)
    assert 1e3 * readings.std(axis=0) == pytest.approx(np.full(3, noise_mg), rel=0.05)


@pytest.mark.parametrize("chip", CHIPS.values(), ids=str)
def test_readings_are_whole_counts_within_the_range(chip: Chip) -> None:
    rng = np.random.default_rng(2)
    t_s = np.arange(200) / 50.0
    force = rng.uniform(-12.0, 12.0, (t_s.size, 3))
    readings = sensors.read_force(draw_part(chip, rng), t_s, force, rng)
    counts = readings / chip.step_g
    inside = np.abs(readings) < chip.range_g
    assert np.abs(readings).max() == chip.range_g
    assert np.abs(counts - np.round(counts))[inside].max() < 1e-6


def test_a_warming_part_drifts_towards_its_warm_offset() -> None:
    chip = CHIPS["mpu6886"]
    part = draw_part(chip, np.random.default_rng(3))
    t_s = np.arange(0.0, 3600.0, 0.02)
    readings = sensors.read_force(part, t_s, np.zeros((t_s.size, 3)), np.random.default_rng(4))
    cold, warm = readings[:50].mean(axis=0), readings[-5000:].mean(axis=0)
    assert warm - cold == pytest.approx(part.drift_g, abs=3e-4)


@pytest.mark.parametrize("bandwidth_hz", [10.0, 21.0, 42.0])
def test_the_low_pass_passes_rest_and_halves_the_power_at_its_bandwidth(
    bandwidth_hz: float,
) -> None:
    t_s = grid_s(4.0)
    signal = np.stack([np.ones(t_s.size), np.sin(2.0 * np.pi * bandwidth_hz * t_s)], axis=1)
    passed = sensors.low_pass(signal, bandwidth_hz)
    assert passed.shape == signal.shape
    assert passed[:, 0] == pytest.approx(1.0)
    assert np.sqrt(2.0) * passed[1000:, 1].std() == pytest.approx(np.sqrt(0.5), abs=0.03)


def test_a_blow_of_10_g_and_20_ms_is_seen_at_50_hz_as_less() -> None:
    """3 to 7 g, by where the samples fall."""
    t_s = grid_s(1.0)
    blow = np.where((t_s >= 0.5) & (t_s < 0.52), 10.0 * np.sin(np.pi * (t_s - 0.5) / 0.02), 0.0)
    seen = sensors.low_pass(blow[:, np.newaxis], 21.0)[:, 0]
    peaks = [seen[start::10].max() for start in range(10)]
    assert min(peaks) > 3.0
    assert max(peaks) < 7.0


@pytest.mark.parametrize("name", ["lis3dh", "adxl345"])
@pytest.mark.parametrize("ideal", [True, False])
def test_a_chip_without_gyro_says_so_and_gives_no_rates(name: str, ideal: bool) -> None:
    simulation = simulate("normal", chip=name, ideal=ideal)
    assert simulation.info.has_gyro is False
    assert {sample[4:7] for sample in simulation.samples} == {(0.0, 0.0, 0.0)}


@pytest.mark.parametrize("name", CHIPS)
def test_no_two_ideal_readings_in_a_row_are_identical(name: str) -> None:
    samples = simulate("normal", chip=name, ideal=True).samples
    assert all(a[1:4] != b[1:4] for a, b in pairwise(samples))


def test_an_unknown_chip_is_refused_with_the_choices() -> None:
    with pytest.raises(InputError, match=r"unknown chip 'mpu9'\. Known are mpu6050, .*adxl345"):
        chip_named("mpu9")
