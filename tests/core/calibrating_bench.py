# SPDX-License-Identifier: MIT
"""One drawn sensor on one drawn mounting, moved as a person moves a table who calibrates it.

Forces include the lever arm's; parts are drawn from their datasheets (`transports.sim.sensors`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from upturn.core.calibrating import Guide, Stage
from upturn.core.mounting import Mounting
from upturn.core.sample import Sample
from upturn.transports.sim.clip import draw_any
from upturn.transports.sim.motion import Floats, Turn
from upturn.transports.sim.sensors import CHIPS, Part, draw_part, read_force, read_rate

RATE_HZ = 50.0
G_MS2 = 9.80665
ARM_M = (0.5, 0.1)
"""Along head and front, from the hinge."""
TURN_S = 4.0
STAY_S = 1.0
PATIENCE = 10
"""Stays: nobody moves on before the pose is taken."""


@dataclass
class Bench:
    """Time goes on with each movement; `mounting` may be changed between them."""

    part: Part
    mounting: Mounting
    rng: np.random.Generator
    angle_deg: float = -80.0
    gyro_sign: float = 1.0
    rate_hz: float = RATE_HZ
    _t_s: float = field(default=0.0, init=False)

    @classmethod
    def drawn(cls, seed: int, chip: str | None = None) -> Bench:
        rng = np.random.default_rng(seed)
        name = chip or list(CHIPS)[seed % len(CHIPS)]
        return cls(draw_part(CHIPS[name], rng), draw_any(rng), rng)

    @property
    def has_gyro(self) -> bool:
        return self.part.chip.has_gyro

    def stay(self, for_s: float = STAY_S, *, shake_deg: float = 0.0) -> Iterator[Sample]:
        t = self._times(for_s)
        swing = shake_deg * np.sin(2.0 * np.pi * 1.5 * (t - t[0]))
        return self._felt(t, self.angle_deg + swing)

    def turn(self, to_deg: float, over_s: float = TURN_S) -> Iterator[Sample]:
        t = self._times(over_s)
        angles = Turn(float(t[0]), over_s, self.angle_deg, to_deg).angle_deg(t)
        self.angle_deg = to_deg
        return self._felt(t, angles)

    def _times(self, for_s: float) -> Floats:
        t: Floats = self._t_s + np.arange(1, round(for_s * self.rate_hz) + 1) / self.rate_hz
        self._t_s = float(t[-1])
        return t

    def _felt(self, t: Floats, angle_deg: Floats) -> Iterator[Sample]:
        theta = np.radians(angle_deg)
        w = np.gradient(theta, t)
        al = np.gradient(w, t)
        rb, rn = ARM_M
        along = -np.sin(theta) + (al * rn - w**2 * rb) / G_MS2
        out = np.cos(theta) + (-al * rb - w**2 * rn) / G_MS2
        head, front, hinge = (
            np.array(row) for row in (self.mounting.head, self.mounting.front, self.mounting.hinge)
        )
        force = read_force(self.part, t, np.outer(along, head) + np.outer(out, front), self.rng)
        rates = np.zeros_like(force)
        if self.has_gyro:
            turning = np.outer(-np.degrees(w), hinge) * self.gyro_sign
            rates = read_rate(self.part, t, turning, self.rng)
        rows = np.column_stack((t, force, rates)).tolist()
        return (Sample(*row) for row in rows)


POSES_DEG = (-80.0, 0.0, 60.0)


def feed(guide: Guide, samples: Iterator[Sample]) -> None:
    for sample in samples:
        guide.feed(sample)


def wait(guide: Guide, bench: Bench, *, shake_deg: float = 0.0) -> None:
    """Hold the table there, until something else is asked for."""
    before = guide.view.stage, len(guide.poses)
    for _ in range(PATIENCE):
        if (guide.view.stage, len(guide.poses)) != before:
            break
        feed(guide, bench.stay(shake_deg=shake_deg))


def take_poses(
    guide: Guide,
    bench: Bench,
    poses_deg: Sequence[float] = POSES_DEG,
    *,
    shake_deg: float = 0.0,
) -> Stage:
    """As a person does who stops at the first refusal; each is truly at that angle."""
    bench.angle_deg = poses_deg[0]
    guide.stands()
    for number, angle_deg in enumerate(poses_deg, 1):
        if bench.angle_deg != angle_deg:
            feed(guide, bench.turn(angle_deg))
        wait(guide, bench, shake_deg=shake_deg)
        if guide.view.stage is Stage.REFUSED or len(guide.poses) < number:
            break
    return guide.view.stage


def prove(guide: Guide, bench: Bench, *, stop_deg: float = -80.0, to_deg: float = 50.0) -> Stage:
    """The stop and the tilt, after the poses."""
    feed(guide, bench.turn(stop_deg))
    guide.stands()
    wait(guide, bench)
    if guide.view.stage is Stage.TILT:
        feed(guide, bench.turn(to_deg))
        wait(guide, bench)
    return guide.view.stage


def calibrated(bench: Bench, poses_deg: Sequence[float] = POSES_DEG) -> Guide:
    """All poses taken, at their true angles."""
    guide = Guide(poses=len(poses_deg), angles_deg=poses_deg, has_gyro=bench.has_gyro)
    assert take_poses(guide, bench, poses_deg) is Stage.RETURN
    return guide
