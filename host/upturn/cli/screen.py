# SPDX-License-Identifier: MIT
"""A dashboard on the terminal, from its first frame to its exit code."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App

from upturn.cli.watch_end import on_signals

LEAVE_S = 0.1


async def show(app: App[Any]) -> int | None:
    """Until it is left; the exit code of the signal or the key that says one, else None."""

    async def leave(code: int) -> None:
        while True:  # an app that has not begun yet does not hear it the first time
            app.exit(return_code=code)
            await asyncio.sleep(LEAVE_S)

    leaving: list[asyncio.Task[None]] = []
    ended_by: list[int] = []

    def end(code: int) -> None:
        ended_by.append(code)
        leaving.append(asyncio.ensure_future(leave(code)))

    on_signals(end)
    try:
        await app.run_async()
    finally:
        for task in leaving:
            task.cancel()
    return ended_by[0] if ended_by else app.return_code or None
