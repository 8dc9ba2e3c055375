# SPDX-License-Identifier: MIT
"""The report: one HTML file that holds all it shows, fetches nothing, runs nothing, and prints.

What happened in one session, how the weeks went, and which limits held, each with its source, so
that a user and a physiotherapist need no explanation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from upturn.report import words
from upturn.report.markup import Element, Node, render, tag
from upturn.report.page_deeds import deeds_section
from upturn.report.page_limits import limits_section
from upturn.report.page_session import alarms_section, curve_section, log_section
from upturn.report.page_weeks import felt_section, weeks_section
from upturn.report.style import style
from upturn.report.tables import facts
from upturn.store.deeds import Deeds
from upturn.store.history import History, tally
from upturn.store.progression import Suggestion
from upturn.store.rows import Curve, EventRow, SessionRow

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may do for this page: use its own style sheet, and nothing else."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one is made of."""

    session: SessionRow
    curve: Curve | None
    log: tuple[EventRow, ...]
    history: History
    suggestion: Suggestion
    deeds: Deeds
    made_at: datetime
    software: str
    """What made the report; the session has its own."""
    zone: tzinfo | None = None
    """Whose time of day is shown; None: this computer's."""


def page(report: Report) -> str:
    """The file's text."""
    began = words.moment(report.session.began_at, report.zone)
    title = f"Inversion session of {words.person(report.session.user)}, {began}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", style()),
    )
    body = tag(
        "body",
        tag("header", _header(report)),
        tag("main", _sections(report)),
        tag("footer", _footer(report)),
    )
    return f"<!DOCTYPE html>\n{render(tag('html', head, body, lang='en'))}\n"


def _header(report: Report) -> Iterator[Node]:
    session, zone = report.session, report.zone
    yield tag("h1", f"Inversion session of {words.person(session.user)}")
    yield facts(
        [
            ("Began", words.moment(session.began_at, zone)),
            ("Ended", _ended(report)),
            ("Time of day", words.offset(session.began_at, zone)),
            ("Table", session.table or words.UNKNOWN),
            ("Limits", session.profile.name),
            ("Watched by", f"Upturn {session.software}"),
        ]
    )
    yield tag("p", words.NOT_MEDICAL, class_="aid")


def _ended(report: Report) -> str:
    ended_at = report.session.ended_at
    if ended_at is None:
        return "an inversion was still open"
    return words.moment(ended_at, report.zone)


def _sections(report: Report) -> Iterator[Element]:
    session, zone = report.session, report.zone
    yield _in_short(session)
    yield curve_section(session, report.curve, zone)
    yield alarms_section(session, zone)
    yield deeds_section(report.deeds, session, zone)
    yield felt_section(session, report.suggestion)
    yield weeks_section(report.history, session)
    yield limits_section(session.profile)
    yield log_section(report.log, zone)


def _in_short(session: SessionRow) -> Element:
    sums = tally([session])
    return tag(
        "section",
        tag("h2", "In short"),
        facts(
            [
                ("Inversions", str(sums.inversions)),
                ("Inverted", words.at_least(words.clock(sums.inverted_s), sums.at_least)),
                ("Longest", words.clock(sums.longest_s)),
                ("Steepest", words.angle(sums.peak_deg)),
                ("Alarms", words.alarm_counts(sums.alarms)),
                ("Felt", words.answer(session.answer)),
            ]
        ),
        [tag("p", words.AT_LEAST, class_="dim")] if sums.at_least else [],
    )


def _footer(report: Report) -> Iterator[Element]:
    yield tag("p", words.RELIEF)
    yield tag("p", words.NOT_MEDICAL)
    made = words.moment(report.made_at, report.zone)
    yield tag("p", f"Made by Upturn {report.software} on {made}.")
