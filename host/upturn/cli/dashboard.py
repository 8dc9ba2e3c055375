# SPDX-License-Identifier: MIT
"""`upturn dashboard`: tables of any machine, through the broker; in a terminal or a browser."""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import sys

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.mqtt_options import resolve_broker
from upturn.cli.mqtt_url import FORM, parse_port
from upturn.cli.sound import VARIABLE, Need, add_sound, sounding
from upturn.cli.stderr import write_line
from upturn.cli.watch import check_terminal
from upturn.config import Config, load_config
from upturn.errors import InputError
from upturn.sinks.mqtt.broker import Broker

WEB_PORT = 8000
SERVER = "UPTURN_WEB_SERVER"
"""Set for the process behind a tab, which has no terminal: the process that it is of."""
START = "from upturn.start import entry; entry()"


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "dashboard",
        epilog="It watches nobody itself: that does 'upturn run' on the host of the table.",
    )
    parser.add_argument(
        "--mqtt",
        metavar="URL",
        help=f"the broker: {FORM}; a password is better in MQTT_PASSWORD",
    )
    parser.add_argument(
        "--node",
        action="append",
        default=[],
        metavar="NAME",
        help="show this table only, by its name or its node's id; several are possible",
    )
    parser.add_argument(
        "--allow-commands",
        action="store_true",
        help="keys act on the table's host; without it this screen only shows",
    )
    parser.add_argument("--config", metavar="FILE", help="read this config, not your own")
    add_sound(parser)
    parser.add_argument(
        "--web",
        action="store_true",
        help="show it in a browser of this computer, without a login and without sound",
    )
    parser.add_argument("--port", metavar="N", help=f"of --web; {WEB_PORT} if left out")


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    broker = resolve_broker(args, config, os.environ)
    if broker is None:
        raise InputError(
            "no broker is named",
            where="dashboard",
            remedy="Pass --mqtt URL, set MQTT_HOST, or give the config an [mqtt]",
        )
    if args.web:
        return _serve(args, broker)
    if args.port is not None:
        raise InputError("is of --web", where="--port", remedy="Pass --web too")
    server = os.environ.get(SERVER, "")
    if not server.isdecimal():
        _check_terminal()
    return asyncio.run(_show(args, config, broker, int(server) if server.isdecimal() else None))


def _check_terminal() -> None:
    try:
        check_terminal()
    except InputError as error:
        raise InputError(error.what, remedy="Run it in one, or pass --web") from None


async def _show(
    args: argparse.Namespace, config: Config, broker: Broker, server: int | None
) -> int:
    from upturn.cli.remote_screen import show

    with sounding(config.sound, Need.VITAL, off=args.no_sound, asks=True) as sound:
        code, refused = await show(
            broker,
            wanted=tuple(args.node),
            allows_commands=args.allow_commands,
            sound=sound,
            settings=config.dashboard,
            server=server,
        )
    if refused:
        write_line(refused)
    return code


def _serve(args: argparse.Namespace, broker: Broker) -> int:
    """The tabs' processes get the address on their command line, and the login beside it."""
    port = WEB_PORT if args.port is None else parse_port(args.port, "--port")
    try:
        from upturn.remote.web.server import WebDashboard
    except ModuleNotFoundError as error:
        raise InputError(
            f"{error.name} is not installed", where="--web", remedy="pip install 'upturn[web]'"
        ) from None
    for name, value in (("USERNAME", broker.username), ("PASSWORD", broker.password)):
        os.environ.pop(f"MQTT_{name}", None)
        if value is not None:
            os.environ[f"MQTT_{name}"] = value
    os.environ |= {VARIABLE: "off", SERVER: str(os.getpid())}
    server = WebDashboard(tab_command(args, broker), port, write_line)
    return asyncio.run(server.run())


def tab_command(args: argparse.Namespace, broker: Broker) -> str:
    """For a shell, which makes way for it; there is no login in it."""
    words = [sys.executable, "-c", START, "dashboard", "--no-sound", "--mqtt", address_of(broker)]
    words += [f"--node={name}" for name in args.node]
    if args.config is not None:
        words.append(f"--config={args.config}")
    if args.allow_commands:
        words.append("--allow-commands")
    return f"exec {shlex.join(words)}"


def address_of(broker: Broker) -> str:
    """A URL without the login."""
    scheme = "mqtt" if broker.tls is None else "mqtts"
    host = f"[{broker.host}]" if ":" in broker.host else broker.host
    return f"{scheme}://{host}:{broker.port}"
