# SPDX-License-Identifier: MIT
"""What stands on the screen while the table that was asked for, or any table, is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from upturn.core.commands import Command
from upturn.core.events import Event
from upturn.core.snapshot import Check, Snapshot
from upturn.dashboard.feed import EventRing, SourceState
from upturn.dashboard.history import History
from upturn.remote.own_alarm import LINK_LOST, LOST_S, OwnAlarm, urgency_of_loss
from upturn.remote.table import LINK_CHECK, NOTHING_KNOWN

NOBODY = "the broker tells of no table"
NOT_THAT_ONE = "the broker tells of no table of that name"


class WaitingFeed:
    """`broker` says why the broker is not reached; empty: it is."""

    def __init__(self, name: str, began_s: float, clock: Callable[[], float]) -> None:
        self.broker = ""
        self._name = name
        self._began_s = began_s
        self._clock = clock
        self._loss = OwnAlarm(LINK_LOST)
        self._history = History()
        self._events = EventRing()

    def snapshot(self) -> Snapshot:
        now_s = self._judged()
        shown = replace(NOTHING_KNOWN, now_s=now_s, node=self._name)
        if not self._loss.why:
            return shown
        lost = Check(LINK_CHECK, self._loss.why)
        return replace(shown, alarms=(self._loss.view(now_s),), checks=(lost,))

    def source(self) -> SourceState:
        self._judged()
        lost = self._loss.why
        return SourceState("waiting for tables", well=not lost, read_only=NOBODY, lost=lost)

    def history(self) -> History:
        return self._history

    def events_since(self, n: int) -> tuple[int, Sequence[Event]]:
        return self._events.since(n)

    def command(self, command: Command) -> str | None:
        """There is nothing to command but the screen's own alarm."""
        now_s = self._judged()
        if self._loss.is_meant(command):
            return self._loss.acknowledge(now_s)
        return NOBODY

    def _judged(self) -> float:
        now_s = self._clock()
        nobody = NOT_THAT_ONE if self._name else NOBODY
        waited = now_s >= self._began_s + LOST_S
        why = (self.broker or nobody) if waited else ""
        self._loss.judge(now_s, why, urgency_of_loss(None))
        return now_s
