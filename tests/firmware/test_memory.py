# SPDX-License-Identifier: MIT
"""What outlives a reset, and what is not believed after one."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
from upturn_node.memory import Memory

class Rtc:
    data = b""
    def memory(self, data=None):
        if data is None:
            return self.data
        self.data = bytes(data)

class Guard:
    state = b""
    restored = None
    def save(self, buffer):
        buffer[:len(self.state)] = self.state
    def restore(self, buffer, gap_ms):
        self.restored = (bytes(buffer[:5]), gap_ms)
        return True

class Now:
    ms = 1_790_000_000_000
    def __call__(self):
        return self.ms

now = Now()
rtc = Rtc()
guard = Guard()
guard.state = b"count"

def start():
    memory = Memory(rtc, now)
    return memory.recall(), memory

def restored(memory):
    guard.restored = None
    return memory.restore(guard), guard.restored
"""


def told(bits: int, code: str) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code))


def test_after_power_on_there_is_nothing(bits: int) -> None:
    assert told(bits, "known, memory = start()\nprint([known, restored(memory)])") == [
        False,
        (False, None),
    ]


@pytest.mark.parametrize(
    ("passed_ms", "gap_ms"),
    [
        (0, 0),
        (1234, 1234),
        (600_000, 600_000),
        (-1, 5000),  # somebody set the clock back
        (-3_600_000, 5000),
        (600_001, None),  # another session
        (86_400_000, None),
    ],
)
def test_the_guard_gets_its_state_back_with_its_age(
    bits: int, passed_ms: int, gap_ms: int | None
) -> None:
    code = f"""
_, memory = start()
memory.keep(guard)
now.ms += {passed_ms}
known, memory = start()
print([known, restored(memory)])
"""
    expect = (False, None) if gap_ms is None else (True, (b"count", gap_ms))
    assert told(bits, code) == [True, expect]


def test_marks_and_counts_are_told_to_the_next_run_only(bits: int) -> None:
    code = """
runs = []
def note(memory):
    runs.append((memory.boots, memory.crashes, memory.program, memory.maintenance))
_, memory = start()
memory.boots = 300
memory.keep(guard)
memory.mark(crashed=True)
_, memory = start()
note(memory)
memory.mark(maintenance=True)
_, memory = start()
note(memory)
memory.clear_marks()
_, memory = start()
note(memory)
print(runs)
"""
    assert told(bits, code) == [
        (300, 1, True, False),
        (300, 1, True, True),
        (300, 1, False, False),
    ]


def test_a_mark_does_not_make_the_state_younger(bits: int) -> None:
    code = """
_, memory = start()
memory.keep(guard)
now.ms += 700
memory.mark(crashed=True)
now.ms += 800
_, memory = start()
memory.clear_marks()
now.ms += 500
_, memory = start()
print(restored(memory))
"""
    assert told(bits, code) == (True, (b"count", 2000))


def test_no_single_wrong_byte_is_believed(bits: int) -> None:
    code = """
_, memory = start()
memory.keep(guard)
good = rtc.data
believed = []
for at in range(len(good)):
    for flip in (0x01, 0x80, 0xFF):
        bad = bytearray(good)
        bad[at] ^= flip
        rtc.data = bytes(bad)
        if start()[0]:
            believed.append(at)
for length in range(len(good)):
    rtc.data = good[:length]
    if start()[0]:
        believed.append(length)
print(believed)
"""
    assert told(bits, code) == []


def test_what_another_format_left_is_not_read(bits: int) -> None:
    code = """
from upturn_node.crc24 import seal
_, memory = start()
memory.keep(guard)
other = bytearray(rtc.data)
other[0] += 1
seal(other, len(other) - 3)
rtc.data = bytes(other)
print(start()[0])
"""
    assert told(bits, code) is False
