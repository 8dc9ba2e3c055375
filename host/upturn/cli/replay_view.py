# SPDX-License-Identifier: MIT
"""`upturn replay FILE --dashboard`: to go through a session together."""

from __future__ import annotations

import argparse
import asyncio

from upturn.cli.judging import Judged, is_of_a_link, tell_summary
from upturn.cli.replay_feed import ReplayFeed
from upturn.cli.screen import Screen
from upturn.cli.stderr import write_line
from upturn.cli.watch import check_terminal
from upturn.clock import HostClock
from upturn.config import DashboardConfig, load_config
from upturn.dashboard.app import UpturnDashboard
from upturn.dashboard.painters.playback import moment
from upturn.errors import InputError
from upturn.service.playback import Player
from upturn.service.review import Review
from upturn.transports.replay import Recorded

LONG_BLOCKS = 20
"""Judging a file of so many blocks takes long enough to be noticed."""


def view(args: argparse.Namespace, judged: Judged[Recorded]) -> int:
    """Until the user leaves; the exit code.

    Raises:
        InputError: there is no terminal, nothing to be seen in the file, or no such time.
    """
    check_terminal()
    if judged.source.blocks() > LONG_BLOCKS:
        write_line(f"{args.file}: judging it once ahead")
    review = Review(judged.source, judged.pipeline)
    of_a_link = is_of_a_link(judged.source)
    code = 0
    if review.whole.seen or (of_a_link and review.end_s > review.begin_s):
        at_s = _start_s(args, review)
        player = Player(review, HostClock(), speed=args.speed or 1.0, at_s=at_s)
        settings = load_config(args.config).dashboard
        code = asyncio.run(_shown(ReplayFeed(player, judged.source.label), settings))
    tell_summary(args, review.whole, of_a_link=of_a_link)
    return code


def _start_s(args: argparse.Namespace, review: Review) -> float:
    if args.at is None:
        return review.first_s
    at_s: float = review.begin_s + args.at
    if at_s > review.end_s:
        end = moment(review.end_s - review.begin_s)
        raise InputError(
            f"{moment(args.at)} is after the end of {args.file}",
            where="--at",
            remedy=f"It is {end} long",
        )
    return at_s


async def _shown(feed: ReplayFeed, settings: DashboardConfig) -> int:
    screen = Screen(lambda: UpturnDashboard({"": feed}, playback=feed, settings=settings))
    playing = asyncio.create_task(feed.run(), name="playback")
    playing.add_done_callback(lambda _: screen.leave())
    try:
        code = await screen.show()
    finally:
        if not playing.done():
            playing.cancel()
    if playing.done():
        await playing
    return code or 0
