# SPDX-License-Identifier: MIT
"""The angle against the profile's limit."""

from __future__ import annotations

from math import inf

from upturn.core.alarm_table import AlarmId
from upturn.core.alarms import AlarmBook
from upturn.core.thresholds import (
    ANGLE_CLEAR_S,
    ANGLE_MARGIN_DEG,
    ANGLE_RAISE_S,
    TIME_EPSILON_S,
)


class AngleLimit:
    """Raised 2 s above the limit and its margin, cleared 3 s at or below the limit."""

    def __init__(self, limit_deg: float, alarms: AlarmBook) -> None:
        self._limit_deg = limit_deg
        self._alarms = alarms
        self._above_s = inf
        self._within_s = inf
        self._raised = False

    @property
    def due_s(self) -> float:
        """A sample at or after this time may raise or clear."""
        due_s = self._within_s + ANGLE_CLEAR_S if self._raised else self._above_s + ANGLE_RAISE_S
        return due_s - TIME_EPSILON_S

    def reset(self, now_s: float) -> None:
        """Start afresh: what was seen of the angle counts no more."""
        self._above_s = self._within_s = inf
        self._raised = False
        self._alarms.set(now_s, AlarmId.ANGLE_LIMIT, False)

    def on_sample(self, now_s: float, theta_deg: float) -> None:
        """An unwrapped angle, at least whenever it passes the limit or the limit + 3."""
        if theta_deg <= self._limit_deg + ANGLE_MARGIN_DEG:
            self._above_s = inf
        elif self._above_s == inf:
            self._above_s = now_s
        if theta_deg > self._limit_deg:
            self._within_s = inf
        elif self._within_s == inf:
            self._within_s = now_s
        if not self._raised and now_s >= self._above_s + ANGLE_RAISE_S - TIME_EPSILON_S:
            self._raised = True
            detail = f"limit {self._limit_deg:.0f} degrees"
            self._alarms.set(now_s, AlarmId.ANGLE_LIMIT, True, detail=detail)
        elif self._raised and now_s >= self._within_s + ANGLE_CLEAR_S - TIME_EPSILON_S:
            self._raised = False
            self._alarms.set(now_s, AlarmId.ANGLE_LIMIT, False)
