# SPDX-License-Identifier: MIT
"""A program on a terminal: what it has drawn so far, and keys for it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

PATIENCE_S = 60.0


class Terminal:
    """Kept until the end of the block at the latest."""

    def __init__(
        self,
        program: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        size: tuple[int, int] = (24, 80),
    ) -> None:
        """`size`: lines and columns."""
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, size)
        lines, columns = map(str, size)  # pytest's workers have others in their environment
        self.process = subprocess.Popen(
            program,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "LINES": lines,
                "COLUMNS": columns,
                **(environment or {}),
            },
        )
        os.close(slave)
        self._raw = b""
        self._read_to = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    @property
    def text(self) -> str:
        """All that it wrote, without the ways to write it."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._raw.decode(errors="replace"))

    def reads(self, words: str) -> None:
        """Until it has drawn that."""
        self._read_until(words, 0)

    def reads_next(self, words: str) -> None:
        """Until it has drawn that after all that was read before."""
        self._read_until(words, self._read_to)

    def has_read(self, words: str, *, within_s: float) -> bool:
        """Whether it draws that in time."""
        end_s = time.monotonic() + within_s
        while words not in self.text and time.monotonic() < end_s:
            self._read()
        return words in self.text

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def end(self) -> int:
        """Its exit code; all that it wrote until then has been read."""
        end_s = time.monotonic() + PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < end_s, self.text[-2000:]
            self._read()
        self._read()
        return self.process.returncode

    def _read_until(self, words: str, start: int) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while (at := self.text.find(words, start)) < 0:
            assert time.monotonic() < end_s, (words, self.text[-2000:])
            if select.select([self._master], [], [], 0.1)[0]:
                self._raw += os.read(self._master, 65536)
        self._read_to = max(self._read_to, at + len(words))

    def _read(self) -> None:
        while select.select([self._master], [], [], 0.05)[0]:
            try:
                self._raw += os.read(self._master, 65536)
            except OSError:  # its other end is closed
                return
