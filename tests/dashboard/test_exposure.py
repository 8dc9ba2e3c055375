# SPDX-License-Identifier: MIT
"""The exposure pane: what is counted, what is left, and when the rest that is due will be over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.dashboard.scenes import CALM, NOW_S, RESTING, SCENES, WALL, inverted, view
from upturn.core.events import Posture
from upturn.core.snapshot import Check, Snapshot
from upturn.core.thresholds import REST_MAX_DEG
from upturn.dashboard.feed import SourceState
from upturn.dashboard.glyphs import big
from upturn.dashboard.painters.exposure import paint_bar, paint_exposure, paint_rest_bar
from upturn.dashboard.spans import plain, width_of
from upturn.dashboard.view import View

WIDE, AT_80, TINY = 52, 37, 19


def _seen(snapshot: Snapshot, **changes: object) -> View:
    return view(snapshot, **{"wall": WALL, **changes})


def _last(shown: View, width: int = WIDE) -> str:
    return " ".join(plain(paint_exposure(shown, width, 8)[-1:]).split())


def _title(shown: View, width: int = AT_80) -> str:
    return " ".join(plain(paint_exposure(shown, width, 8)[:1]).split())


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (WIDE, "safe to invert again at 18:30:44"),
        (31, "safe again at 18:30:44"),
        (TINY, "until 18:30:44"),
    ],
)
def test_a_rest_that_runs_says_when_it_is_over(width: int, said: str) -> None:
    assert _last(_seen(RESTING), width) == said


def test_that_time_stands_still_while_the_rest_runs() -> None:
    said = set()
    for passed_s in (0.0, 0.3, 1.1, 20.0):
        later = replace(
            RESTING, now_s=RESTING.now_s + passed_s, rest_left_s=RESTING.rest_left_s - passed_s
        )
        said.add(_last(_seen(later, wall=WALL + timedelta(seconds=passed_s))))
    assert said == {"safe to invert again at 18:30:44"}


def test_samples_that_come_late_do_not_move_it() -> None:
    """What is left of the rest is that of the newest sample."""
    late = replace(RESTING, now_s=RESTING.now_s + 1.5, signal_age_s=1.54)
    shown = _seen(late, wall=WALL + timedelta(seconds=1.5))
    assert _last(shown).endswith("at 18:30:44")


def test_a_simulation_in_haste_is_over_sooner() -> None:
    fast = SourceState("simulated: normal at 4x", speed=4.0)
    assert _last(_seen(RESTING, source=fast)).endswith("at 18:30:11")


@pytest.mark.parametrize(
    ("changes", "said", "tiny"),
    [
        (
            {"angle_deg": REST_MAX_DEG + 0.1},
            "paused: head too low, raise the table",
            "head too low",
        ),
        (
            {"posture": Posture.UNKNOWN},
            "paused: posture unknown, look there",
            "posture unknown",
        ),
        ({"signal_age_s": 2.1}, "rest 0:44 more · paused: no data", "rest 0:44 paused"),
        ({"signal_lost": True}, "rest 0:44 more · paused: no data", "rest 0:44 paused"),
    ],
)
def test_a_rest_that_does_not_run_says_why_and_names_no_time(
    changes: dict[str, object], said: str, tiny: str
) -> None:
    paused = replace(RESTING, **changes)  # type: ignore[arg-type]
    assert _last(_seen(paused)) == said
    assert _last(_seen(paused), TINY) == tiny


def _digits(shown: View) -> str:
    return plain(paint_exposure(shown, AT_80, 9)[1:])


@pytest.mark.parametrize("angle_deg", [-8.0, 9.0], ids=["runs", "paused"])
def test_while_a_rest_is_due_it_is_the_large_number_and_the_exposure_is_small(
    angle_deg: float,
) -> None:
    shown = _seen(replace(RESTING, angle_deg=angle_deg))
    assert _title(shown) == "REST LEFT exposure 0:38 of 1:00"
    assert _title(shown, TINY) == "REST LEFT"
    assert all(row.rstrip() in _digits(shown) for row in big("0:44", 2))
    assert not any(row.rstrip() in _digits(shown) for row in big("0:38", 2)[:1])


def test_without_fresh_data_no_rest_is_a_large_number() -> None:
    assert not any(row.rstrip() in _digits(_seen(SCENES["stale"])) for row in big("0:44", 2)[:1])


@pytest.mark.parametrize(("left_s", "cells"), [(90.0, 0), (45.0, 10), (0.1, 19), (200.0, 0)])
def test_the_bar_of_a_rest_fills_up_to_its_end(left_s: float, cells: int) -> None:
    shown = _seen(replace(RESTING, rest_left_s=left_s))
    assert plain([paint_rest_bar(shown, 20)]) == "▄" * cells + "─" * (20 - cells)


@pytest.mark.parametrize(("width", "said"), [(WIDE, "the rest is over at"), (20, "rest until")])
def test_it_is_not_called_safe_while_more_than_a_rest_stands_against_it(
    width: int, said: str
) -> None:
    dizzy = Check("Health", "dizzy after the last session: stop for a day, ask a doctor")
    shown = replace(RESTING, checks=(*RESTING.checks, dizzy))
    assert _last(_seen(shown), width) == f"{said} 18:30:44"


def test_the_rest_runs_up_to_the_angle_that_the_core_counts() -> None:
    level = replace(RESTING, angle_deg=REST_MAX_DEG)
    assert "safe to invert again" in _last(_seen(level))


def test_where_time_stands_still_on_purpose_no_rest_ends() -> None:
    ended = SourceState("replay", live=False, note="replay ended")
    assert _last(_seen(RESTING, source=ended)) == "not counted now"
    assert _title(_seen(RESTING, source=ended)) == "EXPOSURE limit 1:00"


def test_in_a_recording_it_is_over_by_the_clock_of_the_recording() -> None:
    paused = SourceState("x.csv", live=False, note="paused", begin_s=NOW_S - 60.0)
    assert _last(_seen(RESTING, source=paused)) == "safe to invert again at 1:44"


def test_without_a_clock_on_the_wall_the_countdown_stands_alone() -> None:
    assert _last(_seen(RESTING, wall=None)) == "rest 0:44 more"


@pytest.mark.parametrize(
    ("snapshot", "said"),
    [
        (CALM, "1:00 left to the limit no rest due"),
        (inverted(24.3), "0:36 left to the limit then rest 1:30"),
        (inverted(63.2), "0:03 OVER THE LIMIT then rest 1:30"),
        (replace(RESTING, exposure_s=0.0, time_left_s=60.0, rest_left_s=0.0), "rested"),
    ],
)
def test_what_is_left_of_the_limit_is_said_while_no_rest_is_owed(
    snapshot: Snapshot, said: str
) -> None:
    assert _last(_seen(snapshot)).endswith(said)


@pytest.mark.parametrize(
    ("snapshot", "said"),
    [
        (inverted(24.3), "EXPOSURE limit 1:00"),
        (SCENES["lost"], "EXPOSURE at least limit 1:00"),
        (replace(inverted(24.3), signal_age_s=2.1), "EXPOSURE at least limit 1:00"),
        (RESTING, "REST LEFT exposure 0:38 of 1:00"),
        (SCENES["latched"], "REST LEFT exposure 1:11 of 1:00"),
        (replace(RESTING, exposure_at_least=True), "REST LEFT exposure at least 0:38"),
        (SCENES["stale"], "EXPOSURE was 0:38 limit 1:00"),
        (SCENES["no_signal"], "EXPOSURE limit 1:00"),
    ],
)
def test_the_title_says_how_the_count_stands(snapshot: Snapshot, said: str) -> None:
    assert _title(_seen(snapshot)) == said


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (_seen(inverted(24.3), silent_s=4.0), "nothing is counted now"),
        (_seen(SCENES["no_signal"]), "nothing is counted yet"),
        (_seen(replace(CALM, signal_age_s=3.0)), "no data: nothing is counted"),
    ],
    ids=["stopped", "no data yet", "stale"],
)
def test_what_is_not_counted_has_no_digits_and_no_bar(shown: View, said: str) -> None:
    lines = paint_exposure(shown, AT_80, 8)
    assert plain(lines[-1:]) == said
    assert not set(plain([paint_bar(shown, AT_80)])) & set("▄█")
    assert "0:24" not in plain(lines[1:])


def test_an_open_inversion_is_counted_on_through_silence() -> None:
    lines = paint_exposure(_seen(SCENES["lost"]), AT_80, 8)
    assert "▄" in plain([paint_bar(_seen(SCENES["lost"]), AT_80)])
    assert "0:19 left to the limit" in plain(lines[-1:])


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize(("width", "height"), [(19, 5), (37, 8), (52, 11), (95, 14), (8, 2)])
def test_the_pane_keeps_to_its_place(name: str, width: int, height: int) -> None:
    lines = paint_exposure(_seen(SCENES[name]), width, height)
    assert len(lines) <= height
    if width >= TINY:
        assert max(width_of(line) for line in lines) <= width
