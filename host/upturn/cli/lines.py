# SPDX-License-Identifier: MIT
"""The lines of a stdin that is no terminal, read in a thread: nothing else waits for them.

The law: one reader for the whole process, so that no line is lost between two who ask. It reads
past Python's own buffers: a thread that waits in those hangs the end of the program.
"""

from __future__ import annotations

import io
import sys
import threading
from collections import deque
from contextlib import suppress
from typing import IO, Any

AHEAD = 4
"""So many lines are read before they are asked for: `yes | upturn ...` fills no memory."""
LOOK_S = 0.5
"""A wait without an end would not hear Ctrl-C on Windows."""
LONGEST_BYTES = 1 << 20
"""What is longer without an end of line is cut into several."""


class Lines:
    def __init__(self, stream: IO[Any] | None) -> None:
        """None: a stdin that was closed; it has no lines."""
        self.stream = stream
        self._file = _unbuffered(stream)
        self._lines: deque[str] = deque()
        self._changed = threading.Condition()
        threading.Thread(target=self._read_all, name="stdin", daemon=True).start()

    @property
    def at_end(self) -> bool:
        """Whether no line is left and none will come."""
        with self._changed:
            return bool(self._lines) and not self._lines[0]

    def next(self, *, wait: bool) -> str | None:
        """The next line with its end, empty after the last; None: there is none yet."""
        with self._changed:
            while wait and not self._lines:
                self._changed.wait(LOOK_S)
            if not self._lines:
                return None
            line = self._lines[0]
            if line:
                self._lines.popleft()
                self._changed.notify_all()
            return line

    def _read_all(self) -> None:
        line = "-"
        while line:
            line = self._read()
            with self._changed:
                self._changed.wait_for(lambda: len(self._lines) < AHEAD)
                self._lines.append(line)
                self._changed.notify_all()

    def _read(self) -> str:
        with suppress(OSError, ValueError):  # closed, or gone: there is no more
            if self._file is not None:
                return self._file.readline(LONGEST_BYTES).decode(errors="replace")
            if self.stream is not None:
                return str(self.stream.readline())
        return ""


def lines_of_stdin() -> Lines:
    """Of stdin as it is now."""
    global _shared  # noqa: PLW0603 - one reader for the process, whoever asks
    if _shared is None or _shared.stream is not sys.stdin:
        _shared = Lines(sys.stdin)
    return _shared


_shared: Lines | None = None


def _unbuffered(stream: IO[Any] | None) -> io.FileIO | None:
    """None: there is no file behind it."""
    if stream is None:
        return None
    try:
        return io.FileIO(stream.fileno(), closefd=False)
    except (OSError, ValueError):
        return None
