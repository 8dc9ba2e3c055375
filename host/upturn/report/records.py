# SPDX-License-Identifier: MIT
"""Sessions, inversions and alarms as rows for other programs: the columns are a contract.

They change only with the major version. Times are UTC in ISO 8601, to the millisecond. In CSV no
text begins a formula: a spreadsheet would run what somebody else has named.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from upturn.store.rows import AlarmRow, InversionRow, SessionRow

COLUMNS = (
    "kind",
    "session",
    "user",
    "table",
    "began_at",
    "ended_at",
    "n",
    "duration_s",
    "peak_deg",
    "exposure_s",
    "at_least",
    "inversions",
    "inverted_s",
    "longest_s",
    "profile",
    "notice_s",
    "limit_s",
    "rest_s",
    "max_angle_deg",
    "answer",
    "alarm",
    "occurrence",
    "priority",
    "escalated",
    "acknowledged_at",
    "cleared_at",
    "message",
    "software",
)
"""In CSV every row has them all, empty where its kind has none of that; JSON leaves those out."""

Value = str | int | float | bool | None
Record = dict[str, Value]

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
"""A reader may take some for the end of a cell or a line."""
_FORMULA = re.compile(r"(^|[;,|])([\s\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a spreadsheet may see one: at the start, and after what another may part cells by."""


def records(sessions: Iterable[SessionRow]) -> Iterator[Record]:
    """Each session, then its inversions, then its alarms."""
    for session in sessions:
        yield _session(session)
        for inversion in session.inversions:
            yield _inversion(session, inversion)
        for alarm in session.alarms:
            yield _alarm(session, alarm)


def to_csv(rows: Iterable[Record]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in COLUMNS])
    return out.getvalue()


def to_json(rows: Iterable[Record]) -> str:
    """One object a line."""
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def inert(text: str) -> str:
    """On one line, and with an apostrophe before all that could be taken for a formula."""
    return _FORMULA.sub(r"\1\2'", _CONTROL.sub(" ", text))


def _session(session: SessionRow) -> Record:
    profile = session.profile
    return {
        **_head("session", session, session.began_at),
        "ended_at": _time(session.ended_at),
        "peak_deg": _deg(session.peak_deg),
        "at_least": any(i.at_least or i.duration_s is None for i in session.inversions),
        "inversions": len(session.inversions),
        "inverted_s": _sec(session.inverted_s),
        "longest_s": _sec(session.longest_s),
        "profile": profile.name,
        "notice_s": profile.notice_s,
        "limit_s": profile.limit_s,
        "rest_s": profile.rest_s,
        "max_angle_deg": profile.max_angle_deg,
        "answer": session.answer,
        "software": session.software,
    }


def _inversion(session: SessionRow, inversion: InversionRow) -> Record:
    return {
        **_head("inversion", session, inversion.began_at),
        "n": inversion.n,
        "duration_s": _sec(inversion.duration_s),
        "peak_deg": _deg(inversion.peak_deg),
        "exposure_s": _sec(inversion.exposure_s),
        "at_least": inversion.at_least or inversion.duration_s is None,
    }


def _alarm(session: SessionRow, alarm: AlarmRow) -> Record:
    return {
        **_head("alarm", session, alarm.raised_at),
        "alarm": str(alarm.id),
        "occurrence": alarm.occurrence,
        "priority": alarm.priority.word,
        "escalated": alarm.escalated,
        "acknowledged_at": _time(alarm.acknowledged_at),
        "cleared_at": _time(alarm.cleared_at),
        "message": alarm.message,
    }


def _head(kind: str, session: SessionRow, began_at: datetime) -> Record:
    return {
        "kind": kind,
        "session": session.id,
        "user": session.user,
        "table": session.table,
        "began_at": _time(began_at),
    }


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return inert(value) if isinstance(value, str) else str(value)


def _time(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sec(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _deg(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
