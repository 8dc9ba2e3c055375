# SPDX-License-Identifier: MIT
"""A look at a table: its core runs for a few seconds of data, and says how the table stands."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from upturn.cli.judging import Judged
from upturn.core.commands import Command
from upturn.core.snapshot import Snapshot
from upturn.service.feeding import feed_chunk
from upturn.service.table import TableService
from upturn.store.past import Taken
from upturn.transports.source import LiveSource, Source

LOOK_S = 5.0
"""Of data: the sensor is judged by windows of at most so long."""
WAIT_S = 30.0
"""For the first of it: a scan by Bluetooth, a connection and a node's greeting take some."""
GLANCE_S = 0.1


def look(
    judged: Judged[Source | LiveSource], said: Sequence[Command], past: Taken | None = None
) -> Snapshot:
    """How it stands, after what people have said of it.

    `past` is how its last watch left it: a rest that has not passed has not, whoever looks.

    Raises:
        UpturnError: the source fails.
    """
    if isinstance(judged.source, LiveSource):
        return asyncio.run(_look(judged, judged.source, said, past))
    core = judged.pipeline()
    first_s: float | None = None
    for chunk in judged.source.chunks(paced=True):
        feed_chunk(core, chunk)
        if core.seen:
            first_s = core.last_sample_s if first_s is None else first_s
            if core.last_sample_s - first_s >= LOOK_S:
                break
    now_s = core.last_sample_s if core.seen else 0.0
    for command in said:
        core.command(command, now_s)
    return core.snapshot(now_s)


async def _look(
    judged: Judged[Source | LiveSource],
    source: LiveSource,
    said: Sequence[Command],
    past: Taken | None,
) -> Snapshot:
    core = judged.pipeline()
    if past is not None:
        now_s = source.axis_s(source.host_s())
        core.resume(past.past, now_s, gap_s=past.gap_s, rested_s=past.rested_s)
    service = TableService(core, source)
    running = asyncio.create_task(service.run(), name="look")
    end_s = source.host_s() + WAIT_S
    seen = False
    try:
        while not running.done() and source.host_s() < end_s:
            await asyncio.sleep(GLANCE_S)
            if core.seen and not seen:
                seen, end_s = True, source.host_s() + LOOK_S
        if running.done():
            await running
        for command in said:
            service.command(command)
        return service.snapshot()
    finally:
        running.cancel()
        await asyncio.wait({running})
