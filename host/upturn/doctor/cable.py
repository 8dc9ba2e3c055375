# SPDX-License-Identifier: MIT
"""Serial ports: whether there are any, whether they may be used, and which node is behind each.

The law: a port that somebody uses is not disturbed, and with a watch running none is opened at
all (`watch`).
"""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from upturn import __version__
from upturn.core.thresholds import BATTERY_LOW_PERCENT
from upturn.doctor import watch
from upturn.doctor.findings import Finding, not_well, note, ok, private, shaped
from upturn.doctor.scene import BLE, SERIAL, Scene, apart
from upturn.transports.node_probe import NOTHING, Port, Probe
from upturn.wire.messages import Hello, Measurement, Short
from upturn.wire.vocabulary import NO_FAULT, Trait, fault

if sys.platform != "win32":
    import grp

ASK_S = 5.0
"""A board that starts when its port is opened waits 3 s for who wants to install something."""
OPEN_S = 1.0
"""On top of it. One port that hangs must not cost what is known of the others."""
MEASUREMENT_S = 0.5
GROUPS = ("dialout", "uucp")
"""Who may use serial ports, on Debian and its like, and on Arch and its like."""
JOIN = "Run 'sudo usermod -aG {} $USER', and log in again"
RULES = (Path("/etc/udev/rules.d"), Path("/usr/lib/udev/rules.d"), Path("/lib/udev/rules.d"))
BUSY = "another program uses it"
MAY_NOT = "you may not use it"
"""What `serial_ports` says of a port in two cases that are judged here."""
NO_PORT = (
    "Plug a node in; if that changes nothing, try another cable, for some carry power only, and "
    "look whether your system needs a driver for the board"
)
FIRMWARE = "'upturn flash' puts this Upturn's firmware on it"
UPDATE = "Run 'upturn flash --only-firmware'; its calibration, name and pairings are kept"
_OURS = r"/dev/tty(USB|ACM|AMA|S)\d+|COM\d+"
"""Names of ports that tell nothing of whose they are."""


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
        return shaped(self.device, _OURS, "port")

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


@dataclass(frozen=True, slots=True)
class Access:
    is_posix: bool
    is_root: bool = False
    group: str = ""
    """Whose members may use serial ports here; empty: there is no such group."""
    in_group: bool = False
    """This process is."""
    listed: bool = False
    """The user is, as from the next login."""
    rule: bool = False
    """A udev rule of Upturn's gives the port to who sits at the computer."""
    shut: tuple[str, ...] = ()
    """Ports that are there and may not be used."""


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


def judge_nodes(facts: Ports) -> Iterable[Finding]:
    for one in facts.looked:
        if one.hello is not None:
            yield from _node(one, one.hello)
        elif one.device.startswith(BLE):
            words = private(f"{one.device}: {one.problem}", "a node that is not reached by radio")
            yield not_well(words, private(one.remedy, "what to do"))


async def look_at_access(scene: Scene) -> Access:
    ports = await scene.shared(_listed)
    return await apart(lambda: _access(ports))


def judge_access(facts: Access) -> Iterable[Finding]:
    if not facts.is_posix:
        return
    join = JOIN.format(facts.group or GROUPS[0])
    if facts.is_root:
        yield ok("root may use every port")
    elif facts.in_group:
        yield ok(f"you are in the group {facts.group}, which may use serial ports")
    elif facts.rule and not facts.shut:
        yield ok("Upturn's udev rule gives boards to who sits at this computer")
    elif facts.listed:
        tell = not_well if facts.shut else note
        yield tell(
            f"you were put into the group {facts.group}, and this login began before",
            "Log out and in again, or start the computer anew",
        )
    elif facts.shut:
        shut = ", ".join(shaped(port, _OURS, "port") for port in facts.shut)
        yield not_well(f"you may not use {shut}", join)
    elif facts.group:
        yield note(f"you are not in the group {facts.group}: a board's port may not open", join)


def _port(one: Looked) -> Finding:
    if one.hello is not None:
        return ok(f"{one.called}: {one.node} answers")
    if not one.asked:
        if one.may_use:
            return ok(f"{one.called}: is there")
        return not_well(f"{one.called}: {MAY_NOT}", JOIN.format(GROUPS[0]))
    words = f"{one.called}: {one.problem}"
    if one.problem == NOTHING:
        silent = f"If a node is there: switch it on, or put the firmware on it. {FIRMWARE}"
        return not_well(words, silent) if one.named else note(words, silent)
    if one.problem == BUSY and not one.named:
        return note(words, "If a node is behind it, end that program")
    return not_well(words, one.remedy or NO_PORT)


