# SPDX-License-Identifier: MIT
"""When the voice speaks: sessions told in words, through the real core, to the phrases said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from tests.stories import Story, pipeline, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.events import Event, InversionEnded, InversionStarted
from upturn.core.limits import PROFILES, STANDARD, Profile, custom_profile
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.sinks.sound.phrases import Phrase, PhraseId
from upturn.sinks.sound.voice_cues import ALARM_PHRASES, VoiceCues

STEP_S = 0.5
UP = "to -80 in 4s; upright 5s"


def heard(
    story: Story, profile: Profile = STANDARD, *, from_s: float = -1.0
) -> Iterator[tuple[list[Event], Snapshot]]:
    """What a core tells and how its table stands, twice a second and at each act."""
    core = pipeline(story, profile)
    acts = list(story.commands)
    samples = list(story.samples)
    end_s = max(story.end_s, samples[-1].t_s)
    now_s = samples[0].t_s
    while now_s < end_s:
        now_s = min(now_s + STEP_S, end_s)
        events: list[Event] = []
        while acts and acts[0][0] <= now_s:
            at_s, act = acts.pop(0)
            events += fed(core, samples, at_s) + core.command(act, at_s)
        events += fed(core, samples, now_s) + core.tick(now_s)
        if now_s >= from_s:
            yield events, core.snapshot(now_s)


def fed(core: Pipeline, samples: list, until_s: float) -> list[Event]:  # type: ignore[type-arg]
    count = 0
    while count < len(samples) and samples[count].t_s <= until_s:
        count += 1
    events = core.feed(samples[:count])
    del samples[:count]
    return events


def said(
    text: str, profile: Profile = STANDARD, *, from_s: float = -1.0, cues: VoiceCues | None = None
) -> list[str]:
    """Each phrase with the second in which there was cause for it."""
    cues = cues or VoiceCues()
    told: list[str] = []
    for events, snapshot in heard(timeline(text), profile, from_s=from_s):
        told += map(line, cues.heard("", events, snapshot, snapshot.now_s))
    return told


def line(phrase: Phrase) -> str:
    number = "" if phrase.seconds is None else f" {phrase.seconds}"
    return f"{phrase.at_s:.1f} {phrase.id}{number}"


def last(text: str) -> tuple[VoiceCues, Snapshot]:
    cues, snapshot = VoiceCues(), None
    for events, snapshot in heard(timeline(text)):
        cues.heard("", events, snapshot, snapshot.now_s)
    assert snapshot is not None
    return cues, snapshot


def test_a_normal_session_from_the_inversion_to_the_next() -> None:
    assert said(
        "upright 5s; to 50 in 4s; inverted 35s; to -80 in 4s; upright 95s; to 50 in 4s; sway 5s"
    ) == [
        "8.5 inverted",
        "38.0 time_left 30",
        "46.0 rest 90",
        "136.0 safe",
        "146.5 inverted",
    ]


def test_too_long_is_told_to_come_up_at_the_limit_and_again_when_no_return_is_raised() -> None:
    assert said(f"upright 5s; to 50 in 4s; inverted 115s; {UP}") == [
        "8.5 inverted",
        "38.0 time_left 30",
        "68.0 come_up",
        "83.0 come_up",
        "126.0 rest 90",
    ]


def test_an_alarm_that_escalates_or_sounds_again_is_not_said_again() -> None:
    """No return escalates every 15 s; its tone goes on."""
    told = said("upright 5s; to 50 in 4s; inverted 180s")
    assert [t.partition(" ")[2] for t in told] == [
        "inverted",
        "time_left 30",
        "come_up",
        "come_up",
    ]


def test_a_pause_that_runs_out_is_no_cause_to_say_it_again() -> None:
    told = said(
        "upright 5s; to 50 in 4s; inverted 60s; acknowledge; to 43 in 10s; to 36 in 10s; "
        "to 29 in 10s; to 22 in 10s"
    )
    assert told[2:] == ["68.0 come_up"]


def test_what_was_not_said_for_its_audio_was_paused_is_said_when_it_sounds() -> None:
    cues = VoiceCues()
    told = []
    for events, snapshot in heard(timeline("upright 5s; to 50 in 4s; inverted 65s")):
        paused = tuple(
            replace(a, sounding=a.sounding and snapshot.now_s > 72.0) for a in snapshot.alarms
        )
        shown = replace(snapshot, alarms=paused)
        told += cues.heard("", events, shown, snapshot.now_s)
    assert [line(p) for p in told][2:] == ["72.5 come_up"]


@pytest.mark.parametrize(
    ("limit_s", "told"),
    [
        (36.0, ["8.5 inverted", "14.0 time_left 30"]),
        (35.0, ["8.5 inverted"]),
        (30.0, ["8.5 inverted"]),
        (20.0, ["8.5 inverted"]),
    ],
)
def test_a_countdown_that_would_come_at_once_is_not_said(limit_s: float, told: list[str]) -> None:
    profile = custom_profile("short", {"limit_s": limit_s, "notice_s": limit_s})
    assert said("upright 5s; to 50 in 4s; inverted 15s", profile) == told


def test_exposure_of_the_inversion_before_shortens_the_countdown() -> None:
    told = said(
        "upright 5s; to 50 in 4s; inverted 15s; to -80 in 4s; upright 10s; "
        "to 50 in 4s; inverted 20s"
    )
    assert told == ["8.5 inverted", "26.0 rest 90", "41.5 inverted", "53.0 time_left 30"]


def test_who_has_no_time_left_hears_nothing_but_to_come_up() -> None:
    told = said(f"upright 5s; to 50 in 4s; inverted 65s; {UP}; to 50 in 4s; inverted 5s")
    assert [t.partition(" ")[2] for t in told[2:]] == ["come_up", "rest 90", "come_up"]


def test_it_counts_down_once_an_inversion_and_again_in_the_next() -> None:
    session = "to 50 in 4s; inverted 35s; to -80 in 4s; upright 95s"
    told = said(f"upright 5s; {session}; {session}")
    assert [t.split()[1] for t in told] == ["inverted", "time_left", "rest", "safe"] * 2


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_counts_down_and_says_its_own_rest(name: str) -> None:
    profile = PROFILES[name]
    told = said(f"upright 5s; to 50 in 4s; inverted {profile.limit_s - 10:g}s; {UP}", profile)
    assert [t.partition(" ")[2] for t in told] == [
        "inverted",
        "time_left 30",
        f"rest {profile.rest_s:g}",
    ]


def test_a_sensor_that_falls_silent_is_told_of_and_nothing_is_counted_down_meanwhile() -> None:
    assert said("upright 5s; to 50 in 4s; inverted 20s; silence 50s") == [
        "8.5 inverted",
        "31.0 sensor_failed",
        "68.0 come_up",
    ]


def test_a_sensor_that_comes_and_goes_is_told_of_once_an_inversion() -> None:
    told = said(
        "upright 5s; to 50 in 4s; inverted 5s; silence 4s; sway 4s; silence 4s; sway 4s; "
        "to -80 in 4s; upright 5s; to 50 in 4s; sway 2s; silence 4s"
    )
    assert [t.partition(" ")[2] for t in told] == [
        "inverted",
        "sensor_failed",
        "rest 90",
        "inverted",
        "sensor_failed",
    ]


def test_after_a_gap_the_countdown_is_right_to_warn() -> None:
    """Exposure is at least what is counted then."""
    cues, told = VoiceCues(), []
    for events, snapshot in heard(
        timeline("upright 5s; to 50 in 4s; inverted 10s; silence 8s; sway 15s")
    ):
        new = cues.heard("", events, snapshot, snapshot.now_s)
        told += [(line(p), snapshot.exposure_at_least) for p in new]
    assert told == [
        ("8.5 inverted", False),
        ("21.0 sensor_failed", True),
        ("38.0 time_left 30", True),
    ]


def test_a_countdown_that_silence_made_wrong_is_left_out() -> None:
    """The thirtieth second passed unheard; "thirty seconds left" would be a lie by now."""
    told = said("upright 5s; to 50 in 4s; inverted 20s; silence 13s; sway 10s")
    assert [t.partition(" ")[2] for t in told] == ["inverted", "sensor_failed"]


def test_a_sensor_that_moves_under_somebody_is_no_sensor_either() -> None:
    told = said("upright 5s; to 50 in 4s; inverted 10s; clip turned 25; inverted 8s")
    assert [t.partition(" ")[2] for t in told] == ["inverted", "sensor_failed"]


def test_silence_while_nobody_is_inverted_is_the_spotters_matter() -> None:
    assert said("upright 5s; silence 30s; level 5s; silence 30s") == []


def test_past_vertical_is_told_once_for_each_time() -> None:
    told = said("upright 5s; to 50 in 4s; sway 2s; to 120 in 4s; sway 5s; to 60 in 4s; sway 5s")
    assert [t.partition(" ")[2] for t in told] == ["inverted", "too_far"]


def test_a_return_past_vertical_within_its_occurrence_is_not_told_again() -> None:
    told = said(
        "upright 5s; to 50 in 4s; to 120 in 4s; sway 3s; to 80 in 2s; to 120 in 2s; sway 3s; "
        "to 60 in 4s; sway 15s; acknowledge; to 120 in 4s; sway 3s"
    )
    assert [t.partition(" ")[2] for t in told].count("too_far") == 2


def test_who_has_come_back_from_past_vertical_is_not_told_to() -> None:
    """The alarm waits to be acknowledged, and a program that starts now finds it."""
    session = "upright 5s; to 50 in 4s; to 120 in 4s; sway 3s; to 60 in 4s; sway 20s"
    assert said(session, from_s=25.0) == ["38.0 time_left 30"]
    assert said(session, from_s=15.0)[0] == "15.0 too_far"


def test_somebody_who_does_not_move_is_asked_once_and_again_after_moving() -> None:
    told = said(
        "upright 5s; to 50 in 4s; inverted 10s; still 60s; sway 5s; still 40s",
        PROFILES["extended"],
    )
    assert told == ["8.5 inverted", "60.0 move", "114.0 move"]


@pytest.mark.parametrize("call", ["button", "three taps", "call for help"])
def test_who_calls_hears_that_the_call_goes_out_wherever_they_are(call: str) -> None:
    assert said(f"level 5s; {call}; sway 5s; acknowledge; {call}; sway 5s")[:1] == ["5.0 help"]
    told = said(f"upright 5s; to 50 in 4s; sway 5s; {call}; sway 8s")
    assert [t.partition(" ")[2] for t in told] == ["inverted", "help"]


def test_a_call_whose_audio_is_paused_is_not_said() -> None:
    _, snapshot = last("level 5s; call for help; sway 1s")
    (call,) = snapshot.alarms
    paused = replace(snapshot, alarms=(replace(call, sounding=False),))
    assert VoiceCues().heard("", (), paused, 0.0) == []
    assert [p.id for p in VoiceCues().heard("", (), snapshot, 0.0)] == [PhraseId.HELP]


def test_nothing_is_said_while_alarms_are_off() -> None:
    assert said("upright 5s; stand down; to 50 in 2s; inverted 80s; silence 5s; sway 5s") == []


def test_what_holds_when_a_stand_down_ends_is_said_then() -> None:
    told = said("upright 5s; stand down; to 50 in 2s; inverted 80s; resume; sway 5s")
    assert [t.partition(" ")[2] for t in told] == ["come_up"]


def test_a_rest_that_is_over_while_alarms_are_off_is_said_when_they_are_on() -> None:
    session = "upright 5s; to 50 in 4s; inverted 10s; to -10 in 4s; level 60s"
    told = said(f"{session}; stand down; level 50s; resume; to -80 in 2s; upright 3s")
    assert told == ["8.5 inverted", "22.0 rest 90", "134.5 safe"]


def test_a_stand_down_takes_back_what_was_not_said_yet() -> None:
    cues, snapshot = last("upright 5s; to 50 in 4s; inverted 60s")
    assert [p.id for p in cues.waiting(snapshot.now_s)] == [PhraseId.COME_UP]
    cues.heard("", (), replace(snapshot, stand_down=True), snapshot.now_s)
    assert cues.waiting(snapshot.now_s) == []


def test_rest_is_said_over_when_it_is_and_never_before() -> None:
    """At 10 degrees a rest pauses."""
    told = said(
        "upright 5s; to 50 in 4s; inverted 10s; to -80 in 4s; upright 40s; to 10 in 2s; sway 20s; "
        "to -80 in 2s; upright 80s"
    )
    assert [t.partition(" ")[2] for t in told] == ["inverted", "rest 90", "safe"]
    assert float(told[-1].split()[0]) >= 21.0 + 90.0 + 20.0


def test_nobody_is_called_safe_on_a_table_that_is_not_ready() -> None:
    """Over the limit, and nobody has acknowledged it: the screen says NOT READY."""
    session = "upright 5s; to 50 in 4s; inverted 65s; to -80 in 4s; upright 100s"
    assert "safe" not in [t.split()[1] for t in said(session)]
    assert said(f"{session}; acknowledge; upright 5s")[-1] == "178.0 safe"


def test_who_is_ready_long_after_the_rest_hears_nothing_of_it() -> None:
    session = "upright 5s; to 50 in 4s; inverted 65s; to -80 in 4s; upright 160s"
    assert said(f"{session}; acknowledge; upright 5s")[-1] == "76.0 rest 90"


def test_a_program_that_starts_late_tells_nothing_of_what_has_been() -> None:
    session = "upright 5s; to 50 in 4s; inverted 40s; to -80 in 4s; upright 120s"
    assert said(session, from_s=20.0)[0] == "38.0 time_left 30"
    assert said(session, from_s=41.0)[0] == "51.0 rest 90"
    assert said(session, from_s=60.0) == ["141.0 safe"]
    assert said(session, from_s=150.0) == []


def test_a_program_that_starts_when_somebody_is_over_the_limit_says_so() -> None:
    assert said("upright 5s; to 50 in 4s; inverted 70s", from_s=75.0) == ["75.0 come_up"]


def test_a_call_that_a_program_before_has_told_of_is_not_told_again() -> None:
    session = "level 5s; call for help; sway 20s"
    assert said(session, from_s=9.0) == ["9.0 help"]
    assert said(session, from_s=11.0) == []


def test_events_that_come_late_are_no_news() -> None:
    _, snapshot = last("upright 5s; to 50 in 4s; inverted 20s")
    late = InversionStarted(snapshot.now_s - 5.1, 1, 50.0, snapshot.now_s - 5.6, None)
    fresh = replace(late, t_s=snapshot.now_s - 5.0)
    assert VoiceCues().heard("", [late], snapshot, 0.0) == []
    assert [p.id for p in VoiceCues().heard("", [fresh], snapshot, 0.0)] == [PhraseId.INVERTED]


def test_an_inversion_that_is_over_when_it_is_heard_of_is_told_of_by_its_rest_alone() -> None:
    _, snapshot = last("upright 5s; to 50 in 4s; inverted 2s; to -80 in 2s; upright 1s")
    events: list[Event] = [
        InversionStarted(snapshot.now_s - 3, 1, 50.0, snapshot.now_s - 3, None),
        InversionEnded(snapshot.now_s - 1, 1, 2.0, 50.0, 2.0),
    ]
    assert [p.id for p in VoiceCues().heard("", events, snapshot, 0.0)] == [PhraseId.REST]


def test_nobody_who_is_inverted_hears_of_rest() -> None:
    """Up and down again, or rested and inverted, between one word of the core and the next."""
    _, snapshot = last("upright 5s; to 50 in 4s; inverted 2s; to -80 in 2s; upright 1s")
    ended = InversionEnded(snapshot.now_s, 1, 2.0, 50.0, 2.0)
    again = replace(snapshot, inverted=True, inversion=2)
    assert VoiceCues().heard("", [ended], again, 0.0) == []
    cues = VoiceCues()
    cues.heard("", (), snapshot, 0.0)
    assert cues.heard("", (), replace(again, rest_left_s=0.0), 0.0) == []


def test_another_core_on_the_same_table_begins_afresh() -> None:
    cues = VoiceCues()
    twice = "upright 5s; to 50 in 4s; inverted 8s; to -80 in 4s; upright 5s; to 50 in 4s; sway 35s"
    assert [t.split()[1] for t in said(twice, cues=cues)][-1] == "time_left"
    told = said("upright 5s; to 50 in 4s; inverted 35s", cues=cues)
    assert [t.split()[1] for t in told] == ["inverted", "time_left"]


def test_a_core_that_knows_of_no_inversion_calls_nobody_safe() -> None:
    """It was started anew while somebody rested."""
    cues = VoiceCues()
    assert (
        len(said("upright 5s; to 50 in 4s; inverted 5s; to -80 in 4s; upright 30s", cues=cues))
        == 2
    )
    assert said("upright 30s", cues=cues) == []


def test_calls_to_two_cores_are_two_calls() -> None:
    cues = VoiceCues()
    for _ in range(2):
        assert said("level 5s; call for help; sway 5s", cues=cues) == ["5.0 help"]


def test_a_table_that_ended_and_began_again_is_told_all_afresh() -> None:
    cues, snapshot = last("upright 5s; to 50 in 4s; inverted 65s")
    assert cues.heard("", (), snapshot, 0.0) == []
    cues.forget("")
    assert [p.id for p in cues.heard("", (), snapshot, 0.0)] == [PhraseId.COME_UP]


def test_each_inversion_is_told_of_afresh_where_events_were_lost() -> None:
    session = "to 50 in 4s; inverted 32s; silence 4s; to -80 in 4s; upright 95s"
    cues, told = VoiceCues(), []
    for _, snapshot in heard(timeline(f"upright 5s; {session}; {session}")):
        told += cues.heard("", (), snapshot, snapshot.now_s)
    assert [p.id.value for p in told] == ["time_left", "sensor_failed", "safe"] * 2


def test_tables_are_told_apart() -> None:
    cues = VoiceCues()
    for events, snapshot in heard(timeline("upright 5s; to 50 in 4s; inverted 1s")):
        den = cues.heard("den", events, snapshot, snapshot.now_s)
        hall = cues.heard("hall", events, snapshot, snapshot.now_s)
        assert [(p.table, p.id) for p in hall] == [("hall", p.id) for p in den]
    assert [p.table for p in cues.waiting(snapshot.now_s)] == ["den", "hall"]
    cues.forget("den")
    assert [p.table for p in cues.waiting(snapshot.now_s)] == ["hall"]


def phrases(*told: tuple[PhraseId, float]) -> Sequence[Phrase]:
    return [Phrase(id, at_s=at_s) for id, at_s in told]


def test_of_what_waits_the_most_urgent_goes_first_and_then_the_newest() -> None:
    cues, _ = last("upright 5s; to 50 in 4s; inverted 1s")
    cues._waiting = [
        *phrases((PhraseId.INVERTED, 10.0), (PhraseId.COME_UP, 8.0), (PhraseId.TOO_FAR, 9.0)),
        *phrases((PhraseId.TIME_LEFT, 9.5)),
    ]
    assert cues.waiting(10.0) == phrases(
        (PhraseId.TOO_FAR, 9.0),
        (PhraseId.COME_UP, 8.0),
        (PhraseId.TIME_LEFT, 9.5),
        (PhraseId.INVERTED, 10.0),
    )


def test_what_was_said_waits_no_more_and_what_took_too_long_neither() -> None:
    cues, snapshot = last("upright 5s; to 50 in 4s; inverted 1s")
    (inverted,) = cues.waiting(snapshot.now_s)
    assert cues.waiting(inverted.until_s - 0.001) == [inverted]
    cues.said(inverted)
    assert cues.waiting(snapshot.now_s) == []
    cues, _ = last("upright 5s; to 50 in 4s; inverted 1s")
    assert cues.waiting(inverted.until_s) == []


def test_who_has_come_up_is_not_told_to() -> None:
    cues, snapshot = last("upright 5s; to 50 in 4s; inverted 65s; to -80 in 2s; upright 1s")
    assert [p.id for p in cues.waiting(snapshot.now_s)] == [PhraseId.REST]


def test_who_is_inverted_again_is_not_told_to_rest() -> None:
    cues, snapshot = last(
        "upright 5s; to 50 in 4s; inverted 5s; to -5 in 2s; to 50 in 2s; sway 1s"
    )
    assert [p.id for p in cues.waiting(snapshot.now_s)] == [PhraseId.INVERTED]


def test_the_word_to_come_up_takes_the_place_of_what_else_was_to_be_said() -> None:
    """That it is said twice in a row, when the first was still waiting, helps nobody."""
    cues = VoiceCues()
    for events, snapshot in heard(timeline("upright 5s; to 50 in 4s; inverted 30s; silence 2.5s")):
        cues.heard("", events, snapshot, 0.0)
    assert [p.id for p in cues.waiting(0.0)] == [PhraseId.SENSOR_FAILED]


def test_a_phrase_that_still_waits_is_not_said_twice() -> None:
    cues = VoiceCues()
    for events, snapshot in heard(timeline("upright 5s; to 50 in 4s; inverted 76s")):
        cues.heard("", events, snapshot, 0.0)
    assert [p.id for p in cues.waiting(0.0)] == [PhraseId.COME_UP]


@pytest.mark.parametrize("id", sorted(set(AlarmId) - set(ALARM_PHRASES)))
def test_no_other_alarm_speaks(id: AlarmId) -> None:
    _, snapshot = last("upright 5s; to 50 in 4s; inverted 61s")
    view = next(a for a in snapshot.alarms if a.spec.id is AlarmId.TIME_LIMIT)
    other = replace(view, spec=replace(view.spec, id=id))
    assert VoiceCues().heard("", (), replace(snapshot, alarms=(other,)), 0.0) == []
