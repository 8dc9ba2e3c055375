# SPDX-License-Identifier: MIT
"""All tables of the screen, and which of them is shown in full.

Every one is looked at in every frame: what a table says is heard whether or not it is shown.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from upturn.core.alarm_table import Priority
from upturn.core.snapshot import Snapshot
from upturn.dashboard import wording
from upturn.dashboard.feed import Feed, Feeds
from upturn.dashboard.palette import Palette
from upturn.dashboard.view import Pulse, View

LOG_KEPT = 100


class Table:
    """One feed, and what the screen remembers of it."""

    def __init__(self, name: str, feed: Feed) -> None:
        self.name = name
        self.feed = feed
        self.log: deque[tuple[str, str]] = deque(maxlen=LOG_KEPT)
        """What happened, with its time of day."""
        self._pulse = Pulse()
        self._events_seen = 0
        self._urgent: frozenset[object] = frozenset()

    def look(self, clock_s: float, palette: Palette) -> View:
        snapshot = self.feed.snapshot()
        source = self.feed.source()
        silent_s = self._pulse.silent_s(snapshot.now_s, clock_s, live=source.live)
        return View(snapshot, source, clock_s, silent_s, palette)

    def read_events(self, view: View, now: datetime) -> None:
        self._events_seen, events = self.feed.events_since(self._events_seen)
        for event in events:
            at = now - timedelta(seconds=view.snapshot.now_s - event.t_s)
            self.log.append((f"{at:%H:%M:%S}", wording.event(event)))

    def news(self, view: View) -> bool:
        """Something of high priority is here that was not at the last look."""
        alarms = view.snapshot.alarms
        urgent: frozenset[object] = frozenset(
            (alarm.spec.id, alarm.occurrence)
            for alarm in alarms
            if alarm.priority is Priority.HIGH
        )
        if view.stopped:
            urgent |= {"stopped"}
        before, self._urgent = self._urgent, urgent
        return not urgent <= before


class Tables:
    """In the order of the config; `chosen` is the number of the one that is shown."""

    def __init__(self, feeds: Feeds) -> None:
        self.all = [Table(name, feed) for name, feed in feeds.items()]
        self.chosen = 0

    @property
    def shown(self) -> Table:
        return self.all[self.chosen]

    @property
    def several(self) -> bool:
        return len(self.all) > 1

    @property
    def names(self) -> list[str]:
        return [table.name for table in self.all]

    def needy(self) -> list[str]:
        """The tables that nobody should stop watching now: somebody inverted, or a high alarm."""
        return [table.name for table in self.all if _is_needy(table.feed.snapshot())]

    def choose(self, number: int) -> bool:
        """Show that one; False if there is none or it is shown already."""
        if number == self.chosen or not 0 <= number < len(self.all):
            return False
        self.chosen = number
        return True

    def step(self, by: int) -> bool:
        """Show the next, or the one before; from the last to the first."""
        return self.choose((self.chosen + by) % len(self.all))


def _is_needy(snapshot: Snapshot) -> bool:
    return snapshot.inverted or any(alarm.priority is Priority.HIGH for alarm in snapshot.alarms)
