# SPDX-License-Identifier: MIT
"""Acts of people and of the shell: acknowledge, seen upright, stand down, calls, stalls, sinks."""

from __future__ import annotations

import pytest

from tests.stories import Story, alarm_lines, events, judge, lines, pipeline, tell, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.events import InversionStarted, Noted, PostureChanged
from upturn.core.snapshot import AlarmView


def view(story: Story, id: AlarmId, now_s: float) -> AlarmView:
    core = pipeline(story)
    tell(core, story)
    core.tick(now_s)
    (shown,) = (shown for shown in core.snapshot(now_s).alarms if shown.spec.id is id)
    return shown


@pytest.mark.parametrize(
    ("story", "id", "paused_s"),
    [
        ("at 50 50s; acknowledge", AlarmId.TIME_LIMIT_NEAR, 30.0),
        ("mqtt fails; still at -80 5s; acknowledge", AlarmId.SINK_FAILED, 120.0),
    ],
)
def test_a_pause_is_thirty_seconds_inverted_and_two_minutes_otherwise(
    story: str, id: AlarmId, paused_s: float
) -> None:
    told = timeline(story)
    ((at_s, _),) = told.commands[-1:]
    shown = view(told, id, at_s + 1.0)
    assert (shown.sounding, shown.acknowledged) == (False, True)
    assert shown.pause_left_s == pytest.approx(paused_s - 1.0)


def test_when_a_pause_runs_out_the_alarm_sounds_again_and_stays_acknowledged() -> None:
    story = timeline("mqtt fails; still at -80 5s; acknowledge; still 121s")
    shown = view(story, AlarmId.SINK_FAILED, 126.0)
    assert (shown.sounding, shown.acknowledged, shown.pause_left_s) == (True, True, 0.0)


def test_an_inversion_shortens_a_pause_that_was_given_upright() -> None:
    story = timeline("mqtt fails; still at -80 5s; acknowledge; to 50 in 4s; still 2s")
    began_s = next(e.t_s for e in events(story) if isinstance(e, InversionStarted))
    left_s = view(story, AlarmId.SINK_FAILED, 11.0).pause_left_s
    assert left_s == pytest.approx(30.0 - (11.0 - began_s))


def test_a_new_alarm_breaks_the_pause() -> None:
    story = timeline("mqtt fails; still at -80 5s; acknowledge; still 1s; knock 4g; still 1s")
    assert view(story, AlarmId.SINK_FAILED, 7.0).sounding


def test_a_limit_that_was_acknowledged_clears_when_the_inversion_ends() -> None:
    story = timeline("at 20 62s; acknowledge time_limit; at 20 5s; to -10 in 2s; level 1s")
    assert alarm_lines(events(story), AlarmId.TIME_LIMIT) == [
        "60.00 time_limit #1 raised ***",
        "62.00 time_limit #1 acknowledged ***",
        "68.10 time_limit #1 cleared ***",
    ]


def test_an_acknowledgement_of_another_occurrence_is_refused_and_noted() -> None:
    story = timeline(
        "mqtt fails; still 1s; acknowledge sink_failed #2; still 1s; acknowledge fall"
    )
    assert judge(story)[2:] == [
        "1.00 note: acknowledge refused: sink_failed has no such occurrence now",
        "2.00 note: acknowledge refused: fall has no such occurrence now",
    ]


def test_one_occurrence_can_be_acknowledged_by_its_number() -> None:
    story = timeline("mqtt fails; still 1s; acknowledge sink_failed #1")
    assert alarm_lines(events(story)) == [
        "0.00 sink_failed #1 raised *",
        "1.00 sink_failed #1 acknowledged *",
    ]


def test_no_return_is_never_silenced_while_it_lasts_and_the_refusal_is_noted_once() -> None:
    told = judge(timeline("at 20 76s; acknowledge no_return; at 20 1s"))
    assert told[-1:] == [
        "76.00 note: acknowledge refused: Not coming up: its audio cannot be paused while it lasts"
    ]
    assert sum("refused" in line for line in told) == 1


