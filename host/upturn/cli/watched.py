# SPDX-License-Identifier: MIT
"""One table being watched, over all its sessions; and several of them beside each other.

The law: whatever fails in a table ends that table alone. Its source, its core, its sinks; and what
others ask of it (a key, a command of the home, the screen's look) raises nothing at them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from upturn.cli.cores import Core
from upturn.cli.home import Home, HomeTable, origin_of
from upturn.cli.judging import Judged
from upturn.cli.proved import Proved
from upturn.cli.sound import TableSound
from upturn.cli.table_feed import TableFeed
from upturn.cli.table_memory import TableMemory
from upturn.core.alarm_table import Priority
from upturn.core.commands import Command
from upturn.core.events import Event
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.errors import UpturnError
from upturn.service.bus import Listener
from upturn.service.pulse import ProvedTable, TablePulse
from upturn.service.table import Observer, TableService
from upturn.sinks.console import Console
from upturn.transports.node_source import NodeSource
from upturn.transports.source import Chunk, LinkState, LiveSource, Source

DASHBOARD, HOME = "dashboard", "home"
"""Where acts of people come from."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one table stands."""

    sessions: Callable[[], Iterator[Judged[Source | LiveSource]]]
    """One source, or one after another for a demo that loops."""
    name: str = ""
    """What people call it."""
    key: str = ""
    """What it is known by over restarts."""
    live: bool = False
    """There is a node, and maybe somebody on the table."""


def place(judged: Judged[Source | LiveSource]) -> Place:
    """One with one session."""
    return Place(
        lambda: iter((judged,)),
        judged.name,
        judged.name or judged.source.label,
        live=isinstance(judged.source, LiveSource),
    )


class Watched:
    """`alone`: there is no other table beside it."""

    def __init__(
        self,
        place: Place,
        speed: float,
        *,
        alone: bool,
        console: Console | None = None,
        feed: TableFeed | None = None,
        on_state: Callable[[LinkState], None] | None = None,
        recorder: Callable[[Chunk], None] | None = None,
        sound: TableSound | None = None,
        memory: TableMemory | None = None,
        awake: Core | None = None,
        pulse: TablePulse | None = None,
    ) -> None:
        self.name = place.name
        self.begun = asyncio.Event()
        """There is something to be seen of it, or it is over already."""
        self.fault: Exception | None = None
        """What ended it."""
        self.console = console
        """Where its lines go; None as long as a screen is drawn there."""
        self._place = place
        self._speed = speed
        self._mark = "" if alone else place.name
        self._feed = feed
        self._on_state = on_state
        self._recorder = recorder
        self._sound = sound
        self._memory = memory
        self._awake = awake
        self._pulse = pulse
        self._task: asyncio.Task[Any] | None = None
        self._unsummed: Pipeline | None = None

    async def run(self, home: Home) -> None:
        """Until its last session ends; what ended it else is in `fault`.

        Raises:
            BrokenPipeError: nobody reads the console any more, that of all tables.
        """
        task = self._task = asyncio.current_task()
        assert task is not None
        told = home.table(self._mark)
        try:
            for judged in self._place.sessions():
                await self._session(judged, home, told)
        except asyncio.CancelledError:
            if self.fault is None or task.uncancel():
                raise
        except Exception as fault:
            if self.console is not None and self.console.gone:
                raise
            self._note(fault)
        finally:
            told.end()
            for part in (self._sound, self._memory, self._awake):
                if part is not None:
                    part.end()
            if self._pulse is not None:
                self._pulse.over(failed=self.fault is not None)
            self.begun.set()

    async def sum_up(self) -> None:
        """Tell the sum of the last session, ended or interrupted, if it was not told."""
        if self.console is None:
            return
        pipeline, self._unsummed = self._unsummed, None
        if pipeline is not None and pipeline.seen:
            await self.console.summary(pipeline.summary())

    def left(self) -> str:
        """What has to be said where its watch ends: that somebody was inverted, or in alarm."""
        if self._feed is None:
            return ""
        snapshot = self._feed.snapshot()
        top = snapshot.alarms[0] if snapshot.alarms else None
        alarm = top.spec.title if top is not None and top.priority >= Priority.MEDIUM else ""
        whom = self.name or "somebody"
        if snapshot.inverted:
            return f"{whom} was inverted" + (f" ({alarm})" if alarm else "")
        return f"{whom} had an alarm ({alarm})" if alarm else ""

    async def _session(
        self, judged: Judged[Source | LiveSource], home: Home, told: HomeTable
    ) -> None:
        source = judged.source
        live = source if isinstance(source, LiveSource) else None
        if live is not None and self._on_state is not None:
            live.on_state = self._on_state
        pipeline = self._unsummed = judged.pipeline()
        # A simulated person has no past here, and none of it is stored.
        memory = self._memory if live is not None else None
        taken, unread = memory.taken() if memory is not None else (None, "")
        proved = Proved(source) if isinstance(source, NodeSource) else None
        service = ProvedTable(
            self._pulse.beat if self._pulse is not None else lambda: None,
            pipeline,
            source,
            speed=self._speed,
            sinks=[self.console] if self.console is not None else (),
            listeners=[
                *self._sounds(),
                *(memory.listeners(pipeline) if memory is not None else ()),
                *told.listeners(judged),
                *([self._pulse] if self._pulse is not None else ()),
                *([proved] if proved is not None else ()),
            ],
            observer=self._observer(memory),
            recorder=self._recorder,
            taken=taken,
            earlier=memory if memory is not None and memory.waits else None,
        )
        session = _Sheltered(service, self._fails, memory)
        if self._feed is not None:
            self._feed.begin(session, source.label, live, home, origin_of(source))
        told.begin(partial(session.command, source=HOME))
        if proved is not None:
            proved.begin(session.command)
        if self._sound is not None:
            self._sound.begin(session.command)
        if self._awake is not None and live is not None:
            self._awake.begin(session.command)
        if memory is not None:
            memory.begin(session.command, unread)
        self.begun.set()
        await service.run()
        await self.sum_up()

    def _observer(self, memory: TableMemory | None) -> Observer | None:
        feed = self._feed
        if memory is None:
            return feed.observe if feed is not None else None

        def observe(t_s: float, angle_deg: float, events: Sequence[Event]) -> None:
            memory.angle(t_s, angle_deg)
            if feed is not None:
                feed.observe(t_s, angle_deg, events)

        return observe

    def _sounds(self) -> Sequence[Listener]:
        return self._sound.listeners() if self._sound is not None else ()

    def _fails(self, fault: Exception) -> None:
        """From outside: end the session."""
        if self.fault is None:
            self._note(fault)
            if self._task is not None:
                self._task.cancel()

    def _note(self, fault: Exception) -> None:
        self.fault = self.fault or fault
        self._unsummed = None
        if self._feed is not None:
            self._feed.fail(words_of(self.fault))


