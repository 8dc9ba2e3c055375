# SPDX-License-Identifier: MIT
"""Watching on the dashboard."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from upturn.cli.home import home
from upturn.cli.memory import remembering
from upturn.cli.screen import Screen
from upturn.cli.screen_memory import ScreenMemory
from upturn.cli.sound import sounding
from upturn.cli.stderr import write_line
from upturn.cli.table_feed import TableFeed
from upturn.cli.watch_end import code_of, sum_up, tell_failure
from upturn.cli.watch_plan import Watch
from upturn.cli.watch_text import consoles
from upturn.cli.watched import Watched, run_all
from upturn.dashboard.app import UpturnDashboard


async def watch_on_screen(what: Watch) -> int:
    """Until the user leaves or, where the run says so, the sources end; the exit code."""
    feeds = {"" if what.alone else place.name: TableFeed(what.speed) for place in what.places}
    with (
        sounding(what.config.sound, what.sound, off=what.silent, asks=True) as sound,
        remembering(what.config, wanted=what.remembers, user=what.user) as memory,
    ):
        tables = [
            Watched(
                place,
                what.speed,
                alone=what.alone,
                feed=feed,
                recorder=what.recorder,
                sound=sound.table(name),
                memory=memory.table(place.key, place.name),
                awake=what.awake.cores.core(),
            )
            for place, (name, feed) in zip(what.places, feeds.items(), strict=True)
        ]
        serving = asyncio.create_task(_serve(what, tables), name="tables")
        await _begun(tables, serving)
        kept = None
        if memory.writer is not None:
            kept = ScreenMemory(memory, what.user, what.config.store.progress_after)
        settings = what.config.dashboard
        screen = Screen(
            lambda: UpturnDashboard(feeds, sound=sound, memory=kept, settings=settings)
        )
        code, left = await _shown(screen, tables, serving, leaves=what.leaves)
    for table, console in zip(tables, consoles(what), strict=True):
        table.console = console
    try:
        await sum_up(tables, tell_failure, code)
        if failed(serving):
            await serving
    finally:
        for table in () if what.alone else tables:
            if table.fault is not None:
                tell_failure(table, table.fault)
        if left:
            write_line(f"nobody is watched now; {left}")
    return code


async def _serve(what: Watch, tables: Sequence[Watched]) -> None:
    async with home(what.broker, what.speed) as told:
        # The screen says who has failed; stderr, which it is drawn on, hears it at the end.
        await run_all(tables, told, lambda _table, _fault: None)


async def _begun(tables: Sequence[Watched], serving: asyncio.Task[None]) -> None:
    """Until there is something of each to be shown; what failed before is raised."""

    async def begin() -> None:
        for table in tables:
            await table.begun.wait()

    beginning = asyncio.create_task(begin())
    await asyncio.wait({serving, beginning}, return_when=asyncio.FIRST_COMPLETED)
    beginning.cancel()
    if failed(serving):
        await serving


async def _shown(
    screen: Screen,
    tables: Sequence[Watched],
    serving: asyncio.Task[None],
    *,
    leaves: bool,
) -> tuple[int, str]:
    """The exit code, and who was left without a watch."""

    def over(task: asyncio.Task[None]) -> None:
        if leaves or failed(task) or code_of(tables):
            screen.leave()

    serving.add_done_callback(over)
    try:
        code = await screen.show()
    finally:
        left = "; ".join(filter(None, (table.left() for table in tables)))
        serving.remove_done_callback(over)
        serving.cancel()
        await asyncio.wait({serving})
    return code_of(tables) if code is None else code, left


def failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None
