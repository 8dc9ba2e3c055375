# SPDX-License-Identifier: MIT
"""What one frame shows, and how far it can be believed.

Freshness is judged here again, on the dashboard's own clock: a snapshot that stands still is as
dead as a sensor that is silent, whatever it says of itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from upturn.core.alarm_table import Priority
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.core.thresholds import SIGNAL_LOST_S
from upturn.dashboard.feed import SourceState
from upturn.dashboard.palette import DARK, Palette

STOPPED_S = 3.0
"""A snapshot that stands still this long, while its source is live, means a dead monitor."""
STALE_S = SIGNAL_LOST_S


class Pulse:
    """Notices when the monitor's time stands still."""

    def __init__(self) -> None:
        self._now_s: float | None = None
        self._moved_at_s = 0.0

    def silent_s(self, now_s: float, clock_s: float, *, live: bool) -> float:
        """Seconds of the dashboard's clock since `now_s` last moved; 0 while it may stand."""
        if now_s != self._now_s or not live:
            self._now_s = now_s
            self._moved_at_s = clock_s
        return clock_s - self._moved_at_s


@dataclass(frozen=True, slots=True)
class View:
    snapshot: Snapshot
    source: SourceState
    clock_s: float
    """The dashboard's own clock: for flashing, never for judging."""
    silent_s: float = 0.0
    palette: Palette = DARK

    @property
    def stopped(self) -> bool:
        """Nobody watches here any more: nothing shown is true now."""
        return self.silent_s >= STOPPED_S or bool(self.source.failure)

    @property
    def age_s(self) -> float | None:
        """Age of the newest sample, growing on when the monitor stands still."""
        age_s = self.snapshot.signal_age_s
        if age_s is None:
            return None
        return age_s + (self.silent_s if self.silent_s >= 1.0 else 0.0)

    @property
    def fresh(self) -> bool:
        """Posture and angle are those of now."""
        return (
            self.age_s is not None
            and self.age_s <= STALE_S
            and not self.snapshot.signal_lost
            and not self.stopped
        )

    @property
    def top(self) -> AlarmView | None:
        """The most urgent alarm."""
        return self.snapshot.alarms[0] if self.snapshot.alarms else None

    @property
    def urgency(self) -> int:
        """How it stands beside other tables: the priority of the worst, 0 for none."""
        if self.stopped:
            return Priority.HIGH
        return self.top.priority if self.top is not None else 0

    @property
    def exposure_priority(self) -> Priority | None:
        """How the exposure itself stands: medium from the notice, high from the limit."""
        snapshot = self.snapshot
        if snapshot.exposure_s >= snapshot.profile.limit_s:
            return Priority.HIGH
        return Priority.MEDIUM if snapshot.exposure_s >= snapshot.profile.notice_s else None
