# SPDX-License-Identifier: MIT
"""Orders to one node: it is reached, does them, and says what it is then."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from upturn.clock import HostClock
from upturn.errors import RunError
from upturn.transports.ble.bluetooth import this_bluetooth
from upturn.transports.ble.choice import AUTO as ANY
from upturn.transports.ble.choice import choose
from upturn.transports.ble.known import KnownNodes
from upturn.transports.ble.probe import ble_probe
from upturn.transports.ble.trouble import BleError, Fact
from upturn.transports.in_use import HAS_IT, default_folder
from upturn.transports.node_probe import Port, Probe
from upturn.transports.node_talk import RefusedError
from upturn.transports.printable import printable
from upturn.transports.serial_ports import BUSY, ports_here
from upturn.transports.serial_probe import HELLO_S, probe_all, serial_probe
from upturn.transports.serial_source import AUTO
from upturn.wire import commands as wire
from upturn.wire.messages import Hello

SERIAL = "serial:"
BLE = "ble:"
NAMED_S = 6.0
"""A board that starts when its port is opened waits 3 s for who wants to install something."""
MEASUREMENT_S = 0.5
POSTURE_S = 3.0
NO_CABLE = "no node answers on any serial port"
SCAN = "See 'upturn scan'"
WATCHED = "another program watches it now, so it is not asked"
WATCHED_ONE = "another program watches one now, so that is not asked"
LATER = "What was done with it stays; try again when nobody watches it"
"""A watch is never to be ended for a look: a person may hang there."""
PERHAPS = "If that is a watch, let it be, and try again later; else end it, or name another port"


class Order(NamedTuple):
    """What to tell the node, and how to see in its HELLO that it has done so."""

    command: wire.Command
    what: str = ""
    is_done: Callable[[Hello], bool] = lambda _: True
    key: str = ""
    """What nobody else is told; shown once it is done."""


class Outcome(NamedTuple):
    probe: Probe
    """What is known of the node then."""
    name_before: str
    """What this computer's list of paired nodes called it, where that is another name now."""


async def carry_out(source: str | None, orders: list[Order], *, show: bool) -> Outcome:
    """Let a node do them all; `show`: what it measures is told too.

    Without `source` it is the only node on a cable, or else the only one that is paired.

    Raises:
        RunError: it is not reached, or does not do it.
    """
    try:
        probe = await reach(source)
    finally:
        await this_bluetooth().end()
    name_before = ""
    try:
        name = probe.name
        try:
            for order in orders:
                await _ask(probe, order.command)
            if show and orders:
                await _see_done(probe, orders)
        except RefusedError as error:
            raise RunError(f"{name}: {error}") from None
        if show:
            await probe.first_measurement(MEASUREMENT_S)
    finally:
        hello = probe.hello
        if hello is not None:  # whatever came of the orders
            name_before = KnownNodes().learn_name(hello.node_id, hello.name)
        probe.close()
        await probe.closed()
    return Outcome(probe, name_before)


async def reach(source: str | None) -> Probe:
    """The node of that source; None: the only one on a cable, or else the only one that is paired.

    Raises:
        RunError: it is not reached.
    """
    now_s = HostClock().now_s
    if source in (None, SERIAL + AUTO):
        on_cable = await _only_on_cable(now_s)
        if on_cable is not None:
            return on_cable
        if source is not None:
            raise RunError(
                f"{NO_CABLE}; {WATCHED_ONE}. {LATER}" if _is_watching() else f"{NO_CABLE}. {SCAN}"
            )
        source = BLE + _only_paired()
    if source.startswith(BLE):
        probe = ble_probe(source.removeprefix(BLE), this_bluetooth(), KnownNodes(), now_s)
    else:
        probe = serial_probe(Port(source.removeprefix(SERIAL)), now_s)
    if not await probe.find(NAMED_S):
        raise RunError(f"{printable(probe.port.device)}: {_why(probe)}")
    return probe


async def _ask(probe: Probe, command: wire.Command) -> None:
    """What ends a watch a node refuses before it knows that nobody is upside down.

    Raises:
        RefusedError: it does not do it.
    """
    try:
        await probe.talk.ask(command)
    except RefusedError:
        waits = command.verb in wire.ENDS_WATCH
        if not (waits and await probe.known_posture(POSTURE_S)):
            raise
        await probe.talk.ask(command)


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


async def _only_on_cable(now_s: Callable[[], float]) -> Probe | None:
    """None: no node answers on any cable."""
    probes = await probe_all(ports_here(), now_s, wait_s=HELLO_S)
    found = [probe for probe in probes if probe.hello is not None]
    if len(found) == 1:
        return found[0]
    for probe in found:
        probe.close()
    if found:
        names = ", ".join(f"{probe.name} on {probe.port.device}" for probe in found)
        raise RunError(f"several nodes answer: {names}. Name one: --source serial:PORT")
    return None


def _why(probe: Probe) -> str:
    """Why it is not reached, and what to do. That a port is busy does not tell by whom."""
    if probe.problem == HAS_IT or (probe.problem == BUSY and _is_watching()):
        return f"{WATCHED}. {LATER}"
    if probe.problem == BUSY:
        return f"{BUSY}. {PERHAPS}"
    return f"{probe.problem}. {probe.remedy or SCAN}"


def _is_watching() -> bool:
    """Whether a program of this user has a node now."""
    from upturn.doctor.watch import held_in

    return bool(held_in(default_folder()))


def _only_paired() -> str:
    try:
        return choose(ANY, KnownNodes()).name
    except BleError as fault:
        remedy = SCAN if fault.fact is Fact.PAIR_FIRST else fault.remedy
        raise RunError(f"{NO_CABLE}, and {fault.why}. {remedy}") from None
