# SPDX-License-Identifier: MIT
"""The overview: each table once, the worst first, none forgotten, at any size."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.gallery import TWENTY
from tests.dashboard.scenes import CALM, RESTING, SCENES, TABLES, alarm, inverted, view
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.snapshot import Snapshot
from upturn.dashboard.feed import SourceState
from upturn.dashboard.glyphs import big
from upturn.dashboard.headline import Beside
from upturn.dashboard.painters.tiles import Grid, grid_for, paint_overview_header, paint_tiles
from upturn.dashboard.palette import DARK
from upturn.dashboard.spans import plain, width_of

REAL = SourceState("serial ttyUSB0")
LIMIT = inverted(63.2, alarms=(alarm(AlarmId.TIME_LIMIT),))
OVER = replace(RESTING, alarms=(alarm(AlarmId.TIME_LIMIT, condition=False),))
STATES = {
    "acknowledged": inverted(
        63.2, alarms=(alarm(AlarmId.TIME_LIMIT, acknowledged=True, pause_left_s=22.6),)
    ),
    "over": OVER,
    "no_return": inverted(75.4, alarms=(alarm(AlarmId.NO_RETURN),)),
}


def beside(snapshots: dict[str, Snapshot], **changes: object) -> list[Beside]:
    return [
        Beside(name, str(n + 1), view(snapshot, **{"source": REAL, **changes}))
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
    assert text.splitlines()[0].split()[:4] == ["19", "***", "attic", "1:03"]
    assert "  1 room 1 " in text
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
        ("over", "not acknowledged yet, rest 0:44 more"),
        ("no_return", "audio cannot be paused"),
    ],
)
def test_the_state_of_its_sound_is_told_but_no_key_that_does_nothing_here(
    name: str, said: str
) -> None:
    text = words(beside({"a": STATES[name], "b": LIMIT}), 78, 19)
    assert said in text
    assert "press a" not in text


def test_what_is_over_orders_nothing_more() -> None:
    text = words(beside({"a": OVER}), 78, 9)
    assert "OVER: INVERTED TOO LONG" in text
    assert "Come up" not in text


@pytest.mark.parametrize("height", [2, 6, 9, 19])
def test_a_table_that_has_ended_shows_nothing_as_fresh(height: int) -> None:
    ended = SourceState("simulated too-long", live=False, note="ended")
    lines, _ = paint_tiles(beside({"a": inverted(20.0)}, source=ended), 78, height)
    text = plain(lines)
    assert "ENDED" in text or all(row.rstrip() in text for row in big("ENDED", 2))
    assert "<1 s" not in text
    struck = [part for line in lines for part, style in line if style.strike]
    assert struck == (["INVERTED +52°"] if height > 2 else [])


@pytest.mark.parametrize(
    ("source", "width", "mark"),
    [
        (SourceState("simulated too-long + home"), 78, "den (simulated) "),
        (SourceState("on vm", unreal="simulated"), 78, "den (simulated) "),
        (SourceState("on vm", unreal="recorded"), 78, "den (recorded) "),
        (SourceState("simulated too-long"), 26, "den sim "),
        (REAL, 78, "den  "),
    ],
    ids=["here", "remote", "recorded", "narrow", "real"],
)
def test_where_nobody_hangs_that_stands_beside_the_name(
    source: SourceState, width: int, mark: str
) -> None:
    lines = words(beside({"den": LIMIT}, source=source), width, 8).splitlines()
    assert lines[0].startswith(f" 1 *** {mark}")
    assert "1:03" in lines[0]


def test_of_two_in_alarm_the_one_that_nobody_has_answered_comes_first() -> None:
    lines = words(beside({"a": STATES["acknowledged"], "b": LIMIT}), 78, 12).splitlines()
    assert lines[0].split()[:3] == ["2", "***", "b"]


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
