# SPDX-License-Identifier: MIT
"""A story as a node on a link would tell it, in virtual time: no test with it waits."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.stories import Story
from tests.vectors import reference
from upturn.core.limits import Device, Profile
from upturn.core.mounting import Mounting
from upturn.core.sample import Sample, StreamInfo
from upturn.transports.node_chunks import NodeChunks
from upturn.transports.source import Arrival, Chunk, LinkState, Wish

START_S = 500.0
PER_MESSAGE = 5
HELLO: dict[str, object] = {
    "layout": 1,
    "node_id": "a0b1c2d3e4f5",
    "firmware": (0, 3, 0),
    "reset": 1,
    "boots": 1,
    "epoch": 1,
    "t_ms": 0,
    "rate_hz": 50,
    "range_g": 8,
    "traits": 2,
    "fault": 0,
    "notice_ms": 45_000,
    "limit_ms": 60_000,
    "rest_ms": 90_000,
    "max_angle_cdeg": 6000,
    "profile": "standard",
    "rows": [0, 16384, 0, 0, 0, 16384, 16384, 0, 0],
    "offsets": [0, 0],
    "board": "bench",
    "sensor": "MPU6886",
    "name": "den",
}
QUIET: dict[str, object] = {
    "flags": 1,
    "posture": 0,
    "priority": 0,
    "angle_cdeg": None,
    "peak_mg": 1000,
    "battery_percent": None,
    "battery_mv": 0,
    "presses": 0,
    "calls": 0,
    "inversions": 0,
    "exposure_ms": 0,
    "inversion_ms": 0,
    "inverted_ms": 0,
    "rest_ms": 0,
}


def on_the_line(message: str, fields: Mapping[str, object]) -> bytes:
    return reference.line(b"".join(reference.message(message, fields)), from_host=False)


def told(story: Story) -> Iterator[tuple[float, bytes]]:
    """When a node has filled each message, and its bytes; HELLO goes first."""
    yield 0.0, on_the_line("HELLO", HELLO)
    samples = story.samples
    for number, at in enumerate(range(0, len(samples), PER_MESSAGE)):
        part = samples[at : at + PER_MESSAGE]
        fields = {**QUIET, "has_gyro": False, "seq": at % 65_536, "t_ms": _ms(part[0])}
        # An epoch of its own for each: what nobody counts must not repair what the host counts.
        fields |= {"epoch": number % 256, "readings": list(_readings(part))}
        yield part[-1].t_s, on_the_line("MEASUREMENT", fields)


def _readings(samples: Sequence[Sample]) -> Iterator[list[int]]:
    before_ms = _ms(samples[0])
    for sample in samples:
        force = (round(2048 * value) for value in sample[1:4])
        yield [_ms(sample) - before_ms, *force]
        before_ms = _ms(sample)


def _ms(sample: Sample) -> int:
    return round(1000 * sample.t_s)


class ScriptedLink:
    """A `LiveSource` whose time passes only while somebody waits for an arrival."""

    profile: str | None = None
    profile_where = ""
    label = "a link"

    def __init__(
        self, story: Story | None, *, end_s: float, delays_s: Sequence[float] = (0.0,)
    ) -> None:
        """Message `i` is delayed by `delays_s[i % len]`; none passes the one before it."""
        self.info = StreamInfo()
        self.state = LinkState("as told", well=True)
        self.on_state: Callable[[LinkState], None] = lambda _: None
        self.wishes: list[Wish] = []
        self.acknowledged = 0
        self.on_wait: Callable[[float], None] = lambda _: None
        """Called with the time since the start each time that somebody waits."""
        self.stalls: list[tuple[float, float]] = []
        """When the host stands still, and for how long."""
        self.fault: Exception | None = None
        self.over = asyncio.Event()
        self._now_s = START_S
        self._end_s = START_S + end_s
        self._chunks = NodeChunks()
        self._queue: deque[Chunk] = deque()
        self._coming: deque[Arrival] = deque()
        at_s = START_S
        for number, (t_s, data) in enumerate(told(story) if story is not None else ()):
            at_s = max(at_s, START_S + t_s + delays_s[number % len(delays_s)])
            self._coming.append(Arrival(at_s, data))

    def judge_by(self, profile: Profile, device: Device, mounting: Mounting | None) -> None:
        self._chunks.mounting = mounting

    async def run(self) -> None:
        await self.over.wait()
        if self.fault is not None:
            raise self.fault

    def host_s(self) -> float:
        return self._now_s

    def axis_s(self, host_s: float) -> float:
        return self._chunks.axis_s(host_s)

    def wish(self, wish: Wish) -> None:
        if [wish] != self.wishes[-1:]:
            self.wishes.append(wish)

    def acknowledge(self) -> None:
        self.acknowledged += 1

    def arrived(self) -> Chunk | None:
        return self._queue.popleft() if self._queue else None

    async def receive(self, timeout_s: float) -> Chunk | None:
        await asyncio.sleep(0)
        self.on_wait(self._now_s - START_S)
        wake_s = min(self._now_s + timeout_s, self._end_s)
        if not self._queue and self._coming and self._coming[0].host_s <= wake_s:
            wake_s = max(self._now_s, self._coming[0].host_s)
        if not self._queue:
            self._now_s = wake_s
            since_s = None
            if self.stalls and wake_s >= START_S + self.stalls[0][0]:
                since_s = self._now_s
                self._now_s += self.stalls.pop(0)[1]
            self.bring(since_s)
        if self._now_s >= self._end_s:
            self.over.set()
        return self.arrived()

    def bring(self, since_s: float | None = None) -> None:
        """All that is due by now arrives, as one piece."""
        data = b""
        while self._coming and self._coming[0].host_s <= self._now_s:
            data += self._coming.popleft().data
        if data:
            self._queue.extend(self._chunks.take(Arrival(self._now_s, data, since_s))[0])
