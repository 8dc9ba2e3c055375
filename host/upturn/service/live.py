# SPDX-License-Identifier: MIT
"""Drives a table by a node on a link, in the host's own time.

What has arrived goes first, always: a host that stood still finds it waiting, and must not take
its own lateness for silence. Time that passes without an arrival is noted once a second and at the
end, so that a recording of silence is as long as the silence was.
"""

from __future__ import annotations

import asyncio

from upturn.core.alarm_table import Kind
from upturn.core.commands import Acknowledge, Command, HostStalled
from upturn.core.events import Event
from upturn.core.snapshot import AlarmView
from upturn.service.feeding import TICK_LAG_S
from upturn.service.paced import NAP_S, SHORTEST_NAP_S, STALL_S, Table
from upturn.transports.source import Arrival, Chunk, LiveSource, Wish

CATCH_UP_S = 0.05
"""After standing still: for a reader in a thread to hand over what has waited."""
IDLE_S = 1.0
WISH_S = 0.25


class LiveDriver:
    """One link until the run is cancelled."""

    def __init__(self, table: Table, source: LiveSource) -> None:
        self._table = table
        self._source = source
        self._noted_s = self._wished_s = self._end_s = source.host_s()
        self._acknowledged = False

    def now_s(self) -> float:
        host_s = self._end_s if self._table.ended else self._source.host_s()
        return self._source.axis_s(host_s)

    def moment(self, command: Command) -> Chunk:
        """A command, now; what has arrived before it is judged before it."""
        self._take_arrived()
        self._acknowledged |= isinstance(command, Acknowledge)
        return self._now((command,))

    async def drive(self) -> None:
        link = asyncio.create_task(self._source.run(), name="link")
        try:
            while not link.done():
                self._ask(await self._step())
            await link
        finally:
            link.cancel()
            await asyncio.wait({link})
            self._take_arrived()
            self._take(self._now())
            self._end_s = self._source.host_s()

    async def _step(self) -> list[Event]:
        source = self._source
        due_s = self._table.pipeline.next_deadline_s() + TICK_LAG_S
        nap_s = min(NAP_S, max(SHORTEST_NAP_S, due_s - self.now_s()))
        before_s = source.host_s()
        chunk = await source.receive(nap_s)
        overslept_s = source.host_s() - before_s - nap_s
        if overslept_s > STALL_S:
            chunk = chunk or await source.receive(CATCH_UP_S)
        if chunk is not None:
            if chunk.samples:
                await self._table.alone()
            events = self._take(chunk)
        elif source.host_s() - self._noted_s >= IDLE_S:
            events = self._take(self._now())
        else:
            events = self._table.tick(self.now_s() - TICK_LAG_S)
        if overslept_s > STALL_S:
            self._table.command(HostStalled(overslept_s))
        return events

    def _take_arrived(self) -> None:
        while chunk := self._source.arrived():
            self._take(chunk)

    def _take(self, chunk: Chunk) -> list[Event]:
        if chunk.arrival is not None:
            self._noted_s = chunk.arrival.host_s
        return self._table.take(chunk)

    def _now(self, commands: tuple[Command, ...] = ()) -> Chunk:
        host_s = self._source.host_s()
        return Chunk(self._source.axis_s(host_s), [], commands, arrival=Arrival(host_s))

    def _ask(self, events: list[Event]) -> None:
        """Keep the node's buzzer to what the alarms ask."""
        host_s = self._source.host_s()
        if events or self._acknowledged or host_s - self._wished_s >= WISH_S:
            self._wished_s = host_s
            shown = self._table.pipeline.snapshot(self.now_s())
            wish = wish_of(shown.alarms, inverted=shown.inverted)
            self._source.wish(wish)
            if self._acknowledged and wish.priority is None:
                self._source.acknowledge()  # nothing sounds here: nor what the node alarms itself
            self._acknowledged = False


def wish_of(alarms: tuple[AlarmView, ...], *, inverted: bool) -> Wish:
    """What the alarms ask of a node's buzzer.

    Trouble of the equipment sounds there only while somebody is inverted: else it would beep on
    the table for what only a person at the screen can mend, and be muted for good.
    """
    heard = [view for view in alarms if inverted or view.spec.kind is Kind.PERSON]
    sounding = [view.priority for view in heard if view.sounding]
    if sounding:
        return Wish(max(sounding))
    return Wish(paused=any(view.pause_left_s > 0.0 for view in heard))
