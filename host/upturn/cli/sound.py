# SPDX-License-Identifier: MIT
"""The sound of a run: one desk for all its tables, and what the cores and the screen hear of it.

The law: sound that fails is an alarm of every table, and what a person confirmed holds only as
long as the same output goes on working.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from typing import TYPE_CHECKING

from upturn.cli.cores import Act, Cores
from upturn.config import SoundConfig
from upturn.core.commands import Command, SinkStatus, SoundOutput
from upturn.service.bus import Listener

if TYPE_CHECKING:
    from upturn.sinks.sound.desk import SoundDesk

VARIABLE = "UPTURN_SOUND"
SINK = "sound"
INSTEAD = "mend it, or restart with --no-sound"


class Need(Enum):
    """How much a run needs its sound."""

    NONE = auto()
    """Nobody is watched: a replay, or a run faster than anybody can hear."""
    NICE = auto()
    """A simulated person: it is heard where it can be, and READY does not wait for it."""
    VITAL = auto()
    """That it fails is an alarm."""


class Sound:
    """What the dashboard asks of it is `dashboard.sound.SoundControl`."""

    def __init__(
        self, desk: SoundDesk | None, *, off: str = "", vital: bool = True, asks: bool = False
    ) -> None:
        """Without a desk `off` says why; `asks`: READY waits until a person has heard it."""
        self._desk = desk
        self._off = off
        self._vital = vital
        self._asks = asks
        self.cores = Cores(self.state)
        self._working = desk is not None
        self._why = ""
        self._confirmed = False
        if desk is not None:
            desk.on_status = self._from_the_desk

    def table(self, name: str, key: str = "") -> TableSound:
        """`key` tells it from the others where its name does not, or may change."""
        return TableSound(self, self._desk, name, key)

    def start(self) -> None:
        if self._desk is not None:
            self.cores.start()
            self._desk.start()

    def close(self) -> None:
        if self._desk is not None:
            self._desk.close()

    def words(self) -> str:
        """What plays; empty while nothing does: then the screen rings its bell."""
        return self._desk.output if self._desk is not None and self._working else ""

    def needs_confirming(self) -> bool:
        return self._asks and self._working and not self._confirmed

    def test_tone(self) -> str | None:
        """Why it cannot be played, and what to do; or None."""
        if self._desk is None:
            return self._off or "there is none"
        problem = self._desk.test_tone()
        return problem if problem is None or self._working else f"{problem}. {_capital(INSTEAD)}."

    def confirm(self) -> str | None:
        """A person has heard the tone; why that proves nothing, or None."""
        output = self.words()
        if self._desk is None or not output or self._desk.toned != output:
            return "the tone was not played on what plays now: play it again"
        self._confirmed = True
        self.cores.tell(self.state())
        return None

    def state(self) -> Iterator[Command]:
        """What a core has to know of the sound."""
        if not self._vital:
            return
        if self._desk is None:
            yield SoundOutput(self._off, confirmed=True)
            return
        if not self._working:
            yield SinkStatus(SINK, working=False, reason=f"{self._why}: {INSTEAD}")
        if self._asks or self._confirmed:
            words = "; ".join(filter(None, (self._desk.output, self._desk.voice_problem)))
            yield SoundOutput(words, confirmed=self._confirmed)

    def _from_the_desk(self, working: bool, words: str) -> None:
        """In the desk's own thread."""
        self.cores.soon(lambda: self._changed(working, words))

    def _changed(self, working: bool, words: str) -> None:
        self._working = working
        self._why = "" if working else words
        self._confirmed = False
        if working and self._vital:
            self.cores.tell([SinkStatus(SINK, working=True)])
        self.cores.tell(self.state())


class TableSound:
    """One table's part of it, over all sessions of a run."""

    def __init__(self, sound: Sound, desk: SoundDesk | None, name: str, key: str = "") -> None:
        self._core = sound.cores.core()
        self._table = desk.table(name, key) if desk is not None else None

    def listeners(self) -> list[Listener]:
        return [self._table] if self._table is not None else []

    def begin(self, act: Act) -> None:
        """A session begins: its core knows nothing of the sound yet."""
        self._core.begin(act)

    def call(self, name: str) -> None:
        """What people call it now."""
        if self._table is not None:
            self._table.called = name

    def end(self) -> None:
        self._core.end()
        if self._table is not None:
            self._table.end()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def add_sound(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-sound",
        action="store_const",
        const="off, by --no-sound",
        default="",
        help=f"play no alarms on this computer; so does {VARIABLE}=off",
    )


def need_of(args: argparse.Namespace) -> Need:
    """Of a run that watches; one that is faster than the clock is for nobody's ears."""
    return Need.VITAL if (args.speed or 1.0) == 1.0 else Need.NONE


@contextmanager
def sounding(settings: SoundConfig, need: Need, *, off: str = "", asks: bool) -> Iterator[Sound]:
    """The sound of a run, as long as the block lasts; inside the loop that runs the tables.

    `off`: which flag wants none. `asks`: there is somebody at a screen to ask.
    """
    if not off and os.environ.get(VARIABLE) == "off":
        off = f"off, by {VARIABLE}"
    if not off and not settings.enabled:
        off = "off, by the config"
    desk = None
    if need is not Need.NONE and not off:
        from upturn.sinks.sound.desk import SoundDesk

        desk = SoundDesk(settings)
    vital = need is Need.VITAL
    sound = Sound(desk, off=off, vital=vital, asks=asks and vital)
    sound.start()
    try:
        yield sound
    finally:
        sound.close()
