# SPDX-License-Identifier: MIT
"""The session table: one line for each inversion, whoever turns back the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.dashboard.scenes import CALM, EARLIER, NOW_S, RESTING, WALL, inverted, view
from upturn.core.events import Event, InversionEnded, InversionStarted
from upturn.core.snapshot import Snapshot
from upturn.dashboard.inversions import Inversion, Inversions
from upturn.dashboard.painters.session import paint_session
from upturn.dashboard.spans import plain


def _at(t_s: float) -> datetime:
    return WALL + timedelta(seconds=t_s - NOW_S)


def _kept(*events: Event) -> Inversions:
    inversions = Inversions()
    for event in events:
        inversions.read(event, _at)
    return inversions


def _ended(n: int, t_s: float = 100.0) -> InversionEnded:
    return InversionEnded(t_s, n, 20.0, 50.0, 20.0)


def _numbers(inversions: Inversions) -> list[int]:
    return [one.n for one in inversions.numbered(0, 1000)]


def _lines(
    snapshot: Snapshot, inversions: Inversions | None = None, kept: int = 9, **changes: object
) -> list[str]:
    shown = view(snapshot, **{"wall": WALL, **changes})
    return plain(paint_session(shown, inversions, 38, kept)[1:]).splitlines()


def test_an_inversion_is_kept_with_its_beginning_on_the_wall() -> None:
    inversions = _kept(InversionEnded(545.0, 2, 41.0, 57.6, 70.0))
    began = WALL - timedelta(seconds=96.0)
    assert inversions.numbered(2, 2) == [Inversion(2, began, 41.0, 57.6, 70.0)]


def test_only_ends_are_kept() -> None:
    assert _numbers(_kept(InversionStarted(5.0, 1, 16.0, 4.0, None))) == []


def test_a_count_that_begins_anew_forgets_the_one_before() -> None:
    assert _numbers(_kept(_ended(1), _ended(2), _ended(3), _ended(1))) == [1]


def test_a_replay_that_is_turned_back_tells_the_same_inversion_again() -> None:
    assert _numbers(_kept(_ended(1), _ended(2), _ended(3), _ended(2))) == [1, 2]


def test_memory_does_not_grow() -> None:
    inversions = Inversions(kept=3)
    for n in range(1, 9):
        inversions.read(_ended(n), _at)
    assert _numbers(inversions) == [6, 7, 8]


def test_the_table_with_an_open_inversion() -> None:
    assert _lines(inverted(24.3), _kept(*EARLIER)) == [
        " n  began      lasted   peak  exposure",
        " 1  18:21:40     0:29   +55°      0:29",
        " 2  18:24:00     0:41   +58°      0:41",
        " 3  18:29:35     0:24    now      0:24",
        "3 inversions, 1:34 inverted",
        "longest 0:41, peak +58°",
    ]


def test_the_table_while_resting() -> None:
    closed = _kept(*EARLIER, InversionEnded(553.0, 3, 38.0, 52.2, 38.0))
    assert _lines(RESTING, closed)[1:4] == [
        " 1  18:21:40     0:29   +55°      0:29",
        " 2  18:24:00     0:41   +58°      0:41",
        " 3  18:28:35     0:38   +52°      0:38",
    ]


def test_what_this_screen_did_not_see_is_counted() -> None:
    assert _lines(inverted(24.3))[:3] == [
        " n  began      lasted   peak  exposure",
        "2 earlier",
        " 3  18:29:35     0:24    now      0:24",
    ]


@pytest.mark.parametrize(("kept", "earlier"), [(1, "2 earlier"), (2, "1 earlier")])
def test_where_room_is_short_the_newest_stay(kept: int, earlier: str) -> None:
    lines = _lines(inverted(24.3), _kept(*EARLIER), kept)
    assert lines[1] == earlier
    assert [line[:2] for line in lines[2 : 2 + kept]] == [" 2", " 3"][-kept:]


def test_without_any_room_the_totals_stay() -> None:
    assert _lines(inverted(24.3), _kept(*EARLIER), 0) == [
        "3 inversions, 1:34 inverted",
        "longest 0:41, peak +58°",
    ]


def test_inversions_of_a_session_before_are_not_in_it() -> None:
    """The fourth begins a session after more than ten minutes upright."""
    fourth = replace(inverted(10.0), inversion=4, session=2, session_inversions=1)
    lines = _lines(fourth, _kept(*EARLIER, _ended(3)))
    assert [line[:2] for line in lines[1:-2]] == [" 4"]


def test_inversions_that_are_to_come_in_a_replay_turned_back_are_not_in_it() -> None:
    second = replace(inverted(10.0), inversion=2, session_inversions=2)
    lines = _lines(second, _kept(*EARLIER, _ended(3)))
    assert [line[:2] for line in lines[1:-2]] == [" 1", " 2"]


def test_times_that_may_be_longer_say_so() -> None:
    lines = _lines(replace(inverted(24.3), exposure_at_least=True), _kept(*EARLIER))
    assert lines[3] == " 3  18:29:35    >0:24    now     >0:24"
    assert lines[4] == "3 inversions, at least 1:34 inverted"


def test_the_open_one_is_struck_out_when_upturn_has_stopped() -> None:
    shown = view(inverted(24.3), wall=WALL, silent_s=4.0)
    lines = paint_session(shown, _kept(*EARLIER), 38, 9)
    assert [line[-1][1].strike for line in lines[1:]] == [None, None, None, True, True, True]
    assert plain(lines[4:]).splitlines() == [
        " 3  18:29:35    >0:24    was     >0:24",
        "was 3 inversions, 1:34 inverted",
        "was longest 0:41, peak +58°",
    ]


def test_a_session_without_inversions() -> None:
    assert _lines(CALM) == ["no inversion yet"]


def test_without_a_clock_on_the_wall_the_beginning_is_not_known() -> None:
    assert _lines(inverted(24.3), wall=None)[2] == " 3  --           0:24    now      0:24"
