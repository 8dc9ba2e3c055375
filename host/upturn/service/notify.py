# SPDX-License-Identifier: MIT
"""A word to the service manager that started this program: systemd's notification protocol.

One datagram to a socket that the environment names, so it is written here: of the libraries, one
has not been kept for years and the others need a compiler. Nothing here ever waits.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

SOCKET = "NOTIFY_SOCKET"
WATCHDOG_US = "WATCHDOG_USEC"
WATCHDOG_PID = "WATCHDOG_PID"
READY, WATCHDOG, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"
MAX_DIGITS = 20
"""Of microseconds, as systemd counts them: 64 bits."""
MAX_STATUS = 400
"""Letters of a status: what is shown in one line."""


class Notifier:
    """`watchdog_s`: within that time the manager wants to hear WATCHDOG; None: it does not ask."""

    def __init__(self, address: str, watchdog_s: float | None = None) -> None:
        self.watchdog_s = watchdog_s
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket: socket.socket | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Notifier | None:
        """None: nobody wants to hear."""
        address = environment.get(SOCKET, "")
        if not address.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
            return None
        return cls(address, _watchdog_s(environment))

    def send(self, *words: str) -> bool:
        """All of it, or nothing: False where the manager does not take it now."""
        try:
            if self._socket is None:
                self._socket = _made()
            self._socket.sendto("\n".join(words).encode(), self._address)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """A second call does nothing."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def status(text: str) -> str:
    """As the manager takes it: one line, and not too long."""
    line = " ".join(text.split())
    return f"STATUS={line if len(line) <= MAX_STATUS else f'{line[: MAX_STATUS - 3]}...'}"


def _made() -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.setblocking(False)
    return made


def _watchdog_s(environment: Mapping[str, str]) -> float | None:
    """As sd_watchdog_enabled(3): it may be meant for another process than this."""
    if environment.get(WATCHDOG_PID, str(os.getpid())) != str(os.getpid()):
        return None
    text = environment.get(WATCHDOG_US, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS):
        return None
    return int(text) / 1e6 or None
