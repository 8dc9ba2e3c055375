# SPDX-License-Identifier: MIT
"""A store as its owner's: one file to copy, and a person who is forgotten.

The law: of who is forgotten no word is left in the file, nor in the log beside it. Recordings, and
stores that were set aside, are files of their own: `reading.recordings` and `salvage.aside` name
them before.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from upturn.store.database import Store
from upturn.store.trouble import StoreError, Trouble, explain, explained

_WATCHED_S = 60.0
"""Whose table was written down so shortly ago is being watched."""
_ALL_OF_USER = """
    run_id IN (SELECT id FROM runs WHERE user_id = :user)
    OR session_id IN (SELECT id FROM sessions WHERE user_id = :user)"""
"""A session may have gone on in the next user's run: who takes up an open inversion."""
_OF_USER = (  # what refers to others goes first
    (
        "INSERT INTO forgetting (user_id) SELECT :user UNION SELECT user_id FROM runs"  # noqa: S608 - ours
        f" WHERE id IN (SELECT run_id FROM events WHERE {_ALL_OF_USER})"
    ),
    f"DELETE FROM events WHERE {_ALL_OF_USER}",  # noqa: S608
    "DELETE FROM forgetting",
    (
        f"DELETE FROM alarm_acts WHERE {_ALL_OF_USER}"  # noqa: S608
        f" OR alarm_id IN (SELECT id FROM alarms WHERE {_ALL_OF_USER})"
    ),
    f"DELETE FROM alarms WHERE {_ALL_OF_USER}",  # noqa: S608
    "DELETE FROM answers WHERE session_id IN (SELECT id FROM sessions WHERE user_id = :user)",
    "DELETE FROM inversions WHERE session_id IN (SELECT id FROM sessions WHERE user_id = :user)",
    "DELETE FROM curves WHERE session_id IN (SELECT id FROM sessions WHERE user_id = :user)",
    "DELETE FROM recordings WHERE session_id IN (SELECT id FROM sessions WHERE user_id = :user)",
    "DELETE FROM sessions WHERE user_id = :user",
    "DELETE FROM checklists WHERE user_id = :user",
    "DELETE FROM pasts WHERE user_id = :user",
    "DELETE FROM runs WHERE user_id = :user",
    "DELETE FROM users WHERE id = :user",
    """DELETE FROM tables WHERE id NOT IN (SELECT table_id FROM sessions)
    AND id NOT IN (SELECT table_id FROM events WHERE table_id IS NOT NULL)
    AND id NOT IN (SELECT table_id FROM alarms)
    AND id NOT IN (SELECT table_id FROM alarm_acts)""",
)


def forget(store: Store, user: str, *, now_s: float | None = None) -> int:
    """All of that user; how many sessions there were.

    Raises:
        StoreError: the user is being watched, or another program holds the store. What could
            not be wiped out of the file then is by the next call.
    """
    found = store.rows("SELECT id FROM users WHERE name = ?", [user])
    deleted = 0
    if found:
        (user_id,) = found[0]
        wall_s = time.time() if now_s is None else now_s
        for (past_s,) in store.rows("SELECT wall_s FROM pasts WHERE user_id = ?", [user_id]):
            if abs(wall_s - past_s) < _WATCHED_S:
                what = f"{user or 'this user'} is being watched, or was within the last minute"
                raise StoreError(Trouble.BUSY, what, store.path)
        with store.transaction() as db:
            query = "SELECT count(*) FROM sessions WHERE user_id = ?"
            deleted = db.execute(query, (user_id,)).fetchone()[0]
            for statement in _OF_USER:
                db.execute(statement, {"user": user_id})
    with explained(store.path):
        store.db.execute("VACUUM")
        busy, _, _ = store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreError(Trouble.BUSY, "another program holds the store", store.path)
    return deleted


def backup(store: Store, to: Path) -> None:
    """A whole store as one new file, at any time, that only its owner can read.

    Raises:
        StoreError: it cannot be written, or there is something already.
    """
    try:
        os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        raise StoreError(Trouble.OTHER, "there is such a file already", to) from None
    except OSError as error:
        raise explain(error, to) from error
    try:
        with explained(to), closing(sqlite3.connect(to, isolation_level=None)) as copy:
            store.db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # so that it is one file
    except BaseException:
        to.unlink(missing_ok=True)
        raise
