# SPDX-License-Identifier: MIT
"""`serial:PORT` and `serial:auto`: a node on a cable, watched for as long as it takes.

A port that is lost is opened again, with pauses that grow to 1 s; the stream goes on where it
was. `auto` asks every port, and stays with the node that it has found first: another one that
answers later may sit on another table.
"""

from __future__ import annotations

from upturn.clock import Clock
from upturn.errors import InputError
from upturn.transports import serial_ports
from upturn.transports.in_use import HAS_IT, REMEDY, InUse, default_folder
from upturn.transports.node_probe import NOTHING, Probe
from upturn.transports.node_source import NodeSource
from upturn.transports.printable import printable
from upturn.transports.serial_link import SerialLink, open_link
from upturn.transports.serial_ports import ListPorts, PortError, ports_here
from upturn.transports.serial_probe import HELLO_S, probe_all
from upturn.transports.source import Arrival, LiveSource

AUTO = "auto"
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 1.0
"""Nobody waits for a node that is plugged in again in mid-inversion; a look costs little."""
SEARCH_AGAIN_S = 10.0
"""A node that was found and is silent this long may have come back on another port."""


class SerialSource(NodeSource):
    """A `LiveSource`."""

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
        super().__init__(f"serial {printable(device.removeprefix('/dev/'))}", clock)
        self._device = device
        self._list_ports = list_ports
        self._hello_s = hello_s
        self._threaded = threaded
        self._asking = False
        """Every port: told once, until a node is found."""
        self._in_use: InUse | None = None

    async def run(self) -> None:
        serial_ports.named.add(self._device)
        try:
            await self._run()
        finally:
            serial_ports.named.discard(self._device)
            if self._in_use is not None:
                self._in_use.give_back()

    def is_ours(self) -> bool:
        if self.hello is None:
            return True
        node_id = self.hello.node_id
        if self._in_use is None or self._in_use.node_id != node_id:
            if self._in_use is not None:
                self._in_use.give_back()
            self._in_use = InUse(default_folder(), node_id)
        return self._in_use.try_take()

    async def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        silence_s = SEARCH_AGAIN_S if self._device == AUTO else None
        while True:
            if not self.is_ours():  # to open its port would have it heed this computer twice
                self.wait_for(self.name, f"{HAS_IT}. {REMEDY}")
                await self.clock.sleep(LONGEST_PAUSE_S)
                continue
            link = await (self._search() if self._device == AUTO else self._open())
            if link is not None:
                pause_s = FIRST_PAUSE_S
                try:
                    await self.keep(link, silence_s)
                finally:
                    link.close()
            await self.clock.sleep(pause_s)
            pause_s = min(2.0 * pause_s, LONGEST_PAUSE_S)

    async def _open(self) -> SerialLink | None:
        self._lost.clear()
        try:
            link = await open_link(self._device, self, self.host_s, threaded=self._threaded)
        except PortError as error:
            self.wait_for(printable(self._device), f"{error.why}. {error.remedy}")
            return None
        self._keeper.begin(link.where)
        return link

    async def _search(self) -> SerialLink | None:
        if not self._asking:
            self._asking = True
            self.wait_for(self.name or "a node", "asking every serial port")
        probes = await probe_all(
            self._list_ports(), self.host_s, wait_s=self._hello_s, threaded=self._threaded
        )
        found = [probe for probe in probes if probe.hello is not None]
        known = self.hello
        if known is not None:
            fitting = [p for p in found if p.hello and p.hello.node_id == known.node_id]
        else:
            fitting = found
        for probe in found:
            if len(fitting) != 1 or probe is not fitting[0]:
                probe.close()
        if len(fitting) == 1:
            return self._adopt(fitting[0])
        self.wait_for(self.name or "a node", _why_none(probes, found))
        return None

    def _adopt(self, probe: Probe) -> SerialLink | None:
        """Go on with what a probe has found; what it has heard was heard now."""
        link = probe.link
        assert isinstance(link, SerialLink)
        if probe.problem:
            link.close()
            self.wait_for(probe.name, f"{link.device}: {probe.problem}")
            return None
        self._asking = False
        self.begin(link)
        self.hear(Arrival(self.host_s(), probe.heard))
        return link


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
