# SPDX-License-Identifier: MIT
"""What happened when, for the chart: kept beside `History`, on the same axis of time, and bounded.

Time that falls takes back what was after it: a simulation that starts anew, a replay that is
turned back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from upturn.core.alarm_table import Priority
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionEnded,
    InversionStarted,
    SignalChanged,
)

MARKS_KEPT = 500


@dataclass(frozen=True, slots=True)
class Sign:
    shape: str
    """One character: the shapes differ, so that no colour is needed."""
    words: str
    short: str


class MarkKind(Enum):
    """The gravest first: of those that share a place the first is drawn."""

    HIGH = Sign("H", "high alarm", "high")
    LOST = Sign("x", "no data", "lost")
    MEDIUM = Sign("M", "medium", "med")
    BEGAN = Sign("▼", "inverted", "down")
    ENDED = Sign("▲", "up", "up")
    LOW = Sign("L", "low", "low")
    RESTORED = Sign("o", "data back", "back")
    ACKNOWLEDGED = Sign("a", "acknowledged", "ack")


ALARM_MARKS = {
    Priority.HIGH: MarkKind.HIGH,
    Priority.MEDIUM: MarkKind.MEDIUM,
    Priority.LOW: MarkKind.LOW,
}
_GRAVITY = {kind: place for place, kind in enumerate(MarkKind)}


@dataclass(frozen=True, slots=True)
class Mark:
    t_s: float
    kind: MarkKind

    @property
    def gravity(self) -> int:
        """0 is the gravest."""
        return _GRAVITY[self.kind]


class Marks:
    def __init__(self, kept: int = MARKS_KEPT) -> None:
        self._marks: deque[Mark] = deque(maxlen=kept)
        self._told_s = float("-inf")
        self.count = 0
        """Grows with every change: a chart that was painted before is out of date."""

    def read(self, event: Event) -> None:
        """Mark it, if it belongs into the chart."""
        if event.t_s < self._told_s:
            kept = [mark for mark in self._marks if mark.t_s <= event.t_s]
            self.count += len(self._marks) - len(kept)
            self._marks = deque(kept, self._marks.maxlen)
        self._told_s = event.t_s
        mark = _mark(event)
        if mark is not None:
            self._marks.append(mark)
            self.count += 1

    def since(self, from_s: float) -> Iterator[Mark]:
        return (mark for mark in self._marks if mark.t_s >= from_s)


def _mark(event: Event) -> Mark | None:
    match event:
        case InversionStarted():
            return Mark(event.since_s, MarkKind.BEGAN)
        case InversionEnded():
            return Mark(event.t_s, MarkKind.ENDED)
        case SignalChanged():
            return Mark(event.t_s, MarkKind.LOST if event.lost else MarkKind.RESTORED)
        case AlarmChanged(state=AlarmState.RAISED | AlarmState.ESCALATED):
            return Mark(event.t_s, ALARM_MARKS[event.priority])
        case AlarmChanged(state=AlarmState.ACKNOWLEDGED):
            return Mark(event.t_s, MarkKind.ACKNOWLEDGED)
        case _:
            return None
