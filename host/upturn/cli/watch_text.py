# SPDX-License-Identifier: MIT
"""Watching without a screen: a readable line, or a JSON object, per event."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable

from upturn.cli.home import home
from upturn.cli.link_log import LinkLog
from upturn.cli.memory import Memory, remembering
from upturn.cli.sound import Sound, sounding
from upturn.cli.stderr import write_line
from upturn.cli.watch_end import Aside, code_of, on_signals, sum_up
from upturn.cli.watch_plan import Watch
from upturn.cli.watched import Watched, run_all
from upturn.service.pulse import Pulse, pulse_of
from upturn.sinks.console import Console
from upturn.transports.source import LinkState


async def watch_text(what: Watch) -> int:
    task = asyncio.current_task()
    assert task is not None
    ended_by: list[int] = []
    pulse = pulse_of(os.environ)

    def end(code: int) -> None:
        if pulse is not None:
            pulse.stopping()
        ended_by.append(code)
        task.cancel()

    on_signals(end)
    aside = Aside()
    tables: list[Watched] = []
    try:
        with (
            sounding(what.config.sound, what.sound, off=what.silent, asks=False) as sound,
            remembering(what.config, wanted=what.remembers, user=what.user) as memory,
        ):
            tables += _text_tables(what, sound, memory, pulse)
            async with home(what.broker, what.speed, write_line) as told:
                await run_all(tables, told, aside.tell)
    except asyncio.CancelledError:
        if not ended_by:
            raise
        await sum_up(tables, aside.tell, ended_by[0])
        return ended_by[0]
    finally:
        if pulse is not None:
            pulse.stopping()
        aside.close()
    return code_of(tables)


def _text_tables(what: Watch, sound: Sound, memory: Memory, pulse: Pulse | None) -> list[Watched]:
    return [
        Watched(
            place,
            what.speed,
            alone=what.alone,
            console=console,
            on_state=_link_log("" if what.alone else place.name),
            recorder=what.recorder,
            sound=sound.table("" if what.alone else place.name),
            memory=memory.table(place.key, place.name),
            awake=what.awake.cores.core(),
            pulse=pulse.table(place.name) if pulse is not None else None,
        )
        for place, console in zip(what.places, consoles(what), strict=True)
    ]


def consoles(what: Watch) -> list[Console]:
    console = Console(sys.stdout, as_json=what.as_json)
    width = max(len(place.name) for place in what.places)
    return [console if what.alone else console.of(place.name, width) for place in what.places]


def _link_log(name: str) -> Callable[[LinkState], None]:
    """One for each table: the news of one must not take the place of another's."""
    log = LinkLog()
    if not name:
        return log.say
    return lambda state: log.say(state._replace(words=f"{name}: {state.words}"))
