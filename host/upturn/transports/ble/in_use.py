# SPDX-License-Identifier: MIT
"""One watch or command of a computer at a time has a node.

Systems let programs share a connection without a word, and the first of them to end it ends it for
all: a look at a node would take it from who watches it. The lock goes with its program, however
that ends.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from upturn.transports.ble.trouble import BleError, Fact

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PATIENCE_S = 2.0
"""Who is refused by a node lets go of it sooner."""
LOOK_S = 0.1


class InUse:
    """Of the node with that hardware id; not taken yet."""

    def __init__(self, folder: Path, node_id: str) -> None:
        self._path = folder / re.sub(r"[^0-9A-Za-z]", "-", node_id)
        self._file: int | None = None

    async def take(self) -> None:
        """Now, or as soon as whoever has it lets go of it.

        Raises:
            BleError: another has it, and keeps it.
        """
        tries = round(PATIENCE_S / LOOK_S)
        while not self.try_take():
            if not tries:
                why = "another watch or command of this computer has it"
                raise BleError(Fact.OTHER, why, "End that one first")
            tries -= 1
            await asyncio.sleep(LOOK_S)

    def give_back(self) -> None:
        """A second call does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def try_take(self) -> bool:
        """At once; False if another has it."""
        if self._file is not None:
            return True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:  # nothing can be written here: better two at once than none
            return True
        try:
            _lock(file)
        except OSError:
            with suppress(OSError):
                os.close(file)
            return False
        self._file = file
        return True


def _lock(file: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
