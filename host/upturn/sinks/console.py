# SPDX-License-Identifier: MIT
"""The text sink of `--headless`: one line per event on a stream."""

from __future__ import annotations

import asyncio
import queue
import threading
from typing import TextIO

from upturn.core.events import Event, to_json
from upturn.core.snapshot import Snapshot
from upturn.sinks.text import line

_Job = tuple[str, asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class Console:
    """Writes in a thread: a terminal that was stopped must not stop the monitor.

    The thread is a daemon, not one of asyncio's: those are waited for at the end, and a reader
    that never reads would keep the process from ever ending.
    """

    name = "console"
    fatal: tuple[type[Exception], ...] = (BrokenPipeError,)

    def __init__(self, stream: TextIO, *, as_json: bool) -> None:
        self._stream = stream
        self._as_json = as_json
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def event(self, event: Event) -> None:
        text = to_json(event) if self._as_json else line(event)
        if text is not None:
            await self.say(text)

    async def reading(self, snapshot: Snapshot) -> None:
        """Events are enough for a log."""

    async def say(self, text: str) -> None:
        """Write a text and its line end; done when it is out."""
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
                self._stream.write(text + "\n")
                self._stream.flush()
            except Exception as error:  # noqa: BLE001 - whatever it is, the sink's caller hears it
                fault = error
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
