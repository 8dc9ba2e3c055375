# SPDX-License-Identifier: MIT
"""`upturn node pair` and `forget`: this computer's side of a bond."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from upturn.cli.commands import Subparsers
from upturn.clock import HostClock
from upturn.errors import EXIT_DONE
from upturn.transports.ble.bluetooth import this_bluetooth
from upturn.transports.ble.choice import AUTO
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.ble.pairing import Pairing
from upturn.transports.printable import printable

BLE = "ble:"


class Act(NamedTuple):
    help: str
    argument: str
    carry_out: Callable[[Pairing, str], Awaitable[KnownNode]]
    done: str
    """What is so then, for people: `{}` is the node."""


ACTIONS: dict[str, Act] = {
    "pair": Act(
        "pair it with this computer, for Bluetooth",
        "its name, address or id, as 'upturn scan' shows them, also as ble:NAME; where there "
        "are several",
        Pairing.pair,
        "{} is paired: 'upturn run --source ble:{}' watches it",
    ),
    "forget": Act(
        "forget it on this computer; the node keeps its half until 'forget-hosts'",
        "its name, address or id, also as ble:NAME; where several are paired",
        Pairing.forget,
        "{} is forgotten",
    ),
}


def add_parsers(actions: Subparsers) -> None:
    for name, act in ACTIONS.items():
        parser = actions.add_parser(
            name,
            help=act.help,
            description=f"{act.help[0].upper()}{act.help[1:]}.",
            allow_abbrev=False,
        )
        parser.add_argument("node", metavar="NODE", nargs="?", default=AUTO, help=act.argument)


def run(args: argparse.Namespace) -> int:
    act = ACTIONS[args.action]
    node = asyncio.run(_carry_out(act, args.node.removeprefix(BLE).strip() or AUTO))
    print(act.done.replace("{}", printable(node.name)))
    return EXIT_DONE


async def _carry_out(act: Act, node: str) -> KnownNode:
    bluetooth = this_bluetooth()
    pairing = Pairing(bluetooth, KnownNodes(), HostClock().now_s, _say)
    try:
        return await act.carry_out(pairing, node)
    finally:
        await bluetooth.end()


def _say(words: str) -> None:
    print(words, flush=True)
