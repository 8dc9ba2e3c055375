# SPDX-License-Identifier: MIT
"""The memory of a run: what its tables do is stored, and what an earlier watch left is taken up.

The law: a store that fails is an alarm of every table, and the watch goes on; a state that cannot
be read is told, and the watch begins without it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from upturn import __version__
from upturn.config import Config
from upturn.core.commands import (
    Acknowledge,
    CheckIn,
    Command,
    Distress,
    EquipmentChecked,
    HealthAnswers,
    ImFine,
    LinkNote,
    Override,
    Resume,
    SeenUpright,
    SinkStatus,
    StandDown,
    Symptoms,
)
from upturn.core.events import Event
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.service.bus import Listener

if TYPE_CHECKING:
    from upturn.store.past import Taken
    from upturn.store.writer import StoreTable, StoreWriter

VARIABLE = "UPTURN_STORE"
SINK = "store"
LOOK_S = 60.0
"""How often the answers about health are looked at: another program may have asked meanwhile."""
ACTS = (
    Acknowledge,
    CheckIn,
    Distress,
    EquipmentChecked,
    ImFine,
    Override,
    Resume,
    SeenUpright,
    StandDown,
    Symptoms,
)
"""What a person does, as against what a part of the program tells a core."""
Act = Callable[[Command], str | None]


class Memory:
    """Without a writer nothing is stored, and nothing is taken up."""

    def __init__(self, writer: StoreWriter | None, user: str = "") -> None:
        self.writer = writer
        self._user = user
        self._tables: list[TableMemory] = []
        self._working, self._why = True, ""
        self._health: HealthAnswers | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self.writer is None:
            return
        self._loop = asyncio.get_running_loop()
        self.writer.on_status = self._from_the_writer
        self.writer.start()
        self._health = self._answers()
        self._looking = asyncio.create_task(self._look(), name="health answers")

    def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        if self.writer is not None:
            self.writer.close()

    def table(self, key: str, name: str) -> TableMemory:
        """`key` stays the same over restarts."""
        table = TableMemory(self, key, name)
        self._tables.append(table)
        return table

    def state(self) -> Iterator[Command]:
        """What a core that begins has to know."""
        if not self._working:
            yield SinkStatus(SINK, working=False, reason=self._why)
        if self._health is not None:
            yield self._health

    def taken(self, key: str) -> tuple[Taken | None, str]:
        """How that table stood when it was last watched, and why that cannot be read."""
        from upturn.store.past import last_past
        from upturn.store.trouble import StoreError

        assert self.writer is not None
        try:
            return last_past(self.writer.path, key), ""
        except StoreError as error:
            return None, str(error)

    def _answers(self) -> HealthAnswers | None:
        """None: they cannot be read now."""
        from upturn.store.checklists import checklist
        from upturn.store.checks import standing
        from upturn.store.database import Store
        from upturn.store.trouble import StoreError

        assert self.writer is not None
        answered = None
        try:
            if self.writer.path.exists():
                with Store.open(self.writer.path, readonly=True) as store:
                    answered = checklist(store, self._user)
        except StoreError:
            return None  # the writer tells that it fails, and why
        return standing(answered, datetime.now(tz=UTC)).command

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            health = await asyncio.to_thread(self._answers)
            if health is not None and health != self._health:
                self._health = health
                self._tell([health])

    def _from_the_writer(self, working: bool, words: str) -> None:
        """In the writer's own thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._changed, working, words)

    def _changed(self, working: bool, words: str) -> None:
        before, self._working = self._working, working
        self._why = words
        if not working:
            self._tell([SinkStatus(SINK, working=False, reason=words)])
            return
        if not before:
            self._tell([SinkStatus(SINK, working=True)])
        if words:
            self._tell([LinkNote(f"store: {words}")])

    def _tell(self, commands: Iterable[Command]) -> None:
        told = list(commands)
        for table in self._tables:
            table.tell(told)


class TableMemory:
    """One table's part of it, over all sessions of a run."""

    def __init__(self, memory: Memory, key: str, name: str) -> None:
        self._memory = memory
        self._key = key
        writer = memory.writer
        self._stored = writer.table(key, name) if writer is not None else None
        self._act: Act | None = None

    def listeners(self, pipeline: Pipeline) -> list[Listener]:
        return [_Keeper(self._stored, pipeline)] if self._stored is not None else []

    def taken(self) -> tuple[Taken | None, str]:
        """What the core that begins now takes up, and why it cannot."""
        return self._memory.taken(self._key) if self._stored is not None else (None, "")

    def begin(self, act: Act, unread: str) -> None:
        """As with the sound: told once the session has a time of its own.

        `unread`: why the state that an earlier watch left was not taken up.
        """
        self._act = act
        told = [LinkNote(f"store: {unread}")] if unread else []
        loop = asyncio.get_running_loop()
        loop.call_soon(lambda: self.tell([*told, *self._memory.state()]))

    def commanded(self, command: Command) -> None:
        """Somebody acts; right before the core hears of it."""
        if self._stored is not None and isinstance(command, ACTS):
            self._stored.commanded(command)

    def angle(self, t_s: float, angle_deg: float) -> None:
        if self._stored is not None:
            self._stored.angle(t_s, angle_deg)

    def tell(self, commands: list[Command]) -> None:
        act = self._act
        if act is not None:
            for command in commands:
                act(command)

    def end(self) -> None:
        self._act = None
        if self._stored is not None:
            self._stored.end()


class _Keeper:
    """Has what is heard stored, and how the table stands then."""

    name = SINK

    def __init__(self, stored: StoreTable, pipeline: Pipeline) -> None:
        self._stored = stored
        self._pipeline = pipeline

    def heard(self, events: Sequence[Event], snapshot: Snapshot) -> None:
        self._stored.heard(events, snapshot)
        self._stored.wrote(self._pipeline.past(snapshot.now_s))

    def end(self) -> None:
        """It failed; the table's own end comes with its session."""


def add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--user",
        metavar="NAME",
        default="",
        help=f"who uses the table: whose sessions these are; {VARIABLE}=off stores none",
    )


@contextmanager
def remembering(config: Config, *, wanted: bool, user: str) -> Iterator[Memory]:
    """The memory of a run, as long as the block lasts; inside the loop that runs the tables."""
    writer = None
    if wanted and config.store.enabled and os.environ.get(VARIABLE) != "off":
        from upturn.cli.stored import store_path
        from upturn.store.writer import StoreWriter

        in_force = json.dumps({one.key: one.value for one in config.settings}, default=str)
        writer = StoreWriter(
            store_path(config), version=__version__, config_json=in_force, user=user
        )
    memory = Memory(writer, user)
    memory.start()
    try:
        yield memory
    finally:
        memory.close()
