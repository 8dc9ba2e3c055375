# SPDX-License-Identifier: MIT
"""The text sink of `--headless`: one line per event on a stream."""

from __future__ import annotations

import asyncio
from typing import TextIO

from upturn.core.events import Event, to_json
from upturn.core.snapshot import Snapshot
from upturn.sinks.text import line


class Console:
    """Writes in a thread: a terminal that was stopped must not stop the monitor."""

    name = "console"
    fatal: tuple[type[Exception], ...] = (BrokenPipeError,)

    def __init__(self, stream: TextIO, *, as_json: bool) -> None:
        self._stream = stream
        self._as_json = as_json

    async def event(self, event: Event) -> None:
        text = to_json(event) if self._as_json else line(event)
        if text is not None:
            await asyncio.to_thread(self._write, text)

    async def reading(self, snapshot: Snapshot) -> None:
        """Events are enough for a log."""

    def _write(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()
