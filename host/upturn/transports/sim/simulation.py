# SPDX-License-Identifier: MIT
"""One simulated session: script -> true motion -> force at the sensor -> readings -> samples.

Same arguments, same values. A seed is a table with its sensor, its person and its luck; each draws
from its own stream, so that the same seed gives the same sensor in every script.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from upturn.core.alarm_table import AlarmId
from upturn.core.commands import Command
from upturn.core.mounting import ASSUMED, Mounting
from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.errors import InputError
from upturn.transports.sim import body, clip, link, sensors
from upturn.transports.sim.clip import CALIBRATIONS, Calibration
from upturn.transports.sim.motion import Floats, grid_s
from upturn.transports.sim.person import draw_person
from upturn.transports.sim.plan import Plan
from upturn.transports.sim.reports import node_reports
from upturn.transports.sim.scripts import script_named
from upturn.transports.sim.sensors import CHIPS, Chip, Part, chip_named

DEFAULT_CHIP = "mpu6050"
DEFAULT_RATE_HZ = 50.0
RATE_LIMITS_HZ = (10.0, 200.0)
ANY_RATE_HZ = (25.0, 100.0)
SCALE_LIMITS = (0.1, 10.0)
LEVER_LIMIT_M = 2.0

_STREAMS = ("table", "script", "person", "part", "clip", "calibration", "times", "noise", "loss")


@dataclass(frozen=True)
class Simulation:
    """What a node would have sent, and the truth beside it."""

    info: StreamInfo
    samples: list[Sample]
    truth_t_s: Floats
    truth_deg: Floats
    """True angle of the table at each sample, unwrapped past 180."""
    script: str
    seed: int
    chip: str
    dangers: tuple[AlarmId, ...]
    """Alarms that the session is meant to raise under the standard profile."""
    duration_s: float
    """Length of the session; past the last sample where the link is lost for good."""
    true_mounting: Mounting
    lever_m: tuple[float, float]
    commands: list[tuple[float, Command]] = field(default_factory=list)


def simulate(
    script: str,
    *,
    seed: int = 0,
    chip: str | None = None,
    rate_hz: float | None = None,
    lever_m: tuple[float, float] | None = None,
    mounting: Mounting | None = None,
    ideal: bool = False,
    calibration: Calibration = "two-pose",
    duration_scale: float = 1.0,
) -> Simulation:
    """Simulate one session.

    What is None is drawn by the seed, but chip and rate, which are mpu6050 and 50 Hz except in
    `normal-any`. `mounting` is how the sensor truly sits; `info.mounting` is what a calibration of
    that kind makes of it. `ideal` means no sensor error, no noise, no jitter, no random loss, and
    exact mounting. `duration_scale` stretches every hold; a script's promises are for 1.

    Raises:
        InputError: an unknown script, chip or calibration, or a number out of range.
    """
    chosen = script_named(script)
    check_numbers(seed, rate_hz, lever_m, duration_scale)
    if calibration not in CALIBRATIONS:
        raise InputError(
            f"unknown calibration {calibration!r}", remedy=f"Known are {', '.join(CALIBRATIONS)}."
        )
    streams = {name: np.random.default_rng((seed, k)) for k, name in enumerate(_STREAMS)}
    any_table = script == "normal-any"
    if chip is None:
        chip = str(streams["table"].choice(list(CHIPS))) if any_table else DEFAULT_CHIP
    if rate_hz is None:
        rate_hz = float(np.round(streams["table"].uniform(*ANY_RATE_HZ)))
        rate_hz = rate_hz if any_table else DEFAULT_RATE_HZ
    sensor = chip_named(chip)

    plan = Plan(streams["script"], rate_hz=rate_hz, stretch=duration_scale)
    chosen.build(plan)
    part = sensors.ideal_part(sensor) if ideal else sensors.draw_part(sensor, streams["part"])
    if mounting is None:
        mounting = _draw_mounting(plan, streams["clip"], ideal=ideal, any_table=any_table)
    if lever_m is None:
        head_m, front_m = streams["table"].uniform((-0.6, -0.05), (0.9, 0.15))
        lever_m = (float(head_m), float(front_m))
    handed = clip.calibrated(
        mounting, part, "exact" if ideal else calibration, streams["calibration"]
    )

    grid = grid_s(plan.now_s)
    angle_deg, force_g, turning_dps = _at_sensor(plan, grid, lever_m, mounting, streams["person"])
    true_hz = rate_hz * plan.node.rate_share * (1.0 + part.rate_error)
    if ideal:
        t_s = link.even_times_s(plan.now_s, true_hz)
    else:
        t_s = link.sample_times_s(plan.now_s, true_hz, streams["times"])
    seen_g, seen_dps = _read(
        part, t_s, grid, force_g, turning_dps, true_hz, streams["noise"], ideal=ideal
    )
    _misbehave(plan, sensor, t_s, seen_g, seen_dps)

    keep = link.arriving(
        t_s, gaps=plan.gaps, spared=plan.spared, rng=None if ideal else streams["loss"]
    )
    t_s, seen_g, seen_dps = t_s[keep], seen_g[keep], seen_dps[keep]
    truth_deg = np.interp(t_s, grid, angle_deg)
    static_g = (
        np.outer(-np.sin(np.radians(truth_deg)), mounting.head)
        + np.outer(np.cos(np.radians(truth_deg)), mounting.front)
    ) @ part.accel.T + part.offset_g
    reports = node_reports(
        plan, t_s, clip.angle_by(handed, static_g), grid, force_g, sensor.range_g
    )
    return Simulation(
        info=StreamInfo(
            has_gyro=sensor.has_gyro,
            nominal_s=1.0 / rate_hz,
            rate_hz=rate_hz,
            mounting=handed if plan.node.calibrated else None,
            range_g=sensor.range_g,
            node="sim",
            sensor=chip,
        ),
        samples=_samples(t_s, seen_g, seen_dps, reports),
        truth_t_s=t_s,
        truth_deg=truth_deg,
        script=script,
        seed=seed,
        chip=chip,
        dangers=chosen.dangers,
        duration_s=plan.now_s,
        true_mounting=mounting,
        lever_m=lever_m,
    )


def check_numbers(
    seed: int,
    rate_hz: float | None,
    lever_m: tuple[float, float] | None,
    duration_scale: float,
) -> None:
    """Refuse what cannot be simulated.

    Raises:
        InputError: a number out of its range.
    """
    if seed < 0:
        raise InputError(f"seed is {seed}", remedy="It must be 0 or more.")
    for name, value, (low, high) in (
        *(("rate", hz, RATE_LIMITS_HZ) for hz in (rate_hz,) if hz is not None),
        ("scale", duration_scale, SCALE_LIMITS),
        *(("lever", metres, (-LEVER_LIMIT_M, LEVER_LIMIT_M)) for metres in lever_m or ()),
    ):
        if not (isfinite(value) and low <= value <= high):
            raise InputError(f"{name} is {value:g}", remedy=f"It must be {low:g} to {high:g}.")


def _draw_mounting(
    plan: Plan, rng: np.random.Generator, *, ideal: bool, any_table: bool
) -> Mounting:
    if ideal:
        return ASSUMED
    if not plan.node.calibrated:
        return clip.draw_assumed(rng)
    return clip.draw_any(rng) if any_table else clip.draw_clip(rng)


def _at_sensor(
    plan: Plan,
    grid: Floats,
    lever_m: tuple[float, float],
    mounting: Mounting,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Floats]:
    """True angle, and force and rate in the sensor's axes, on the fine grid."""
    person = draw_person(rng, grid, plan.course.turning_deg(grid), tuple(plan.still))
    angle_deg = plan.course.angle_deg(grid) + person.added_deg(grid)
    force_g = body.specific_force_g(angle_deg, lever_m) + person.shake_g(grid)
    turning_dps = body.rate_dps(angle_deg)
    body.take_away_falls(grid, force_g, plan.falls)
    if plan.detached is not None:
        body.detach(grid, force_g, turning_dps, plan.detached)
    body.add_knocks(grid, force_g, plan.knocks)
    body.slip(grid, force_g, turning_dps, plan.slips)
    return angle_deg, body.to_sensor(force_g, mounting), body.to_sensor(turning_dps, mounting)


