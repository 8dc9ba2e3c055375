# SPDX-License-Identifier: MIT
"""The strip of all tables: what each says in few columns, and that no alarm is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.scenes import CALM, RESTING, SCENES, TABLES, alarm, inverted, view
from upturn.core.alarm_table import ALARMS, AlarmId, Priority
from upturn.core.snapshot import Check, Snapshot
from upturn.dashboard.feed import SourceState
from upturn.dashboard.painters.strip import Spot, paint_strip
from upturn.dashboard.palette import DARK
from upturn.dashboard.spans import plain, width_of
from upturn.dashboard.standing import SHORT, short, standing
from upturn.dashboard.view import View
from upturn.remote.own_alarm import LINK_LOST, NO_SOUND

FAILED = SourceState("a", live=False, note="FAILED", failure="the cable has melted")
ENDED = SourceState("a", live=False, note="ended")
ACKNOWLEDGED = inverted(
    67.0,
    alarms=(alarm(AlarmId.TIME_LIMIT, acknowledged=True, sounding=False, pause_left_s=22.6),),
)
OVER = replace(RESTING, alarms=(alarm(AlarmId.TIME_LIMIT, condition=False),))

LOW = alarm(AlarmId.BATTERY_LOW, priority=Priority.LOW)
HANGS = replace(inverted(9.0), alarms=(LOW,))

Named = list[tuple[str, View]]


REAL = SourceState("serial ttyUSB0")
LIMIT = inverted(63.2, alarms=(alarm(AlarmId.TIME_LIMIT),))
NO_RETURN = inverted(75.4, alarms=(alarm(AlarmId.NO_RETURN), alarm(AlarmId.TIME_LIMIT)))


def named(snapshots: dict[str, Snapshot], source: SourceState = REAL) -> Named:
    return [(name, view(snapshot, source=source)) for name, snapshot in snapshots.items()]


def words(tables: Sequence[tuple[str, View]], shown: int, width: int, rows: int) -> list[str]:
    lines, _ = paint_strip(tables, shown, width, rows)
    assert all(width_of(line) <= width for line in lines)
    return plain(lines).splitlines()


def test_one_table_needs_no_strip() -> None:
    assert paint_strip(named({"den": CALM}), 0, 80, 24) == ([], [])


def test_at_80x24_three_tables_share_a_line() -> None:
    assert words(named(TABLES), 0, 80, 24) == [
        "▸1 den INVERTED       0:24 2 *** attic TOO LONG 1:03 3 cellar LEVEL           "
    ]


def test_a_simulated_table_is_marked_as_such_and_the_alarm_has_its_words() -> None:
    simulated = SourceState("simulated too-long")
    assert words(named(TABLES, simulated), 0, 80, 24) == [
        "▸1 den sim INVERTED   0:24 2 *** attic sim TOO LONG  3 cellar sim LEVEL       "
    ]
    assert "  simulated  Inverted too long" in words(named(TABLES, simulated), 0, 120, 40)[1]
    recorded = SourceState("on vm", unreal="recorded")
    assert "▸1 den rec INVERTED" in words(named(TABLES, recorded), 0, 80, 24)[0]


def test_in_a_tight_cell_the_alarm_comes_before_that_mark() -> None:
    tables = named({f"t{n}": LIMIT for n in range(14)}, SourceState("simulated too-long"))
    text = " ".join(words(tables, 0, 80, 24))
    assert "*** t2 TOO… 1:03" in text
    assert "sim" not in text


def test_at_120x40_each_has_a_line_with_more_of_it() -> None:
    assert [line.rstrip() for line in words(named({**TABLES, "attic": LIMIT}), 1, 120, 40)] == [
        " 1     den     INVERTED           0:24   0:36 left",
        "▸2 *** attic   INVERTED           1:03   Inverted too long",
        " 3     cellar  LEVEL                     rest 0:44 more",
    ]


@pytest.mark.parametrize(
    ("seen", "short", "long"),
    [
        (view(CALM), "UPRIGHT", "READY"),
        (view(replace(CALM, checks=(Check("Calibration", "x"),))), "UPRIGHT", "NOT READY"),
        (view(RESTING), "LEVEL", "rest 0:44 more"),
        (view(NO_RETURN), "NOT COMING UP", "Not coming up, and 1 more"),
        (view(ACKNOWLEDGED), "TOO LONG", "Inverted too long, acknowledged"),
        (view(OVER), "TOO LONG", "Over: Inverted too long"),
        (view(SCENES["stand_down"]), "STOOD DOWN", ""),
        (view(replace(CALM, signal_age_s=None)), "NO DATA YET", ""),
        (view(replace(CALM, signal_age_s=3.0)), "NO DATA", "NO DATA for 3.0 s"),
        (view(CALM, source=ENDED), "ENDED", ""),
        (view(HANGS), "INVERTED", "0:51 left, * Battery low"),
        (view(SCENES["limit"], source=FAILED), "FAILED", "FAILED: the cable has melted"),
        (view(SCENES["limit"], silent_s=4.0), "STOPPED", "STOPPED"),
    ],
)
def test_what_matters_most_of_a_table_is_said(seen: View, short: str, long: str) -> None:
    said = standing(seen)
    assert (said.words, said.more) == (short, long)


def test_the_time_of_a_table_that_nobody_counts_for_is_not_shown() -> None:
    attic = view(inverted(9.0), source=REAL)
    tables = [("den", view(inverted(24.0), source=FAILED)), ("attic", attic)]
    assert words(tables, 0, 80, 24) == [
        "▸1 *** den FAILED                        2 attic INVERTED                  0:09 "
    ]
    line = words(tables, 0, 120, 40)[0]
    assert line.rstrip() == "▸1 *** den    INVERTED                  FAILED: the cable has melted"


@pytest.mark.parametrize("title", [*(s.title for s in ALARMS.values()), LINK_LOST.title])
def test_an_alarm_has_one_name_wherever_it_is_read(title: str) -> None:
    """A cell has only words of the banner's title, in their order."""
    assert len(short(title)) <= 14
    rest = iter(title.lower().replace(":", "").split())
    assert all(word in rest for word in short(title).lower().split())


