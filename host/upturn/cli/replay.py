# SPDX-License-Identifier: MIT
"""`upturn replay FILE`: judge a recorded session again, by its own time."""

from __future__ import annotations

import argparse
import math
import sys

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.judging import add_file, is_of_a_link, open_judged_file, tell_summary
from upturn.cli.options import MAX_SPEED, add_common
from upturn.core.events import Event, to_json
from upturn.errors import EXIT_DONE
from upturn.service.feeding import feed_chunk
from upturn.sinks.text import line


def add_parser(subparsers: Subparsers) -> None:
    parser = command_parser(
        subparsers,
        "replay",
        epilog="Headless and as fast as it goes unless told otherwise. "
        "With --json one object a line; README lists the kinds and their fields.",
    )
    add_file(parser)
    add_common(parser)
    parser.add_argument("--dashboard", action="store_true", help="show it on the dashboard")


def run(args: argparse.Namespace) -> int:
    judged = open_judged_file(args)
    on_dashboard = args.dashboard and not (args.headless or args.json)
    speed = args.speed or (1.0 if on_dashboard else MAX_SPEED)
    if on_dashboard or math.isfinite(speed):
        from upturn.cli.watch import Watch, watch
        from upturn.cli.watched import place

        return watch(Watch([place(judged)], speed, not on_dashboard, args.json))
    pipeline = judged.pipeline()
    for chunk in judged.source.chunks(paced=False):
        _write(feed_chunk(pipeline, chunk), as_json=args.json)
    tell_summary(args, pipeline, of_a_link=is_of_a_link(judged.source))
    return EXIT_DONE


def _write(events: list[Event], *, as_json: bool) -> None:
    texts = (to_json(event) if as_json else line(event) for event in events)
    sys.stdout.writelines(f"{text}\n" for text in texts if text is not None)
