# SPDX-License-Identifier: MIT
"""`upturn forget --recordings`: what lies beyond the limits of [store], one after the other.

The law: one that holds or may hold a high alarm goes only if a person says so of it, by name here
or of all of them by --yes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from upturn.cli.asking import yes
from upturn.cli.stored import keep_limits, nothing_stored, now, store_path
from upturn.config import Config
from upturn.errors import EXIT_DONE, InputError, RunError
from upturn.report import words
from upturn.store.database import Store
from upturn.store.keep import MEGABYTE, KeepLimits, KeepPlan, Recording
from upturn.store.tidying import delete, look_through
from upturn.transports.printable import printable

HOLDS = {
    True: "holds a high alarm",
    None: "may hold a high alarm: its run did not end in order",
    False: "holds no high alarm",
}


def forget_recordings(config: Config, *, unasked: bool) -> int:
    """Raises InputError, StoreError or RunError; what was deleted by then is."""
    path = store_path(config)
    if not path.exists():
        raise nothing_stored(path)
    limits = keep_limits(config)
    with Store.open(path) as store:
        found = look_through(store, limits, now())
        beyond = sorted((*found.remove, *found.ask), key=lambda one: (one.made_at, one.path))
        if not beyond:
            print(_none(found, limits))
            return EXIT_DONE
        if not unasked and (sys.stdin is None or not sys.stdin.isatty()):
            raise InputError("nobody is there to ask", remedy="--yes deletes without asking")
        print(f"{words.counted(len(beyond), 'recording')} beyond [store] limits{_limits(limits)}:")
        gone, left = _go_through(store, beyond, unasked=unasked)
    print(f"Deleted: {words.counted(gone, 'recording')} of {len(beyond)}")
    if left:
        raise RunError(f"not deleted, and now yours to delete: {'; '.join(left)}")
    return EXIT_DONE


def _go_through(
    store: Store, beyond: Sequence[Recording], *, unasked: bool
) -> tuple[int, list[str]]:
    """How many went, and which could not, in words."""
    gone = 0
    left: list[str] = []
    for recording in beyond:
        print(f"  {_told(recording)}")
        said = True if unasked else yes("  Delete it?", unless_said=False)
        if said is None:
            break
        if said:
            why = delete(store, recording)
            left += [why] if why else []
            gone += not why
    return gone, left


def _told(recording: Recording) -> str:
    began = recording.made_at.astimezone()
    size = f"{recording.size_bytes / MEGABYTE:.1f} MB"
    if not recording.size_bytes and Path(recording.path).exists():
        size = f"{Path(recording.path).stat().st_size / MEGABYTE:.1f} MB"
    return (
        f"{printable(recording.path)}\n"
        f"    of {began:%d %b %Y, %H:%M}, {size}; {HOLDS[recording.high_alarm]}"
    )


def _none(found: KeepPlan, limits: KeepLimits) -> str:
    if limits == KeepLimits():
        return (
            f"{words.counted(len(found.keep), 'recording')} kept: the config sets no limit, by "
            "[store] keep_days or keep_mb"
        )
    kept = words.counted(len(found.keep), "recording")
    return f"{kept} kept, none beyond [store] limits{_limits(limits)}"


def _limits(limits: KeepLimits) -> str:
    told = []
    if limits.days is not None:
        told.append(words.counted(limits.days, "day"))
    if limits.megabytes is not None:
        told.append(f"{limits.megabytes} MB")
    return f" ({', '.join(told)})" if told else ""
