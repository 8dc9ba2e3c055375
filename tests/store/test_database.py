# SPDX-License-Identifier: MIT
"""Opening a store: whose it is, who may read it, and what is refused in one line."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.store.diary import write_days
from upturn.errors import EXIT_FAILED
from upturn.store import database, schema
from upturn.store.database import Store, default_path
from upturn.store.trouble import REMEDIES, StoreError, Trouble


@contextmanager
def small_disk(folder: Path, size: str = "1m") -> Iterator[Path]:
    """A file system of its own, that can be full."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here: it takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def refused(path: Path, *, readonly: bool = False) -> StoreError:
    with pytest.raises(StoreError) as caught:
        Store.open(path, readonly=readonly, busy_s=0.05)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).endswith(REMEDIES[caught.value.kind])
    assert caught.value.exit_code == EXIT_FAILED
    return caught.value


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_store_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "upturn.sqlite3"
    os.umask(before := os.umask(0))
    with Store.open(path) as store:
        assert [mode(file) for file in sorted(path.parent.iterdir())] == [0o600] * 3
        assert mode(path.parent) == 0o700
        (found,) = store.rows("PRAGMA synchronous")
        assert found == (2,)
        assert store.rows("PRAGMA journal_mode") == [("wal",)]
    assert os.umask(before) == before


def test_a_store_that_all_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = write_days(tmp_path / "s.sqlite3", 1)
    path.chmod(0o644)
    Store.open(path).close()
    assert mode(path) == 0o600


def test_the_usual_folder_is_closed_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = default_path().parent
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    Store.open(default_path()).close()
    assert mode(folder) == 0o700


@pytest.mark.parametrize("there", [False, True])
def test_what_is_only_read_is_not_made(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "upturn.sqlite3"
    if there:
        path.touch()
    error = refused(path, readonly=True)
    assert error.kind is Trouble.MISSING
    assert path.exists() is there


def test_a_newer_schema_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = write_days(tmp_path / "s.sqlite3", 1)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 7")
        db.execute("PRAGMA journal_mode = DELETE")
    before = path.read_bytes()
    for readonly in (False, True):
        error = refused(path, readonly=readonly)
        assert error.kind is Trouble.NEWER
        assert error.what == "a newer Upturn wrote it (schema 7, this one knows 1)"
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "photos.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE photos (id)")
    before = path.read_bytes()
    assert refused(path).kind is Trouble.FOREIGN
    assert path.read_bytes() == before


def test_a_text_is_not_taken_for_a_damaged_store(tmp_path: Path) -> None:
    path = tmp_path / "diary.txt"
    path.write_text("Dear diary, " * 500, encoding="utf-8")
    assert refused(path).kind is Trouble.FOREIGN
    assert path.read_text(encoding="utf-8").startswith("Dear diary")
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_and_a_file_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refused(tmp_path / "file" / "s.sqlite3").what.startswith("the store cannot be opened")
    (tmp_path / "folder.sqlite3").mkdir()
    assert refused(tmp_path / "folder.sqlite3").kind is Trouble.OTHER


