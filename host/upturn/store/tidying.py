# SPDX-License-Identifier: MIT
"""The rule of `keep` carried out: at the start of a run, before anything new is recorded.

The law: a file goes only if the rule says so; one that cannot be deleted stays in the store, and
is told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from upturn.store.database import Store
from upturn.store.keep import KeepLimits, Recording, plan
from upturn.store.reading import recordings, remove_recording


@dataclass(frozen=True, slots=True)
class Tidied:
    removed: tuple[Recording, ...]
    ask: tuple[Recording, ...]
    """Beyond a limit, but a person has to say so: they hold or may hold a high alarm."""
    failed: tuple[str, ...]
    """In words: files that could not be deleted."""


def tidy(store: Store, limits: KeepLimits, now: datetime) -> Tidied:
    """Raises StoreError: the store cannot be read or written."""
    there: list[Recording] = []
    for recording in recordings(store):
        if Path(recording.path).exists():
            there.append(recording)
        else:  # somebody has deleted it
            remove_recording(store, Path(recording.path))
    found = plan(there, limits, now)
    removed: list[Recording] = []
    failed: list[str] = []
    for recording in found.remove:
        try:
            Path(recording.path).unlink(missing_ok=True)
        except OSError as error:
            failed.append(f"{recording.path}: {error.strerror or error}")
            continue
        remove_recording(store, Path(recording.path))
        removed.append(recording)
    return Tidied(tuple(removed), found.ask, tuple(failed))
