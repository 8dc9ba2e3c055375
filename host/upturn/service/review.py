# SPDX-License-Identifier: MIT
"""A recorded session that was judged once to its end, and its state at any moment.

The law: what was so at a moment follows from the file alone, not from the way there. The core gets
chunks in their order, and ticks when it asks for them; so playing, steps and leaps end alike.
Because a core cannot go back, copies of it are kept on the way, and whoever goes back goes on from
the last before: no leap costs more than a block of the file, or `EVENTS_APART`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain, islice
from math import ceil, inf, isfinite
from typing import NamedTuple

from upturn.core.events import Event
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.core.thresholds import TIME_EPSILON_S
from upturn.service.feeding import TICK_LAG_S, feed_chunk
from upturn.transports.replay import Recorded
from upturn.transports.source import Chunk

MOMENTS_PER_S = 1000
"""Moments lie on a grid from the beginning: a step on and one back meet."""
EVENTS_APART = 1000
"""Where a file is silent for days, an alarm that escalates all the while is what takes time."""
_NEAR_S = TIME_EPSILON_S / 2
"""The core takes times that are so near for one."""

Hear = Callable[[float, list[Event]], None]
"""Called with what came out of the core, and when."""


@dataclass(slots=True)
class _Core:
    """A core at one place of the file."""

    pipeline: Pipeline
    reached_s: float = -inf
    """When the newest chunk had come."""
    ticked_s: float = -inf
    told: int = 0
    """How many events have come out of it."""

    def take(self, chunk: Chunk, to_s: float, hear: Hear) -> bool:
        """Let time pass to the chunk, but not beyond `to_s`; whether the chunk has come."""
        due_s = max(self.reached_s, chunk.at_s)
        end_s = to_s + _NEAR_S
        while (wake_s := self._wake_s()) < due_s and wake_s <= end_s:
            self.ticked_s = wake_s
            self._say(wake_s, self.pipeline.tick(wake_s - TICK_LAG_S), hear)
        if due_s > end_s:
            return False
        self.reached_s = due_s
        self._say(due_s, feed_chunk(self.pipeline, chunk), hear)
        return True

    def _wake_s(self) -> float:
        wake_s = self.pipeline.next_deadline_s() + TICK_LAG_S
        if wake_s <= self.ticked_s:  # so far from zero that a tick may fall short of it
            wake_s = self.ticked_s + TICK_LAG_S
        return max(wake_s, self.reached_s)

    def _say(self, at_s: float, events: list[Event], hear: Hear) -> None:
        if events:
            self.told += len(events)
            hear(at_s, events)


class _Copy(NamedTuple):
    """The core before a chunk."""

    core: _Core
    block: int
    chunk: int
    """Its number in the block."""


class Review:
    """All of a session, and one moment of it: that to which `go` went last."""

    def __init__(self, source: Recorded, pipeline: Callable[[], Pipeline]) -> None:
        """Judges it once. `pipeline` makes a core that has seen nothing yet."""
        self._source = source
        self.events: list[Event] = []
        self.shown_s: list[float] = []
        """For each event the first moment at which it has happened."""
        self.points_s = array("d")
        """The angle as it is plotted: times, and degrees beside them."""
        self.points_deg = array("f")
        self._core = _Core(pipeline())
        self._copies = [_Copy(deepcopy(self._core), 0, 0)]
        self._starts_s = [-inf]
        self._next_of = 0, 0
        self._judge()
        self.whole = self._core.pipeline
        """The core at the end of the session."""
        self.shown_s = [self._after(at_s) for at_s in self.shown_s]
        self.end_s = max(self.first_s, self._after(self._core.reached_s))
        self.at_s = inf
        self._begun = 0
        self._left: Iterator[Chunk] = iter(())
        self._next: Chunk | None = None
        self.go(self.first_s)

    @property
    def told(self) -> int:
        """How many of the events have happened."""
        return self._core.told

    @property
    def plotted(self) -> int:
        """How many of the points are there."""
        return bisect_right(self.points_s, self._core.pipeline.last_sample_s)

    def snapshot(self) -> Snapshot:
        return self._core.pipeline.snapshot(self.at_s)

    def nearest(self, to_s: float) -> float:
        """The moment to which `go` would go."""
        return min(max(self.first_s, self._moment(round, to_s)), self.end_s)

    def go(self, to_s: float) -> None:
        to_s = self.nearest(to_s)
        begun = bisect_right(self._starts_s, to_s) - 1
        if to_s < self.at_s or begun > self._begun:
            self._begun, copy = begun, self._copies[begun]
            self._core = deepcopy(copy.core)
            blocks = range(copy.block, self._source.blocks())
            left = chain.from_iterable(map(self._source.block, blocks))
            self._left = islice(left, copy.chunk, None)
            self._next = next(self._left, None)
        self.at_s = to_s
        while self._next is not None and self._core.take(self._next, to_s, _nobody):
            self._next = next(self._left, None)

    def _judge(self) -> None:
        """To the end."""
        core = self._core
        first: Chunk | None = None
        for block in range(self._source.blocks()):
            for number, chunk in enumerate(self._source.block(block)):
                first = first or chunk
                self._next_of = block, number
                if block and not number:
                    self._keep(core.reached_s)
                core.take(chunk, inf, self._hear)
                self._plot(core.pipeline)
        at_s = first.at_s if first is not None else 0.0
        self.begin_s = first.samples[0][0] if first is not None and first.samples else at_s
        """From there the session's clock counts."""
        self.first_s = self._after(at_s)
        """The first moment of which something is known."""

    def _hear(self, at_s: float, events: list[Event]) -> None:
        core = self._core
        self.events += events
        self.shown_s += [at_s] * len(events)
        silent = at_s > core.reached_s
        if silent and core.told - self._copies[-1].core.told >= EVENTS_APART:
            self._keep(at_s)

    def _keep(self, at_s: float) -> None:
        self._copies.append(_Copy(deepcopy(self._core), *self._next_of))
        self._starts_s.append(at_s)

    def _plot(self, pipeline: Pipeline) -> None:
        last_s = pipeline.last_sample_s
        if isfinite(last_s) and not (self.points_s and self.points_s[-1] == last_s):
            self.points_s.append(last_s)
            self.points_deg.append(pipeline.angle_deg)

    def _after(self, t_s: float) -> float:
        """The first moment at which a time is past."""
        return self._moment(ceil, t_s - 0.8 * _NEAR_S)

    def _moment(self, whole: Callable[[float], int], t_s: float) -> float:
        since = (t_s - self.begin_s) * MOMENTS_PER_S
        return self.begin_s + whole(since) / MOMENTS_PER_S if isfinite(since) else t_s


def _nobody(_at_s: float, _events: list[Event]) -> None:
    """What was told when the file was judged is told."""
