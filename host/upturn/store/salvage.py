# SPDX-License-Identifier: MIT
"""A damaged store is set aside, and what can be read of it goes into a new one, table by table.

The laws: the damaged file is kept as it is, whatever comes of it; and one thread of one program
at a time sets a store aside, for a second one would do it to what the first has just made.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from upturn.store.schema import APPLICATION_ID, migrate

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
ALONE_S = 20.0
"""Somebody else is done by then, or is not well."""
_PLACEHOLDERS = {  # what others refer to, and could not be read
    "users": ("name",),
    "tables": ("key", "name"),
    "runs": ("user_id", "software", "config", "host", "began_ms"),
}


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Whoever else sets that store aside has done so before, or waits.

    The lock is SQLite's own, on a file beside it: it works on every system, between threads too,
    and ends with whoever holds it.
    """
    with closing(sqlite3.connect(_marker(path), timeout=ALONE_S, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield  # the marker stays: deleted, it would be two locks to those who wait and who come


def under_way(path: Path) -> bool:
    """Somebody may be setting it aside now, or did so once."""
    return _marker(path).exists()


def set_aside(path: Path) -> str:
    """By whoever is `alone`: a new store in its place; what became of the old one, in one line."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    kept = path.with_name(f"{path.stem}-corrupt-{stamp}{path.suffix}")
    while kept.exists():
        kept = kept.with_stem(f"{kept.stem}-again")
    fresh = path.with_name(f"{path.name}.new")
    _remove(fresh)
    try:
        old = _readable(path, fresh)
        new = _new(fresh)
        try:
            taken = _copy(old, new) if old is not None else 0
        finally:
            new.close()
            if old is not None:
                old.close()
        _sync(fresh)
        _link(path, kept)
        for beside in (Path(f"{path}-wal"), Path(f"{path}-journal")):
            if beside.exists() and beside.stat().st_size:
                beside.replace(f"{kept}{beside.name.removeprefix(path.name)}")
        _remove(path, keep=True)
        fresh.replace(path)
        _sync(path.parent)
    finally:
        _remove(fresh)
    noun = "session" if taken == 1 else "sessions"
    return f"the store was damaged: set aside as {kept.name}, {taken} {noun} could be taken over"


def aside(path: Path) -> list[Path]:
    """The stores that were set aside beside this one."""
    kept = f"{path.stem}-corrupt-*{path.suffix}*"
    return sorted(found for found in path.parent.glob(kept) if found.is_file())


def _marker(path: Path) -> Path:
    return path.with_name(f"{path.name}.mending")


def _new(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    db = sqlite3.connect(path, isolation_level=None)
    migrate(db)
    return db


def _readable(path: Path, fresh: Path) -> sqlite3.Connection | None:
    """It, or a copy of it with a whole header; None: there is nothing to be read."""
    db = _try(path)
    if db is not None:
        return db
    mended = path.with_name(f"{path.name}.mended")
    try:
        _mend_header(path, mended, fresh)
        source = _try(mended)
        if source is None:
            return None
        held = sqlite3.connect(":memory:", isolation_level=None)
        try:
            _copy_raw(source, held)
        finally:
            source.close()
        return held
    finally:
        _remove(mended)


def _try(path: Path) -> sqlite3.Connection | None:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        ours = db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        ours = ours and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
    except sqlite3.DatabaseError:
        ours = False
    if ours:
        return db
    db.close()
    return None


def _mend_header(path: Path, mended: Path, fresh: Path) -> None:
    """Only the first bytes were lost: they are nearly the same in every store."""
    _new(fresh).close()
    header = bytearray(fresh.read_bytes()[:_HEADER_BYTES])
    _remove(fresh)
    page = int.from_bytes(header[16:18], "big")
    size = path.stat().st_size
    header[28:32] = (size // page).to_bytes(4, "big")
    header[32:40] = bytes(8)  # the list of free pages: they stay unused
    header[18:20] = b"\1\1"  # no WAL goes with the copy
    os.close(os.open(mended, os.O_RDONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
    shutil.copyfile(path, mended)
    with mended.open("r+b") as file:
        file.write(header)


def _copy(old: sqlite3.Connection, new: sqlite3.Connection) -> int:
    """All rows that can be read and fit together; how many sessions."""
    new.execute("PRAGMA foreign_keys = OFF")
    triggers = new.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    new.execute("BEGIN")
    for name, _ in triggers:
        new.execute(f"DROP TRIGGER {name}")
    _copy_rows(old, new)
    _mend_references(new)
    for _, sql in triggers:
        new.execute(sql)
    new.execute("COMMIT")
    taken: int = new.execute("SELECT count(*) FROM sessions").fetchone()[0]
    return taken


def _copy_raw(old: sqlite3.Connection, held: sqlite3.Connection) -> None:
    migrate(held)
    held.execute("PRAGMA foreign_keys = OFF")
    _copy_rows(old, held)


def _copy_rows(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    for table in _names(new):
        known = _columns(new, table)
        with suppress(sqlite3.DatabaseError):
            columns = [name for name in _columns(old, table) if name in known]
            into = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)})"
            into += f" VALUES ({', '.join('?' * len(columns))})"
            for row in _rows(old, table, columns):
                new.execute(into, row)


def _rows(old: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[tuple[object, ...]]:
    """From the first one on, and where that ends too early from the last one back."""
    for order in ("ASC", "DESC"):
        names = ", ".join(columns)
        query = f"SELECT {names} FROM {table} NOT INDEXED ORDER BY rowid {order}"  # noqa: S608
        try:
            yield from old.execute(query)
        except sqlite3.DatabaseError:
            continue
        return


def _mend_references(new: sqlite3.Connection) -> None:
    """What refers to nothing is given something to refer to, or nothing, or is left out."""
    for last in (False, False, False, True):
        broken = new.execute("PRAGMA foreign_key_check").fetchall()
        for table, rowid, parent, number in broken:
            keys = new.execute(f"PRAGMA foreign_key_list({table})").fetchall()
            column = next(key[3] for key in keys if key[0] == number)
            row = new.execute(f"SELECT {column} FROM {table} WHERE rowid = ?", (rowid,)).fetchone()  # noqa: S608
            if row is None or row[0] is None:
                continue
            needed = next(
                info[3] for info in new.execute(f"PRAGMA table_info({table})") if info[1] == column
            )
            if parent in _PLACEHOLDERS and not last:
                names = ("id", *_PLACEHOLDERS[parent])
                values = [row[0] if n == "id" else _filler(n, row[0]) for n in names]
                marks = ", ".join("?" * len(names))
                new.execute(
                    f"INSERT OR IGNORE INTO {parent} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608
                    values,
                )
            elif needed or column == "session_id" == _first_key(new, table):
                new.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608
            else:
                new.execute(f"UPDATE {table} SET {column} = NULL WHERE rowid = ?", (rowid,))  # noqa: S608


def _filler(column: str, id: object) -> object:
    if column in ("began_ms", "user_id"):
        return {"began_ms": 0, "user_id": 1}[column]
    return "{}" if column == "config" else f"unknown {id}"


def _first_key(db: sqlite3.Connection, table: str) -> str:
    """The column that is its primary key."""
    return next(str(info[1]) for info in db.execute(f"PRAGMA table_info({table})") if info[5])


def _names(db: sqlite3.Connection) -> list[str]:
    found = db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return [row[0] for row in found]


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [info[1] for info in db.execute(f"PRAGMA table_info({table})")]


def _link(path: Path, kept: Path) -> None:
    try:
        os.link(path, kept)
    except OSError:  # a file system without links
        shutil.copy2(path, kept)


def _remove(path: Path, *, keep: bool = False) -> None:
    """With all that SQLite lays beside it; or only that."""
    for ending in ("-wal", "-shm", "-journal", *(() if keep else ("",))):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """It is on the disk, with all that was written of it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
