# SPDX-License-Identifier: MIT
"""`serial:PORT` and `serial:auto`: a node on a cable, watched for as long as it takes.

A port that is lost is opened again, with pauses that grow to 1 s; the stream goes on where it
was. `auto` asks every port, and stays with the node that it has found first: another one that
answers later may sit on another table.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from upturn.clock import Clock, HostClock
from upturn.core.commands import SinkStatus
from upturn.core.limits import Device, Profile
from upturn.core.mounting import Mounting
from upturn.core.sample import StreamInfo
from upturn.errors import InputError
from upturn.transports.node_chunks import NodeChunks
from upturn.transports.node_keeper import NodeKeeper
from upturn.transports.printable import printable
from upturn.transports.serial_link import SerialLink, open_link
from upturn.transports.serial_ports import ListPorts, PortError, ports_here
from upturn.transports.serial_probe import HELLO_S, NOTHING, Probe, probe_all
from upturn.transports.source import Arrival, Chunk, LinkState, LiveSource, Wish

AUTO = "auto"
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 1.0
"""Nobody waits for a node that is plugged in again in mid-inversion; a look costs little."""
STALLED_S = 1.0
"""Whoever receives does so four times a second; later than this the host stood still."""
SEARCH_AGAIN_S = 10.0
"""A node that was found and is silent this long may have come back on another port."""


class SerialSource:
    """A `LiveSource`."""

    profile: str | None = None
    profile_where = ""

    def __init__(
        self,
        device: str,
        *,
        clock: Clock | None = None,
        list_ports: ListPorts = ports_here,
        hello_s: float = HELLO_S,
        threaded: bool = False,
    ) -> None:
        """`device` may be `auto`."""
        self.info = StreamInfo()
        self.label = f"serial {printable(device.removeprefix('/dev/'))}"
        self.on_state: Callable[[LinkState], None] = lambda _: None
        self.state = LinkState("not connected yet", well=False)
        self._device = device
        self._clock = clock or HostClock()
        self._awake_s = self._clock.now_s()
        self._list_ports = list_ports
        self._hello_s = hello_s
        self._threaded = threaded
        self._chunks = NodeChunks()
        self._queue: deque[Chunk] = deque()
        self._arrived = asyncio.Event()
        self._lost = asyncio.Event()
        self._asking = False
        """Every port: told once, until a node is found."""
        self._keeper = NodeKeeper(
            self._chunks.stream, self._clock.now_s, self._set_state, self._note
        )

    def judge_by(self, profile: Profile, device: Device, mounting: Mounting | None) -> None:
        self._keeper.judge_by(profile, device)
        self._chunks.mounting = mounting

    def host_s(self) -> float:
        return self._clock.now_s()

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

    async def run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            link = await (self._search() if self._device == AUTO else self._open())
            if link is not None:
                pause_s = FIRST_PAUSE_S
                try:
                    await self._keep(link)
                finally:
                    link.close()
            await self._clock.sleep(pause_s)
            pause_s = min(2.0 * pause_s, LONGEST_PAUSE_S)

    def hear(self, arrival: Arrival) -> None:
        if arrival.host_s - self._awake_s > STALLED_S:
            arrival = arrival._replace(since_s=self._awake_s)
        self._awake_s = self.host_s()
        chunks, heard = self._chunks.take(arrival)
        self._queue.extend(chunks)
        self._arrived.set()
        self._keeper.hear(heard)

    def lost(self) -> None:
        self._lost.set()

    async def _keep(self, link: SerialLink) -> None:
        """Until the device is gone, or the one that was searched for is silent for long."""
        silence_s = SEARCH_AGAIN_S if self._device == AUTO else None
        keeping = asyncio.create_task(self._keeper.keep(link.write, silence_s), name="keeper")
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
            self._set_state(LinkState(f"{printable(link.device)} is gone", well=False))

    async def _open(self) -> SerialLink | None:
        self._lost.clear()
        try:
            link = await open_link(self._device, self, self.host_s, threaded=self._threaded)
        except PortError as error:
            self._wait_for(printable(self._device), f"{error.why}. {error.remedy}")
            return None
        self._keeper.begin(link.device)
        return link

    async def _search(self) -> SerialLink | None:
        if not self._asking:
            self._asking = True
            self._wait_for(self._keeper.name or "a node", "asking every serial port")
        probes = await probe_all(
            self._list_ports(), self.host_s, wait_s=self._hello_s, threaded=self._threaded
        )
        found = [probe for probe in probes if probe.hello is not None]
        known = self._chunks.stream.hello
        if known is not None:
            fitting = [p for p in found if p.hello and p.hello.node_id == known.node_id]
        else:
            fitting = found
        for probe in found:
            if len(fitting) != 1 or probe is not fitting[0]:
                probe.close()
        if len(fitting) == 1:
            return self._adopt(fitting[0])
        self._wait_for(self._keeper.name or "a node", _why_none(probes, found))
        return None

    def _adopt(self, probe: Probe) -> SerialLink | None:
        """Go on with what a probe has found; what it has heard was heard now."""
        link = probe.link
        assert link is not None
        if probe.problem:
            link.close()
            self._wait_for(probe.name, f"{link.device}: {probe.problem}")
            return None
        self._asking = False
        self._lost.clear()
        self._keeper.begin(link.device)
        self.hear(Arrival(self.host_s(), b"".join(arrival.data for arrival in probe.arrivals)))
        link.ears = self
        return link

    def _note(self, status: SinkStatus) -> None:
        """For the core, in its place among what has arrived."""
        host_s = self.host_s()
        chunk = Chunk(self.axis_s(host_s), [], (status,), arrival=Arrival(host_s))
        self._queue.append(chunk)
        self._arrived.set()

    def _wait_for(self, whom: str, why: str) -> None:
        self._set_state(LinkState(f"waiting for {whom}: {why}", well=False))

    def _set_state(self, state: LinkState) -> None:
        if state != self.state:
            self.state = state
            self.on_state(state)


def _why_none(probes: list[Probe], found: list[Probe]) -> str:
    if len(found) > 1:
        names = ", ".join(f"{probe.name} on {probe.port.device}" for probe in found)
        return f"several answer ({names}). Name one: --source serial:PORT"
    if found:
        return f"only {found[0].name} answers, which is another. Restart to watch that one"
    known = [p for p in probes if p.problem != NOTHING]
    if known:
        return "; ".join(f"{p.port.device}: {p.problem}. {p.remedy}" for p in known)
    if not probes:
        return "there is no serial port. Plug it in"
    asked = ", ".join(probe.port.device for probe in probes)
    return f"none answers on {asked}. Check that it runs"


def open_source(text: str, *, skip_bad: bool = False) -> LiveSource:
    """The node on a port, or on whichever it is; `skip_bad` is of no meaning here.

    Raises:
        InputError: no port is named.
    """
    del skip_bad
    if not text.strip():
        raise InputError(
            "serial: names no port",
            remedy="Write serial:PORT, such as serial:/dev/ttyUSB0, or serial:auto",
        )
    return SerialSource(text.strip())
