# SPDX-License-Identifier: MIT
"""How a chunk goes into the core: one order, from a link as from the recording of one."""

from __future__ import annotations

from upturn.core.events import Event
from upturn.core.pipeline import Pipeline
from upturn.transports.source import Chunk

TICK_LAG_S = 0.1
"""Ticks stay this far behind the clock: samples of that age may still be on their way."""


def feed_chunk(pipeline: Pipeline, chunk: Chunk) -> list[Event]:
    """Let the core judge what arrived.

    Of a link, time comes first: what was due before this arrival is told before it, however late
    it is. So a recording, in which nobody ticks between, gives the events that the run gave.
    """
    silent_s = chunk.at_s if chunk.silent_s is None else chunk.silent_s
    before_s = silent_s - TICK_LAG_S
    events = pipeline.tick(before_s) if chunk.arrival is not None else []
    if chunk.info is not None:
        events += pipeline.describe(chunk.info, before_s)
    if chunk.samples or chunk.commands:
        events += pipeline.feed(chunk.samples)
    elif chunk.arrival is None and chunk.info is None:
        events += pipeline.tick(chunk.at_s)
    for command in chunk.commands:
        events += pipeline.command(command, chunk.at_s)
    return events
