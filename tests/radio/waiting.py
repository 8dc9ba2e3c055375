# SPDX-License-Identifier: MIT
"""Waiting for a fact in a test's own loop: bounded, and no longer than it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

TURN_S = 0.005
PATIENCE_S = 30.0
"""A machine that is busy elsewhere is no failing test; and what comes true costs none of it."""


async def until(condition: Callable[[], object], within_s: float = PATIENCE_S) -> None:
    """Return when it is true.

    Raises:
        TimeoutError: it did not come true.
    """
    loop = asyncio.get_running_loop()
    end_s = loop.time() + within_s
    while not condition():
        if loop.time() > end_s:
            raise TimeoutError(f"it did not come true within {within_s:g} s")
        await asyncio.sleep(TURN_S)
