# SPDX-License-Identifier: MIT
"""What a store is asked: sessions with all that belongs to them, curves, the log, answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.commands import SYMPTOMS
from upturn.store.codec import angles_from_blob, from_ms, profile_from_json, to_ms
from upturn.store.database import Row, Store
from upturn.store.keep import Recording
from upturn.store.rows import AlarmRow, Curve, EventRow, InversionRow, SessionRow

_KNOWN_ALARMS = {str(id) for id in AlarmId}
_T = TypeVar("_T")


def sessions(
    store: Store,
    *,
    user: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[SessionRow]:
    """Those that began from `since` on and before `until`, in order of time; None: all."""
    wanted: list[tuple[str, object]] = []
    if user is not None:
        wanted.append(("users.name = ?", user))
    if since is not None:
        wanted.append(("sessions.began_ms >= ?", to_ms(since)))
    if until is not None:
        wanted.append(("sessions.began_ms < ?", to_ms(until)))
    where = " AND ".join(clause for clause, _ in wanted) or "1"
    query = (
        "SELECT sessions.id, users.name, tables.name, sessions.began_ms, sessions.ended_ms,"  # noqa: S608 - our own words
        " sessions.profile, runs.software,"
        " (SELECT answer FROM answers WHERE session_id = sessions.id ORDER BY id DESC LIMIT 1)"
        " FROM sessions JOIN users ON users.id = sessions.user_id"
        " JOIN tables ON tables.id = sessions.table_id JOIN runs ON runs.id = sessions.run_id"
        f" WHERE {where} ORDER BY sessions.began_ms, sessions.id"
    )
    found = store.rows(query, [value for _, value in wanted])
    ids = [row[0] for row in found]
    inversions = _of_sessions(
        store,
        ids,
        "SELECT session_id, n, began_ms, duration_s, peak_deg, exposure_s, at_least"
        " FROM inversions WHERE session_id BETWEEN ? AND ? ORDER BY session_id, id",
        _inversion,
    )
    alarms = _of_sessions(
        store,
        ids,
        "SELECT session_id, alarm, occurrence, priority, raised_ms, escalated, acknowledged_ms,"
        " cleared_ms, message FROM alarms WHERE session_id BETWEEN ? AND ?"
        " ORDER BY session_id, raised_ms, id",
        _alarm,
    )
    return [
        SessionRow(
            id=id,
            user=user_name,
            table=table,
            began_at=from_ms(began_ms),
            ended_at=_time(ended_ms),
            profile=profile_from_json(profile),
            inversions=tuple(inversions.get(id, ())),
            alarms=tuple(alarms.get(id, ())),
            answer=answer,
            software=software,
        )
        for id, user_name, table, began_ms, ended_ms, profile, software, answer in found
    ]


def curve(store: Store, session_id: int) -> Curve | None:
    rows = store.rows("SELECT began_ms, angles FROM curves WHERE session_id = ?", [session_id])
    if not rows:
        return None
    return Curve(from_ms(rows[0][0]), 1.0, angles_from_blob(rows[0][1]))


def log(store: Store, session_id: int) -> list[EventRow]:
    """What was said and done in a session, in order of time."""
    query = "SELECT at_ms, kind, words, fields FROM events WHERE session_id = ? ORDER BY at_ms, id"
    return [
        EventRow(from_ms(at_ms), kind, words, json.loads(fields))
        for at_ms, kind, words, fields in store.rows(query, [session_id])
    ]


def users(store: Store) -> list[str]:
    """Who has sessions or has answered; a name that is empty is who said none."""
    query = (
        "SELECT name FROM users WHERE id IN (SELECT user_id FROM sessions)"
        " OR id IN (SELECT user_id FROM checklists) ORDER BY name"
    )
    return [row[0] for row in store.rows(query)]


def set_answer(store: Store, session_id: int, answer: str, at: datetime) -> None:
    """The newest answer of a session counts; those before it are kept.

    Raises:
        ValueError: no answer that there is, or no such session.
    """
    if answer not in SYMPTOMS:
        raise ValueError(f"an answer is one of {', '.join(SYMPTOMS)}")
    with store.transaction() as db:
        if db.execute("SELECT 1 FROM sessions WHERE id = ?", [session_id]).fetchone() is None:
            raise ValueError(f"there is no session {session_id}")
        db.execute(
            "INSERT INTO answers (session_id, at_ms, answer) VALUES (?, ?, ?)",
            (session_id, to_ms(at), answer),
        )


def recordings(store: Store, *, user: str | None = None) -> list[Recording]:
    """Of sessions and of none, in order of time; of a user only those of sessions."""
    query = (
        "SELECT path, bytes, recordings.began_ms, high FROM recordings"
        " LEFT JOIN sessions ON sessions.id = session_id"
        " LEFT JOIN users ON users.id = user_id"
        " WHERE ?1 IS NULL OR users.name = ?1 ORDER BY recordings.began_ms, recordings.id"
    )
    return [
        Recording(path, from_ms(began_ms), size, None if high is None else bool(high))
        for path, size, began_ms, high in store.rows(query, [user])
    ]


def add_recording(
    store: Store,
    path: Path,
    session_id: int | None,
    *,
    size_bytes: int,
    began_at: datetime,
    high: bool | None = None,
) -> None:
    """Or what is now known of it. `high`: it holds a high alarm; None: nobody knows."""
    with store.transaction() as db:
        db.execute(
            "INSERT INTO recordings (path, session_id, bytes, began_ms, high)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET"
            " session_id = excluded.session_id, bytes = excluded.bytes, high = excluded.high",
            (str(path), session_id, size_bytes, to_ms(began_at), high),
        )


def recorded_of(
    store: Store, key: str, began_at: datetime, ended_at: datetime
) -> tuple[int | None, bool | None]:
    """What the run that recorded that table then has stored: a session, and a high alarm or none.

    None where there is no session, and where nobody knows: the run is not there, or its end is
    not. A test of the alarm is none.
    """
    begin, end = to_ms(began_at), to_ms(ended_at)
    runs = store.rows(
        "SELECT id FROM runs WHERE began_ms BETWEEN ?1 AND ?2 AND ended_ms IS NOT NULL"
        " AND id IN (SELECT run_id FROM events JOIN tables ON tables.id = table_id"
        " WHERE tables.key = ?3) ORDER BY id DESC LIMIT 1",
        (begin, end, key),
    )
    if not runs:
        return None, None
    (session_id,) = store.rows(
        "SELECT min(session_id) FROM events WHERE run_id = ? AND table_id ="
        " (SELECT id FROM tables WHERE key = ?)",
        (runs[0][0], key),
    )[0]
    high = store.rows(
        "SELECT 1 FROM alarms JOIN tables ON tables.id = table_id WHERE tables.key = ?"
        " AND priority = ? AND alarm <> ? AND (run_id = ?"
        " OR (raised_ms <= ? AND coalesce(cleared_ms, ?) >= ?)) LIMIT 1",
        (
            key,
            int(Priority.HIGH),
            str(AlarmId.TEST_ALARM),
            runs[0][0],
            end,
            end,
            begin,
        ),
    )
    return session_id, bool(high)


def remove_recording(store: Store, path: Path) -> None:
    """It is there no more; deleting the file is the caller's."""
    with store.transaction() as db:
        db.execute("DELETE FROM recordings WHERE path = ?", (str(path),))


def _of_sessions(
    store: Store, ids: list[int], query: str, build: Callable[[Row], _T | None]
) -> dict[int, list[_T]]:
    """What belongs to each of them, by one query for all."""
    grouped: dict[int, list[_T]] = {id: [] for id in ids}
    if ids:
        for row in store.rows(query, (min(ids), max(ids))):
            built = build(row) if row[0] in grouped else None
            if built is not None:
                grouped[row[0]].append(built)
    return grouped


def _inversion(row: Row) -> InversionRow:
    _, n, began_ms, duration_s, peak_deg, exposure_s, at_least = row
    return InversionRow(n, from_ms(began_ms), duration_s, peak_deg, exposure_s, bool(at_least))


def _alarm(row: Row) -> AlarmRow | None:
    """None: a later version's, that this one has no words for."""
    _, alarm, occurrence, priority, raised_ms, escalated, acknowledged_ms, cleared_ms, text = row
    if alarm not in _KNOWN_ALARMS:
        return None
    return AlarmRow(
        AlarmId(alarm),
        occurrence,
        Priority(priority),
        from_ms(raised_ms),
        escalated,
        _time(acknowledged_ms),
        _time(cleared_ms),
        text,
    )


def _time(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else from_ms(at_ms)
