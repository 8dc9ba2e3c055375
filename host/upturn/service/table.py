# SPDX-License-Identifier: MIT
"""One table being watched: feeds its core by chunk or deadline and publishes what comes out.

The core is fed in one place and never waits for anybody. Between chunks it is ticked when it wants
to be, a little behind the clock, because samples of that age may still be on their way.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence

from upturn.core.commands import Command, HostStalled, SinkStatus
from upturn.core.events import Event, Noted
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.errors import RunError
from upturn.service.bus import Bus, Sink
from upturn.service.clock import Clock, HostClock, PacedClock
from upturn.transports.source import Chunk, Source

TICK_LAG_S = 0.1
NAP_S = 0.25
"""Longest sleep: a longer one that the host took is noticed."""
SHORTEST_NAP_S = 0.001
STALL_S = 3.0
READING_S = 1.0
DRAIN_S = 2.0

Observer = Callable[[float, float, Sequence[Event]], None]
"""Called with the time and the angle of the newest sample and the events of each chunk."""


class TableService:
    """Runs one source through one core, at a pace, into sinks."""

    def __init__(
        self,
        pipeline: Pipeline,
        source: Source,
        *,
        speed: float = 1.0,
        sinks: Sequence[Sink] = (),
        observer: Observer | None = None,
        recorder: Callable[[Chunk], None] | None = None,
        host: Clock | None = None,
    ) -> None:
        """`speed` is math.inf for as fast as it goes; `recorder` gets every chunk and command."""
        self.pipeline = pipeline
        self.ended = False
        self._source = source
        self._speed = speed
        self._bus = Bus(sinks, self._on_sink)
        self._observer = observer
        self._recorder = recorder
        self._recorder_fault: RunError | None = None
        self._host = host or HostClock()
        self._clock = PacedClock(speed, self._host) if math.isfinite(speed) else None
        self._start_s = 0.0
        self._next_s = math.inf
        self._reached_s = -math.inf
        self._shown_s = -math.inf

    def now_s(self) -> float:
        """On the samples' axis; a run that keeps no pace is as far as its newest sample.

        It never passes the next chunk: a host that is late has lost no sample by that.
        """
        newest_s = self.pipeline.last_sample_s
        newest_s = max(newest_s, self._reached_s)
        if self._clock is None or self.ended:
            return newest_s if math.isfinite(newest_s) else 0.0
        paced_s = self._start_s + self._clock.now_s()
        return max(min(paced_s, self._next_s), newest_s)

    def snapshot(self) -> Snapshot:
        return self.pipeline.snapshot(self.now_s())

    def command(self, command: Command) -> str | None:
        """Act on a command now; why it was refused, or None."""
        at_s = self.now_s()
        self._record(Chunk(at_s, [], (command,)))
        events = self.pipeline.command(command, at_s)
        self._publish(events)
        refusals = (e.text for e in events if isinstance(e, Noted))
        return next((text for text in refusals if text.startswith("acknowledge refused")), None)

    async def run(self) -> None:
        """Until the source ends or the run is cancelled; then all is delivered, within reason.

        Raises:
            RunError: the source or the recording failed, or a sink did not take everything.
        """
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(outlet.run(), name=f"sink {outlet.sink.name}")
                    for outlet in self._bus.outlets
                ]
                try:
                    await self._feed_all()
                finally:
                    self.ended = True
                    await self._bus.drained(DRAIN_S)
                for task in tasks:
                    task.cancel()
        except ExceptionGroup as group_of_faults:
            raise _first(group_of_faults) from None
        if problems := self._bus.undelivered():
            raise RunError("; ".join(problems))

    async def _feed_all(self) -> None:
        paced = self._clock is not None
        for number, chunk in enumerate(self._source.chunks(paced=paced)):
            if not number:
                self._start_s = chunk.samples[0][0] if chunk.samples else chunk.at_s
            await self._until(chunk.at_s)
            self._take(chunk)
            if self._recorder_fault is not None:
                raise self._recorder_fault

    async def _until(self, at_s: float) -> None:
        if self._clock is None:
            await asyncio.sleep(0)
            await self._bus.room(DRAIN_S)
            return
        self._next_s = at_s
        while (now_s := self.now_s()) < at_s:
            wake_s = min(at_s, max(now_s, self.pipeline.next_deadline_s() + TICK_LAG_S))
            nap_s = min(NAP_S, max(SHORTEST_NAP_S, (wake_s - now_s) / self._speed))
            before_s = self._host.now_s()
            await self._host.sleep(nap_s)
            overslept_s = self._host.now_s() - before_s - nap_s
            if overslept_s > STALL_S:
                self.command(HostStalled(overslept_s))
            self._publish(self.pipeline.tick(self.now_s() - TICK_LAG_S))

    def _take(self, chunk: Chunk) -> None:
        self._record(chunk)
        self._reached_s = max(self._reached_s, chunk.at_s)
        if chunk.samples or chunk.commands:
            events = self.pipeline.feed(chunk.samples)
        else:
            events = self.pipeline.tick(chunk.at_s)
        for command in chunk.commands:
            events += self.pipeline.command(command, chunk.at_s)
        self._publish(events)

    def _publish(self, events: list[Event]) -> None:
        self._bus.publish(events)
        if self._observer is not None:
            self._observer(self.pipeline.last_sample_s, self.pipeline.angle_deg, events)
        now_s = self.now_s()
        if self._bus.outlets and (events or now_s - self._shown_s >= READING_S):
            self._shown_s = now_s
            self._bus.show(self.pipeline.snapshot(now_s))

    def _record(self, chunk: Chunk) -> None:
        """A recording that fails ends the run, but not amid a key press."""
        if self._recorder is None or self._recorder_fault is not None:
            return
        try:
            self._recorder(chunk)
        except RunError as fault:
            self._recorder_fault = fault

    def _on_sink(self, status: SinkStatus) -> None:
        self.command(status)


def _first(group: ExceptionGroup[Exception]) -> Exception:
    fault: Exception = group
    while isinstance(fault, ExceptionGroup):
        fault = fault.exceptions[0]
    return fault
