# SPDX-License-Identifier: MIT
"""Watching tables: with either the text sink or the dashboard, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from upturn.cli.home import home
from upturn.cli.link_log import LinkLog
from upturn.cli.main import DEBUG_VARIABLE
from upturn.cli.stderr import write_line
from upturn.cli.table_feed import TableFeed
from upturn.cli.watched import Place, Watched, run_all, sum_up_all, words_of
from upturn.errors import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    InputError,
    UpturnError,
    without_login,
)
from upturn.sinks.console import Console
from upturn.sinks.mqtt.broker import Broker
from upturn.transports.source import Chunk, LinkState

TELL_S = 2.0
"""How long a stopped run waits for its sum to be read."""
LEAVE_S = 0.1


@dataclass(frozen=True, slots=True)
class Watch:
    """What to watch, and how."""

    places: Sequence[Place]
    """Several are told apart by name, in all that is said of them."""
    speed: float
    headless: bool
    as_json: bool = False
    recorder: Callable[[Chunk], None] | None = None
    broker: Broker | None = None
    """Where the home listens."""
    leaves: bool = False
    """The dashboard closes when the sources end; else it stays to be looked at."""

    @property
    def alone(self) -> bool:
        return len(self.places) == 1


def watch(what: Watch) -> int:
    """Run until the sources end or the user ends it; the exit code.

    Raises:
        UpturnError: a source, a recording or a sink fails, of the only table; or there is no
            terminal to draw on.
    """
    if what.headless or what.as_json:
        return asyncio.run(_headless(what))
    check_terminal()
    return asyncio.run(_on_dashboard(what))


def check_terminal() -> None:
    """Raises InputError if there is no terminal for the dashboard."""
    # Keys come from stdin, and Textual draws on stderr.
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise InputError("there is no terminal for the dashboard", remedy="Pass --headless")


async def _headless(what: Watch) -> int:
    task = asyncio.current_task()
    assert task is not None
    ended_by: list[int] = []

    def end(code: int) -> None:
        ended_by.append(code)
        task.cancel()

    _on_signals(end)
    tables = _text_tables(what)
    aside = _Aside()
    try:
        async with home(what.broker, what.speed, write_line) as told:
            await run_all(tables, told, aside.tell)
    except asyncio.CancelledError:
        if not ended_by:
            raise
        await _sum_up(tables, aside.tell, ended_by[0])
        return ended_by[0]
    finally:
        aside.close()
    return _code(tables)


def _text_tables(what: Watch) -> list[Watched]:
    return [
        Watched(
            place,
            what.speed,
            alone=what.alone,
            console=console,
            on_state=_link_log("" if what.alone else place.name),
            recorder=what.recorder,
        )
        for place, console in zip(what.places, _consoles(what), strict=True)
    ]


def _consoles(what: Watch) -> list[Console]:
    console = Console(sys.stdout, as_json=what.as_json)
    width = max(len(place.name) for place in what.places)
    return [console if what.alone else console.of(place.name, width) for place in what.places]


async def _sum_up(
    tables: Sequence[Watched], tell: Callable[[Watched, Exception], None], code: int
) -> None:
    try:
        async with asyncio.timeout(TELL_S):
            await sum_up_all(tables, tell)
    except TimeoutError:  # nobody reads: a flush at the exit would wait for ever
        os._exit(code)


def _link_log(name: str) -> Callable[[LinkState], None]:
    """One for each table: the news of one must not take the place of another's."""
    log = LinkLog()
    if not name:
        return log.say
    return lambda state: log.say(state._replace(words=f"{name}: {state.words}"))


def _on_signals(end: Callable[[int], object]) -> None:
    """Ctrl-C and SIGTERM end in order, with the exit code of each."""
    loop = asyncio.get_running_loop()
    for number, code in ((signal.SIGINT, EXIT_INTERRUPTED), (signal.SIGTERM, EXIT_DONE)):
        try:
            loop.add_signal_handler(number, end, code)
        except (NotImplementedError, RuntimeError):
            return  # as on Windows: there the handlers of `upturn.start` stay


async def _on_dashboard(what: Watch) -> int:
    from upturn.dashboard.app import UpturnDashboard

    feeds = {"" if what.alone else place.name: TableFeed(what.speed) for place in what.places}
    tables = [
        Watched(place, what.speed, alone=what.alone, feed=feed, recorder=what.recorder)
        for place, feed in zip(what.places, feeds.values(), strict=True)
    ]

    async def serve() -> None:
        async with home(what.broker, what.speed) as told:
            # The screen says who has failed; stderr, which it is drawn on, hears it at the end.
            await run_all(tables, told, lambda _table, _fault: None)

    async def begin() -> None:
        for table in tables:
            await table.begun.wait()

    serving = asyncio.create_task(serve(), name="tables")
    beginning = asyncio.create_task(begin())
    await asyncio.wait({serving, beginning}, return_when=asyncio.FIRST_COMPLETED)
    beginning.cancel()
    if _failed(serving):
        await serving
    app = UpturnDashboard(feeds)

    async def leave(code: int) -> None:
        while True:  # an app that has not begun yet does not hear it the first time
            app.exit(return_code=code)
            await asyncio.sleep(LEAVE_S)

    def over(task: asyncio.Task[None]) -> None:
        if what.leaves or _failed(task) or _code(tables):
            app.exit()

    ended_by: list[int] = []
    leaving: list[asyncio.Task[None]] = []

    def end(code: int) -> None:
        ended_by.append(code)
        leaving.append(asyncio.ensure_future(leave(code)))

    _on_signals(end)
    serving.add_done_callback(over)
    try:
        await app.run_async()
    finally:
        left = "; ".join(filter(None, (table.left() for table in tables)))
        for task in leaving:
            task.cancel()
        serving.remove_done_callback(over)
        serving.cancel()
        await asyncio.wait({serving})
    code = ended_by[0] if ended_by else app.return_code or _code(tables)
    for table, console in zip(tables, _consoles(what), strict=True):
        table.console = console
    try:
        await _sum_up(tables, _tell_failure, code)
        if _failed(serving):
            await serving
    finally:
        for table in () if what.alone else tables:
            if table.fault is not None:
                _tell_failure(table, table.fault)
        if left:
            write_line(f"nobody is watched now; {left}")
    return code


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None


def _code(tables: Sequence[Watched]) -> int:
    return EXIT_FAILED if any(table.fault for table in tables) else EXIT_DONE


class _Aside:
    """Tells of tables that failed, in threads: stderr may take nothing, and the others go on."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def tell(self, table: Watched, fault: Exception) -> None:
        thread = threading.Thread(
            target=_tell_failure, args=(table, fault), name="aside", daemon=True
        )
        thread.start()
        self._threads.append(thread)

    def close(self) -> None:
        """Give what was told a while to be read."""
        for thread in self._threads:
            thread.join(TELL_S / len(self._threads))


def _tell_failure(table: Watched, fault: Exception) -> None:
    what = words_of(fault)
    if not isinstance(fault, UpturnError):
        remedy = f"Run with {DEBUG_VARIABLE}=1 for the traceback, and report it"
        what = f"internal fault: {what}. {remedy}"
        if os.environ.get(DEBUG_VARIABLE) == "1":
            told = "".join(traceback.format_exception(fault))
            print(without_login(told), end="", file=sys.stderr)
    write_line(f"{table.name}: failed: {what}")
