# SPDX-License-Identifier: MIT
"""Which recordings go, by age and by what they take up together; pure, deletes nothing itself.

The laws: one that holds a high alarm, or of which nobody knows whether it does, is never removed
without a person saying so; the newest stays however large it is; and without a limit all stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Recording:
    path: str
    made_at: datetime
    size_bytes: int
    high_alarm: bool | None
    """It holds one; None: not known."""

    @property
    def guarded(self) -> bool:
        return self.high_alarm is not False


@dataclass(frozen=True, slots=True)
class KeepLimits:
    """None: no such limit."""

    days: int | None = None
    megabytes: int | None = None


@dataclass(frozen=True, slots=True)
class KeepPlan:
    remove: tuple[Recording, ...]
    ask: tuple[Recording, ...]
    """Beyond a limit, but guarded: a person decides."""
    keep: tuple[Recording, ...]
    """All others. Each part is in order of time."""

    @property
    def kept_bytes(self) -> int:
        return sum(recording.size_bytes for recording in (*self.ask, *self.keep))


def plan(recordings: Iterable[Recording], limits: KeepLimits, now: datetime) -> KeepPlan:
    """What goes, what a person is asked about, and what stays."""
    ordered = sorted(recordings, key=lambda recording: (recording.made_at, recording.path))
    remove: list[Recording] = []
    ask: list[Recording] = []
    keep: list[Recording] = []
    total_bytes = sum(recording.size_bytes for recording in ordered)
    for recording in ordered:
        newest = recording is ordered[-1]
        too_old = limits.days is not None and now - recording.made_at > timedelta(limits.days)
        too_much = (
            limits.megabytes is not None
            and total_bytes > limits.megabytes * MEGABYTE
            and not newest
        )
        if not (too_old or too_much):
            keep.append(recording)
        elif recording.guarded:
            ask.append(recording)  # and takes up its room: others go for it
        else:
            remove.append(recording)
            total_bytes -= recording.size_bytes
    return KeepPlan(tuple(remove), tuple(ask), tuple(keep))
