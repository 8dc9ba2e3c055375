# SPDX-License-Identifier: MIT
"""Writes what cores say into the store, in a thread of its own, for all tables of a program.

The law: whoever tells it something waits for nothing and hears of no failure. What goes wrong is
told by `on_status` and tried again, and nothing is lost by it as long as there is room in memory.
A high alarm, the beginning and end of an inversion, and how a table with somebody inverted stands
are on the disk as soon as the disk takes them.
"""

from __future__ import annotations

import platform
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf, isfinite
from pathlib import Path

from upturn.core.commands import Command
from upturn.core.events import Event
from upturn.core.limits import Profile
from upturn.core.past import Past
from upturn.core.snapshot import Snapshot
from upturn.store.book import Book, Run
from upturn.store.codec import profile_to_json
from upturn.store.curves import TableCurve
from upturn.store.database import BUSY_S, FileId, Store
from upturn.store.inbox import Batch, Inbox, urgent
from upturn.store.ledger import ACTS
from upturn.store.moment import Clocks, HostClocks
from upturn.store.told import Acted, Ended, Heard
from upturn.store.trouble import StoreError, Trouble

RETRY_S = 5.0
BUSY_RETRY_S = 0.1
CLOSE_S = 2.0
ANGLE_S = 1.0
CUT_OFF = (
    "another program has deleted the log beside the store: what was written since may be lost"
)
MOVED = (
    "another program has moved or deleted the store's file: a new one begins; what was written"
    " before is where it went"
)

OnStatus = Callable[[bool, str], None]


class StoreWriter:
    """`on_status` is called from its thread: whether it works, and why not.

    Where it works and has words all the same, people have to hear them: of a store that was set
    aside, or of events that were given up.
    """

    def __init__(
        self,
        path: Path,
        *,
        version: str,
        config_json: str,
        user: str = "",
        clocks: Clocks | None = None,
        inbox: Inbox | None = None,
        retry_s: float = RETRY_S,
        busy_s: float = BUSY_S,
    ) -> None:
        self.on_status: OnStatus | None = None
        self.clocks = clocks or HostClocks()
        self.inbox = inbox or Inbox()
        self.path = path
        self._retry_s = retry_s
        self._patience_s = busy_s
        began_ms = self.clocks.now().wall_ms
        self._run = Run(version, config_json, user, platform.node(), began_ms)
        self._names: dict[str, str] = {}
        self._curves: dict[str, TableCurve] = {}
        self._store: Store | None = None
        self._book: Book | None = None
        self._damaged: FileId | None = None
        self._working: bool | None = None
        self._why = ""
        self._told_given_up = 0
        self._failing_since_s = inf
        self._close_by_s = inf
        self._thread = threading.Thread(target=self._write_all, name="store", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """What waits is written, within two seconds."""
        self._close_by_s = time.monotonic() + CLOSE_S
        self.inbox.close()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S + 0.5)

    def table(self, key: str, name: str) -> StoreTable:
        """`key` stays the same over restarts; `name` is what people call it."""
        self._names = {**self._names, key: name}
        return StoreTable(self, key)

    def _write_all(self) -> None:
        batch = Batch()  # it is opened before there is anything to write
        while True:
            written = self._attempt(batch)
            if self.inbox.closed and time.monotonic() > self._close_by_s:
                break
            last = written and self.inbox.closed
            batch = self.inbox.take()
            if last and not batch:
                break
        if self._book is not None:
            try:
                self._book.end(self.clocks.now().wall_ms)
            except StoreError as error:
                self._tell(False, error.what)  # that it ended in order is not known, no more
        self._shut()

    def _attempt(self, batch: Batch) -> bool:
        """Write it, or put it back and wait a little."""
        try:
            told = self._open()
            assert self._book is not None
            refused = self._book.write(batch)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the watch goes on
            self.inbox.put_back(batch)
            self._failed(fault)
            return False
        self._failing_since_s = inf
        words = [told] if told else []
        words += self._own_up(refused)
        if self._store is not None and self._store.is_moved():
            complete = self._store.take_the_log_in()
            words.append(MOVED if complete else f"{MOVED}, and the last of it may be lost")
            self._shut()
        elif self._store is not None and self._store.is_cut_off():
            words.append(CUT_OFF)
            self._shut()  # and opened again for the next
        self._tell(True, "; ".join(words))
        self.committed(batch)
        return True

    def committed(self, batch: Batch) -> None:
        """It is on the disk; for those who want to know."""

    def _open(self) -> str:
        """What has to be said of it."""
        if self._book is not None:
            self._book.names(self._names)
            return ""
        self._store = Store.open(self.path, busy_s=0.25, damaged=self._damaged)
        self._damaged = None
        self._book = Book(self._store, self._run, self._names, self._curves)
        return self._store.told

    def _own_up(self, refused: list[str]) -> list[str]:
        """Say, there and here, what is missing in the log."""
        given_up = self.inbox.given_up - self._told_given_up
        words = [f"an event could not be written ({why})" for why in refused]
        if given_up:
            words.append(f"{given_up} events were given up, for want of room")
        if words and self._book is not None:
            try:
                self._book.note(self.clocks.now().wall_ms, "; ".join(words))
            except StoreError:  # tried again with the next batch
                return []
            self._told_given_up += given_up
        return words

    def _failed(self, fault: Exception) -> None:
        now_s = time.monotonic()
        error = fault if isinstance(fault, StoreError) else None
        busy = error is not None and error.kind is Trouble.BUSY
        self._failing_since_s = min(self._failing_since_s, now_s)
        damaged = error is not None and error.kind is Trouble.DAMAGED
        if damaged and self._store is not None:
            self._damaged = self._store.file
        if not busy:
            self._shut()
        if not busy or now_s - self._failing_since_s >= self._patience_s:
            what = error.what if error is not None else f"{type(fault).__name__}: {fault}"
            given_up = self.inbox.given_up - self._told_given_up
            lost = f"; {given_up} events were given up" if given_up else ""
            self._tell(False, f"{what}{lost}")
        closing = self.inbox.closed
        wait_s = BUSY_RETRY_S if busy or closing or damaged else self._retry_s
        if closing:
            time.sleep(wait_s)
        else:
            self.inbox.rest(wait_s)

    def _shut(self) -> None:
        if self._store is not None:
            with suppress(sqlite3.Error):  # what was committed is safe
                self._store.close()
        self._store = self._book = None

    def _tell(self, working: bool, words: str) -> None:
        if (working, words) == (self._working, self._why) or (
            working and not words and self._working
        ):
            return
        self._working, self._why = working, words
        if self.on_status is not None:
            self.on_status(working, words)


