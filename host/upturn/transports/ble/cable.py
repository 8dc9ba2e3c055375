# SPDX-License-Identifier: MIT
"""Notices that a node which is watched by radio is plugged in: it is asked, never guessed.

Opening a port can reset what sits behind it, a printer in its work for one. So a port is asked
when it appears, for then somebody has just plugged it in, and again only where it could not be
opened; ports that were there before are asked only while there is no radio link.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from upturn.clock import Clock, HostClock
from upturn.transports import serial_ports
from upturn.transports.node_probe import NOTHING, Port, Probe
from upturn.transports.serial_ports import ListPorts, ports_here
from upturn.transports.serial_probe import serial_probe

LOOK_S = 1.0
BUSY_S = 2.0
SILENT_S = 30.0
HELLO_S = 6.0
"""A board that starts when it is plugged in waits 3 s for who wants to install something."""


class Cable:
    """The serial ports, as one node's other way."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        list_ports: ListPorts = ports_here,
        hello_s: float = HELLO_S,
        look_s: float = LOOK_S,
        busy_s: float = BUSY_S,
        silent_s: float = SILENT_S,
    ) -> None:
        self._clock = clock or HostClock()
        self._list_ports = list_ports
        self._hello_s = hello_s
        self._look_s = look_s
        self._busy_s = busy_s
        self._silent_s = silent_s
        self._again_s: dict[Port, float] = {}
        """When a port that was asked may be asked again."""
        self._before: set[Port] | None = None
        """Were there when the watch began."""

    async def find(self, node_id: Callable[[], str | None], alone: Callable[[], bool]) -> Probe:
        """The node on a cable, its link open, once it is on one; `alone`: no radio carries it."""
        while True:
            wanted = node_id()
            ports = {port for port in self._list_ports() if port.device not in serial_ports.named}
            if self._before is None:
                self._before = ports
            self._before &= ports
            self._again_s = {port: at_s for port, at_s in self._again_s.items() if port in ports}
            for port in sorted(ports) if wanted else ():
                if port in self._before and not alone():
                    continue
                if self._clock.now_s() < self._again_s.get(port, -inf):
                    continue
                probe = await self._ask(port)
                if probe.hello is not None and probe.hello.node_id == wanted:
                    return probe
                self._again_s[port] = self._clock.now_s() + self._patience_s(probe, alone=alone())
                probe.close()
            await self._clock.sleep(self._look_s)

    def forget(self, probe: Probe) -> None:
        """Its link has ended: it may be asked again while no radio carries the node."""
        self._again_s.pop(probe.port, None)
        if self._before is not None:
            self._before.add(probe.port)

    async def _ask(self, port: Port) -> Probe:
        probe = serial_probe(port, self._clock.now_s)
        try:
            await probe.find(self._hello_s)
        except BaseException:
            probe.close()
            raise
        return probe

    def _patience_s(self, probe: Probe, *, alone: bool) -> float:
        """How long a port is left in peace that was asked for nothing."""
        if probe.hello is not None:
            return inf  # another node: who pulls it says that it may be another one next time
        if probe.problem != NOTHING:
            return self._busy_s  # another program looks at what was plugged in, or the system does
        return self._silent_s if alone else inf
