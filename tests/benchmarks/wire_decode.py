# SPDX-License-Identifier: MIT
"""Messages a second from the bytes of a serial line to samples on the axis.

Run from the top of the checkout: `python -m tests.benchmarks.wire_decode`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.benchmarks.timing import interleaved_medians_s, machine
from tests.vectors import reference
from tests.vectors.cases import HELLO, INVERTED
from upturn.wire.decode import decode
from upturn.wire.framing import Deframer
from upturn.wire.node_stream import NodeStream

GOAL_PER_S = 20_000
MESSAGES = 500
CHUNK_BYTES = 4096
"""What a read gives at most; a live link gives less at a time, and has more time for it."""

FIND = "found and checked"
DECODE = "and decoded"
STREAM = "and placed as samples"


@dataclass(frozen=True)
class Speed:
    name: str
    messages_per_s: int
    samples_per_s: int
    bytes_each: int
    goal: int | None

    @property
    def met(self) -> bool:
        return self.goal is None or self.messages_per_s >= self.goal


def measure(repeats: int) -> list[Speed]:
    speeds = []
    for samples in (1, 15):
        line = _line(samples)
        seconds = interleaved_medians_s(_contenders(line, samples), repeats)
        for name, s in seconds.items():
            per_s = round(MESSAGES / s)
            goal = GOAL_PER_S if name == STREAM and samples == 1 else None
            title = f"{samples} samples with rates, {name}"
            speeds.append(Speed(title, per_s, samples * per_s, len(line) // MESSAGES, goal))
    return speeds


def _contenders(line: bytes, samples: int) -> dict[str, Callable[[], object]]:
    return {
        FIND: partial(_found, line),
        DECODE: lambda: [decode(message) for message in _found(line)],
        STREAM: partial(_streamed, line, samples),
    }


def _found(line: bytes) -> list[bytes]:
    deframer = Deframer()
    chunks = (line[at : at + CHUNK_BYTES] for at in range(0, len(line), CHUNK_BYTES))
    return [message for chunk in chunks for message in deframer.feed(chunk)]


def _streamed(line: bytes, samples: int) -> None:
    stream = NodeStream()
    stream.feed(_wrapped("HELLO", HELLO), 0.0)
    byte_s = 0.02 * MESSAGES * samples / len(line)
    for at in range(0, len(line), CHUNK_BYTES):
        stream.feed(line[at : at + CHUNK_BYTES], at * byte_s)
    assert stream.counts.messages == MESSAGES + 1
    assert stream.counts.samples == MESSAGES * samples
    assert stream.counts.restarts == stream.counts.lost == 0


def _line(samples: int) -> bytes:
    """As a node writes it, `samples` to a message at 50 Hz."""
    readings = [[20 * (k > 0), *INVERTED["readings"][0][1:]] for k in range(samples)]
    return b"".join(
        _wrapped(
            "MEASUREMENT",
            INVERTED
            | {"readings": readings, "seq": k * samples % 65536, "t_ms": 20 * k * samples},
        )
        for k in range(MESSAGES)
    )


def _wrapped(kind: str, fields: dict[str, Any]) -> bytes:
    return reference.line(b"".join(reference.message(kind, fields)), from_host=False)


def main() -> None:
    print(machine())
    for speed in measure(7):
        goal = "" if speed.goal is None else f"  (goal {speed.goal:,}: {_verdict(speed)})"
        print(
            f"  {speed.name:<48} {speed.messages_per_s:>8,} messages/s, "
            f"{speed.samples_per_s:>8,} samples/s, {speed.bytes_each} bytes each{goal}"
        )


def _verdict(speed: Speed) -> str:
    return "met" if speed.met else "MISSED"


if __name__ == "__main__":
    main()
