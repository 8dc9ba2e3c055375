# SPDX-License-Identifier: MIT
"""The dashboard of tables that other machines watch: their words, seen and heard."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from itertools import count

from upturn.cli.cores import Act
from upturn.cli.screen import Screen
from upturn.cli.sound import Sound, TableSound
from upturn.clock import HostClock
from upturn.config import DashboardConfig
from upturn.dashboard.app import UpturnDashboard
from upturn.dashboard.feed import Feed
from upturn.errors import EXIT_FAILED
from upturn.remote.feed import RemoteFeed
from upturn.remote.known import KnownTables
from upturn.remote.link import RemoteLink
from upturn.sinks.mqtt.broker import Broker

LOOK_S = 0.2
"""How often the sound hears how each table stands."""
SERVER_S = 1.0


async def show(
    broker: Broker,
    *,
    wanted: Sequence[str],
    allows_commands: bool,
    sound: Sound,
    settings: DashboardConfig,
    server: int | None = None,
) -> tuple[int, str]:
    """Until the user leaves; the exit code, and what of the broker was not understood.

    `server`: the process that it must not outlive.
    """
    clock = HostClock()
    link = RemoteLink(broker, clock.now_s, wanted=tuple(wanted), allows_commands=allows_commands)
    tables = link.tables
    tables.look()
    screen = Screen(lambda: UpturnDashboard(tables, sound=sound, settings=settings))
    tasks = {
        asyncio.create_task(link.run(), name="remote"),
        asyncio.create_task(_hear(tables, sound), name="remote sound"),
    }

    if server is not None:
        tasks.add(asyncio.create_task(_outlive(server), name="remote server"))

    def failed(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            tables.fail(f"this program has failed: {type(error).__name__}: {error}")

    for task in tasks:
        task.add_done_callback(failed)

    try:
        code = await screen.show()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    return code or 0, _summed_up(tables)


async def _outlive(server: int) -> None:
    """Nobody is left who would end this process, or see what it shows."""
    while True:
        await asyncio.sleep(SERVER_S)
        if os.getppid() != server:
            os._exit(EXIT_FAILED)


async def _hear(tables: KnownTables, sound: Sound) -> None:
    """Have every table heard here, and tables come and go.

    The desk tells them apart by numbers: a name may go from one table to another.
    """
    numbers = count(1)
    heard: dict[Feed, tuple[TableSound, int]] = {}
    while True:
        tables.look()
        present = dict(tables)
        for name, feed in present.items():
            if feed not in heard:
                table = sound.table(name, f"remote {next(numbers)}")
                if isinstance(feed, RemoteFeed):
                    table.begin(_act(feed))
                heard[feed] = table, feed.events_since(0)[0]
            table, seen = heard[feed]
            table.call(name)
            seen, events = feed.events_since(seen)
            heard[feed] = table, seen
            for listener in table.listeners():
                listener.heard(events, feed.snapshot())
        for gone in [feed for feed in heard if feed not in present.values()]:
            heard.pop(gone)[0].end()
        await asyncio.sleep(LOOK_S)


def _act(feed: RemoteFeed) -> Act:
    return feed.hear_sound


def _summed_up(tables: KnownTables) -> str:
    if not tables.refused:
        return ""
    noun = "message was" if tables.refused == 1 else "messages were"
    return f"mqtt: {tables.refused} {noun} refused, the last: {tables.refusal}"
