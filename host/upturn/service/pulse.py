# SPDX-License-Identifier: MIT
"""The proof that a watch lives, for the service manager that starts it anew when it does not.

The law: the watchdog is fed in the very call in which the last of the tables was judged, and
nowhere else. There is no timer: a loop that hangs, or one table's that waits for ever, feeds
nothing. What others ask of a table (the home, a screen) judges it as well, and does not count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from upturn.core.commands import Command
from upturn.core.events import Event
from upturn.core.snapshot import Snapshot
from upturn.service.notify import READY, STOPPING, WATCHDOG, Notifier, status
from upturn.service.table import TableService
from upturn.transports.source import Chunk

SHARE = 4
"""The watchdog is fed so often in its time: one ping may be lost, and another be late."""
FAILED, OVER = "FAILED", "over"


class Pulse:
    """Of all tables of a run. `notifier` hears that they live, and what of them is to be known."""

    def __init__(self, notifier: Notifier, now_s: Callable[[], float] = time.monotonic) -> None:
        self._notifier = notifier
        self._now_s = now_s
        self._tables: list[TablePulse] = []
        self._judged: set[TablePulse] = set()
        """Since the last ping."""
        self._ready = False
        self._ending = False
        self._next_s = -float("inf")
        self._told = ""
        self._pause_s = (notifier.watchdog_s or float("inf")) / SHARE

    def table(self, name: str) -> TablePulse:
        """One of them; READY waits until each has been judged."""
        table = TablePulse(self, name)
        self._tables.append(table)
        return table

    def beat(self, table: TablePulse) -> None:
        """That table has just been judged by its own loop."""
        self._judged.add(table)
        if self._ending or any(one not in self._judged for one in self._tables if one.runs):
            return
        words = self._words()
        due = not self._ready or self._now_s() >= self._next_s
        if not due and words == self._told:
            return
        said = [READY] if not self._ready else []
        if due and self._notifier.watchdog_s is not None:
            said.append(WATCHDOG)
        if self._notifier.send(*said, status(words)):  # else the next beat tries again
            self._ready, self._told = True, words
            if due:
                self._next_s = self._now_s() + self._pause_s
                self._judged.clear()

    def stopping(self) -> None:
        """It ends in order now; nothing is said after it."""
        if not self._ending:
            self._ending = True
            self._notifier.send(STOPPING, status("stopping: nobody is watched now"))
            self._notifier.close()

    def _words(self) -> str:
        """What is watched, and the highest alarm."""
        tables = ", ".join(f"{table.name} {table.words}".strip() for table in self._tables)
        priority, title = max((table.alarm for table in self._tables), default=(0, ""))
        return f"{tables}; {title or 'no alarm'}" if priority else f"{tables}; no alarm"


class TablePulse:
    """One table's part of it, over all sessions of a run; a listener too."""

    def __init__(self, pulse: Pulse, name: str) -> None:
        self.name = name
        self.runs = True
        self.words = "no data yet"
        self.alarm = (0, "")
        """Priority and words of the highest."""
        self._pulse = pulse

    def beat(self) -> None:
        if self.runs:
            self._pulse.beat(self)

    def heard(self, _events: Sequence[Event], snapshot: Snapshot) -> None:
        self.words = _standing(snapshot)
        if snapshot.alarms:
            top = snapshot.alarms[0]
            whose = f" ({self.name})" if self.name else ""
            self.alarm = (int(top.priority), f"{top.priority.word}: {top.spec.title}{whose}")
        else:
            self.alarm = (0, "")

    def end(self) -> None:
        """A session has ended, and with it what listens."""

    def over(self, *, failed: bool) -> None:
        """Its last session has ended: nothing more has to be proved, and that is told."""
        self.runs = False
        self.words = FAILED if failed else OVER
        self.alarm = (0, "")


class ProvedTable(TableService):
    """One that tells `beat` whenever its own loop has judged it."""

    def __init__(self, beat: Callable[[], None], *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._beat = beat
        self._asked = 0

    def take(self, chunk: Chunk) -> list[Event]:
        return self._proved(super().take(chunk))

    def tick(self, now_s: float) -> list[Event]:
        return self._proved(super().tick(now_s))

    def command(self, command: Command) -> str | None:
        self._asked += 1
        try:
            return super().command(command)
        finally:
            self._asked -= 1

    def _proved(self, events: list[Event]) -> list[Event]:
        if not self._asked:
            self._beat()
        return events


def pulse_of(environment: Mapping[str, str]) -> Pulse | None:
    """None: no manager of services has asked for it."""
    notifier = Notifier.from_environment(environment)
    return None if notifier is None else Pulse(notifier)


def _standing(snapshot: Snapshot) -> str:
    """How a table stands, without what changes by the second."""
    if snapshot.node_off:
        return "switched off"
    if snapshot.signal_age_s is None:
        return "no data yet"
    lost = ", no data" if snapshot.signal_lost else ""
    down = ", stood down" if snapshot.stand_down else ""
    return f"{snapshot.posture}{lost}{down}"
