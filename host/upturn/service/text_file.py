# SPDX-License-Identifier: MIT
"""A file of text that the system reads: what changes in it, and then the whole of it at once."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import NamedTuple

from upturn.errors import RunError

MODE = 0o644


class Change(NamedTuple):
    """What a file holds, and what it shall; None: there is no file."""

    path: Path
    before: str | None
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after

    def lines(self) -> list[str]:
        """The lines that go and that come; of a new file there is nothing to compare."""
        if self.before is None:
            return []
        found = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), n=0)
        return [line for line in list(found)[2:] if not line.startswith("@@")]


def change_of(path: Path, after: str) -> Change:
    """Raises RunError if there is something that cannot be read."""
    try:
        before = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        before = None
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from None
    return Change(path, before, after)


def write(change: Change) -> None:
    """All of it or nothing: a reader never finds half a file.

    Raises:
        RunError: it cannot be written.
    """
    path = change.path
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(change.after, encoding="utf-8")
        fresh.chmod(MODE)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise RunError(f"{path}: cannot be written: {error.strerror}") from None


def remove(path: Path) -> bool:
    """Whether it was there.

    Raises:
        RunError: it stays.
    """
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise RunError(f"{path}: cannot be removed: {error.strerror}") from None
    return True