@pytest.mark.parametrize(
    ("story", "refused"),
    [
        ("still at 50 3s; silence 3s; acknowledge", True),
        ("still at -10 3s; silence 3s; acknowledge", False),
        ("still at -80 3s; silence 11s; acknowledge", False),
    ],
)
def test_a_signal_lost_after_an_inverted_sample_cannot_be_paused(
    story: str, refused: bool
) -> None:
    assert any("refused" in line for line in judge(timeline(story))) is refused


def test_seen_upright_ends_the_inversion_and_keeps_its_exposure() -> None:
    assert judge(timeline("still at 50 5s; silence 10s; seen upright; silence 60s")) == [
        "0.50 posture unknown -> inverted",
        "0.50 inversion 1 since 0.00",
        "6.98 signal lost 2.00",
        "6.98 signal_lost #1 raised ***",
        "15.00 note: seen upright",
        "15.00 posture inverted -> upright",
        "15.00 inversion 1 ended: 15.00 s, peak 50, exposure 15.00",
        "15.00 signal_lost #1 cleared ***",
    ]


def test_the_next_inverted_sample_after_seen_upright_starts_a_new_inversion() -> None:
    assert judge(timeline("at 20 20s; seen upright; at 20 41s")) == [
        "0.50 posture unknown -> inverted",
        "0.50 inversion 1 since 0.00",
        "20.00 note: seen upright",
        "20.00 posture inverted -> upright",
        "20.00 inversion 1 ended: 20.00 s, peak 21, exposure 20.00",
        "20.00 posture upright -> level",
        "20.50 posture level -> inverted",
        "20.50 inversion 2 since 20.00, rest 0.00",
        "20.50 rest_short #1 raised **",
        "45.00 time_limit_near #1 raised **",
        "60.00 time_limit #1 raised ***",
    ]


def test_seen_upright_while_upright_changes_nothing() -> None:
    assert judge(timeline("still at -80 3s; seen upright; still 3s")) == [
        "0.00 posture unknown -> upright",
        "3.00 note: seen upright",
    ]


def test_seen_upright_clears_what_the_inversion_raised() -> None:
    told = alarm_lines(events(timeline("at 20 62s; seen upright; silence 1s; acknowledge")))
    assert told == [
        "45.00 time_limit_near #1 raised **",
        "60.00 time_limit #1 raised ***",
        "62.00 time_limit_near #1 cleared **",
        "63.00 time_limit #1 acknowledged ***",
        "63.00 time_limit #1 cleared ***",
    ]


def test_stand_down_turns_alarms_off_and_a_command_turns_them_on() -> None:
    assert judge(timeline("at 20 62s; stand down; at 20 20s; resume; at 20 1s"))[2:] == [
        "45.00 time_limit_near #1 raised **",
        "60.00 time_limit #1 raised ***",
        "62.00 note: stand down begins: by command",
        "62.00 time_limit_near #1 cleared **",
        "62.00 time_limit #1 cleared ***",
        "82.00 note: stand down ends: by command",
        "82.00 time_limit_near #2 raised **",
        "82.00 time_limit #2 raised ***",
        "82.00 no_return #1 raised ***",
    ]


def test_standing_down_twice_and_resuming_twice_are_said_once() -> None:
    told = judge(timeline("still at 0 1s; stand down; stand down; still 1s; resume; resume"))
    assert told[1:] == [
        "1.00 note: stand down begins: by command",
        "2.00 note: stand down ends: by command",
    ]


@pytest.mark.parametrize(("seconds", "ends"), [("5.06", False), ("5.08", True)])
def test_five_seconds_upright_end_a_stand_down(seconds: str, ends: bool) -> None:
    story = f"still at -10 2s; stand down; still 1s; still at -80 {seconds}s"
    told = judge(timeline(story))
    assert told[2] == "3.06 posture level -> upright"
    assert told[3:] == (["8.06 note: stand down ends: 5 s upright"] if ends else [])


