# SPDX-License-Identifier: MIT
"""`upturn run`: watch a table, or all tables of the config at once."""

from __future__ import annotations

import argparse

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.home import broker_of
from upturn.cli.judging import add_source, open_judged_sources
from upturn.cli.memory import add_store
from upturn.cli.mqtt_options import add_mqtt
from upturn.cli.options import add_common
from upturn.cli.sound import add_sound, need_of
from upturn.cli.watch import watch
from upturn.cli.watch_plan import Watch
from upturn.cli.watched import place
from upturn.config import load_config


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "run",
        epilog="Without --source and --node: every node of the config that has a source.",
    )
    add_source(parser, several=True)
    add_common(parser)
    add_mqtt(parser)
    add_sound(parser)
    add_store(parser)


def run(args: argparse.Namespace) -> int:
    places = [place(judged) for judged in open_judged_sources(args)]
    broker = broker_of(args)
    return watch(
        Watch(
            places,
            args.speed or 1.0,
            args.headless,
            args.json,
            broker=broker,
            config=load_config(args.config),
            sound=need_of(args),
            silent=args.no_sound,
            remembers=True,
            user=args.user,
        )
    )
