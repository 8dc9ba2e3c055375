# SPDX-License-Identifier: MIT
"""What the dashboard asks of whoever runs the monitor, and nothing else.

The app polls; it is never called. Every method must return at once and raise nothing: the values
are those that the runner holds already. The runner appends to a `History` and an `EventRing` and
hands the same objects out each time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from upturn.core.commands import Command
from upturn.core.events import Event
from upturn.core.snapshot import Snapshot
from upturn.dashboard.history import History

EVENTS_KEPT = 500


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where the samples come from, and whether time is meant to go on."""

    label: str
    """For people, short: "simulated: too-long", "serial ttyUSB0"."""
    live: bool = True
    """False when time stands still on purpose: a replay that ended or is paused."""
    note: str = ""
    """Why it is not live: "replay ended"."""
    failure: str = ""
    """Why this table is watched no more, while others may be."""
    well: bool = True
    """False: nothing is heard from there, and the label says why."""
    read_only: str = ""
    """Why nothing can be commanded from here; empty: it can."""
    lost: str = ""
    """Why nothing is known of the table now; its link-loss alarm is in the snapshot."""
    answer: str = ""
    """What became of a command that was `Asked`; empty once it has been there for a while."""
    speed: float = 1.0
    """Seconds of the table's time that pass in one of the wall's: not 1 where it is simulated."""
    begin_s: float | None = None
    """Of a recording that is gone through: where its time begins, on the axis of the samples."""
    rewound: int = 0
    """How often that time has gone back: what was told before has not happened yet."""
    unreal: str = ""
    """Why nobody is there: "simulated", "recorded"; empty: somebody may be."""
    elsewhere: bool = False
    """Another program watches, and goes on when this screen is closed."""
    acts: Mapping[type[Command], str] = field(default_factory=dict)
    """Why single acts cannot be commanded from here just now, whatever `read_only` says of the
    others; empty: this one can."""

    def why_not(self, act: type[Command]) -> str:
        """Why that cannot be commanded from here, so that nobody is asked in vain and no key is
        offered for it; empty: it can.
        """
        return self.acts.get(act, self.read_only)


class Asked(str):
    """What `Feed.command` says of a command on its way: `SourceState.answer` tells more."""

    __slots__ = ()


class Feed(Protocol):
    def snapshot(self) -> Snapshot:
        """The newest state. While the source is live its `now_s` goes on, samples or not."""
        ...

    def source(self) -> SourceState: ...

    def history(self) -> History:
        """Angles over time, on the axis of `Snapshot.now_s`."""
        ...

    def events_since(self, n: int) -> tuple[int, Sequence[Event]]:
        """The events after the first `n`, and how many there have been; old ones may be gone."""
        ...

    def command(self, command: Command) -> str | None:
        """Do it; None when done, else why not, in words to be shown."""
        ...


Feeds = Mapping[str, Feed]
"""All tables of a run by what people call them, in their order; the only one may be nameless."""


class EventRing:
    """The newest events, numbered from the first: what `Feed.events_since` needs."""

    def __init__(self, kept: int = EVENTS_KEPT) -> None:
        self._events: deque[Event] = deque(maxlen=kept)
        self._count = 0

    def extend(self, events: Iterable[Event]) -> None:
        for event in events:
            self._events.append(event)
            self._count += 1

    def since(self, n: int) -> tuple[int, Sequence[Event]]:
        new = min(max(0, self._count - n), len(self._events))
        return self._count, list(self._events)[len(self._events) - new :] if new else ()
