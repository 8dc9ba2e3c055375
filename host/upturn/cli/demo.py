# SPDX-License-Identifier: MIT
"""`upturn demo`: a simulated table through the whole pipeline; no hardware, no set-up."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import count

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.judging import Judged
from upturn.cli.options import add_common, resolve_profile
from upturn.cli.watch import Watch, watch
from upturn.config import load_config
from upturn.core.commands import Acknowledge
from upturn.core.limits import DEVICES, DeviceKind
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource
from upturn.transports.source import Source

SCRIPT = "demo"
SPEED = 4.0
"""So that the limit is passed before a first-time viewer has gone."""
SPOTTER_S = 10.0
"""Before the end a simulated spotter acknowledges what a viewer has left standing."""


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "demo",
        epilog=f"Loops until stopped, {SPEED:g} times as fast as real time unless --speed says.",
    )
    add_common(parser)
    parser.add_argument("--once", action="store_true", help="end after one session")


def run(args: argparse.Namespace) -> int:
    profile = resolve_profile(args, None, load_config(args.config))

    def sessions() -> Iterator[Judged[Source]]:
        for seed in (0,) if args.once else count():
            simulation = simulate(SCRIPT, seed=seed)
            spotter_s = simulation.duration_s - SPOTTER_S
            simulation.commands.append((spotter_s, Acknowledge()))
            source = SimulatedSource(simulation)
            yield Judged(source, source.info, profile, DEVICES[DeviceKind.TABLE])

    speed = args.speed or SPEED
    return watch(Watch(sessions, speed, args.headless, args.json, leaves=args.once))
