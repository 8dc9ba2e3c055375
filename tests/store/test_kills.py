# SPDX-License-Identifier: MIT
"""A watch that is killed in the middle of a session; `make soak` has hundreds of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.store.deaths import die


def test_no_death_loses_what_was_committed_or_wins_time(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        deaths = list(pool.map(lambda number: die(tmp_path, number), range(1000, 1008)))
    assert [f"{d}: {d.fault}" for d in deaths if d.fault] == []
    assert sum(death.committed for death in deaths) > 10
    assert {death.inverted for death in deaths} == {True, False}
