# SPDX-License-Identifier: MIT
"""One open store: a SQLite file that only its owner can read, and what to do if it is not well.

What is committed is on the disk: SQLite appends a transaction to the WAL and calls fsync on it
before the commit returns (`synchronous=FULL`), so that a power cut takes back nothing of it.

The laws: a file of a later version, or of another program, is not touched; a damaged one is set
aside, and what can be read of it is taken over. And nobody but SQLite opens a store's file: where
any handle of it is closed, POSIX takes from the whole program the locks by which others know that
it is in use, and the next one that closes it deletes the log that this program goes on writing to.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import platformdirs

from upturn.store import salvage
from upturn.store.schema import APPLICATION_ID, MIGRATIONS, migrate, version_of
from upturn.store.trouble import StoreError, Trouble, explain, explained

AGAIN_S = 0.01
BUSY_S = 5.0
"""A program that holds the store longer is reported."""
WAL_LIMIT_BYTES = 4_000_000
"""What the log beside the store is cut down to, once it is taken into it."""
SUFFIXES = (".sqlite3", ".sqlite", ".db")
"""A damaged file with another name may never have been a database: it is left alone."""

Row = tuple[Any, ...]


FileId = tuple[int, int]
"""What stays a file's own when it is renamed, and is another's once it is replaced."""


def file_id(path: Path) -> FileId | None:
    """None: there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def default_path() -> Path:
    return platformdirs.user_data_path("upturn") / "upturn.sqlite3"


class Store:
    """Of the thread that opened it."""

    def __init__(self, db: sqlite3.Connection, path: Path, told: str = "") -> None:
        self.db = db
        self.path = path
        self._file = file_id(path)
        self.told = told
        """What people have to know of its opening; empty: nothing."""

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        readonly: bool = False,
        busy_s: float = BUSY_S,
        damaged: FileId | None = None,
    ) -> Self:
        """Make it where there is none, and bring it to the newest schema; read-only neither.

        `damaged`: that file was found so in use, whatever a quick look at it says.

        Raises:
            StoreError: in one line, with what to do about it.
        """
        if readonly:
            return cls(_open_readonly(path, busy_s), path)
        _make_private(path)
        found = file_id(path)
        if damaged != found:
            try:
                return cls(_open(path, busy_s), path)
            except StoreError as error:
                if error.kind is not Trouble.DAMAGED:
                    if file_id(path) == found and not salvage.under_way(path):
                        raise
                    # What was read was being set aside meanwhile, by another thread or program.
                    with explained(path), salvage.alone(path):
                        pass
                    return cls(_open(path, busy_s), path)
        if path.suffix not in SUFFIXES:
            raise StoreError(Trouble.FOREIGN, "it is no database", path)
        with explained(path), salvage.alone(path):
            told = salvage.set_aside(path) if file_id(path) == found else ""
        return cls(_open(path, busy_s), path, told)

    @property
    def file(self) -> FileId | None:
        """Which file it is, if its path still leads to it."""
        return self._file

    def is_cut_off(self) -> bool:
        """Its log was deleted from beside it: what is written now, nobody else sees.

        To be asked after a transaction, when there has to be one.
        """
        return not Path(f"{self.path}-wal").exists()

    def is_moved(self) -> bool:
        """Its path leads to another file, or to none: what is written now, nobody finds."""
        return file_id(self.path) != self._file

    def take_the_log_in(self) -> bool:
        """Into the file itself, wherever that is by now; whether all of the log is in it.

        SQLite does so at a file's closing, but not if it was moved, and the next file of that name
        would take the log for its own.
        """
        with suppress(sqlite3.Error):
            busy, *_ = self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        return False

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[Row]:
        with explained(self.path):
            return self.db.execute(query, parameters).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; committed when the block ends.

        Raises:
            StoreError: nothing of it was done.
        """
        with explained(self.path):
            try:
                self.db.execute("BEGIN IMMEDIATE")
                yield self.db
                self.db.execute("COMMIT")
            finally:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")


def _make_private(path: Path) -> None:
    """It is about somebody's health: a file of 0600 in a folder of 0700."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.parent == default_path().parent:
            path.parent.chmod(0o700)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not path.exists():
            _make_empty(path)
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            raise StoreError(Trouble.READ_ONLY, "the store cannot be written", path) from error
        raise explain(error, path) from error
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise StoreError(Trouble.READ_ONLY, "the store cannot be written", path)


