# SPDX-License-Identifier: MIT
"""The rule of `keep` carried out: at the start of a run, before anything new is recorded.

The law: a file goes only if the rule says so, and only if it is the one that was recorded; one
that cannot be deleted stays in the store, and is told of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from upturn.store.database import Store
from upturn.store.keep import MEGABYTE, KeepLimits, KeepPlan, Recording, plan
from upturn.store.reading import recordings, remove_recording

ASK = "'upturn forget --recordings' asks about each"


@dataclass(frozen=True, slots=True)
class Tidied:
    removed: tuple[Recording, ...]
    ask: tuple[Recording, ...]
    """Beyond a limit, but a person has to say so: they hold or may hold a high alarm."""
    failed: tuple[str, ...]
    """In words: files that could not be deleted."""

    def words(self) -> Iterator[str]:
        """A line for whatever there is to be told."""
        if self.removed:
            size = sum(recording.size_bytes for recording in self.removed) / MEGABYTE
            yield f"{_counted(self.removed)} beyond [store] limits deleted, {size:.1f} MB"
        if self.ask:
            verb, whom = ("is", "it") if len(self.ask) == 1 else ("are", "they")
            hold = "holds or may hold" if len(self.ask) == 1 else "hold or may hold"
            yield (
                f"{_counted(self.ask)} beyond [store] limits {verb} kept, for {whom} {hold} a "
                f"high alarm: {ASK}"
            )
        for one in self.failed:
            yield f"a recording beyond [store] limits cannot be deleted: {one}"


def tidy(store: Store, limits: KeepLimits, now: datetime) -> Tidied:
    """Raises StoreError: the store cannot be read or written."""
    found = look_through(store, limits, now)
    removed: list[Recording] = []
    failed: list[str] = []
    for recording in found.remove:
        why = delete(store, recording)
        if why:
            failed.append(why)
        else:
            removed.append(recording)
    return Tidied(tuple(removed), found.ask, tuple(failed))


def look_through(store: Store, limits: KeepLimits, now: datetime) -> KeepPlan:
    """What the rule says of those that are still there; the others the store forgets.

    Raises:
        StoreError: it cannot be read or written.
    """
    there: list[Recording] = []
    for recording in recordings(store):
        if _is_gone(recording):
            remove_recording(store, Path(recording.path))
        else:
            there.append(recording)
    return plan(there, limits, now)


def delete(store: Store, recording: Recording) -> str:
    """Why it cannot be, in words; empty: it is.

    Raises:
        StoreError: it is, and the store goes on listing it.
    """
    try:
        Path(recording.path).unlink(missing_ok=True)
    except OSError as error:
        return f"{recording.path}: {error.strerror or error}"
    remove_recording(store, Path(recording.path))
    return ""


def _is_gone(recording: Recording) -> bool:
    """Deleted, or another file by its name: a recording that was made to its end stays as it is.

    One that was cut off has no size that could be compared.
    """
    try:
        found = Path(recording.path).stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False  # nobody knows: it may be on a disk that is not there now
    return bool(recording.size_bytes) and found.st_size != recording.size_bytes


def _counted(recordings: tuple[Recording, ...]) -> str:
    return f"{len(recordings)} recording{'' if len(recordings) == 1 else 's'}"
