# SPDX-License-Identifier: MIT
"""What a simulated node did, as its log (tests/firmware/device/chip.py) tells; waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE_S = 30.0
"""A machine that is busy elsewhere is no failing test."""


@dataclass(frozen=True)
class Entry:
    """One line of what the node did: at a moment of time.monotonic()."""

    at_s: float
    what: str
    args: tuple[str, ...]

    @property
    def value(self) -> int:
        return int(self.args[-1])


class LogLines:
    """The log of one process: its milliseconds placed on this machine's monotonic clock."""

    def __init__(self) -> None:
        self._rest = b""
        self._zero_s = 0.0

    def feed(self, data: bytes) -> Iterator[Entry]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            ms, what, *args = line.decode().split()
            if what == "start":
                self._zero_s = int(args[0]) / 1e9 - (time.time() - time.monotonic())
            yield Entry(self._zero_s + int(ms) / 1e3, what, tuple(args))


def lines_of(data: bytes) -> Iterator[Entry]:
    """A whole log without a start: its own milliseconds."""
    return LogLines().feed(data)


def wait(look: Callable[[], Found | None], timeout_s: float, what: str) -> Found:
    """The first thing that `look` finds."""
    end_s = time.monotonic() + timeout_s
    while time.monotonic() < end_s:
        found = look()
        if found is not None:
            return found
        time.sleep(0.01)
    raise TimeoutError(f"no {what} within {timeout_s:g} s")