def _node(one: Looked, hello: Hello) -> Iterable[Finding]:
    called = one.node
    sensor = shaped(hello.sensor, r"[A-Z0-9]{2,12}", "sensor") if hello.sensor else "no sensor"
    battery = one.said.battery_percent if one.said is not None else None
    charge = f", battery {battery} %" if battery is not None else ""
    yield ok(f"{called}: {sensor} at {hello.rate_hz} Hz{charge}")
    if hello.fault != NO_FAULT or not hello.sensor:
        meaning = fault(hello.fault)
        of_sensor = meaning.of_sensor or not hello.sensor
        wires = "Look at the sensor's wires, and restart the node"
        anew = "Restart the node; if it stays so, run 'upturn flash' and 'upturn calibrate'"
        yield not_well(
            f"{called}: {meaning.words or 'it has no sensor'}", wires if of_sensor else anew
        )
    yield _firmware(called, hello.firmware)
    if hello.reset == "watchdog":
        yield note(
            f"{called}: it hung, and was started anew by its watchdog",
            "If that happens again, report it with 'upturn doctor --bundle FILE'",
        )
    if battery is not None and battery < BATTERY_LOW_PERCENT:
        yield note(f"{called}: its battery is low", "Charge it before the next session")
    if Trait.BUZZER not in hello.traits:
        yield note(
            f"{called}: without a buzzer it alarms by its light alone",
            "Rely on this computer's sound, and keep it near",
        )


def _firmware(called: str, firmware: str) -> Finding:
    """The protocol is the same, or it would not have answered; what else is new in it is not."""
    ours, theirs = _numbers(__version__), _numbers(firmware)
    words = f"{called}: firmware {shaped(firmware, r'[0-9.]{1,12}', 'version')}"
    if theirs is None or ours is None or theirs == ours:
        return ok(words) if theirs is not None else note(f"{words} is no release", FIRMWARE)
    if theirs < ours:
        return note(f"{words} is older than this Upturn, {__version__}", UPDATE)
    return note(
        f"{words} is newer than this Upturn, {__version__}", "Run 'pip install --upgrade upturn'"
    )


def _numbers(version: str) -> tuple[int, ...] | None:
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else None


async def _look(scene: Scene) -> Ports:
    named, by_radio = scene.named(SERIAL), scene.named(BLE)
    wanted = any(
        source is not None and source.startswith(SERIAL)
        for source in (scene.source, *(node.source for node in scene.settings().nodes))
    )
    facts = Ports(wanted=wanted, only_radio=bool(by_radio) and not wanted)
    if not scene.cable:
        return Ports(skipped="not asked, as you said")
    if scene.source is not None and scene.source.startswith(BLE):
        facts = Ports(skipped="not asked: one node is meant")
        listed: list[Port] = []
    else:
        listed = await scene.shared(_listed)
    watching = await scene.shared(watch.look)
    if watching.any:
        return Ports(
            tuple(_unasked(port, port.device in named) for port in listed),
            watching.why,
            facts.wanted,
        )
    probes = await _asked(scene, listed)
    looked = tuple(_looked(probe, probe.port.device in named) for probe in probes)
    return Ports(looked, facts.skipped, facts.wanted, facts.only_radio)


async def _listed(scene: Scene) -> list[Port]:
    """What the system lists, and what has a name and may be none of these, as a link is."""
    from upturn.transports.serial_ports import ports_here  # noqa: PLC0415 - it needs pyserial

    named = [Port(device) for device in scene.named(SERIAL)]
    if scene.source is not None and named:
        return named

    def others() -> list[Port]:
        real = {os.path.realpath(port.device) for port in named}
        return [port for port in ports_here() if os.path.realpath(port.device) not in real]

    return [*named, *await apart(others)]


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
    return Looked(port.device, named, asked=False, may_use=_may_use(port.device))


def _may_use(device: str) -> bool:
    return sys.platform == "win32" or os.access(device, os.R_OK | os.W_OK)


def _access(ports: Sequence[Port]) -> Access:
    if sys.platform == "win32":
        return Access(is_posix=False)
    found = next((entry for name in GROUPS if (entry := _group(name))), None)
    return Access(
        is_posix=True,
        is_root=os.geteuid() == 0,
        group=found.gr_name if found else "",
        in_group=found is not None and found.gr_gid in (os.getegid(), *os.getgroups()),
        listed=found is not None and _user() in found.gr_mem,
        rule=any(True for folder in RULES for _ in folder.glob("*upturn*.rules")),
        shut=tuple(p.device for p in ports if Path(p.device).exists() and not _may_use(p.device)),
    )


if sys.platform != "win32":

    def _group(name: str) -> grp.struct_group | None:
        try:
            return grp.getgrnam(name)
        except KeyError:
            return None


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return ""
