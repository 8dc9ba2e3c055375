# SPDX-License-Identifier: MIT
"""What happens in one session, as a script writes it down: turns, knocks, losses, a faulty node.

Scripts speak in a person's acts (`go_down`, `invert`, `come_up`); each act draws its speeds and
angles from the ranges of people. Times within a script are those of the true angle.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from upturn.core.mounting import Vector
from upturn.transports.sim.body import Detached, FreeFall, Knock, Slip, slip_duration_s
from upturn.transports.sim.motion import Course, Turn

Range = tuple[float, float]

STOP_DEG: Range = (-85.0, -76.0)
STOP_SETTLE_DEG = 0.4
DOWN_PEAK_DPS: Range = (12.0, 30.0)
UP_PEAK_DPS: Range = (10.0, 25.0)
STAGE_DEG: Range = (-14.0, -5.0)
BLOW_S = 0.020
CROSSING_DEG = 15.0
HEAD_DOWN_DEG = 0.0
"""Budgets of head-down time count from here: no calibration error makes them longer."""


@dataclass
class NodeActs:
    """What the node does beside sampling, and how it fails."""

    calibrated: bool = True
    frozen: list[tuple[float, float]] = field(default_factory=list)
    saturated: list[tuple[float, float]] = field(default_factory=list)
    says_saturated: bool = False
    scale: float = 1.0
    """Of every reading: a range set wrongly."""
    rate_share: float = 1.0
    """Of the declared rate."""
    angle_error_deg: float | None = None
    """Not None: the node says its own angle, wrong by this."""
    battery_v: Range | None = None
    """Not None: its battery's voltage at the start and the end."""
    presses: list[tuple[float, float]] | None = None
    taps: list[float] = field(default_factory=list)
    says_peak: bool = False


class Plan:
    """One session being written down."""

    def __init__(self, rng: np.random.Generator, *, rate_hz: float, stretch: float = 1.0) -> None:
        self.rng = rng
        self.rate_hz = rate_hz
        self.stretch = stretch
        self.stop_deg = self.between(STOP_DEG)
        self.course = Course(self.stop_deg)
        self.node = NodeActs()
        self.knocks: list[Knock] = []
        self.falls: list[FreeFall] = []
        self.slips: list[Slip] = []
        self.detached: Detached | None = None
        self.gaps: list[tuple[float, float]] = []
        self.spared: list[tuple[float, float]] = []
        """Spans that random loss leaves alone: what only a few samples show would be no test."""
        self.still: list[tuple[float, float]] = []
        """Spans in which the person does not move."""

    @property
    def now_s(self) -> float:
        return self.course.now_s

    def between(self, limits: Range) -> float:
        return float(self.rng.uniform(*limits))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def direction(self) -> Vector:
        x, y, z = self.rng.normal(0.0, 1.0, 3)
        length = float(np.sqrt(x * x + y * y + z * z))
        return (float(x) / length, float(y) / length, float(z) / length)

    # Acts of a person

    def hold(self, for_s: Range) -> None:
        self.course.hold(self.stretch * self.between(for_s))

    def go_down(self, to_deg: float, peak_dps: Range = DOWN_PEAK_DPS) -> Turn:
        """Turn to an angle and let the table swing out."""
        turn = self.course.turn(to_deg, self.between(peak_dps))
        self.swing((0.3, 2.0))
        return turn

    def swing(self, amplitude_deg: Range) -> None:
        sign = 1.0 if self.chance(0.5) else -1.0
        self.course.swing(
            sign * self.between(amplitude_deg), self.between((2.0, 3.5)), self.between((1.2, 3.0))
        )

    def invert(
        self,
        to_deg: float,
        head_down_s: float,
        *,
        back_to_deg: float | None = None,
        down_dps: Range = DOWN_PEAK_DPS,
        up_dps: Range = UP_PEAK_DPS,
    ) -> Turn:
        """One inversion with `head_down_s` in all above level, its turns included."""
        back_to_deg = self.between(STAGE_DEG) if back_to_deg is None else back_to_deg
        down = self.go_down(to_deg, down_dps)
        up_peak_dps = self.between(up_dps)
        # The level is passed only if the way back leads below it; else all of it counts.
        way_up = self.course.planned_turn(back_to_deg, up_peak_dps)
        turning_s = down.end_s - down.time_at(HEAD_DOWN_DEG)
        turning_s += way_up.time_at(HEAD_DOWN_DEG) - way_up.start_s
        self.course.hold(self.stretch * max(head_down_s - turning_s, 1.0))
        return self.course.turn(back_to_deg, up_peak_dps)

    def stay(self, down: Turn, after_crossing_s: float) -> None:
        """Hold until this long after a turn passed +15 degrees."""
        until_s = down.time_at(CROSSING_DEG) + after_crossing_s
        self.course.hold(self.stretch * max(until_s - self.now_s, 0.0))

    def come_up(
        self,
        *,
        stage_deg: Range = STAGE_DEG,
        stage_s: Range = (4.0, 10.0),
        up_dps: Range = UP_PEAK_DPS,
    ) -> None:
        """Come up as advised: slowly, with a rest near level, then to the upright stop."""
        self.course.turn(self.between(stage_deg), self.between(up_dps))
        self.hold(stage_s)
        self.stand_up(up_dps)

    def stand_up(self, up_dps: Range = UP_PEAK_DPS, knock_g: Range = (0.1, 0.6)) -> None:
        """Turn to the upright stop, and touch it."""
        stop_deg = self.stop_deg + self.between((-STOP_SETTLE_DEG, STOP_SETTLE_DEG))
        self.course.turn(stop_deg, self.between(up_dps))
        self.knock(self.now_s, knock_g)

    # What befalls the table and its sensor

    def knock(self, at_s: float, peak_g: Range, duration_s: Range = (0.008, 0.025)) -> None:
        """A knock from anywhere."""
        peak, (x, y, z) = self.between(peak_g), self.direction()
        self.knocks.append(Knock(at_s, self.between(duration_s), (peak * x, peak * y, peak * z)))

    def hit(self, at_s: float, peak_g: Range, along: Vector) -> None:
        """A blow along a unit vector of table axes: a half-sine of 20 ms."""
        peak, (x, y, z) = self.between(peak_g), along
        self.spared.append((at_s - 0.1, at_s + 0.2))
        self.knocks.append(Knock(at_s, BLOW_S, (peak * x, peak * y, peak * z)))

    def slip(self, at_s: float, axis: Vector, angle_deg: float) -> None:
        self.slips.append(
            Slip(at_s, slip_duration_s(angle_deg, self.between((60.0, 110.0))), axis, angle_deg)
        )

    def lose(self, from_s: float, for_s: float) -> None:
        self.gaps.append((from_s, from_s + for_s))