def test_another_program_that_holds_it_is_told(tmp_path: Path) -> None:
    path = write_days(tmp_path / "s.sqlite3", 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        error = refused(path)
        assert (error.kind, error.what) == (Trouble.BUSY, "another program holds the store")
        Store.open(path, readonly=True).close()
    Store.open(path).close()


@pytest.mark.parametrize("readonly", [False, True])
def test_one_that_was_cut_off_while_it_was_made_is_made_whole(
    tmp_path: Path, readonly: bool
) -> None:
    """Before it keeps a WAL it has a journal, that only a writer can roll back."""
    path = tmp_path / "s.sqlite3"
    whole = write_days(tmp_path / "whole.sqlite3", 1)
    with closing(sqlite3.connect(whole, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA cache_size = 1")
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE sessions SET began_ms = 0")
        db.executemany("INSERT INTO users (name) VALUES (?)", ((f"{n}" * 99,) for n in range(999)))
        path.write_bytes(whole.read_bytes())
        journal = tmp_path / "whole.sqlite3-journal"
        (tmp_path / "s.sqlite3-journal").write_bytes(journal.read_bytes())
    with Store.open(path, readonly=readonly) as store:
        assert store.rows("SELECT count(*) FROM sessions WHERE began_ms = 0") == [(0,)]
        assert store.rows("SELECT count(*) FROM users") == [(1,)]


def test_a_disk_that_takes_no_writing_is_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path = write_days(disk / "s.sqlite3", 1)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        error = refused(path)
        assert (error.kind, error.what) == (Trouble.READ_ONLY, "the store cannot be written")
        assert refused(disk / "new.sqlite3").kind is Trouble.READ_ONLY


def test_a_disk_with_no_room_for_a_store_is_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "64k") as disk:
        error = refused(disk / "s.sqlite3")
        assert error.kind in (Trouble.FULL, Trouble.OTHER)


def test_the_log_is_never_changed_nor_shortened(tmp_path: Path) -> None:
    with Store.open(write_days(tmp_path / "s.sqlite3", 1)) as store:
        for statement in ("UPDATE events SET words = ''", "DELETE FROM events WHERE id = 1"):
            with pytest.raises(StoreError, match="the log is never"), store.transaction() as db:
                db.execute(statement)
        assert store.rows("SELECT count(*) FROM events WHERE words <> ''")[0][0] > 10


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.sqlite3") as store:
        with pytest.raises(StoreError, match="UNIQUE"), store.transaction() as db:
            db.executemany("INSERT INTO users (name) VALUES (?)", [("a",), ("a",)])
        assert store.rows("SELECT * FROM users") == []


VERSION_2 = (
    "ALTER TABLE users ADD COLUMN born TEXT",
    "CREATE TABLE moods (id INTEGER PRIMARY KEY)",
)


def with_schema(monkeypatch: pytest.MonkeyPatch, *more: schema.Migration) -> None:
    steps = (schema.VERSION_1, *more)
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    monkeypatch.setattr(database, "MIGRATIONS", steps)


@pytest.mark.parametrize("readonly", [False, True])
def test_an_older_schema_is_brought_to_the_newest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, readonly: bool
) -> None:
    path = write_days(tmp_path / "s.sqlite3", 2)
    with_schema(monkeypatch, VERSION_2, ("DROP TABLE moods",))
    with Store.open(path, readonly=readonly) as store:
        assert store.rows("PRAGMA user_version") == [(3,)]
        assert store.rows("SELECT name, born FROM users") == [("", None)]
        assert store.rows("SELECT count(*) FROM sessions") == [(2,)]


def test_a_migration_that_fails_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_days(tmp_path / "s.sqlite3", 1)
    with_schema(monkeypatch, VERSION_2, ("CREATE TABLE odd (id)", "NO SUCH STATEMENT"))
    assert "syntax error" in refused(path).what
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'odd'").fetchone() == (
            0,
        )


RELEASED = Path(__file__).with_name("schemas")


def tables_of(db: sqlite3.Connection) -> dict[str, str]:
    return dict(db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))


def released(version: int, path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.executescript((RELEASED / f"{version}.sql").read_text(encoding="utf-8"))
    return path


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS) + 1))
def test_a_released_schema_is_as_it_was_released(tmp_path: Path, version: int) -> None:
    with closing(sqlite3.connect(released(version, tmp_path / "old.sqlite3"))) as old:
        assert schema.version_of(old) == version
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
            schema.migrate(made, schema.MIGRATIONS[:version])
            assert tables_of(made) == tables_of(old)


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS) + 1))
def test_every_released_schema_is_brought_to_the_newest_with_all_that_is_in_it(
    tmp_path: Path, version: int
) -> None:
    from upturn.store.reading import curve, log, sessions

    path = released(version, tmp_path / "old.sqlite3")
    with (
        Store.open(path) as store,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as new,
    ):
        schema.migrate(new)
        assert tables_of(store.db) == tables_of(new)
        (row,) = sessions(store)
        assert (row.user, row.answer, len(row.inversions)) == ("anna", "dizzy", 1)
        assert [str(alarm.id) for alarm in row.alarms] == ["time_limit_near", "time_limit"]
        assert curve(store, row.id) is not None
        assert len(log(store, row.id)) == 14
        empty = [t for t in ("runs", "checklists", "recordings", "pasts", "alarm_acts")
                 if store.rows(f"SELECT count(*) FROM {t}") == [(0,)]]  # fmt: skip # noqa: S608
        assert empty == []


def test_several_may_make_it_at_once(tmp_path: Path) -> None:
    """A run's writer and whoever reads: none takes what is half made for another program's."""
    for n in range(20):
        path = tmp_path / str(n) / "s.sqlite3"
        ready = threading.Barrier(4)

        def opens(*, readonly: bool, path: Path = path, ready: threading.Barrier = ready) -> str:
            ready.wait(10.0)
            try:
                Store.open(path, readonly=readonly).close()
            except StoreError as error:
                return error.kind.name
            return ""

        with ThreadPoolExecutor(4) as pool:
            opened = [pool.submit(opens, readonly=n % 2 == 1) for n in range(4)]
        said = [one.result() for one in opened]
        assert (said[0], said[2]) == ("", "")
        assert {said[1], said[3]} <= {"", "MISSING"}
