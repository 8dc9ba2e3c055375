# SPDX-License-Identifier: MIT
"""Watching tables: with either the text sink or the dashboard, on a computer that stays awake."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

from upturn.cli.watch_plan import Watch
from upturn.errors import InputError
from upturn.service.inhibit import kept_awake

SAID_S = 0.5
"""How long a screen waits, for once it is drawn nothing can be said beside it."""


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
