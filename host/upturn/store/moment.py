# SPDX-License-Identifier: MIT
"""A moment by the two clocks that a computer has: one that people set, and one that nobody does.

The wall clock lasts over a restart of the system, but is set, and jumps. The other counts evenly,
through suspend where the system can, but only until the system starts anew; the boot id tells
which start it belongs to.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from upturn.clock import system_s

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Moment:
    wall_s: float
    """Since 1970, UTC."""
    boot_id: str = ""
    """Another one after each start of the system; empty: the system has none."""
    boot_s: float | None = None
    """Since that start, if there is an id to go with it."""

    @property
    def wall_ms(self) -> int:
        return round(self.wall_s * 1000.0)


class Clocks(Protocol):
    def now(self) -> Moment: ...


class HostClocks:
    def __init__(self, boot_id: Path = _BOOT_ID) -> None:
        try:
            self._boot_id = boot_id.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            self._boot_id = ""

    def now(self) -> Moment:
        return Moment(time.time(), self._boot_id, system_s() if self._boot_id else None)
