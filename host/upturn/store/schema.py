# SPDX-License-Identifier: MIT
"""What the store's file is made of, version by version.

The law: a version that was released never changes; what comes after it is another migration, and
all of them run in one transaction each. `tests/store/schemas` holds every released version. Times
are milliseconds of UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

APPLICATION_ID = 0x5570_7472
"""In the file's header, "Uptr": a database of somebody else is not touched."""

Migration = tuple[str, ...]

VERSION_1: Migration = (
    """CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
)""",
    """CREATE TABLE tables (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
)""",
    """CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    software TEXT NOT NULL,
    config TEXT NOT NULL, -- JSON: the settings and limits in force
    host TEXT NOT NULL,
    began_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    ending TEXT -- NULL: it did not end in order, or goes on
)""",
    """CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    table_id INTEGER NOT NULL REFERENCES tables (id),
    user_id INTEGER NOT NULL REFERENCES users (id),
    core INTEGER NOT NULL, -- its number in the run's core; 0: that core is over
    began_ms INTEGER NOT NULL,
    ended_ms INTEGER, -- NULL: an inversion is open
    profile TEXT NOT NULL -- JSON: the limits in force
)""",
    "CREATE INDEX sessions_by_time ON sessions (began_ms)",
    "CREATE INDEX sessions_by_table ON sessions (table_id)",
    """CREATE TABLE inversions (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    n INTEGER NOT NULL,
    began_ms INTEGER NOT NULL,
    duration_s REAL, -- NULL: it is open, or its end was never seen
    peak_deg REAL,
    exposure_s REAL,
    at_least INTEGER NOT NULL DEFAULT 0
)""",
    "CREATE INDEX inversions_by_session ON inversions (session_id)",
    """CREATE TABLE alarms (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    table_id INTEGER NOT NULL REFERENCES tables (id),
    session_id INTEGER REFERENCES sessions (id),
    alarm TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    raised_ms INTEGER NOT NULL,
    escalated INTEGER NOT NULL DEFAULT 0,
    acknowledged_ms INTEGER,
    cleared_ms INTEGER,
    message TEXT NOT NULL
)""",
    "CREATE INDEX alarms_by_session ON alarms (session_id)",
    "CREATE INDEX alarms_open ON alarms (table_id) WHERE cleared_ms IS NULL",
    """CREATE TABLE alarm_acts (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    table_id INTEGER NOT NULL REFERENCES tables (id),
    session_id INTEGER REFERENCES sessions (id),
    alarm_id INTEGER REFERENCES alarms (id), -- which one was acknowledged
    at_ms INTEGER NOT NULL,
    act TEXT NOT NULL, -- a verb of commands
    source TEXT NOT NULL, -- who, or where from
    detail TEXT NOT NULL -- JSON
)""",
    "CREATE INDEX alarm_acts_by_session ON alarm_acts (session_id)",
    """CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    table_id INTEGER REFERENCES tables (id),
    session_id INTEGER REFERENCES sessions (id),
    at_ms INTEGER NOT NULL,
    t_s REAL, -- on the core's own axis
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    fields TEXT NOT NULL -- JSON
)""",
    "CREATE INDEX events_by_session ON events (session_id)",
    """CREATE TABLE checklists (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    at_ms INTEGER NOT NULL,
    version INTEGER NOT NULL,
    answers TEXT NOT NULL, -- JSON
    override TEXT NOT NULL DEFAULT ''
)""",
    """CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    at_ms INTEGER NOT NULL,
    answer TEXT NOT NULL
)""",
    "CREATE INDEX answers_by_session ON answers (session_id)",
    """CREATE TABLE curves (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id),
    began_ms INTEGER NOT NULL,
    angles BLOB NOT NULL -- hundredths of degrees, 16 bit little-endian, one a second
)""",
    """CREATE TABLE recordings (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    session_id INTEGER REFERENCES sessions (id),
    bytes INTEGER NOT NULL,
    began_ms INTEGER NOT NULL,
    high INTEGER -- it holds a high alarm; NULL: nobody knows
)""",
    """CREATE TABLE pasts (
    id INTEGER PRIMARY KEY,
    table_key TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id),
    wall_s REAL NOT NULL,
    boot_id TEXT NOT NULL, -- empty: the system has none
    boot_s REAL,
    past TEXT NOT NULL -- JSON
)""",
    "CREATE TABLE forgetting (user_id INTEGER PRIMARY KEY)",  # whose events may be deleted now
    """CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END""",
    """CREATE TRIGGER events_last BEFORE DELETE ON events
WHEN NOT EXISTS (
    SELECT 1 FROM forgetting JOIN runs ON runs.user_id = forgetting.user_id
    WHERE runs.id = OLD.run_id
)
BEGIN SELECT RAISE(ABORT, 'the log is never shortened'); END""",
)

MIGRATIONS: Sequence[Migration] = (VERSION_1,)
"""The first makes version 1 of nothing, the next version 2 of that, and so on."""


def version_of(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def migrate(db: sqlite3.Connection, migrations: Sequence[Migration] | None = None) -> None:
    """Bring the file to the newest version, one whole step after the other."""
    steps = MIGRATIONS if migrations is None else migrations
    while version_of(db) < len(steps):
        db.execute("BEGIN IMMEDIATE")
        try:
            version = version_of(db)  # another program may have been faster
            if version < len(steps):
                for statement in steps[version]:
                    db.execute(statement)
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {version + 1}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
