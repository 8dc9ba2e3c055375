# SPDX-License-Identifier: MIT
"""READY: every check is told, passed or not, and every reason against it."""

from __future__ import annotations

import pytest

from tests.stories import pipeline, stream, tell, timeline
from upturn.core.alarm_table import ALARMS, AlarmId, Kind
from upturn.core.commands import (
    CheckIn,
    Command,
    EquipmentChecked,
    HealthAnswers,
    KeptAwake,
    Override,
    ProvedCalibration,
    SoundOutput,
)
from upturn.core.events import Noted
from upturn.core.limits import PROFILES
from upturn.core.pipeline import Pipeline
from upturn.core.readiness import ALARMS as OF_ALARMS
from upturn.core.readiness import FAILS, PASSED
from upturn.core.snapshot import Check, Snapshot
from upturn.core.thresholds import CHECK_IN_S, EQUIPMENT_S

PASSING = tuple(Check(name, "", note) for name, note in PASSED.items())
UNASKED = Check("Spotter", "", "not asked for by this profile")


def shown(text: str, *commands: Command, profile: str = "standard", at_s: float = 5.0) -> Snapshot:
    """After the story, with these commands at its end."""
    story = timeline(text)
    core = pipeline(story, profile=PROFILES[profile])
    tell(core, story)
    for command in commands:
        core.command(command, 1.0)
    return core.snapshot(at_s)


def test_all_checks_of_a_table_that_is_ready_are_passed() -> None:
    now = shown("upright 1s")
    assert now.checks == (*PASSING, UNASKED)
    assert (now.ready, now.not_ready) == (True, ())


@pytest.mark.parametrize(
    ("story", "failed"),
    [
        ("at -150 1s", [("Data", "posture is unknown")]),
        ("level 1s", [("Table", "the table is not upright")]),
        ("at 50 1s", [("Table", "the table is not upright")]),
        ("at 20 5s; to -80 in 2s; upright 2s", [("Rest", "a full rest has not passed")]),
        ("upright 1s; stand down", [("Alarms", "stand down: alarms are off")]),
        ("upright 1s; call for help", [("Alarms", "Call for help")]),
        ("upright 1s; silence 11s", [("Data", "No data from the table")]),
        ("upright 1s; mqtt fails", [("Computer", "An alarm route is down")]),
        ("upright 1s; battery 3.4V", [("Battery", "Battery low")]),
        ("upright 1s; node faults", [("Sensor", "Sensor fault")]),
        ("upright 1s; test alarm", [("Alarms", "Test alarm")]),
        (
            "upright 1s; mqtt fails; call for help",
            [("Alarms", "Call for help"), ("Computer", "An alarm route is down")],
        ),
        ("upright 1s; goodbye", [("Data", "no data from the table")]),
    ],
)
def test_what_is_wrong_fails_the_check_that_it_belongs_to(
    story: str, failed: list[tuple[str, str]]
) -> None:
    now = shown(story, at_s=timeline(story).end_s)
    assert [(c.name, c.problem) for c in now.checks if not c.passed] == failed
    assert now.not_ready == tuple(problem for _, problem in failed)
    assert {check.name for check in now.checks} == {*PASSED, "Spotter"}


def test_one_check_may_fail_in_two_ways() -> None:
    now = shown("upright 1s; test alarm; call for help")
    assert [c.problem for c in now.checks if c.name == "Alarms"] == ["Test alarm", "Call for help"]


def test_no_first_sample_is_one_reason_and_not_two() -> None:
    core = Pipeline(stream(), PROFILES["standard"], start_s=0.0)
    core.tick(16.0)
    assert core.snapshot(16.0).not_ready == ("no data from the table yet",)


def test_every_alarm_about_the_equipment_fails_a_check_of_its_own() -> None:
    technical = {id for id, spec in ALARMS.items() if spec.kind is Kind.TECHNICAL}
    told_by_no_data = {AlarmId.NO_SIGNAL_YET}
    assert set(FAILS) == technical - told_by_no_data - {AlarmId.TEST_ALARM}
    assert set(FAILS.values()) < set(PASSED)
    assert OF_ALARMS in PASSED


def test_only_the_first_time_profile_waits_for_the_spotter() -> None:
    assert [name for name, profile in PROFILES.items() if profile.needs_spotter] == ["first-time"]
    now = shown("upright 1s", profile="first-time")
    assert now.not_ready == ("the spotter has not checked in",)
    assert now.check_in_age_s is None


@pytest.mark.parametrize("profile", ["standard", "first-time"])
def test_a_check_in_is_told_with_its_age(profile: str) -> None:
    now = shown("upright 1s", CheckIn(), profile=profile, at_s=61.0)
    assert now.checks[-1] == Check("Spotter", "", "is here")
    assert (now.ready, now.check_in_age_s) == (True, 60.0)


def test_a_check_in_is_noted() -> None:
    core = pipeline(story := timeline("upright 1s"))
    tell(core, story)
    assert core.command(CheckIn(), 2.0) == [Noted(2.0, "the spotter is here")]