def _read(
    part: Part,
    t_s: Floats,
    grid: Floats,
    force_g: Floats,
    turning_dps: Floats,
    rate_hz: float,
    rng: np.random.Generator,
    *,
    ideal: bool,
) -> tuple[Floats, Floats]:
    """Readings of both sensors at the sample times."""
    has_gyro = part.chip.has_gyro
    if ideal:
        seen_g = sensors.read_ideal(_sampled(t_s, grid, force_g), rng)
        return seen_g, _sampled(t_s, grid, turning_dps) * float(has_gyro)
    bandwidth_hz = sensors.BANDWIDTH_SHARE * rate_hz
    filtered_g = sensors.low_pass(force_g, bandwidth_hz)
    seen_g = sensors.read_force(part, t_s, _sampled(t_s, grid, filtered_g), rng)
    if not has_gyro:
        return seen_g, np.zeros_like(seen_g)
    filtered_dps = sensors.low_pass(turning_dps, bandwidth_hz)
    return seen_g, sensors.read_rate(part, t_s, _sampled(t_s, grid, filtered_dps), rng)


def _sampled(t_s: Floats, grid: Floats, signal: Floats) -> Floats:
    return np.stack([np.interp(t_s, grid, column) for column in signal.T], axis=1)


def _misbehave(plan: Plan, chip: Chip, t_s: Floats, seen_g: Floats, seen_dps: Floats) -> None:
    """The node's own faults, in place."""
    node = plan.node
    np.clip(seen_g * node.scale, -chip.range_g, chip.range_g, out=seen_g)
    for start_s, end_s in node.saturated:
        during = (t_s >= start_s) & (t_s < end_s)
        seen_g[during, 0] = chip.range_g
    for start_s, end_s in node.frozen:
        during = (t_s >= start_s) & (t_s < end_s)
        first = int(np.argmax(during))
        seen_g[during] = seen_g[first]
        seen_dps[during] = seen_dps[first]


def _samples(
    t_s: Floats, seen_g: Floats, seen_dps: Floats, reports: list[NodeReport | None] | None
) -> list[Sample]:
    columns = [t_s.tolist(), *seen_g.T.tolist(), *seen_dps.T.tolist()]
    if reports is not None:
        columns.append(reports)
    return list(map(Sample, *columns))
