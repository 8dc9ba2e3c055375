# SPDX-License-Identifier: MIT
"""Watches that die in the middle of random sessions; the figures are in host/SAFETY.md."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.store.deaths import die

KILLS = int(os.environ.get("UPTURN_KILLS", "360"))


@pytest.mark.soak
def test_no_death_loses_what_was_committed_or_wins_time(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        deaths = list(pool.map(lambda number: die(tmp_path, number), range(KILLS)))
    inverted = sum(death.inverted for death in deaths)
    committed = sum(death.committed for death in deaths)
    left_out = sum(death.hidden or death.distrusted for death in deaths)
    worst_s = max(d.exposure_short_s for d in deaths if not (d.hidden or d.distrusted))
    print(
        f"{len(deaths)} deaths, {inverted} while inverted, {committed} events committed;"
        f" {left_out} judged by commits alone; exposure at most {worst_s:.3f} s too small"
    )
    assert [f"{d}: {d.fault}" for d in deaths if d.fault] == []
    assert inverted > KILLS // 5
