# SPDX-License-Identifier: MIT
"""How a watch ends: by a signal, with its sums, with what failed, and with which exit code."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence

from upturn.cli.main import DEBUG_VARIABLE
from upturn.cli.stderr import write_line
from upturn.cli.watched import Watched, sum_up_all, words_of
from upturn.errors import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    UpturnError,
    without_login,
)

TELL_S = 2.0
"""How long a stopped run waits for its sum to be read."""


def on_signals(end: Callable[[int], object]) -> None:
    """Ctrl-C and SIGTERM end in order, with the exit code of each."""
    loop = asyncio.get_running_loop()
    for number, code in ((signal.SIGINT, EXIT_INTERRUPTED), (signal.SIGTERM, EXIT_DONE)):
        try:
            loop.add_signal_handler(number, end, code)
        except (NotImplementedError, RuntimeError):
            return  # as on Windows: there the handlers of `upturn.start` stay


async def sum_up(
    tables: Sequence[Watched], tell: Callable[[Watched, Exception], None], code: int
) -> None:
    try:
        async with asyncio.timeout(TELL_S):
            await sum_up_all(tables, tell)
    except TimeoutError:  # nobody reads: a flush at the exit would wait for ever
        os._exit(code)


def code_of(tables: Sequence[Watched]) -> int:
    return EXIT_FAILED if any(table.fault for table in tables) else EXIT_DONE


class Aside:
    """Tells of tables that failed, in threads: stderr may take nothing, and the others go on."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def tell(self, table: Watched, fault: Exception) -> None:
        thread = threading.Thread(
            target=tell_failure, args=(table, fault), name="aside", daemon=True
        )
        thread.start()
        self._threads.append(thread)

    def close(self) -> None:
        """Give what was told a while to be read."""
        for thread in self._threads:
            thread.join(TELL_S / len(self._threads))


def tell_failure(table: Watched, fault: Exception) -> None:
    what = words_of(fault)
    if not isinstance(fault, UpturnError):
        remedy = f"Run with {DEBUG_VARIABLE}=1 for the traceback, and report it"
        what = f"internal fault: {what}. {remedy}"
        if os.environ.get(DEBUG_VARIABLE) == "1":
            told = "".join(traceback.format_exception(fault))
            print(without_login(told), end="", file=sys.stderr)
    write_line(f"{table.name}: failed: {what}")
