# SPDX-License-Identifier: MIT
"""How long nobody watched, by two clocks of which either may be wrong."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.watching import StoryClocks, Watch
from upturn.core.past import FRESH_S
from upturn.store.database import BUSY_S, Store
from upturn.store.moment import HostClocks, Moment
from upturn.store.past import between, last_past, left_at
from upturn.store.trouble import StoreError

HOUR_S = 3600.0
DAY_S = 86_400.0
LIMIT_S = FRESH_S - 1.0


@dataclass(frozen=True)
class Case:
    name: str
    true_s: float
    jump_s: float
    """Of the wall clock, meanwhile."""
    up_s: float | None = None
    """Since the system was started anew; None: it was not."""
    id: bool = True
    """There is a boot id."""
    gap_s: float = 0.0
    rested_s: float = 0.0
    words: str = ""


SET = "the clock was set by {:+.0f} s meanwhile"
BACK = "the clock was set back, so that nobody knows how long it was"
AGAIN = "the computer was started since"
CASES = [
    Case("nothing odd", 30.0, 0.0, gap_s=30.0, rested_s=30.0),
    Case("suspended for an hour", HOUR_S, 0.0, gap_s=HOUR_S, rested_s=HOUR_S),
    Case("back by an hour", 30.0, -HOUR_S, gap_s=30.0, words=SET.format(-HOUR_S)),
    Case("forward by a minute", 30.0, 60.0, gap_s=90.0, rested_s=30.0, words=SET.format(60)),
    Case(
        "forward by a day: still fresh",
        30.0,
        DAY_S,
        gap_s=LIMIT_S,
        rested_s=30.0,
        words=SET.format(DAY_S),
    ),
    Case("stale by both", HOUR_S, DAY_S, gap_s=DAY_S + HOUR_S, rested_s=HOUR_S,
         words=SET.format(DAY_S)),
    Case("started anew", 80.0, 0.0, up_s=50.0, gap_s=80.0, rested_s=50.0, words=AGAIN),
    Case("started anew long ago", DAY_S, 0.0, up_s=HOUR_S, gap_s=DAY_S, rested_s=HOUR_S,
         words=AGAIN),
    Case("started anew, back by an hour", 80.0, -HOUR_S, up_s=50.0, gap_s=LIMIT_S, words=BACK),
    Case("started anew, without a clock of its own", 80.0, -60.0, up_s=50.0, gap_s=LIMIT_S,
         rested_s=20.0, words=BACK),
    Case("started anew, forward by a day", 80.0, DAY_S, up_s=50.0, gap_s=DAY_S + 80.0,
         rested_s=50.0, words=AGAIN),
    Case("no boot id", 30.0, 0.0, id=False, gap_s=30.0, rested_s=30.0),
    Case("no boot id, back by an hour", 30.0, -HOUR_S, id=False, gap_s=LIMIT_S, words=BACK),
]  # fmt: skip


def moments(case: Case) -> tuple[Moment, Moment]:
    wall_s = 1.8e9
    now_wall_s = wall_s + case.true_s + case.jump_s
    if not case.id:
        return Moment(wall_s), Moment(now_wall_s)
    then = Moment(wall_s, "a", 5000.0)
    if case.up_s is None:
        return then, Moment(now_wall_s, "a", 5000.0 + case.true_s)
    return then, Moment(now_wall_s, "b", case.up_s)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_gap_and_the_rest_of_each_case(case: Case) -> None:
    elapsed = between(*moments(case))
    assert elapsed.gap_s == pytest.approx(case.gap_s, abs=1e-3)
    assert elapsed.rested_s == pytest.approx(case.rested_s, abs=1e-3)
    assert elapsed.words == case.words


seconds = st.one_of(st.floats(0.0, 700.0), st.floats(0.0, 2 * DAY_S))
jumps = st.one_of(st.just(0.0), st.floats(-2 * DAY_S, 2 * DAY_S))


@given(seconds, jumps, st.floats(0.0, 1.0))
def test_rest_is_never_taken_for_more_than_it_was(true_s: float, jump_s: float, up: float) -> None:
    for up_s in (None, up * true_s):
        elapsed = between(*moments(Case("", true_s, jump_s, up_s)))
        assert 0.0 <= elapsed.rested_s <= true_s + 1e-3


@given(seconds, jumps)
def test_in_one_start_of_the_system_no_jump_takes_exposure_or_a_fresh_state(
    true_s: float, jump_s: float
) -> None:
    elapsed = between(*moments(Case("", true_s, jump_s)))
    assert elapsed.gap_s >= true_s - 1e-3
    assert (elapsed.gap_s < FRESH_S) == (true_s < FRESH_S)


@given(st.floats(0.0, FRESH_S - 1.0), st.floats(-2 * DAY_S, -1.0), st.floats(0.0, 1.0))
def test_a_clock_that_is_known_to_be_wrong_takes_no_exposure_of_a_fresh_state(
    true_s: float, jump_s: float, up: float
) -> None:
    """Set back by so little that it shows no difference, it cannot be known."""
    for case in (
        Case("", true_s, jump_s, up_s=up * true_s),
        Case("", true_s, jump_s, id=False),
    ):
        elapsed = between(*moments(case))
        told_s = true_s + jump_s
        if elapsed.words == BACK:
            assert elapsed.gap_s >= true_s - 1e-3
        else:
            assert elapsed.gap_s >= told_s - 1e-3


@given(seconds, jumps)
def test_the_gap_is_never_shorter_than_the_rest(true_s: float, jump_s: float) -> None:
    for up_s in (None, true_s / 2.0):
        elapsed = between(*moments(Case("", true_s, jump_s, up_s)))
        assert elapsed.gap_s >= elapsed.rested_s >= 0.0


def test_a_clock_of_the_same_start_that_went_back_is_not_believed() -> None:
    """As where a container has an offset of its own."""
    then, now = Moment(1000.0, "a", 500.0), Moment(1030.0, "a", 20.0)
    assert (between(then, now).gap_s, between(then, now).rested_s) == (30.0, 0.0)


def test_this_computers_clocks_run(tmp_path: Path) -> None:
    first, second = HostClocks().now(), HostClocks().now()
    assert first.boot_id == second.boot_id
    elapsed = between(first, second)
    assert 0.0 <= elapsed.gap_s < 5.0
    nowhere = HostClocks(tmp_path / "boot_id").now()
    assert (nowhere.boot_id, nowhere.boot_s) == ("", None)


def test_the_last_past_of_a_table_is_what_its_last_watch_wrote(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    clocks = StoryClocks()
    with Watch(path, clocks=clocks) as watch:
        watch.lives("to 50 in 4s; inverted 20s")
    clocks.pass_by(12.0)
    taken, words = left_at(path, "den", clocks)
    assert taken is not None
    assert words == ""
    assert (taken.past.inverted, taken.gap_s, taken.rested_s) == (True, 12.0, 12.0)
    assert taken.words == "goes on from 12 s ago"
    assert left_at(path, "attic", clocks) == (None, "")
    assert left_at(tmp_path / "none.sqlite3", "den") == (None, "")
    assert not (tmp_path / "none.sqlite3").exists()


def test_a_past_in_a_store_that_is_damaged_is_read_as_it_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    clocks = StoryClocks()
    with Watch(path, clocks=clocks) as watch:
        watch.lives("to 50 in 4s; inverted 20s")
    content = path.read_bytes()
    path.write_bytes(bytes(100) + content[100:])
    taken, words = left_at(path, "den", clocks)
    assert taken is not None
    assert taken.past.inverted
    assert words.startswith("the store was damaged: set aside as s-corrupt-")


def test_a_past_is_read_while_another_program_writes(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path) as watch:
        watch.lives("to 50 in 4s; inverted 20s")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began_s = time.monotonic()
        taken, words = left_at(path, "den")
        assert time.monotonic() - began_s < BUSY_S
    assert (taken is not None, words) == (True, "")


def test_a_past_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path) as watch:
        watch.lives("level 3s")
    with Store.open(path) as store:
        with store.transaction() as db:
            db.execute("UPDATE pasts SET past = '{}'")
        with pytest.raises(StoreError, match=r"how den stood when it was last watched cannot be"):
            last_past(store, "den")
