# SPDX-License-Identifier: MIT
"""From the sensor's registers to messages: the life of the sensor, and a hot path without heap."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
from app_bench import Bench, kinds, v
bench = Bench()
"""
BOOT = """
node = bench.boot()
bench.pass_ms(1000, heartbeat=True)
"""


def told(bits: int, code: str, flash: Path, boot: bool = True) -> Any:
    out = mpy.run(bits, SETUP + (BOOT if boot else "") + code, cwd=flash)
    return ast.literal_eval(out.splitlines()[-1])


@pytest.mark.parametrize("rate_hz", [50, 100, 200])
@pytest.mark.parametrize("sensor", ["MPU6886", "LIS3DH"])
def test_a_sample_costs_no_heap(bits: int, sensor: str, rate_hz: int, tmp_path: Path) -> None:
    out = mpy.run(bits, "app_heap.py", sensor, rate_hz, cwd=tmp_path)
    assert ast.literal_eval(out) == [0, 0, 0]


def test_a_node_without_a_sensor_says_so_and_finds_it_later(bits: int, tmp_path: Path) -> None:
    code = """
bench.model.absent = True
node = bench.boot()
bench.pass_ms(3000, heartbeat=True)
seen = [(node.faults.current, kinds(bench.messages()).get(1, 0), node.stream.seq)]
bench.model.absent = False
bench.pass_ms(3000, heartbeat=True)
told = bench.messages()
hello = [t for t in told if t[0] & 15 == 3][-1]
seen.append((node.faults.current, kinds(told).get(1, 0) > 40, hello[23], b"MPU6886" in hello))
print(seen)
"""
    assert told(bits, code, tmp_path, boot=False) == [(1, 0, 0), (0, True, 0, True)]


def test_its_code_is_beeped_while_nobody_is_inverted(bits: int, tmp_path: Path) -> None:
    code = """
bench.model.absent = True
node = bench.boot()
starts = []
for _ in range(4):
    before = bench.hardware.buzzer.starts
    bench.pass_ms(10_000)
    starts.append(bench.hardware.buzzer.starts - before)
print(starts)
"""
    assert told(bits, code, tmp_path, boot=False) == [1, 1, 1, 1]


def test_one_missing_acknowledge_is_counted_and_is_no_fault(bits: int, tmp_path: Path) -> None:
    code = """
bench.bus.nacks = 1
bench.pass_ms(500)
print([node.faults.current, node.sensing.bus_errors, node.sensing.trusted])
"""
    assert told(bits, code, tmp_path) == [0, 1, True]


def test_a_sensor_without_a_fifo_is_polled_between_samples(bits: int, tmp_path: Path) -> None:
    code = """
bench = Bench("LIS3DH")
node = bench.boot()
told = []
for rate in (50, 100, 200):
    bench.ask(v.SET_RATE, bytes((rate, 0)))
    driver, read = node.sensing.driver, node.sensing.driver.read
    counts = []
    def counted(out):
        counts.append(read(out))
        return counts[-1]
    driver.read = counted
    bench.pass_ms(1000, heartbeat=True)
    driver.read = read
    told.append((len(counts), sorted(set(counts[5:])), node.pace.overruns))
bench.ask(v.SET_RATE, bytes((50, 0)))
bench.bus.nacks = 3
bench.pass_ms(500)
told.append((node.faults.current, node.sensing.bus_errors, node.sensing.trusted))
bench.model.absent = True
bench.pass_ms(3000)
told.append(node.faults.current)
bench.model.absent = False
bench.pass_ms(2500)
print(told + [(node.faults.current, node.sensing.trusted)])
"""
    *counts, after, gone, back = told(bits, code, tmp_path, boot=False)
    assert [samples for samples, *_ in counts] == pytest.approx([50, 100, 200], abs=1)
    assert [tuple(rest) for _, *rest in counts] == [([4], 0), ([2], 0), ([1], 0)]
    assert (after, gone, back) == ((0, 3, True), 2, (0, True))


@pytest.mark.parametrize("for_ms", [400, 1500, 5000])
def test_a_sensor_that_stops_answering_is_a_fault_until_it_is_back(
    bits: int, for_ms: int, tmp_path: Path
) -> None:
    code = f"""
bench.model.absent = True
bench.pass_ms({for_ms}, heartbeat=True)
gone = (node.faults.current, node.sensing.trusted)
if {for_ms} > 1000:
    bench.model.power_on()
bench.model.absent = False
bench.pass_ms(2500, heartbeat=True)
print([gone, (node.faults.current, node.sensing.trusted), round(node.tilt.angle_cdeg / 100)])
"""
    assert told(bits, code, tmp_path) == [(2, False), (0, True), -90]


def test_a_line_held_low_is_the_same(bits: int, tmp_path: Path) -> None:
    code = """
bench.bus.stuck = True
bench.pass_ms(3000)
gone = node.faults.current
bench.bus.stuck = False
bench.pass_ms(2500)
print([gone, node.faults.current])
"""
    assert told(bits, code, tmp_path) == [2, 0]


