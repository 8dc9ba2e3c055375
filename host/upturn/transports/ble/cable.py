# SPDX-License-Identifier: MIT
"""Notices that a node which is watched by radio is plugged in: it is asked, never guessed.

Opening a port can reset what sits behind it, a printer in its work for one. So a port is asked
once when it appears, for then somebody has just plugged it in; ports that were there before are
asked only while there is no radio link.
"""

from __future__ import annotations

from collections.abc import Callable

from upturn.clock import Clock, HostClock
from upturn.transports.node_probe import Port, Probe
from upturn.transports.serial_ports import ListPorts, ports_here
from upturn.transports.serial_probe import serial_probe

LOOK_S = 1.0
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
    ) -> None:
        self._clock = clock or HostClock()
        self._list_ports = list_ports
        self._hello_s = hello_s
        self._look_s = look_s
        self._asked: set[Port] = set()
        self._before: set[Port] | None = None
        """Were there when the watch began."""

    async def find(self, node_id: Callable[[], str | None], alone: Callable[[], bool]) -> Probe:
        """The node on a cable, its link open, once it is on one; `alone`: no radio carries it."""
        while True:
            wanted = node_id()
            ports = set(self._list_ports())
            if self._before is None:
                self._before = ports
            self._asked &= ports
            self._before &= ports
            for port in sorted(ports - self._asked) if wanted else ():
                if port in self._before and not alone():
                    continue
                self._asked.add(port)
                probe = serial_probe(port, self._clock.now_s)
                try:
                    answered = await probe.find(self._hello_s)
                except BaseException:
                    probe.close()
                    raise
                if answered and probe.hello is not None and probe.hello.node_id == wanted:
                    return probe
                probe.close()
            await self._clock.sleep(self._look_s)

    def forget(self, probe: Probe) -> None:
        """Its link has ended: it may be asked again while no radio carries the node."""
        self._asked.discard(probe.port)
        if self._before is not None:
            self._before.add(probe.port)
