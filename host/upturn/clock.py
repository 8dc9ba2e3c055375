# SPDX-License-Identifier: MIT
"""The host's clock for durations: it counts through suspend where the system can."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Time, and waiting for it: both at once, so that a test can give its own."""

    def now_s(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class HostClock:
    """Seconds since it was made. A laptop's sleep counts; a change of the wall clock does not."""

    def __init__(self) -> None:
        self._start_s = _now_s()

    def now_s(self) -> float:
        return _now_s() - self._start_s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class PacedClock:
    """Simulated or replayed time: starts at 0 and runs `speed` times as fast as the host's."""

    def __init__(self, speed: float, host: Clock) -> None:
        self.speed = speed
        self._host = host
        self._start_s = host.now_s()

    def now_s(self) -> float:
        return (self._host.now_s() - self._start_s) * self.speed


def system_s() -> float:
    """What `HostClock` counts from: the same for every program until the system starts anew."""
    return _now_s()


def _monotonic_s() -> float:
    return time.monotonic()


def _boottime_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


# Linux's monotonic clock stands still in suspend; other systems' are taken as they are.
_now_s = _boottime_s if hasattr(time, "CLOCK_BOOTTIME") else _monotonic_s
