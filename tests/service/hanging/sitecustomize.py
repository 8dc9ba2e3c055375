# SPDX-License-Identifier: MIT
"""A fault put into the program under test. In the folder that `UPTURN_TESTS_HANG` names, a file
`block` lets its loop stand still; `wait` lets one table's wait for ever, beside a loop that runs.

Python imports this at its start where this folder is in PYTHONPATH.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from upturn.core.events import Event
from upturn.service.live import LiveDriver

FOLDER = Path(os.environ["UPTURN_TESTS_HANG"])
step = LiveDriver._step


def _told(how: str) -> bool:
    """Once: whoever is started again does not find it."""
    try:
        (FOLDER / how).unlink()
    except FileNotFoundError:
        return False
    return True


async def _hanging(self: LiveDriver) -> list[Event]:
    if _told("block"):
        time.sleep(3600)  # noqa: ASYNC251 - that is the fault
    if _told("wait"):
        await asyncio.Event().wait()
    return await step(self)


LiveDriver._step = _hanging  # type: ignore[method-assign]