def test_every_short_name_is_one_of_a_title() -> None:
    titles = {s.title for s in (*ALARMS.values(), LINK_LOST, NO_SOUND)}
    assert set(SHORT) <= titles


def test_what_stands_still_is_struck_through() -> None:
    lines, _ = paint_strip(
        [("den", view(inverted(9.0), source=ENDED)), ("attic", view(CALM))], 1, 120, 40
    )
    struck = [text for text, style in lines[0] if style.strike]
    assert struck == ["INVERTED"]


def test_an_alarm_flashes_until_it_is_acknowledged() -> None:
    lit = DARK.signals[Priority.HIGH].style(True)

    def is_lit(snapshot: Snapshot, clock_s: float) -> bool:
        tables = [("den", view()), ("attic", view(snapshot, clock_s=clock_s))]
        lines, _ = paint_strip(tables, 0, 80, 24)
        return any(style == lit for text, style in lines[0] if "attic" in text)

    assert [is_lit(SCENES["limit"], at_s) for at_s in (0.1, 0.3, 0.6)] == [True, False, True]
    assert [is_lit(ACKNOWLEDGED, at_s) for at_s in (0.1, 0.3, 0.6)] == [True, True, True]


def test_where_not_all_fit_the_worst_are_shown_and_the_rest_is_counted_under_its_worst() -> None:
    states = {f"t{n}": CALM for n in range(14)}
    states |= {"t11": LIMIT, "t12": inverted(9.0), "t13": NO_RETURN}
    lines = words(named(states), 0, 80, 24)
    assert len(lines) == 3
    text = " ".join(lines)
    assert "12 *** t11 TO… 1:03" in text
    assert "13 t12 INVERT… 0:09" in text
    assert "14 *** t13 NO… 1:15" in text
    assert lines[-1].rstrip().endswith("  and 3 more")
    battery = alarm(AlarmId.BATTERY_LOW, priority=Priority.LOW)
    many = {f"t{n}": replace(CALM, alarms=(battery,)) for n in range(14)}
    assert words(named(many), 0, 80, 24)[-1].rstrip().endswith("  * and 3 more")


@given(
    st.lists(st.sampled_from(list(SCENES)), min_size=2, max_size=40),
    st.integers(1, 250),
    st.integers(1, 80),
    st.data(),
)
def test_at_any_size_the_worst_is_on_the_strip_and_each_spot_is_one_table(
    names: list[str], width: int, rows: int, data: st.DataObject
) -> None:
    tables = [(f"table {n}", view(SCENES[name])) for n, name in enumerate(names)]
    shown = data.draw(st.integers(0, len(tables) - 1))
    lines, spots = paint_strip(tables, shown, width, rows)
    assert 1 <= len(lines) <= max(1, (rows - 12) // 4)
    assert all(width_of(line) <= width for line in lines)
    worst = max(seen.urgency for _, seen in tables)
    assert worst in {tables[spot.table][1].urgency for spot in spots}
    assert len({spot.table for spot in spots}) == len(spots)
    cells = {(spot.row, x) for spot in spots for x in range(spot.start, spot.end)}
    assert len(cells) == sum(spot.end - spot.start for spot in spots)
    assert all(x < width and row < len(lines) for row, x in cells)


def test_a_name_that_is_long_or_wide_leaves_room_for_the_rest() -> None:
    tables = named({"n" * 40: inverted(24.0), "倒立台" * 9: LIMIT})
    for width, rows in ((80, 24), (120, 40), (52, 24)):
        lines, _ = paint_strip(tables, 0, width, rows)
        text = plain(lines)
        assert all(width_of(line) <= width for line in lines)
        assert "0:24" in text
        assert "1:03" in text
        assert "***" in text


def test_a_spot_is_where_its_table_is() -> None:
    _, spots = paint_strip(named(TABLES), 0, 80, 24)
    assert spots == [Spot(0, 0, 26, 0), Spot(0, 26, 52, 1), Spot(0, 52, 78, 2)]
    _, spots = paint_strip(named(TABLES), 0, 120, 40)
    assert spots == [Spot(row, 0, 120, row) for row in range(3)]
