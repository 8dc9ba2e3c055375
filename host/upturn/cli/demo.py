# SPDX-License-Identifier: MIT
"""`upturn demo`: a simulated table through the whole pipeline; no hardware, no set-up."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.home import broker_is_asked_for, broker_of
from upturn.cli.judging import Judged
from upturn.cli.local_broker import local_broker
from upturn.cli.mqtt_options import add_mqtt
from upturn.cli.options import add_common, resolve_profile
from upturn.cli.sound import Need, add_sound
from upturn.cli.watch import check_terminal, watch
from upturn.cli.watch_plan import Watch
from upturn.cli.watched import Place
from upturn.config import load_config
from upturn.core.commands import Acknowledge
from upturn.core.limits import DEVICES, DeviceKind
from upturn.errors import InputError
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.host_id import claim_host_id
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource
from upturn.transports.source import Source

SCRIPT = "demo"
ROLE = "demo"
"""Part of its name at the broker: a demo is never taken for the computer's own watch."""
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
    add_mqtt(parser)
    add_sound(parser)
    parser.add_argument(
        "--broker",
        action="store_true",
        help="start a broker (mosquitto) on this machine for as long as the demo runs",
    )


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    profile = resolve_profile(args, None, config)

    def sessions() -> Iterator[Judged[Source]]:
        for seed in (0,) if args.once else count():
            simulation = simulate(SCRIPT, seed=seed)
            spotter_s = simulation.duration_s - SPOTTER_S
            simulation.commands.append((spotter_s, Acknowledge()))
            source = SimulatedSource(simulation)
            yield Judged(source, source.info, profile, DEVICES[DeviceKind.TABLE])

    speed = args.speed or SPEED
    with _broker(args) as broker:
        return watch(
            Watch(
                [Place(sessions)],
                speed,
                args.headless,
                args.json,
                broker=broker,
                leaves=args.once,
                config=config,
                sound=Need.NONE if args.headless or args.json else Need.NICE,
                silent=args.no_sound,
            )
        )


@contextmanager
def _broker(args: argparse.Namespace) -> Iterator[Broker | None]:
    if not args.broker:
        # The home of the config shall not be called for a simulated person.
        yield broker_of(args, ROLE) if broker_is_asked_for(args) else None
        return
    if args.mqtt is not None:
        raise InputError("has its own broker", where="--broker", remedy="Leave out --mqtt")
    if not (args.headless or args.json):
        check_terminal()  # before a broker is started for nothing
    with local_broker() as broker:
        yield replace(broker, id=claim_host_id(broker.id, ROLE))
