# SPDX-License-Identifier: MIT
"""`upturn setup`: from the box to READY, step by step; or one step alone, or how they stand."""

from __future__ import annotations

import argparse
import signal

from upturn.cli.commands import Subparsers, command_parser
from upturn.errors import InputError


def add_parser(subparsers: Subparsers) -> None:
    from upturn.setup.steps import NAMES

    parser = command_parser(
        subparsers,
        "setup",
        epilog="What is done is known from the config, the node and the store: leave whenever you "
        "like, and 'upturn setup' goes on from there. The exit code is 0 for READY, or for a step "
        "that is done, else 1.",
    )
    parser.add_argument(
        "step",
        nargs="?",
        choices=NAMES,
        metavar="STEP",
        help=f"that one alone: {', '.join(NAMES)}",
    )
    parser.add_argument("--list", action="store_true", help="say how each step stands, and end")
    parser.add_argument(
        "--simulated",
        action="store_true",
        help="without hardware: the firmware on a simulated table ('make node' in the project)",
    )
    parser.add_argument("--node", metavar="NAME", help="which node of the config, or a new one")
    parser.add_argument(
        "--source", metavar="SOURCE", help="where the node is: serial:PORT or ble:NAME"
    )
    parser.add_argument("--config", metavar="FILE", help="write this config, not your own")


def run(args: argparse.Namespace) -> int:
    from upturn.setup import path
    from upturn.setup.place import place_for
    from upturn.setup.steps import step_named

    if args.list and args.step is not None:
        raise InputError("tells of all steps", where="--list", remedy="Leave STEP out")
    place = place_for(args.config, args.node, args.source, is_simulated=args.simulated)
    place.node()  # what the config has wrong is said now, and not in the middle
    place.known_source()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if args.list:
            return path.tell(place)
        if args.step is not None:
            return path.go_through(step_named(args.step), place)
        return path.go(place)
    except KeyboardInterrupt:
        path.tell_left(place)
        raise
    finally:
        signal.signal(signal.SIGINT, before)
