# SPDX-License-Identifier: MIT
"""The serial line of a node: who is streamed to, and what it survives."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from tests.firmware import mpy

SETUP = """
from app_bench import Bench, kinds, v
bench = Bench()
node = bench.boot()
"""

MEASUREMENT, HELLO, STATUS, GOODBYE, ANSWER = 1, 3, 4, 5, 9


def told(bits: int, code: str, flash: Path) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code, cwd=flash))


def test_without_a_host_there_is_hello_and_then_silence(bits: int, tmp_path: Path) -> None:
    code = "bench.pass_ms(10000)\nprint([kinds(bench.messages()), node.link.dropped])"
    assert told(bits, code, tmp_path) == [{HELLO: 1}, 0]


def test_a_host_is_streamed_to_for_five_seconds_after_it_spoke(bits: int, tmp_path: Path) -> None:
    code = """
bench.pass_ms(1000)
bench.messages()
bench.send(v.HEARTBEAT, b"\\x00\\x00")
counts = []
for _ in range(6):
    bench.pass_ms(1000)
    counts.append(kinds(bench.messages()))
bench.send(v.READ_INFO)
bench.pass_ms(1000)
counts.append(kinds(bench.messages()))
print(counts)
"""
    first, *middle, last, silence, again = told(bits, code, tmp_path)
    second = {MEASUREMENT: 50, STATUS: 1}
    assert (first, middle) == ({**second, ANSWER: 1}, [second] * 3)
    assert 45 <= last[MEASUREMENT] <= 50  # by the tenth of a second
    assert (silence, again) == ({}, {**second, HELLO: 1, ANSWER: 1})


def test_noise_on_the_line_is_no_host(bits: int, tmp_path: Path) -> None:
    code = """
bench.hardware.stdin.waiting.extend(bytes(range(256)) * 3)
bench.pass_ms(1000)
print([kinds(bench.messages()), node.link.wanted, node.link.bad_frames > 0])
"""
    assert told(bits, code, tmp_path) == [{HELLO: 1}, False, True]


def test_a_babbling_line_does_not_hold_up_the_samples(bits: int, tmp_path: Path) -> None:
    code = """
bench.hardware.stdin.waiting.extend(b"x" * 5000)
before = len(bench.hardware.stdin.waiting)
node.receive()
print(before - len(bench.hardware.stdin.waiting))
"""
    assert told(bits, code, tmp_path) == 512


def test_what_the_line_does_not_take_is_dropped_and_counted_and_the_seq_goes_on(
    bits: int, tmp_path: Path
) -> None:
    code = """
def seqs():
    return [told[2] | told[3] << 8 for told in bench.messages() if told[0] & 15 == 1]
bench.pass_ms(1000, heartbeat=True)
last = seqs()[-1]
bench.hardware.stdout.taken = False
bench.pass_ms(200)
dropped = node.link.dropped
bench.hardware.stdout.taken = True
bench.pass_ms(200)
after = seqs()
print([dropped, after[0] - last, len(after)])
"""
    dropped, gap, after = told(bits, code, tmp_path)
    assert dropped in (10, 11)
    assert (gap, after) == (11, 10)


def test_what_happened_meanwhile_is_told_by_the_message_that_gets_through(
    bits: int, tmp_path: Path
) -> None:
    code = """
def newest():
    told = [told for told in bench.messages() if told[0] & 15 == 1]
    return [(t[13] | t[14] << 8, (t[8] | t[9] << 8) & 0x0200) for t in told]
bench.pass_ms(1000, heartbeat=True)
newest()
bench.hardware.stdout.taken = False
bench.model.set_force(0, 3000, 0)
bench.pass_ms(40)
bench.angle(-90)
bench.pass_ms(40)
node.pace.overruns += 1
bench.pass_ms(40)
bench.hardware.stdout.taken = True
bench.pass_ms(60)
told = newest()
print([told[0][0] > 2800, told[0][1], told[1][0] < 1100, told[1][1]])
"""
    assert told(bits, code, tmp_path) == [True, 0x0200, True, 0]


def test_a_line_that_breaks_stops_nothing(bits: int, tmp_path: Path) -> None:
    code = """
def broken(*args):
    raise OSError(5)
bench.pass_ms(500, heartbeat=True)
bench.hardware.stdout.write = broken
bench.hardware.stdin.readinto = broken
bench.hardware.stdin.waiting.extend(b"x")
bench.pass_ms(500)
print([node.link.dropped > 20, node.faults.current, node.stream.seq])
"""
    assert told(bits, code, tmp_path) == [True, 0, 50]


def test_reading_stops_at_the_end_of_the_line(bits: int, tmp_path: Path) -> None:
    code = """
bench.hardware.stdin.readinto = lambda buf: 0
bench.hardware.stdin.waiting.extend(b"x")
node.receive()
print(len(bench.hardware.stdin.waiting))
"""
    assert told(bits, code, tmp_path) == 1


def test_status_goes_out_at_once_when_the_fault_changes(bits: int, tmp_path: Path) -> None:
    code = """
bench.pass_ms(2000, heartbeat=True)
bench.pass_ms(50)
bench.messages()
bench.model.absent = True
bench.pass_ms(300)
statuses = [s for s in bench.messages() if s[0] & 15 == 4]
print([s[5] for s in statuses])
"""
    assert told(bits, code, tmp_path) == [2]
