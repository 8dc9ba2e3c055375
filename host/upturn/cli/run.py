# SPDX-License-Identifier: MIT
"""`upturn run`: watch a table."""

from __future__ import annotations

import argparse

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.home import broker_of
from upturn.cli.judging import add_source, open_judged_source
from upturn.cli.mqtt_options import add_mqtt
from upturn.cli.options import add_common
from upturn.cli.watch import Watch, watch


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(subparsers, "run")
    add_source(parser)
    add_common(parser)
    add_mqtt(parser)


def run(args: argparse.Namespace) -> int:
    judged = open_judged_source(args)
    broker = broker_of(args)
    return watch(
        Watch(lambda: iter((judged,)), args.speed or 1.0, args.headless, args.json, broker=broker)
    )