def test_a_stand_down_that_begins_upright_ends_five_seconds_later() -> None:
    assert judge(timeline("still at -80 3s; stand down; still 6s"))[1:] == [
        "3.00 note: stand down begins: by command",
        "8.00 note: stand down ends: 5 s upright",
    ]


def test_leaving_upright_starts_the_five_seconds_afresh() -> None:
    story = "still at -80 1s; stand down; still 4s; still at 0 1s; still at -80 5s"
    assert not any("ends" in line for line in judge(timeline(story)))


def test_a_stand_down_goes_on_counting_exposure() -> None:
    core = pipeline(story := timeline("at 20 10s; stand down; at 20 60s"))
    tell(core, story)
    shown = core.snapshot(70.0)
    assert (shown.stand_down, shown.alarms) == (True, ())
    assert shown.exposure_s == pytest.approx(70.0)


@pytest.mark.parametrize(
    "call", ["call for help", "button", "tap; still 0.3s; tap; still 0.3s; tap"]
)
def test_a_call_for_help_ends_a_stand_down(call: str) -> None:
    told = judge(timeline(f"still at 0 1s; stand down; still 1s; {call}; still 1s"))
    assert [line.split(" ", 1)[1] for line in told[2:]] == [
        "note: stand down ends: call for help",
        "distress #1 raised ***",
    ]


def test_a_stalled_host_is_an_alarm_only_while_inverted() -> None:
    assert judge(timeline("still at 50 3s; host stalled 4s; still 1s; acknowledge"))[2:] == [
        "3.00 note: this computer stood still for 4.0 s",
        "3.00 host_stalled #1 raised ***",
        "4.00 host_stalled #1 acknowledged ***",
        "4.00 host_stalled #1 cleared ***",
    ]
    assert judge(timeline("still at -80 3s; host stalled 4s; still 1s"))[1:] == [
        "3.00 note: this computer stood still for 4.0 s"
    ]


def test_sinks_that_fail_are_one_alarm_that_names_them_until_all_work() -> None:
    story = timeline("mqtt fails; store fails; still at -80 1s; mqtt works; still 1s")
    core = pipeline(story)
    told = tell(core, story)
    (shown,) = core.snapshot(2.0).alarms
    assert shown.message.startswith("An alarm route is down: store. ")
    told += core.command(timeline("store works").commands[0][1], 3.0)
    assert alarm_lines(told) == ["0.00 sink_failed #1 raised *", "3.00 sink_failed #1 cleared *"]


def test_a_sink_that_works_all_along_is_no_alarm() -> None:
    assert judge(timeline("mqtt works")) == []


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        ("battery 3.5V; battery 15%", []),
        ("battery 3.49V", ["1.00 battery_low #1 raised *"]),
        ("battery 14.9%", ["1.00 battery_low #1 raised *"]),
        ("battery 3.4V; battery 3.54V", ["1.00 battery_low #1 raised *"]),
        (
            "battery 3.4V; battery 3.55V",
            ["1.00 battery_low #1 raised *", "1.02 battery_low #1 cleared *"],
        ),
        ("battery 14%; battery 16.9%", ["1.00 battery_low #1 raised *"]),
        (
            "battery 14%; battery 17%",
            ["1.00 battery_low #1 raised *", "1.02 battery_low #1 cleared *"],
        ),
    ],
)
def test_a_low_battery_is_low_until_it_has_recovered(reports: str, told: list[str]) -> None:
    assert alarm_lines(events(timeline(f"still at -80 1s; {reports}; still 1s"))) == told


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        ("host battery 10%", []),
        ("host battery 9.9%", ["1.00 battery_low #1 raised *"]),
        ("host battery 9.9% charging", []),
        (
            "host battery 5%; still 1s; host battery 5% charging",
            ["1.00 battery_low #1 raised *", "2.00 battery_low #1 cleared *"],
        ),
        (
            "battery 3.4V; host battery 5%; battery 3.9V; still 1s; host battery 50%",
            ["1.00 battery_low #1 raised *", "2.04 battery_low #1 cleared *"],
        ),
    ],
)
def test_this_computers_battery_is_low_unless_it_is_charging(
    reports: str, told: list[str]
) -> None:
    assert alarm_lines(events(timeline(f"still at -80 1s; {reports}; still 1s"))) == told


