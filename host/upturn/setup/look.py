# SPDX-License-Identifier: MIT
"""Which nodes can be found from here, by cable and by radio, and what one says of itself."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from upturn.cli.node_orders import Order, carry_out
from upturn.clock import HostClock
from upturn.errors import RunError
from upturn.transports.ble.bluetooth import this_bluetooth
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.ble.pairing import Pairing
from upturn.transports.ble.trouble import BleError
from upturn.transports.printable import printable
from upturn.transports.serial_ports import ports_here
from upturn.transports.serial_probe import HELLO_S, probe_all
from upturn.wire import commands as wire
from upturn.wire.messages import Hello

SIGHT_S = 5.0
"""By radio a node says within two seconds who it is and what it is called."""


class Found(NamedTuple):
    node_id: str
    name: str
    where: str
    """A serial port, or an address of Bluetooth."""
    by_cable: bool
    is_paired: bool = True

    @property
    def words(self) -> str:
        name = printable(self.name) or self.node_id
        way = "by cable on" if self.by_cable else "by Bluetooth at"
        return f"{name}, {way} {printable(self.where)}"


class Around(NamedTuple):
    """What can be found from here."""

    nodes: tuple[Found, ...] = ()
    no_radio: str = ""
    """Why nothing can be found by Bluetooth, and what to do; empty if it can."""

    @property
    def none(self) -> str:
        """What to say where there is no node."""
        if self.no_radio:
            return f"no node answers by cable, and by Bluetooth none is found: {self.no_radio}"
        return "no node answers by cable, and none is in sight by Bluetooth"


def reach(source: str) -> Hello:
    """What the node there says of itself.

    Raises:
        UpturnError: it cannot be asked, and why.
    """
    return tell(source, [])


def tell(source: str, orders: list[Order]) -> Hello:
    """The same, after it has carried out what it was told.

    Raises:
        UpturnError: it is not reached, or does not do it.
    """
    probe = asyncio.run(carry_out(source, orders, show=bool(orders))).probe
    if probe.hello is None:
        raise RunError(f"{source}: the node does not say what it is")
    return probe.hello


def identify(source: str) -> None:
    """Let it blink and beep.

    Raises:
        UpturnError: it is not reached, or does not do it.
    """
    tell(source, [Order(wire.IDENTIFY)])


def look_around() -> Around:
    """All that answer by cable, and all that are in sight by radio."""
    return asyncio.run(_look_around())


def pair(address: str) -> KnownNode:
    """Raises RunError: it is not found, not let, or not what it says."""
    return asyncio.run(_pair(address))


async def _look_around() -> Around:
    cable, (radio, no_radio) = await asyncio.gather(_by_cable(), _by_radio())
    return Around((*cable, *radio), no_radio)


async def _by_cable() -> list[Found]:
    probes = await probe_all(ports_here(), HostClock().now_s, wait_s=HELLO_S)
    for probe in probes:
        probe.close()
    return [
        Found(probe.hello.node_id, probe.hello.name, probe.port.device, by_cable=True)
        for probe in probes
        if probe.hello is not None
    ]


async def _by_radio() -> tuple[list[Found], str]:
    """And why there can be none: who has no cable has to hear of it."""
    paired = {node.node_id for node in KnownNodes().all()}
    bluetooth = this_bluetooth()
    try:
        seen = await bluetooth.sightings(SIGHT_S)
    except BleError as fault:
        return [], f"{fault.why}. {fault.remedy}"
    finally:
        await bluetooth.end()
    found = [
        Found(
            said.node_id, one.name, one.address, by_cable=False, is_paired=said.node_id in paired
        )
        for one in seen
        if (said := one.said) is not None
    ]
    return found, ""


async def _pair(address: str) -> KnownNode:
    bluetooth = this_bluetooth()
    pairing = Pairing(
        bluetooth, KnownNodes(), HostClock().now_s, lambda words: print(words, flush=True)
    )
    try:
        return await pairing.pair(address)
    finally:
        await bluetooth.end()