def _make_empty(path: Path) -> None:
    """Private from its first moment, and its only handle is closed before it has its name."""
    number, made = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(number)
    try:
        with suppress(FileExistsError):  # another program was faster
            os.link(made, path)
    except OSError:  # a file system without links
        if not path.exists():
            Path(made).rename(path)
    finally:
        Path(made).unlink(missing_ok=True)


def _connect(path: Path, mode: str, busy_s: float) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    db = sqlite3.connect(address, uri=True, timeout=busy_s, isolation_level=None)
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _open_readonly(path: Path, busy_s: float) -> sqlite3.Connection:
    if not path.exists():
        raise StoreError(Trouble.MISSING, "there is no store yet", path)
    try:
        version = _look(path, busy_s)
    except StoreError as error:
        if error.kind is not Trouble.READ_ONLY:
            raise
        version = -1
    if version == 0:
        raise StoreError(Trouble.MISSING, "there is nothing in the store yet", path)
    if version < len(
        MIGRATIONS
    ):  # it is of an older schema, or was cut off in the middle of something
        Store.open(path, busy_s=busy_s).close()
    with explained(path):
        return _connect(path, "ro", busy_s)


def _look(path: Path, busy_s: float) -> int:
    """The version of its schema; it is not opened for writing."""
    with explained(path), closing(_connect(path, "ro", busy_s)) as db:
        return _judge(db, path)


def _open(path: Path, busy_s: float) -> sqlite3.Connection:
    try:
        _look(path, busy_s)  # what is not ours is not even opened for writing
    except StoreError as error:
        if error.kind is not Trouble.READ_ONLY:  # what was cut off is rolled back by writing only
            raise
    with explained(path):
        db = _connect(path, "rw", busy_s)
        try:
            _judge(db, path)
            db.execute("PRAGMA secure_delete = ON")  # what is deleted is not legible any more
            _keep_a_log(db, busy_s)
            db.execute("PRAGMA synchronous = FULL")
            db.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
            _check(db, path)
            migrate(db)
            db.execute("BEGIN IMMEDIATE")  # raises here, and not at the first alarm
            db.execute("ROLLBACK")
        except BaseException:
            db.close()
            raise
        return db


def _keep_a_log(db: sqlite3.Connection, busy_s: float) -> None:
    """Two that make a store in the same moment are in each other's way: then SQLite waits for
    neither, for fear of waiting for ever.
    """
    until_s = time.monotonic() + busy_s
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until_s:
                raise
            time.sleep(AGAIN_S)
        else:
            return


def _check(db: sqlite3.Connection, path: Path) -> None:
    found = [row[0] for row in db.execute("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise StoreError(Trouble.DAMAGED, "the store is damaged", path)


def _judge(db: sqlite3.Connection, path: Path) -> int:
    """The version of its schema, if this program may touch it."""
    db.execute("BEGIN")  # of one moment: another program may be making it just now
    try:
        version = version_of(db)
        application: int = db.execute("PRAGMA application_id").fetchone()[0]
        empty = not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
    if application != APPLICATION_ID and not (empty and application == 0):
        raise StoreError(Trouble.FOREIGN, "it is a database of another program", path)
    if version > len(MIGRATIONS):
        raise StoreError(
            Trouble.NEWER,
            f"a newer Upturn wrote it (schema {version}, this one knows {len(MIGRATIONS)})",
            path,
        )
    return version
