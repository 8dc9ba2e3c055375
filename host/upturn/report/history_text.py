# SPDX-License-Identifier: MIT
"""A history in a terminal of 80 columns: days, weeks, and what they come to in words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from upturn.report import words
from upturn.store.history import PRIORITIES, History, Span, Tally
from upturn.store.keep import MEGABYTE, KeepPlan
from upturn.store.progression import Suggestion
from upturn.transports.printable import printable

WIDTH = 80
NAME_WIDTH = 13
FELT_WIDTH = 19
NUMBERS_WIDTH = WIDTH - NAME_WIDTH - FELT_WIDTH - 2
_NUMBERS = f"{'SESSIONS':>8}{'INVERTED':>10}{'LONGEST':>9}{'PEAK':>6}{'***':>5}{'**':>4}{'*':>4}"
"""Stars are alarms by priority, as on the dashboard."""


@dataclass(frozen=True, slots=True)
class Told:
    """All that a history tells."""

    user: str
    others: tuple[str, ...]
    """Whoever else is stored."""
    history: History
    suggestion: Suggestion | None
    """None: no session of this user."""
    recordings: KeepPlan


def history_lines(told: Told) -> Iterator[str]:
    history = told.history
    today = history.today
    yield f"History of {printable(words.person(told.user))}, {words.day(today)} {today.year}"
    yield ""
    yield from _table("THIS WEEK", [(words.day(day.first), day) for day in _past(history)])
    yield ""
    yield from _table(words.counted(len(history.weeks), "week").upper(), _weeks(history.weeks))
    yield ""
    if any(week.tally.at_least for week in history.weeks):
        yield from _wrapped(words.AT_LEAST)
    yield from _wrapped("INVERTED and LONGEST in min:s; *** ** * high, medium and low alarms.")
    if history.later:
        yield from _wrapped(words.later(history.later))
    yield ""
    yield from _wrapped(words.trend(history))
    if told.suggestion is not None:
        yield from _wrapped(told.suggestion.words)
    yield from _wrapped(words.RELIEF)
    yield from _recordings(told.recordings)
    if told.others:
        yield ""
        listed = ", ".join(printable(other) if other else "''" for other in told.others)
        yield from _wrapped(f"Others are stored: {listed}. --user NAME shows them.")


def _past(history: History) -> list[Span]:
    return [day for day in history.days if day.first <= history.today]


def _weeks(weeks: Sequence[Span]) -> Iterator[tuple[str, Span | None]]:
    """With a line for each year, where there is more than one."""
    years = {week.last.year for week in weeks}
    before = None
    for week in weeks:
        if len(years) > 1 and week.last.year != before:
            before = week.last.year
            yield str(before), None
        yield words.days(week.first, week.last), week


def _table(name: str, rows: Iterable[tuple[str, Span | None]]) -> Iterator[str]:
    yield f"{name:<{NAME_WIDTH}}{_NUMBERS}  FELT"
    for label, span in rows:
        if span is None:
            yield label
            continue
        felt = _felt(span.tally)
        yield f"{label:<{NAME_WIDTH}}{_numbers(span.tally)}  {felt[0]}".rstrip()
        for more in felt[1:]:
            yield f"{'':<{NAME_WIDTH + NUMBERS_WIDTH}}  {more}"


def _felt(tally: Tally) -> list[str]:
    """In lines that part no answer from its count."""
    joined = words.felt(tally).replace(" ", "\xa0").replace(",\xa0", ", ")
    return [line.replace("\xa0", " ") for line in textwrap.wrap(joined, FELT_WIDTH)] or [""]


def _numbers(tally: Tally) -> str:
    if not tally.sessions:
        return f"{words.UNKNOWN:>8}"
    inverted = words.at_least(words.clock(tally.inverted_s), tally.at_least)
    high, medium, low = (tally.alarms[priority] or words.UNKNOWN for priority in PRIORITIES)
    return (
        f"{tally.sessions:>8}{inverted:>10}{words.clock(tally.longest_s):>9}"
        f"{words.angle(tally.peak_deg):>6}{high:>5}{medium:>4}{low:>4}"
    )


def _recordings(plan: KeepPlan) -> Iterator[str]:
    kept = len(plan.ask) + len(plan.keep) + len(plan.remove)
    if not kept:
        return
    size = sum(r.size_bytes for r in (*plan.remove, *plan.ask, *plan.keep)) / MEGABYTE
    yield ""
    yield f"{words.counted(kept, 'recording')}, {size:.1f} MB."
    if plan.remove:
        goes = "goes" if len(plan.remove) == 1 else "go"
        yield f"{len(plan.remove)} beyond [store] limits {goes} at the next start."
    if plan.ask:
        these = "these limits too" if plan.remove else "[store] limits"
        yield from _wrapped(
            f"Beyond {these}, but kept, for they hold or may hold a high alarm; "
            "'upturn forget --recordings' asks about each:"
        )
        for recording in plan.ask:
            yield f"  {printable(recording.path)}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False)
