# SPDX-License-Identifier: MIT
"""What waits to be written: bounded, and never a reason to wait for whoever puts something in.

The law: of how a table stands only the newest is kept. Acts, alarms and inversions go before all
other events; what has to be given up, the oldest first, is counted.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from upturn.core.events import AlarmChanged, InversionEnded, InversionStarted
from upturn.core.past import Past
from upturn.store.moment import Moment
from upturn.store.told import Heard, Item

KEPT = 10_000
"""Calls of cores with nothing but notes and postures in them."""
PRECIOUS_KEPT = 20_000
ANGLES_KEPT = 14_400
"""Four hours of one table."""
GATHER_S = 0.005
"""What a core says and how it stands then are told one after the other; they go together."""
EVENT_S = 0.5
SLOW_S = 10.0

_PRECIOUS = (AlarmChanged, InversionStarted, InversionEnded)


@dataclass
class Batch:
    """By table key; items in order of their numbers."""

    items: list[tuple[int, str, Item]] = field(default_factory=list)
    pasts: dict[str, tuple[Moment, Past]] = field(default_factory=dict)
    angles: dict[str, list[tuple[float, int, float]]] = field(default_factory=dict)
    """On the core's axis, by wall clock in milliseconds, and degrees."""

    def __bool__(self) -> bool:
        return bool(self.items or self.pasts or self.angles)


class Inbox:
    def __init__(
        self, *, kept: int = KEPT, precious_kept: int = PRECIOUS_KEPT, pace: float = 1.0
    ) -> None:
        """`pace`: how many times as fast as the clock time passes for those who are watched."""
        self.given_up = 0
        """Items that were lost for want of room."""
        self._bounds = (kept, precious_kept)
        self._queues: tuple[deque[tuple[int, str, Item]], ...] = (deque(), deque())
        self._pasts: dict[str, tuple[Moment, Past]] = {}
        self._angles: dict[str, deque[tuple[float, int, float]]] = {}
        self._number = 0
        self._pace = pace
        self._due_s = float("inf")
        self._closed = False
        self._changed = threading.Condition()

    def put(self, key: str, item: Item, *, urgent: bool = False) -> None:
        with self._changed:
            self._number += 1
            self._add(self._number, key, item)
            self._wake(GATHER_S if urgent else EVENT_S)

    def past(self, key: str, moment: Moment, past: Past, *, urgent: bool) -> None:
        with self._changed:
            self._pasts[key] = (moment, past)
            self._wake(GATHER_S if urgent else SLOW_S)

    def angle(self, key: str, t_s: float, wall_ms: int, angle_deg: float) -> None:
        with self._changed:
            self._angles_of(key).append((t_s, wall_ms, angle_deg))
            self._wake(SLOW_S)

    def close(self) -> None:
        """Nothing is waited for any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        return self._closed

    def take(self) -> Batch:
        """All that waits, as soon as some of it is due, or when it is closed."""
        with self._changed:
            while not self._closed and (left_s := self._due_s - time.monotonic()) > 0.0:
                self._changed.wait(min(left_s, 3600.0))
            self._due_s = float("inf")
            items = sorted([*self._queues[0], *self._queues[1]], key=lambda item: item[0])
            batch = Batch(items, self._pasts, {k: list(v) for k, v in self._angles.items() if v})
            for queue in self._queues:
                queue.clear()
            self._pasts, self._angles = {}, {}
            return batch

    def put_back(self, batch: Batch) -> None:
        """It could not be written; what came meanwhile is newer."""
        with self._changed:
            newer = [*self._queues[0], *self._queues[1]]
            for queue in self._queues:
                queue.clear()
            for number, key, item in sorted([*batch.items, *newer], key=lambda item: item[0]):
                self._add(number, key, item)
            self._pasts = {**batch.pasts, **self._pasts}
            for key, angles in batch.angles.items():
                later = list(self._angles_of(key))
                self._angles[key].clear()
                self._angles[key].extend([*angles, *later])
            self._wake(GATHER_S)

    def rest(self, seconds: float) -> None:
        """Wait so long, or until it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, seconds)

    def _add(self, number: int, key: str, item: Item) -> None:
        precious = not isinstance(item, Heard) or any(
            isinstance(event, _PRECIOUS) for event in item.events
        )
        queue = self._queues[precious]
        queue.append((number, key, item))
        if len(queue) > self._bounds[precious]:
            queue.popleft()
            self.given_up += 1

    def _angles_of(self, key: str) -> deque[tuple[float, int, float]]:
        return self._angles.setdefault(key, deque(maxlen=ANGLES_KEPT))

    def _wake(self, within_s: float) -> None:
        due_s = time.monotonic() + within_s / self._pace
        if due_s < self._due_s:
            self._due_s = due_s
            self._changed.notify()


def urgent(events: Iterable[object]) -> bool:
    """A high alarm, or the beginning or end of an inversion: on the disk as soon as can be."""
    return any(
        isinstance(event, InversionStarted | InversionEnded)
        or (isinstance(event, AlarmChanged) and event.priority.word == "high")
        for event in events
    )
