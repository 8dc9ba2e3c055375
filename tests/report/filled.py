# SPDX-License-Identifier: MIT
"""A real store that holds sessions made by hand, so that a command can be run on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.report.handmade import curve, log
from upturn.store.codec import angle_to_int, angles_to_blob, profile_to_json, to_ms
from upturn.store.database import Store
from upturn.store.rows import SessionRow


def fill(path: Path, sessions: Sequence[SessionRow], *, curves: bool = False) -> Path:
    """Written past the writer: no core has lived through them."""
    with Store.open(path) as store, store.transaction() as db:
        users = _ids(session.user for session in sessions)
        tables = _ids(session.table for session in sessions)
        for name, id in users.items():
            db.execute("INSERT INTO users VALUES (?, ?)", (id, name))
            db.execute(
                "INSERT INTO runs VALUES (?, ?, '0.1.0', '{}', 'host', 0, NULL, NULL)", (id, id)
            )
        for name, id in tables.items():
            db.execute("INSERT INTO tables VALUES (?, ?, ?)", (id, f"key {id}", name))
        for session in sessions:
            user, table = users[session.user], tables[session.table]
            db.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
                (
                    session.id,
                    user,
                    table,
                    user,
                    to_ms(session.began_at),
                    _ms(session.ended_at),
                    profile_to_json(session.profile),
                ),
            )
            for row in session.inversions:
                db.execute(
                    "INSERT INTO inversions (session_id, n, began_ms, duration_s, peak_deg,"
                    " exposure_s, at_least) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        session.id,
                        row.n,
                        to_ms(row.began_at),
                        row.duration_s,
                        row.peak_deg,
                        row.exposure_s,
                        row.at_least,
                    ),
                )
            for one in session.alarms:
                db.execute(
                    "INSERT INTO alarms (run_id, table_id, session_id, alarm, occurrence,"
                    " priority, raised_ms, escalated, acknowledged_ms, cleared_ms, message)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        user,
                        table,
                        session.id,
                        str(one.id),
                        one.occurrence,
                        int(one.priority),
                        to_ms(one.raised_at),
                        one.escalated,
                        _ms(one.acknowledged_at),
                        _ms(one.cleared_at),
                        one.message,
                    ),
                )
            if session.answer is not None:
                db.execute(
                    "INSERT INTO answers (session_id, at_ms, answer) VALUES (?, ?, ?)",
                    (session.id, to_ms(session.began_at), session.answer),
                )
            for line in log(session):
                db.execute(
                    "INSERT INTO events (run_id, table_id, session_id, at_ms, kind, words, fields)"
                    " VALUES (?, ?, ?, ?, ?, ?, '{}')",
                    (user, table, session.id, to_ms(line.at), line.kind, line.words),
                )
            if curves:
                drawn = curve(session)
                angles = angles_to_blob(angle_to_int(float(a)) for a in drawn.angles_deg)
                db.execute(
                    "INSERT INTO curves VALUES (?, ?, ?)",
                    (session.id, to_ms(drawn.began_at), angles),
                )
    return path


def _ids(names: Iterable[str]) -> dict[str, int]:
    return {name: n for n, name in enumerate(dict.fromkeys(names), start=1)}


def _ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at.astimezone(UTC))