def test_a_low_battery_says_whose_it_is() -> None:
    story = timeline("still at -80 1s; battery 3.4V; host battery 5%; still 1s")
    core = pipeline(story)
    tell(core, story)
    (view,) = core.snapshot(2.0).alarms
    assert view.message == (
        "Battery low: node and this computer. Charge it before the next inversion."
    )


def test_a_low_battery_is_medium_while_inverted() -> None:
    story = timeline("still at 50 1s; battery 3.4V; still 1s")
    assert alarm_lines(events(story)) == ["1.00 battery_low #1 raised **"]


def test_a_low_battery_rises_when_an_inversion_begins() -> None:
    story = timeline("still at -80 2s; battery 3.4V; to 50 in 3s; still 2s")
    assert [line.split(" ", 1)[1] for line in alarm_lines(events(story))] == [
        "battery_low #1 raised *",
        "battery_low #1 escalated **",
    ]


def test_without_a_calibration_the_first_sample_says_so() -> None:
    story = timeline("still at -80 1s")
    story.info = type(story.info)(rate_hz=50.0, mounting=None)
    assert judge(story) == [
        "0.00 not_calibrated #1 raised **",
        "0.00 posture unknown -> upright",
    ]


@pytest.mark.parametrize("act", ["seen upright", "goodbye"])
def test_an_act_tells_the_newest_angle(act: str) -> None:
    core = pipeline(story := timeline(f"still at 0 3s; to -9 in 3s; still 1s; {act}"))
    *_, changed = (e for e in tell(core, story) if isinstance(e, PostureChanged))
    assert changed.angle_deg == pytest.approx(-9.0, abs=0.01)


def test_a_test_alarm_is_shown_as_high_for_ten_seconds() -> None:
    told = alarm_lines(events(timeline("still at -80 1s; test alarm; still 11s")))
    assert told == ["1.00 test_alarm #1 raised ***", "11.00 test_alarm #1 cleared ***"]


def test_a_test_alarm_ends_where_an_alarm_is_meant() -> None:
    told = alarm_lines(events(timeline("upright 1s; test alarm; to 50 in 2s; at 50 2s")))
    assert [line.split(" ", 1)[1] for line in told] == [
        "test_alarm #1 raised ***",
        "test_alarm #1 cleared ***",
    ]
    assert float(told[1].split()[0]) < 4.0


@pytest.mark.parametrize(
    ("story", "why"),
    [
        ("at 50 2s; test alarm", "test alarm refused: somebody is inverted"),
        ("upright 1s; stand down; test alarm", "test alarm refused: alarms are off"),
        ("upright 1s; felt fine", "answer refused: there was no session yet"),
        ("at 50 2s; felt dizzy", "answer refused: somebody is inverted"),
    ],
)
def test_what_may_not_be_done_now_is_refused(story: str, why: str) -> None:
    notes = [event for event in events(timeline(story)) if isinstance(event, Noted)]
    assert (notes[-1].text, notes[-1].refusal) == (why, True)


def test_an_answer_after_the_session_is_noted() -> None:
    told = lines(events(timeline("at 50 2s; to -80 in 2s; upright 1s; felt pain_worse")))
    assert told[-1] == "5.00 note: after the session: pain_worse"
