# SPDX-License-Identifier: MIT
"""Of a session's page: how it felt, what the sessions so far suggest, and the weeks."""

from __future__ import annotations

from upturn.core.alarm_table import Priority
from upturn.report import words
from upturn.report.axes import NARROW_PX
from upturn.report.markup import Element, Node, tag
from upturn.report.svg import svg
from upturn.report.tables import Column, table
from upturn.report.week_chart import week_chart
from upturn.store.history import History, Span
from upturn.store.progression import Step, Suggestion
from upturn.store.rows import SessionRow

WEEK_COLUMNS = (
    Column("Week", short=True),
    Column("Sessions", number=True),
    Column("Inverted", number=True),
    Column("Longest", number=True),
    Column("Steepest", number=True),
    Column("Alarms: high", number=True),
    Column("medium", number=True),
    Column("low", number=True),
    Column("Felt"),
)


def felt_section(session: SessionRow, suggestion: Suggestion) -> Element:
    answer = words.answer(session.answer)
    symptom = words.is_symptom(session.answer)
    return tag(
        "section",
        tag("h2", "How it felt, and what follows"),
        tag(
            "p",
            "After this session: ",
            tag("span", answer, class_="symptom" if symptom else None),
            ".",
        ),
        tag("p", suggestion.words, class_="stop" if suggestion.step is Step.SHORTER else None),
    )


def weeks_section(history: History, session: SessionRow) -> Element:
    weeks = history.weeks
    name = "Week by week" if len(weeks) > 1 else "This week"
    return tag(
        "section",
        tag("h2", f"{name}, {words.through(weeks)}"),
        tag("p", words.trend(history)),
        tag("p", words.RELIEF, class_="dim"),
        tag(
            "figure",
            svg(week_chart(weeks, session.profile), "weeks", "wide"),
            svg(week_chart(weeks, session.profile, width=NARROW_PX), "weeks-narrow", "narrow"),
        ),
        table("week-table", "The weeks in numbers", WEEK_COLUMNS, [_week(week) for week in weeks]),
        [tag("p", words.later(history.later))] if history.later else [],
        [tag("p", words.AT_LEAST, class_="dim")] if _any_least(weeks) else [],
    )


def _any_least(weeks: tuple[Span, ...]) -> bool:
    return any(week.tally.at_least for week in weeks)


def _week(week: Span) -> list[Node]:
    tally = week.tally
    name = words.days(week.first, week.last)
    if not tally.sessions:
        return [name, "none", *[words.UNKNOWN] * 7]
    felt = words.felt(tally)
    return [
        name,
        str(tally.sessions),
        words.at_least(words.clock(tally.inverted_s), tally.at_least),
        words.clock(tally.longest_s),
        words.angle(tally.peak_deg),
        *[str(tally.alarms[p]) for p in (Priority.HIGH, Priority.MEDIUM, Priority.LOW)],
        tag("span", felt, class_="symptom") if tally.symptoms else felt,
    ]
