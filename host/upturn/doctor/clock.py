# SPDX-License-Identifier: MIT
"""The clocks: the one that durations are taken from, and the one that dates what is stored."""

from __future__ import annotations

import ctypes
import struct
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import upturn
from upturn.doctor.findings import Finding, not_well, note, ok
from upturn.doctor.scene import Scene, apart

DAY_S = 86_400.0
UNSYNCED_US = 16_000_000
"""The kernel's largest error: so much it says until some program has set the clock by the network
(systemd judges by it, too)."""
_TIMEX = struct.Struct("@Illl")
"""The first fields of adjtimex(2)'s record: modes, offset, freq, maxerror."""
_TIMEX_BYTES = 512
"""More than any system's."""


@dataclass(frozen=True, slots=True)
class Clocks:
    monotonic: bool
    counts_sleep: bool
    """The clock of durations goes on while the computer sleeps."""
    synchronised: bool | None
    """The wall clock, by the network; None: not known."""
    behind_days: float
    """It is that much before the day on which this program was installed."""


async def look(_scene: Scene) -> Clocks:
    return await apart(_clocks)


def judge(facts: Clocks) -> Iterable[Finding]:
    if not facts.monotonic:
        yield not_well("the clock of durations can be set back", "Use another computer")
    elif facts.counts_sleep:
        yield ok("durations are taken from a clock that cannot be set, and counts through sleep")
    else:
        yield note(
            "durations are taken from a clock that may stand still while the computer sleeps",
            "Let it not sleep during a session",
        )
    if facts.behind_days > 1.0:
        yield not_well(
            "the date is before the day on which Upturn was installed",
            "Set the clock; a board without a clock of its own needs the network",
        )
    elif facts.synchronised is False:
        yield note(
            "the wall clock is not set by the network: dates of sessions may be wrong",
            "Run 'timedatectl set-ntp true', or install chrony",
        )
    elif facts.synchronised:
        yield ok("the wall clock is set by the network")
    else:
        yield ok("who sets the wall clock is not known on this system")


def _clocks() -> Clocks:
    installed_s = Path(upturn.__file__).stat().st_mtime
    return Clocks(
        time.get_clock_info("monotonic").monotonic,
        hasattr(time, "CLOCK_BOOTTIME"),
        _synchronised(),
        (installed_s - time.time()) / DAY_S,
    )


def _synchronised() -> bool | None:
    if sys.platform != "linux":
        return None
    record = ctypes.create_string_buffer(_TIMEX_BYTES)  # modes 0: it is only read
    try:
        if ctypes.CDLL(None).adjtimex(record) < 0:
            return None
    except (OSError, AttributeError):
        return None
    return int(_TIMEX.unpack_from(record)[3]) < UNSYNCED_US
