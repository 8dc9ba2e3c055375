# SPDX-License-Identifier: MIT
"""Whether data comes: the first sample, its loss and its return.

Freshness is the age of the newest sample, never a link's word. Loss is judged by the clock; only a
fresh sample is a return, so that a late burst of old ones is none.
"""

from __future__ import annotations

from math import inf

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.alarms import AlarmBook
from upturn.core.events import Event, Posture, SignalChanged
from upturn.core.thresholds import (
    NO_SIGNAL_YET_S,
    SIGNAL_LOST_S,
    SIGNAL_LOST_UPRIGHT_S,
    TIME_EPSILON_S,
)

_HEAD_DOWN = (Posture.INVERTED, Posture.OVER_ROTATED)


class SignalWatch:
    def __init__(self, alarms: AlarmBook, out: list[Event], *, awaits_first: bool) -> None:
        """`awaits_first`: time 0 is the start, and no sample by then + 15 s is an alarm."""
        self._alarms = alarms
        self._out = out
        self._awaits_first = awaits_first
        self._lost_from_s = -inf
        self.last_s = -inf
        """Time of the newest sample; -inf before the first."""
        self.lost = False
        self.off = False
        """The node was switched off in order: its silence is no loss."""

    def due_s(self, posture: Posture) -> float:
        """When silence becomes an alarm; inf while it cannot."""
        if self.last_s == -inf:
            return NO_SIGNAL_YET_S if self._awaits_first else inf
        if self.lost or self.off:
            return inf
        upright = posture is Posture.UPRIGHT
        return self.last_s + (SIGNAL_LOST_UPRIGHT_S if upright else SIGNAL_LOST_S)

    def tick(self, now_s: float, posture: Posture) -> None:
        """Raise what is due."""
        if now_s < self.due_s(posture) - TIME_EPSILON_S:
            return
        if self.last_s == -inf:
            self._awaits_first = False
            self._alarms.set(now_s, AlarmId.NO_SIGNAL_YET, True)
            return
        self.lost = True
        self._lost_from_s = self.last_s
        self._out.append(SignalChanged(now_s, lost=True, gap_s=now_s - self.last_s))
        priority = Priority.LOW if posture is Posture.UPRIGHT else Priority.HIGH
        self._alarms.set(
            now_s,
            AlarmId.SIGNAL_LOST,
            True,
            priority=priority,
            pausable=posture not in _HEAD_DOWN,
        )

    def on_sample(self, t_s: float, now_s: float) -> None:
        """A sample of `t_s` has come at `now_s`."""
        self.last_s = t_s
        self.off = self._awaits_first = False
        self._alarms.set(t_s, AlarmId.NO_SIGNAL_YET, False)
        if self.lost and t_s > now_s - SIGNAL_LOST_S:
            self.lost = False
            gap_s = t_s - self._lost_from_s
            self._out.append(SignalChanged(t_s, lost=False, gap_s=gap_s))
            self._alarms.set(t_s, AlarmId.SIGNAL_LOST, False)
