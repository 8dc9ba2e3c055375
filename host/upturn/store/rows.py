# SPDX-License-Identifier: MIT
"""What the store holds, as values: what histories, reports and exports are made of.

Times of day are UTC and aware; durations are those of the core, never differences of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.limits import Profile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class InversionRow:
    """One inversion; what its end would have told is None while it is open, or was never seen."""

    n: int
    """In its session, from 1."""
    began_at: datetime
    duration_s: float | None
    peak_deg: float | None
    exposure_s: float | None
    """Summed since the last full rest, at its end."""
    at_least: bool = False
    """Part of it was assumed over missing data."""


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One occurrence."""

    id: AlarmId
    occurrence: int
    priority: Priority
    """The highest that it came to."""
    raised_at: datetime
    escalated: int
    """How often."""
    acknowledged_at: datetime | None
    """The first time."""
    cleared_at: datetime | None
    message: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Inversions not more than ten minutes apart, with all that belongs to them."""

    id: int
    user: str
    """Empty: nobody said who."""
    table: str
    began_at: datetime
    ended_at: datetime | None
    """When its last inversion ended; None while one is open."""
    profile: Profile
    """The limits in force."""
    inversions: tuple[InversionRow, ...]
    alarms: tuple[AlarmRow, ...]
    answer: str | None
    """How the person felt after it: one of `commands.SYMPTOMS`; None: not asked or not told."""
    software: str

    @property
    def inverted_s(self) -> float:
        return sum(inversion.duration_s or 0.0 for inversion in self.inversions)

    @property
    def longest_s(self) -> float:
        return max((inversion.duration_s or 0.0 for inversion in self.inversions), default=0.0)

    @property
    def peak_deg(self) -> float | None:
        return max((i.peak_deg for i in self.inversions if i.peak_deg is not None), default=None)


@dataclass(frozen=True, slots=True)
class Curve:
    """The angle over a session, once a second; NaN where nothing was known."""

    began_at: datetime
    step_s: float
    angles_deg: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the log."""

    at: datetime
    kind: str
    """As in `upturn replay --json`, or "note" or "command"."""
    words: str
    """For people."""
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One time that a user answered the questions about health, or accepted what they say."""

    user: str
    at: datetime
    """When the answers were given."""
    version: int
    """Of the questions: `checklist.VERSION` at that time."""
    answers: Mapping[str, object]
    """By the questions' ids; what the store holds is judged where it is used."""
    override: str = ""
    """When and why READY is wanted all the same, in that person's words; empty: it is not."""
