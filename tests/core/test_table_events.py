# SPDX-License-Identifier: MIT
"""Moments of the table: turning too fast, a knock, a fall, and what is none of them."""

from __future__ import annotations

import pytest

from tests.stories import Story, alarm_lines, events, judge, pipeline, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.events import AlarmChanged

FALL, IMPACT, FAST = AlarmId.FALL, AlarmId.IMPACT, AlarmId.FAST_TILT
both = pytest.mark.parametrize("gyro", [False, True], ids=["slope", "gyro"])


def spinning(rates_dps: list[float]) -> Story:
    """A table at rest whose gyro shows these rates, one a sample, after five seconds."""
    story = timeline("still at -80 15s", gyro=True)
    for i, rate_dps in enumerate(rates_dps, start=250):
        story.samples[i] = story.samples[i]._replace(gx_dps=-rate_dps)
    return story


def fast(story: Story) -> list[str]:
    return alarm_lines(events(story), FAST)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_turning_fast_for_a_tenth_of_a_second_is_held_for_ten(sign: float) -> None:
    assert fast(spinning([sign * 120.1] * 6)) == ["5.10 fast_tilt #1 raised **"]
    story = spinning([sign * 120.1] * 6)
    story.end_s = 15.2
    assert fast(story)[-1] == "15.10 fast_tilt #1 cleared **"


@pytest.mark.parametrize(
    "rates_dps",
    [
        [120.1] * 5,
        [119.9] * 50,
        [120.1] * 5 + [100.0] + [120.1] * 5,
        [120.1] * 5 + [-120.1] * 5,
    ],
    ids=["too short", "too slow", "interrupted", "both ways"],
)
def test_anything_less_is_no_fast_tilt(rates_dps: list[float]) -> None:
    assert fast(spinning(rates_dps)) == []


def test_the_other_way_is_timed_for_itself() -> None:
    assert fast(spinning([120.1] * 3 + [-120.1] * 6)) == ["5.16 fast_tilt #1 raised **"]


def test_a_long_turn_is_one_occurrence_until_its_hold_is_over() -> None:
    assert fast(spinning([120.1] * 400)) == [
        "5.10 fast_tilt #1 raised **",
    ]


@both
def test_a_quick_turn_up_is_too_fast(gyro: bool) -> None:
    (told,) = fast(timeline("at 60 5s; to -80 in 1.2s; upright 3s", gyro=gyro))
    assert 5.2 <= float(told.split()[0]) <= 6.2


@both
def test_a_slow_turn_is_not(gyro: bool) -> None:
    assert fast(timeline("at 60 5s; to -80 in 2.5s; upright 3s", gyro=gyro)) == []


def test_a_fast_rate_before_a_gap_says_nothing_of_after_it() -> None:
    story = spinning([120.1] * 3)
    story.samples = [s for s in story.samples if not 5.06 <= s.t_s < 6.2]
    story.samples[253] = story.samples[253]._replace(gx_dps=-120.1)
    assert fast(story) == []


@pytest.mark.parametrize("kind", ["knock", "peak"])
@pytest.mark.parametrize(("peak_g", "told"), [("2.49", 0), ("2.51", 1)])
def test_a_knock_is_over_two_and_a_half_g_of_either_kind(
    kind: str, peak_g: str, told: int
) -> None:
    story = timeline(f"still at -80 3s; {kind} {peak_g}g; still 12s")
    assert (
        alarm_lines(events(story))
        == [
            "3.00 impact #1 raised **",
            "13.00 impact #1 cleared **",
        ][: 2 * told]
    )


def test_a_knock_says_how_hard_it_was() -> None:
    (told,) = events(timeline("knock 4g"))[-1:]
    assert isinstance(told, AlarmChanged)
    assert told.message.startswith("Hard knock on the table: 4.0 g. ")


def test_bounces_hold_one_impact() -> None:
    story = timeline("still at -80 3s; knock 4g; still 0.3s; knock 3g; still 9.9s")
    assert alarm_lines(events(story)) == ["3.00 impact #1 raised **"]


