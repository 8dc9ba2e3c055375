# SPDX-License-Identifier: MIT
"""Values as words, one way for all that histories and reports say; and the lines both carry.

Time that has passed is rounded down, as on the dashboard. No line claims a benefit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from math import floor

from upturn.core.after import FELT
from upturn.core.alarm_table import ALARMS, Priority
from upturn.store.history import History, Span, Tally
from upturn.store.progression import FINE
from upturn.store.rows import AlarmRow

UNKNOWN = "-"
NOBODY = "nobody named"
"""Who used the table when nobody said."""
RELIEF = (
    "Inversion is for short-term relief, beside other measures (MNT-inv, CC); "
    "judge it after eight weeks (CC)."
)
AT_LEAST = "+: at least so much; part of it was assumed over missing data, or has no end."
NOT_MEDICAL = (
    "Upturn is an aid for a user and a spotter. It is not a medical device, and replaces neither "
    "a spotter nor a doctor's advice."
)


def person(user: str) -> str:
    return user or NOBODY


def clock(seconds: float) -> str:
    """0:42 or 1:02:03."""
    minutes, whole = divmod(floor(max(0.0, seconds) + 1e-6), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{whole:02d}" if hours else f"{minutes}:{whole:02d}"


def long_time(seconds: float) -> str:
    """40 s, 31 min or 3 h 32 min: for sums."""
    minutes = floor(seconds + 1e-6) // 60
    if minutes < 1:
        return f"{floor(seconds + 1e-6)} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def at_least(text: str, is_least: bool) -> str:
    return f"{text}+" if is_least else text


def angle(degrees: float | None) -> str:
    return UNKNOWN if degrees is None else f"{round(degrees)}°"


def day(of: date) -> str:
    return f"{of:%a} {of.day} {of:%b}"


def days(first: date, last: date) -> str:
    """16-22 Mar, or 30 Mar-5 Apr."""
    if first.month == last.month:
        return f"{first.day}-{last.day} {last:%b}"
    return f"{first.day} {first:%b}-{last.day} {last:%b}"


def through(weeks: Sequence[Span]) -> str:
    """From the first day of these weeks to the last."""
    first, last = weeks[0].first, weeks[-1].last
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"


def moment(at: datetime, zone: tzinfo | None) -> str:
    """Date and time of day there, to the second."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M:%S}"


def time_of_day(at: datetime, zone: tzinfo | None) -> str:
    return f"{at.astimezone(zone):%H:%M:%S}"


def offset(at: datetime, zone: tzinfo | None) -> str:
    """UTC+01:00, as it was there at that moment."""
    shift = f"{at.astimezone(zone):%z}"
    return f"UTC{shift[:3]}:{shift[3:5]}"


def counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def felt(tally: Tally) -> str:
    """How people felt: 3 fine, 1 dizzy, 2 not told."""
    parts = [
        f"{tally.answers[answer]} {FELT[answer].words}" for answer in FELT if tally.answers[answer]
    ]
    if tally.unanswered:
        parts.append(f"{tally.unanswered} not told")
    return ", ".join(parts)


def alarm_counts(alarms: Mapping[Priority, int]) -> str:
    parts = [f"{n} {priority.word}" for priority, n in alarms.items() if n]
    return ", ".join(parts) or "none"


def alarm_detail(alarm: AlarmRow) -> str:
    """What its message says beyond title and advice."""
    spec = ALARMS[alarm.id]
    said = alarm.message.removeprefix(spec.title).removesuffix(spec.advice)
    return said.strip(" :.;,-")


def later(sessions: int) -> str:
    """Of sessions that lie in the future."""
    verb = "lies" if sessions == 1 else "lie"
    return (
        f"{counted(sessions, 'session')} {verb} after today: a clock was wrong, now or then. "
        "What is later than this week is not counted above."
    )


def trend(history: History) -> str:
    """The newer weeks beside the older, in words that judge nothing."""
    of, newest = history.trend, history.newest
    if of is None:
        if newest is None:
            return "No session up to today."
        if newest < history.weeks[0].first:
            return f"No session in these weeks; the last was on {day(newest)} {newest.year}."
        return "One week is not compared with another."
    since, before = of.since, of.before
    span = "week" if of.weeks == 1 else f"{of.weeks} weeks"
    if not (before.sessions or since.sessions):
        return f"No session in the last {2 * of.weeks} weeks."
    if not before.sessions:
        return f"Last {span}: {_sums(since)}. Nothing is stored of the {span} before."
    if not since.sessions:
        return f"Last {span}: no session. The {span} before: {_sums(before)}."
    return (
        f"Last {span}: {_sums(since)}. The {span} before: {_sums(before)}. "
        f"Now {_symptoms(since)}; before, {_symptoms(before)}."
    )


def _sums(tally: Tally) -> str:
    inverted = f"{'at least ' if tally.at_least else ''}{long_time(tally.inverted_s)} inverted"
    return f"{counted(tally.sessions, 'session')}, {inverted}, longest {clock(tally.longest_s)}"


def _symptoms(tally: Tally) -> str:
    if not tally.answered:
        return "no answer"
    if tally.symptoms == 0:
        return f"no symptoms in {counted(tally.answered, 'answer')}"
    return f"symptoms in {tally.symptoms} of {counted(tally.answered, 'answer')}"


def answer(given: str | None) -> str:
    return "not told" if given is None else FELT[given].words


def is_symptom(given: str | None) -> bool:
    return given not in (None, FINE)
