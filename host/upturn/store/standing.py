# SPDX-License-Identifier: MIT
"""What is open on one table: the last session, an inversion, alarms. Values alone."""

from __future__ import annotations

from dataclasses import dataclass

from upturn.core.alarm_table import AlarmId
from upturn.core.thresholds import SESSION_GAP_S
from upturn.store.told import Acted, Heard

SESSION_GAP_MS = round(SESSION_GAP_S * 1000.0)


@dataclass(frozen=True, slots=True)
class Seen:
    """How an open inversion stood when it was last written down."""

    at_ms: int
    duration_s: float
    peak_deg: float | None
    exposure_s: float


@dataclass(frozen=True, slots=True)
class OpenSession:
    """The last one of a table: another inversion within ten minutes belongs to it."""

    id: int
    core: int
    began_ms: int
    ended_ms: int | None
    profile: str
    inversions: int
    since_s: float | None = None
    """When it began on the core's axis, where it is that of this core."""

    def holds(self, at_ms: int) -> bool:
        """Whether that moment belongs to it."""
        return self.ended_ms is None or abs(at_ms - self.ended_ms) <= SESSION_GAP_MS

    def goes_on(self, heard: Heard, began_ms: int) -> bool:
        """By the core's own count, or where that is another core's, by the time between."""
        if self.profile != heard.profile:
            return False
        return self.core == heard.session if self.core else self.holds(began_ms)


@dataclass(frozen=True, slots=True)
class OpenInversion:
    id: int
    began_ms: int
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    row: int
    id: AlarmId
    occurrence: int
    priority: int
    escalated: int
    acknowledged: bool
    session_id: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    run_id: int
    table_id: int
    user_id: int
    session: OpenSession | None = None
    inversion: OpenInversion | None = None
    alarms: tuple[OpenAlarm, ...] = ()
    acknowledging: Acted | None = None

    def session_at(self, at_ms: int) -> int | None:
        """Which session that moment belongs to: the open one, or the last for ten minutes."""
        session = self.session
        return session.id if session is not None and session.holds(at_ms) else None
