# SPDX-License-Identifier: MIT
"""One table's part of the memory of a run.

The law: one watch at a time writes a table down. The lock goes with its program, however that
ends; until then nobody else takes up how the table stands, or adds to its session.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from upturn.cli.cores import Act, Cores
from upturn.core.commands import Command, LinkNote
from upturn.core.events import Event
from upturn.core.past import Past
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.service.bus import Listener
from upturn.transports.in_use import InUse

if TYPE_CHECKING:
    from upturn.store.past import Taken
    from upturn.store.writer import StoreWriter

SINK = "store"
TWO = (
    "another watch writes this table down: nothing of this one is stored, or taken up, until that"
    " one ends"
)
ONE = "the other watch has ended: from here on this one is stored"


class TableMemory:
    """One table's part of it, over all sessions of a run."""

    def __init__(
        self, writer: StoreWriter | None, cores: Cores, turn: InUse | None, key: str, name: str
    ) -> None:
        """`turn` is the right to write it down."""
        self._key = key
        self._writer = writer
        self._stored = writer.table(key, name) if writer is not None else None
        self._cores = cores
        self._core = cores.core()
        self._turn = turn
        self.waits = False
        """Another watch wrote the table down when that was last asked."""

    def lives(self) -> bool:
        """Another watch writes the table down; if none does, this one from now on."""
        lives = self._turn is not None and not self._turn.try_take()
        if self.waits and not lives:
            self._say(ONE)
        self.waits = lives
        return lives

    def listeners(self, pipeline: Pipeline) -> list[Listener]:
        return [_Keeper(self, pipeline)] if self._stored is not None else []

    def taken(self) -> tuple[Taken | None, str]:
        """What the core that begins now takes up, and what people have to know: why it cannot."""
        if self._writer is None:
            return None, ""
        if self.lives():
            return None, TWO
        from upturn.store.past import left_at

        return left_at(self._writer.path, self._key)

    def left(self) -> Taken | None:
        """As `taken`, in mid-session."""
        taken, unread = self.taken()
        if unread:
            self._say(unread)
        return taken

    def begin(self, act: Act, unread: str) -> None:
        """`unread`: what is to be said of the state that an earlier watch left."""
        self._core.begin(act, [LinkNote(f"store: {unread}")] if unread else [])

    def commanded(self, command: Command, source: str = "") -> None:
        """Right before the core hears of it; what no person does is no act, and not kept."""
        if self._stored is not None and not self.waits:
            self._stored.commanded(command, source)

    def angle(self, t_s: float, angle_deg: float) -> None:
        if self._stored is not None and not self.waits:
            self._stored.angle(t_s, angle_deg)

    def end(self) -> None:
        self._core.end()
        if self._stored is not None and not self.waits:
            self._stored.end()

    def heard(self, events: Sequence[Event], snapshot: Snapshot, past: Past | None) -> None:
        """`past` is None before anything is known: what another watch leaves goes first then."""
        if self.waits and past is not None:
            self.lives()
        if self._stored is not None and not self.waits:
            self._stored.heard(events, snapshot)
            self._stored.wrote(past)

    def _say(self, words: str) -> None:
        """A moment later: the core may be hearing something now."""
        note = LinkNote(f"store: {words}")
        self._cores.soon(lambda: self._core.tell([note]))


class _Keeper:
    """Has what is heard stored, and how the table stands then."""

    name = SINK

    def __init__(self, table: TableMemory, pipeline: Pipeline) -> None:
        self._table = table
        self._pipeline = pipeline

    def heard(self, events: Sequence[Event], snapshot: Snapshot) -> None:
        self._table.heard(events, snapshot, self._pipeline.past(snapshot.now_s))

    def end(self) -> None:
        """It failed; the table's own end comes with its session."""
