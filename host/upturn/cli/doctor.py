# SPDX-License-Identifier: MIT
"""`upturn doctor`: all that a watch needs, looked at side by side; what to do stands below each.

It changes nothing, sounds nothing, and leaves a watch that runs in peace.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from typing import TYPE_CHECKING

from upturn.cli.commands import Subparsers, command_parser
from upturn.errors import EXIT_DONE, EXIT_FAILED, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from upturn.config import Config
    from upturn.doctor.cable import Ports
    from upturn.doctor.examine import Examined
    from upturn.doctor.scene import Calibrated, Reach, Scene
    from upturn.sinks.mqtt.broker import Broker

LOOKING = "Looking at all that a watch needs; it takes up to 10 s ..."


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "doctor",
        epilog="Serial ports are opened and asked, and Bluetooth is listened to, but neither "
        "while a watch runs. No sound is made. Ends with 0 if nothing is not well, else with 1.",
    )
    parser.add_argument(
        "--source", metavar="SOURCE", help="look at this node alone: serial:PORT or ble:NAME"
    )
    parser.add_argument("--config", metavar="FILE", help="read this config, not your own")
    parser.add_argument("--mqtt", metavar="URL", help="look at this broker, not the config's")
    parser.add_argument("--no-cable", action="store_true", help="open no serial port")
    parser.add_argument("--no-radio", action="store_true", help="leave Bluetooth alone")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        help="write all of it into this file for a bug report, without private data; - is stdout",
    )


def run(args: argparse.Namespace) -> int:
    from upturn.doctor.examine import is_well
    from upturn.doctor.told import lines, record

    alone = args.bundle is not None and _is_stdout(args.bundle)
    if alone and args.json:
        raise InputError(
            "goes not with --json: both would go to stdout",
            where="--bundle -",
            remedy="Name a file",
        )
    told = not (args.json or alone)
    if told and sys.stdout is not None and sys.stdout.isatty():
        print(LOOKING, flush=True)
    scene = _scene(args)
    examined, ports = asyncio.run(_look(scene))
    if told:
        for line in lines(examined):
            print(line)
    if args.bundle is not None:
        _write(args.bundle, examined, ports, scene)
    if args.json:
        print(json.dumps({**record(examined), "bundle": args.bundle}))
    elif told and args.bundle is not None:
        _tell(args.bundle)
    return EXIT_DONE if is_well(examined) else EXIT_FAILED


async def _look(scene: Scene) -> tuple[list[Examined], Ports]:
    from upturn.doctor import cable
    from upturn.doctor.examine import examine

    examined = await examine(scene)
    try:
        async with asyncio.timeout(0):  # it is there already, or will not be
            ports = await scene.shared(cable.look)
    except Exception:  # noqa: BLE001 - a finding says so
        ports = cable.Ports()
    return examined, ports


def _is_stdout(out: str) -> bool:
    from upturn.cli.stored import STDOUT  # of what may lack a package, which the doctor tells

    return out == STDOUT


def _write(out: str, examined: list[Examined], ports: Ports, scene: Scene) -> None:
    from upturn.cli.stored import write_out
    from upturn.doctor import bundle

    write_out(out, bundle.text(examined, ports, scene.settings(), scene.environ))


def _tell(file: str) -> None:
    from upturn.doctor.bundle import IN_IT, NOT_IN_IT

    print(f"\n{file} is written, for a bug report. In it:")
    for entry in IN_IT:
        print(f"  + {entry}")
    print("Not in it:")
    for entry in NOT_IN_IT:
        print(f"  - {entry}")
    print("Read it before you hand it on.")


def _scene(args: argparse.Namespace) -> Scene:
    from upturn.doctor.scene import Scene

    return Scene(
        _reach(args),
        os.environ,
        _source(args.source),
        cable=not args.no_cable,
        radio=not args.no_radio,
    )


def _source(text: str | None) -> str | None:
    from upturn.doctor.scene import BLE, SERIAL

    if text is None:
        return None
    scheme, colon, rest = text.partition(":")
    if scheme + colon not in (SERIAL, BLE) or not rest.strip():
        raise InputError(
            f"a node is not reached by {text!r}",
            where="--source",
            remedy="Write serial:PORT, ble:NAME, serial:auto or ble:auto",
        )
    return f"{scheme}:{rest.strip()}"


def _reach(args: argparse.Namespace) -> Reach:
    from upturn.doctor.scene import Reach

    def config() -> Config:
        from upturn.config import load_config

        return load_config(args.config)

    def broker() -> Broker | None:
        from upturn.cli.mqtt_options import resolve_broker
        from upturn.config import Config

        try:
            settings = config()
        except InputError:
            settings = Config()
        return resolve_broker(args, settings, os.environ)

    def store_path(settings: Config) -> Path:
        from upturn.cli.stored import store_path

        return store_path(settings)

    def calibrations() -> Mapping[str, Calibrated]:
        from upturn.cli.calibrations import records

        return records()

    return Reach(config, broker, store_path, calibrations)
