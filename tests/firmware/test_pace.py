# SPDX-License-Identifier: MIT
"""When samples are due, and node time, over the wrap of the ticks."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
from time import ticks_add, ticks_diff
from upturn_node.clock import Clock, Stopwatch
from upturn_node.pace import Pace

PERIOD = ticks_add(0, -1) + 1  # of the ticks: 2**30 on 32 bits
now = 0

def ticks_ms():
    return now

def pass_ms(ms):
    global now
    now = ticks_add(now, ms)
"""


def told(bits: int, code: str) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code))


@pytest.mark.parametrize(
    ("work_ms", "waits", "overruns", "skipped"),
    [
        ([0, 0, 0], [20, 20, 20], 0, 0),
        ([5, 1, 12], [15, 19, 8], 0, 0),
        ([20, 0], [0, 20], 0, 0),
        ([25, 0], [0, 15], 0, 0),  # late, and on time again
        ([39, 0], [0, 1], 0, 0),
        ([40, 0], [0, 20], 1, 1),  # late by a whole interval: that sample is left out
        ([59, 0], [0, 1], 1, 1),
        ([100, 0, 0], [0, 20, 20], 1, 4),
        ([45, 45], [0, 0], 2, 2),
    ],
)
def test_deadlines_are_absolute_and_nothing_is_made_good_in_a_bunch(
    bits: int, work_ms: list[int], waits: list[int], overruns: int, skipped: int
) -> None:
    code = f"""
now = ticks_add(PERIOD - 1, -30)  # the wrap of the ticks is near
pace = Pace(ticks_ms, ticks_add, ticks_diff)
pace.start(20)
waits = []
for work_ms in {work_ms}:
    pass_ms(work_ms)
    waits.append(pace.wait_ms())
    pass_ms(waits[-1])
print([waits, pace.overruns, pace.skipped])
"""
    assert told(bits, code) == [waits, overruns, skipped]


@pytest.mark.parametrize(
    ("work_ms", "turns", "overruns"),
    [
        ([2, 0, 0, 0, 2], ["3p", "5p", "5p", "5s", "3p"], 0),
        ([0, 1, 4, 0, 0], ["5p", "4p", "1p", "5s", "5p"], 0),
        ([0, 7, 0, 0], ["5p", "3p", "5s", "5p"], 0),  # one is left out
        ([16, 0], ["4s", "5p"], 0),
        ([0, 30, 0], ["5p", "0s", "5s"], 0),  # late, and on time again
        ([0, 54, 0, 0], ["5p", "0s", "0s", "1s"], 0),
        ([0, 55, 0, 0], ["5p", "0s", "0s", "5p"], 1),  # the next is late by a whole interval
        ([45, 0], ["0s", "5p"], 1),
    ],
)
def test_polls_lie_between_samples_and_only_samples_are_overrun(
    bits: int, work_ms: list[int], turns: list[str], overruns: int
) -> None:
    """What each wait was, and whether it led to a poll or a sample."""
    code = f"""
now = ticks_add(PERIOD - 1, -30)
pace = Pace(ticks_ms, ticks_add, ticks_diff)
pace.poll_ms = 5
pace.start(20)
turns = []
for work_ms in {work_ms}:
    pass_ms(work_ms)
    wait_ms = pace.wait_ms()
    turns.append(str(wait_ms) + ("s" if pace.sample_due else "p"))
    pass_ms(wait_ms)
print([turns, pace.overruns])
"""
    assert told(bits, code) == [turns, overruns]


@pytest.mark.parametrize(("period_ms", "polls"), [(20, 3), (10, 1), (5, 0)])
def test_an_hour_of_polls_does_not_move_the_rate(bits: int, period_ms: int, polls: int) -> None:
    code = f"""
pace = Pace(ticks_ms, ticks_add, ticks_diff)
pace.poll_ms = 5
pace.start({period_ms})
turns = [0, 0]
total_ms = 0
while total_ms < 600_000:
    work_ms = turns[0] % 3
    pass_ms(work_ms)
    wait_ms = pace.wait_ms()
    pass_ms(wait_ms)
    turns[pace.sample_due] += 1
    total_ms += work_ms + wait_ms
print([turns, pace.overruns])
"""
    samples = 600_000 // period_ms
    assert told(bits, code) == [[samples * polls, samples], 0]


def test_an_hour_of_uneven_work_does_not_move_the_rate(bits: int) -> None:
    code = """
pace = Pace(ticks_ms, ticks_add, ticks_diff)
pace.start(5)
total = 0
for k in range(720_000):
    work_ms = k % 5
    pass_ms(work_ms)
    wait_ms = pace.wait_ms()
    pass_ms(wait_ms)
    total += work_ms + wait_ms
print([total, pace.overruns, pace.skipped])
"""
    assert told(bits, code) == [3_600_000, 0, 0]


@pytest.mark.parametrize(
    ("every", "late"),
    # one sample in `every` takes two intervals and costs one: 250 are due in 5 s
    [(6, False), (5, False), (4, True), (2, True)],
)
def test_more_than_a_fifth_missed_is_late(bits: int, every: int, late: bool) -> None:
    code = f"""
pace = Pace(ticks_ms, ticks_add, ticks_diff)
pace.start(20)
for k in range(600):
    pass_ms(40 if k % {every - 1} == 0 else 0)
    pass_ms(pace.wait_ms())
print(pace.late)
"""
    assert told(bits, code) is late


def test_lateness_is_over_five_good_seconds_later(bits: int) -> None:
    code = """
pace = Pace(ticks_ms, ticks_add, ticks_diff)
pace.start(20)
while not pace.late:
    pass_ms(45)
    pass_ms(pace.wait_ms())
good = 0
while pace.late:
    pass_ms(pace.wait_ms())
    good += 1
print(good)
"""
    assert told(bits, code) == 250


def test_node_time_runs_on_over_wraps_of_the_ticks_and_of_its_own(bits: int) -> None:
    code = """
now = ticks_add(PERIOD - 1, -5)
clock = Clock(ticks_ms, ticks_diff)
seen = [clock.t_ms()]
for step_ms in (3, 10, 0, 65536, 1 << 28, 1 << 28):
    pass_ms(step_ms)
    seen.append((clock.advance(), clock.t_ms()))
clock.t_hi, clock.t_lo = 0xFFFF, 0xFFF0
pass_ms(20)
seen.append((clock.advance(), clock.t_ms()))
print(seen)
"""
    assert told(bits, code) == [
        0,
        (3, 3),
        (10, 13),
        (0, 13),
        (65_536, 65_549),
        (1 << 28, 65_549 + (1 << 28)),
        (1 << 28, 65_549 + (1 << 29)),
        (20, 4),
    ]


def test_a_stopwatch_tells_each_lap(bits: int) -> None:
    code = """
now = ticks_add(PERIOD - 1, -5)
watch = Stopwatch(ticks_ms, ticks_diff)
laps = []
for step_ms in (0, 7, 20):
    pass_ms(step_ms)
    laps.append(watch.lap())
print(laps)
"""
    assert told(bits, code) == [0, 7, 20]
