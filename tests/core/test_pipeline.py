# SPDX-License-Identifier: MIT
"""The whole core from outside: deadlines, snapshots, summaries, and samples that are refused."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isnan, nan

import pytest

from tests.stories import alarm_lines, judge, lines, pipeline, shifted, stream, tell, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import ImFine, LinkNote
from upturn.core.events import Noted, Posture
from upturn.core.limits import DEVICES, STANDARD, DeviceKind
from upturn.core.pipeline import Pipeline
from upturn.core.sample import Sample

UPRIGHT = Sample(0.0, 0.0, 1.0, 0.0)


def test_before_the_first_sample_nothing_is_known() -> None:
    core = Pipeline(stream(), STANDARD, start_s=100.0)
    shown = core.snapshot(105.0)
    assert (core.seen, core.samples_rejected, core.last_sample_s) == (False, 0, -inf)
    assert isnan(core.angle_deg)
    assert (shown.angle_deg, shown.rate_dps, shown.signal_age_s) == (None, None, None)
    assert (shown.posture, shown.session_peak_deg, shown.battery_v) == (
        Posture.UNKNOWN,
        None,
        None,
    )
    assert (shown.rest_s, shown.rest_left_s, shown.exposure_s) == (0.0, 0.0, 0.0)
    assert shown.not_ready == ("no data from the table yet",)
    assert not shown.ready


@pytest.mark.parametrize("start_s", [0.0, -7.5, 1.7e9])
def test_no_first_sample_is_an_alarm_after_fifteen_seconds(start_s: float) -> None:
    core = Pipeline(stream(), STANDARD, start_s=start_s)
    assert core.next_deadline_s() == start_s + 15.0
    assert core.tick(start_s + 14.9) == []
    assert [line.split(" ", 1)[1] for line in lines(core.tick(start_s + 15.0))] == [
        "no_signal_yet #1 raised **"
    ]
    assert core.next_deadline_s() == inf


def test_how_a_node_is_heard_is_noted_and_changes_nothing() -> None:
    core = Pipeline(stream(), STANDARD, start_s=0.0)
    core.feed([UPRIGHT._replace(t_s=1.0)])
    shown = core.snapshot(2.0)
    assert core.command(LinkNote("den is heard by its cable"), 2.0) == [
        Noted(2.0, "den is heard by its cable")
    ]
    assert core.snapshot(2.0) == shown


def test_without_a_start_no_first_sample_is_awaited() -> None:
    core = Pipeline(stream(), STANDARD)
    assert (core.next_deadline_s(), core.tick(1000.0)) == (inf, [])


def test_a_first_sample_in_time_leaves_nothing_to_say() -> None:
    core = Pipeline(stream(), STANDARD, start_s=0.0)
    told = core.feed([UPRIGHT._replace(t_s=14.0)]) + core.tick(16.0)
    assert lines(told) == ["14.00 posture unknown -> upright"]


@pytest.mark.parametrize(
    ("story", "deadline_s"),
    [
        ("still at -80 1s", 10.98),
        ("still at 50 1s", 2.98),
        ("at 20 44.5s", 45.0),
        ("at 20 59.5s", 60.0),
        ("at 20 74.5s", 75.0),
        ("at 20 89.5s", 90.0),
        ("still at -80 1s; knock 4g; still 9.5s", 11.0),
        ("still at 50 1s; silence 3s", 45.0),
    ],
)
def test_the_next_deadline_is_when_something_comes_due_without_a_sample(
    story: str, deadline_s: float
) -> None:
    core = pipeline(told := timeline(story))
    tell(core, told)
    assert core.next_deadline_s() == pytest.approx(deadline_s)
    assert core.tick(deadline_s - 0.01) == []
    assert core.tick(deadline_s + 0.001) != []


def test_a_snapshot_shows_an_open_inversion() -> None:
    core = pipeline(story := timeline("at 50 20s; still at -60 30s; at 70 20s"))
    tell(core, story)
    shown = core.snapshot(70.0)
    first_s, second_s = 20.08, 70.0 - 50.1
    assert (shown.posture, shown.inverted, shown.inversion) == (Posture.INVERTED, True, 2)
    assert shown.signal_age_s == pytest.approx(0.02)
    assert shown.inversion_s == pytest.approx(second_s, abs=0.1)
    assert shown.exposure_s == pytest.approx(first_s + second_s, abs=0.1)
    assert shown.time_left_s == pytest.approx(60.0 - shown.exposure_s)
    assert (shown.session, shown.session_inversions) == (1, 2)
    assert shown.session_inverted_s == pytest.approx(shown.exposure_s)
    assert shown.session_longest_s == pytest.approx(first_s, abs=0.1)
    assert shown.session_peak_deg == pytest.approx(71.5, abs=0.2)
    assert [view.spec.id for view in shown.alarms] == [AlarmId.ANGLE_LIMIT, AlarmId.REST_SHORT]


def test_a_snapshot_shows_the_rest_that_is_left() -> None:
    core = pipeline(story := timeline("at 20 20s; to -60 in 2s; still 30s"))
    tell(core, story)
    shown = core.snapshot(52.0)
    assert (shown.inverted, shown.inversion_s) == (False, 0.0)
    assert shown.rest_s + shown.rest_left_s == pytest.approx(90.0)
    assert shown.rest_s == pytest.approx(31.32)


def test_after_a_full_rest_nothing_is_left_to_rest() -> None:
    core = pipeline(story := timeline("at 20 20s; to -60 in 2s; still 95s"))
    tell(core, story)
    shown = core.snapshot(117.0)
    assert (shown.rest_left_s, shown.exposure_s, shown.time_left_s) == (0.0, 0.0, 60.0)


def test_time_left_is_never_below_zero() -> None:
    core = pipeline(story := timeline("at 20 65s"))
    tell(core, story)
    assert core.snapshot(65.0).time_left_s == 0.0


def test_a_battery_that_was_reported_is_shown() -> None:
    core = pipeline(story := timeline("upright 1s; battery 3.9V"))
    tell(core, story)
    assert core.snapshot(1.0).battery_v == 3.9


@pytest.mark.parametrize(
    ("story", "reasons"),
    [
        ("upright 1s", ()),
        ("level 1s", ("the table is not upright",)),
        ("at -150 1s", ("posture is unknown",)),
        ("level 1s; stand down", ("stand down: alarms are off", "the table is not upright")),
        ("upright 1s; mqtt fails", ("An alarm route is down",)),
        ("upright 1s; silence 11s", ("No data from the table",)),
        ("at 50 1s; knock 4g", ("the table is not upright",)),
        ("at 50 1s; call for help", ("Call for help", "the table is not upright")),
    ],
)
def test_not_ready_names_every_reason(story: str, reasons: tuple[str, ...]) -> None:
    core = pipeline(told := timeline(story))
    tell(core, told)
    shown = core.snapshot(5.0)
    assert (shown.not_ready, shown.ready) == (reasons, not reasons)


def test_an_uncalibrated_sensor_is_not_ready() -> None:
    story = timeline("upright 1s")
    core = pipeline(story, info=stream(mounting=None))
    tell(core, story)
    assert core.snapshot(1.0).not_ready == ("Not calibrated",)


def test_a_snapshot_tells_times_on_the_callers_axis() -> None:
    core = pipeline(story := timeline("upright 1s; knock 4g", start_s=1.7e9))
    tell(core, story)
    (shown,) = core.snapshot(1.7e9 + 2.0).alarms
    assert shown.raised_s == pytest.approx(1.7e9 + 1.0, abs=1e-6)


def test_a_summary_holds_the_totals_and_an_open_inversion() -> None:
    story = timeline("still at 50 10s; still at -60 10s; silence 1s; still at 40 10.02s")
    core = pipeline(story)
    tell(core, story)
    summary = core.summary()
    assert (summary.samples, summary.samples_lost, summary.inversions) == (1501, 50, 2)
    assert summary.profile == "standard"
    assert (summary.t_s, summary.duration_s) == pytest.approx((31.0, 31.0))
    assert (summary.inverted_s, summary.longest_s) == pytest.approx((21.08, 11.02), abs=0.05)
    assert summary.peak_angle_deg == pytest.approx(50.0, abs=0.01)
    assert {id: n for id, n in summary.alarms.items() if id is not AlarmId.FAST_TILT} == {
        AlarmId.REST_SHORT: 1
    }


def test_a_peak_between_two_judged_samples_is_not_missed() -> None:
    story = timeline("upright 2s; to -60 in 2s; to -70 in 2s")
    core = pipeline(story)
    tell(core, story)
    assert core.summary().peak_angle_deg == pytest.approx(-60.0, abs=0.2)


@pytest.mark.parametrize(
    "bad",
    [
        UPRIGHT._replace(t_s=nan),
        UPRIGHT._replace(t_s=inf),
        UPRIGHT._replace(t_s=-inf),
        UPRIGHT._replace(t_s=2.0, ax_g=nan),
        UPRIGHT._replace(t_s=2.0, ay_g=inf),
        UPRIGHT._replace(t_s=2.0, az_g=-inf),
        UPRIGHT._replace(t_s=2.0, ax_g=1e200),
        UPRIGHT._replace(t_s=2.0, gx_dps=nan),
        UPRIGHT._replace(t_s=2.0, gx_dps=inf),
        UPRIGHT._replace(t_s=0.98),
        UPRIGHT._replace(t_s=0.5),
    ],
)
def test_a_sample_that_cannot_be_is_counted_out_and_changes_nothing(bad: Sample) -> None:
    story = timeline("upright 1s; to 50 in 4s; inverted 5s", gyro=True)
    spoilt = replace(story, samples=[*story.samples[:50], bad, *story.samples[50:]])
    core = pipeline(spoilt)
    assert lines(tell(core, spoilt)) == judge(story)
    assert (core.samples_rejected, core.summary().samples) == (1, 500)


@pytest.mark.parametrize("bad", [UPRIGHT._replace(t_s=nan), UPRIGHT._replace(t_s=1e18, ax_g=nan)])
def test_a_refused_first_sample_changes_nothing(bad: Sample) -> None:
    story = timeline("upright 1s; to 50 in 4s; inverted 5s")
    spoilt = replace(story, samples=[bad, *story.samples])
    assert judge(spoilt) == judge(story)


def test_refused_samples_alone_are_no_data() -> None:
    core = Pipeline(stream(), STANDARD, start_s=0.0)
    bad = [UPRIGHT._replace(t_s=i, ax_g=nan) for i in range(20)]
    assert core.feed(bad) == []
    assert (core.seen, core.samples_rejected) == (False, 20)
    assert alarm_lines(core.tick(20.0)) == ["15.00 no_signal_yet #1 raised **"]


def test_samples_without_any_finite_time_are_refused_too() -> None:
    core = pipeline(timeline("upright 1s"))
    assert core.feed([UPRIGHT._replace(t_s=nan)] * 3) == []
    assert core.samples_rejected == 3


def test_feeding_nothing_says_nothing() -> None:
    core = pipeline(timeline("upright 1s"))
    assert (core.feed([]), core.seen) == ([], False)


@pytest.mark.parametrize("kind", DeviceKind)
def test_the_snapshot_names_device_and_profile(kind: DeviceKind) -> None:
    shown = pipeline(timeline("upright 1s"), device=DEVICES[kind]).snapshot(0.0)
    assert (shown.device.kind, shown.profile) == (kind, STANDARD)


def test_a_tick_or_a_command_before_the_first_sample_leaves_the_clock_where_it_is() -> None:
    story = shifted(timeline("still at -80 1s; to 50 in 3s; sway 5s"), 1000.0)
    plain = pipeline(story).feed(story.samples)
    core = pipeline(story)
    told = core.tick(999.5) + core.command(ImFine(), 999.9) + core.feed(story.samples)
    assert lines(told[1:]) == lines(plain)
