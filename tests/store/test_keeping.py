# SPDX-License-Identifier: MIT
"""One file to copy, and a person who is forgotten."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.store.diary import write_days
from tests.store.watching import EPOCH_S, NAME, StoryClocks, Watch
from upturn.store.database import Store
from upturn.store.keeping import backup, forget
from upturn.store.past import last_past
from upturn.store.reading import add_recording, sessions, users
from upturn.store.trouble import StoreError, Trouble

LATER_S = EPOCH_S + 3600.0
NOW = datetime.fromtimestamp(EPOCH_S, UTC)


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


def lived(path: Path, user: str, key: str) -> None:
    with Watch(path, user=user, key=key) as watch:
        watch.writer._run.config = f'{{"user": "{user}"}}'
        watch.lives(
            "to 50 in 4s; inverted 9s; call for help; to -80 in 4s; upright 5s; felt dizzy"
        )


def test_of_who_is_forgotten_no_word_is_left(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    lived(path, NAME, "quist")
    lived(path, "bert", "den")
    with Store.open(path) as store:
        add_recording(store, Path("quist.jsonl"), 1, size_bytes=5, began_at=NOW)
        with store.transaction() as db:
            db.execute(
                "INSERT INTO checklists (user_id, at_ms, version, answers, override)"
                " SELECT id, 0, 1, 'quist-knee', 'quist-wish' FROM users WHERE name = ?",
                (NAME,),
            )
        before = store.rows("SELECT * FROM events WHERE run_id = 2")
        assert NAME.encode() in bytes_of(tmp_path)
        assert forget(store, NAME, now_s=LATER_S) == 1
        found = bytes_of(tmp_path)
        for word in (NAME, "quist", "dizzy"):
            assert (word.encode() in found) == (word == "dizzy")  # that is bert's
        assert users(store) == ["bert"]
        assert store.rows("SELECT * FROM events WHERE run_id = 2") == before
        assert [row.answer for row in sessions(store)] == ["dizzy"]
        assert last_past(store, "quist") is None
        assert last_past(store, "den") is not None
        for table in ("runs", "users", "tables", "sessions", "curves", "pasts"):
            assert store.rows(f"SELECT count(*) FROM {table}") == [(1,)], table  # noqa: S608
        assert store.rows("SELECT * FROM forgetting") == []
        assert forget(store, NAME) == 0
    assert NAME.encode() not in bytes_of(tmp_path)


def test_who_is_watched_is_not_forgotten_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    lived(path, NAME, "den")
    with Store.open(path) as store:
        with pytest.raises(StoreError, match=f"{NAME} is being watched"):
            forget(store, NAME, now_s=EPOCH_S + 30.0)
        assert users(store) == [NAME]


def test_while_another_program_writes_nobody_is_forgotten(tmp_path: Path) -> None:
    path = write_days(tmp_path / "s.sqlite3", 1, user=NAME)
    with Store.open(path, busy_s=0.05) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError) as caught:
                forget(store, NAME)
        assert caught.value.kind is Trouble.BUSY
        assert forget(store, NAME) == 1


def test_who_did_not_say_a_name_can_be_forgotten_too(tmp_path: Path) -> None:
    path = write_days(tmp_path / "s.sqlite3", 3)
    write_days(path, 2, user="bert")
    with Store.open(path) as store:
        assert forget(store, "") == 3
        assert len(sessions(store)) == 2


def test_of_two_people_within_ten_minutes_each_can_be_forgotten(tmp_path: Path) -> None:
    """What the second says and does before inverting is none of the first one's."""
    path = tmp_path / "s.sqlite3"
    clocks = StoryClocks()
    told = "upright 2s; call for help; upright 9s; to 50 in 4s; inverted 9s; to -80 in 4s"
    for user in (NAME, "bert"):
        with Watch(path, user=user, clocks=clocks) as watch:
            watch.lives(told)
        clocks.pass_by(60.0)
    with Store.open(path) as store:
        assert [(row.user, len(row.alarms)) for row in sessions(store)] == [(NAME, 1), ("bert", 1)]
        bert = sessions(store, user="bert")
        assert forget(store, NAME) == 1
        assert sessions(store) == bert
        assert forget(store, "bert") == 1
        assert store.rows("SELECT count(*) FROM events") == [(0,)]


def test_who_was_inverted_when_the_next_user_began_can_be_forgotten(tmp_path: Path) -> None:
    """The inversion goes on in the next one's run, and is the first one's all the same."""
    path = tmp_path / "s.sqlite3"
    clocks = StoryClocks()
    with Watch(path, user=NAME, clocks=clocks) as watch:
        watch.lives("to 50 in 4s; inverted 9s")
    clocks.pass_by(5.0)
    with Watch(path, user="bert", clocks=clocks) as watch:
        watch.resumes().lives("inverted 5s; call for help; inverted 2s; acknowledge; to -80 in 4s")
    with Store.open(path) as store:
        assert [row.user for row in sessions(store)] == [NAME]
        assert store.rows("SELECT DISTINCT run_id FROM events WHERE session_id = 1") == [
            (1,),
            (2,),
        ]
        assert forget(store, NAME, now_s=LATER_S) == 1
        assert sessions(store) == []
        assert store.rows("SELECT count(*) FROM events WHERE session_id IS NOT NULL") == [(0,)]
        assert store.rows("SELECT count(*) FROM runs") == [(1,)]


def test_a_backup_is_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    copy = tmp_path / "away" / "copy.sqlite3"
    copy.parent.mkdir()
    with Watch(path, clocks=StoryClocks()) as watch:
        watch.lives("to 50 in 4s; inverted 9s; to -80 in 4s; upright 5s")
        with Store.open(path) as store:
            backup(store, copy)
            with pytest.raises(StoreError, match="there is such a file already"):
                backup(store, copy)
            with pytest.raises(StoreError, match="cannot be opened"):
                backup(store, tmp_path / "nowhere" / "copy.sqlite3")
    assert list(copy.parent.iterdir()) == [copy]
    assert copy.stat().st_mode & 0o777 == 0o600
    with Store.open(path) as old, Store.open(copy) as new:
        assert sessions(new)[:1] == sessions(old)[:1] or sessions(new) == []
