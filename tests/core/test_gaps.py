# SPDX-License-Identifier: MIT
"""What silence does: it clears nothing, ends nothing, and counts as exposure unless upright."""

from __future__ import annotations

import pytest

from tests.stories import alarm_lines, events, judge, pipeline, tell, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.events import InversionEnded, InversionStarted


def quiet(text: str) -> list[str]:
    """The story's lines without the moments of the table, which jumps here are full of."""
    return [line for line in judge(timeline(text)) if "fast_tilt" not in line]


def exposure_s(text: str) -> list[float]:
    """The exposure that stands at the end of each inversion."""
    return [e.exposure_s for e in events(timeline(text)) if isinstance(e, InversionEnded)]


def test_a_gap_that_ends_inverted_begins_the_inversion_at_its_last_sample() -> None:
    assert quiet("still at -10 5s; silence 10s; still at 50 3s") == [
        "0.00 posture unknown -> level",
        "6.98 signal lost 2.00",
        "6.98 signal_lost #1 raised ***",
        "15.00 signal restored 10.02",
        "15.00 signal_lost #1 cleared ***",
        "15.50 posture level -> inverted",
        "15.50 inversion 1 since 4.98",
    ]


def test_upright_before_a_gap_is_not_counted() -> None:
    assert quiet("still at -80 5s; silence 8s; still at 50 3s") == [
        "0.00 posture unknown -> upright",
        "13.00 posture upright -> level",
        "13.50 posture level -> inverted",
        "13.50 inversion 1 since 4.98",
    ]
    assert exposure_s("still at -80 5s; silence 8s; still at 50 3s; still at -80 1s") == [
        pytest.approx(3.04)
    ]


@pytest.mark.parametrize("after", ["-10", "-80"])
def test_a_gap_that_began_inverted_counts_in_full(after: str) -> None:
    assert exposure_s(f"still at 50 5s; silence 10s; still at {after} 3s") == [15.0]


def test_a_gap_inside_an_inversion_counts_in_full() -> None:
    story = "still at 50 5s; silence 10s; still at 50 5s; silence 3s; still at -80 1s"
    assert exposure_s(story) == [23.0]


def test_a_gap_between_two_stays_at_level_is_no_exposure() -> None:
    assert exposure_s("still at -10 5s; silence 10s; still at -10 3s") == []


def test_a_gap_within_the_dwell_leaves_the_beginning_where_it_was() -> None:
    assert quiet("still at 16 0.3s; silence 1s; still at 50 1s") == [
        "1.30 posture unknown -> inverted",
        "1.30 inversion 1 since 0.00",
    ]


def test_an_open_gap_that_began_inverted_runs_on_to_the_limit() -> None:
    assert quiet("still at 50 5s; silence 71s") == [
        "0.50 posture unknown -> inverted",
        "0.50 inversion 1 since 0.00",
        "6.98 signal lost 2.00",
        "6.98 signal_lost #1 raised ***",
        "45.00 time_limit_near #1 raised **",
        "60.00 time_limit #1 raised ***",
        "75.00 no_return #1 raised ***",
    ]


@pytest.mark.parametrize("gap_samples", [1, 2, 20, 200])
def test_a_gap_of_any_length_is_no_way_to_shorten_an_inversion(gap_samples: int) -> None:
    silence = f"silence {gap_samples * 0.02}s"
    story = f"still at 50 2s; {silence}; still at 50 2s; {silence}; still at -80 0.5s"
    (counted_s,) = exposure_s(story)
    assert counted_s >= 4.0 + 2 * gap_samples * 0.02 - 1e-9


def test_exposure_over_missing_data_is_shown_as_at_least() -> None:
    core = pipeline(story := timeline("still at 50 5s"))
    tell(core, story)
    core.tick(6.9)
    before = core.snapshot(6.9)
    core.tick(7.0)
    after = core.snapshot(7.0)
    assert (before.exposure_at_least, after.exposure_at_least) == (False, True)
    assert after.exposure_s == pytest.approx(7.0)


def test_once_assumed_it_stays_at_least_until_a_full_rest() -> None:
    story = timeline("still at 50 5s; silence 3s; still at 50 2s; still at -60 80s")
    core = pipeline(story)
    tell(core, story)
    assert core.snapshot(90.0).exposure_at_least
    core.feed(timeline("still at -60 15s", start_s=90.0).samples)
    assert not core.snapshot(105.0).exposure_at_least


@pytest.mark.parametrize(("silence_s", "rest_s"), [("0.98", 20.0), ("1.00", 18.98)])
def test_rest_pauses_over_a_gap_of_over_a_second(silence_s: str, rest_s: float) -> None:
    away = f"still at -60 10s; silence {silence_s}s; still at -60 {19.86 - 10 - float(silence_s)}s"
    told = events(timeline(f"still at 20 5s; {away}; still at 20 1s"))
    (again,) = (e for e in told if isinstance(e, InversionStarted) and e.n == 2)
    assert again.rest_s == pytest.approx(rest_s)


