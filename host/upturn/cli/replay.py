# SPDX-License-Identifier: MIT
"""`upturn replay FILE`: judge a recorded session again, by its own time."""

from __future__ import annotations

import argparse
import math
import re
import sys
from itertools import pairwise

from upturn.cli.commands import Subparsers, command_parser
from upturn.cli.judging import add_file, is_of_a_link, open_judged_file, tell_summary
from upturn.cli.options import MAX_SPEED, add_common
from upturn.core.events import Event, to_json
from upturn.errors import EXIT_DONE, InputError
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
    parser.add_argument(
        "--dashboard", action="store_true", help="go through it: pause, steps, speed, next event"
    )
    parser.add_argument(
        "--at", type=since, metavar="TIME", help="where to begin there: seconds, 1:35 or 1:02:03"
    )


def run(args: argparse.Namespace) -> int:
    on_dashboard = args.dashboard and not (args.headless or args.json)
    if args.at is not None and not on_dashboard:
        raise InputError("is for the dashboard", where="--at", remedy="Add --dashboard")
    judged = open_judged_file(args)
    if on_dashboard:
        from upturn.cli.replay_view import view

        return view(args, judged)
    speed = args.speed or MAX_SPEED
    if math.isfinite(speed):
        from upturn.cli.watch import watch
        from upturn.cli.watch_plan import Watch
        from upturn.cli.watched import place

        return watch(Watch([place(judged)], speed, headless=True, as_json=args.json))
    pipeline = judged.pipeline()
    for chunk in judged.source.chunks(paced=False):
        _write(feed_chunk(pipeline, chunk), as_json=args.json)
    tell_summary(args, pipeline, of_a_link=is_of_a_link(judged.source))
    return EXIT_DONE


def since(text: str) -> float:
    """Seconds from the beginning, of `95`, `1:35` or `1:02:03`."""
    found = re.fullmatch(r"(?:(?:([0-9]+):)?([0-9]+):)?([0-9]+(?:[.][0-9]*)?)", text)
    parts = found.groups() if found is not None else ()
    wraps = [float(part) for before, part in pairwise(parts) if before is not None and part]
    if not parts or any(part >= 60.0 for part in wraps):
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 95, 1:35 or 1:02:03")
    hours, minutes, seconds = (float(part or 0.0) for part in parts)
    return 3600.0 * hours + 60.0 * minutes + seconds


def _write(events: list[Event], *, as_json: bool) -> None:
    texts = (to_json(event) if as_json else line(event) for event in events)
    sys.stdout.writelines(f"{text}\n" for text in texts if text is not None)
