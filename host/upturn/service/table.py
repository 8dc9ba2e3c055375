# SPDX-License-Identifier: MIT
"""One table being watched: whatever drives it feeds its core; what comes out is published.

The core is fed in one place and never waits for anybody.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Protocol

from upturn.clock import Clock, HostClock
from upturn.core.commands import Command, SinkStatus
from upturn.core.events import Event, Noted
from upturn.core.past import Past
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.errors import RunError
from upturn.service.bus import Bus, Listener, Sink
from upturn.service.feeding import feed_chunk
from upturn.service.live import LiveDriver
from upturn.service.paced import PacedDriver
from upturn.transports.source import Chunk, LiveSource, Source

READING_S = 1.0
DRAIN_S = 2.0
ENDING_S = 1.0
"""Whoever lets go of a node has written down how the table stood sooner."""
LOOK_S = 0.05
RECORDING = "recording"
"""What a recording is called among the sinks."""


class Taken(Protocol):
    """How a table stood when it was last watched, and how long ago that was."""

    @property
    def past(self) -> Past: ...

    @property
    def gap_s(self) -> float:
        """At most."""
        ...

    @property
    def rested_s(self) -> float:
        """At least."""
        ...


class Earlier(Protocol):
    """Another watch of the table, which has not ended yet."""

    def lives(self) -> bool:
        """Now."""
        ...

    def left(self) -> Taken | None:
        """Once it lives no more."""
        ...


Observer = Callable[[float, float, Sequence[Event]], None]
"""Called with the time and the angle of the newest sample and the events of each chunk."""


class TableService:
    """Runs one source through one core, at its pace, into sinks."""

    def __init__(
        self,
        pipeline: Pipeline,
        source: Source | LiveSource,
        *,
        speed: float = 1.0,
        sinks: Sequence[Sink] = (),
        listeners: Sequence[Listener] = (),
        observer: Observer | None = None,
        recorder: Callable[[Chunk], None] | None = None,
        host: Clock | None = None,
        taken: Taken | None = None,
        earlier: Earlier | None = None,
    ) -> None:
        """`recorder` gets every chunk and command, until it fails: that is an alarm, not an end.

        `speed` is math.inf for as fast as it goes; it and `host` are of no matter to a live
        source, which keeps its own time. `taken` is what an earlier watch of the table left;
        what `earlier`, which lives yet, leaves is taken up before the first sample or never.
        """
        self.pipeline = pipeline
        self.ended = False
        self._bus = Bus(sinks, self._on_sink)
        self._listeners = list(listeners)
        self._observer = observer
        self._recorder = recorder
        self._taken = taken
        self._earlier = earlier
        self._shown_s = -math.inf
        self._reading_s = READING_S * min(speed, 1.0)  # of the axis; in host time never longer
        self._driver: LiveDriver | PacedDriver
        if isinstance(source, LiveSource):
            self._driver = LiveDriver(self, source)
        else:
            self._driver = PacedDriver(self, source, speed, host or HostClock())

    def now_s(self) -> float:
        """On the samples' axis."""
        return self._driver.now_s()

    def snapshot(self) -> Snapshot:
        return self.pipeline.snapshot(self.now_s())

    def command(self, command: Command) -> str | None:
        """Act on a command now; why it was refused, or None."""
        events = self.take(self._driver.moment(command))
        refusals = (e.text for e in events if isinstance(e, Noted) and e.refusal)
        return next(refusals, None)

    async def run(self) -> None:
        """Until the source ends or the run is cancelled; then all is delivered, within reason.

        Raises:
            RunError: the source failed, or a sink did not take everything.
        """
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(outlet.run(), name=f"sink {outlet.sink.name}")
                    for outlet in self._bus.outlets
                ]
                try:
                    self._take_up(self._taken)
                    await self._driver.drive()
                finally:
                    self.ended = True
                    await self._bus.drained(DRAIN_S)
                for task in tasks:
                    task.cancel()
        except ExceptionGroup as group_of_faults:
            raise _first(group_of_faults) from None
        if problems := self._bus.undelivered():
            raise RunError("; ".join(problems))

    def take(self, chunk: Chunk) -> list[Event]:
        """Record it, let the core judge it, publish what comes out."""
        self._look_for_its_end()
        fault = self._record(chunk)
        events = self._publish(feed_chunk(self.pipeline, chunk))
        if fault is not None:
            self.command(SinkStatus(RECORDING, working=False, reason=str(fault)))
        return events

    def tick(self, now_s: float) -> list[Event]:
        """Time has passed, up to `now_s`."""
        return self._publish(self.pipeline.tick(now_s))

    async def room(self) -> None:
        """Let a sink that has fallen far behind catch up."""
        await self._bus.room(DRAIN_S)

    async def alone(self) -> None:
        """Before the first sample: let an earlier watch that is ending end."""
        for _ in range(round(ENDING_S / LOOK_S)):
            self._look_for_its_end()
            if self._earlier is None:
                return
            await asyncio.sleep(LOOK_S)
        self._earlier = None

    def _look_for_its_end(self) -> None:
        earlier = self._earlier
        if earlier is None:
            return
        if self.pipeline.seen:
            self._earlier = None
        elif not earlier.lives():
            self._earlier = None
            self._take_up(earlier.left())

    def _take_up(self, taken: Taken | None) -> None:
        if taken is not None:
            self._publish(
                self.pipeline.resume(
                    taken.past, self.now_s(), gap_s=taken.gap_s, rested_s=taken.rested_s
                )
            )

    def _publish(self, events: list[Event]) -> list[Event]:
        self._bus.publish(events)
        if self._observer is not None:
            self._observer(self.pipeline.last_sample_s, self.pipeline.angle_deg, events)
        now_s = self.now_s()
        heard = self._bus.outlets or self._listeners
        if heard and (events or now_s - self._shown_s >= self._reading_s):
            self._shown_s = now_s
            snapshot = self.pipeline.snapshot(now_s)
            self._bus.show(snapshot)
            for listener in list(self._listeners):
                self._tell(listener, events, snapshot)
        return events

    def _tell(self, listener: Listener, events: list[Event], snapshot: Snapshot) -> None:
        try:
            listener.heard(events, snapshot)
        except Exception as fault:  # noqa: BLE001 - any fault of a listener is an alarm, not an end
            self._listeners.remove(listener)
            listener.end()
            reason = f"{type(fault).__name__}: {fault}"
            self.command(SinkStatus(listener.name, working=False, reason=reason))

    def _record(self, chunk: Chunk) -> RunError | None:
        """Why it failed just now: whoever is inverted is watched on without it."""
        if self._recorder is not None:
            try:
                self._recorder(chunk)
            except RunError as fault:
                self._recorder = None
                return fault
        return None

    def _on_sink(self, status: SinkStatus) -> None:
        self.command(status)


def _first(group: ExceptionGroup[Exception]) -> Exception:
    fault: Exception = group
    while isinstance(fault, ExceptionGroup):
        fault = fault.exceptions[0]
    return fault
