# SPDX-License-Identifier: MIT
"""`upturn scan`: what is behind each serial port, and which nodes are in sight by Bluetooth."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Sequence
from typing import NamedTuple

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.node_words import node_line, node_record
from upturn.clock import HostClock
from upturn.errors import EXIT_DONE
from upturn.transports.ble.bluetooth import Sighting, this_bluetooth
from upturn.transports.ble.known import KnownNodes
from upturn.transports.ble.pairing import INVERTED
from upturn.transports.ble.trouble import BLUETOOTH, PAIR, BleError
from upturn.transports.node_probe import Probe
from upturn.transports.printable import printable
from upturn.transports.serial_ports import ports_here
from upturn.transports.serial_probe import HELLO_S, probe_all

MEASUREMENT_S = 0.5
"""A node that was spoken to measures aloud; its battery is told there."""
SIGHT_S = 5.0
"""By radio a node says within two seconds who it is and what it is called."""
NO_PORT = (
    "There is no serial port. Plug a node in; if that changes nothing, try another cable, for "
    "some carry power only, and look whether your system needs a driver for the board."
)
NO_NODE = (
    "No node answers. Look whether it is switched on, and end other programs that use its port. "
    "A new board gets its firmware by 'upturn flash'; 'upturn setup' leads through all of it."
)
LOOKING = "Looking for nodes for {:g} s ..."
NO_SIGHT = "No node is in sight by Bluetooth. Switch it on and go nearer."


COMMAND = "upturn node pair"
NAME = r"(?!auto$)[A-Za-z0-9_][A-Za-z0-9_-]*"


class Seen(NamedTuple):
    """What there is by Bluetooth, or why that is not known."""

    nodes: Sequence[Sighting]
    paired: frozenset[str]
    """Hardware ids of those that are."""
    problem: str = ""

    def word(self, one: Sighting) -> str:
        """What a person is to type for it: anybody may advertise any name."""
        names = [node.name for node in self.nodes]
        safe = re.fullmatch(NAME, one.name) and names.count(one.name) == 1
        return one.name if safe else one.address


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "scan",
        epilog="Every serial port is opened and asked; one that another program uses is not.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a port or node")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--serial", action="store_true", help="serial ports alone")
    ways.add_argument("--ble", action="store_true", help="Bluetooth alone")


def run(args: argparse.Namespace) -> int:
    if not args.json and not args.serial and sys.stdout is not None and sys.stdout.isatty():
        print(LOOKING.format(SIGHT_S), flush=True)
    probes, seen = asyncio.run(_scan(serial=not args.ble, ble=not args.serial))
    told = _json if args.json else _text
    for line in told(probes, seen):
        print(line)
    return EXIT_DONE


async def _scan(*, serial: bool, ble: bool) -> tuple[list[Probe] | None, Seen | None]:
    """None for a way that nobody asked for."""
    probing = asyncio.create_task(_ports()) if serial else None
    seen = await _sightings() if ble else None
    return (await probing if probing is not None else None), seen


async def _ports() -> list[Probe]:
    probes = await probe_all(ports_here(), HostClock().now_s, wait_s=HELLO_S)
    try:
        found = [probe for probe in probes if probe.hello is not None]
        await asyncio.gather(*(probe.first_measurement(MEASUREMENT_S) for probe in found))
    finally:
        for probe in probes:
            probe.close()
    return probes


async def _sightings() -> Seen:
    paired = frozenset(node.node_id for node in KnownNodes().all())
    bluetooth = this_bluetooth()
    try:
        nodes = await bluetooth.sightings(SIGHT_S)
    except BleError as fault:
        return Seen((), paired, f"{fault.why}. {fault.remedy}")
    finally:
        await bluetooth.end()
    return Seen([node for node in nodes if node.said is not None], paired)


def _json(probes: Sequence[Probe] | None, seen: Seen | None) -> list[str]:
    records: list[dict[str, object]] = [
        {
            "port": probe.port.device,
            "description": probe.port.description,
            "node": node_record(probe.hello, probe.said) if probe.hello else None,
            "problem": None if probe.hello else probe.problem,
        }
        for probe in probes or ()
    ]
    if seen is not None:
        records += [_sighting_record(node, seen) for node in seen.nodes]
        if seen.problem:
            records.append({"bluetooth": None, "problem": seen.problem})
    return [json.dumps(record) for record in records]


def _sighting_record(sighting: Sighting, seen: Seen) -> dict[str, object]:
    said = sighting.said
    assert said is not None
    return {
        "bluetooth": sighting.address,
        "name": sighting.name or None,
        "rssi_dbm": sighting.rssi,
        "paired": said.node_id in seen.paired,
        "id": said.node_id,
        "posture": str(said.posture),
        "pairing": said.pairing,
        "in_use": said.in_use,
        "calibrated": said.calibrated,
        "fault": said.fault,
        "battery_percent": said.battery_percent,
        "problem": None,
    }


def _text(probes: Sequence[Probe] | None, seen: Seen | None) -> list[str]:
    rows = [(probe.port.device, _words(probe)) for probe in probes or ()]
    if seen is not None:
        rows += [(node.address, _sighting_words(node, seen)) for node in seen.nodes]
        if seen.problem:
            rows.append((BLUETOOTH, seen.problem))
    width = max((len(where) for where, _ in rows), default=0)
    lines = [f"{where:<{width}}  {words}" for where, words in rows]
    if seen is not None and seen.nodes:
        return lines  # who has found a node by radio need not hear what to do about a cable
    if seen is not None and not seen.problem:
        lines.append(NO_SIGHT)
    if probes is not None and not probes:
        lines.append(NO_PORT)
    elif probes is not None and not any(probe.hello for probe in probes):
        lines.append(NO_NODE)
    return lines


def _words(probe: Probe) -> str:
    if probe.hello is None:
        return f"{probe.problem}. {probe.remedy}" if probe.remedy else probe.problem
    return f"{probe.name}: {node_line(probe.hello, probe.said)}"


def _sighting_words(sighting: Sighting, seen: Seen) -> str:
    said = sighting.said
    assert said is not None
    battery = said.battery_percent
    parts = [
        *(["INVERTED"] if said.posture in INVERTED else []),
        f"by Bluetooth at {sighting.rssi} dBm",
        *([] if said.calibrated else ["not calibrated"]),
        *([f"battery {battery} %"] if battery is not None else []),
        *(["a fault of its sensor"] if said.fault else []),
        *(["a computer is connected to it"] if said.in_use else []),
        _bond_words(sighting, seen),
    ]
    return f"{printable(sighting.name) or said.node_id}: {', '.join(parts)}"


def _bond_words(sighting: Sighting, seen: Seen) -> str:
    """Whether it is paired, and how that comes about."""
    said = sighting.said
    assert said is not None
    if said.node_id in seen.paired:
        return "paired, may be paired anew now" if said.pairing else "paired"
    if said.pairing:
        return f"not paired, may be paired now: run '{COMMAND} {seen.word(sighting)}'"
    if said.posture in INVERTED:
        return "not paired. Pair it when it is upright"
    if len(seen.nodes) > 1:
        return f"not paired. {PAIR.replace(COMMAND, f'{COMMAND} {seen.word(sighting)}')}"
    return f"not paired. {PAIR}"
