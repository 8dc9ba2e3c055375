# SPDX-License-Identifier: MIT
"""A serial cable: a pseudo-terminal whose path can vanish, and a line that can be damaged."""

from __future__ import annotations

import contextlib
import os
import select
import tty
from pathlib import Path

_FLAG = 0x7E


class Cable:
    """Of one thread at a time. `port` is where the host finds it while it is plugged in."""

    def __init__(self, port: Path) -> None:
        self.port = port
        self._master: int | None = None
        self._flip = 0.0
        self._chance = _Chance(0)
        self._injected = bytearray()

    def plug(self) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self._master, False)
        self.port.unlink(missing_ok=True)
        self.port.symlink_to(os.ttyname(slave))
        os.close(slave)

    def unplug(self) -> None:
        """The path vanishes, and whoever has it open gets an error."""
        self.port.unlink(missing_ok=True)
        if self._master is not None:
            os.close(self._master)
            self._master = None

    def inject(self, data: bytes) -> None:
        """Put this behind the next message."""
        self._injected += data

    def flip(self, ratio: float, seed: int) -> None:
        """Turn that share of the bytes, both ways, into other bytes."""
        self._flip = ratio
        self._chance = _Chance(seed)

    def listening_on(self) -> int | None:
        """Where something of the host may come in; None while nobody has the port open."""
        if self._master is None:
            return None
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        shut = any(state & select.POLLHUP for _, state in poll.poll(0))
        return None if shut else self._master

    def to_host(self, data: bytes) -> None:
        """Where nobody listens it is lost, as on any serial line."""
        if self._injected and data[-1:] == bytes((_FLAG,)):
            data += bytes(self._injected)
            self._injected.clear()
        master = self.listening_on()
        if master is not None:
            with contextlib.suppress(OSError):
                os.write(master, self._damaged(data))

    def from_host(self) -> bytes:
        """What has come in, as damaged as the line makes it."""
        if self._master is None:
            return b""
        try:
            return self._damaged(os.read(self._master, 4096))
        except OSError:  # nothing after all, or the port was closed just now
            return b""

    def _damaged(self, data: bytes) -> bytes:
        if not self._flip:
            return data
        chance = self._chance
        return bytes(
            byte ^ (1 + chance.below(255)) if chance.below(10_000) < 10_000 * self._flip else byte
            for byte in data
        )


class _Chance:
    """Numbers that are the same in every run."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, limit: int) -> int:
        self._state = (1103515245 * self._state + 12345) % (1 << 31)
        return (self._state >> 8) % limit
