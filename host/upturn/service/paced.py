# SPDX-License-Identifier: MIT
"""Drives a table by simulated or replayed time, at a pace or as fast as it goes.

Between chunks the core is ticked when it wants to be, a little behind the clock, because samples
of that age may still be on their way.
"""

from __future__ import annotations

import asyncio
import math
from typing import Protocol

from upturn.clock import Clock, PacedClock
from upturn.core.commands import Command, HostStalled
from upturn.core.events import Event
from upturn.core.pipeline import Pipeline
from upturn.service.feeding import TICK_LAG_S
from upturn.transports.source import Chunk, Source

NAP_S = 0.25
"""Longest sleep: a longer one that the host took is noticed."""
SHORTEST_NAP_S = 0.001
STALL_S = 3.0


class Table(Protocol):
    """What a driver has in its hands."""

    pipeline: Pipeline
    ended: bool

    def take(self, chunk: Chunk) -> list[Event]:
        """Record it, let the core judge it, publish what comes out."""
        ...

    def tick(self, now_s: float) -> list[Event]: ...

    def command(self, command: Command) -> str | None: ...

    async def room(self) -> None:
        """Let a sink that has fallen far behind catch up."""
        ...

    async def alone(self) -> None:
        """Before the first sample: let an earlier watch of the table that is ending end."""
        ...


class PacedDriver:
    """One source from its first chunk to its last."""

    def __init__(self, table: Table, source: Source, speed: float, host: Clock) -> None:
        self._table = table
        self._source = source
        self._speed = speed
        self._host = host
        self._clock = PacedClock(speed, host) if math.isfinite(speed) else None
        self._start_s = 0.0
        self._next_s = math.inf
        self._reached_s = -math.inf

    def now_s(self) -> float:
        """A run that keeps no pace is as far as its newest sample.

        It never passes the next chunk: a host that is late has lost no sample by that.
        """
        newest_s = max(self._table.pipeline.last_sample_s, self._reached_s)
        if self._clock is None or self._table.ended:
            return newest_s if math.isfinite(newest_s) else 0.0
        paced_s = self._start_s + self._clock.now_s()
        return max(min(paced_s, self._next_s), newest_s)

    def moment(self, command: Command) -> Chunk:
        """A command, now."""
        return Chunk(self.now_s(), [], (command,))

    async def drive(self) -> None:
        paced = self._clock is not None
        for number, chunk in enumerate(self._source.chunks(paced=paced)):
            if not number:
                self._start_s = chunk.samples[0][0] if chunk.samples else chunk.at_s
            await self._until(chunk.at_s)
            self._reached_s = max(self._reached_s, chunk.at_s)
            self._table.take(chunk)

    async def _until(self, at_s: float) -> None:
        if self._clock is None:
            await asyncio.sleep(0)
            await self._table.room()
            return
        self._next_s = at_s
        while (now_s := self.now_s()) < at_s:
            wake_s = min(at_s, max(now_s, self._table.pipeline.next_deadline_s() + TICK_LAG_S))
            nap_s = min(NAP_S, max(SHORTEST_NAP_S, (wake_s - now_s) / self._speed))
            before_s = self._host.now_s()
            await self._host.sleep(nap_s)
            overslept_s = self._host.now_s() - before_s - nap_s
            if overslept_s > STALL_S:
                self._table.command(HostStalled(overslept_s))
            self._table.tick(self.now_s() - TICK_LAG_S)
