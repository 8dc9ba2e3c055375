# SPDX-License-Identifier: MIT
"""A dashboard on the terminal, from its first frame to its exit code.

The law: a screen that fails ends nothing but itself; it is made anew, and what it shows goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from upturn.cli.stderr import write_line
from upturn.cli.watch_end import on_signals
from upturn.dashboard.app import UpturnDashboard

LEAVE_S = 0.1
ANEW_S = 1.0
"""A screen that fails at once, each time, does not keep the watch from its work."""


class Screen:
    """`make` makes a dashboard of what there is to show."""

    def __init__(self, make: Callable[[], UpturnDashboard]) -> None:
        self._make = make
        self._app = make()
        self._left = False

    def leave(self) -> None:
        """There is nothing to be shown any more."""
        self._left = True
        self._app.exit()

    async def show(self) -> int | None:
        """Until it is left; the exit code of the signal or the key that says one, else None."""
        ended_by: list[int] = []
        leaving: list[asyncio.Task[None]] = []

        async def leave(code: int) -> None:
            while True:  # an app that has not begun yet does not hear it the first time
                self._app.exit(return_code=code)
                await asyncio.sleep(LEAVE_S)

        def end(code: int) -> None:
            ended_by.append(code)
            leaving.append(asyncio.ensure_future(leave(code)))

        def is_over() -> bool:
            return self._left or bool(ended_by)

        on_signals(end)
        try:
            await self._app.run_async()
            while self._app.broke and not is_over():
                write_line(f"the screen has failed ({self._app.broke}), and is drawn anew")
                await asyncio.sleep(ANEW_S)
                if is_over():
                    break
                self._app = self._make()
                on_signals(end)
                await self._app.run_async()
        finally:
            for task in leaving:
                task.cancel()
        return ended_by[0] if ended_by else self._app.return_code or None
