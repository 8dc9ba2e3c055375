# SPDX-License-Identifier: MIT
"""Watching a source: the service with either the text sink or the dashboard, and how it ends."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from upturn.cli.home import Home, home
from upturn.cli.judging import Judged
from upturn.cli.link_log import LinkLog
from upturn.cli.stderr import write_line
from upturn.core.commands import Command
from upturn.core.events import Event, to_json
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.dashboard.feed import EventRing, SourceState
from upturn.dashboard.history import History
from upturn.errors import EXIT_DONE, EXIT_INTERRUPTED, InputError
from upturn.service.table import TableService
from upturn.sinks.console import Console
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.text import summary_lines
from upturn.transports.source import Chunk, LiveSource, Source

TELL_S = 2.0
"""How long a stopped run waits for its sum to be read."""
LEAVE_S = 0.1


@dataclass(frozen=True, slots=True)
class Watch:
    """What to watch, and how."""

    sessions: Callable[[], Iterator[Judged[Source | LiveSource]]]
    """One source, or one after another for a demo that loops."""
    speed: float
    headless: bool
    as_json: bool = False
    recorder: Callable[[Chunk], None] | None = None
    broker: Broker | None = None
    """Where the home listens."""
    leaves: bool = False
    """The dashboard closes when the sources end; else it stays to be looked at."""


class TableFeed:
    """What the dashboard polls: the service that runs now."""

    def __init__(self, speed: float) -> None:
        self._service: TableService | None = None
        self._label = ""
        self._link: LiveSource | None = None
        self._home: Home | None = None
        self._pace = "" if speed == 1.0 else f" at {speed:g}x" if math.isfinite(speed) else ""
        self._history = History()
        self._events = EventRing()

    def begin(
        self,
        service: TableService,
        label: str,
        link: LiveSource | None = None,
        home: Home | None = None,
    ) -> None:
        """A new session: its time axis starts anew."""
        self._home = home
        self._service = service
        self._label = label
        self._link = link
        self._history.clear()

    def observe(self, t_s: float, angle_deg: float, events: Sequence[Event]) -> None:
        self._events.extend(events)
        if math.isfinite(t_s):
            self._history.append(t_s, angle_deg)

    def snapshot(self) -> Snapshot:
        """After the end nobody is watched, whatever the last samples said."""
        service = self._running
        shown = service.snapshot()
        ended = ("the session has ended",) if service.ended else ()
        return replace(shown, not_ready=(*ended, *self._link_problems(), *shown.not_ready))

    def source(self) -> SourceState:
        ended = self._running.ended
        label = self._label + self._pace
        if self._link is not None and not self._link.state.well:
            label = self._link.state.words
        if self._home is not None and self._home.words:
            label = f"{label} {self._home.words}"
        return SourceState(label, not ended, "ended" if ended else "")

    def history(self) -> History:
        return self._history

    def events_since(self, n: int) -> tuple[int, Sequence[Event]]:
        return self._events.since(n)

    def command(self, command: Command) -> str | None:
        return self._running.command(command)

    def _link_problems(self) -> Iterator[str]:
        if self._link is not None:
            state = self._link.state
            if not state.well:
                yield state.words
            if state.trouble:
                yield state.trouble

    @property
    def _running(self) -> TableService:
        if self._service is None:
            raise RuntimeError("nothing is watched yet")
        return self._service


def watch(what: Watch) -> int:
    """Run until the sources end or the user ends it; the exit code.

    Raises:
        UpturnError: a source, a recording or a sink fails; or there is no terminal to draw on.
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
    pipeline: Pipeline | None = None
    sink = Console(sys.stdout, as_json=what.as_json)
    link_log = LinkLog()
    try:
        async with home(what.broker, what.speed, write_line) as told:
            for judged in what.sessions():
                pipeline = judged.pipeline()
                if isinstance(judged.source, LiveSource):
                    judged.source.on_state = link_log.say
                service = TableService(
                    pipeline,
                    judged.source,
                    speed=what.speed,
                    sinks=[sink],
                    listeners=told.listeners(judged),
                    recorder=what.recorder,
                )
                told.begin(service.command)
                await service.run()
                await _tell(pipeline, sink, as_json=what.as_json)
    except asyncio.CancelledError:
        if not ended_by:
            raise
        if pipeline is not None:
            try:
                await asyncio.wait_for(_tell(pipeline, sink, as_json=what.as_json), TELL_S)
            except TimeoutError:  # nobody reads: a flush at the exit would wait for ever
                os._exit(ended_by[0])
        return ended_by[0]
    return EXIT_DONE


def _on_signals(end: Callable[[int], object]) -> None:
    """Ctrl-C and SIGTERM end in order, with the exit code of each."""
    loop = asyncio.get_running_loop()
    for number, code in ((signal.SIGINT, EXIT_INTERRUPTED), (signal.SIGTERM, EXIT_DONE)):
        try:
            loop.add_signal_handler(number, end, code)
        except (NotImplementedError, RuntimeError):
            return  # as on Windows: there the handlers of `upturn.start` stay


async def _tell(pipeline: Pipeline, sink: Console, *, as_json: bool) -> None:
    if pipeline.seen:
        summary = pipeline.summary()
        lines = [to_json(summary) or ""] if as_json else summary_lines(summary)
        await sink.say("\n".join(lines))


async def _on_dashboard(what: Watch) -> int:
    from upturn.dashboard.app import UpturnDashboard

    feed = TableFeed(what.speed)
    ready = asyncio.Event()

    async def serve() -> None:
        async with home(what.broker, what.speed) as told:
            for judged in what.sessions():
                service = TableService(
                    judged.pipeline(),
                    judged.source,
                    speed=what.speed,
                    listeners=told.listeners(judged),
                    observer=feed.observe,
                    recorder=what.recorder,
                )
                live = judged.source if isinstance(judged.source, LiveSource) else None
                feed.begin(service, judged.source.label, live, told)
                told.begin(service.command)
                ready.set()
                await service.run()

    serving = asyncio.create_task(serve(), name="table")
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not ready.is_set():
        await serving
    app = UpturnDashboard(feed)

    async def leave(code: int) -> None:
        while True:  # an app that has not begun yet does not hear it the first time
            app.exit(return_code=code)
            await asyncio.sleep(LEAVE_S)

    leaving: list[asyncio.Task[None]] = []
    _on_signals(lambda code: leaving.append(asyncio.ensure_future(leave(code))))
    serving.add_done_callback(lambda task: app.exit() if what.leaves or _failed(task) else None)
    try:
        await app.run_async()
    finally:
        for task in leaving:
            task.cancel()
        serving.cancel()
        await asyncio.wait({serving})
    if _failed(serving):
        await serving
    return app.return_code or EXIT_DONE


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None
