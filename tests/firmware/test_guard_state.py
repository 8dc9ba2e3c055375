# SPDX-License-Identifier: MIT
"""What the guard keeps over a reset, and that nothing damaged is taken for it."""

from __future__ import annotations

from tests.firmware import mpy

BUSY = """
from upturn_node.alarms import ANGLE
from upturn_node.guard import MEMORY_BYTES, Guard
def state(guard):
    exposure, no_return, alarms = guard.exposure, guard.no_return, guard.alarms
    return (guard.posture.state, guard.host_priority, guard.alone, guard.host_paused, guard.seen,
            guard.silent_ms, guard.gap_ms, exposure.open, exposure.epoch, exposure.inversions,
            exposure.exposure_ms, exposure.inversion_ms, exposure.inverted_ms, exposure.rest_ms,
            no_return.over, no_return.raised, no_return.over_ms, no_return.progress_ms,
            no_return.lowest_cdeg, alarms.active & ~ANGLE, alarms.conditions & ~ANGLE,
            alarms.acknowledged & ~ANGLE, alarms.pause_ms)
guard = Guard(201)
guard.set_limits(45000, 60000, 90000, 6000)
guard.host(2, True)
for _ in range(4000):
    guard.sample(20, 17000)
guard.sample(20, -18000 + 1)
guard.call()
guard.acknowledge()
guard.idle(700)
memory = bytearray(MEMORY_BYTES + 4)
guard.save(memory)
"""


def test_all_comes_back_but_what_a_few_samples_bring_back(bits: int) -> None:
    code = """
other = Guard(5)
other.set_limits(45000, 60000, 90000, 6000)
print(other.restore(memory, 0), state(other) == state(guard), MEMORY_BYTES <= 64)
print(guard.exposure.inverted_ms, guard.no_return.lowest_cdeg, guard.alarms.active)
"""
    lines = mpy.run(bits, BUSY + code).splitlines()
    assert lines == ["True True True", "80700 17000 63"]


def test_any_damage_is_refused_and_changes_nothing(bits: int) -> None:
    code = """
other = Guard(5)
fresh = state(other)
taken = 0
for at in range(MEMORY_BYTES):
    for bit in range(8):
        memory[at] ^= 1 << bit
        taken += other.restore(memory, 0)
        memory[at] ^= 1 << bit
for blank in (0, 0xFF):
    taken += other.restore(bytearray([blank] * MEMORY_BYTES), 0)
taken += other.restore(memory[:MEMORY_BYTES - 1], 0) + other.restore(bytearray(), 0)
print(taken, state(other) == fresh)
"""
    assert mpy.run(bits, BUSY + code) == "0 True\n"
