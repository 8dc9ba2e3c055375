# SPDX-License-Identifier: MIT
"""Orders to one node: it is reached, does them, and says what it is then."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from upturn.clock import HostClock
from upturn.errors import RunError
from upturn.transports.ble.bluetooth import this_bluetooth
from upturn.transports.ble.known import KnownNodes
from upturn.transports.ble.probe import ble_probe
from upturn.transports.node_probe import Port, Probe
from upturn.transports.node_talk import RefusedError
from upturn.transports.printable import printable
from upturn.transports.serial_ports import ports_here
from upturn.transports.serial_probe import HELLO_S, probe_all, serial_probe
from upturn.transports.serial_source import AUTO
from upturn.wire import commands as wire
from upturn.wire.messages import Hello

SERIAL = "serial:"
BLE = "ble:"
NAMED_S = 6.0
"""A board that starts when its port is opened waits 3 s for who wants to install something."""
MEASUREMENT_S = 0.5


class Order(NamedTuple):
    """What to tell the node, and how to see in its HELLO that it has done so."""

    command: wire.Command
    what: str = ""
    is_done: Callable[[Hello], bool] = lambda _: True
    key: str = ""
    """What nobody else is told; shown once it is done."""


async def carry_out(source: str, orders: list[Order], *, show: bool) -> Probe:
    """What is known of the node then; `show`: what it measures too.

    Raises:
        RunError: it is not reached, or does not do it.
    """
    try:
        probe = await _reach(source)
    finally:
        await this_bluetooth().end()
    try:
        name = probe.name
        try:
            for order in orders:
                await probe.talk.ask(order.command)
            if show and orders:
                await _see_done(probe, orders)
        except RefusedError as error:
            raise RunError(f"{name}: {error}") from None
        if show:
            await probe.first_measurement(MEASUREMENT_S)
    finally:
        probe.close()
        await probe.closed()
    return probe


async def _see_done(probe: Probe, orders: list[Order]) -> None:
    """The node answered that it has done it all: what does it say of itself now?

    Raises:
        RefusedError: something else, or nothing.
    """
    before = probe.hello
    await probe.talk.ask(wire.READ_INFO)
    hello = await probe.next_hello(before, HELLO_S)
    if hello is None:
        raise RefusedError("it does not say what it has set")
    unchanged = [order.what for order in orders if not order.is_done(hello)]
    if unchanged:
        raise RefusedError(f"it answers 'done' but has not changed its {' and '.join(unchanged)}")


async def _reach(source: str) -> Probe:
    now_s = HostClock().now_s
    if source == SERIAL + AUTO:
        probes = await probe_all(ports_here(), now_s, wait_s=HELLO_S)
        found = [probe for probe in probes if probe.hello is not None]
        if len(found) == 1:
            return found[0]
        for probe in found:
            probe.close()
        if found:
            names = ", ".join(f"{probe.name} on {probe.port.device}" for probe in found)
            raise RunError(f"several nodes answer: {names}. Name one by --source serial:PORT")
        raise RunError("no node answers on any serial port. See 'upturn scan'")
    if source.startswith(BLE):
        probe = ble_probe(source.removeprefix(BLE), this_bluetooth(), KnownNodes(), now_s)
    else:
        probe = serial_probe(Port(source.removeprefix(SERIAL)), now_s)
    if not await probe.find(NAMED_S):
        remedy = probe.remedy or "See 'upturn scan'"
        raise RunError(f"{printable(probe.port.device)}: {probe.problem}. {remedy}")
    return probe
