# SPDX-License-Identifier: MIT
"""`upturn record`: watch a table and keep all that came in, commands too."""

from __future__ import annotations

import argparse
from pathlib import Path

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.judging import add_source, open_judged_source
from upturn.cli.memory import add_store
from upturn.cli.options import add_common
from upturn.cli.recordings import recorded
from upturn.cli.sound import add_sound, need_of
from upturn.cli.watch import check_terminal, watch
from upturn.cli.watch_plan import Watch
from upturn.cli.watched import place
from upturn.config import load_config
from upturn.transports.recording import Recorder


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers, "record", epilog="The file is what 'upturn replay' reads; .gz packs it."
    )
    add_source(parser)
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="file to make")
    add_common(parser)
    add_sound(parser)
    add_store(parser)


def run(args: argparse.Namespace) -> int:
    if not (args.headless or args.json):
        check_terminal()  # before a file is made
    judged = open_judged_source(args)
    recorder = Recorder(
        args.out,
        judged.source,
        judged.info,
        judged.profile.name,
        judged.device.kind,
        start_s=judged.start_s,
    )
    where = place(judged)
    what = Watch(
        [where],
        args.speed or 1.0,
        args.headless,
        args.json,
        recorder.piece,
        config=load_config(args.config),
        sound=need_of(args),
        silent=args.no_sound,
        remembers=True,
        user=args.user,
    )
    with recorded(what.config, args.out, where.key, live=where.live):
        try:
            code = watch(what)
        finally:
            recorder.close()
    if not args.json:
        print(f"recorded to {args.out}")
    return code
