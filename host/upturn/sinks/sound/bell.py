# SPDX-License-Identifier: MIT
"""The terminal's bell: the last resort, and no alarm sound. Many terminals have it off.

It rings once for a burst. It goes to the controlling terminal, so that no output that somebody
reads has bells in it.
"""

from __future__ import annotations

import os
from contextlib import suppress

from upturn.sinks.sound.outputs import MissingError, Output
from upturn.sinks.sound.synth import Samples

TERMINAL = "/dev/tty"
BELL = b"\a"
_CLOSED = -1


def open_output(terminal: str = TERMINAL) -> Output:
    """The bell of the terminal that this program was started in.

    Raises:
        MissingError: there is no terminal.
    """
    flags = os.O_WRONLY | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        return BellOutput(os.open(terminal, flags))
    except OSError:
        raise MissingError("there is no terminal to ring its bell") from None


class BellOutput:
    words = "only the terminal's bell"
    is_loud = False

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._fault = ""

    def play(self, samples: Samples) -> None:
        if not samples.size:
            return
        try:
            os.write(self._terminal, BELL)
        except BlockingIOError:
            pass  # somebody has stopped the terminal; it rings no more than it shows
        except OSError:
            self._fault = "the terminal is gone"

    def cut(self) -> None:
        """A bell cannot be taken back."""

    def fault(self) -> str:
        return self._fault

    def close(self) -> None:
        terminal, self._terminal = self._terminal, _CLOSED
        with suppress(OSError):
            os.close(terminal)
