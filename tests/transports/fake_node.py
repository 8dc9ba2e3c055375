# SPDX-License-Identifier: MIT
"""A small node on a pseudo-terminal: it answers, streams, and fails as told.

One thread carries it, so that it also stands behind a command line that runs to its end. A real
node's firmware runs in tests/integration.
"""

from __future__ import annotations

import contextlib
import os
import pty
import select
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tests.transports.fake_speaker import SAMPLES, FakeSpeaker
from tests.vectors import reference
from upturn.wire.framing import Deframer
from upturn.wire.vocabulary import Verb

__all__ = ["SAMPLES", "FakeNode"]

HEARD_S = 5.0
"""It streams so long after a host was heard."""


class FakeNode(FakeSpeaker):
    """Plugged in while it is entered; everything public may be called from any thread."""

    def __init__(self, port: Path, *, name: str = "den", node_id: str = "a0b1c2d3e4f5") -> None:
        super().__init__(name=name, node_id=node_id)
        self.port = port
        self.source = f"serial:{port}"
        self._deframer = Deframer()
        self._master: int | None = None
        self._slave = -1
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="fake node", daemon=True)

    def __enter__(self) -> Self:
        self.plug()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()
        self.unplug()

    def plug(self, port: Path | None = None) -> None:
        """Behind the same port as before, or another; it is a new device each time."""
        with self._lock:
            self.port = port or self.port
            self._master, self._slave = pty.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            new = self.port.with_suffix(".new")
            new.symlink_to(os.ttyname(self._slave))
            new.rename(self.port)

    def unplug(self) -> None:
        with self._lock:
            if self._master is not None:
                self.port.unlink()
                os.close(self._master)
                os.close(self._slave)
                self._master = None

    def reset(self) -> None:
        """It starts anew, with what it had stored, and says so."""
        with self._lock:
            self.start_anew()
            self.say("HELLO", self.hello())

    def send(self, data: bytes) -> None:
        """Any bytes."""
        with self._lock, contextlib.suppress(OSError):
            if self._master is not None:
                os.write(self._master, data)

    def say(self, message: str, fields: dict[str, Any]) -> None:
        self.send(reference.line(self.sealed(message, fields), from_host=False))

    def wait_for(self, condition: Callable[[], bool], within_s: float = 30.0) -> None:
        """For tests that have no loop of their own."""
        end_s = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < end_s, "it did not come true in time"
            time.sleep(0.005)

    def _carry(self) -> None:
        while not self._stop.is_set():
            master = self._master
            try:
                ready, _, _ = select.select([master] if master is not None else [], [], [], 0.01)
                data = os.read(ready[0], 4096) if ready else b""
            except (OSError, ValueError):  # it was unplugged meanwhile
                data = b""
            with self._lock:
                for message in self._deframer.feed(data):
                    self.obey(message[1], Verb(message[2]), message[3:])
                if self.was_heard_within(HEARD_S) and not self.silent:
                    self.measure()
