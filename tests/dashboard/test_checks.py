# SPDX-License-Identifier: MIT
"""The pre-use check: every part named with a mark, and `ok` said only of what is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, SCENES, checks, view
from upturn.core.readiness import PASSED
from upturn.core.snapshot import Check, Snapshot
from upturn.dashboard.feed import SourceState
from upturn.dashboard.painters.checks import paint_checks, paint_checks_short, verdict
from upturn.dashboard.spans import Line, plain, width_of
from upturn.dashboard.view import View

STALE = replace(CALM, signal_age_s=3.4)


def _lines(shown: View, width: int = 60) -> list[str]:
    return plain(paint_checks(shown, width)[1:]).splitlines()


def _struck(lines: list[Line]) -> list[str]:
    return [text for line in lines for text, style in line if style.strike]


def test_each_check_has_its_mark_its_name_and_what_is_so() -> None:
    assert _lines(view()) == [
        "ok Link        simulated: normal",
        "ok Alarms      on",
        "ok Data        data <1 s old, 12 lost",
        "ok Table       upright",
        "ok Rest        passed",
        "ok Sensor      to be believed",
        "ok Calibration done",
        "ok Battery     not low, 3.91 V",
        "ok Computer    works",
        "ok Spotter     not asked for by this profile",
    ]


def test_a_check_that_failed_twice_gives_both_reasons() -> None:
    shown = view(replace(CALM, checks=checks("not calibrated", "it is of another table")))
    assert plain(paint_checks(shown, 60)[:1]).startswith("PRE-USE CHECK: NOT READY ─")
    assert [line for line in _lines(shown) if line.startswith("--")] == [
        "-- Calibration not calibrated",
        "-- Calibration it is of another table",
    ]


def test_a_link_that_is_not_well_is_told_once_and_as_the_core_has_it() -> None:
    away = replace(CALM, checks=(Check("Link", "waiting for den: nobody answers"), *checks()))
    waiting = SourceState("nobody answers", well=False)
    assert [line for line in _lines(view(away, source=waiting)) if "Link" in line] == [
        "-- Link        waiting for den: nobody answers"
    ]
    assert _lines(view(source=waiting))[0] == "-- Link        nobody answers"


def test_the_spotter_is_here_for_as_long_as_the_core_says() -> None:
    for age_s, said in ((0.0, "just now"), (59.9, "just now"), (254.0, "4 min ago")):
        shown = view(replace(SCENES["checked_in"], check_in_age_s=age_s))
        assert _lines(shown)[-1] == f"ok Spotter     here, {said}"


def test_the_sound_that_was_confirmed_is_named() -> None:
    assert "ok Sound       Built-in speakers" in _lines(view(SCENES["checked_in"]))


def test_without_fresh_data_nothing_of_the_node_is_ok() -> None:
    lines = _lines(view(STALE))
    assert lines[2:6] == [
        "-- Data        NO DATA for 3.4 s",
        "-- Table       not known without data",
        "-- Rest        not known without data",
        "-- Sensor      not known without data",
    ]
    assert lines[7] == "-- Battery     was 3.91 V"
    assert _struck(paint_checks(view(STALE), 60)) == ["READY", "3.91 V"]


def test_before_the_first_data_nothing_of_the_node_is_ok() -> None:
    silent = replace(CALM, signal_age_s=None, battery_v=None)
    lines = _lines(view(silent))
    assert lines[2] == "-- Data        no data yet"
    assert all(line.endswith("not known without data") for line in lines[3:6])
    assert lines[7] == "-- Battery     not known yet"


@pytest.mark.parametrize(
    ("shown", "said", "struck"),
    [
        (view(), "READY", []),
        (view(SCENES["not_ready"]), "NOT READY", []),
        (view(SCENES["stand_down"]), "STOOD DOWN", []),
        (view(STALE), "was READY", ["READY"]),
        (view(replace(STALE, checks=checks("no data"))), "NOT READY", []),
        (view(silent_s=4.0), "STOPPED", []),
    ],
)
def test_the_verdict_is_struck_out_when_nobody_knows(
    shown: View, said: str, struck: list[str]
) -> None:
    assert (plain([verdict(shown)]), _struck([verdict(shown)])) == (said, struck)


def test_when_upturn_has_stopped_no_check_is_passed() -> None:
    shown = view(SCENES["not_ready"], silent_s=4.0)
    assert _lines(shown) == [
        "-- not known now: Link, Alarms, Data, Table, Rest, Sensor,",
        "     Calibration, Battery, Computer, Spotter",
    ]
    assert paint_checks_short(shown, 60) == paint_checks(shown, 60)


def test_where_room_is_short_only_the_reasons_have_lines() -> None:
    assert plain(paint_checks_short(view(SCENES["not_ready"]), 44)).splitlines() == [
        "PRE-USE CHECK: NOT READY ───────────────────",
        "-- Calibration Not calibrated",
        "-- Battery     Battery low",
        "ok Link, Alarms, Data, Table, Rest, Sensor,",
        "     Computer, Spotter",
    ]


def test_a_mark_needs_no_colour() -> None:
    for line in paint_checks(view(SCENES["not_ready"]), 60)[1:]:
        assert line[0][0] in {"ok", "--"}


def _all_failed(words: str) -> Snapshot:
    return replace(CALM, checks=tuple(Check(name, words) for name in PASSED))


@pytest.mark.parametrize("width", [20, 38, 52])
@pytest.mark.parametrize("snapshot", [CALM, STALE, SCENES["checked_in"], _all_failed("why " * 20)])
def test_no_reason_is_cut(snapshot: Snapshot, width: int) -> None:
    shown = view(snapshot)
    lines = paint_checks(shown, width)
    assert max(width_of(line) for line in lines[1:]) <= width
    whole = " ".join(plain(lines).split())
    assert all(" ".join(check.problem.split()) in whole for check in snapshot.checks)
