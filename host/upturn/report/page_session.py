# SPDX-License-Identifier: MIT
"""Of a session's page: the curve with its inversions, the alarms with advice, the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from upturn.core.alarm_table import ALARMS
from upturn.core.thresholds import ANGLE_MARGIN_DEG, OVER_ENTER_DEG
from upturn.report import words
from upturn.report.axes import NARROW_PX
from upturn.report.markup import Element, Node, tag
from upturn.report.session_chart import duration, session_chart
from upturn.report.svg import svg
from upturn.report.tables import Column, sources, table
from upturn.store.rows import AlarmRow, Curve, EventRow, InversionRow, SessionRow

MOST_LINES = 400
"""Of the log on the page; `upturn export` has all."""

INVERSIONS = (
    Column("No.", number=True),
    Column("Began", short=True),
    Column("Inverted", number=True),
    Column("Steepest", number=True),
    Column("Sum since a full rest", number=True),
    Column("Against the limits"),
)
ALARM_COLUMNS = (
    Column("No.", number=True),
    Column("Priority", short=True),
    Column("Alarm"),
    Column("Raised", short=True),
    Column("Acknowledged", short=True),
    Column("Over", short=True),
    Column("What to do"),
    Column("Source"),
)


def curve_section(session: SessionRow, curve: Curve | None, zone: tzinfo | None) -> Element:
    began_at = session.began_at if curve is None else min(curve.began_at, session.began_at)
    return tag(
        "section",
        tag("h2", "The session"),
        tag(
            "figure",
            svg(session_chart(session, curve), "curve", "wide"),
            svg(session_chart(session, curve, width=NARROW_PX), "curve-narrow", "narrow"),
            tag(
                "figcaption",
                f"Time counts from {words.time_of_day(began_at, zone)}. Angles: -90° upright, "
                "0° level, 90° fully head-down. Alarms have the numbers of their table.",
            ),
        ),
        table(
            "inversions",
            "Inversions",
            INVERSIONS,
            [_inversion(session, row, zone) for row in session.inversions],
        ),
    )


def _inversion(session: SessionRow, row: InversionRow, zone: tzinfo | None) -> list[Node]:
    exposure = words.UNKNOWN if row.exposure_s is None else words.clock(row.exposure_s)
    return [
        str(row.n),
        words.time_of_day(row.began_at, zone),
        duration(row),
        words.angle(row.peak_deg),
        words.at_least(exposure, row.at_least and row.exposure_s is not None),
        _judged(session, row),
    ]


def _judged(session: SessionRow, row: InversionRow) -> Node:
    profile = session.profile
    if row.exposure_s is None:
        return "not known"
    said: list[str] = []
    over = row.exposure_s >= profile.limit_s
    if over:
        said.append(f"past the limit of {profile.limit_s:g} s")
    elif row.exposure_s >= profile.notice_s:
        said.append(f"past the notice of {profile.notice_s:g} s")
    past_vertical = row.peak_deg is not None and row.peak_deg >= OVER_ENTER_DEG
    if past_vertical:
        said.append("past vertical")
    elif row.peak_deg is not None and row.peak_deg > profile.max_angle_deg + ANGLE_MARGIN_DEG:
        said.append(f"steeper than {profile.max_angle_deg:g}°")
    if not said:
        return "within"
    return tag("span", ", ".join(said), class_="high" if over or past_vertical else "medium")


def alarms_section(session: SessionRow, zone: tzinfo | None) -> Element:
    if not session.alarms:
        return tag("section", tag("h2", "Alarms"), tag("p", "None."))
    rows = [_alarm(n, alarm, zone) for n, alarm in enumerate(session.alarms, start=1)]
    return tag(
        "section",
        tag("h2", "Alarms"),
        table("alarms", "Numbered as in the picture", ALARM_COLUMNS, rows),
    )


def _alarm(number: int, alarm: AlarmRow, zone: tzinfo | None) -> list[Node]:
    spec = ALARMS[alarm.id]
    detail = words.alarm_detail(alarm)
    escalated = f" (escalated {words.counted(alarm.escalated, 'time')})" if alarm.escalated else ""
    mark = f"{alarm.priority.marks} {alarm.priority.word}"
    return [
        str(number),
        tag("span", mark, class_=alarm.priority.word),
        f"{spec.title}{f': {detail}' if detail else ''}{escalated}",
        words.time_of_day(alarm.raised_at, zone),
        "never"
        if alarm.acknowledged_at is None
        else words.time_of_day(alarm.acknowledged_at, zone),
        "not seen" if alarm.cleared_at is None else words.time_of_day(alarm.cleared_at, zone),
        spec.advice,
        sources(spec.source),
    ]


def log_section(log: Sequence[EventRow], zone: tzinfo | None) -> Element:
    columns = (Column("Time", short=True), Column("Kind"), Column("What happened"))
    rows = [
        [words.time_of_day(row.at, zone), row.kind.replace("_", " "), row.words]
        for row in log[:MOST_LINES]
    ]
    parts: list[Element] = [tag("h2", "Log")]
    if rows:
        parts.append(table("log", "Every event, act and note, in order of time", columns, rows))
    else:
        parts.append(tag("p", "None is stored."))
    if len(log) > MOST_LINES:
        parts.append(tag("p", f"The first {MOST_LINES} of {len(log)} lines.", class_="dim"))
    return tag("section", parts)
