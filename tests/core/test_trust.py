# SPDX-License-Identifier: MIT
"""Which faults hold an inversion, and what a held one does."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from tests.stories import alarm_lines, events, judge, pipeline, stream, tell, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import SeenUpright
from upturn.core.events import InversionEnded, InversionStarted, Noted


def ends(text: str, *, rate_hz: float = 50.0) -> list[float]:
    told = events(timeline(text), info=stream(rate_hz=rate_hz))
    return [e.t_s for e in told if isinstance(e, InversionEnded)]


def test_a_second_fault_holds_though_a_first_one_stood_before() -> None:
    text = "still at -80 6s; to 50 in 2s; sway 8s; saturated 2s; saturated 3s"
    assert ends(f"{text}; still at -80 2s", rate_hz=50.0) == ends(
        f"{text}; still at -80 2s", rate_hz=80.0
    )


def test_a_wrong_rate_alone_holds_nothing() -> None:
    story = timeline("still at -80 3s; to 50 in 2s; sway 12s; to -80 in 3s; still 3s")
    thinned = replace(story, samples=[s for i, s in enumerate(story.samples) if i % 4])
    told = events(thinned)
    assert "sensor_fault #1 raised ***" in "".join(alarm_lines(told))
    assert len([e for e in told if isinstance(e, InversionEnded)]) == 1


def test_an_angle_that_is_not_believed_is_no_way_up() -> None:
    told = events(
        timeline("still at -80 3s; to 50 in 2s; sway 75s; clip turned 25; sway 8s; to -80 in 60s")
    )
    escalated = [
        line.split()[0] for line in alarm_lines(told, AlarmId.NO_RETURN) if "escalated" in line
    ]
    gaps_s = [float(b) - float(a) for a, b in pairwise(escalated)]
    assert len(gaps_s) >= 2
    assert all(gap_s == 15.0 for gap_s in map(round, gaps_s))


def test_what_a_person_saw_ends_the_hold_for_the_next_inversion_too() -> None:
    story = timeline(
        "still at -80 3s; to 50 in 2s; sway 3s; clip turned 25; sway 5s; seen upright; "
        "still at -80 3s; still at 50 3s; still at -80 2s"
    )
    told = events(story)
    assert [type(e) for e in told if isinstance(e, InversionStarted | InversionEnded)] == [
        InversionStarted,
        InversionEnded,
        InversionStarted,
        InversionEnded,
    ]


def test_seen_upright_does_not_make_a_dead_node_ready() -> None:
    story = timeline("still at 50 10s; silence 5s; seen upright; silence 60s")
    core = pipeline(story)
    tell(core, story)
    assert core.snapshot(75.0).not_ready == (
        "no data from the table",
        "a full rest has not passed",
    )


def test_seen_upright_before_the_first_sample_says_only_that() -> None:
    core = pipeline(timeline("still 1s"))
    assert core.command(SeenUpright(), 5.0) == [
        Noted(5.0, "seen upright: nothing is watched yet", refusal=True)
    ]


def test_seen_upright_ends_the_angle_alarm_of_a_dead_node() -> None:
    told = judge(timeline("still at 80 5s; silence 5s; seen upright; silence 5s"))
    assert [line for line in told if "angle_limit" in line] == [
        "2.00 angle_limit #1 raised **",
        "10.00 angle_limit #1 cleared **",
    ]


def test_an_inversion_that_began_in_a_gap_is_at_least_that_long() -> None:
    story = timeline("level 5s; silence 20s; inverted 5s")
    core = pipeline(story)
    tell(core, story)
    assert core.snapshot(29.9).exposure_at_least


def test_the_dwells_from_before_a_hold_count_no_more() -> None:
    (ended,) = (
        e
        for e in events(timeline("still at 50 5s; still at 10 8s; saturated 1s; still at 10 12s"))
        if isinstance(e, InversionEnded)
    )
    released_s = 14.0
    assert released_s + 10.0 <= ended.t_s <= released_s + 10.2


def test_a_node_that_doubts_its_sensor_holds_the_inversion_until_it_recovers() -> None:
    told = judge(
        timeline("still at 50 5s; node faults; still at -80 3s; node recovers; still at -80 1s")
    )
    assert [line for line in told if "fast_tilt" not in line] == [
        "0.50 posture unknown -> inverted",
        "0.50 inversion 1 since 0.00",
        "5.00 sensor_fault #1 raised ***",
        "8.00 sensor_fault #1 cleared ***",
        "8.00 posture inverted -> upright",
        "8.00 inversion 1 ended: 8.00 s, peak 50, exposure 8.00",
    ]


def test_a_fault_that_the_node_reports_is_told_without_a_sample() -> None:
    (raised,) = alarm_lines(events(timeline("upright 3s; silence 1s; node faults; silence 1s")))
    assert raised == "4.00 sensor_fault #1 raised **"
