# SPDX-License-Identifier: MIT
"""The store: whether it opens, is whole and can be written to, and how much room there is.

The law: it is opened to be read, and left as it is: not made, not mended, not brought to a newer
schema. What is in it is nobody's business here.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from upturn.doctor.findings import Finding, not_well, note, ok, private
from upturn.doctor.scene import Scene, apart

VARIABLE = "UPTURN_STORE"
BUSY_S = 2.0
MEGABYTE = 1_000_000
FULL_MB = 50
LITTLE_MB = 500
"""A year of daily sessions takes some megabytes; a recording takes about 10 an hour."""
OTHERS_MAY = 0o077


@dataclass(frozen=True, slots=True)
class StoreFacts:
    off: str = ""
    path: str = ""
    there: bool = False
    fault: str = ""
    remedy: str = ""
    ours: bool = True
    """The fault is in this program's own words."""
    size_mb: float = 0.0
    writable: bool = True
    others_may: bool = False


@dataclass(frozen=True, slots=True)
class Disk:
    free_mb: float


async def look_at_store(scene: Scene) -> StoreFacts:
    off = _off(scene)
    path = scene.reach.store_path(scene.settings())
    return StoreFacts(off) if off else await apart(lambda: _store(path))


def judge_store(facts: StoreFacts) -> Iterable[Finding]:
    if facts.off:
        yield note(
            f"the store is {facts.off}: no session is kept, and nothing over a crash",
            f"Say [store] enabled = true in the config, and unset {VARIABLE}",
        )
        return
    called = private(facts.path, "the store")
    if facts.fault:
        words = facts.fault if facts.ours else private(facts.fault, "its words")
        yield not_well(f"{called}: {words}", facts.remedy)
        return
    if not facts.writable:
        yield not_well(
            f"{called}: cannot be written", "Let it be written, or name another in [store] path"
        )
    elif facts.there:
        yield ok(f"{called}: is whole, {facts.size_mb:.1f} MB")
    else:
        yield ok(f"{called}: begins with the first 'upturn run'")
    if facts.others_may:
        yield note(
            f"{called}: other accounts may read it", f"Run 'chmod 600 {private(facts.path, 'it')}'"
        )


async def look_at_disk(scene: Scene) -> Disk:
    path = scene.reach.store_path(scene.settings())
    return await apart(lambda: _disk(path))


def judge_disk(facts: Disk) -> Iterable[Finding]:
    free = f"{facts.free_mb / 1000:.1f} GB" if facts.free_mb >= 1000 else f"{facts.free_mb:.0f} MB"
    words = f"{free} free where sessions are kept"
    if facts.free_mb < FULL_MB:
        yield not_well(words, "Make room on that disk, or name another place in [store] path")
    elif facts.free_mb < LITTLE_MB:
        yield note(words, "Make room on that disk; [store] keep_mb removes old recordings")
    else:
        yield ok(words)


def _off(scene: Scene) -> str:
    if scene.environ.get(VARIABLE) == "off":
        return f"off, by {VARIABLE}"
    return "" if scene.settings().store.enabled else "off, by the config"


def _store(path: Path) -> StoreFacts:
    from upturn.store.trouble import StoreError  # noqa: PLC0415 - others start without it

    name, there = str(path), path.exists()
    folder = _folder(path)
    writable = os.access(folder, os.W_OK) and (not there or os.access(path, os.W_OK))
    if not there:
        return StoreFacts(path=name, writable=writable)
    try:
        _check(path)
    except StoreError as error:
        from upturn.store.trouble import REMEDIES, Trouble  # noqa: PLC0415

        return StoreFacts(
            path=name,
            there=True,
            fault=error.what,
            remedy=REMEDIES[error.kind],
            ours=error.kind is not Trouble.OTHER,
        )
    mode = path.stat().st_mode if os.name == "posix" else 0
    size = sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))
    return StoreFacts(
        path=name,
        there=True,
        size_mb=size / MEGABYTE,
        writable=writable,
        others_may=bool(mode & OTHERS_MAY),
    )


def _check(path: Path) -> None:
    """Raises StoreError: it is none, damaged, of a later version, or cannot be read."""
    from upturn.store.schema import APPLICATION_ID, MIGRATIONS, version_of  # noqa: PLC0415
    from upturn.store.trouble import StoreError, Trouble, explained  # noqa: PLC0415

    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    with (
        explained(path),
        closing(sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)) as db,
    ):
        version = version_of(db)
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != APPLICATION_ID and (tables or application):
            raise StoreError(Trouble.FOREIGN, "it is a database of another program", path)
        if version > len(MIGRATIONS):
            raise StoreError(Trouble.NEWER, f"a newer Upturn wrote it (schema {version})", path)
        if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise StoreError(Trouble.DAMAGED, "the store is damaged", path)


def _disk(path: Path) -> Disk:
    folder = _folder(path)
    return Disk(shutil.disk_usage(folder).free / MEGABYTE)


def _folder(path: Path) -> Path:
    """Where it is or would be made: the nearest folder that there is."""
    return next(folder for folder in path.absolute().parents if folder.is_dir())
