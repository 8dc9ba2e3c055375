# SPDX-License-Identifier: MIT
"""The text sink of `--headless`: one line per event on a stream."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from typing import TextIO

from upturn.core.events import Event, Summary, to_json
from upturn.core.snapshot import Snapshot
from upturn.sinks.text import line, summary_lines

_Job = tuple[str, asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class Console:
    """One table's lines; several tables share a stream by `of`, each line whole and marked."""

    name = "console"
    fatal: tuple[type[Exception], ...] = (BrokenPipeError,)

    def __init__(
        self, stream: TextIO, *, as_json: bool, mark: str = "", pen: _Pen | None = None
    ) -> None:
        self._stream = stream
        self._as_json = as_json
        self._mark = mark
        self._pen = pen or _Pen(stream)

    def of(self, table: str, width: int = 0) -> Console:
        """The same stream, with the table's name in each line; in text over so many columns."""
        mark = f'"node": {json.dumps(table)}, ' if self._as_json else f"{table:<{width}}  "
        return Console(self._stream, as_json=self._as_json, mark=mark, pen=self._pen)

    @property
    def gone(self) -> bool:
        """Nobody reads any more."""
        return self._pen.gone

    async def event(self, event: Event) -> None:
        text = to_json(event) if self._as_json else line(event)
        if text is not None:
            await self._say([text])

    async def reading(self, snapshot: Snapshot) -> None:
        """Events are enough for a log."""

    async def summary(self, summary: Summary) -> None:
        """The end of a session."""
        await self._say([to_json(summary) or ""] if self._as_json else summary_lines(summary))

    async def _say(self, lines: list[str]) -> None:
        await self._pen.write("".join(f"{self._marked(text)}\n" for text in lines))

    def _marked(self, text: str) -> str:
        return f"{text[:1]}{self._mark}{text[1:]}" if self._as_json else self._mark + text


class _Pen:
    """Writes in a thread: a terminal that was stopped must not stop the monitor.

    The thread is a daemon, not one of asyncio's: those are waited for at the end, and a reader
    that never reads would keep the process from ever ending.
    """

    def __init__(self, stream: TextIO) -> None:
        self.gone = False
        self._stream = stream
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def write(self, text: str) -> None:
        """Done when it is out."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_all, name="console", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._jobs.put((text, loop, done))
        await done

    def _write_all(self) -> None:
        while True:
            text, loop, done = self._jobs.get()
            fault: Exception | None = None
            try:
                self._stream.write(text)
                self._stream.flush()
            except Exception as error:  # noqa: BLE001 - whatever it is, the sink's caller hears it
                fault = error
                self.gone |= isinstance(error, Console.fatal)
            try:
                loop.call_soon_threadsafe(_settle, done, fault)
            except RuntimeError:  # the loop has ended, and nobody waits any more
                return


def _settle(done: asyncio.Future[None], fault: Exception | None) -> None:
    if done.cancelled():
        return
    if fault is None:
        done.set_result(None)
    else:
        done.set_exception(fault)
