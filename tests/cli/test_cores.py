# SPDX-License-Identifier: MIT
"""The cores of a run are told how a part of the program stands, as long as they live."""

from __future__ import annotations

import asyncio

from upturn.cli.cores import Cores
from upturn.core.commands import Command, LinkNote, SinkStatus

STATE = SinkStatus("x", working=False, reason="why")
CHANGE = LinkNote("news")


async def test_a_core_hears_the_state_when_it_has_a_time_and_then_each_change() -> None:
    told: list[Command] = []
    cores = Cores(lambda: [STATE])
    cores.core().begin(told.append, first=[LinkNote("first")])
    assert told == []
    await asyncio.sleep(0)
    cores.tell([CHANGE])
    assert told == [LinkNote("first"), STATE, CHANGE]


async def test_one_that_has_ended_is_told_nothing_and_held_no_more() -> None:
    told: list[Command] = []
    cores = Cores(lambda: [STATE])
    core = cores.core()
    core.begin(told.append)
    core.end()
    await asyncio.sleep(0)
    cores.tell([CHANGE])
    assert (told, len(cores._live)) == ([], 0)
