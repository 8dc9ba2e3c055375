# SPDX-License-Identifier: MIT
"""Watching tables: with either the text sink or the dashboard, on a computer that stays awake."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from upturn.cli.awake import Wakefulness
from upturn.cli.sound import Need
from upturn.cli.watched import Place
from upturn.config import Config
from upturn.errors import InputError
from upturn.service.inhibit import kept_awake
from upturn.sinks.mqtt.broker import Broker
from upturn.transports.source import Chunk

SAID_S = 0.5
"""How long a screen waits, for once it is drawn nothing can be said beside it."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What to watch, and how."""

    places: Sequence[Place]
    """Several are told apart by name, in all that is said of them."""
    speed: float
    headless: bool
    as_json: bool = False
    recorder: Callable[[Chunk], None] | None = None
    broker: Broker | None = None
    """Where the home listens."""
    leaves: bool = False
    """The dashboard closes when the sources end; else it stays to be looked at."""
    config: Config = field(default_factory=Config)
    """How screen and sound are set."""
    sound: Need = Need.NONE
    silent: str = ""
    """Which flag wants no sound."""
    remembers: bool = False
    """What live tables do is stored, and what an earlier watch left of them is taken up."""
    user: str = ""
    awake: Wakefulness = field(default_factory=Wakefulness)
    """What live tables hear of it."""

    @property
    def alone(self) -> bool:
        return len(self.places) == 1


def watch(what: Watch) -> int:
    """Run until the sources end or the user ends it; the exit code.

    Raises:
        UpturnError: a source, a recording or a sink fails, of the only table; or there is no
            terminal to draw on.
    """
    if what.headless or what.as_json:
        from upturn.cli.watch_text import watch_text

        return asyncio.run(_awake(what, watch_text, waits_s=0.0))
    check_terminal()
    from upturn.cli.watch_screen import watch_on_screen

    return asyncio.run(_awake(what, watch_on_screen, waits_s=SAID_S))


def check_terminal() -> None:
    """Raises InputError if there is no terminal for the dashboard."""
    # Keys come from stdin, and Textual draws on stderr.
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise InputError("there is no terminal for the dashboard", remedy="Pass --headless")


async def _awake(
    what: Watch, watching: Callable[[Watch], Awaitable[int]], *, waits_s: float
) -> int:
    """Nobody sleeps where somebody may be on a table; a simulation holds up no sleep."""
    if not any(place.live for place in what.places):
        return await watching(what)
    async with kept_awake(what.awake.changed) as said:
        with suppress(TimeoutError):
            async with asyncio.timeout(waits_s):
                await said.wait()
        return await watching(what)
