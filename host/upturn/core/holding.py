# SPDX-License-Identifier: MIT
"""Holding still, by measure: a pose grows while the sensor is still, and else starts anew.

Still is judged over the newest half second, so that one jerk ends a hold however long it was; and
against the hold's own beginning, so that a table which creeps is not still either.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from math import sqrt

from upturn.core.mounting import Vector, added, norm, scaled
from upturn.core.poses import MAX_RATE_DPS, MAX_SD_G, Pose, PoseBuilder
from upturn.core.sample import Sample

HOLD_S = 3.0
"""Longer than the least that a pose needs, and than anybody pauses on the way by chance."""
WINDOW_S = 0.5  # longer than the ringing of a table that was let go, shorter than patience
MIN_WINDOW = 4  # of samples, at the slowest link
CREEP_G = 0.0175  # a degree: ten times the noise of a mean over the window
GAP_S = 1.0  # longer without a sample is no hold


@dataclass(frozen=True, slots=True)
class Meter:
    """How still it is, now."""

    sd_g: float | None = None
    """None: not enough samples yet."""
    rate_dps: float | None = None
    """None: no gyro, or as above."""
    held_s: float = 0.0
    """For how long it has been still."""
    why_not: str = ""
    """What ended the last hold, if it is not still now."""

    @property
    def still(self) -> bool:
        return self.sd_g is not None and not self.why_not

    @property
    def share(self) -> float:
        """Of the movement that is still called still; above 1 it is not."""
        if self.sd_g is None:
            return 0.0
        return max(self.sd_g / MAX_SD_G, (self.rate_dps or 0.0) / MAX_RATE_DPS)


class Hold:
    """Of one sensor; samples go in, in order, and its newest hold can be asked for."""

    def __init__(self, *, has_gyro: bool) -> None:
        self._has_gyro = has_gyro
        self.meter = Meter()
        self._window: deque[Sample] = deque()
        self._force: Vector = (0.0, 0.0, 0.0)
        self.restart()

    @property
    def held(self) -> bool:
        """Still for as long as a pose needs."""
        return self.meter.still and self.meter.held_s >= HOLD_S

    @property
    def force_g(self) -> Vector:
        """The mean of the newest half second; zero before the first sample."""
        return self._force

    def restart(self) -> None:
        """Whatever was held so far does not count."""
        self._builder = PoseBuilder(0.0)
        self._first: Vector | None = None
        self._from_s: float | None = None
        self.meter = replace(self.meter, held_s=0.0)

    def feed(self, sample: Sample) -> None:
        window = self._window
        if window and not 0.0 < sample.t_s - window[-1].t_s <= GAP_S:
            window.clear()
            self.restart()
        window.append(sample)
        while window[0].t_s < sample.t_s - WINDOW_S:
            window.popleft()
        sd_g, rate_dps = self._measure()
        if len(window) < MIN_WINDOW or window[-1].t_s - window[0].t_s < 0.8 * WINDOW_S:
            self.meter = Meter()
            return
        why_not = ""
        if sd_g >= MAX_SD_G or (rate_dps or 0.0) >= MAX_RATE_DPS:
            why_not = "it moves"
        elif self._first is not None and _apart_g(self._first, self._force) >= CREEP_G:
            why_not = "it creeps"
        if why_not:
            self.restart()
            self.meter = Meter(sd_g, rate_dps, 0.0, why_not)
            return
        if self._first is None:
            self._first, self._from_s = self._force, sample.t_s
        self._builder.add(sample.t_s, sample[1:4], sample[4:7] if self._has_gyro else None)
        self.meter = Meter(sd_g, rate_dps, sample.t_s - (self._from_s or 0.0))

    def pose(self, angle_deg: float) -> Pose:
        """What was held, as a pose at that stated angle."""
        return replace(self._builder.pose(), angle_deg=angle_deg)

    @property
    def mean_rate_dps(self) -> Vector:
        """Of the newest half second: what a gyro reads at rest is its bias."""
        return _mean([sample[4:7] for sample in self._window])

    def _measure(self) -> tuple[float, float | None]:
        """Rms distances from the means of the window; sets the mean force."""
        forces = [sample[1:4] for sample in self._window]
        self._force = _mean(forces)
        if not self._has_gyro:
            return _rms(forces, self._force), None
        rates = [sample[4:7] for sample in self._window]
        return _rms(forces, self._force), _rms(rates, _mean(rates))


def _mean(vectors: list[Vector]) -> Vector:
    n = max(1, len(vectors))
    return (
        sum(v[0] for v in vectors) / n,
        sum(v[1] for v in vectors) / n,
        sum(v[2] for v in vectors) / n,
    )


def _rms(vectors: list[Vector], mean: Vector) -> float:
    mx, my, mz = mean
    total = sum((x - mx) ** 2 + (y - my) ** 2 + (z - mz) ** 2 for x, y, z in vectors)
    return sqrt(total / len(vectors))


def _apart_g(a: Vector, b: Vector) -> float:
    return norm(added(a, scaled(b, -1.0)))
