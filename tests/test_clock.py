# SPDX-License-Identifier: MIT
"""Clocks: one that only runs forward, and one that runs at a pace."""

from __future__ import annotations

from upturn.clock import HostClock, PacedClock


class FakeClock:
    def __init__(self) -> None:
        self.t_s = 1000.0

    def now_s(self) -> float:
        return self.t_s

    async def sleep(self, seconds: float) -> None:
        self.t_s += seconds


def test_a_paced_clock_starts_at_0_and_runs_as_fast_as_it_is_told() -> None:
    host = FakeClock()
    clock = PacedClock(4.0, host)
    assert clock.now_s() == 0.0
    host.t_s += 2.5
    assert clock.now_s() == 10.0


async def test_the_hosts_clock_runs_on_while_one_sleeps() -> None:
    clock = HostClock()
    before_s = clock.now_s()
    await clock.sleep(0.001)
    assert clock.now_s() - before_s >= 0.001
