# SPDX-License-Identifier: MIT
"""Some weeks as a picture: minutes inverted and the longest inversion of each, with what was felt.

A week in which nothing happened has its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from upturn.core.alarm_table import Priority
from upturn.core.limits import Profile
from upturn.report import words
from upturn.report.axes import SMALL, WIDE_PX, Entry, Scale, legend, text_px
from upturn.report.drawing import Anchor, Box, Dot, Drawing, Ink, Label, Shape, Stroke
from upturn.store.history import Span, Tally

LEFT_PX, RIGHT_PX = 74.0, 8.0
MINUTES_PX, LONGEST_PX = 96.0, 70.0
ROW_PX = 17.0
HEAD_PX = 22.0
"""Above a panel, for its name and the values on its bars."""
NUMBERS_PX = 15.0
"""Narrower weeks bear no numbers; the table has them."""
FILL = 0.62
"""Of a week's width: its bar."""

ROWS: tuple[tuple[str, Ink, Callable[[Tally], int]], ...] = (
    ("sessions", Ink.TEXT, lambda tally: tally.sessions),
    ("high alarms", Ink.HIGH, lambda tally: tally.alarms[Priority.HIGH]),
    ("symptoms", Ink.SYMPTOM, lambda tally: tally.symptoms),
)


def week_chart(weeks: Sequence[Span], profile: Profile, *, width: float = WIDE_PX) -> Drawing:
    """The picture of these weeks; `profile` gives the limit that is drawn in."""
    slot = (width - LEFT_PX - RIGHT_PX) / len(weeks)
    shapes: list[Shape] = []
    bottom = HEAD_PX + MINUTES_PX
    shapes += _minutes(weeks, slot, bottom)
    bottom += HEAD_PX + LONGEST_PX
    shapes += _longest(weeks, profile, slot, bottom)
    shapes += _names(weeks, slot, bottom + 14.0)
    y = bottom + 14.0
    for name, ink, count in ROWS:
        y += ROW_PX
        shapes += _row(weeks, slot, y, name, ink, count)
    entries = [
        Entry(Ink.TIME, "time inverted (min:s)"),
        Entry(Ink.CURVE, "longest inversion (min:s)", line=True),
        Entry(Ink.LIMIT, f"limit, {profile.limit_s:g} s ({profile.name})", line=True, dash=4.0),
    ]
    drawn, end = legend(entries, LEFT_PX, y + 10.0, width - LEFT_PX - RIGHT_PX)
    return Drawing(
        width,
        end + 2.0,
        f"Week by week, {words.counted(len(weeks), 'week')}",
        _description(weeks),
        (*shapes, *drawn),
    )


def _minutes(weeks: Sequence[Span], slot: float, bottom: float) -> Iterator[Shape]:
    most_s = max(60.0, *(week.tally.inverted_s for week in weeks))
    y = Scale(0.0, most_s, bottom, bottom - MINUTES_PX)
    yield from _panel("inverted", slot * len(weeks), bottom)
    for n, week in enumerate(weeks):
        if not week.tally.sessions:
            continue
        top = min(y(week.tally.inverted_s), bottom - 1.0)
        x = LEFT_PX + slot * (n + 0.5)
        text = words.at_least(words.clock(week.tally.inverted_s), week.tally.at_least)
        tip = f"{words.days(week.first, week.last)}: {text}"
        yield Box(x - slot * FILL / 2, top, slot * FILL, bottom - top, Ink.TIME, tip)
        if slot >= text_px(text, SMALL):
            yield Label(x, top - 4.0, text, Ink.TEXT, SMALL, Anchor.MIDDLE)


def _longest(
    weeks: Sequence[Span], profile: Profile, slot: float, bottom: float
) -> Iterator[Shape]:
    most_s = max(profile.limit_s, *(week.tally.longest_s for week in weeks))
    y = Scale(0.0, most_s, bottom, bottom - LONGEST_PX)
    yield from _panel("longest", slot * len(weeks), bottom)
    ends = ((LEFT_PX, y(profile.limit_s)), (LEFT_PX + slot * len(weeks), y(profile.limit_s)))
    yield Stroke(ends, Ink.LIMIT, 1.2, 5.0)
    for n, week in enumerate(weeks):
        if not week.tally.inversions:
            continue
        x, top = LEFT_PX + slot * (n + 0.5), y(week.tally.longest_s)
        yield Stroke(((x, bottom), (x, top)), Ink.CURVE, 1.5)
        yield Dot(x, top, 3.5, Ink.CURVE)
        text = words.clock(week.tally.longest_s)
        if slot >= 2.0 * text_px(text, SMALL):
            yield Label(x + 7.0, _clear_of(y(profile.limit_s), top), text, Ink.TEXT, SMALL)


def _clear_of(line: float, dot: float) -> float:
    """The baseline of a dot's value, so that the limit does not strike it out."""
    if dot <= line:
        return min(dot + 4.0, line - 4.0)
    return max(dot + 4.0, line + SMALL + 2.0)


def _panel(name: str, width: float, bottom: float) -> Iterator[Shape]:
    yield Label(LEFT_PX - 8.0, bottom - 2.0, name, Ink.DIM, SMALL, Anchor.END)
    yield Stroke(((LEFT_PX, bottom), (LEFT_PX + width, bottom)), Ink.AXIS)


def _names(weeks: Sequence[Span], slot: float, y: float) -> Iterator[Shape]:
    """The first day of each, or of as many as there is room for, the last always."""
    every = int(text_px("30 Sep ", SMALL) / slot) + 1
    yield Label(LEFT_PX - 8.0, y, "week from", Ink.DIM, SMALL, Anchor.END)
    for n, week in enumerate(weeks):
        if (len(weeks) - 1 - n) % every == 0:
            text = f"{week.first.day} {week.first:%b}"
            x, end = LEFT_PX + slot * (n + 0.5), LEFT_PX + slot * len(weeks) + RIGHT_PX
            if x + text_px(text, SMALL) / 2 > end:
                yield Label(end, y, text, Ink.DIM, SMALL, Anchor.END)
            else:
                yield Label(x, y, text, Ink.DIM, SMALL, Anchor.MIDDLE)


def _row(
    weeks: Sequence[Span],
    slot: float,
    y: float,
    name: str,
    ink: Ink,
    count: Callable[[Tally], int],
) -> Iterator[Shape]:
    yield Label(LEFT_PX - 8.0, y, name, Ink.DIM, SMALL, Anchor.END)
    for n, week in enumerate(weeks):
        x = LEFT_PX + slot * (n + 0.5)
        there = count(week.tally)
        if slot < NUMBERS_PX:
            if there:
                yield Dot(x, y - 4.0, min(3.0, slot * 0.4), ink)
        elif there:
            yield Label(x, y, str(there), ink, SMALL, Anchor.MIDDLE, bold=True)
        else:
            yield Label(x, y, words.UNKNOWN, Ink.DIM, SMALL, Anchor.MIDDLE)


def _description(weeks: Sequence[Span]) -> str:
    tallies = [week.tally for week in weeks]
    empty = sum(not tally.sessions for tally in tallies)
    longest_s = max(tally.longest_s for tally in tallies)
    return (
        f"{words.counted(sum(t.sessions for t in tallies), 'session')} in "
        f"{words.counted(len(weeks), 'week')}, {empty} of them without one; "
        f"{words.clock(sum(t.inverted_s for t in tallies))} inverted, the longest "
        f"{words.clock(longest_s)}; symptoms after {sum(t.symptoms for t in tallies)}. "
        "The table below holds every value."
    )
