# SPDX-License-Identifier: MIT
"""`upturn service ACT`: a watch that starts with the computer, and again whatever ends it.

The law: every file that is written and every command that changes something is told; a second
`install` changes nothing, and `remove` leaves nothing behind.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from upturn.cli.commands import Parser, Subparsers, command_parser
from upturn.cli.service_acts import install, remove, status
from upturn.cli.service_udev import udev


@dataclass(frozen=True, slots=True)
class Act:
    help: str
    run: Callable[[argparse.Namespace], int]
    flags: tuple[str, ...] = ()
    """Of `FLAGS`."""


ACTS: dict[str, Act] = {
    "install": Act(
        "watch from the start of the computer on, by systemd",
        install,
        ("--system", "--config", "--as", "--no-linger", "--dry-run"),
    ),
    "status": Act("say whether it watches, and what", status, ("--system", "--json")),
    "remove": Act("end it, and leave nothing behind", remove, ("--system",)),
    "udev": Act(
        "let whoever sits here use the nodes' ports; Linux, as root",
        udev,
        ("--dry-run", "--remove"),
    ),
}

_FLAG = {"action": "store_true"}
FLAGS: dict[str, dict[str, str]] = {
    "--system": {**_FLAG, "help": "the whole computer's, as root; else your own"},
    "--config": {"metavar": "FILE", "help": "watch by this config, not your own"},
    "--as": {
        "dest": "user",
        "metavar": "NAME",
        "help": "with --system: whose settings, nodes and memory; else who called sudo",
    },
    "--no-linger": {**_FLAG, "help": "your own ends when you log out"},
    "--dry-run": {**_FLAG, "help": "show what would be written, and change nothing"},
    "--json": {**_FLAG, "help": "one JSON object"},
    "--remove": {**_FLAG, "help": "take it away again"},
}


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers, "service", epilog="'upturn service ACT --help' tells more."
    )
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)
    for name, act in ACTS.items():
        one = acts.add_parser(
            name,
            help=act.help,
            description=f"{act.help[0].upper()}{act.help[1:]}.",
            allow_abbrev=False,
        )
        for flag in act.flags:
            one.add_argument(flag, **FLAGS[flag])  # type: ignore[arg-type]


def run(args: argparse.Namespace) -> int:
    return ACTS[args.act].run(args)
