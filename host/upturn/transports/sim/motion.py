# SPDX-License-Identifier: MIT
"""The true angle of a table over time: smooth turns, holds between them, swings after them.

A turn is a minimum-jerk curve, as people move: its angle, rate and acceleration are continuous, so
rates and accelerations follow from the angle by differences. The grid is fine enough for a 20 ms
knock. Angles are Upturn's: -90 upright, 0 level, +90 head-down, and on past 180 unwrapped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEP_S = 0.002
PEAK_FACTOR = 1.875  # peak rate of a minimum-jerk turn over its mean rate

_SHARE = np.linspace(0.0, 1.0, 1001)
_CURVE = _SHARE**3 * (10.0 - 15.0 * _SHARE + 6.0 * _SHARE**2)


@dataclass(frozen=True, slots=True)
class Turn:
    """One smooth turn."""

    start_s: float
    duration_s: float
    from_deg: float
    to_deg: float

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s

    def angle_deg(self, t_s: Floats) -> Floats:
        share = np.clip((t_s - self.start_s) / self.duration_s, 0.0, 1.0)
        curve = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
        return self.from_deg + (self.to_deg - self.from_deg) * curve

    def time_at(self, angle_deg: float) -> float:
        """When the turn passes an angle; its start or end if the angle lies outside it."""
        way = (angle_deg - self.from_deg) / (self.to_deg - self.from_deg)
        return self.start_s + self.duration_s * float(np.interp(way, _CURVE, _SHARE))


@dataclass(frozen=True, slots=True)
class Swing:
    """A table free on its hinge swings out after a turn, like any pendulum."""

    start_s: float
    amplitude_deg: float
    period_s: float
    decay_s: float
    onset_s: float = 0.3

    def added_deg(self, t_s: Floats) -> Floats:
        since = t_s - self.start_s
        envelope = (1.0 - np.exp(-since / self.onset_s)) * np.exp(-since / self.decay_s)
        return self.amplitude_deg * envelope * np.sin(2.0 * np.pi * since / self.period_s)

    @property
    def end_s(self) -> float:
        return self.start_s + 6.0 * self.decay_s


@dataclass(frozen=True, slots=True)
class Rocking:
    """A person rocks the table about where it stands: whole periods, eased in and out."""

    start_s: float
    amplitude_deg: float
    period_s: float
    periods: int

    @property
    def end_s(self) -> float:
        return self.start_s + self.periods * self.period_s

    def added_deg(self, t_s: Floats) -> Floats:
        since = t_s - self.start_s
        ease = np.clip(np.minimum(since, self.end_s - t_s) / (0.5 * self.period_s), 0.0, 1.0)
        smooth = ease**2 * (3.0 - 2.0 * ease)
        return self.amplitude_deg * smooth * np.sin(2.0 * np.pi * since / self.period_s)


class Course:
    """The angle of one table from 0 s on, appended to piece by piece."""

    def __init__(self, start_deg: float) -> None:
        self.start_deg = start_deg
        self.now_s = 0.0
        self.now_deg = start_deg
        self.turns: list[Turn] = []
        self.added: list[Swing | Rocking] = []

    def hold(self, duration_s: float) -> None:
        if duration_s < 0.0:
            raise ValueError(f"a hold of {duration_s} s")
        self.now_s += duration_s

    def turn(self, to_deg: float, peak_dps: float) -> Turn:
        turn = self.planned_turn(to_deg, peak_dps)
        self.turns.append(turn)
        self.now_s = turn.end_s
        self.now_deg = to_deg
        return turn

    def planned_turn(self, to_deg: float, peak_dps: float) -> Turn:
        """The turn that `turn` would append."""
        duration_s = max(PEAK_FACTOR * abs(to_deg - self.now_deg) / peak_dps, 0.2)
        return Turn(self.now_s, duration_s, self.now_deg, to_deg)

    def swing(self, amplitude_deg: float, period_s: float, decay_s: float) -> None:
        self.added.append(Swing(self.now_s, amplitude_deg, period_s, decay_s))

    def rock(self, amplitude_deg: float, period_s: float, periods: int) -> None:
        rocking = Rocking(self.now_s, amplitude_deg, period_s, periods)
        self.added.append(rocking)
        self.now_s = rocking.end_s

    def angle_deg(self, t_s: Floats) -> Floats:
        """The angle on a rising time axis, without the person's own small motion."""
        angle = self.turning_deg(t_s)
        for piece in self.added:
            part = span(t_s, piece.start_s, piece.end_s)
            angle[part] += piece.added_deg(t_s[part])
        return angle

    def turning_deg(self, t_s: Floats) -> Floats:
        """The turns and holds alone."""
        angle = np.full(t_s.shape, self.start_deg)
        for turn in self.turns:
            part = span(t_s, turn.start_s, turn.end_s)
            angle[part] = turn.angle_deg(t_s[part])
            angle[part.stop :] = turn.to_deg
        return angle


def grid_s(duration_s: float) -> Floats:
    """The fine time axis that covers a session."""
    return np.arange(int(np.ceil(duration_s / STEP_S)) + 2, dtype=np.float64) * STEP_S


def span(t_s: Floats, start_s: float, end_s: float) -> slice:
    """The part of a rising axis in [start, end)."""
    first, last = np.searchsorted(t_s, (start_s, end_s))
    return slice(int(first), int(last))
