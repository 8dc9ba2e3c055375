# SPDX-License-Identifier: MIT
"""All tables of the screen, and which of them is shown in full.

Every one is looked at in every frame: what a table says is heard whether or not it is shown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from upturn.core.after import AfterSession
from upturn.core.alarm_table import Priority
from upturn.core.commands import Symptoms
from upturn.core.events import Noted
from upturn.core.snapshot import Snapshot
from upturn.dashboard import wording
from upturn.dashboard.deeds import AFTER, Deeds
from upturn.dashboard.feed import Feed, Feeds
from upturn.dashboard.headline import Beside
from upturn.dashboard.inversions import Inversions
from upturn.dashboard.marks import Marks
from upturn.dashboard.palette import Palette
from upturn.dashboard.view import Pulse, View

LOG_KEPT = 100
TYPING_S = 1.0
"""So soon after a digit another one is of the same number."""


class Table:
    """One feed, and what the screen remembers of it."""

    def __init__(self, name: str, feed: Feed) -> None:
        self.name = name
        self.feed = feed
        self._pulse = Pulse()
        self._events_seen = 0
        self._rewound = 0
        self.after = AfterSession()
        self.asks = False
        """A session is over, and nobody has said yet how it was."""
        self._forget()
        self._urgent: frozenset[object] = frozenset()

    def look(self, clock_s: float, palette: Palette, wall: datetime | None = None) -> View:
        snapshot = self.feed.snapshot()
        source = self.feed.source()
        silent_s = self._pulse.silent_s(snapshot.now_s, clock_s, live=source.live)
        watched = source.begin_s is None and not source.unreal and not source.why_not(Symptoms)
        self.asks = watched and self.after.asks(snapshot)
        return View(snapshot, source, clock_s, silent_s, palette, wall)

    def read_events(self, view: View) -> None:
        if view.source.rewound != self._rewound:
            self._rewound = view.source.rewound
            self._forget()
        self._events_seen, events = self.feed.events_since(self._events_seen)
        for event in events:
            at = wording.time_of_day(view.time_of_day(event.t_s))
            self.log.append((at, wording.event(event)))
            self.marks.read(event)
            self.inversions.read(event, view.time_of_day)
            self.deeds.read(event, at)
            if isinstance(event, Noted) and event.text.startswith(AFTER) and not event.refusal:
                self.after.answered(view.snapshot.session)  # here, by the home, or by a command
                self.asks = False

    def news(self, view: View) -> bool:
        """Something of high priority is here that was not at the last look."""
        if view.source.begin_s is not None:
            return False  # nor was it news when it was recorded
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

    def _forget(self) -> None:
        """All that was told: it is told anew, as far as it has happened."""
        self.log: deque[tuple[str, str]] = deque(maxlen=LOG_KEPT)
        """What happened, with its time of day."""
        self.marks = Marks()
        self.inversions = Inversions()
        self.deeds = Deeds()
        self._events_seen = 0


class Tables:
    """In the order of `feeds`; `chosen` is the number of the one that is shown in full."""

    def __init__(self, feeds: Feeds) -> None:
        """There is at least one at any time; `refresh` sees which they are then."""
        self._feeds = feeds
        self.all = [Table(name, feed) for name, feed in feeds.items()]
        self.chosen = 0
        self.overview = False
        """All are shown beside each other, and none in full."""
        self.views: Sequence[View] = ()
        """As they were painted last."""
        self._typed = 0
        self._typing_until_s = 0.0

    def refresh(self) -> bool:
        """Look who has come and gone; whether something else is shown now."""
        if [(table.name, table.feed) for table in self.all] == list(self._feeds.items()):
            return False
        shown, overview = self.shown, self.overview
        known = {id(table.feed): table for table in self.all}
        self.all = [known.get(id(feed)) or Table(name, feed) for name, feed in self._feeds.items()]
        for table, name in zip(self.all, self._feeds, strict=True):
            table.name = name
        stays = shown in self.all
        self.chosen = self.all.index(shown) if stays else 0
        self.overview = overview and self.several
        return not stays or self.overview is not overview

    @property
    def shown(self) -> Table:
        return self.all[self.chosen]

    @property
    def several(self) -> bool:
        return len(self.all) > 1

    @property
    def names(self) -> list[str]:
        return [table.name for table in self.all]

    @property
    def in_banner(self) -> Table | None:
        """In the overview: the one that needs somebody most, as it was painted last."""
        if len(self.views) != len(self.all):
            return None
        worst = max(range(len(self.all)), key=lambda n: self.views[n].need)
        return self.all[worst] if self.views[worst].urgency >= Priority.MEDIUM else None

    def view_of(self, table: Table) -> View | None:
        """As it was painted last."""
        at = self.all.index(table)
        return self.views[at] if at < len(self.views) else None

    def needy(self) -> list[str]:
        """The tables that nobody should stop watching now: somebody inverted, or a high alarm."""
        return [
            table.name
            for table in self.all
            if table.feed.source().begin_s is None and _is_needy(table.feed.snapshot())
        ]

    def choose(self, number: int) -> bool:
        """Show that one in full; False if there is none or it is shown already."""
        if not 0 <= number < len(self.all) or (number == self.chosen and not self.overview):
            return False
        self.chosen = number
        self.overview = False
        return True

    def type_digit(self, digit: int, clock_s: float) -> bool:
        """Show the one of that number; the next digit makes it longer, where there is such."""
        longer = 10 * self._typed + digit
        goes_on = clock_s < self._typing_until_s and longer <= len(self.all)
        self._typed = longer if goes_on else digit
        self._typing_until_s = clock_s + TYPING_S
        return self.choose(self._typed - 1)

    def step(self, by: int) -> bool:
        """Show the next, or the one before; from the last to the first."""
        return self.choose((self.chosen + by) % len(self.all))

    def look(self, clock_s: float, palette: Palette, wall: datetime) -> list[View]:
        """At every one, once; and read what has happened there."""
        views = [table.look(clock_s, palette, wall) for table in self.all]
        for table, view in zip(self.all, views, strict=True):
            table.read_events(view)
        self.views = views
        return views

    def news(self, views: Sequence[View]) -> bool:
        """Something of high priority is somewhere that was not at the last look."""
        return sum(table.news(view) for table, view in zip(self.all, views, strict=True)) > 0

    def named(self, views: Sequence[View]) -> list[Beside]:
        """Each with its name and the number that shows it."""
        return [
            Beside(name, str(number), view)
            for number, (name, view) in enumerate(zip(self.names, views, strict=True), start=1)
        ]


def _is_needy(snapshot: Snapshot) -> bool:
    return snapshot.inverted or any(alarm.priority is Priority.HIGH for alarm in snapshot.alarms)
