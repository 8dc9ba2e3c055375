# SPDX-License-Identifier: MIT
"""From the core to the sinks: a queue for each, so that none can hold up another or the core.

Readings are replaced by newer ones; alarms wait as long as it takes; other events wait in a bounded
queue whose oldest is given up first. A sink that fails is tried again and is reported meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from upturn.core.commands import SinkStatus
from upturn.core.events import AlarmChanged, Event
from upturn.core.snapshot import Snapshot

EVENTS_KEPT = 10_000
RETRY_S = 2.0

Report = Callable[[SinkStatus], None]


class Sink(Protocol):
    """Where events go. Whatever it raises is taken as its failure, but for `fatal` kinds."""

    name: str
    fatal: tuple[type[Exception], ...]
    """Failures after which the run is pointless and ends."""

    async def event(self, event: Event) -> None: ...

    async def reading(self, snapshot: Snapshot) -> None: ...


class Outlet:
    """One sink with its queue and the task that drains it."""

    def __init__(self, sink: Sink, report: Report, *, kept: int = EVENTS_KEPT) -> None:
        self.sink = sink
        self.dropped = 0
        """Events other than alarms that were given up."""
        self._report = report
        self._kept = kept
        self._events: deque[Event] = deque()
        self._reading: Snapshot | None = None
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._failing = False

    def put(self, events: Iterable[Event]) -> None:
        for event in events:
            if len(self._events) >= self._kept:
                self._give_up_one()
            self._events.append(event)
            self._idle.clear()
            self._wake.set()

    def show(self, snapshot: Snapshot) -> None:
        """The newest reading; one that nobody took yet is replaced."""
        self._reading = snapshot
        self._idle.clear()
        self._wake.set()

    async def run(self) -> None:
        """Drain for ever; ends only by cancellation or a fatal failure."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._events or self._reading is not None:
                await self._deliver_one()
            self._idle.set()

    async def drained(self, timeout_s: float) -> bool:
        """Wait until all is delivered; False if that takes too long."""
        try:
            await asyncio.wait_for(self._idle.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    async def _deliver_one(self) -> None:
        try:
            if self._events:
                await self.sink.event(self._events[0])
                self._events.popleft()
            elif self._reading is not None:
                reading, self._reading = self._reading, None
                await self.sink.reading(reading)
        except self.sink.fatal:
            raise
        except Exception as error:  # noqa: BLE001 - any fault of a sink is an alarm, not an end
            self._failing = True
            reason = " ".join(str(error).split()) or type(error).__name__
            self._report(SinkStatus(self.sink.name, working=False, reason=reason))
            await asyncio.sleep(RETRY_S)
        else:
            if self._failing:
                self._failing = False
                self._report(SinkStatus(self.sink.name, working=True))

    def _give_up_one(self) -> None:
        for index, event in enumerate(self._events):
            if not isinstance(event, AlarmChanged):
                del self._events[index]
                self.dropped += 1
                return


class Bus:
    """All outlets of a run."""

    def __init__(self, sinks: Iterable[Sink], report: Report) -> None:
        self.outlets = [Outlet(sink, report) for sink in sinks]

    def publish(self, events: Iterable[Event]) -> None:
        events = list(events)
        for outlet in self.outlets:
            outlet.put(events)

    def show(self, snapshot: Snapshot) -> None:
        for outlet in self.outlets:
            outlet.show(snapshot)

    async def drained(self, timeout_s: float) -> bool:
        done = [await outlet.drained(timeout_s) for outlet in self.outlets]
        return all(done)
