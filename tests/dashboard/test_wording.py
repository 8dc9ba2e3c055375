# SPDX-License-Identifier: MIT
"""Values as words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.scenes import CALM, EVENTS, NOW_S, RESTING, SCENES, alarm, inverted, view
from upturn.core.alarm_table import ALARMS, AlarmId, Clear
from upturn.core.events import Event, InversionEnded, Posture, SignalChanged
from upturn.core.limits import PROFILES
from upturn.core.snapshot import AlarmView, Check, Snapshot
from upturn.core.thresholds import EVENT_HOLD_S
from upturn.dashboard import wording
from upturn.dashboard.feed import SourceState


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0:00"), (59.999, "0:59"), (60.0, "1:00"), (3723.5, "1:02:03")]
)
def test_time_that_passed_is_rounded_down(seconds: float, text: str) -> None:
    assert wording.passed(seconds) == text


@pytest.mark.parametrize("seconds", [17.01, 18.0])
def test_time_that_is_left_is_rounded_up(seconds: float) -> None:
    assert wording.left(seconds) == "0:18"


@given(st.integers(0, 60_000).map(lambda ms: ms / 1000.0))
def test_passed_and_left_make_up_the_limit(exposure_s: float) -> None:
    def seconds(text: str) -> int:
        minutes, rest = text.split(":")
        return 60 * int(minutes) + int(rest)

    left_s = 60.0 - exposure_s
    assert seconds(wording.passed(exposure_s)) + seconds(wording.left(left_s)) == 60


@pytest.mark.parametrize(
    ("degrees", "text"), [(None, "--"), (0.4, "0°"), (-0.4, "0°"), (51.6, "+52°"), (-90.0, "-90°")]
)
def test_angles_carry_their_sign(degrees: float | None, text: str) -> None:
    assert wording.angle(degrees) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "<1 s"), (4.31, "4.3 s"), (12.9, "12 s"), (95.0, "1:35")]
)
def test_ages_are_no_more_exact_than_useful(seconds: float, text: str) -> None:
    assert wording.age(seconds) == text


@pytest.mark.parametrize(
    ("age_s", "text"), [(None, "no data yet"), (0.1, "data <1 s old"), (4.0, "NO DATA for 4.0 s")]
)
def test_the_age_of_the_data_is_always_said(age_s: float | None, text: str) -> None:
    assert wording.data_age(view(replace(CALM, signal_age_s=age_s))) == text


def test_a_source_that_stands_still_on_purpose_says_why() -> None:
    ended = SourceState("replay", live=False, note="replay ended")
    assert wording.data_age(view(source=ended)) == "replay ended"


@pytest.mark.parametrize(
    ("exposure_s", "text"),
    [
        (42.0, "0:18 left to the limit"),
        (60.0, "0:00 OVER THE LIMIT"),
        (71.5, "0:11 OVER THE LIMIT"),
    ],
)
def test_what_is_left_of_the_limit(exposure_s: float, text: str) -> None:
    assert wording.exposure_left(inverted(exposure_s)) == text


def test_rest_in_each_state() -> None:
    rested = replace(RESTING, rest_left_s=0.0)
    texts = [wording.rest(s) for s in (CALM, inverted(5.0), RESTING, rested)]
    assert texts == ["no rest due", "then rest 1:30", "rest 0:44 more", "rested"]


def test_readiness_in_each_state() -> None:
    states = (
        CALM,
        replace(CALM, checks=(Check("Calibration", "x"),)),
        replace(CALM, stand_down=True),
    )
    assert [wording.readiness(s) for s in states] == ["READY", "NOT READY", "STOOD DOWN"]


def test_the_session_in_one_line() -> None:
    assert wording.session(CALM) == "Session: no inversion yet"
    assert wording.session(inverted(50.0)) == (
        "Session: 3 inversions, 2:00 inverted, longest 0:50, peak +58°"
    )


def test_a_session_with_gaps_says_at_least() -> None:
    gaps = replace(inverted(50.0), exposure_at_least=True)
    assert "3 inversions, at least 2:00 inverted, longest" in wording.session(gaps)


def test_a_profile_beyond_a_document_says_so() -> None:
    assert wording.beyond(PROFILES["standard"]) == ""
    said = wording.beyond(PROFILES["extended"])
    assert said == f"Profile extended {PROFILES['extended'].beyond}."


@pytest.mark.parametrize("posture", Posture)
def test_every_posture_has_a_word(posture: Posture) -> None:
    assert wording.POSTURES[posture].isupper()


@pytest.mark.parametrize("id", AlarmId)
@pytest.mark.parametrize(
    ("detail", "said"), [("", ""), ("still for 45 s", "Still for 45 s. "), ("0:42", "0:42. ")]
)
def test_the_detail_stands_before_the_advice_as_a_sentence(
    id: AlarmId, detail: str, said: str
) -> None:
    raised = alarm(id, detail=detail)
    assert wording.advice(raised, view()) == said + raised.spec.advice
    assert wording.to_do(raised, view()) == raised.spec.advice


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("three taps on the frame", "Three taps on the frame"),
        ("mqtt (the password is refused)", "MQTT (the password is refused)"),
        ("60 s reached", "60 s reached"),
        ("", ""),
    ],
)
def test_a_sentence_begins_as_one(text: str, said: str) -> None:
    assert wording.sentence(text) == said


_UP = replace(SCENES["latched"], alarms=())
READ_ONLY = SourceState("den", read_only="this screen only looks")
RECORDING = SourceState("x.csv", read_only="a replay cannot be changed", begin_s=0.0)


@pytest.mark.parametrize(
    ("snapshot", "said", "to_do"),
    [
        (_UP, "The person is up.", "Press a, then rest 0:44."),
        (replace(_UP, rest_left_s=0.0), "The person is up.", "Press a."),
        (
            replace(_UP, signal_age_s=2.1),
            "That inversion has ended.",
            "Press a, then rest 0:44.",
        ),
        (
            replace(_UP, posture=Posture.UNKNOWN, rest_left_s=0.0),
            "That inversion has ended.",
            "Press a.",
        ),
        (inverted(9.0), "That inversion has ended; another one has begun.", "Press a."),
    ],
    ids=["resting", "rested", "no data", "unknown", "inverted again"],
)
@pytest.mark.parametrize("id", [AlarmId.TIME_LIMIT, AlarmId.NO_RETURN])
def test_what_is_over_says_so_and_orders_nobody_up(
    id: AlarmId, snapshot: Snapshot, said: str, to_do: str
) -> None:
    over = alarm(id, detail="60 s reached", condition=False, pausable=True)
    assert wording.advice(over, view(snapshot)) == f"{said} {to_do}"
    assert wording.to_do(over, view(snapshot)) == to_do


@pytest.mark.parametrize(
    ("snapshot", "said"),
    [
        (
            inverted(9.0),
            "The table is back before vertical; the person is still inverted. Press a.",
        ),
        (CALM, "The person is up. Press a."),
        (replace(CALM, signal_age_s=3.0), "The table is back before vertical. Press a."),
    ],
)
def test_a_table_that_is_back_before_vertical_may_have_somebody_inverted(
    snapshot: Snapshot, said: str
) -> None:
    over = alarm(AlarmId.OVER_ROTATION, condition=False)
    assert wording.advice(over, view(snapshot)) == said


def test_of_a_session_that_has_ended_nobody_is_said_to_be_up() -> None:
    ended = SourceState("simulated", live=False, note="ended")
    over = alarm(AlarmId.TIME_LIMIT, condition=False)
    said = wording.advice(over, view(_UP, source=ended))
    assert said == "That inversion has ended. Press a, then rest 0:44."


def test_what_is_over_asks_for_no_key_that_does_nothing_and_in_a_recording_for_nothing() -> None:
    over = alarm(AlarmId.TIME_LIMIT, condition=False)
    assert wording.advice(over, view(_UP, source=READ_ONLY)) == "The person is up. Rest 0:44."
    assert wording.advice(over, view(_UP, source=RECORDING)) == "The person is up."
    assert wording.to_do(over, view(_UP, source=RECORDING)) == ""


@pytest.mark.parametrize("id", wording.HOW_OVER)
def test_each_row_of_what_can_be_over_is_a_state_that_latches(id: AlarmId) -> None:
    assert ALARMS[id].clear is Clear.AFTER_ACKNOWLEDGE
    assert not any(words.endswith(".") for words in wording.HOW_OVER[id])


_NEW = alarm(AlarmId.TIME_LIMIT)
_PAUSED = replace(_NEW, acknowledged=True, sounding=False, pause_left_s=23.4)


@pytest.mark.parametrize(
    ("shown", "text", "short"),
    [
        (_NEW, "press a to acknowledge", ""),
        (_PAUSED, "acknowledged, audio paused 24 s", "audio paused 24 s"),
        (
            replace(_PAUSED, pause_left_s=120.0),
            "acknowledged, audio paused 120 s",
            "audio paused 120 s",
        ),
        (replace(_NEW, acknowledged=True), "acknowledged, sounding", ""),
        (replace(_NEW, acknowledged=True, sounding=False), "acknowledged", ""),
        (replace(_NEW, condition=False), "over, press a", ""),
        (alarm(AlarmId.NO_RETURN), "audio cannot be paused", ""),
    ],
)
def test_the_state_of_an_alarm_says_what_can_be_done(
    shown: AlarmView, text: str, short: str
) -> None:
    assert wording.alarm_state(shown) == text
    assert wording.alarm_state(shown, short=True) == (short or text)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (_NEW, "not acknowledged"),
        (replace(_NEW, condition=False), "over, not acknowledged"),
        (_PAUSED, "acknowledged, audio paused 24 s"),
    ],
)
def test_where_nothing_can_be_done_no_key_is_named(shown: AlarmView, text: str) -> None:
    assert wording.alarm_state(shown, read_only=True) == text


MOMENTS = [
    id
    for id, spec in ALARMS.items()
    if spec.clear is Clear.AFTER_ACKNOWLEDGE and id not in wording.HOW_OVER
]


@pytest.mark.parametrize("id", MOMENTS)
def test_a_call_a_fall_and_a_standstill_are_not_over_because_they_were_a_moment(
    id: AlarmId,
) -> None:
    moment = alarm(id, condition=False)
    assert wording.alarm_state(moment) == "press a to acknowledge"
    assert wording.advice(moment, view()) == moment.spec.advice


@pytest.mark.parametrize(
    ("id", "age_s", "past"),
    [
        (AlarmId.TIME_LIMIT, 0.1, True),
        (AlarmId.DISTRESS, EVENT_HOLD_S - 0.01, False),
        (AlarmId.DISTRESS, EVENT_HOLD_S, True),
        (AlarmId.IMPACT, 99.0, False),
    ],
)
def test_what_latches_is_past_when_it_is_over_or_was_a_while_ago(
    id: AlarmId, age_s: float, past: bool
) -> None:
    assert wording.is_past(alarm(id, age_s=age_s, condition=False), NOW_S) is past
    assert not wording.is_past(alarm(id, age_s=age_s), NOW_S)


def test_a_knock_that_ends_by_itself_waits_for_nobody() -> None:
    knock = alarm(AlarmId.IMPACT, condition=False)
    assert wording.alarm_state(knock) == "press a to acknowledge"


@pytest.mark.parametrize("id", AlarmId)
def test_what_cannot_be_paused_says_why(id: AlarmId) -> None:
    assert wording.unpausable(alarm(id, pausable=True)) == ""
    said = wording.unpausable(alarm(id, pausable=False))
    assert said.startswith("Its audio cannot be paused: ")
    if not ALARMS[id].pausable:
        assert id in wording.WHY_NOT_PAUSED


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "just now"), (59.9, "just now"), (60.0, "1 min ago"), (1799.0, "29 min ago")],
)
def test_how_long_ago_a_person_did_something(seconds: float, text: str) -> None:
    assert wording.since(seconds) == text


@pytest.mark.parametrize(("width", "text"), [(5, "short"), (9, "short"), (10, "the longer")])
def test_the_fullest_words_that_there_is_room_for(width: int, text: str) -> None:
    assert wording.fullest(("the longer", "short"), width) == text
    assert wording.fullest(("the longer",), 0) == "the longer"


@pytest.mark.parametrize(
    ("happened", "text"),
    [
        (EVENTS[0], "level, -35°"),
        (EVENTS[1], "stand down ends: resumed"),
        (EVENTS[3], "inversion 3 began"),
        (EVENTS[4], "** Steeper than the angle limit: raised"),
        (InversionEnded(9.0, 3, 41.7, 57.6, 41.7), "inversion 3 ended: 0:41, peak +58°"),
        (SignalChanged(9.0, lost=True, gap_s=2.0), "no data for 2.0 s"),
        (SignalChanged(9.0, lost=False, gap_s=14.0), "data back after 14 s"),
    ],
)
def test_events_in_one_line(happened: Event, text: str) -> None:
    assert wording.event(happened) == text
