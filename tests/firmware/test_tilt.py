# SPDX-License-Identifier: MIT
"""The node's estimator against the host's: simulated sessions, the same readings in wire units.

Measured from five seconds after the start, seed 1 (mpu6050 and lis3dh in every script at 50 Hz,
both and mpu6886 and adxl345 in eight scripts at 100 and 200 Hz): 0.003 to 0.023 degrees rms and
0.05 at most, apart from two scripts. A sensor that fell off tumbles faster than its filters
follow: 0.03 rms, 0.2 at most. With a wrong scale gravity is all but shut out, and the last digit
of the gyro's bias is seen: 0.26 rms, 0.4 at most.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest

from tests.firmware import mpy
from upturn.core.mounting import ASSUMED, Mounting
from upturn.core.sample import Sample, StreamInfo
from upturn.core.tilt import Block, Reading, Tilt
from upturn.transports.sim import simulate

G_UNITS, RATE_UNITS, Q14 = 2048, 32, 16384
SETTLED_S = 5.0


class Session(NamedTuple):
    mounting: Mounting
    has_gyro: bool
    t_ms: list[int]
    readings: list[tuple[int, ...]]


class Ignorant:
    """A judge that never wants to be asked."""

    due_s = math.inf
    low_deg = -math.inf
    motion_matters = False

    def on_sample(self, reading: Reading) -> None: ...

    def on_block(self, block: Block) -> None: ...


def session(script: str, chip: str, rate_hz: float, seed: int) -> Session:
    """What a node would have read, cut to whole wire units and milliseconds."""
    sim = simulate(script, seed=seed, chip=chip, rate_hz=rate_hz, calibration="three-pose")
    t_ms, readings = [], []
    for sample in sim.samples:
        t_ms.append(round(sample.t_s * 1000.0))
        units = [round(x * G_UNITS) for x in sample[1:4]]
        units += [round(x * RATE_UNITS) for x in sample[4:7]]
        readings.append(tuple(max(-32768, min(32767, x)) for x in units))
    mounting = quantised(sim.info.mounting or ASSUMED)
    return Session(mounting, sim.info.has_gyro, t_ms, readings)


def quantised(mounting: Mounting) -> Mounting:
    def cut(row: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = (round(value * Q14) / Q14 for value in row)
        return x, y, z

    return Mounting(
        cut(mounting.head),
        cut(mounting.front),
        cut(mounting.hinge),
        round(mounting.head_offset_g * Q14) / Q14,
        round(mounting.front_offset_g * Q14) / Q14,
    )


def by_host(run: Session) -> list[float]:
    tilt = Tilt(StreamInfo(has_gyro=run.has_gyro, mounting=run.mounting), [])
    judge = Ignorant()
    angles = []
    for t_ms, (ax, ay, az, gx, gy, gz) in zip(run.t_ms, run.readings, strict=True):
        force = (ax / G_UNITS, ay / G_UNITS, az / G_UNITS)
        rate = (gx / RATE_UNITS, gy / RATE_UNITS, gz / RATE_UNITS)
        tilt.feed([Sample(t_ms / 1000.0, *force, *rate)], judge)
        angles.append(tilt.theta_deg)
    return angles


def by_node(bits: int, run: Session) -> list[float]:
    mounting = run.mounting
    rows = [*mounting.head, *mounting.front, *mounting.hinge]
    offsets = [mounting.head_offset_g, mounting.front_offset_g]
    first = [int(run.has_gyro), *(round(x * Q14) for x in [*rows, *offsets])]
    lines = [" ".join(map(str, first))]
    before_ms = run.t_ms[0]
    for t_ms, reading in zip(run.t_ms, run.readings, strict=True):
        lines.append(" ".join(map(str, (t_ms - before_ms, *reading))))
        before_ms = t_ms
    text = mpy.run(bits, "tilt_angles.py", stdin="\n".join(lines).encode())
    return [int(line) / 100.0 for line in text.split()]


def differences(run: Session, node: list[float], host: list[float]) -> list[float]:
    """Of every sample after the filters have settled."""
    from_ms = run.t_ms[0] + SETTLED_S * 1000.0
    return [
        abs((n - h + 180.0) % 360.0 - 180.0)
        for t_ms, n, h in zip(run.t_ms, node, host, strict=True)
        if t_ms >= from_ms
    ]


def rms(values: list[float]) -> float:
    return math.sqrt(sum(x * x for x in values) / len(values))


@pytest.mark.parametrize(
    ("script", "chip", "rate_hz"),
    [
        ("two-inversions", "mpu6050", 50.0),
        ("over-rotated", "mpu6050", 100.0),
        ("past-180", "mpu6886", 200.0),
        ("rocking", "mpu6500", 100.0),
        ("fast-tilt", "mpu6050", 50.0),
        ("fall", "mpu6050", 50.0),
        ("signal-loss", "mpu6886", 50.0),
        ("normal", "lis3dh", 50.0),
        ("fast-tilt", "lis3dh", 200.0),
        ("past-180", "adxl345", 100.0),
    ],
)
def test_the_node_finds_the_angle_that_the_host_finds(
    bits: int, script: str, chip: str, rate_hz: float
) -> None:
    run = session(script, chip, rate_hz, seed=1)
    apart = differences(run, by_node(bits, run), by_host(run))
    assert rms(apart) < 0.03
    assert max(apart) < 0.1


@pytest.mark.parametrize("script", ["sensor-detached", "sensor-bad-scale"])
def test_nor_does_a_sensor_out_of_order_lead_them_far_apart(bits: int, script: str) -> None:
    run = session(script, "mpu6050", 50.0, seed=1)
    assert max(differences(run, by_node(bits, run), by_host(run))) < 0.5


def test_both_word_sizes_give_the_same_angles(micropython: int) -> None:
    mpy.need(32)
    run = session("over-rotated", "mpu6050", 100.0, seed=2)
    assert by_node(32, run) == by_node(micropython, run)


def still(angle_deg: float, has_gyro: bool, n: int, step_ms: int = 20) -> Session:
    force = (-math.sin(math.radians(angle_deg)), math.cos(math.radians(angle_deg)))
    reading = (0, round(force[0] * G_UNITS), round(force[1] * G_UNITS), 0, 0, 0)
    return Session(ASSUMED, has_gyro, [k * step_ms for k in range(n)], [reading] * n)


@pytest.mark.parametrize("has_gyro", [True, False])
def test_the_first_reading_has_the_angle_all_around(bits: int, has_gyro: bool) -> None:
    for angle_deg in range(-179, 181, 7):
        assert by_node(bits, still(angle_deg, has_gyro, 1)) == [
            pytest.approx(angle_deg, abs=0.04)  # a wire unit of force
        ]


@pytest.mark.parametrize("has_gyro", [True, False])
def test_after_a_gap_of_over_a_second_the_angle_starts_afresh(bits: int, has_gyro: bool) -> None:
    before, after = still(-80.0, has_gyro, 50), still(50.0, has_gyro, 1)
    for gap_ms, afresh in ((1000, False), (1001, True)):
        run = before._replace(
            t_ms=[*before.t_ms, before.t_ms[-1] + gap_ms],
            readings=[*before.readings, *after.readings],
        )
        node, host = by_node(bits, run)[-1], by_host(run)[-1]
        assert node == pytest.approx(host, abs=0.5)
        assert (abs(node - 50.0) < 0.05) is afresh


def test_a_bias_of_the_gyro_does_not_turn_a_table_at_rest(bits: int) -> None:
    run = still(-80.0, True, 1500)
    run = run._replace(readings=[(*r[:3], 600, 0, 0) for r in run.readings])
    assert by_node(bits, run)[-1] == pytest.approx(-80.0, abs=0.05)
