# SPDX-License-Identifier: MIT
"""`upturn scan`: what is behind each serial port."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.node_words import node_line, node_record
from upturn.clock import HostClock
from upturn.errors import EXIT_DONE
from upturn.transports.serial_ports import ports_here
from upturn.transports.serial_probe import HELLO_S, Probe, probe_all

MEASUREMENT_S = 0.5
"""A node that was spoken to measures aloud; its battery is told there."""
NO_PORT = (
    "There is no serial port. Plug a node in; if that changes nothing, try another cable, for "
    "some carry power only, and look whether your system needs a driver for the board."
)
NO_NODE = (
    "No node answers. Check that it is switched on and that its firmware is installed "
    "(firmware/README.md); end other programs that use its port."
)


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "scan",
        epilog="Every serial port is opened and asked; one that another program uses is not.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a port")


def run(args: argparse.Namespace) -> int:
    probes = asyncio.run(_scan())
    for line in _json(probes) if args.json else _text(probes):
        print(line)
    return EXIT_DONE


async def _scan() -> list[Probe]:
    probes = await probe_all(ports_here(), HostClock().now_s, wait_s=HELLO_S)
    try:
        found = [probe for probe in probes if probe.hello is not None]
        await asyncio.gather(*(probe.first_measurement(MEASUREMENT_S) for probe in found))
    finally:
        for probe in probes:
            probe.close()
    return probes


def _json(probes: Sequence[Probe]) -> list[str]:
    return [
        json.dumps(
            {
                "port": probe.port.device,
                "description": probe.port.description,
                "node": node_record(probe.hello, probe.said) if probe.hello else None,
                "problem": None if probe.hello else probe.problem,
            }
        )
        for probe in probes
    ]


def _text(probes: Sequence[Probe]) -> list[str]:
    width = max((len(probe.port.device) for probe in probes), default=0)
    lines = [f"{probe.port.device:<{width}}  {_words(probe)}" for probe in probes]
    if not probes:
        return [NO_PORT]
    return lines if any(probe.hello for probe in probes) else [*lines, NO_NODE]


def _words(probe: Probe) -> str:
    if probe.hello is None:
        return f"{probe.problem}. {probe.remedy}" if probe.remedy else probe.problem
    return f"{probe.name}: {node_line(probe.hello, probe.said)}"
