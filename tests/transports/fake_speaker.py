# SPDX-License-Identifier: MIT
"""What a small fake node says and does, whatever carries it: serial or BLE.

What it sends is put together from the protocol's tables (`tests/vectors`), not by the program
under test. A link is a class with `say`, that calls `obey` for each command and `measure` often.
"""

from __future__ import annotations

import math
import struct
import time
from typing import Any

from tests.vectors import reference
from upturn.wire.vocabulary import Result, Verb

SAMPLES = 5
STEP_MS = 20
SECOND = 1000 // STEP_MS
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


class FakeSpeaker:
    """All that is public may be set while it runs."""

    def __init__(self, *, name: str, node_id: str) -> None:
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
        self.samples = SAMPLES
        """In each message."""
        self.step_ms = STEP_MS
        """From one sample to the next."""
        self.rate_hz = 1000 // STEP_MS
        self.does_nothing = False
        """It answers that all is done."""
        self.version = 1
        self.refuses: dict[Verb, tuple[Result, str]] = {}
        self.mute_on: set[Verb] = set()
        """Commands that it neither does nor answers."""
        self.silent = False
        self.heard: list[tuple[Verb, bytes]] = []
        self._sent = 0
        self._started_s = time.monotonic()
        self._heard_s = -math.inf

    def say(self, message: str, fields: dict[str, Any]) -> None:
        """Out with it, over whatever there is."""
        raise NotImplementedError

    def sealed(self, message: str, fields: dict[str, Any]) -> bytes:
        """With its check."""
        return b"".join(reference.message(message, fields, self.version))

    def goodbye(self) -> None:
        self.silent = True
        self.say("GOODBYE", {"t_ms": self.now_ms(), "reason": 1})

    def told(self, verb: Verb) -> list[bytes]:
        """The payloads of one verb, in order."""
        return [payload for heard, payload in list(self.heard) if heard is verb]

    def start_anew(self) -> None:
        self.boots += 1
        self._started_s = time.monotonic()
        self._sent = 0
        self._heard_s = -math.inf

    def obey(self, id_: int, verb: Verb, payload: bytes) -> None:
        """Do one command and answer it, as told."""
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

    def was_heard_within(self, seconds: float) -> bool:
        return time.monotonic() - self._heard_s < seconds

    def measure(self) -> None:
        """Say what is full by now; of what nobody was there to hear only the newest."""
        elapsed_ms = 1000 * (time.monotonic() - self._started_s)
        taken = int(elapsed_ms / self.step_ms)
        if taken - self._sent > SECOND:
            self._sent = taken - self.samples
        while (self._sent + self.samples) * self.step_ms <= elapsed_ms:
            self.say("MEASUREMENT", self.measurement())
            self._sent += self.samples

    def measurement(self) -> dict[str, Any]:
        readings = []
        for i in range(self.samples):
            sway_deg = 1.5 * math.sin((self._sent + i) * self.step_ms / 1000 * math.pi)
            angle = math.radians(self.angle_deg + sway_deg)
            force = (0, round(-2048 * math.sin(angle)), round(2048 * math.cos(angle)))
            readings.append([self.step_ms if i else 0, *force])
        return {
            **self.fields,
            "readings": readings,
            "has_gyro": False,
            "seq": self._sent % 65_536,
            "t_ms": self._sent * self.step_ms,
            "flags": self.flags,
            "posture": 0,
            "priority": 0,
            "angle_cdeg": None,
            "peak_mg": 1000,
        }

    def hello(self) -> dict[str, Any]:
        return {
            "layout": 1,
            "node_id": self.node_id,
            "firmware": (0, 3, 0),
            "reset": 1,
            "boots": self.boots,
            "epoch": 1,
            "t_ms": self.now_ms(),
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

    def now_ms(self) -> int:
        return round(1000 * (time.monotonic() - self._started_s))

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
            self.say("HELLO", self.hello())
