# SPDX-License-Identifier: MIT
"""What the dashboard is fed with."""

from __future__ import annotations

import math

from upturn.cli.watch import TableFeed
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.service.table import TableService
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource


async def test_when_a_session_has_ended_nobody_is_watched() -> None:
    """Whatever the last samples said: the screen must not call itself READY."""
    source = SimulatedSource(simulate("normal", seed=1))
    feed = TableFeed(math.inf)
    service = TableService(Pipeline(source.info, STANDARD), source, speed=math.inf)
    feed.begin(service, source.label)
    await service.run()
    assert service.snapshot().ready
    assert feed.snapshot().not_ready == ("the session has ended",)
    assert (feed.source().live, feed.source().note) == (False, "ended")
