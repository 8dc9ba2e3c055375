# SPDX-License-Identifier: MIT
"""`upturn check-config`: what is in force, and where each value came from."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from upturn.cli.commands import Subparsers, command_parser
from upturn.config import Config, load_config
from upturn.config.model import Value
from upturn.errors import EXIT_DONE


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(subparsers, "check-config")
    parser.add_argument("file", metavar="FILE", nargs="?", help="left out: your own config")
    parser.add_argument("--profile", metavar="NAME", help="as if given to 'run'")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    config = load_config(args.file)
    if args.profile is not None:
        config = config.with_profile(args.profile, "--profile")
    for line in _json(config) if args.json else _text(config):
        print(line)
    return EXIT_DONE


def _text(config: Config) -> Iterator[str]:
    yield "No config file: all is default" if config.file is None else f"{config.file}: good"
    yield ""
    key_width = max(len(setting.key) for setting in config.settings)
    value_width = max(len(_written(setting.value)) for setting in config.settings)
    for setting in config.settings:
        yield (
            f"{setting.key:<{key_width}}  {_written(setting.value):<{value_width}}  "
            f"{setting.origin}"
        )


def _json(config: Config) -> Iterator[str]:
    for setting in config.settings:
        yield json.dumps(
            {
                "kind": "setting",
                "key": setting.key,
                "value": setting.value,
                "origin": setting.origin,
            }
        )


def _written(value: Value) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}"
        case tuple():
            return "[" + ", ".join(f"{part:.6g}" for part in value) + "]"
        case _:
            return str(value)
