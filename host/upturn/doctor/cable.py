# SPDX-License-Identifier: MIT
"""Serial ports: whether there are any, whether they may be used, and which node is behind each.

The law: a port that somebody uses is not disturbed, and with a watch running none is opened at
all (`watch`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from upturn.doctor import watch
from upturn.doctor.access import OURS, listed, may_use
from upturn.doctor.findings import Finding, not_well, note, ok, private, shaped
from upturn.doctor.scene import BLE, SERIAL, Scene, apart
from upturn.errors import UpturnError
from upturn.transports.node_probe import NOTHING, Port, Probe
from upturn.wire.messages import Hello, Measurement, Short

ASK_S = 5.0
"""A board that starts when its port is opened waits 3 s for who wants to install something."""
OPEN_S = 1.0
"""On top of it. One port that hangs must not cost what is known of the others."""
MEASUREMENT_S = 0.5
BUSY = "another program uses it"
"""What `serial_ports` says of such a port."""
MAY_NOT = "you may not use it"
NO_PORT = (
    "Plug a node in; if that changes nothing, try another cable, for some carry power only, and "
    "look whether your system needs a driver for the board"
)


@dataclass(frozen=True, slots=True)
class Looked:
    """One port, or one node by radio that was asked for."""

    device: str
    named: bool = False
    """By the config or the command line: it ought to be there."""
    asked: bool = True
    may_use: bool = True
    problem: str = ""
    remedy: str = ""
    hello: Hello | None = None
    said: Measurement | Short | None = None

    @property
    def called(self) -> str:
        return shaped(self.device, OURS, "port")

    @property
    def node(self) -> str:
        """What the node is called."""
        assert self.hello is not None
        return private(self.hello.name or self.hello.node_id, "node")


@dataclass(frozen=True, slots=True)
class Ports:
    looked: tuple[Looked, ...] = ()
    skipped: str = ""
    """Why no port was opened; empty: they were."""
    wanted: bool = False
    """The config or the command line wants a node on a cable."""
    only_radio: bool = False
    """All nodes that they name are reached by radio."""
    none_known: bool = False
    """Neither they nor a pairing name a node."""


async def look(scene: Scene) -> Ports:
    return await scene.shared(_look)


def judge_ports(facts: Ports) -> Iterable[Finding]:
    if facts.skipped:
        yield ok(f"ports are {facts.skipped}")
    if not facts.looked and not facts.skipped:
        if facts.wanted:
            yield not_well("there is no serial port", NO_PORT)
        elif facts.only_radio:
            yield ok("there is no serial port, and none is wanted")
        else:
            yield note("there is no serial port", f"{NO_PORT}. By Bluetooth none is needed")
    for one in facts.looked:
        if not one.device.startswith(BLE):
            yield _port(one)


def _port(one: Looked) -> Finding:
    if one.hello is not None:
        return ok(f"{one.called}: {one.node} answers")
    if not one.asked:
        if one.may_use:
            return ok(f"{one.called}: is there")
        return not_well(f"{one.called}: {MAY_NOT}", one.remedy)
    words = f"{one.called}: {one.problem}"
    if one.problem == NOTHING:
        silent = "If a node is there: switch it on, or put the firmware on it by 'upturn flash'"
        return not_well(words, silent) if one.named else note(words, silent)
    if one.problem == BUSY and not one.named:
        return note(words, "If a node is behind it, end that program")
    return not_well(words, one.remedy or NO_PORT)


async def _look(scene: Scene) -> Ports:
    named, by_radio = scene.named(SERIAL), scene.named(BLE)
    wanted = any(
        source is not None and source.startswith(SERIAL)
        for source in (scene.source, *(node.source for node in scene.settings().nodes))
    )
    facts = Ports(
        wanted=wanted,
        only_radio=bool(by_radio) and not wanted,
        none_known=await apart(lambda: _none_known(scene)),
    )
    if not scene.cable:
        return Ports(skipped="not asked, as you said")
    if scene.source is not None and scene.source.startswith(BLE):
        facts = Ports(skipped="not asked: one node is meant")
        here: list[Port] = []
    else:
        here = await scene.shared(listed)
    watching = await scene.shared(watch.look)
    if watching.any:
        return Ports(
            tuple(_unasked(port, port.device in named) for port in here),
            watching.why,
            facts.wanted,
        )
    probes = await _asked(scene, here)
    looked = tuple(_looked(probe, probe.port.device in named) for probe in probes)
    return replace(facts, looked=looked)


def _none_known(scene: Scene) -> bool:
    from upturn.transports.ble.known import KnownNodes  # noqa: PLC0415 - it may lack a package

    try:
        named = scene.source is not None or scene.reach.config().nodes
        return not (named or KnownNodes().all())
    except UpturnError:  # another finding tells which file is no good
        return False


async def _asked(scene: Scene, ports: Sequence[Port]) -> list[Probe]:
    from upturn.clock import HostClock  # noqa: PLC0415
    from upturn.transports.serial_probe import serial_probe  # noqa: PLC0415

    now_s = HostClock().now_s
    probes = [serial_probe(port, now_s) for port in ports]
    try:
        await asyncio.gather(*map(_find, probes))
        if scene.source is not None and scene.source.startswith(BLE) and scene.radio:
            probes.append(await _by_radio(scene.source.removeprefix(BLE)))
        found = [probe for probe in probes if probe.hello is not None]
        await asyncio.gather(*(probe.first_measurement(MEASUREMENT_S) for probe in found))
    finally:
        for probe in probes:
            probe.close()
    for probe in probes:
        await probe.closed()
    return probes


async def _find(probe: Probe) -> None:
    try:
        async with asyncio.timeout(ASK_S + OPEN_S):
            await probe.find(ASK_S)
    except TimeoutError:
        probe.problem = "it does not open in time"
        probe.remedy = "Plug the node out and in again"


async def _by_radio(name: str) -> Probe:
    from upturn.clock import HostClock  # noqa: PLC0415
    from upturn.transports.ble.bluetooth import this_bluetooth  # noqa: PLC0415
    from upturn.transports.ble.known import KnownNodes  # noqa: PLC0415
    from upturn.transports.ble.probe import ble_probe  # noqa: PLC0415

    probe = ble_probe(name, this_bluetooth(), KnownNodes(), HostClock().now_s)
    await probe.find(ASK_S)
    return probe


def _looked(probe: Probe, named: bool) -> Looked:
    return Looked(
        probe.port.device,
        named,
        problem=probe.problem,
        remedy=probe.remedy,
        hello=probe.hello,
        said=probe.said,
    )


def _unasked(port: Port, named: bool) -> Looked:
    from upturn.transports.serial_ports import permission_remedy  # noqa: PLC0415

    remedy = permission_remedy(port.device)
    return Looked(port.device, named, asked=False, may_use=may_use(port.device), remedy=remedy)
