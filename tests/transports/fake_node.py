# SPDX-License-Identifier: MIT
"""A small node on a pseudo-terminal: it answers, streams, and fails as told.

What it sends is put together from the protocol's tables (`tests/vectors`), not by the program
under test. One thread carries it, so that it also stands behind a command line that runs to its
end. A real node's firmware runs in tests/integration.
"""

from __future__ import annotations

import contextlib
import math
import os
import pty
import select
import struct
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tests.vectors import reference
from upturn.wire.framing import Deframer
from upturn.wire.vocabulary import Result, Verb

SAMPLES = 5
STEP_MS = 20
SECOND = 1000 // STEP_MS
HEARD_S = 5.0
"""It streams so long after a host was heard."""
NUMBERS: dict[str, object] = {
    "battery_percent": 80,
    "battery_mv": 3900,
    "presses": 0,
    "calls": 0,
    "epoch": 1,
    "inversions": 0,
    "exposure_ms": 0,
    "inversion_ms": 0,
    "inverted_ms": 0,
    "rest_ms": 0,
}
STANDARD_MS = {
    "notice_ms": 45_000,
    "limit_ms": 60_000,
    "rest_ms": 90_000,
    "max_angle_cdeg": 6000,
    "profile": "standard",
}


class FakeNode:
    """Plugged in while it is entered; everything public may be called from any thread."""

    def __init__(self, port: Path, *, name: str = "den", node_id: str = "a0b1c2d3e4f5") -> None:
        self.port = port
        self.source = f"serial:{port}"
        self.name = name
        self.node_id = node_id
        self.limits: dict[str, Any] = dict(STANDARD_MS)
        self.angle_deg = -80.0
        self.fields: dict[str, Any] = dict(NUMBERS)
        """Of each measurement, beside what it measures."""
        self.flags = 1
        self.traits = 0x0E
        self.fault = 0
        self.boots = 7
        self.rate_hz = 1000 // STEP_MS
        self.does_nothing = False
        """It answers that all is done."""
        self.version = 1
        self.refuses: dict[Verb, tuple[Result, str]] = {}
        self.mute_on: set[Verb] = set()
        """Commands that it neither does nor answers."""
        self.silent = False
        self.heard: list[tuple[Verb, bytes]] = []
        self._deframer = Deframer()
        self._started_s = time.monotonic()
        self._sent = 0
        self._due_s = 0.0
        self._heard_s = -math.inf
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
            self.boots += 1
            self._started_s = time.monotonic()
            self._sent = 0
            self._heard_s = -math.inf
            self.say("HELLO", self._hello())

    def send(self, data: bytes) -> None:
        """Any bytes."""
        with self._lock, contextlib.suppress(OSError):
            if self._master is not None:
                os.write(self._master, data)

    def say(self, message: str, fields: dict[str, Any]) -> None:
        parts = reference.message(message, fields, self.version)
        self.send(reference.line(b"".join(parts), from_host=False))

    def goodbye(self) -> None:
        self.silent = True
        self.say("GOODBYE", {"t_ms": self._now_ms(), "reason": 1})

    def told(self, verb: Verb) -> list[bytes]:
        """The payloads of one verb, in order."""
        with self._lock:
            return [payload for heard, payload in self.heard if heard is verb]

    def wait_for(self, condition: Callable[[], bool], within_s: float = 2.0) -> None:
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
                    self._obey(message[1], Verb(message[2]), message[3:])
                if time.monotonic() - self._heard_s < HEARD_S and not self.silent:
                    self._measure()

    def _obey(self, id_: int, verb: Verb, payload: bytes) -> None:
        self.heard.append((verb, payload))
        if self.silent:
            return
        self._heard_s = time.monotonic()
        if verb in self.mute_on:
            return
        result, reason = self.refuses.get(verb, (Result.DONE, ""))
        if result == Result.DONE and (verb is Verb.READ_INFO or not self.does_nothing):
            self._do(verb, payload)
        answer = {"id": id_, "verb": verb, "result": result, "reason": reason}
        self.say("ANSWER", answer)

    def _do(self, verb: Verb, payload: bytes) -> None:
        if verb is Verb.SET_PROFILE:
            keys = ("notice_ms", "limit_ms", "rest_ms", "max_angle_cdeg")
            self.limits = dict(zip(keys, struct.unpack_from("<IIIh", payload), strict=True))
            self.limits["profile"] = payload[15:].decode()
        elif verb is Verb.SET_NAME:
            self.name = payload[1:].decode()
        elif verb is Verb.SET_RATE:
            self.rate_hz = int.from_bytes(payload, "little")
        if verb in (Verb.READ_INFO, Verb.SET_PROFILE, Verb.SET_NAME, Verb.SET_RATE):
            self.say("HELLO", self._hello())

    def _measure(self) -> None:
        elapsed = time.monotonic() - self._started_s
        taken = int(elapsed * 1000 / STEP_MS)
        if taken - self._sent > SECOND:  # nobody was there to hear what came before
            self._sent = taken - SAMPLES
        while (self._sent + SAMPLES) * STEP_MS <= elapsed * 1000:
            self.say("MEASUREMENT", self._measurement())
            self._sent += SAMPLES

    def _measurement(self) -> dict[str, Any]:
        readings = []
        for i in range(SAMPLES):
            sway_deg = 1.5 * math.sin((self._sent + i) * STEP_MS / 1000 * math.pi)
            angle = math.radians(self.angle_deg + sway_deg)
            force = (0, round(-2048 * math.sin(angle)), round(2048 * math.cos(angle)))
            readings.append([STEP_MS if i else 0, *force])
        return {
            **self.fields,
            "readings": readings,
            "has_gyro": False,
            "seq": self._sent % 65_536,
            "t_ms": self._sent * STEP_MS,
            "flags": self.flags,
            "posture": 0,
            "priority": 0,
            "angle_cdeg": None,
            "peak_mg": 1000,
        }

    def _hello(self) -> dict[str, Any]:
        return {
            "layout": 1,
            "node_id": self.node_id,
            "firmware": (0, 3, 0),
            "reset": 1,
            "boots": self.boots,
            "epoch": 1,
            "t_ms": self._now_ms(),
            "rate_hz": self.rate_hz,
            "range_g": 8,
            "traits": self.traits,
            "fault": self.fault,
            **self.limits,
            "rows": [0, 16384, 0, 0, 0, 16384, 16384, 0, 0],
            "offsets": [0, 0],
            "board": "bench",
            "sensor": "MPU6886",
            "name": self.name,
        }

    def _now_ms(self) -> int:
        return round(1000 * (time.monotonic() - self._started_s))
