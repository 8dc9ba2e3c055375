# SPDX-License-Identifier: MIT
"""Sessions summed up by day and by week, in local time.

Two laws. A session belongs to the local day on which it began, whatever the clocks did that day:
all counting is by dates, so no hour is lost or doubled when they change. And a day or week in
which nothing happened is there, with nothing in it: a gap is part of the story.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.commands import SYMPTOMS
from upturn.store.progression import FINE
from upturn.store.rows import AlarmRow, SessionRow

WEEKS = 8
"""The documents judge over eight weeks (ITB, CC)."""
WEEK_DAYS = 7
PRIORITIES = tuple(sorted(Priority, reverse=True))


@dataclass(frozen=True, slots=True)
class Tally:
    """What some sessions come to."""

    sessions: int
    inversions: int
    inverted_s: float
    longest_s: float
    peak_deg: float | None
    at_least: bool
    """Some of it was assumed over missing data, or an end is not known."""
    alarms: Mapping[Priority, int]
    """Occurrences, by the highest priority that each came to; tests of the alarm left out."""
    answers: Mapping[str, int]
    """How often each of `commands.SYMPTOMS`."""
    unanswered: int

    @property
    def answered(self) -> int:
        return self.sessions - self.unanswered

    @property
    def symptoms(self) -> int:
        """Sessions after which somebody was not fine."""
        return self.answered - self.answers[FINE]


@dataclass(frozen=True, slots=True)
class Span:
    """A day or a week."""

    first: date
    days: int
    tally: Tally

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Trend:
    """The newer half of some weeks beside the older one."""

    weeks: int
    """In each half."""
    before: Tally
    since: Tally


@dataclass(frozen=True, slots=True)
class History:
    """One user's sessions, seen from a day."""

    today: date
    days: tuple[Span, ...]
    """This week's seven."""
    weeks: tuple[Span, ...]
    """The oldest first; this one is the last."""
    trend: Trend | None
    """None where there are fewer than two weeks, or nothing is in them."""
    newest: date | None
    """When the last session was, if there was one up to today."""
    later: int
    """Sessions that lie after today: a clock was wrong."""


def history(
    sessions: Sequence[SessionRow],
    today: date,
    *,
    weeks: int = WEEKS,
    zone: tzinfo | None = None,
) -> History:
    """These sessions by day and week. `zone` None is this computer's own."""
    by_day: dict[date, list[SessionRow]] = {}
    for session in sessions:
        by_day.setdefault(local_day(session.began_at, zone), []).append(session)
    monday = week_of(today)
    shown = tuple(
        _span(by_day, monday - timedelta(weeks=ago), WEEK_DAYS) for ago in reversed(range(weeks))
    )
    return History(
        today=today,
        days=tuple(_span(by_day, monday + timedelta(days=n), 1) for n in range(WEEK_DAYS)),
        weeks=shown,
        trend=_trend(by_day, shown),
        newest=max((day for day in by_day if day <= today), default=None),
        later=sum(len(there) for day, there in by_day.items() if day > today),
    )


def local_day(at: datetime, zone: tzinfo | None) -> date:
    return at.astimezone(zone).date()


def week_of(day: date) -> date:
    """Its Monday, as ISO 8601 has it."""
    return day - timedelta(days=day.weekday())


def tally(sessions: Iterable[SessionRow]) -> Tally:
    there = list(sessions)
    inversions = [inversion for session in there for inversion in session.inversions]
    alarms = Counter(a.priority for session in there for a in session.alarms if is_real(a))
    answers = Counter(session.answer for session in there)
    return Tally(
        sessions=len(there),
        inversions=len(inversions),
        inverted_s=sum((session.inverted_s for session in there), 0.0),
        longest_s=max((session.longest_s for session in there), default=0.0),
        peak_deg=max((s.peak_deg for s in there if s.peak_deg is not None), default=None),
        at_least=any(i.at_least or i.duration_s is None for i in inversions),
        alarms={priority: alarms[priority] for priority in PRIORITIES},
        answers={answer: answers[answer] for answer in SYMPTOMS},
        unanswered=answers[None],
    )


def is_real(alarm: AlarmRow) -> bool:
    """False for a test of the alarm: it says of itself that nobody needed help."""
    return alarm.id is not AlarmId.TEST_ALARM


def _span(by_day: Mapping[date, list[SessionRow]], first: date, days: int) -> Span:
    return Span(first, days, tally(_between(by_day, first, days)))


def _between(by_day: Mapping[date, list[SessionRow]], first: date, days: int) -> list[SessionRow]:
    return [session for n in range(days) for session in by_day.get(first + timedelta(days=n), ())]


def _trend(by_day: Mapping[date, list[SessionRow]], weeks: Sequence[Span]) -> Trend | None:
    half = len(weeks) // 2
    if half == 0 or not any(week.tally.sessions for week in weeks):
        return None
    before, since = weeks[-2 * half].first, weeks[-half].first
    days = half * WEEK_DAYS
    return Trend(half, tally(_between(by_day, before, days)), tally(_between(by_day, since, days)))
