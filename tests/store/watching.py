# SPDX-License-Identifier: MIT
"""A table that is watched and written down, in a story's time, without waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tests.stories import Story, pipeline, stream, timeline
from upturn.core.events import Event
from upturn.core.limits import STANDARD, Profile
from upturn.core.pipeline import Pipeline
from upturn.store.database import Store
from upturn.store.inbox import Inbox
from upturn.store.moment import Moment
from upturn.store.past import Taken, last_past
from upturn.store.writer import StoreWriter

EPOCH_S = 1_767_225_600.0
"""The first moment of 2026: when every story begins that is not told otherwise."""
NAME = "Wilhelmina Quist"


class StoryClocks:
    def __init__(
        self, wall_s: float = EPOCH_S, boot_id: str = "boot-1", boot_s: float = 1e4
    ) -> None:
        self.wall_s = wall_s
        self.boot_id = boot_id
        self.boot_s: float | None = boot_s

    def now(self) -> Moment:
        return Moment(self.wall_s, self.boot_id, self.boot_s)

    def pass_by(self, seconds: float) -> None:
        self.wall_s += seconds
        if self.boot_s is not None:
            self.boot_s += seconds


class Watch:
    """One run with one table. As a block it ends in order; `dies` ends it in any moment."""

    def __init__(
        self,
        path: Path,
        *,
        clocks: StoryClocks | None = None,
        user: str = "",
        profile: Profile = STANDARD,
        key: str = "den",
        retry_s: float = 0.05,
        inbox: Inbox | None = None,
    ) -> None:
        self.path = path
        self.clocks = clocks or StoryClocks()
        self.profile = profile
        self.said: list[tuple[bool, str]] = []
        self.writer = StoreWriter(
            path,
            version="1.2.3",
            config_json='{"profile": "standard"}',
            user=user,
            clocks=self.clocks,
            inbox=inbox or Inbox(pace=100.0),
            retry_s=retry_s,
        )
        self.writer.on_status = lambda working, words: self.said.append((working, words))
        self.key = key
        self.table = self.writer.table(key, f"The {key}")
        self.taken: Taken | None = None
        self.core: Pipeline | None = None

    def __enter__(self) -> Self:
        self.writer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()

    def resumes(self) -> Watch:
        """Begin as the last watch ended."""
        with Store.open(self.path) as store:
            self.taken = last_past(store, self.key, self.clocks)
        assert self.taken is not None
        self.core = Pipeline(stream(), self.profile, start_s=0.0)
        taken = self.taken
        events = self.core.resume(taken.past, 0.0, gap_s=taken.gap_s, rested_s=taken.rested_s)
        self.table.heard(events, self.core.snapshot(0.0))
        return self

    def lives(self, told: str | Story) -> Watch:
        """One core through a story; the clocks go with it."""
        story = timeline(told) if isinstance(told, str) else told
        core = self.core or pipeline(story, self.profile)
        self.core = None
        began_s = self.clocks.wall_s
        commands = list(story.commands)
        last_s = -1.0
        for sample in story.samples:
            while commands and commands[0][0] <= sample.t_s:
                at_s, command = commands.pop(0)
                self._at(began_s + at_s)
                self.table.commanded(command, "dashboard")
                self._tell(core, core.command(command, at_s), at_s)
            self._at(began_s + sample.t_s)
            events = core.feed([sample])
            self.table.angle(sample.t_s, core.angle_deg)
            if events or sample.t_s >= last_s + 1.0:
                last_s = sample.t_s
                self._tell(core, events, sample.t_s)
        for at_s, command in commands:
            self._at(began_s + at_s)
            self.table.commanded(command, "dashboard")
            self._tell(core, core.command(command, at_s), at_s)
        end_s = max(story.end_s, story.samples[-1].t_s)
        self._at(began_s + end_s)
        self._tell(core, core.tick(end_s), end_s)
        return self

    def _at(self, wall_s: float) -> None:
        self.clocks.pass_by(wall_s - self.clocks.wall_s)

    def _tell(self, core: Pipeline, events: list[Event], now_s: float) -> None:
        self.table.heard(events, core.snapshot(now_s))
        self.table.wrote(core.past(now_s))


def wait_for(condition: Callable[[], bool], within_s: float = 20.0) -> None:
    end_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end_s, "it did not come to pass"
        time.sleep(0.005)
