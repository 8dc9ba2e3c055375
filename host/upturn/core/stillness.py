# SPDX-License-Identifier: MIT
"""No movement while inverted: a prompt, never a diagnosis: all it says is that nothing moved."""

from __future__ import annotations

from math import inf

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.alarms import AlarmBook
from upturn.core.thresholds import STILL_HIGH_S, STILL_MEDIUM_S, TIME_EPSILON_S


class StillnessWatch:
    """Counts stillness from the inversion at the earliest; only samples can show it."""

    def __init__(self, alarms: AlarmBook) -> None:
        self._alarms = alarms
        self._from_s = inf
        self._gap_s = -inf
        self._priority: Priority | None = None

    @property
    def due_s(self) -> float:
        """A sample at or after this time may raise or escalate."""
        if self._priority is Priority.HIGH:
            return inf
        waits_s = STILL_MEDIUM_S if self._priority is None else STILL_HIGH_S
        return self._from_s + waits_s - TIME_EPSILON_S

    @property
    def motion_matters(self) -> bool:
        """The next motion clears the alarm."""
        return self._priority is not None

    def inversion_began(self, since_s: float) -> None:
        self._from_s = max(since_s, self._gap_s)

    def inversion_ended(self, now_s: float) -> None:
        self._from_s = inf
        self._clear(now_s)

    def restart(self, now_s: float) -> None:
        """The person answered: count afresh."""
        if self._from_s < inf:
            self._from_s = now_s
            self._clear(now_s)

    def on_sample(self, now_s: float, moved_s: float, *, after_gap: bool) -> None:
        """`moved_s` is when motion was last seen; `after_gap`: over 1 s without samples."""
        if moved_s > self._from_s:
            self._from_s = moved_s
            self._clear(now_s)
        if after_gap:
            self._gap_s = now_s
            if self._priority is None and self._from_s < inf:
                self._from_s = now_s
        still_s = now_s - self._from_s + TIME_EPSILON_S
        if still_s >= STILL_HIGH_S:
            self._say(now_s, Priority.HIGH)
        elif still_s >= STILL_MEDIUM_S:
            self._say(now_s, Priority.MEDIUM)

    def _say(self, now_s: float, priority: Priority) -> None:
        if priority is not self._priority:
            self._priority = priority
            detail = (
                f"still for {STILL_HIGH_S if priority is Priority.HIGH else STILL_MEDIUM_S:.0f} s"
            )
            self._alarms.set(now_s, AlarmId.NO_MOVEMENT, True, priority=priority, detail=detail)

    def _clear(self, now_s: float) -> None:
        self._priority = None
        self._alarms.set(now_s, AlarmId.NO_MOVEMENT, False)
