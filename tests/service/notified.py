# SPDX-License-Identifier: MIT
"""The manager's end of the notification protocol, and one that ends whoever feeds no watchdog."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_S = 0.05


class Manager:
    """What was told, as systemd would read it: one list of lines for each datagram."""

    def __init__(self, heard: socket.socket, address: str) -> None:
        self.address = address
        self._heard = heard
        self.told: list[list[str]] = []

    def hear(self) -> list[list[str]]:
        """What came since the last call."""
        came = []
        while True:
            try:
                came.append(self._heard.recv(4096).decode().split("\n"))
            except BlockingIOError:
                self.told += came
                return came

    def wait_for(self, line: str, within_s: float) -> bool:
        """Whether a line that begins so comes in that time."""
        end_s = time.monotonic() + within_s
        while time.monotonic() < end_s:
            if any(one.startswith(line) for told in self.hear() for one in told):
                return True
            time.sleep(LOOK_S)
        return False


@contextmanager
def manager(folder: Path) -> Iterator[Manager]:
    """Listening in that folder."""
    path = folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(path))
        heard.setblocking(False)
        yield Manager(heard, str(path))