class StoreTable:
    """One table's part of it; a `service.bus.Listener`."""

    name = "store"

    def __init__(self, writer: StoreWriter, key: str) -> None:
        self._inbox = writer.inbox
        self._clocks = writer.clocks
        self._key = key
        self._begun = False
        self._profile: Profile | None = None
        self._profile_json = ""
        self._angle_s = -inf
        self._past_kind: object = None

    def heard(self, events: Sequence[Event], snapshot: Snapshot) -> None:
        if not events and self._begun:
            return
        self._begun = True
        if snapshot.profile is not self._profile:
            self._profile = snapshot.profile
            self._profile_json = profile_to_json(snapshot.profile)
        heard = Heard(
            self._clocks.now().wall_ms,
            snapshot.now_s,
            snapshot.session,
            self._profile_json,
            snapshot.inverted,
            snapshot.exposure_at_least,
            tuple(events),
        )
        self._inbox.put(self._key, heard, urgent=urgent(events))

    def commanded(self, command: Command, source: str = "") -> None:
        """Right before the core hears of it; `source` is who, or where from.

        What the program says by itself is no act of a person, and not kept.
        """
        if type(command) not in ACTS:
            return
        acted = Acted(self._clocks.now().wall_ms, command, source)
        self._inbox.put(self._key, acted, urgent=True)

    def wrote(self, past: Past | None) -> None:
        """How the table stands; None, where nothing is known, leaves what was known before."""
        if past is None:
            return
        kind = _kind(past)
        pressing = past.inverted or kind != self._past_kind
        self._past_kind = kind
        self._inbox.past(self._key, self._clocks.now(), past, urgent=pressing)

    def angle(self, t_s: float, angle_deg: float) -> None:
        """As often as one likes; kept once a second."""
        if self._angle_s <= t_s < self._angle_s + ANGLE_S or not isfinite(t_s):
            return
        self._angle_s = t_s
        self._inbox.angle(self._key, t_s, self._clocks.now().wall_ms, angle_deg)

    def end(self) -> None:
        """That core is over; another may follow, with an axis of its own."""
        self._begun = False
        self._angle_s = -inf
        self._inbox.put(self._key, Ended())


def _kind(past: Past) -> object:
    """What of it must not be ten seconds old on the disk."""
    ledger = past.ledger
    return (
        past.posture,
        past.node_id,
        past.stand_down,
        past.check_in_age_s is None,
        past.equipment_age_s is None,
        past.inverted,
        ledger.resting,
        ledger.session,
        ledger.total.inversions,
        ledger.exposure_s > 0.0,
        tuple((alarm.id, alarm.occurrence, alarm.priority) for alarm in past.alarms),
    )
