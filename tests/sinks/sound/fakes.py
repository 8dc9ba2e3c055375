# SPDX-License-Identifier: MIT
"""Outputs that tests open, break and hang as they like: the edge of the physical world."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from upturn.sinks.sound.outputs import Output, OutputError, Way
from upturn.sinks.sound.synth import Samples


class FakeOutput:
    def __init__(self, words: str, *, is_loud: bool = True) -> None:
        self.words = words
        self.is_loud = is_loud
        self.why = ""
        self.closed = threading.Event()
        self.played: list[tuple[float, Samples | None]] = []
        """What and when; None: it was cut."""

    def play(self, samples: Samples) -> None:
        self.played.append((time.monotonic(), samples))

    def cut(self) -> None:
        self.played.append((time.monotonic(), None))

    def fault(self) -> str:
        return self.why

    def close(self) -> None:
        self.closed.set()


class FakeWay:
    """A way whose outputs are made here; `why` refuses them, `hangs` holds the opener up."""

    def __init__(self, name: str, *, is_loud: bool = True, why: str = "") -> None:
        self.name = name
        self.why = why
        self.is_loud = is_loud
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.opened: list[FakeOutput] = []
        self.tries = 0
        self.error: Exception | None = None

    def way(self) -> Way:
        return Way(self.name, self._open)

    def _open(self) -> Output:
        self.tries += 1
        self.goes_on.wait(30.0)
        if self.error is not None:
            raise self.error
        if self.why:
            raise OutputError(self.why)
        output = FakeOutput(f"the {self.name}", is_loud=self.is_loud)
        self.opened.append(output)
        return output


def until(done: Callable[[], object], patience_s: float = 30.0) -> None:
    """Wait for something that other threads bring about."""
    end_s = time.monotonic() + patience_s
    while not done():
        assert time.monotonic() < end_s
        time.sleep(0.002)
