# SPDX-License-Identifier: MIT
"""One run's hand on an open store: what waits becomes rows, all of a batch or none of it.

What it knows of the store it has read there, and forgets as soon as a transaction fails or another
program has written: so there is one way only to begin, to go on, and to begin again after a crash.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from upturn.core.alarm_table import ALARMS, AlarmId
from upturn.core.past import Past
from upturn.store.codec import angles_of_blob, angles_to_blob
from upturn.store.curves import TableCurve
from upturn.store.database import Store
from upturn.store.entry import Change, Insert
from upturn.store.inbox import Batch
from upturn.store.ledger import advance
from upturn.store.moment import Moment
from upturn.store.standing import OpenAlarm, OpenInversion, OpenSession, Seen, Standing
from upturn.store.told import Ended, Item

_LATCHING = [str(id) for id, spec in ALARMS.items() if spec.clear.name == "AFTER_ACKNOWLEDGE"]


@dataclass
class Run:
    """What is in force while the program runs."""

    software: str
    config: str
    user: str
    host: str
    began_ms: int
    id: int = 0
    """In the store; 0: not written yet."""


class Book:
    def __init__(
        self, store: Store, run: Run, names: Mapping[str, str], curves: dict[str, TableCurve]
    ) -> None:
        """`names` are the tables' by their keys."""
        self.store = store
        self._run = run
        self._names = names
        self._curves = curves
        self._standings: dict[str, Standing] = {}
        self._ids: dict[str, int] = {}
        self._user_id = 0
        self._data_version = -1

    def write(self, batch: Batch) -> list[str]:
        """What could not be made rows of, in words; all else is on the disk.

        Raises:
            StoreError: nothing of it was written.
        """
        refused: list[str] = []
        run_id = self._run.id
        try:
            with self.store.transaction() as db:
                self._look_again(db)
                for _, key, item in batch.items:
                    try:
                        self._write_item(db, key, item)
                    except sqlite3.DatabaseError as fault:
                        if not isinstance(fault, sqlite3.IntegrityError):
                            raise  # the disk, or another program
                        refused.append(" ".join(str(fault).split()))
                    except Exception as fault:  # noqa: BLE001 - one that is wrong stops no other
                        refused.append(" ".join(f"{type(fault).__name__}: {fault}".split()))
                for key in self._names:
                    self._write_curve(db, key, batch.angles.get(key, []))
                for key, (moment, past) in batch.pasts.items():
                    self._write_past(db, key, moment, past)
        except BaseException:
            self._run.id = run_id
            self.forget()
            for curve in self._curves.values():
                if curve.curve is not None:
                    curve.curve.written = 0
            raise
        return refused

    def names(self, names: Mapping[str, str]) -> None:
        self._names = names

    def note(self, at_ms: int, text: str) -> None:
        """About the log itself."""
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO events (run_id, at_ms, kind, words, fields)"
                " VALUES (?, ?, 'note', ?, ?)",
                (self._run.id, at_ms, text, json.dumps({"text": text, "refusal": False})),
            )

    def end(self, at_ms: int) -> None:
        """The run ends in order."""
        with self.store.transaction() as db:
            db.execute(
                "UPDATE runs SET ended_ms = ?, ending = 'in order' WHERE id = ?",
                (at_ms, self._run.id),
            )

    def forget(self) -> None:
        self._standings.clear()
        self._ids.clear()
        self._data_version = -1

    def _look_again(self, db: sqlite3.Connection) -> None:
        """Another program may have written since, or the file may be another one."""
        version: int = db.execute("PRAGMA data_version").fetchone()[0]
        if version == self._data_version:
            return
        self.forget()
        self._data_version = version
        run = self._run
        db.execute("INSERT OR IGNORE INTO users (name) VALUES (?)", (run.user,))
        (self._user_id,) = db.execute(
            "SELECT id FROM users WHERE name = ?", (run.user,)
        ).fetchone()
        known = db.execute(
            "SELECT 1 FROM runs WHERE id = ? AND began_ms = ?", (run.id, run.began_ms)
        )
        if run.id and known.fetchone():
            return
        added = db.execute(
            "INSERT INTO runs (user_id, software, config, host, began_ms) VALUES (?, ?, ?, ?, ?)",
            (self._user_id, run.software, run.config, run.host, run.began_ms),
        )
        assert added.lastrowid is not None
        run.id = added.lastrowid

    def _write_item(self, db: sqlite3.Connection, key: str, item: Item) -> None:
        standing, changes = advance(self._standing(db, key), item, self._next_id(db))
        db.execute("SAVEPOINT item")
        try:
            for change in changes:
                _apply(db, change)
        except sqlite3.IntegrityError:
            db.execute("ROLLBACK TO item")
            raise
        finally:
            if db.in_transaction:
                db.execute("RELEASE item")
        self._standings[key] = standing
        if isinstance(item, Ended):
            self._curves.setdefault(key, TableCurve()).end()

    def _write_curve(
        self, db: sqlite3.Connection, key: str, angles: list[tuple[float, int, float]]
    ) -> None:
        session = self._standing(db, key).session
        table = self._curves.setdefault(key, TableCurve())
        if angles and session is not None and table.wants(session):
            row = db.execute(
                "SELECT began_ms, angles FROM curves WHERE session_id = ?", (session.id,)
            ).fetchone()
            written = None if row is None else (row[0], angles_of_blob(row[1]))
            table.begin(session, angles, written)
        for t_s, _, angle_deg in angles:
            table.add(t_s, angle_deg, session)
        due = table.due(session)
        if due is not None and table.curve is not None:
            db.execute(
                "INSERT INTO curves (session_id, began_ms, angles) VALUES (?, ?, ?)"
                " ON CONFLICT (session_id) DO UPDATE SET angles = excluded.angles",
                (table.curve.session_id, table.curve.began_ms, angles_to_blob(due)),
            )
            table.curve.written = len(due)

    def _write_past(self, db: sqlite3.Connection, key: str, moment: Moment, past: Past) -> None:
        db.execute(
            "INSERT INTO pasts (table_key, user_id, wall_s, boot_id, boot_s, past)"
            " VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (table_key) DO UPDATE SET user_id = excluded.user_id,"
            " wall_s = excluded.wall_s, boot_id = excluded.boot_id, boot_s = excluded.boot_s,"
            " past = excluded.past",
            (
                key,
                self._user_id,
                moment.wall_s,
                moment.boot_id,
                moment.boot_s,
                json.dumps(past.to_record()),
            ),
        )

    def _next_id(self, db: sqlite3.Connection) -> Callable[[str], int]:
        def next_id(table: str) -> int:
            if table not in self._ids:
                query = f"SELECT coalesce(max(id), 0) FROM {table}"  # noqa: S608 - our names
                self._ids[table] = db.execute(query).fetchone()[0]
            self._ids[table] += 1
            return self._ids[table]

        return next_id

    def _standing(self, db: sqlite3.Connection, key: str) -> Standing:
        if key not in self._standings:
            name = self._names.get(key, key)
            db.execute(
                "INSERT INTO tables (key, name) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET name = excluded.name",
                (key, name),
            )
            (table_id,) = db.execute("SELECT id FROM tables WHERE key = ?", (key,)).fetchone()
            self._standings[key] = self._load(db, key, table_id)
        return self._standings[key]

    def _load(self, db: sqlite3.Connection, key: str, table_id: int) -> Standing:
        """What is open on a table, by what the store says."""
        run_id = self._run.id
        session = inversion = None
        row = db.execute(
            "SELECT id, core, began_ms, ended_ms, profile, run_id,"
            " (SELECT count(*) FROM inversions WHERE session_id = sessions.id), user_id"
            " FROM sessions WHERE table_id = ? ORDER BY id DESC LIMIT 1",
            (table_id,),
        ).fetchone()
        if row is not None:
            core = row[1] if row[5] == run_id else 0
            own = row[7] == self._user_id
            profile = row[4] if own else ""  # what begins now is another session
            session = OpenSession(row[0], core, row[2], row[3], profile, row[6])
            found = db.execute(
                "SELECT id, began_ms FROM inversions WHERE session_id = ? AND duration_s IS NULL"
                " ORDER BY id DESC LIMIT 1",
                (session.id,),
            ).fetchone()
            if found is not None and session.ended_ms is None:
                inversion = OpenInversion(found[0], found[1], _seen(db, key, found[1]))
            elif not own:
                session = None  # what this user says and does is none of that one's
        alarms = tuple(
            OpenAlarm(id, AlarmId(alarm), occurrence, priority, escalated, bool(acked), session_id)
            for id, alarm, occurrence, priority, escalated, acked, session_id, run in db.execute(
                "SELECT id, alarm, occurrence, priority, escalated, acknowledged_ms, session_id,"
                " run_id FROM alarms WHERE table_id = ? AND cleared_ms IS NULL ORDER BY id",
                (table_id,),
            )
            if alarm in list(AlarmId) and (run == run_id or alarm in _LATCHING)
        )
        return Standing(run_id, table_id, self._user_id, session, inversion, alarms)


def _apply(db: sqlite3.Connection, change: Change) -> None:
    names = list(change.values)
    if isinstance(change, Insert):
        marks = ", ".join("?" * len(names))
        into = f"INSERT INTO {change.table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
        db.execute(into, list(change.values.values()))
    else:
        sets = ", ".join(f"{name} = ?" for name in names)
        query = f"UPDATE {change.table} SET {sets} WHERE id = ?"  # noqa: S608
        db.execute(query, [*change.values.values(), change.id])


def _seen(db: sqlite3.Connection, key: str, began_ms: int) -> Seen | None:
    """How the open inversion stood when the table was last written down."""
    row = db.execute("SELECT wall_s, past FROM pasts WHERE table_key = ?", (key,)).fetchone()
    try:
        past = Past.from_record(json.loads(row[1])) if row is not None else None
    except ValueError:
        return None
    if past is None or past.ledger.inversion_s is None:
        return None
    return Seen(
        max(began_ms, round(row[0] * 1000.0)),
        past.ledger.inversion_s,
        past.inversion_peak_deg,
        past.ledger.exposure_s,
    )
