# SPDX-License-Identifier: MIT
"""The overview: each table once, the worst first, none forgotten, at any size."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.gallery import TWENTY
from tests.dashboard.scenes import CALM, SCENES, TABLES, inverted, view
from upturn.core.alarm_table import Priority
from upturn.core.snapshot import Snapshot
from upturn.dashboard.feed import SourceState
from upturn.dashboard.headline import Beside
from upturn.dashboard.painters.tiles import Grid, grid_for, paint_overview_header, paint_tiles
from upturn.dashboard.palette import DARK
from upturn.dashboard.spans import plain, width_of


def beside(snapshots: dict[str, Snapshot], **changes: object) -> list[Beside]:
    return [
        Beside(name, str(n + 1) if n < 9 else "Tab", view(snapshot, **changes))
        for n, (name, snapshot) in enumerate(snapshots.items())
    ]


def words(tables: list[Beside], width: int, height: int) -> str:
    lines, _ = paint_tiles(tables, width, height)
    assert all(width_of(line) <= width for line in lines)
    assert len(lines) <= height
    return plain(lines)


@pytest.mark.parametrize(
    ("count", "grid"),
    [
        (1, Grid(1, 1, 78, 19)),
        (3, Grid(1, 3, 78, 6)),
        (6, Grid(2, 3, 39, 6)),
        (20, Grid(3, 7, 26, 2)),
        (40, Grid(3, 9, 26, 2)),
    ],
)
def test_the_tiles_are_as_large_as_their_number_allows(count: int, grid: Grid) -> None:
    assert grid_for(count, 78, 19) == grid


def test_at_80x24_three_tables_are_told_in_full_the_worst_first() -> None:
    lines = [line.rstrip() for line in words(beside(TABLES), 78, 19).splitlines()]
    assert [lines[y].split()[0:3] for y in (0, 6, 12)] == [
        ["2", "***", "attic"],
        ["1", "den", "0:24"],
        ["3", "cellar", "0:38"],
    ]
    assert lines[0].endswith("1:03 of 1:00")
    assert lines[1].startswith(" INVERTED TOO LONG")
    assert lines[2].startswith(" INVERTED +52°  <1 s")
    assert lines[3].startswith(" Come up now. Spotter: help the person up.")
    assert lines[4].strip(" ▀▄█") == ""
    assert lines[7].startswith(" 0:36 left")
    assert lines[13].startswith(" rest 0:44 more")


def test_at_80x24_twenty_tables_are_all_there() -> None:
    text = words(beside(TWENTY), 78, 19)
    assert all(name in text for name in TWENTY)
    assert text.splitlines()[0].split()[:3] == ["***", "attic", "1:03"]
    assert "more tables" not in text


def test_what_does_not_fit_is_counted_in_words_under_its_worst() -> None:
    tables = beside({f"t{n}": CALM for n in range(30)} | {"a": SCENES["limit"]})
    lines, spots = paint_tiles(tables, 78, 18)
    assert plain(lines).splitlines()[-2].rstrip().endswith("and 5 more tables")
    assert len({spot.table for spot in spots}) == 26
    assert 30 in {spot.table for spot in spots}
    alarmed = beside({f"t{n}": SCENES["limit"] for n in range(30)})
    assert "*** and 4 more tables" in words(alarmed, 78, 18)


def test_what_is_not_of_now_is_struck_through_with_its_age() -> None:
    lines, _ = paint_tiles(beside({"a": SCENES["lost"], "b": CALM}), 78, 19)
    struck = [text for line in lines for text, style in line if style.strike]
    assert struck == ["INVERTED +52°"]
    assert "4.3 s old" in plain(lines)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            SourceState("a", live=False, note="FAILED", failure="the cable has melted"),
            "FAILED: the cable has melted",
        ),
        (SourceState("a", live=False, note="replay ended"), "REPLAY ENDED"),
    ],
)
def test_of_a_table_that_nobody_watches_that_is_what_it_says(
    source: SourceState, said: str
) -> None:
    text = words(beside({"a": inverted(20.0), "b": CALM}, source=source), 78, 12)
    assert said in text
    assert ("-:--" in text) == bool(source.failure)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("acknowledged", "audio paused 23 s"),
        ("latched", "over, waits to be acknowledged"),
        ("no_return", "audio cannot be paused"),
    ],
)
def test_the_state_of_its_sound_is_told_but_no_key_that_does_nothing_here(
    name: str, said: str
) -> None:
    text = words(beside({"a": SCENES[name], "b": SCENES["limit"]}), 78, 19)
    assert said in text
    assert "press a" not in text


def test_an_alarm_flashes_in_the_first_row_of_its_tile() -> None:
    def ground(clock_s: float) -> object:
        lines, _ = paint_tiles(beside(TABLES, clock_s=clock_s), 78, 19)
        return lines[0][0][1]

    high = DARK.signals[Priority.HIGH]
    assert [ground(0.1), ground(0.3)] == [high.style(True), high.style(False)]


def test_the_header_counts_the_tables_in_alarm() -> None:
    def header(snapshots: dict[str, Snapshot]) -> str:
        return " ".join(plain(paint_overview_header(beside(snapshots), DARK, 80)).split())

    assert header(TABLES) == "UPTURN 3 tables, the worst first 1 in alarm"
    assert header({"a": CALM, "b": inverted(9.0)}) == "UPTURN 2 tables, the worst first no alarm"


@given(
    st.lists(st.sampled_from(list(SCENES)), min_size=1, max_size=30),
    st.integers(1, 210),
    st.integers(1, 70),
)
def test_at_any_size_the_worst_is_there_and_each_spot_is_one_table(
    names: list[str], width: int, height: int
) -> None:
    tables = beside({f"table {n}": SCENES[name] for n, name in enumerate(names)})
    lines, spots = paint_tiles(tables, width, height)
    assert len(lines) <= height
    assert all(width_of(line) <= width for line in lines)
    worst = max(other.view.urgency for other in tables)
    assert tables[spots[0].table].view.urgency == worst
    cells = {(spot.row, x) for spot in spots for x in range(spot.start, spot.end)}
    assert len(cells) == sum(spot.end - spot.start for spot in spots)
    assert all(x < width and row < height for row, x in cells)


def test_a_name_that_is_long_or_wide_leaves_room_for_the_time() -> None:
    tables = beside({"n" * 40: inverted(24.0), "倒立台" * 9: SCENES["limit"]})
    for width, height in ((78, 19), (26, 12), (52, 24)):
        text = words(tables, width, height)
        assert "0:24" in text
        assert "1:03" in text


def test_a_time_that_may_be_longer_says_so() -> None:
    assert "≥0:41 of 1:00" in words(beside({"a": SCENES["lost"]}), 78, 6)
    exact = replace(SCENES["lost"], exposure_at_least=False)
    assert "≥" not in words(beside({"a": exact}), 78, 6)
