# SPDX-License-Identifier: MIT
"""Asks serial ports whether a node is behind them.

By the protocol's own question and answer, never by what a USB chip calls itself: the same chips
sit in printers, modems and other boards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from upturn.transports.link import Ears
from upturn.transports.node_probe import Port, Probe
from upturn.transports.serial_link import SerialLink, open_link

HELLO_S = 1.5


def serial_probe(port: Port, host_s: Callable[[], float], *, threaded: bool = False) -> Probe:
    """Of one port, not asked yet."""

    async def reach(ears: Ears) -> SerialLink:
        return await open_link(port.device, ears, host_s, threaded=threaded)

    return Probe(port, reach)


async def probe_all(
    ports: Iterable[Port],
    host_s: Callable[[], float],
    *,
    wait_s: float,
    threaded: bool = False,
) -> list[Probe]:
    """All of them at once, in order; those with a node stay open."""
    probes = [serial_probe(port, host_s, threaded=threaded) for port in ports]
    try:
        await asyncio.gather(*(probe.find(wait_s) for probe in probes))
    except BaseException:
        for probe in probes:
            probe.close()
        raise
    return probes