def test_no_rest_is_complete_in_silence() -> None:
    core = pipeline(story := timeline("still at 50 5s; still at -80 20s; silence 300s"))
    tell(core, story)
    shown = core.snapshot(325.0)
    assert shown.rest_s == pytest.approx(25.0 - 5.04 - 0.02)
    assert shown.exposure_s == pytest.approx(5.04)


def test_silence_changes_no_posture_and_clears_no_alarm() -> None:
    assert quiet("still at 120 3s; silence 30s") == [
        "0.20 posture unknown -> over_rotated",
        "0.20 inversion 1 since 0.00",
        "0.20 over_rotation #1 raised ***",
        "2.00 angle_limit #1 raised **",
        "4.98 signal lost 2.00",
        "4.98 signal_lost #1 raised ***",
    ]


def test_an_angle_where_no_table_stands_goes_on_with_the_inversion() -> None:
    assert quiet(
        "still at 50 5s; silence 1.5s; still at -150 3s; silence 1.5s; still at 50 1s"
    ) == [
        "0.50 posture unknown -> inverted",
        "0.50 inversion 1 since 0.00",
        "6.50 posture inverted -> unknown",
        "11.50 posture unknown -> inverted",
    ]


def test_turning_on_past_225_is_unknown_and_ends_when_upright_is_known() -> None:
    assert quiet("at 120 3s; to 224 in 3s; to 240 in 1s; at -120 2s")[-3:] == [
        "6.24 posture over_rotated -> unknown",
        "6.74 posture unknown -> upright",
        "6.74 inversion 1 ended: 6.74 s, peak 225, exposure 6.74",
    ]


@pytest.mark.parametrize("angle_deg", [-135.5, -150, -179])
def test_below_135_reached_any_other_way_is_unknown(angle_deg: float) -> None:
    assert quiet(f"still at -80 3s; still at {angle_deg} 2s")[-1].endswith("upright -> unknown")


def test_stillness_is_not_counted_over_the_gap_that_an_inversion_began_in() -> None:
    told = events(timeline("still at -10 5s; silence 50s; still at 50 29.9s"))
    assert alarm_lines(told, AlarmId.NO_MOVEMENT) == []


@pytest.mark.parametrize(
    ("posture_deg", "told"),
    [
        (-80, "12.98 signal_lost #1 raised *"),
        (-10, "4.98 signal_lost #1 raised ***"),
        (50, "4.98 signal_lost #1 raised ***"),
        (120, "4.98 signal_lost #1 raised ***"),
        (-150, "4.98 signal_lost #1 raised ***"),
    ],
)
def test_a_lost_signal_is_high_after_two_seconds_unless_upright(
    posture_deg: int, told: str
) -> None:
    silent = timeline(f"still at {posture_deg} 3s; silence 12s")
    assert alarm_lines(events(silent), AlarmId.SIGNAL_LOST) == [told]


@pytest.mark.parametrize(
    ("posture_deg", "until_s", "lost"),
    [(50, 4.97, False), (50, 4.98, True), (-80, 12.97, False), (-80, 12.98, True)],
)
def test_a_signal_is_lost_on_its_second(posture_deg: int, until_s: float, lost: bool) -> None:
    told = events(timeline(f"still at {posture_deg} 3s"), until_s=until_s)
    assert bool(alarm_lines(told, AlarmId.SIGNAL_LOST)) is lost


def test_a_gap_in_a_file_is_judged_like_silence() -> None:
    assert quiet("still at 50 3s; silence 2.5s; still at 50 1s")[2:] == [
        "4.98 signal lost 2.00",
        "4.98 signal_lost #1 raised ***",
        "5.50 signal restored 2.52",
        "5.50 signal_lost #1 cleared ***",
    ]


def test_a_late_burst_is_not_fresh_and_restores_nothing() -> None:
    core = pipeline(story := timeline("still at 50 3s"))
    told = core.feed(story.samples) + core.tick(10.0)
    late = timeline("still at 50 4s", start_s=3.0).samples
    told += core.feed(late)
    assert core.snapshot(10.0).signal_lost
    fresh = timeline("still at 50 2s", start_s=8.5).samples
    told += core.feed(fresh)
    assert not core.snapshot(10.5).signal_lost
    assert [e.t_s for e in told] == sorted(e.t_s for e in told)


@pytest.mark.parametrize("fault", ["node says 180; still 5s", "clip turned 15; still 5s"])
def test_a_fault_raised_while_inverted_holds_the_inversion(fault: str) -> None:
    told = quiet(f"still at 50 5s; {fault}; still at -80 20s")
    assert not any("ended" in line for line in told)


