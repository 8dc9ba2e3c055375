# SPDX-License-Identifier: MIT
"""A stream of angles without their force: judged by what an angle can tell, and by that only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stories import Story, events, judge, lines, pipeline, stream, timeline
from upturn.core.mounting import ASSUMED, Mounting
from upturn.core.sample import StreamInfo

WHOLE = stream(rate_hz=50.0, gyro=True)
NARROW = replace(stream(rate_hz=10.0), angle_only=True)
TURNED = Mounting.from_axes((0.0, -1.0, 0.0), (0.0, 0.0, -1.0))


def narrow(text: str, *, start_s: float = 0.0) -> Story:
    """A story as a narrow link carries it."""
    return replace(timeline(text, rate_hz=10.0, start_s=start_s), info=NARROW)


def test_an_inversion_its_limits_and_its_end_are_judged() -> None:
    told = judge(narrow("upright 5s; to 50 in 2s; inverted 61s; to -80 in 2s; upright 5s"))
    assert told == [
        "0.00 posture unknown -> upright",
        "5.80 posture upright -> level",
        "6.90 posture level -> inverted",
        "6.90 inversion 1 since 6.40",
        "51.40 time_limit_near #1 raised **",
        "66.40 time_limit #1 raised ***",
        "68.80 posture inverted -> level",
        "68.80 inversion 1 ended: 62.40 s, peak 52, exposure 62.40",
        "68.80 time_limit_near #1 cleared **",
        "69.40 posture level -> upright",
    ]


def test_silence_while_inverted_is_loss_of_the_signal() -> None:
    told = judge(narrow("upright 5s; inverted 10s; silence 3s"))
    assert "16.90 signal_lost #1 raised ***" in told


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("still at -80 5s; frozen 12s", "sensor_fault"),
        ("force 1.6 for 3s; still 2s", "sensor_fault"),
        ("upright 5s; clip turned 25; upright 6s", "sensor_moved"),
    ],
)
def test_what_only_a_force_can_tell_is_not_judged(text: str, alarm: str) -> None:
    whole = replace(narrow(text), info=stream(rate_hz=10.0))
    assert any(alarm in line for line in judge(whole))
    assert not any(alarm in line for line in judge(narrow(text)))


def test_no_fall_is_made_of_a_knock_before_and_angles_behind_it() -> None:
    told = switched(
        timeline("still at -80 0.1s; clip turned 30; still 2s; knock 4g", gyro=True),
        (WHOLE, NARROW),
        narrow("still at -80 6s", start_s=2.2),
    )
    assert [line for line in told if "impact" in line or "fall" in line] == [
        "2.10 impact #1 raised **"
    ]


def test_a_wrong_number_of_them_a_second_is_told() -> None:
    slow = replace(timeline("still at -80 8s", rate_hz=5.0), info=NARROW)
    assert any("sensor_fault" in line for line in judge(slow))


def test_the_angle_is_taken_as_it_is_for_the_node_has_filtered_it() -> None:
    core = pipeline(narrow("still at -80 1s"))
    for at_s, angle_deg in ((0.0, -80.0), (1.0, 50.0)):
        core.feed(narrow(f"still at {angle_deg:.0f} 0.1s", start_s=at_s).samples)
        assert core.angle_deg == pytest.approx(angle_deg, abs=0.05)


def test_mounting_says_only_that_the_node_is_calibrated() -> None:
    info = replace(NARROW, mounting=TURNED)
    assert (info.axes, replace(info, angle_only=False).axes) == (ASSUMED, TURNED)
    assert judge(narrow("still at 50 3s"), info=info) == judge(narrow("still at 50 3s"))
    told = judge(narrow("still at -80 1s"), info=replace(NARROW, mounting=None))
    assert told[0] == "0.00 not_calibrated #1 raised **"


def switched(first: Story, infos: tuple[StreamInfo, StreamInfo], then: Story) -> list[str]:
    core = pipeline(first, info=infos[0])
    told = core.feed(first.samples)
    told += core.describe(infos[1], then.samples[0].t_s) + core.feed(then.samples)
    return lines(told)


def test_a_link_that_becomes_narrow_while_inverted_changes_nothing_and_its_angle_ends_it() -> None:
    told = switched(
        timeline("still at 50 10s", gyro=True),
        (WHOLE, NARROW),
        narrow("inverted 5s; to -80 in 2s; still 1s", start_s=10.0),
    )
    assert told[2:] == [
        "15.80 posture inverted -> level",
        "15.80 inversion 1 ended: 15.80 s, peak 52, exposure 15.80",
        "16.40 posture level -> upright",
    ]


def test_a_link_that_becomes_wide_while_inverted_changes_nothing() -> None:
    told = switched(
        narrow("still at 50 20s"),
        (NARROW, WHOLE),
        timeline("still 0.5s; inverted 5s", gyro=True, start_s=20.0),
    )
    assert not [line for line in told if "sensor" in line]


@pytest.mark.parametrize("other", [{"mounting": None}, {"mounting": TURNED}, {"node_id": "b2"}])
def test_an_angle_by_another_calibration_or_of_another_node_ends_no_inversion(
    other: dict[str, object],
) -> None:
    whole = replace(WHOLE, node_id="a1")
    info = replace(NARROW, node_id="a1")
    told = switched(
        timeline("still at 50 10s", gyro=True),
        (whole, replace(info, **other)),  # type: ignore[arg-type]
        narrow("still at -80 5s", start_s=10.0),
    )
    assert "10.00 sensor_fault #1 raised ***" in told
    assert not any("ended" in line for line in told)


def test_a_move_that_was_seen_stands_where_it_can_be_seen_no_more() -> None:
    core = pipeline(timeline("still at -80 1s"))
    core.feed(timeline("upright 5s; clip turned 25; upright 6s").samples)
    assert [view.spec.id for view in core.snapshot(11.0).alarms] == ["sensor_moved"]
    core.describe(NARROW, 11.0)
    core.feed(narrow("still at -80 10s", start_s=11.0).samples)
    assert [view.spec.id for view in core.snapshot(21.0).alarms] == ["sensor_moved"]


def test_no_block_holds_readings_of_both_kinds() -> None:
    """Else angles, taken for forces in other axes, would make a fall of the next knock."""
    askew = Mounting.from_axes((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    told = switched(
        narrow("still at 0 5s"),
        (replace(NARROW, mounting=askew), replace(WHOLE, mounting=askew)),
        timeline("still at 0 0.1s; knock 4g; still 6s", gyro=True, mounting=askew, start_s=5.0),
    )
    assert [line for line in told if "impact" in line or "fall" in line] == [
        "5.10 impact #1 raised **"
    ]


def test_the_whole_link_judges_its_force_again() -> None:
    told = switched(
        narrow("still at -80 5s"),
        (NARROW, WHOLE),
        timeline("still at -80 2s; force 1.6 for 3s", gyro=True, start_s=5.0),
    )
    assert [line for line in told if "sensor_fault" in line] == ["7.80 sensor_fault #1 raised **"]


def test_events_of_a_story_do_not_depend_on_how_it_is_cut() -> None:
    story = narrow("upright 3s; to 50 in 2s; inverted 10s; to -80 in 2s; upright 3s")
    core = pipeline(story)
    told = []
    for sample in story.samples:
        told += core.feed([sample])
    assert told == events(story)
