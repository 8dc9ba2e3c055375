# SPDX-License-Identifier: MIT
"""What goes wrong with a store, in words: one line each, with what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path

from upturn.errors import RunError


class Trouble(Enum):
    MISSING = auto()
    """There is no store yet."""
    BUSY = auto()
    """Another program holds it; that passes."""
    FULL = auto()
    READ_ONLY = auto()
    DAMAGED = auto()
    """It is to be set aside, with what can be read taken over."""
    NEWER = auto()
    """A later Upturn wrote it."""
    FOREIGN = auto()
    """It is something else than a store of Upturn."""
    OTHER = auto()


REMEDIES: dict[Trouble, str] = {
    Trouble.MISSING: "It begins with the first `upturn run`.",
    Trouble.BUSY: "Close the other program, or try again.",
    Trouble.FULL: "Make room on it.",
    Trouble.READ_ONLY: "Let it be written, or name another file in [store] path.",
    Trouble.DAMAGED: "The next `upturn run` sets it aside and takes over what can be read.",
    Trouble.NEWER: "Update Upturn.",
    Trouble.FOREIGN: "Name another file in [store] path.",
    Trouble.OTHER: "Check the disk and [store] path.",
}

_KINDS: dict[str, tuple[Trouble, str]] = {
    "SQLITE_BUSY": (Trouble.BUSY, "another program holds the store"),
    "SQLITE_LOCKED": (Trouble.BUSY, "another program holds the store"),
    "SQLITE_FULL": (Trouble.FULL, "the disk is full"),
    "SQLITE_READONLY": (Trouble.READ_ONLY, "the store cannot be written"),
    "SQLITE_PERM": (Trouble.READ_ONLY, "the store cannot be written"),
    "SQLITE_CORRUPT": (Trouble.DAMAGED, "the store is damaged"),
    "SQLITE_NOTADB": (Trouble.DAMAGED, "the store is damaged"),
    "SQLITE_CANTOPEN": (Trouble.OTHER, "the store cannot be opened"),
    "SQLITE_IOERR": (Trouble.OTHER, "the disk does not take or give data"),
}
"""By the beginning of SQLite's own name of an error."""


class StoreError(RunError):
    """`what` alone is short enough for an alarm's detail."""

    def __init__(self, kind: Trouble, what: str, path: Path) -> None:
        self.kind = kind
        self.what = what
        super().__init__(f"{path}: {what}. {REMEDIES[kind]}")


def explain(error: sqlite3.Error | OSError, path: Path) -> StoreError:
    if isinstance(error, OSError):
        what = (error.strerror or type(error).__name__).lower()
        return StoreError(Trouble.OTHER, f"the store cannot be opened: {what}", path)
    name = getattr(error, "sqlite_errorname", "")
    for start, (kind, what) in _KINDS.items():
        if name.startswith(start):
            return StoreError(kind, what, path)
    return StoreError(Trouble.OTHER, f"the store failed: {' '.join(str(error).split())}", path)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raises StoreError for what SQLite and the system raise in it."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise explain(error, path) from error
