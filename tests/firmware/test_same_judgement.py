# SPDX-License-Identifier: MIT
"""The node's posture, counters and limits against the host's monitor, on the same angles.

Angles are walks between all borders, with gaps; quarters of a degree are exact on both sides.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.firmware import mpy
from upturn.core.alarm_table import AlarmId
from upturn.core.events import Posture
from upturn.core.limits import DEVICES, STANDARD, DeviceKind
from upturn.core.monitor import Monitor
from upturn.core.sample import StreamInfo
from upturn.core.tilt import Reading

STEP_MS = 20
MINUTES = 20
POSTURES = list(Posture)
CONDITIONS = {
    0x01: AlarmId.TIME_LIMIT_NEAR,
    0x02: AlarmId.TIME_LIMIT,
    0x04: AlarmId.NO_RETURN,
    0x08: AlarmId.ANGLE_LIMIT,
    0x10: AlarmId.OVER_ROTATION,
}
BORDERS_DEG = (-135.0, -45.0, -35.0, 5.0, 15.0, 60.0, 63.0, 95.0, 100.0, 180.0, 225.0)


class Judgement(NamedTuple):
    posture: int
    conditions: int
    inversions: int
    inversion_ms: int
    inverted_ms: int
    exposure_ms: int
    rest_ms: int


def walk(seed: int) -> Iterator[tuple[int, int]]:
    """(time, angle in cdeg) of samples: holds and turns among the borders, and gaps."""
    rng = random.Random(seed)  # noqa: S311 - seeded, and no secret
    t_ms, angle = 0, -80.0
    while t_ms < MINUTES * 60_000:
        border = rng.choice(BORDERS_DEG)
        to = rng.choice((border, border - 0.25, border + 0.25, -80.0, 0.0, 50.0, 120.0))
        steps = rng.choice((1, 10, 24, 25, 26, 100, 500, 600, 2000, 4500))
        turning = rng.choice((1, steps))
        begin = angle
        for step in range(steps):
            share = min(1.0, (step + 1) / turning)
            angle = round((begin + (to - begin) * share) * 4.0) / 4.0
            yield t_ms, 18000 - round((180.0 - angle) % 360.0 * 100.0)
            t_ms += STEP_MS
        if rng.random() < 0.3:
            t_ms += STEP_MS * rng.choice((1, 2, 10, 49, 50, 51, 200, 600))
            angle = rng.choice((angle, -80.0, 0.0, 50.0, 120.0))


def by_host(samples: list[tuple[int, int]]) -> list[Judgement]:
    info = StreamInfo(nominal_s=STEP_MS / 1000.0, rate_hz=50.0)
    monitor = Monitor(info, STANDARD, DEVICES[DeviceKind.TABLE], [])
    judgements = []
    before_s = -float("inf")
    for t_ms, cdeg in samples:
        t_s, theta_deg = t_ms / 1000.0, cdeg / 100.0
        monitor.on_sample(
            Reading(t_s, before_s, theta_deg, 0.0, 1.0, (0.0, 0.0, 1.0), theta_deg, t_s, None)
        )
        before_s = t_s
        ledger = monitor.ledger
        inversion_s = ledger.inversion_s(t_s)
        judgements.append(
            Judgement(
                POSTURES.index(monitor.posture),
                sum(bit for bit, id in CONDITIONS.items() if monitor.alarms.is_on(id)),
                ledger.total.inversions,
                round(inversion_s * 1000.0),
                round((ledger.total.inverted_s + inversion_s) * 1000.0),
                round(ledger.exposure_s(t_s) * 1000.0),
                round(ledger.rest_s(t_s) * 1000.0),
            )
        )
    return judgements


def by_node(bits: int, samples: list[tuple[int, int]]) -> list[Judgement]:
    profile = (45_000, 60_000, 90_000, 6_000)
    lines = [" ".join(map(str, profile))]
    before_ms = -STEP_MS
    for t_ms, cdeg in samples:
        lines.append(f"{t_ms - before_ms} {cdeg}")
        before_ms = t_ms
    text = mpy.run(bits, "guard_walk.py", stdin="\n".join(lines).encode())
    judgements = []
    for line in text.splitlines():
        posture, conditions, *counters = (int(word) for word in line.split())
        judgements.append(Judgement(posture, conditions & sum(CONDITIONS), *counters))
    return judgements


@pytest.mark.parametrize("seed", range(3))
def test_the_node_judges_as_the_host_does(bits: int, seed: int) -> None:
    samples = list(walk(seed))
    host = by_host(samples)
    assert {judgement.posture for judgement in host} == set(range(len(POSTURES)))
    assert {bit for bit in CONDITIONS for j in host if j.conditions & bit} == set(CONDITIONS)
    node = by_node(bits, samples)
    differ = [
        (sample, *both)
        for sample, *both in zip(samples, node, host, strict=True)
        if both[0] != both[1]
    ]
    assert differ == []
