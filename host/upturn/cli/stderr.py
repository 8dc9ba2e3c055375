# SPDX-License-Identifier: MIT
"""One line to stderr: past Python's buffer, and whatever is at its other end.

A buffer that could not be emptied would hold up the end of the process, or spoil its exit code.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from upturn.errors import without_login
from upturn.transports.printable import clipped, printable


def write_line(text: str) -> None:
    """Write it, with no password; unheard it is lost. May wait for a terminal that was stopped."""
    stream = sys.stderr
    if stream is None:  # the caller closed it
        return
    line = f"upturn: {clipped(printable(without_login(text)))}\n"
    with suppress(OSError, ValueError):
        try:
            number = stream.fileno()
        except OSError:  # no real stderr, as under a test
            stream.write(line)
            return
        raw = line.encode(stream.encoding, "backslashreplace")
        while raw:
            raw = raw[os.write(number, raw) :]
