# SPDX-License-Identifier: MIT
"""Waiting for a fact in a test's own loop: bounded, and no longer than it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

TURN_S = 0.005


async def until(condition: Callable[[], object], within_s: float = 5.0) -> None:
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
