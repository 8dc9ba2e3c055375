# SPDX-License-Identifier: MIT
"""A node as a `LiveSource`, whatever carries it: one stream over one link after another.

How a link is found is the business of `run`, in whoever inherits. What was heard goes on where it
was over the next link, of whichever kind: the same node numbers its samples through.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from upturn.clock import Clock, HostClock
from upturn.core.commands import Command
from upturn.core.limits import Device, Profile
from upturn.core.mounting import Mounting
from upturn.core.sample import StreamInfo
from upturn.transports.link import Link
from upturn.transports.node_chunks import NodeChunks
from upturn.transports.node_keeper import NodeKeeper
from upturn.transports.source import Arrival, Chunk, LinkState, Wish
from upturn.wire.messages import Hello

STALLED_S = 1.0
"""Whoever receives does so four times a second; later than this the host stood still."""


class NodeSource(ABC):
    """A `LiveSource`, and the `Ears` of its links."""

    profile: str | None = None
    profile_where = ""

    def __init__(self, label: str, clock: Clock | None = None) -> None:
        self.info = StreamInfo()
        self.label = label
        self.on_state: Callable[[LinkState], None] = lambda _: None
        self.state = LinkState("not connected yet", well=False)
        self.clock = clock or HostClock()
        self._awake_s = self.clock.now_s()
        self._chunks = NodeChunks()
        self._queue: deque[Chunk] = deque()
        self._arrived = asyncio.Event()
        self._lost = asyncio.Event()
        self._keeper = NodeKeeper(self._chunks.stream, self.clock.now_s, self.show, self.note)

    @abstractmethod
    async def run(self) -> None:
        """Find a link, keep it, and find another, until cancelled."""

    @property
    def hello(self) -> Hello | None:
        """What the node has said of itself."""
        return self._chunks.stream.hello

    @property
    def name(self) -> str:
        """What the node is called; empty before it has said so."""
        return self._keeper.name

    def judge_by(self, profile: Profile, device: Device, mounting: Mounting | None) -> None:
        self._keeper.judge_by(profile, device)
        self._chunks.mounting = mounting

    def host_s(self) -> float:
        return self.clock.now_s()

    def axis_s(self, host_s: float) -> float:
        return self._chunks.axis_s(host_s)

    def wish(self, wish: Wish) -> None:
        self._keeper.wish(wish)

    def acknowledge(self) -> None:
        self._keeper.acknowledge()

    def arrived(self) -> Chunk | None:
        return self._queue.popleft() if self._queue else None

    async def receive(self, timeout_s: float) -> Chunk | None:
        self._awake_s = self.host_s()
        if not self._queue:
            self._arrived.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._arrived.wait()
        return self.arrived()

    def hear(self, arrival: Arrival) -> None:
        if arrival.host_s - self._awake_s > STALLED_S:
            arrival = arrival._replace(since_s=self._awake_s)
        self._awake_s = self.host_s()
        chunks, heard = self._chunks.take(arrival)
        if not self.is_ours():
            self.lost()
            return
        self._queue.extend(chunks)
        self._arrived.set()
        self._keeper.hear(heard)

    def is_ours(self) -> bool:
        """No other table has the node that is there, as far as it is known who that is."""
        return True

    def lost(self) -> None:
        self._lost.set()

    def begin(self, link: Link) -> None:
        """What is heard from now on comes over this link."""
        self._lost.clear()
        self._keeper.begin(link.where)
        link.ears = self

    async def keep(self, link: Link, silence_s: float | None = None) -> None:
        """Do the host's part until the link is lost, or the node was silent for that long."""
        keeping = asyncio.create_task(self._keeper.keep(link.send, silence_s), name="keeper")
        gone = asyncio.create_task(self._lost.wait(), name="lost")
        try:
            await asyncio.wait({keeping, gone}, return_when=asyncio.FIRST_COMPLETED)
            if keeping.done():
                await keeping
        finally:
            for task in (keeping, gone):
                task.cancel()
            await asyncio.wait({keeping, gone})
            await link.drain()
        if self._lost.is_set():
            self.show(LinkState(link.gone, well=False))

    def note(self, command: Command) -> None:
        """For the core, in its place among what has arrived."""
        host_s = self.host_s()
        chunk = Chunk(self.axis_s(host_s), [], (command,), arrival=Arrival(host_s))
        self._queue.append(chunk)
        self._arrived.set()

    def wait_for(self, whom: str, why: str) -> None:
        """There is no link, and why."""
        self.show(LinkState(f"waiting for {whom}: {why}", well=False))

    def show(self, state: LinkState) -> None:
        if state != self.state:
            self.state = state
            self.on_state(state)