@pytest.mark.parametrize(("age_s", "here"), [(CHECK_IN_S - 0.01, True), (CHECK_IN_S, False)])
def test_a_check_in_lapses(age_s: float, here: bool) -> None:
    now = shown("upright 1s", CheckIn(), profile="first-time", at_s=1.0 + age_s)
    assert now.ready is here
    assert (now.check_in_age_s is None) is not here
    if not here:
        assert now.not_ready == ("the spotter's check-in is over 30 min old",)


def test_sound_is_a_check_once_there_is_any_and_waits_for_somebody_who_hears_it() -> None:
    now = shown("upright 1s", SoundOutput("the speakers", confirmed=False))
    assert now.checks[-2] == Check("Sound", "nobody has confirmed that the test tone is heard")
    assert not now.ready
    now = shown("upright 1s", SoundOutput("the speakers", confirmed=True))
    assert now.checks[-2] == Check("Sound", "", "the speakers")
    assert now.ready


@pytest.mark.parametrize(
    ("state", "note"),
    [
        (KeptAwake(held=True, words="it does not go to sleep"), "works; kept awake"),
        (KeptAwake(held=False, words="nothing keeps it awake"), "works; nothing keeps it awake"),
    ],
)
def test_whether_the_computer_is_kept_awake_is_told_and_is_no_reason_against_it(
    state: KeptAwake, note: str
) -> None:
    now = shown("upright 1s", state)
    assert Check("Computer", "", note) in now.checks
    assert now.ready
    now = shown("upright 1s; mqtt fails", state)
    assert [c for c in now.checks if c.name == "Computer"] == [
        Check("Computer", "An alarm route is down")
    ]


def test_where_the_user_was_asked_about_health_and_table_both_are_checks() -> None:
    asked = HealthAnswers("", "asked 3 days ago")
    now = shown("upright 1s", asked)
    assert now.checks[-3:-1] == (
        Check("Health", "", "asked 3 days ago"),
        Check("Equipment", "nobody has said that the table was inspected today"),
    )
    now = shown("upright 1s", asked, EquipmentChecked())
    assert now.checks[-2] == Check("Equipment", "", "inspected, both ankle locks closed")
    assert now.ready
    now = shown("upright 1s", HealthAnswers("ask a doctor first: glaucoma"), EquipmentChecked())
    assert now.not_ready == ("ask a doctor first: glaucoma",)


@pytest.mark.parametrize(("age_s", "counts"), [(EQUIPMENT_S - 0.01, True), (EQUIPMENT_S, False)])
def test_the_table_is_inspected_every_day(age_s: float, counts: bool) -> None:
    now = shown("upright 1s", HealthAnswers(""), EquipmentChecked(), at_s=1.0 + age_s)
    assert (now.checks[-2].passed) is counts


def test_a_calibration_that_is_not_the_proved_one_is_not_done() -> None:
    other = ProvedCalibration("the node has another calibration than the one proved on 2026-11-21")
    now = shown("upright 1s", other)
    assert Check("Calibration", other.problem) in now.checks
    assert shown("upright 1s", other, ProvedCalibration(stop_deg=-80.0)).ready


def test_who_felt_ill_after_a_session_is_not_ready() -> None:
    felt = HealthAnswers("", "answered today", "dizzy after the last session")
    now = shown("upright 1s", felt, EquipmentChecked())
    assert now.not_ready == ("dizzy after the last session",)
    assert Check("Health", "", "answered today") in now.checks


def test_what_fails_can_be_accepted_and_is_shown_all_the_same() -> None:
    glaucoma = HealthAnswers("ask a doctor first: glaucoma")
    now = shown("upright 1s", glaucoma, EquipmentChecked(), Override())
    assert (now.ready, now.overridden) == (True, True)
    assert now.not_ready == ("ask a doctor first: glaucoma",)


def test_an_override_is_noted_with_all_that_it_accepts() -> None:
    core = pipeline(story := timeline("upright 1s"), profile=PROFILES["first-time"])
    tell(core, story)
    assert core.command(Override(), 2.0) == [
        Noted(2.0, "READY by override, in spite of: the spotter has not checked in")
    ]


def test_what_is_new_ends_an_override() -> None:
    story = timeline("upright 1s; silence 0.1s")
    core = pipeline(story, profile=PROFILES["first-time"])
    tell(core, story)
    core.command(Override(), 1.0)
    assert core.snapshot(1.0).ready
    core.command(SoundOutput("the speakers", confirmed=False), 1.0)
    now = core.snapshot(1.0)
    assert (now.ready, now.overridden) == (False, False)


def test_where_nothing_fails_there_is_nothing_to_accept() -> None:
    core = pipeline(story := timeline("upright 1s"))
    tell(core, story)
    assert core.command(Override(), 2.0) == [
        Noted(2.0, "override refused: every check is passed", refusal=True)
    ]
    assert not core.snapshot(2.0).overridden