def test_an_inversion_that_is_held_runs_on_to_its_limit() -> None:
    told = events(timeline("still at 50 5s; clip turned 15; still 5s; still at -80 66s"))
    assert alarm_lines(told, AlarmId.TIME_LIMIT, AlarmId.NO_RETURN) == [
        "60.00 time_limit #1 raised ***",
        "75.00 no_return #1 raised ***",
    ]


def test_the_fault_over_the_next_sample_decides() -> None:
    told = quiet("still at 50 5s; frozen 12s; still at -80 2s")
    assert told[2:4] == [
        "15.00 sensor_fault #1 raised ***",
        "17.00 sensor_fault #1 cleared ***",
    ]
    assert told[-1].endswith("posture level -> upright")


def test_a_person_who_saw_it_ends_a_held_inversion() -> None:
    told = quiet(
        "still at 50 5s; clip turned 15; still 5s; still at -80 5s; seen upright; still 5s"
    )
    assert told[2:] == [
        "8.00 sensor_moved #1 raised ***",
        "15.00 note: seen upright",
        "15.00 posture inverted -> upright",
        "15.00 inversion 1 ended: 15.00 s, peak 50, exposure 15.00",
    ]


def test_a_fault_from_before_the_inversion_does_not_hold_it() -> None:
    told = quiet("clip turned 15; still at -10 5s; still at 50 5s; still at -10 3s")
    assert [line.split(" ", 1)[1].split(":")[0] for line in told][-2:] == [
        "posture inverted -> level",
        "inversion 1 ended",
    ]


def test_a_node_that_says_goodbye_upright_is_unknown_without_an_alarm() -> None:
    assert quiet("still at -80 3s; goodbye; silence 3600s") == [
        "0.00 posture unknown -> upright",
        "3.00 note: node switched off",
        "3.00 posture upright -> unknown",
    ]


def test_a_node_that_says_goodbye_inverted_is_lost() -> None:
    assert quiet("still at 50 3s; goodbye; silence 3s")[2:] == [
        "3.00 note: node switched off while inverted: taken as loss of data",
        "4.98 signal lost 2.00",
        "4.98 signal_lost #1 raised ***",
    ]


def test_after_a_goodbye_the_next_sample_is_watched_again() -> None:
    assert quiet("still at -80 3s; goodbye; silence 60s; still at -80 3s; silence 11s")[3:] == [
        "63.00 posture unknown -> upright",
        "75.98 signal lost 10.00",
        "75.98 signal_lost #1 raised *",
    ]


def test_a_goodbye_that_is_followed_by_data_is_taken_back() -> None:
    assert quiet("still at -10 3s; goodbye; still at -10 3s; silence 3s")[1:] == [
        "3.00 note: node switched off",
        "3.00 posture level -> unknown",
        "3.00 posture unknown -> level",
        "7.98 signal lost 2.00",
        "7.98 signal_lost #1 raised ***",
    ]


def test_the_time_that_a_node_was_off_in_order_is_no_exposure() -> None:
    assert quiet("still at -80 3s; goodbye; silence 600s; still at 50 1s")[3:] == [
        "603.50 posture unknown -> inverted",
        "603.50 inversion 1 since 603.00",
    ]


def test_an_inversion_never_begins_before_the_last_one_ended() -> None:
    story = timeline("still at 50 5s; silence 3s; seen upright; goodbye; still at 50 1s")
    told = events(story)
    (again,) = (e for e in told if isinstance(e, InversionStarted) and e.n == 2)
    assert again.since_s == 8.0


def test_level_above_five_degrees_is_no_rest() -> None:
    core = pipeline(story := timeline("still at 20 5s; still at 8 30s; still at 4.5 20s"))
    tell(core, story)
    shown = core.snapshot(55.0)
    assert shown.posture == "level"
    assert shown.rest_s == pytest.approx(20.0, abs=0.3)


def test_a_staged_return_counts_as_exposure_to_its_end() -> None:
    assert exposure_s("still at 50 5s; still at 10 30s") == [pytest.approx(15.2, abs=0.1)]


def test_the_time_that_a_node_was_off_in_order_is_no_rest() -> None:
    story = timeline("still at 50 5s; still at -80 10s; goodbye; silence 300s; still at -80 1s")
    core = pipeline(story)
    tell(core, story)
    shown = core.snapshot(316.0)
    assert shown.exposure_s == pytest.approx(5.04)
    assert shown.rest_s == pytest.approx(10.9, abs=0.1)


def test_samples_that_a_node_was_too_off_to_send_are_not_lost() -> None:
    core = pipeline(story := timeline("still at -80 3s; goodbye; silence 60s; still at -80 1s"))
    tell(core, story)
    assert core.summary().samples_lost == 0
