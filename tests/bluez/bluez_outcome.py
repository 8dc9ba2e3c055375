# SPDX-License-Identifier: MIT
"""bumble cancels whatever waits for a link that is lost: here that is an error like any other.

So a cancelling that reaches a coroutine of the facade is always the facade's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class LinkLostError(Exception):
    """The link ended under what was going on."""


async def outcome(work: Awaitable[T]) -> T:
    """Its result; who is cancelled here cancels the work."""

    async def run() -> T:
        return await work

    task = asyncio.ensure_future(run())
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        raise
    if task.cancelled():
        raise LinkLostError
    return task.result()
