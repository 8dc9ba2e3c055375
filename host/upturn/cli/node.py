# SPDX-License-Identifier: MIT
"""`upturn node ACTION`: look at a node, by cable or by radio, and change it."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from upturn.cli import node_pairing
from upturn.cli.commands import Parser, Subparsers, command_parser
from upturn.cli.node_orders import BLE, SERIAL, Order, Outcome, carry_out
from upturn.cli.node_words import bthome_lines, probe_lines, probe_record
from upturn.config import Config, load_config
from upturn.config.model import fit_to_device
from upturn.core.alarm_table import Priority
from upturn.core.limits import DEVICES, DeviceKind
from upturn.errors import EXIT_DONE, InputError
from upturn.transports.node_limits import guarded_limits
from upturn.transports.node_probe import Probe
from upturn.transports.printable import printable
from upturn.wire import commands as wire
from upturn.wire.commands import BTHOME_KEY_BYTES
from upturn.wire.vocabulary import BthomeMode

RATES_HZ = (50, 100, 200)
NAME = re.compile(r"[A-Za-z0-9_-]{1,16}")
PRIORITIES = {priority.word: priority for priority in Priority}


@dataclass(frozen=True, slots=True)
class Action:
    help: str
    orders: Callable[[argparse.Namespace, Config], list[Order]]
    done: str
    """What has happened then, for people; empty: the node is shown as it is now."""
    lines: Callable[[Probe], list[str]] = probe_lines
    """How it is shown."""


def _says(*commands: wire.Command) -> Callable[[argparse.Namespace, Config], list[Order]]:
    return lambda _args, _config: [Order(command) for command in commands]


def _limits(args: argparse.Namespace, config: Config) -> list[Order]:
    device = DEVICES[DeviceKind(args.device)]
    profile = fit_to_device(config.profile_named(args.name, where="NAME"), device)
    limits = guarded_limits(profile, device)
    return [Order(limits.command, "limits", lambda hello: hello.limits == limits.numbers)]


def _settings(args: argparse.Namespace, _config: Config) -> list[Order]:
    orders = []
    name, rate_hz = args.name, args.rate
    if name is not None:
        if not NAME.fullmatch(name):
            raise InputError(
                f"{name!r} is no name of a node",
                where="--name",
                remedy="Take 1 to 16 of A-Z a-z 0-9 _ -",
            )
        orders.append(Order(wire.set_name(name), "name", lambda hello: hello.name == name))
    if rate_hz is not None:
        rate = wire.set_rate(rate_hz)
        orders.append(Order(rate, "rate", lambda hello: hello.rate_hz == rate_hz))
    return orders


def _bthome(args: argparse.Namespace, _config: Config) -> list[Order]:
    mode = BthomeMode[args.mode.upper()]
    key = b""
    if mode is BthomeMode.ENCRYPTED:
        key = _key(args.key) if args.key is not None else secrets.token_bytes(BTHOME_KEY_BYTES)
    elif args.key is not None:
        raise InputError("goes with 'encrypted' alone", where="--key", remedy="Leave it out")
    order = wire.set_bthome(mode, key)
    return [Order(order, "BTHome", lambda hello: hello.bthome == mode, key.hex())]


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != BTHOME_KEY_BYTES:
        raise InputError(
            "is no key",
            where="--key",
            remedy=f"Give {2 * BTHOME_KEY_BYTES} hexadecimal digits, or none for a new key",
        )
    return key


def _burst(args: argparse.Namespace, _config: Config) -> list[Order]:
    return [Order(wire.test_alarm(PRIORITIES[args.priority]))]


ACTIONS: dict[str, Action] = {
    "info": Action("show what it is and what it says", _says(), ""),
    "identify": Action("let it blink and beep for 3 s", _says(wire.IDENTIFY), "blinks and beeps"),
    "profile": Action("set the limits that it guards by itself", _limits, ""),
    "config": Action("show its settings, or change them", _settings, ""),
    "test-alarm": Action("let it sound one burst", _burst, "sounds"),
    "acknowledge": Action(
        "pause what it alarms by itself", _says(wire.ACKNOWLEDGE), "pauses its alarm"
    ),
    "maintenance": Action(
        "reset it into MicroPython's prompt, for installing",
        _says(wire.MAINTENANCE),
        "waits at its prompt; it guards nobody until it is reset",
    ),
    "power-off": Action("switch it off", _says(wire.POWER_OFF), "is off, where its board can be"),
    "bthome": Action(
        "choose what it tells everybody by radio, in the manner of BTHome",
        _bthome,
        "",
        bthome_lines,
    ),
    "forget-hosts": Action(
        "let it forget every computer that it is paired with",
        _says(wire.FORGET_HOSTS),
        "is paired with no computer any more; 'upturn node forget' forgets it here too",
    ),
}


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers, "node", epilog="A node that is being watched is busy: end that run first."
    )
    actions = parser.add_subparsers(metavar="ACTION", dest="action", required=True)
    parsers = {
        name: actions.add_parser(
            name, help=row.help, description=_sentence(row.help), allow_abbrev=False
        )
        for name, row in ACTIONS.items()
    }
    for action in parsers.values():
        _add_flags(action)
    node_pairing.add_parsers(actions)
    parsers["profile"].add_argument("name", metavar="NAME", help="see 'profiles'")
    parsers["profile"].add_argument(
        "--device",
        choices=[str(kind) for kind in DeviceKind],
        default=str(DeviceKind.TABLE),
        help="what the node is clipped to; table unless said",
    )
    parsers["config"].add_argument("--name", metavar="NAME", help="1 to 16 of A-Z a-z 0-9 _ -")
    parsers["config"].add_argument(
        "--rate",
        type=int,
        choices=RATES_HZ,
        help="samples a second",
        metavar="|".join(map(str, RATES_HZ)),
    )
    parsers["bthome"].add_argument(
        "mode",
        choices=[mode.name.lower() for mode in BthomeMode],
        metavar="|".join(mode.name.lower() for mode in BthomeMode),
        help="what it tells: nothing, readable by all, or only by who has its key",
    )
    parsers["bthome"].add_argument(
        "--key", metavar="HEX", help="32 digits; else a new one is made"
    )
    parsers["test-alarm"].add_argument(
        "priority",
        nargs="?",
        choices=list(PRIORITIES),
        default=Priority.HIGH.word,
        metavar="PRIORITY",
        help="low, medium or high; high unless said",
    )


def run(args: argparse.Namespace) -> int:
    if args.action in node_pairing.ACTIONS:
        return node_pairing.run(args)
    config = load_config(args.config)
    action = ACTIONS[args.action]
    orders = action.orders(args, config)
    source = source_of(args.source, config)
    outcome = asyncio.run(carry_out(source, orders, show=not action.done))
    key = next((order.key for order in orders if order.key), "")
    if args.json and not action.done:
        record = probe_record(outcome.probe)
        print(json.dumps({**record, "key": key} if key else record))
    else:
        for line in _told(action, outcome, key):
            print(line)
    return EXIT_DONE


def source_of(text: str | None, config: Config) -> str | None:
    """Which node is meant, by `--source` or else by the config; None: whichever there is.

    Raises:
        InputError: it is none, or not the only one.
    """
    if text is None:
        sources = {node.source: "" for node in config.nodes if node.source is not None}
        named = [source for source in sources if source.startswith((SERIAL, BLE))]
        if not named:
            return None
        if len(named) > 1:
            names = ", ".join(map(printable, named))
            raise InputError(
                f"the config has several nodes ({names})",
                where="--source",
                remedy="Name one of these",
            )
        text = named[0]
    scheme, colon, rest = text.partition(":")
    if scheme + colon not in (SERIAL, BLE) or not rest.strip():
        raise InputError(
            f"a node is not reached by {text!r}",
            where="--source",
            remedy="Write serial:PORT, ble:NAME, serial:auto or ble:auto",
        )
    return f"{scheme}:{rest.strip()}"


def _add_flags(parser: Parser) -> None:
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        help="serial:PORT or ble:NAME, or serial:auto or ble:auto for the only one there is; "
        "else the config's node, else the only one on a cable, else the only one that is paired",
    )
    parser.add_argument("--config", metavar="FILE", help="read this config, not your own")
    parser.add_argument("--json", action="store_true", help="one JSON object, where it is shown")


def _told(action: Action, outcome: Outcome, key: str) -> list[str]:
    probe, before = outcome
    lines = [f"{probe.name} {action.done}"] if action.done else action.lines(probe)
    if key:
        lines.append(f"{'key':<12}{key}")
    if before:
        old, new = printable(before), probe.name
        lines.append(f"It was called {old}: a config with 'ble:{old}' needs 'ble:{new}' now")
    return lines


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
