# SPDX-License-Identifier: MIT
"""A stream that is described while it runs: a node's greeting, a new rate, a new calibration."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

import pytest

from tests.stories import alarm_lines, judge, lines, pipeline, stream, tell, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import SeenUpright
from upturn.core.mounting import ASSUMED, Mounting
from upturn.core.sample import StreamInfo

RAD = radians(50.0)
TURNED = Mounting.from_axes((0.0, cos(RAD), sin(RAD)), (0.0, -sin(RAD), cos(RAD)))
"""Its upright reads -30 by the assumed axes."""
BACKWARDS = Mounting.from_axes((0.0, -1.0, 0.0), (0.0, 0.0, -1.0))


def test_a_description_before_the_first_sample_is_as_if_it_had_always_been() -> None:
    story = timeline("upright 5s; to 50 in 2s; inverted 10s; to -80 in 2s; upright 5s", gyro=True)
    core = pipeline(story, info=StreamInfo())
    assert core.describe(story.info, -1.0) == []
    assert lines(tell(core, story)) == judge(story)


def test_the_same_description_again_changes_nothing() -> None:
    story = timeline("upright 5s; inverted 10s; upright 5s", gyro=True)
    core = pipeline(story)
    told = []
    for sample in story.samples:
        told += core.describe(replace(story.info), sample.t_s) + core.feed([sample])
    assert lines(told) == judge(story)


def test_a_calibration_on_the_way_clears_not_calibrated_and_turns_the_angle() -> None:
    story = timeline("still at -80 3s", mounting=TURNED)
    core = pipeline(story, info=stream(mounting=None))
    told = core.feed(story.samples[:75])
    told += core.describe(stream(mounting=TURNED), 1.5)
    told += core.feed(story.samples[75:])
    assert lines(told) == [
        "0.00 not_calibrated #1 raised **",
        "0.00 posture unknown -> level",
        "1.50 not_calibrated #1 cleared **",
        "1.50 posture level -> upright",
    ]
    assert core.angle_deg == pytest.approx(-80.0)
    assert not core.snapshot(3.0).alarms


def test_a_lost_calibration_is_said() -> None:
    story = timeline("still at -80 3s")
    core = pipeline(story)
    told = core.feed(story.samples[:75])
    told += core.describe(stream(mounting=None), 1.5) + core.feed(story.samples[75:])
    assert alarm_lines(told) == ["1.50 not_calibrated #1 raised **"]


def test_a_move_is_forgotten_with_a_new_calibration_and_kept_without() -> None:
    story = timeline("upright 5s; clip turned 25; upright 6s")
    for mounting, moved in ((TURNED, []), (ASSUMED, ["sensor_moved"])):
        core = pipeline(story)
        tell(core, story)
        assert [view.spec.id for view in core.snapshot(11.0).alarms] == ["sensor_moved"]
        core.describe(replace(story.info, mounting=mounting, node="other"), 11.0)
        core.feed([story.samples[-1]._replace(t_s=11.0)])
        assert [view.spec.id for view in core.snapshot(11.1).alarms] == moved


def test_a_wrong_rate_is_forgiven_when_the_rate_is_declared_anew() -> None:
    story = timeline("still at -80 8s; still 8s", rate_hz=100.0)
    core = pipeline(story, info=stream(rate_hz=50.0))
    told = core.feed(story.samples[:800])
    told += core.describe(stream(rate_hz=100.0), 8.0) + core.feed(story.samples[800:])
    assert alarm_lines(told) == [
        "5.00 sensor_fault #1 raised **",
        "12.80 sensor_fault #1 cleared **",
    ]


def test_what_the_node_said_of_its_sensor_outlives_a_new_rate() -> None:
    story = timeline("still at -80 2s; node faults; still 2s")
    core = pipeline(story)
    tell(core, story)
    core.describe(stream(rate_hz=100.0), 4.0)
    core.feed([story.samples[-1]._replace(t_s=4.0)])
    assert [view.spec.id for view in core.snapshot(4.0).alarms] == ["sensor_fault"]


def quiet(told: list[str]) -> list[str]:
    return [line for line in told if "fast_tilt" not in line]


def test_another_calibration_ends_no_inversion_until_somebody_has_looked() -> None:
    story = timeline("still at 50 10s")
    core = pipeline(story)
    told = core.feed(story.samples[:250])
    told += core.describe(replace(story.info, mounting=BACKWARDS), 5.0)
    told += core.feed(story.samples[250:])
    assert core.angle_deg == pytest.approx(-130.0)
    assert core.snapshot(10.0).inverted
    told += core.command(SeenUpright(), 10.0)
    assert quiet(lines(told))[2:] == [
        "5.00 sensor_fault #1 raised ***",
        "10.00 note: seen upright",
        "10.00 posture inverted -> upright",
        "10.00 inversion 1 ended: 10.00 s, peak 50, exposure 10.00",
    ]
    core.feed([story.samples[-1]._replace(t_s=10.0)])
    assert "sensor_fault" not in [view.spec.id for view in core.snapshot(10.0).alarms]


def test_the_calibration_of_before_gives_the_angle_its_word_back() -> None:
    story = timeline("still at 50 10s; still at -80 5s")
    core = pipeline(story)
    told = core.feed(story.samples[:250])
    told += core.describe(replace(story.info, mounting=None), 5.0)
    told += core.feed(story.samples[250:500])
    told += core.describe(story.info, 10.0)
    told += core.feed(story.samples[500:])
    assert quiet(lines(told))[2:] == [
        "5.00 sensor_fault #1 raised ***",
        "5.00 not_calibrated #1 raised **",
        "10.00 sensor_fault #1 cleared ***",
        "10.00 not_calibrated #1 cleared **",
        "10.04 posture inverted -> level",
        "10.04 inversion 1 ended: 10.04 s, peak 50, exposure 10.04",
        "10.10 posture level -> upright",
    ]


def test_another_node_ends_no_inversion_of_the_first() -> None:
    story = timeline("still at 50 5s; still at -80 5s")
    core = pipeline(story, info=replace(story.info, node_id="a1"))
    told = core.feed(story.samples[:250])
    told += core.describe(replace(story.info, node_id="b2"), 5.0)
    told += core.feed(story.samples[250:])
    assert quiet(lines(told))[2:] == ["5.00 sensor_fault #1 raised ***"]
    assert core.snapshot(10.0).inverted


def test_another_node_while_nobody_is_inverted_is_simply_another_node() -> None:
    story = timeline("still at -80 5s; still at 50 5s")
    core = pipeline(story, info=replace(story.info, node_id="a1"))
    told = core.feed(story.samples[:250])
    told += core.describe(replace(story.info, node_id="b2"), 5.0)
    told += core.feed(story.samples[250:])
    assert not alarm_lines(told, AlarmId.SENSOR_FAULT)
    assert core.snapshot(10.0).inverted


def test_a_fault_and_what_it_holds_outlive_another_range() -> None:
    story = timeline("still at 50 5s; force 0.4 for 3s; still at -80 0.1s")
    core = pipeline(story)
    told = core.feed(story.samples[:400])
    assert alarm_lines(told, AlarmId.SENSOR_FAULT) == ["5.60 sensor_fault #1 raised ***"]
    told = core.describe(replace(story.info, range_g=16.0), 8.0) + core.feed(story.samples[400:])
    assert not alarm_lines(told)
    assert core.snapshot(8.1).inverted


def test_readings_that_do_not_change_are_found_however_often_the_range_does() -> None:
    story = timeline("still at 50 2s; frozen 20s")
    core = pipeline(story)
    told = []
    for at in range(0, len(story.samples), 200):
        info = replace(story.info, range_g=8.0 if at % 400 else 16.0)
        told += core.describe(info, story.samples[at].t_s)
        told += core.feed(story.samples[at : at + 200])
    assert alarm_lines(told, AlarmId.SENSOR_FAULT) == ["12.00 sensor_fault #1 raised ***"]
