# SPDX-License-Identifier: MIT
"""What stands on the screen for a table that is not: it was asked for and is not there yet, or
there is no room for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from upturn.core.commands import Acknowledge, Command
from upturn.core.events import Event
from upturn.core.snapshot import Check, Snapshot
from upturn.dashboard.feed import EventRing, SourceState
from upturn.dashboard.history import History
from upturn.remote.own_alarm import LOST_S, NOT_SHOWN, Loss, OwnAlarm, urgency_of_loss
from upturn.remote.table import LINK_CHECK, NOTHING_KNOWN

NOBODY = "the broker tells of no table"
NOT_THAT_ONE = "the broker tells of no table of that name"
CROWD = "(not shown)"
"""What stands for the tables that there is no room for."""


class WaitingFeed:
    """`broker` says why the broker is not reached; empty: it is. `crowd` says that there is no
    room, and for which; empty: it is waited for.
    """

    def __init__(self, name: str, began_s: float, clock: Callable[[], float]) -> None:
        self.broker = ""
        self.crowd = ""
        self._name = name
        self._began_s = began_s
        self._clock = clock
        self._loss = OwnAlarm(Loss.CALM.spec)
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
        own: dict[type[Command], str] = {Acknowledge: ""} if lost else {}
        return SourceState(
            "no room" if self.crowd else "waiting for tables",
            well=not lost,
            read_only=NOBODY,
            lost=lost,
            elsewhere=True,
            acts=own,
        )

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
        if self.crowd:
            self._loss.spec = NOT_SHOWN
            self._loss.judge(now_s, self.crowd, urgency_of_loss(None))
            return now_s
        nobody = NOT_THAT_ONE if self._name else NOBODY
        waited = now_s >= self._began_s + LOST_S
        why = (self.broker or nobody) if waited else ""
        self._loss.judge(now_s, why, urgency_of_loss(None))
        return now_s