async def run_all(
    tables: Sequence[Watched], home: Home, tell: Callable[[Watched, Exception], None]
) -> None:
    """Until the last has ended. `tell` hears of one that failed; one that is alone raises it."""

    async def run(table: Watched) -> None:
        await table.run(home)
        if table.fault is not None:
            if len(tables) == 1:
                raise table.fault
            tell(table, table.fault)

    try:
        async with asyncio.TaskGroup() as group:
            for table in tables:
                group.create_task(run(table), name=f"table {table.name}".strip())
    except ExceptionGroup as faults:
        raise faults.exceptions[0] from None


async def sum_up_all(
    tables: Sequence[Watched], tell: Callable[[Watched, Exception], None]
) -> None:
    """After an interrupted run; as there, what fails of one is that one's."""
    for table in tables:
        try:
            await table.sum_up()
        except Exception as fault:
            if len(tables) == 1 or isinstance(fault, Console.fatal):
                raise
            tell(table, fault)


def words_of(fault: Exception) -> str:
    """What ended a table, for people."""
    text = " ".join(str(fault).split())
    return text if isinstance(fault, UpturnError) else f"{type(fault).__name__}: {text}"


class _Sheltered:
    """A session as others see it: what it raises at them ends itself."""

    def __init__(
        self,
        service: TableService,
        fails: Callable[[Exception], None],
        memory: TableMemory | None,
    ) -> None:
        self._service = service
        self._memory = memory
        self._fails = fails
        self._last = service.snapshot()

    @property
    def ended(self) -> bool:
        return self._service.ended

    def snapshot(self) -> Snapshot:
        try:
            self._last = self._service.snapshot()
        except Exception as fault:  # noqa: BLE001 - any fault of a core is its own table's
            self._fails(fault)
        return self._last

    def command(self, command: Command, source: str = DASHBOARD) -> str | None:
        """`source`: where an act of a person comes from, for the log."""
        try:
            if self._memory is not None:
                self._memory.commanded(command, source)
            return self._service.command(command)
        except Exception as fault:  # noqa: BLE001
            self._fails(fault)
            return "it has failed"
