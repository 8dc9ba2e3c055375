# SPDX-License-Identifier: MIT
"""A table that is watched: a node's source, its core, and all that the core has said.

Times are those of time.monotonic(), but those within an event, which are on the core's axis. When
something was so is when the core judges it to have been: a busy machine comes to it later.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from tests.integration.ble.table_node import TableNode
from tests.radio.waiting import PATIENCE_S, until
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
    Posture,
    PostureChanged,
)
from upturn.core.limits import DEVICES, DeviceKind, Profile
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.service.table import TableService
from upturn.transports.ble.source import BleSource
from upturn.transports.node_talk import NodeTalk
from upturn.transports.source import Chunk, LinkState
from upturn.wire.commands import Command as NodeCommand
from upturn.wire.decode import decode
from upturn.wire.framing import Deframer
from upturn.wire.messages import Hello, Measurement, Short, Status
from upturn.wire.vocabulary import Flag

DOWN = "go 50 1400"
UP = "go -80 1400"
"""The stop where people get on and off."""
FLOW = 5
LATE_S = 5.0
"""Later than that no core is only on a busy machine."""

E = TypeVar("E", bound=Event)


class Seen(NamedTuple, Generic[E]):
    at_s: float
    event: E


class Table:
    """One node, watched: its source, its core, and all that the core has said."""

    def __init__(self, node: TableNode, source: BleSource, profile: Profile) -> None:
        device = DEVICES[DeviceKind.TABLE]
        source.judge_by(profile, device, None)
        source.on_state = self._note_state
        start_s = source.axis_s(source.host_s())
        self.node = node
        self.source = source
        self.pipeline = Pipeline(source.info, profile, device, start_s=start_s)
        self.service = TableService(
            self.pipeline, source, observer=self._observe, recorder=self._hear
        )
        self.seen: list[Seen[Event]] = []
        self.states: list[LinkState] = []
        self.arrivals = 0
        """How often anything came."""
        self.said: Measurement | Short | None = None
        """What the node measured last."""
        self.dropped = 0
        """Messages that the node's radio did not take, as the node says."""
        self._deframer = Deframer()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self.service.run(), name=self.source.label)

    async def stop(self) -> None:
        """In order. A fault of the watch comes out here."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()

    def of(self, kind: type[E], since_s: float = 0.0, **wanted: object) -> list[Seen[E]]:
        """What the core has said of that kind, with all of these values."""
        return [
            Seen(at_s, event)
            for at_s, event in self.seen
            if at_s >= since_s
            and isinstance(event, kind)
            and all(getattr(event, name) == value for name, value in wanted.items())
        ]

    async def says(
        self, kind: type[E], since_s: float = 0.0, within_s: float = PATIENCE_S, **wanted: object
    ) -> Seen[E]:
        """The first such, once it is said."""
        await self.until(lambda: self.of(kind, since_s, **wanted), within_s, f"{kind} {wanted}")
        return self.of(kind, since_s, **wanted)[0]

    async def alarm(self, id: str, state: str = "raised", **wanted: Any) -> Seen[AlarmChanged]:
        return await self.says(AlarmChanged, id=id, state=state, **wanted)

    async def upright(self, since_s: float = 0.0) -> Seen[PostureChanged]:
        return await self.says(PostureChanged, since_s, after=Posture.UPRIGHT)

    async def ask(self, ask: NodeCommand) -> None:
        """Have the node do something, as the host's keeper does."""
        await self._talk.ask(ask)

    def tell(self, tell: NodeCommand) -> None:
        """Its answer may come too late: a radio that goes off takes along what it has not sent."""
        self._talk.tell(tell)

    @property
    def _talk(self) -> NodeTalk:
        talk = self.source._keeper._talk
        assert talk is not None
        return talk

    async def flows(self) -> None:
        """Until some more has come."""
        arrivals = self.arrivals + FLOW
        await self.until(lambda: self.arrivals >= arrivals, what="flow")

    async def linked(self, words: str, since: int = 0) -> None:
        """Until the link was said to stand so, after that many states."""
        await self.until(lambda: any(words in s.words for s in self.states[since:]), what=words)

    async def replaced(self) -> None:
        """Until the node's own count has taken the place of the host's estimate."""
        words = "the node's count replaces ours"
        await self.until(lambda: any(words in s.event.text for s in self.of(Noted)), what=words)

    async def invert(self) -> float:
        """Swing there from standing; since when it counts."""
        await self.upright()
        self.node.act(DOWN)
        return self.since_s(await self.says(InversionStarted))

    def since_s(self, started: Seen[InversionStarted]) -> float:
        """When that inversion began."""
        return started.at_s - (started.event.t_s - started.event.since_s)

    async def come_up(self) -> Seen[InversionEnded]:
        return await self.says(InversionEnded, self.node.act(UP))

    @property
    def now(self) -> Snapshot:
        return self.service.snapshot()

    @property
    def narrow(self) -> bool:
        """The link carries angles only."""
        info = self.source._chunks.stream.info
        return info is not None and info.angle_only

    @property
    def hello(self) -> Hello:
        """What the node has said of itself."""
        assert self.source.hello is not None
        return self.source.hello

    @property
    def sounds(self) -> bool:
        """The node's buzzer plays, as it says."""
        return self.said is not None and bool(self.said.flags & Flag.BUZZER)

    def raised(self) -> set[str]:
        """Every alarm so far."""
        return {str(seen.event.id) for seen in self.of(AlarmChanged, state=AlarmState.RAISED)}

    async def until(
        self, fact: Callable[[], object], within_s: float = PATIENCE_S, what: str = "fact"
    ) -> None:
        try:
            await until(fact, within_s)
        except TimeoutError:
            raise AssertionError(f"no {what}, but {self.told()}") from None

    def told(self) -> str:
        """All of it so far, for the message of a failed test."""
        lines = [f"{at_s - self.seen[0].at_s:7.2f} {event}" for at_s, event in self.seen]
        return "\n".join(["", *lines, *map(str, self.states[-8:])])

    def _observe(self, last_s: float, _angle_deg: float, events: Sequence[Event]) -> None:
        zero_s = time.monotonic() - self.source.axis_s(self.source.host_s())
        for event in events:
            self.seen.append(Seen(zero_s + event.t_s, event))
            assert time.monotonic() - self.seen[-1].at_s < LATE_S, f"late: {self.told()}"

    def _hear(self, chunk: Chunk) -> None:
        if chunk.arrival is not None and chunk.arrival.data:
            self.arrivals += 1
            for message in self._deframer.feed(chunk.arrival.data):
                said = decode(message)
                if isinstance(said, Measurement | Short):
                    self.said = said
                elif isinstance(said, Status):
                    self.dropped = said.dropped

    def _note_state(self, state: LinkState) -> None:
        self.states.append(state)
