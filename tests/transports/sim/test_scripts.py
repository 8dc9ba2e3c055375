# SPDX-License-Identifier: MIT
"""Every script builds, repeats by its seed, and is what its name says."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from math import inf

import numpy as np
import pytest

from upturn.core.alarm_table import AlarmId
from upturn.core.sample import NodeReport
from upturn.transports.sim import CHIPS, DANGEROUS, SCRIPTS, SILENT, Simulation, simulate
from upturn.transports.sim.motion import Floats

SEEDS = range(3)
Spell = tuple[float, float]


@cache
def run(script: str, seed: int) -> Simulation:
    return simulate(script, seed=seed)


def spells(simulation: Simulation, enter_deg: float = 15.0, leave_deg: float = 5.0) -> list[Spell]:
    """Stays above `enter_deg`, by the true angle, each until it is back at `leave_deg`."""
    found, since = [], inf
    for t_s, angle in zip(
        simulation.truth_t_s.tolist(), simulation.truth_deg.tolist(), strict=True
    ):
        if since == inf and angle >= enter_deg:
            since = t_s
        elif since < inf and angle <= leave_deg:
            found.append((since, t_s))
            since = inf
    return found if since == inf else [*found, (since, simulation.duration_s)]


def lengths_s(simulation: Simulation, enter_deg: float = 15.0) -> list[float]:
    return [end - start for start, end in spells(simulation, enter_deg)]


def rests_s(simulation: Simulation) -> list[float]:
    found = spells(simulation)
    return [b[0] - a[1] for a, b in pairwise(found)]


def above_s(simulation: Simulation, angle_deg: float) -> float:
    steps = np.diff(simulation.truth_t_s)
    return float(np.sum(steps[simulation.truth_deg[:-1] > angle_deg]))


def sizes_g(simulation: Simulation) -> Floats:
    sizes: Floats = np.linalg.norm([sample[1:4] for sample in simulation.samples], axis=1)
    return sizes


def reports(simulation: Simulation) -> list[NodeReport]:
    return [sample.report for sample in simulation.samples if sample.report is not None]


def peak_g(simulation: Simulation) -> float:
    told = [report.peak_g for report in reports(simulation) if report.peak_g is not None]
    return max([float(sizes_g(simulation).max()), *told])


def gaps_s(simulation: Simulation, longer_than_s: float = 1.0) -> list[Spell]:
    t_s = simulation.truth_t_s
    wide = np.flatnonzero(np.diff(t_s) > longer_than_s)
    return [(float(t_s[k]), float(t_s[k + 1] - t_s[k])) for k in wide]


def fastest_dps(simulation: Simulation) -> float:
    """Of the true angle, over a tenth of a second."""
    t_s = np.arange(0.0, simulation.truth_t_s[-1], 0.1)
    angle = np.interp(t_s, simulation.truth_t_s, simulation.truth_deg)
    return float(np.abs(np.diff(angle)).max() / 0.1)


def longest_identical_s(simulation: Simulation) -> float:
    longest, since = 0.0, 0.0
    for before, now in pairwise(simulation.samples):
        if before[1:4] != now[1:4]:
            since = now.t_s
        longest = max(longest, now.t_s - since)
    return longest


def inverted_at(simulation: Simulation, t_s: float) -> bool:
    return any(start < t_s < end for start, end in spells(simulation))


def longest_motionless_s(simulation: Simulation) -> float:
    """Inverted, with the angle within 0.45 degrees of its own 4 s mean."""
    t_s = np.arange(0.0, simulation.truth_t_s[-1], 0.1)
    angle = np.interp(t_s, simulation.truth_t_s, simulation.truth_deg)
    mean, longest, since = angle[0], 0.0, 0.0
    for now, one in zip(t_s.tolist(), angle.tolist(), strict=True):
        mean += 0.1 / 4.1 * (one - mean)
        if abs(one - mean) > 0.45 or one < 15.0:
            since = now
        longest = max(longest, now - since)
    return longest


def one_quiet_inversion(simulation: Simulation) -> bool:
    return len(spells(simulation)) == 1 and 5.0 < lengths_s(simulation)[0] <= 44.0


def distress_taps(simulation: Simulation) -> bool:
    taps = [s.t_s for s in simulation.samples if s.report is not None and s.report.tap]
    apart = np.diff(taps)
    return (
        len(taps) == 3
        and bool(np.all((apart > 0.15) & (apart < 0.7)))
        and all(inverted_at(simulation, t_s) for t_s in taps)
    )


def distress_button(simulation: Simulation) -> bool:
    said = [(s.t_s, s.report.button) for s in simulation.samples if s.report is not None]
    steps = [b for a, b in pairwise(said) if b[1] and not a[1]]
    return len(said) == len(simulation.samples) and [
        inverted_at(simulation, t_s) for t_s, _ in steps
    ] == [True]


def angle_mismatch(simulation: Simulation) -> bool:
    apart = [
        abs(sample.report.angle_deg - truth)
        for sample, truth in zip(simulation.samples, simulation.truth_deg, strict=True)
        if sample.report is not None and sample.report.angle_deg is not None
    ]
    return len(apart) == len(simulation.samples) and 8.0 < np.mean(apart) < 22.0


def battery_low(simulation: Simulation) -> bool:
    volts = [report.battery_v for report in reports(simulation) if report.battery_v is not None]
    return len(volts) > 30 and volts[0] > 3.55 and volts[-1] < 3.45


def at_rail_s(simulation: Simulation) -> float:
    rail_g = simulation.info.range_g
    return 0.02 * sum(sample.ax_g == rail_g for sample in simulation.samples)


def free_fall_s(simulation: Simulation) -> float:
    return float(np.sum(np.diff(simulation.truth_t_s)[sizes_g(simulation)[:-1] < 0.75]))


def turned_off_plane_deg(simulation: Simulation) -> float:
    """The largest change of gravity's angle out of the table's plane from start to later rest."""
    forces = np.array([sample[1:4] for sample in simulation.samples])
    along = forces @ np.array(simulation.true_mounting.hinge) / sizes_g(simulation)
    smooth = np.convolve(along, np.ones(100) / 100.0, mode="valid")
    off_deg = np.degrees(np.arcsin(np.clip(smooth, -1.0, 1.0)))
    return float(np.abs(off_deg - off_deg[0]).max())


def stop_shift_deg(simulation: Simulation) -> float:
    mounting = simulation.info.mounting
    assert mounting is not None
    forces = np.array([sample[1:4] for sample in simulation.samples])
    angle = np.degrees(
        np.arctan2(-forces @ np.array(mounting.head), forces @ np.array(mounting.front))
    )
    return abs(float(np.median(angle[-250:]) - np.median(angle[:250])))


FACTS: dict[str, Callable[[Simulation], bool]] = {
    "normal": one_quiet_inversion,
    "two-inversions": lambda s: len(spells(s)) == 2 and rests_s(s)[0] > 95.0,
    "over-rest": lambda s: len(spells(s)) == 2 and 90.5 < rests_s(s)[0] < 130.0,
    "slow-return": lambda s: one_quiet_inversion(s) and above_s(s, -60.0) > 30.0,
    "staged-rest": one_quiet_inversion,
    "mounting-bumps": lambda s: s.truth_deg.max() < -70.0 and sizes_g(s).max() > 1.1,
    "normal-any": lambda s: 100.0 < s.duration_s < 420.0 and 1 <= len(spells(s)) <= 3,
    "demo": lambda s: 62.0 < lengths_s(s)[0] < 75.0,
    "too-long": lambda s: 61.0 < lengths_s(s)[0] < 76.0,
    "no-return": lambda s: 90.0 < lengths_s(s)[0] < 160.0,
    "rocking": lambda s: len(spells(s)) == 2 and sum(lengths_s(s)) < 44 and rests_s(s)[0] < 30,
    "short-rest": lambda s: len(spells(s)) == 2 and sum(lengths_s(s)) < 44 and rests_s(s)[0] < 88,
    "steep": lambda s: above_s(s, 66.0) > 4.0 and s.truth_deg.max() < 90.0,
    "over-rotated": lambda s: above_s(s, 105.0) > 1.0 and s.truth_deg.max() < 135.0,
    "past-180": lambda s: above_s(s, 182.0) > 1.0 and s.truth_deg.max() < 205.0,
    "fast-tilt": lambda s: fastest_dps(s) > 150.0,
    "unresponsive": lambda s: longest_motionless_s(s) > 60.0,
    "distress-button": distress_button,
    "distress-taps": distress_taps,
    "impact": lambda s: peak_g(s) > 2.5 and free_fall_s(s) < 0.1,
    "fall": lambda s: peak_g(s) > 2.5 and free_fall_s(s) >= 0.1,
    "sensor-moved": lambda s: turned_off_plane_deg(s) > 12.0 or stop_shift_deg(s) > 10.0,
    "stop-shifted": lambda s: 6.0 < stop_shift_deg(s) < 10.0,
    "sensor-detached": lambda s: peak_g(s) > 2.5 and turned_off_plane_deg(s) > 20.0,
    "sensor-frozen": lambda s: longest_identical_s(s) > 12.0,
    "sensor-saturated": lambda s: at_rail_s(s) > 1.5,
    "sensor-bad-scale": lambda s: not 0.7 < np.mean(sizes_g(s)) < 1.4,
    "slow-rate": lambda s: 0.65 < len(s.samples) / s.duration_s * s.info.nominal_s < 0.75,
    "angle-mismatch": angle_mismatch,
    "not-calibrated": lambda s: s.info.mounting is None and one_quiet_inversion(s),
    "battery-low": battery_low,
    "signal-loss": lambda s: (
        [inverted_at(s, start) and 4.9 < for_s < 10.5 for start, for_s in gaps_s(s)] == [True]
    ),
    "signal-loss-upright": lambda s: (
        [not inverted_at(s, start) and 13.9 < for_s < 24.5 for start, for_s in gaps_s(s)] == [True]
    ),
    "signal-gone": lambda s: s.duration_s - s.truth_t_s[-1] > 29.0 and s.truth_deg[-1] > 15.0,
}


def test_every_script_has_its_fact() -> None:
    assert set(FACTS) == set(SCRIPTS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_what_its_name_says(script: str, seed: int) -> None:
    assert FACTS[script](run(script, seed))


@pytest.mark.parametrize("script", SCRIPTS)
def test_samples_are_finite_and_rise_from_zero_beside_their_truth(script: str) -> None:
    simulation = run(script, 0)
    values = np.array([sample[:7] for sample in simulation.samples])
    assert np.isfinite(values).all()
    assert values[0, 0] == 0.0
    assert np.all(np.diff(values[:, 0]) > 0.0)
    assert np.array_equal(values[:, 0], simulation.truth_t_s)
    assert simulation.truth_deg.shape == simulation.truth_t_s.shape
    assert simulation.truth_t_s[-1] <= simulation.duration_s


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_has_one_line_of_help(script: str) -> None:
    row = SCRIPTS[script]
    assert row.name == script
    assert 10 < len(row.help) <= 72
    assert "\n" not in row.help


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("script", SILENT)
def test_a_silent_script_keeps_well_within_every_limit(script: str, seed: int) -> None:
    """Head-down time counts from level, so that no calibration error makes it longer."""
    simulation = run(script, seed)
    total_s = [end - start for start, end in spells(simulation, 5.0, -3.0)]
    assert simulation.truth_deg.max() <= 60.0
    assert max([0.0, *total_s]) <= 44.0
    assert min([inf, *rests_s(simulation)]) > 90.5
    assert fastest_dps(simulation) < 60.0
    assert peak_g(simulation) < 2.4
    assert gaps_s(simulation, 0.5) == []
    assert longest_motionless_s(simulation) < 20.0


def test_scripts_are_dangerous_or_silent() -> None:
    assert {*DANGEROUS, *SILENT} == set(SCRIPTS)
    assert not {*DANGEROUS} & {*SILENT}
    assert run("too-long", 0).dangers == (AlarmId.TIME_LIMIT_NEAR, AlarmId.TIME_LIMIT)
    assert run("normal", 0).dangers == ()


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_same_seed_gives_the_same_session(script: str) -> None:
    again = simulate(script, seed=1)
    assert again.samples == run(script, 1).samples
    assert again.info == run(script, 1).info
    assert np.array_equal(again.truth_deg, run(script, 1).truth_deg)


@pytest.mark.parametrize("script", SCRIPTS)
def test_another_seed_gives_another_session(script: str) -> None:
    assert run(script, 0).samples != run(script, 1).samples


def test_a_seed_is_the_same_sensor_in_every_script() -> None:
    mountings = {run(script, 2).info.mounting for script in ("normal", "too-long", "fall")}
    assert len(mountings) == 1


def test_normal_any_draws_sensors_rates_and_mountings() -> None:
    runs = [simulate("normal-any", seed=seed) for seed in range(12)]
    rates_hz = [simulation.info.rate_hz or 0.0 for simulation in runs]
    assert {simulation.chip for simulation in runs} >= {"mpu6050", "lis3dh"}
    assert all(25.0 <= rate_hz <= 100.0 for rate_hz in rates_hz)
    assert max(rates_hz) - min(rates_hz) > 30.0
    assert len({simulation.true_mounting for simulation in runs}) == 12


@pytest.mark.parametrize("chip", CHIPS)
def test_what_is_asked_for_is_what_is_simulated(chip: str) -> None:
    simulation = simulate("normal-any", seed=3, chip=chip, rate_hz=40.0, lever_m=(0.1, 0.2))
    steps = np.diff(simulation.truth_t_s)
    assert simulation.info.sensor == simulation.chip == chip
    assert simulation.info.rate_hz == 40.0
    assert simulation.lever_m == (0.1, 0.2)
    assert np.median(steps) == pytest.approx(0.025, rel=0.08)


def test_a_blow_is_told_as_a_peak_in_about_half_of_the_seeds_and_seen_in_the_others() -> None:
    runs = [simulate(script, seed=seed) for script in ("impact", "fall") for seed in range(20)]
    told = [bool(reports(simulation)) for simulation in runs]
    seen_g = [float(sizes_g(simulation).max()) for simulation in runs]
    assert 10 < sum(told) < 30
    assert all(peak_g(simulation) > 5.0 for simulation, by in zip(runs, told, strict=True) if by)
    assert all(size > 2.5 for size, by in zip(seen_g, told, strict=True) if not by)


def test_a_slow_stream_tells_every_blow_as_a_peak() -> None:
    runs = [simulate("impact", seed=seed, rate_hz=25.0) for seed in range(10)]
    assert min(peak_g(simulation) for simulation in runs) > 5.0


def test_holds_stretch_and_turns_do_not() -> None:
    plain, longer = simulate("normal", seed=1), simulate("normal", seed=1, duration_scale=2.0)
    assert 1.4 < longer.duration_s / plain.duration_s < 2.0
    assert fastest_dps(longer) == pytest.approx(fastest_dps(plain), rel=0.2)
