# SPDX-License-Identifier: MIT
"""A host inside the test: the real link to a broker, and tables whose cores are told stories.

    async with Home(broker.port) as home:               it connects, and connects again
        attic = home.watch("attic")                     a table, heard until the end of the block
        attic.tell("at 50 61s")                         a minute of a session, told at once
        await home.works()                              or home.fails("nothing listens there")
        await home.delivered()                          the broker has every event so far
        assert events(listener, "attic") == attic.said()

The test drives the time: a table's core and its wall clock stand still between two stories, at
`now_s` past noon, so that every `at` of it can be foretold. What the core was told last is
repeated ten times a second, as a live core would.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.mosquitto import HOST
from tests.mqtt_heard import Heard
from tests.stories import Story, pipeline, stream, tell, timeline
from upturn.core.commands import Command
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
)
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.link import MqttLink
from upturn.sinks.mqtt.wall import WallClock, iso

NOON_S = 1_795_262_400.0
"""Of 2026-11-21: the wall clock's time when a core's is 0."""
BEAT_S = 0.1
LOOK_S = 0.005
PATIENCE_S = 10.0
BACK_OFF_S = (0.02, 0.05)

Told = tuple[str, float, str]
"""Of an event: its type, its time on the core's axis, and by the wall clock."""
Found = TypeVar("Found")


class Table:
    """A core that tells stories, and what the link keeps of it."""

    def __init__(self, link: MqttLink, node: str, node_id: str, **settings: Any) -> None:
        self.node = node
        """What it is called in topics."""
        self.now_s = 0.0
        self.told: list[Event] = []
        """All that its core has said."""
        self._phases: list[str] = []
        self._samples = self._commands = 0
        info = replace(stream(), node_id=node_id, node=node.capitalize())
        self.core = pipeline(timeline("upright 1s"), info=info)
        self.kept = link.table(f"serial:{node}", **settings)
        self.kept._wall = WallClock(1.0, lambda: NOON_S + self.now_s)
        self.kept.begin(self.command)

    def tell(self, text: str) -> list[Event]:
        """What comes next, in phases as in `tests.stories`; the table holds where it is."""
        self._phases.append(text)
        story = timeline("; ".join(self._phases))
        part = Story(story.samples[self._samples :], story.info, story.commands[self._commands :])
        self._samples, self._commands = len(story.samples), len(story.commands)
        last_s = story.samples[-1].t_s + 1.0 / (story.info.rate_hz or 50.0)
        self.now_s = max(self.now_s, last_s, story.end_s)
        return self._heard(tell(self.core, part) + self.core.tick(self.now_s - 0.1))

    def command(self, command: Command) -> str | None:
        """As the service does it: act now, publish, and say why not."""
        told = self._heard(self.core.command(command, self.now_s))
        return next((e.text for e in told if isinstance(e, Noted) and e.refusal), None)

    def beat(self) -> None:
        """It is still there."""
        self.kept.heard([], self.core.snapshot(self.now_s))

    def said(self) -> list[Told]:
        """All events that the home shall hear, in order."""
        return [told for event in self.told if (told := self._told(event)) is not None]

    def alarm(self, id: str) -> str:
        """`raised` and the like: what was said of that alarm last; or nothing."""
        states = [e.state for e in self.told if isinstance(e, AlarmChanged) and e.id == id]
        return str(states[-1]) if states else ""

    def why(self, id: str) -> str:
        """The message of that alarm as it stands; empty if it does not."""
        views = self.core.snapshot(self.now_s).alarms
        return next((view.message for view in views if view.spec.id == id), "")

    def at(self, t_s: float) -> str:
        return iso(NOON_S + t_s)

    def _heard(self, told: list[Event]) -> list[Event]:
        self.told += told
        self.kept.heard(told, self.core.snapshot(self.now_s))
        return told

    def _told(self, event: Event) -> Told | None:
        match event:
            case AlarmChanged(state=AlarmState.RAISED | AlarmState.ESCALATED):
                words = str(event.id)
            case AlarmChanged():
                words = str(event.state)
            case InversionStarted():
                words = "inversion_started"
            case InversionEnded():
                words = "inversion_ended"
            case _:
                return None
        return words, round(event.t_s, 3), self.at(event.t_s)


class Home:
    """One program on one computer: its link, and all of its tables."""

    def __init__(
        self,
        port: int,
        id: str = "here",
        *,
        host: str = HOST,
        back_off_s: tuple[float, ...] = BACK_OFF_S,
        **settings: Any,
    ) -> None:
        """`settings` are `Broker`'s."""
        self.link = MqttLink(Broker(host, port, id=id, **settings), back_off_s=back_off_s)
        self.tables: list[Table] = []
        self._tasks: list[asyncio.Task[None]] = []

    def watch(self, node: str = "attic", *, node_id: str | None = None, **settings: Any) -> Table:
        """A node that is called so, by its hardware unless `node_id` is empty: then nobody knows.

        `settings` are `MqttLink.table`'s. It says nothing until a story is told.
        """
        self.tables.append(
            Table(self.link, node, node if node_id is None else node_id, **settings)
        )
        return self.tables[-1]

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(work) for work in (self.link.run(), self._beat())]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            error.add_note(f"the link says: {self.link.failure or 'it works'}")
        await self.die()

    async def stop(self) -> None:
        """In order: what waits is told, and that nobody is watched any more."""
        await self.link.stop()
        await asyncio.wait(self._tasks[:1], timeout=PATIENCE_S)
        assert self._tasks[0].done(), "the link does not end"
        await self.die()

    async def die(self) -> None:
        """At once, without a word to the broker. A fault of the link comes out here."""
        for task in self._tasks:
            task.cancel()
        done = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        for fault in done:
            if isinstance(fault, Exception):
                raise fault

    async def works(self, timeout_s: float = PATIENCE_S) -> None:
        await until(lambda: not self.link.failure, timeout_s)

    async def fails(self, words: str, timeout_s: float = PATIENCE_S) -> None:
        """Until these words are in why it does."""
        await until(lambda: words in self.link.failure, timeout_s)

    async def delivered(self, timeout_s: float = PATIENCE_S) -> None:
        """The broker has every event so far."""
        await until(lambda: not self.link.untold, timeout_s)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            for table in self.tables:
                if table.told or table.now_s:
                    table.beat()


async def until(fact: Callable[[], Found], timeout_s: float = PATIENCE_S) -> Found:
    """Wait for it to be true, while all else runs."""
    end_s = time.monotonic() + timeout_s
    while not (found := fact()):
        if time.monotonic() > end_s:
            raise TimeoutError(f"it did not become so within {timeout_s:g} s")
        await asyncio.sleep(LOOK_S)
    return found


def events(home: Heard, node: str = "attic") -> list[Told]:
    """What was heard of that node on its topic of events, in order."""
    heard = home.json(f"upturn/{node}/event")
    return [(said["event_type"], said["t_s"], said["at"]) for said in heard]
