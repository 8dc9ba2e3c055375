# SPDX-License-Identifier: MIT
"""Header, session line and side panel: what is said where there is room, and what goes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, EARLIER, SCENES, WALL, checks, inverted, view
from upturn.core.limits import PROFILES
from upturn.core.snapshot import Check
from upturn.dashboard.inversions import Inversions
from upturn.dashboard.painters.status import paint_header, paint_info, paint_side
from upturn.dashboard.spans import Line, plain, width_of
from upturn.dashboard.view import View

LOG = [("18:29:36", "inversion 3 began"), ("18:29:58", "** Steeper than the angle limit: raised")]


def _side(shown: View, width: int, height: int) -> str:
    inversions = Inversions()
    for event in EARLIER:
        inversions.read(event, shown.time_of_day)
    lines = paint_side(shown, LOG, width, height, inversions=inversions)
    assert len(lines) <= height
    return plain(lines)


def _headings(text: str) -> list[str]:
    words = [line.partition(" ─")[0] for line in text.splitlines() if "──" in line]
    return [word.partition(":")[0] for word in words]


def _struck(lines: list[Line]) -> list[str]:
    return [text for line in lines for text, style in line if style.strike]


@pytest.mark.parametrize(
    ("shown", "said", "struck"),
    [
        (view(), "READY data <1 s old", []),
        (view(replace(CALM, signal_age_s=3.4)), "was READY NO DATA for 3.4 s", ["READY"]),
        (view(silent_s=4.0), "STOPPED NO DATA for 4.0 s", []),
        (view(SCENES["stand_down"]), "STOOD DOWN data <1 s old", []),
    ],
)
def test_the_header_ends_with_the_verdict_and_the_age_of_the_data(
    shown: View, said: str, struck: list[str]
) -> None:
    lines = paint_header(shown, "den", 100)
    assert " ".join(plain(lines).split()).endswith(said)
    assert _struck(lines) == struck
    assert width_of(lines[0]) == 100


@pytest.mark.parametrize(
    ("age_s", "width", "said"),
    [
        (254.0, 86, "Spotter: here, 4 min ago"),
        (254.0, 78, "spotter 4 min"),
        (12.0, 78, "spotter just now"),
        (254.0, 70, ""),
        (None, 120, ""),
    ],
)
def test_the_spotter_stands_beside_the_session(age_s: float | None, width: int, said: str) -> None:
    shown = view(replace(inverted(24.3), check_in_age_s=age_s))
    line = plain(paint_info(shown, width)[:1])
    session = "Session: 3 inversions, 1:34 inverted, longest 0:41, peak +58°"
    assert line.startswith(session)
    assert line[len(session) :].strip() == said


def test_the_session_of_a_monitor_that_stopped_is_struck_out() -> None:
    shown = view(inverted(24.3), silent_s=4.0)
    said = "Session: 3 inversions, 1:34 inverted, longest 0:41, peak +58°"
    assert _struck(paint_info(shown, 78)) == [said]


def test_with_an_alarm_the_reasons_for_not_ready_are_below_the_session() -> None:
    shown = view(replace(SCENES["unconfirmed"], alarms=SCENES["not_ready"].alarms))
    assert " ".join(plain(paint_info(shown, 78)[1:]).split()) == (
        "Not ready: nobody has confirmed that the test tone is heard: press t; "
        "the spotter has not checked in: press c."
    )


def test_reasons_that_the_list_of_alarms_or_the_posture_says_are_not_said_again() -> None:
    assert len(paint_info(view(SCENES["many_alarms"]), 78)) == 1


def test_where_there_is_room_all_of_it_is_there() -> None:
    text = _side(view(inverted(24.3), wall=WALL), 52, 29)
    assert _headings(text) == ["PRE-USE CHECK", "SESSION", "LIMITS", "LOG"]
    assert "\n 2  18:24:00     0:41   +58°      0:41\n" in text
    assert "\ntime      notice 0:45, limit 1:00\n" in text
    assert text.endswith(
        "18:29:58 ** Steeper than the angle limit: raised\n18:29:36 inversion 3 began"
    )


@pytest.mark.parametrize(
    ("height", "headings"),
    [
        (31, ["PRE-USE CHECK", "SESSION", "LIMITS", "LOG"]),
        (30, ["PRE-USE CHECK", "SESSION", "LOG"]),
        (26, ["PRE-USE CHECK", "SESSION", "LOG"]),
        (21, ["PRE-USE CHECK", "SESSION"]),
        (8, ["PRE-USE CHECK", "SESSION"]),
    ],
)
def test_what_lacks_room_goes_from_the_end(height: int, headings: list[str]) -> None:
    assert _headings(_side(view(inverted(24.3), wall=WALL), 38, height)) == headings


@pytest.mark.parametrize("height", range(8, 40))
def test_at_any_height_the_reasons_and_the_totals_are_there(height: int) -> None:
    shown = view(replace(inverted(24.3), checks=checks("not calibrated")), wall=WALL)
    text = _side(shown, 38, height)
    assert "PRE-USE CHECK: NOT READY" in text
    assert "-- Calibration not calibrated" in text
    assert "3 inversions, 1:34 inverted\nlongest 0:41, peak +58°" in text


@pytest.mark.parametrize("height", [19, 24, 29, 40])
def test_a_profile_beyond_a_document_is_named_at_any_height(height: int) -> None:
    text = _side(view(SCENES["extended"]), 52, height)
    assert f"Profile extended {PROFILES['extended'].beyond}." in text


def test_boots_have_no_angle_limit() -> None:
    boots = replace(CALM, device=replace(CALM.device, max_angle_deg=None))
    assert "\nrest      1:30, no angle limit\n" in _side(view(boots), 52, 40)


def test_many_reasons_are_told_before_anything_else() -> None:
    failed = tuple(Check(name, f"{name} has failed") for name in "ABCDEFGH")
    text = _side(view(replace(inverted(24.3), checks=failed)), 38, 12)
    assert all(check.problem in text for check in failed)
