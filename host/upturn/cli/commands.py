# SPDX-License-Identifier: MIT
"""The commands as a table, so that help can list them without importing any.

A command's module has `add_parser(subparsers)`, which makes its parser by `command_parser`, and
`run(args) -> int`, which returns the exit code.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import NoReturn, Protocol, TypeAlias

from upturn.errors import InputError

Subparsers: TypeAlias = "argparse._SubParsersAction[Parser]"


@dataclass(frozen=True, slots=True)
class Command:
    module: str
    help: str


COMMANDS: dict[str, Command] = {
    "demo": Command("upturn.cli.demo", "watch a simulated table; no hardware, no set-up"),
    "run": Command("upturn.cli.run", "watch a table, or several"),
    "replay": Command("upturn.cli.replay", "judge a recorded session again"),
    "record": Command("upturn.cli.record", "write what a source delivers to a file"),
    "analyze": Command("upturn.cli.analyze", "sum up a recorded session"),
    "dashboard": Command(
        "upturn.cli.dashboard", "show the tables of any machine, through the broker"
    ),
    "setup": Command("upturn.cli.setup", "from the box to READY, step by step"),
    "flash": Command("upturn.cli.flash", "put MicroPython and Upturn's firmware on a board"),
    "calibrate": Command(
        "upturn.cli.calibrate", "teach a node how it sits on the table; prove it"
    ),
    "scan": Command("upturn.cli.scan", "look which nodes there are, by cable and by Bluetooth"),
    "node": Command(
        "upturn.cli.node", "look at a node, by cable or Bluetooth, and change it; pair it"
    ),
    "check": Command("upturn.cli.check", "the check before a session, and the question after it"),
    "history": Command("upturn.cli.history", "show your sessions by day and week"),
    "report": Command("upturn.cli.report", "make a page of a session, to read, print and hand on"),
    "export": Command("upturn.cli.export", "write what is stored for other programs; back it up"),
    "forget": Command("upturn.cli.forget", "delete all that is stored of somebody"),
    "doctor": Command(
        "upturn.cli.doctor", "look whether all that a watch needs is there and well"
    ),
    "service": Command("upturn.cli.service", "watch from the start of the computer on, for good"),
    "profiles": Command("upturn.cli.profiles", "list the limits, with their sources"),
    "check-config": Command(
        "upturn.cli.check_config", "check a config; say what is in force and who said so"
    ),
}


class CommandModule(Protocol):
    """What a command's module has to offer."""

    def add_parser(self, subparsers: Subparsers) -> object: ...
    def run(self, args: argparse.Namespace) -> int: ...


class Parser(argparse.ArgumentParser):
    """Refuses as everything else refuses: one line, what and what to do."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message, remedy=f"See '{self.prog} --help'")


def command_parser(subparsers: Subparsers, name: str, *, epilog: str = "") -> Parser:
    """The parser of one command, described as the table describes it."""
    text = COMMANDS[name].help
    return subparsers.add_parser(
        name,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=epilog or None,
        allow_abbrev=False,
    )
