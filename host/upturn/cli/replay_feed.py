# SPDX-License-Identifier: MIT
"""A recording on the dashboard: what it polls, and how it is gone through.

The law: the past cannot be changed. What a spotter did replays as it was recorded; no key adds to
it, nothing sounds and no home is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from math import inf

from upturn.core.commands import Command
from upturn.core.events import AlarmChanged, AlarmState, Event
from upturn.core.snapshot import Snapshot
from upturn.dashboard.feed import EVENTS_KEPT, SourceState
from upturn.dashboard.history import History
from upturn.dashboard.marks import Mark, Marks
from upturn.dashboard.playback import PlaybackState
from upturn.service.playback import Player
from upturn.service.review import Review

READ_ONLY = "a replay cannot be changed"
NAP_S = 0.05
"""The dashboard looks half as often."""
ADDED = 200
"""So many points are added to the history one by one; for more it is loaded anew."""
WHILES = 1000
"""Into so many the session is cut for the signs on its bar."""


class ReplayFeed:
    """Implements `Feed` and `Playback`; `run` goes where the acts have said."""

    def __init__(self, player: Player, label: str) -> None:
        self._player = player
        self._review = player.review
        self._label = label
        self._history = History()
        self._plotted = 0
        self._at_s = self._review.at_s
        self._rewound = 0
        self._acted = asyncio.Event()
        self._marks = _marks(self._review)
        self._follow()

    async def run(self) -> None:
        """Until cancelled. Acts that come together are one way."""
        while True:
            self._acted.clear()
            self._player.settle()
            self._follow()
            with suppress(TimeoutError):
                async with asyncio.timeout(None if self._player.paused else NAP_S):
                    await self._acted.wait()

    def snapshot(self) -> Snapshot:
        return self._review.snapshot()

    def source(self) -> SourceState:
        player = self._player
        note = "replay ended" if player.ended else "paused" if player.paused else ""
        return SourceState(
            self._label,
            live=not note,
            note=note,
            read_only=READ_ONLY,
            speed=player.speed,
            begin_s=self._review.begin_s,
            rewound=self._rewound,
        )

    def history(self) -> History:
        return self._history

    def events_since(self, n: int) -> tuple[int, Sequence[Event]]:
        told = self._review.told
        return told, self._review.events[max(n, told - EVENTS_KEPT) : told]

    def command(self, _command: Command) -> str | None:
        return READ_ONLY

    def state(self) -> PlaybackState:
        review, player = self._review, self._player
        coming = _coming(review)
        return PlaybackState(
            paused=player.paused,
            speed=player.speed,
            at_s=review.at_s - review.begin_s,
            end_s=review.end_s - review.begin_s,
            ended=player.ended,
            passed=review.told,
            events=len(review.events),
            marks=self._marks,
            next_event=coming,
            next_s=coming.t_s - review.begin_s if coming is not None else 0.0,
        )

    def pause_or_go(self) -> None:
        self._player.pause_or_go()
        self._acted.set()

    def step(self, by_s: float) -> None:
        self._player.step(by_s)
        self._acted.set()

    def jump(self, by: int) -> bool:
        self._acted.set()
        return self._player.jump(by)

    def seek(self, at_s: float) -> None:
        self._player.seek(self._review.begin_s + at_s)
        self._acted.set()

    def faster(self) -> None:
        self._player.faster()

    def slower(self) -> None:
        self._player.slower()

    def _follow(self) -> None:
        """Show of the chart what has been, and no more."""
        review = self._review
        before, self._plotted = self._plotted, review.plotted
        if review.at_s < self._at_s:
            self._rewound += 1
        self._at_s = review.at_s
        if 0 <= self._plotted - before <= ADDED:
            self._history.append_many(
                zip(
                    review.points_s[before : self._plotted],
                    review.points_deg[before : self._plotted],
                    strict=True,
                )
            )
        else:
            self._history.load(
                review.points_s[: self._plotted], review.points_deg[: self._plotted]
            )


def _coming(review: Review) -> Event | None:
    """Of the events that come next, which may be several, the gravest."""
    told = review.told
    together = [
        event
        for event, shown_s in zip(
            review.events[told : told + 10], review.shown_s[told : told + 10], strict=True
        )
        if shown_s == review.shown_s[told]
    ]
    return max(together, key=_weight, default=None)


def _weight(event: Event) -> int:
    match event:
        case AlarmChanged(state=AlarmState.RAISED | AlarmState.ESCALATED):
            return event.priority
        case _:
            return 0


def _marks(review: Review) -> Sequence[Mark]:
    """The gravest of each short while: no bar has more cells than this has whiles."""
    marks = Marks(max(1, len(review.events)))
    for event in review.events:
        marks.read(event)
    while_s = max(review.end_s - review.begin_s, 1.0) / WHILES
    kept: dict[int, Mark] = {}
    for mark in marks.since(-inf):
        at_s = mark.t_s - review.begin_s
        place = int(at_s / while_s)
        if place not in kept or mark.gravity < kept[place].gravity:
            kept[place] = replace(mark, t_s=at_s)
    return [kept[place] for place in sorted(kept)]
