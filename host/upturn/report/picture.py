# SPDX-License-Identifier: MIT
"""What a PNG of a session holds: whose and when, the session, the weeks, what Upturn is not."""

from __future__ import annotations

from upturn.report import words
from upturn.report.axes import SMALL, WIDE_PX
from upturn.report.drawing import Drawing, Ink, Label
from upturn.report.page import Report
from upturn.report.session_chart import session_chart
from upturn.report.week_chart import week_chart

MARGIN_PX = 16.0


def drawings(report: Report) -> tuple[Drawing, ...]:
    """From top to bottom; the charts are those of the page."""
    session = report.session
    began = words.moment(session.began_at, report.zone)
    weeks = report.history.weeks
    heading = f"Inversion session of {words.person(session.user)}, {began}"
    return (
        _line(heading, 17.0, bold=True),
        session_chart(session, report.curve),
        _line(f"{words.counted(len(weeks), 'week')}, {words.through(weeks)}", 14.0, bold=True),
        week_chart(weeks, session.profile),
        _line(words.NOT_MEDICAL, SMALL, ink=Ink.DIM),
    )


def _line(text: str, size: float, *, bold: bool = False, ink: Ink = Ink.TEXT) -> Drawing:
    height = 2.0 * size + 8.0
    label = Label(MARGIN_PX, 1.4 * size + 4.0, text, ink, size, bold=bold)
    return Drawing(WIDE_PX, height, text, text, (label,))
