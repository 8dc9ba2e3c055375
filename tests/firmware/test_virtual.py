# SPDX-License-Identifier: MIT
"""The unmodified firmware over hours of virtual time: nothing leaks, drifts or overflows.

Both tick counts wrap on the way: `ticks_ms` once, 100 s after the start, and on 32 bits `ticks_us`
every 18 minutes. Time passes only where the program waits, so that no sample can be late.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.firmware import virtual
from upturn.wire.decode import decode
from upturn.wire.framing import Deframer
from upturn.wire.messages import Measurement, Status

CYCLE_S = 200
AWAY_S = 20
SWING_MS = 2000
INVERTED_S = AWAY_S - 1.583 + 0.583
"""Between the borders of 15 degrees, on the way from -80 to 40, and 5, on the way back."""
LEAK_BYTES = 2048
"""What the free heap may vary by between collections that come at different moments."""


@dataclass
class Heard:
    measurements: list[Measurement]
    statuses: list[Status]
    bad: int


def hear(said: bytes) -> Heard:
    deframer = Deframer()
    messages = [decode(message) for message in deframer.feed(said)]
    return Heard(
        [m for m in messages if isinstance(m, Measurement)],
        [m for m in messages if isinstance(m, Status)],
        deframer.bad,
    )


def swings(seconds: int) -> list[tuple[int, str]]:
    """Head-down for a while in every cycle."""
    script = []
    for start_s in range(60, seconds, CYCLE_S):
        script.append((1000 * start_s, f"go 40 {SWING_MS}"))
        script.append((1000 * (start_s + AWAY_S), f"go -80 {SWING_MS}"))
    return script


@pytest.mark.parametrize(
    ("bits", "seconds"),
    [(32, 400), (64, 400), pytest.param(32, 4000, marks=pytest.mark.soak)],
    indirect=["bits"],
)
def test_the_heap_is_flat_and_no_sample_is_late(tmp_path: Path, bits: int, seconds: int) -> None:
    past = virtual.run(
        tmp_path,
        bits=bits,
        seconds=seconds,
        rate_hz=100,
        script=swings(seconds),
        step_ms=10,
        heap_every_s=50,
        heapsize=f"{8 * bits}k",
    )
    free = [entry.value for entry in past.entries("heap")][1:]
    assert len(free) >= seconds // 50 - 1
    assert max(free) - min(free) <= LEAK_BYTES

    heard = hear(past.said)
    assert heard.bad == 0
    last = heard.statuses[-1]
    assert (last.fault, last.overruns, last.skipped, last.bus_errors) == (0, 0, 0, 0)
    assert (last.bad_frames, last.dropped) == (0, 0)

    steps = [(b.seq - a.seq) % 65536 - len(a.readings) for a, b in pairwise(heard.measurements)]
    assert set(steps) == {0}
    steady = heard.measurements[100:]
    assert {len(m.readings) for m in steady} == {2}
    assert {m.readings[1][0] for m in steady} == {10}
    assert {b.t_ms - a.t_ms for a, b in pairwise(steady)} == {20}

    counters = heard.measurements[-1].counters
    assert counters.inversions == seconds // CYCLE_S
    assert counters.inverted_s == pytest.approx(counters.inversions * INVERTED_S, rel=0.01)
    assert counters.exposure_s == 0
