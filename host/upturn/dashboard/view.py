# SPDX-License-Identifier: MIT
"""What one frame shows, and how far it can be believed.

Freshness is judged here again, on the dashboard's own clock: a snapshot that stands still is as
dead as a sensor that is silent, whatever it says of itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from upturn.core.alarm_table import Priority
from upturn.core.events import Posture
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.core.thresholds import REST_MAX_DEG, SIGNAL_LOST_S
from upturn.dashboard.feed import SourceState
from upturn.dashboard.palette import DARK, Palette

STOPPED_S = 3.0
"""A snapshot that stands still this long, while its source is live, means a dead monitor."""
STALE_S = SIGNAL_LOST_S

_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)
_HEAD_DOWN = (Posture.INVERTED, Posture.OVER_ROTATED)
_HEAD_UP = (Posture.UPRIGHT, Posture.LEVEL)


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
    wall: datetime | None = None
    """The time of day: a label, never for judging. None: nobody told it."""

    @property
    def stopped(self) -> bool:
        """Nobody watches here any more: nothing shown is true now."""
        return self.silent_s >= STOPPED_S or bool(self.source.failure)

    @property
    def replayed(self) -> bool:
        """What was so at a moment of a recording, whether or not time goes on there."""
        return self.source.begin_s is not None

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
            and not self.source.lost
            and not self.stopped
        )

    @property
    def ready(self) -> bool:
        """READY, and that is known now."""
        return self.snapshot.ready and self.fresh

    @property
    def counted(self) -> bool:
        """The exposure is that of now: while inverted it goes on through silence, at the least."""
        return not self.stopped and (self.fresh or self.snapshot.inverted)

    @property
    def head_down(self) -> bool:
        return self.fresh and self.snapshot.posture in _HEAD_DOWN

    @property
    def resting(self) -> bool:
        """A rest is due, and its time runs: the core counts samples with the head up."""
        snapshot = self.snapshot
        return (
            snapshot.rest_left_s > 0.0
            and not snapshot.inverted
            and self.fresh
            and snapshot.posture in _HEAD_UP
            and snapshot.angle_deg is not None
            and snapshot.angle_deg <= REST_MAX_DEG
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

    def time_of_day(self, t_s: float) -> datetime | None:
        """The wall's time at `t_s` of the table's, past or to come; None where nobody tells it.

        A recording has a clock of its own, which began at midnight.
        """
        if self.source.begin_s is not None:
            return _MIDNIGHT + timedelta(seconds=t_s - self.source.begin_s)
        if self.wall is None:
            return None
        return self.wall + timedelta(seconds=(t_s - self.snapshot.now_s) / self.source.speed)
