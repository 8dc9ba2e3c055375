# SPDX-License-Identifier: MIT
"""How a link stands, as lines on stderr, for a log.

Written in a thread: a terminal that was stopped, or a pipe that nobody empties, must not stop the
watch. It is a daemon thread, for it may never come back from there.
"""

from __future__ import annotations

import threading
import time
from collections import deque

from upturn.cli.stderr import write_line
from upturn.transports.source import LinkState

PAUSE_S = 1.0
"""A link that goes up and down fills no disk: of what is said meanwhile the newest is told."""


class LinkLog:
    """At most one line a second, and none twice in a row."""

    def __init__(self) -> None:
        self._newest: deque[str] = deque(maxlen=1)
        self._news = threading.Event()
        self._thread: threading.Thread | None = None

    def say(self, state: LinkState) -> None:
        """Never waits and never fails."""
        self._newest.append("; ".join(filter(None, (state.words, state.trouble))))
        self._news.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_all, name="link log", daemon=True)
            self._thread.start()

    def _write_all(self) -> None:
        told = ""
        while True:
            self._news.wait()
            self._news.clear()
            words = self._newest.pop() if self._newest else told
            if words != told:
                told = words
                write_line(words)
                time.sleep(PAUSE_S)
