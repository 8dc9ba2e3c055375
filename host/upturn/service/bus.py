# SPDX-License-Identifier: MIT
"""From the core to the sinks: a queue for each, so that none can hold up another or the core.

Readings are replaced by newer ones; alarms wait as long as it takes; other events wait in a
bounded queue whose oldest is given up first, and that is told. A sink that fails, or does not
answer, is reported, and what it did not take is tried again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable, Sequence
from typing import Protocol

from upturn.core.commands import SinkStatus
from upturn.core.events import AlarmChanged, Event
from upturn.core.snapshot import Snapshot

EVENTS_KEPT = 10_000
RETRY_S = 2.0
PATIENCE_S = 5.0
"""A sink that takes longer for one thing is reported."""


class Report(Protocol):
    def __call__(self, status: SinkStatus, /) -> None: ...


class Sink(Protocol):
    """Where events go. Whatever it raises is taken as its failure, but for `fatal` kinds."""

    name: str
    fatal: tuple[type[Exception], ...]
    """Failures after which the run is pointless and ends."""

    async def event(self, event: Event) -> None: ...

    async def reading(self, snapshot: Snapshot) -> None: ...


class Listener(Protocol):
    """What takes at once and never waits: it has a queue of its own, that outlives a session."""

    name: str

    def heard(self, events: Sequence[Event], snapshot: Snapshot) -> None:
        """What the core has said, and how the table stands after it; at least once a second."""
        ...

    def end(self) -> None:
        """Nothing more is heard."""
        ...


class Outlet:
    """One sink with its queue and the task that drains it."""

    def __init__(
        self,
        sink: Sink,
        report: Report,
        *,
        kept: int = EVENTS_KEPT,
        retry_s: float = RETRY_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.sink = sink
        self.dropped = 0
        """Events other than alarms that were given up."""
        self.failure = ""
        """Why it does not work now; empty while it does."""
        self._report = report
        self._kept = kept
        self._retry_s = retry_s
        self._patience_s = patience_s
        self._events: deque[Event] = deque()
        self._reading: Snapshot | None = None
        self._taken = 0
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._ended = False

    @property
    def waiting(self) -> int:
        """Events that were not taken yet."""
        return len(self._events)

    @property
    def crowded(self) -> bool:
        """Events may soon have to be given up."""
        return len(self._events) > self._kept // 2

    def put(self, events: Iterable[Event]) -> None:
        dropped = self.dropped
        for event in events:
            if len(self._events) >= self._kept:
                self._give_up_one()
            self._events.append(event)
            self._stir()
        if self.dropped > dropped:
            self._fails("it is too slow, and events were given up")

    def show(self, snapshot: Snapshot) -> None:
        """The newest reading; one that nobody took yet is replaced."""
        self._reading = snapshot
        self._stir()

    async def run(self) -> None:
        """Drain for ever; ends only by cancellation or a fatal failure."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._events or self._reading is not None:
                    await self._deliver_one()
                self._idle.set()
        finally:
            self._ended = True
            self._idle.set()

    async def drained(self, patience_s: float) -> bool:
        """Wait until all is delivered; False once nothing was for `patience_s`."""
        while not self._idle.is_set():
            taken = self._taken
            try:
                async with asyncio.timeout(patience_s):
                    await self._idle.wait()
            except TimeoutError:
                if self._taken == taken:
                    return False
        return True

    async def _deliver_one(self) -> None:
        try:
            if self._events:
                await self._deliver_event(self._events.popleft())
            elif self._reading is not None:
                reading, self._reading = self._reading, None
                await self._patiently(self.sink.reading(reading))
        except self.sink.fatal:
            raise
        except Exception as error:  # noqa: BLE001 - any fault of a sink is an alarm, not an end
            self._fails(" ".join(str(error).split()) or type(error).__name__)
            await asyncio.sleep(self._retry_s)
        else:
            self._taken += 1
            if self.failure and not self.crowded:
                self.failure = ""
                self._report(SinkStatus(self.sink.name, working=True))

    async def _deliver_event(self, event: Event) -> None:
        delivered = False
        try:
            await self._patiently(self.sink.event(event))
            delivered = True
        finally:
            if not delivered:
                self._events.appendleft(event)

    async def _patiently(self, act: Coroutine[object, object, None]) -> None:
        """Wait for it however long it takes, but tell when it takes too long."""
        task = asyncio.ensure_future(act)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._patience_s)
            if not done:
                self._fails(f"no answer for {self._patience_s:g} s")
            await task
        finally:
            task.cancel()

    def _fails(self, reason: str) -> None:
        if reason != self.failure:
            self.failure = reason
            self._report(SinkStatus(self.sink.name, working=False, reason=reason))

    def _stir(self) -> None:
        if not self._ended:
            self._idle.clear()
            self._wake.set()

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

    async def drained(self, patience_s: float) -> None:
        """Wait until all is delivered, or nothing was for that long."""
        for outlet in self.outlets:
            await outlet.drained(patience_s)

    async def room(self, patience_s: float) -> None:
        """Let a sink that has fallen far behind catch up."""
        for outlet in self.outlets:
            if outlet.crowded:
                await outlet.drained(patience_s)

    def undelivered(self) -> list[str]:
        """What each sink did not take, in words."""
        told = []
        for outlet in self.outlets:
            if missing := outlet.waiting + outlet.dropped:
                why = f" ({outlet.failure})" if outlet.failure else ""
                told.append(f"{outlet.sink.name}: {missing} events were not delivered{why}")
        return told
