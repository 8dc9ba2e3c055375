# SPDX-License-Identifier: MIT
"""One watch or command of a computer at a time has a node.

Systems let programs share a connection without a word, and the first of them to end it ends it for
all: a look at a node would take it from who watches it. The lock goes with its program, however
that ends.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

import platformdirs

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PATIENCE_S = 2.0
"""Who is refused by a node lets go of it sooner."""
LOOK_S = 0.1
HAS_IT = "another watch or command of this computer has it"
REMEDY = "End that one first"
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""What systems say of a lock that another has."""


def default_folder() -> Path:
    """Where the locks of a user are."""
    return platformdirs.user_data_path("upturn") / "in-use"


class InUse:
    """Of the node with that hardware id; not taken yet."""

    def __init__(self, folder: Path, node_id: str) -> None:
        self.node_id = node_id
        self._path = folder / re.sub(r"[^0-9A-Za-z]", "-", node_id)
        self._file: int | None = None

    async def take(self) -> bool:
        """Now, or as soon as whoever has it lets go of it; False if another keeps it."""
        for _ in range(round(PATIENCE_S / LOOK_S)):
            if self.try_take():
                return True
            await asyncio.sleep(LOOK_S)
        return self.try_take()

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
        except OSError as error:
            with suppress(OSError):
                os.close(file)
            return error.errno not in _HELD  # else there are no locks: as above
        self._file = file
        return True


def _lock(file: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
