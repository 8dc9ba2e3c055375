# SPDX-License-Identifier: MIT
"""The wall clock, as a label for times on a core's axis: durations never come from it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime


def iso(epoch_s: float) -> str:
    """UTC with milliseconds, as in 2026-11-21T14:02:27.123Z."""
    moment = datetime.fromtimestamp(epoch_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class WallClock:
    """`speed` is how many seconds of the axis pass in one of the wall's; inf: they are one."""

    def __init__(self, speed: float = 1.0, read: Callable[[], float] = time.time) -> None:
        self._pace = 1.0 / speed if math.isfinite(speed) else 0.0
        self._read = read

    def now(self) -> str:
        return iso(self._read())

    def at(self, t_s: float, now_s: float) -> str:
        """When it is `t_s` on the axis, if it is `now_s` there now."""
        return iso(self._read() + (t_s - now_s) * self._pace)