def test_readings_that_do_not_change_for_ten_seconds_are_not_believed(
    bits: int, tmp_path: Path
) -> None:
    code = """
def flagged():
    return [bool((s[8] | s[9] << 8) & 4) for s in bench.messages() if s[0] & 15 == 1][-1]
bench.model.frozen = True
seen = []
for seconds in (9, 2, 11):
    bench.pass_ms(seconds * 1000, heartbeat=True)
    seen.append((node.faults.current, node.sensing.trusted, flagged()))
bench.model.frozen = False
bench.pass_ms(1000, heartbeat=True)
seen.append((node.faults.current, node.sensing.trusted, flagged()))
print(seen)
"""
    assert told(bits, code, tmp_path) == [
        (0, True, False), (3, False, True), (3, False, True), (0, True, False),
    ]  # fmt: skip


def test_a_sensor_that_measures_no_more_is_set_up_again(bits: int, tmp_path: Path) -> None:
    code = """
bench.model.stalled = True
bench.pass_ms(2500)
seen = [node.faults.current]
bench.model.stalled = False
bench.pass_ms(500)
seen.append(node.faults.current)
print(seen)
"""
    assert told(bits, code, tmp_path) == [3, 0]


def test_a_brown_out_is_noticed_within_a_second_and_told_for_half_a_minute(
    bits: int, tmp_path: Path
) -> None:
    code = """
bench.model.power_on()
bench.pass_ms(1500, heartbeat=True)
seen = [(node.faults.current, node.sensing.trusted, round(node.tilt.angle_cdeg / 100))]
bench.pass_ms(27_000, heartbeat=True)
seen.append(node.faults.current)
bench.pass_ms(5_000, heartbeat=True)
seen.append(node.faults.current)
print(seen)
"""
    assert told(bits, code, tmp_path) == [(6, True, -90), 6, 0]


def test_a_failed_self_test_marks_readings_that_go_on(bits: int, tmp_path: Path) -> None:
    code = """
from upturn_node.drivers.sensor import Sensor
Sensor.self_test = lambda driver: False
node = bench.boot()
bench.pass_ms(2000, heartbeat=True)
flags = [s[8] | s[9] << 8 for s in bench.messages() if s[0] & 15 == 1]
print([node.faults.current, node.guard.posture.state, flags[-1] & 4])
"""
    assert told(bits, code, tmp_path, boot=False) == [4, 1, 4]


def test_the_self_test_is_left_out_while_somebody_is_inverted(bits: int, tmp_path: Path) -> None:
    code = """
from app_bench import Rtc
from upturn_node.drivers.sensor import Sensor
tests = []
Sensor.self_test = lambda driver: tests.append(1) or True
rtc = Rtc()
for deg in (-90, 60, 60):
    bench = Bench(rtc=rtc)
    bench.angle(deg)
    node = bench.boot()
    bench.pass_ms(3000)
print([len(tests), node.guard.inverted, node.guard.exposure.inversions])
"""
    assert told(bits, code, tmp_path, boot=False) == [2, True, 1]


def test_a_node_that_cannot_keep_its_rate_says_late(bits: int, tmp_path: Path) -> None:
    code = """
busy = node.sample
def slow():
    busy()
    bench.time.sleep_ms(45)
node.sample = slow
bench.pass_ms(8000, heartbeat=True)
seen = [node.faults.current]
node.sample = busy
bench.pass_ms(11_000, heartbeat=True)
seen.append(node.faults.current)
print(seen + [node.pace.overruns > 100, node.pace.skipped >= node.pace.overruns])
"""
    assert told(bits, code, tmp_path) == [7, 0, True, True]


def test_time_in_a_message_adds_up_over_wraps_and_gaps(bits: int, tmp_path: Path) -> None:
    """`t` of each message is that of the one before, and its steps, and what lies between."""
    code = """
bench.ask(v.SET_RATE, b"\\xc8\\x00")
node.clock.t_hi, node.clock.t_lo = 0xFFFF, 0xF800
bench.pass_ms(2000, heartbeat=True)
bench.messages()
bench.pass_ms(2000, heartbeat=True)
bench.time.sleep_ms(400)  # everything stood still
bench.pass_ms(1000, heartbeat=True)
told = []
for s in bench.messages():
    if s[0] & 15 == 1:
        seq, t, n = s[2] | s[3] << 8, s[4] | s[5] << 8 | s[6] << 16 | s[7] << 24, s[1] & 15
        told.append((seq, t, [s[39 + 13 * k] for k in range(n)]))
print(told)
"""
    messages = told(bits, code, tmp_path)
    gaps = []
    for (seq, t, steps), (next_seq, next_t, _) in itertools.pairwise(messages):
        assert next_seq == seq + len(steps)
        gaps.append((next_t - t - sum(steps)) & 0xFFFFFFFF)
    assert max(gaps) >= 400
    assert set(sorted(gaps)[:-1]) <= set(range(1, 12))
