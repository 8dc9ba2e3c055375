# SPDX-License-Identifier: MIT
"""The memory of a run: what its tables do is stored, and what an earlier watch left is taken up.

The law: a store that fails is an alarm of every table, and the watch goes on; a state that cannot
be read is told, and the watch begins without it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from upturn import __version__
from upturn.cli.cores import Cores
from upturn.cli.table_memory import SINK, TableMemory
from upturn.config import Config
from upturn.core.commands import Command, HealthAnswers, LinkNote, SinkStatus
from upturn.transports.in_use import InUse

if TYPE_CHECKING:
    from upturn.store.keep import KeepLimits
    from upturn.store.writer import StoreWriter

VARIABLE = "UPTURN_STORE"
LONGEST_NAME = 64
LOOK_S = 10.0
"""How often the answers about health are looked at: another program may have asked meanwhile."""
PATIENCE_S = 0.5
"""So long they are waited for where another program holds the store: nobody is watched yet."""
UNREAD = HealthAnswers("the answers about health cannot be read")


class Memory:
    """Without a writer nothing is stored, and nothing is taken up.

    With `limits` recordings beyond them are removed when it starts.
    """

    def __init__(
        self, writer: StoreWriter | None, user: str = "", limits: KeepLimits | None = None
    ) -> None:
        self.writer = writer
        self.cores = Cores(self.state)
        self._user = user
        self._limits = limits
        self._working, self._why = True, ""
        self._health: HealthAnswers | None = None
        self._news: list[Command] = []
        """Of the start: whatever core begins later hears it too."""
        self._looking: asyncio.Task[None] | None = None
        self._turns: list[InUse] = []

    def start(self) -> None:
        if self.writer is None:
            return
        self.cores.start()
        self.writer.on_status = self._from_the_writer
        self.writer.start()
        self._health = self._answers() or UNREAD
        self._looking = asyncio.create_task(self._look_again(), name="health answers")

    def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        if self.writer is not None:
            self.writer.close()
        for turn in self._turns:  # all is written
            turn.give_back()

    def table(self, key: str, name: str) -> TableMemory:
        """`key` stays the same over restarts."""
        return TableMemory(self.writer, self.cores, self._turn(key), key, name)

    def state(self) -> Iterator[Command]:
        """What a core that begins has to know."""
        if not self._working:
            yield SinkStatus(SINK, working=False, reason=self._why)
        if self._health is not None:
            yield self._health
        yield from self._news

    async def look(self) -> None:
        """Whether the answers about health are others now; the tables are told."""
        health = await asyncio.to_thread(self._answers)
        if health is not None and health != self._health:
            self._health = health
            self.cores.tell([health])

    def _turn(self, key: str) -> InUse | None:
        """The right to write that table down."""
        if self.writer is None:
            return None
        path = self.writer.path
        with suppress(OSError):  # the writer tells
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
        turn = InUse(path.with_name(f"{path.name}-in-use"), name)
        self._turns.append(turn)
        return turn

    def _answers(self) -> HealthAnswers | None:
        """None: they cannot be read now."""
        from upturn.store.checklists import checklist
        from upturn.store.checks import STOP_FOR, after_session, standing
        from upturn.store.database import Store
        from upturn.store.reading import sessions
        from upturn.store.trouble import StoreError, Trouble

        assert self.writer is not None
        now, felt = datetime.now(tz=UTC), ""
        try:
            with Store.open(self.writer.path, readonly=True, busy_s=PATIENCE_S) as store:
                answered = checklist(store, self._user)
                past = sessions(store, user=self._user, since=now - STOP_FOR)
                felt = after_session(past, now)
        except StoreError as error:
            if error.kind is not Trouble.MISSING:
                return None  # the writer tells that it fails, and why
            answered = None
        return replace(standing(answered, now).command, after_session=felt)

    async def _look_again(self) -> None:
        if self._limits is not None:
            words = await asyncio.to_thread(self._tidied, self._limits)
            self._news = [LinkNote(f"store: {line}") for line in words]
            self.cores.tell(self._news)
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    def _tidied(self, limits: KeepLimits) -> list[str]:
        from upturn.store.database import Store
        from upturn.store.tidying import tidy
        from upturn.store.trouble import StoreError

        assert self.writer is not None
        try:
            with Store.open(self.writer.path) as store:
                return list(tidy(store, limits, datetime.now(tz=UTC)).words())
        except StoreError as error:
            return [f"recordings were not looked through: {error.what}"]

    def _from_the_writer(self, working: bool, words: str) -> None:
        """In the writer's own thread."""
        self.cores.soon(lambda: self._changed(working, words))

    def _changed(self, working: bool, words: str) -> None:
        before, self._working = self._working, working
        self._why = words
        if not working:
            self.cores.tell([SinkStatus(SINK, working=False, reason=words)])
            return
        if not before:
            self.cores.tell([SinkStatus(SINK, working=True)])
        if words:
            self.cores.tell([LinkNote(f"store: {words}")])


def add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--user",
        metavar="NAME",
        type=user_name,
        default="",
        help=f"who uses the table: whose sessions these are; {VARIABLE}=off stores none",
    )


def user_name(text: str) -> str:
    """Raises ArgumentTypeError: it can be nobody's name."""
    if text != text.strip() or not text.isprintable() or len(text) > LONGEST_NAME:
        allowed = f"allowed are up to {LONGEST_NAME} visible characters"
        raise argparse.ArgumentTypeError(f"{text!r} cannot be a name; {allowed}")
    return text


@contextmanager
def remembering(config: Config, *, wanted: bool, user: str) -> Iterator[Memory]:
    """The memory of a run, as long as the block lasts; inside the loop that runs the tables."""
    memory = Memory(None)
    if wanted and is_on(config):
        from upturn.cli.stored import keep_limits, store_path
        from upturn.store.writer import StoreWriter

        in_force = json.dumps({one.key: one.value for one in config.settings}, default=str)
        writer = StoreWriter(
            store_path(config), version=__version__, config_json=in_force, user=user
        )
        memory = Memory(writer, user, keep_limits(config))
    memory.start()
    try:
        yield memory
    finally:
        memory.close()


def is_on(config: Config) -> bool:
    """Whether anything is stored at all."""
    return config.store.enabled and os.environ.get(VARIABLE) != "off"