def test_free_fall_and_a_knock_are_a_fall() -> None:
    story = timeline("still at -80 3s; falling 0.2s; knock 4g; still 12s; acknowledge; still 1s")
    assert judge(story) == [
        "0.00 posture unknown -> upright",
        "3.20 impact #1 raised **",
        "3.20 fall #1 raised ***",
        "13.20 impact #1 cleared **",
        "15.22 fall #1 acknowledged ***",
        "15.22 fall #1 cleared ***",
    ]


@pytest.mark.parametrize(
    ("falling", "fell"),
    [
        ("falling 0.08s", False),
        ("falling 0.1s", True),
        ("force 0.69 for 0.1s", True),
        ("force 0.71 for 0.1s", False),
        ("falling 0.06s; still 0.02s; falling 0.06s", False),
        ("falling 0.2s; still 1s", True),
        ("falling 0.2s; still 1.02s", False),
    ],
)
def test_free_fall_is_a_tenth_of_a_second_within_the_second_before(
    falling: str, fell: bool
) -> None:
    story = timeline(f"still at -80 3s; {falling}; knock 4g; still 1s")
    assert bool(alarm_lines(events(story), FALL)) is fell


def test_a_fall_without_a_knock_is_none() -> None:
    assert alarm_lines(events(timeline("still at -80 3s; falling 0.3s; still 6s"))) == []


@pytest.mark.parametrize("turned_deg", [21, -21])
def test_a_knock_out_of_the_tables_plane_is_a_fall(turned_deg: int) -> None:
    story = timeline(f"still at -80 3s; knock 4g; clip turned {turned_deg}; still 2s")
    assert alarm_lines(events(story)) == ["3.00 impact #1 raised **", "3.60 fall #1 raised ***"]


@pytest.mark.parametrize(
    "after",
    ["clip turned 19; still 8s", "still 5.1s; clip turned 21; still 2s"],
    ids=["too little", "too late"],
)
def test_a_knock_without_a_new_plane_in_time_is_no_fall(after: str) -> None:
    story = timeline(f"still at -80 3s; knock 4g; {after}")
    assert alarm_lines(events(story), FALL) == []


def test_a_plane_is_believed_only_while_quiet() -> None:
    shaken = "; ".join(["force 1.2 for 0.4s; force 1.15 for 0.4s"] * 8)
    story = timeline(f"still at -80 3s; knock 4g; clip turned 30; {shaken}")
    assert alarm_lines(events(story), FALL) == []


def test_a_clip_that_sat_askew_before_the_knock_is_no_fall() -> None:
    story = timeline("clip turned 30; still at -80 3s; knock 4g; still 6s")
    assert alarm_lines(events(story), FALL) == []


def test_a_fall_is_said_once_for_its_knocks() -> None:
    story = timeline(
        "still at -80 3s; falling 0.2s; knock 4g; still 0.2s; knock 4g; clip turned 40; still 5s"
    )
    assert alarm_lines(events(story), FALL) == ["3.20 fall #1 raised ***"]


def test_a_second_fall_is_a_new_occurrence() -> None:
    fall = "still 3s; falling 0.2s; knock 4g"
    assert alarm_lines(events(timeline(f"{fall}; {fall}")), FALL) == [
        "3.20 fall #1 raised ***",
        "6.42 fall #2 raised ***",
    ]


def test_free_fall_before_a_gap_says_nothing_of_after_it() -> None:
    story = timeline("still at -80 3s; falling 0.04s; silence 1.1s; falling 0.04s; knock 4g")
    assert alarm_lines(events(story), FALL) == []


def test_a_dip_and_a_later_knock_are_no_fall_however_the_core_is_ticked() -> None:
    story = timeline("still at -80 3s; force 0.6 for 0.02s; still 0.4s; knock 4g; still 1s")
    core = pipeline(story)
    told = core.feed(story.samples[:151]) + core.tick(3.01) + core.feed(story.samples[151:])
    assert alarm_lines(told) == ["3.42 impact #1 raised **"]
