# SPDX-License-Identifier: MIT
"""`upturn node ACTION`: look at a node on its cable, and change it."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from upturn.cli.commands import Parser, Subparsers, command_parser
from upturn.cli.node_words import node_lines, node_record
from upturn.clock import HostClock
from upturn.config import Config, load_config
from upturn.config.model import fit_to_device
from upturn.core.alarm_table import Priority
from upturn.core.limits import DEVICES, DeviceKind
from upturn.errors import EXIT_DONE, InputError, RunError
from upturn.transports.node_limits import guarded_limits
from upturn.transports.node_talk import RefusedError
from upturn.transports.printable import printable
from upturn.transports.serial_ports import Port, ports_here
from upturn.transports.serial_probe import HELLO_S, Probe, probe_all
from upturn.transports.serial_source import AUTO
from upturn.wire import commands as wire
from upturn.wire.messages import Hello

SERIAL = "serial:"
NAMED_S = 6.0
"""A board that starts when its port is opened waits 3 s for who wants to install something."""
MEASUREMENT_S = 0.5
RATES_HZ = (50, 100, 200)
NAME = re.compile(r"[A-Za-z0-9_-]{1,16}")
PRIORITIES = {priority.word: priority for priority in Priority}


class Order(NamedTuple):
    """What to tell the node, and how to see in its HELLO that it has done so."""

    command: wire.Command
    what: str = ""
    is_done: Callable[[Hello], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Action:
    help: str
    orders: Callable[[argparse.Namespace, Config], list[Order]]
    done: str
    """What has happened then, for people; empty: the node is shown as it is now."""


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
    parsers["test-alarm"].add_argument(
        "priority",
        nargs="?",
        choices=list(PRIORITIES),
        default=Priority.HIGH.word,
        metavar="PRIORITY",
        help="low, medium or high; high unless said",
    )


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    action = ACTIONS[args.action]
    orders = action.orders(args, config)
    device = _device(args, config)
    probe = asyncio.run(_carry_out(device, orders, show=not action.done))
    if action.done:
        print(f"{probe.name} {action.done}")
    else:
        for line in _shown(probe, as_json=args.json):
            print(line)
    return EXIT_DONE


def _add_flags(parser: Parser) -> None:
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        help="serial:PORT, or serial:auto for the only one there is; "
        "else the config's serial node, else serial:auto",
    )
    parser.add_argument("--config", metavar="FILE", help="read this config, not your own")
    parser.add_argument("--json", action="store_true", help="one JSON object, where it is shown")


def _device(args: argparse.Namespace, config: Config) -> str:
    text = args.source
    if text is None:
        sources = [node.source for node in config.nodes if node.source is not None]
        named = [source for source in sources if source.startswith(SERIAL)]
        text = named[0] if len(named) == 1 else SERIAL + AUTO
    device = text.removeprefix(SERIAL).strip()
    if not text.startswith(SERIAL) or not device:
        raise InputError(
            f"a node is not reached by {text!r}",
            where="--source",
            remedy="Write serial:PORT or serial:auto",
        )
    return str(device)


async def _carry_out(device: str, orders: list[Order], *, show: bool) -> Probe:
    probe = await _reach(device)
    try:
        name = probe.name
        try:
            for order in orders:
                await probe.talk.ask(order.command)
            if show and orders:
                await _see_done(probe, orders)
        except RefusedError as error:
            raise RunError(f"{name}: {error}") from None
        if show:
            await probe.first_measurement(MEASUREMENT_S)
    finally:
        probe.close()
    return probe


async def _see_done(probe: Probe, orders: list[Order]) -> None:
    """The node answered that it has done it all: what does it say of itself now?

    Raises:
        RefusedError: something else, or nothing.
    """
    before = probe.hello
    await probe.talk.ask(wire.READ_INFO)
    hello = await probe.next_hello(before, HELLO_S)
    if hello is None:
        raise RefusedError("it does not say what it has set")
    unchanged = [order.what for order in orders if not order.is_done(hello)]
    if unchanged:
        raise RefusedError(f"it answers 'done' but has not changed its {' and '.join(unchanged)}")


async def _reach(device: str) -> Probe:
    now_s = HostClock().now_s
    if device == AUTO:
        probes = await probe_all(ports_here(), now_s, wait_s=HELLO_S)
        found = [probe for probe in probes if probe.hello is not None]
        if len(found) == 1:
            return found[0]
        for probe in found:
            probe.close()
        if found:
            names = ", ".join(f"{probe.name} on {probe.port.device}" for probe in found)
            raise RunError(f"several nodes answer: {names}. Name one by --source serial:PORT")
        raise RunError("no node answers on any serial port. See 'upturn scan'")
    probe = Probe(Port(device), now_s)
    if not await probe.find(NAMED_S):
        remedy = probe.remedy or "See 'upturn scan'"
        raise RunError(f"{device}: {probe.problem}. {remedy}")
    return probe


def _shown(probe: Probe, *, as_json: bool) -> Iterator[str]:
    hello = probe.hello
    assert hello is not None
    if as_json:
        record = {"port": probe.port.device, **node_record(hello, probe.said)}
        yield json.dumps(record)
    else:
        yield f"{'port':<12}{printable(probe.port.device)}"
        yield from node_lines(hello, probe.said)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
