# SPDX-License-Identifier: MIT
"""The person at the keyboard, asked without letting the node wait: the loop goes on meanwhile.

On a terminal a question is a line, and between questions single keys are taken. From anything else
lines are read as they are; whoever wrote them beforehand is not waited for. Where they end, the
person has left, whether something was asked or not: no node is held for nobody.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from upturn.cli.asking import LEAVE
from upturn.cli.lines import Lines, lines_of_stdin

if sys.platform != "win32":
    import termios

LINE_BYTES = 1024
LOOK_S = 0.05
"""A line that comes by no terminal is looked for as often."""


class Person:
    def __init__(self, out: TextIO) -> None:
        """`out` is where questions go."""
        self._out = out
        self._fd: int | None = None
        if sys.platform != "win32" and sys.stdin is not None and sys.stdin.isatty():
            self._fd = sys.stdin.fileno()
        self._lines: Lines | None = None if self._fd is not None else lines_of_stdin()

    @property
    def has_keys(self) -> bool:
        return self._fd is not None

    async def line(self, question: str) -> str | None:
        """What is answered, without the blanks around it; None: the person left."""
        self._flush()
        print(question, end="", file=self._out, flush=True)
        if self._fd is None:
            line = await self._next_line()
            print(line.strip(), file=self._out)
        else:
            await self._readable(self._fd)
            line = os.read(self._fd, LINE_BYTES).decode(errors="replace")
            if not line.endswith("\n"):
                print(file=self._out)
        said = line.strip()
        return None if not line or said.lower() in LEAVE else said

    def key(self) -> str:
        """The key that was pressed, inside `keys`; empty: none. Who is gone has pressed `q`."""
        if self._lines is not None:
            return LEAVE[0] if self._lines.at_end else ""
        if self._fd is None or not _is_ready(self._fd):
            return ""
        return os.read(self._fd, LINE_BYTES)[:1].decode(errors="replace").lower() or LEAVE[0]

    @contextmanager
    def keys(self) -> Iterator[None]:
        """Keys come one by one and are not shown; Ctrl-C stays what it is."""
        if self._fd is None or sys.platform == "win32":
            yield
            return
        before = termios.tcgetattr(self._fd)
        now = termios.tcgetattr(self._fd)
        now[3] &= ~(termios.ICANON | termios.ECHO)
        now[6][termios.VMIN], now[6][termios.VTIME] = 1, 0
        self._flush()
        termios.tcsetattr(self._fd, termios.TCSADRAIN, now)
        try:
            yield
        finally:
            with suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(self._fd, termios.TCSADRAIN, before)

    def _flush(self) -> None:
        """What was typed before it was asked for is no answer."""
        if self._fd is not None and sys.platform != "win32":
            with suppress(termios.error):
                termios.tcflush(self._fd, termios.TCIFLUSH)

    async def _next_line(self) -> str:
        assert self._lines is not None
        while True:
            line = self._lines.next(wait=False)
            if line is not None:
                return line
            await asyncio.sleep(LOOK_S)

    async def _readable(self, fd: int) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()

        def settle() -> None:
            if not ready.done():
                ready.set_result(None)

        loop.add_reader(fd, settle)
        try:
            await ready
        finally:
            loop.remove_reader(fd)


def _is_ready(fd: int) -> bool:
    import select

    return bool(select.select([fd], [], [], 0)[0])
