# SPDX-License-Identifier: MIT
"""The watchdog is fed while every task lives and samples come, or their lack is declared."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.firmware import mpy

SETUP = """
from upturn_node import watchdog as w

class Wdt:
    fed = 0
    def feed(self):
        self.fed += 1

wdt = Wdt()
dog = w.Watchdog()
everybody = (w.SAMPLER, w.SIGNALS, w.READER, w.SAMPLES)

def second(who):
    for one in who:
        dog.check_in(one)
    before = wdt.fed
    alive = dog.step(1000)
    return alive, wdt.fed - before
"""


def told(bits: int, code: str) -> Any:
    return ast.literal_eval(mpy.run(bits, SETUP + code))


def test_it_is_fed_while_all_check_in(bits: int) -> None:
    code = "dog.arm(wdt)\nprint([second(everybody) for _ in range(10)])"
    assert told(bits, code) == [(True, 1)] * 10


@pytest.mark.parametrize("missing", range(4))
def test_one_that_is_silent_for_three_seconds_is_enough(bits: int, missing: int) -> None:
    code = f"""
dog.arm(wdt)
second(everybody)
others = [one for one in everybody if one != {missing}]
print([second(others) for _ in range(4)])
"""
    # 1 s old when it is missed first, 3 s are borne
    assert told(bits, code) == [(True, 1), (True, 1), (False, 0), (False, 0)]


def test_one_that_comes_back_in_time_is_forgiven(bits: int) -> None:
    code = """
dog.arm(wdt)
print([second(()), second(()), second(()), second(()), second(everybody)])
"""
    assert told(bits, code) == [
        (True, 1), (True, 1), (True, 1), (False, 0), (True, 1),
    ]  # fmt: skip


def test_before_it_is_armed_nothing_is_fed(bits: int) -> None:
    assert told(bits, "print([dog.armed, second(everybody), dog.armed])") == [
        False,
        (True, 0),
        False,
    ]


def test_silence_of_days_does_not_grow_without_end(bits: int) -> None:
    code = """
import gc
for _ in range(20):
    dog.step(1 << 29)
gc.collect()
before = gc.mem_alloc()
dog.step(1 << 29)
print([gc.mem_alloc() - before < 64, dog.step(1)])
"""
    assert told(bits, code) == [True, False]


def test_everyone_has_patience_below_the_time_out(bits: int) -> None:
    code = "print([len(w.PATIENCE_MS), max(w.PATIENCE_MS) < w.TIMEOUT_MS])"
    assert told(bits, code) == [4, True]
