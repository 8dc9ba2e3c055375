# SPDX-License-Identifier: MIT
"""What esptool and mpremote complain of, as one line: what it is, and what to hold or try.

A table of what their sources print; the first row that fits. What no row knows is quoted.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from upturn.errors import RunError

HOLD = (
    "Hold BOOT (the button on GPIO0; on a bare M5StickC a wire from G0 to GND), press and let go "
    "of RESET or plug the board in anew, let go of BOOT, and try again"
)
CABLE = "Use a short cable that carries data, plugged straight into the computer, and try again"
LOST = "what goes over the cable is damaged or lost"
LOCKED = "This board was locked by its maker; take another"


class Trouble(NamedTuple):
    words: str
    """A regular expression."""
    what: str
    remedy: str


TROUBLES = (
    Trouble(
        r"[Ss]ecure [Dd]ownload [Mm]ode|Secure Boot|[Ff]lash encryption",
        "the chip takes only what its maker has signed or encrypted",
        LOCKED,
    ),
    Trouble(
        r"This chip is (?P<is>\S+), not (?P<not>[^.\s]+)",
        "the chip is not the one that the board's profile names",
        "Name the right board: --board, see 'upturn flash --list'",
    ),
    Trouble(
        r"Permission denied|Access is denied",
        "you may not use the port, or another program has it",
        "End that program; on Linux join the port's group (dialout), and log in again",
    ),
    Trouble(
        r"busy or doesn't exist|may be in use by another|Resource busy|Could not exclusively lock",
        "the port is busy or gone",
        "End the program that uses it, or plug the board in again",
    ),
    Trouble(
        r"device reports readiness to read but returned no data|device disconnected"
        r"|Input/output error|No such (file|device)|ClearCommError|write failed"
        r"|Bad file descriptor|Device not configured",
        "the port went away half way",
        CABLE,
    ),
    Trouble(
        r"Wrong boot mode detected|Failed to connect to|No serial data received"
        r"|Could not connect to an Espressif",
        "the chip does not listen to being programmed",
        HOLD,
    ),
    Trouble(
        r"chip stopped responding|Serial data stream stopped|Invalid head of packet"
        r"|Packet content transfer stopped|Corrupt data|Timed out waiting for packet"
        r"|Response doesn't match|Checksum",
        LOST,
        CABLE,
    ),
    Trouble(
        r"MD5 of file does not match|written flash region is empty|Failed to write",
        "the flash does not hold what was written",
        "Try again; if it stays, its flash is worn: take another board",
    ),
    Trouble(
        r"will not fit in|larger than detected flash",
        "the board's flash is too small for this MicroPython",
        "Take a board with 4 MB or more",
    ),
    Trouble(
        r"ENOSPC|No space left|Errno 28\b|OSError: 28\b",
        "the board has no room left for the firmware",
        "Delete files of yours on it, or begin anew with --erase",
    ),
    Trouble(
        r"could not enter raw repl|could not exec command|could not complete raw paste"
        r"|timeout waiting for (first|second) EOF|unexpected read during raw paste",
        "MicroPython's prompt does not answer",
        "Press RESET on the board, or unplug it and plug it in, and try again",
    ),
)
UNKNOWN_REMEDY = "Try again; if it stays, report it with the whole of what is said"


class StepError(RunError):
    """A step that failed: `what`, `remedy`, and the program's own words for who wants them."""

    def __init__(self, what: str, remedy: str, said: str = "") -> None:
        self.what = what
        self.remedy = remedy
        self.said = said
        super().__init__(f"{what}. {remedy}")


def explained(program: str, said: str) -> StepError:
    """The line for a program that ended with a complaint."""
    for row in TROUBLES:
        if re.search(row.words, said):
            return StepError(row.what, row.remedy, said)
    lines = [" ".join(line.split()) for line in said.splitlines() if line.strip()]
    last = (lines[-1] if lines else "it gives no reason").rstrip(".")
    return StepError(f"{program} failed: {last[:200]}", UNKNOWN_REMEDY, said)
