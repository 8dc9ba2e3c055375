# SPDX-License-Identifier: MIT
"""What one frame shows, and how far it can be believed.

Freshness is judged here again, on the dashboard's own clock: a snapshot that stands still is as
dead as a sensor that is silent, whatever it says of itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from upturn.core.alarm_table import Priority
from upturn.core.events import Posture
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.core.thresholds import REST_MAX_DEG, SIGNAL_LOST_S
from upturn.dashboard.feed import SourceState
from upturn.dashboard.palette import DARK, Palette

STOPPED_S = 3.0
"""A snapshot that stands still this long, while its source is live, means a dead monitor."""
STALE_S = SIGNAL_LOST_S

Moment = datetime | timedelta
"""The wall's time of day; of a recording, how long after its beginning."""

SIMULATED = "simulated"

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
    def runs(self) -> bool:
        """Time goes on here, or it is a moment of a recording that is looked at."""
        return self.source.live or self.replayed

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
    def of_now(self) -> bool:
        """As `fresh`, and time goes on; or it is the moment of a recording that is looked at."""
        return self.fresh and (self.source.live or self.replayed)

    @property
    def unreal(self) -> str:
        """Why nobody hangs there, in a word; a source of this host has it in its label alone."""
        named = self.source.label.casefold().startswith(SIMULATED)
        return self.source.unreal or (SIMULATED if named else "")

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
    def head_up(self) -> bool:
        return self.fresh and self.snapshot.posture in _HEAD_UP and not self.snapshot.inverted

    @property
    def owes_rest(self) -> bool:
        """A rest is due, whether or not its time runs."""
        return self.snapshot.rest_left_s > 0.0 and not self.snapshot.inverted

    @property
    def resting(self) -> bool:
        """A rest is due, and its time runs: the core counts samples with the head up."""
        snapshot = self.snapshot
        return (
            self.owes_rest
            and self.head_up
            and snapshot.angle_deg is not None
            and snapshot.angle_deg <= REST_MAX_DEG
        )

    @property
    def counts_rest(self) -> bool:
        """What is left of a rest is what matters now, and it is known."""
        return self.owes_rest and self.fresh and self.runs

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
    def need(self) -> tuple[int, bool, bool]:
        """Of two tables the higher one needs somebody more; where they are alike, unanswered."""
        alarms = self.snapshot.alarms
        waits = any(not a.acknowledged for a in alarms if a.priority == self.urgency)
        return self.urgency, waits or self.stopped, self.snapshot.inverted

    @property
    def exposure_priority(self) -> Priority | None:
        """How the exposure itself stands: medium from the notice, high from the limit."""
        snapshot = self.snapshot
        if snapshot.exposure_s >= snapshot.profile.limit_s:
            return Priority.HIGH
        return Priority.MEDIUM if snapshot.exposure_s >= snapshot.profile.notice_s else None

    def time_of_day(self, t_s: float) -> Moment | None:
        """When it is `t_s` of the table's time, past or to come; None where nobody tells it."""
        if self.source.begin_s is not None:
            return timedelta(seconds=t_s - self.source.begin_s)
        if self.wall is None:
            return None
        try:
            return self.wall + timedelta(seconds=(t_s - self.snapshot.now_s) / self.source.speed)
        except (OverflowError, ValueError):  # a time that no calendar has
            return None
