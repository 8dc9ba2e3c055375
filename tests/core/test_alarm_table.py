# SPDX-License-Identifier: MIT
"""The rows of the alarm table: complete, within the banner, and as the design says."""

from __future__ import annotations

import pytest

from upturn.core.alarm_table import ALARMS, AlarmId, AlarmSpec, Clear, Kind, Priority, SoundGroup
from upturn.core.alarms import AlarmBook
from upturn.core.events import AlarmChanged, Event
from upturn.core.sources import DOCUMENTS, UPTURN

LOW, MEDIUM, HIGH = Priority
BANNER_TITLE = 32
BANNER_COLUMNS = 80

rows = pytest.mark.parametrize("spec", ALARMS.values(), ids=lambda spec: spec.id)


def test_every_alarm_has_one_row_under_its_id_in_the_order_of_the_ids() -> None:
    assert [(id, spec.id) for id, spec in ALARMS.items()] == [(id, id) for id in AlarmId]


def test_the_priorities_are_those_of_the_design() -> None:
    assert {id: spec.priorities for id, spec in ALARMS.items()} == {
        AlarmId.TIME_LIMIT_NEAR: (MEDIUM,),
        AlarmId.TIME_LIMIT: (HIGH,),
        AlarmId.NO_RETURN: (HIGH,),
        AlarmId.REST_SHORT: (MEDIUM,),
        AlarmId.ANGLE_LIMIT: (MEDIUM,),
        AlarmId.OVER_ROTATION: (HIGH,),
        AlarmId.FAST_TILT: (MEDIUM,),
        AlarmId.IMPACT: (MEDIUM,),
        AlarmId.FALL: (HIGH,),
        AlarmId.NO_MOVEMENT: (MEDIUM, HIGH),
        AlarmId.DISTRESS: (HIGH,),
        AlarmId.SIGNAL_LOST: (LOW, HIGH),
        AlarmId.NO_SIGNAL_YET: (MEDIUM,),
        AlarmId.SENSOR_FAULT: (MEDIUM, HIGH),
        AlarmId.SENSOR_MOVED: (MEDIUM, HIGH),
        AlarmId.NOT_CALIBRATED: (MEDIUM,),
        AlarmId.BATTERY_LOW: (LOW, MEDIUM),
        AlarmId.HOST_STALLED: (HIGH,),
        AlarmId.LEFT_INVERTED: (MEDIUM,),
        AlarmId.SINK_FAILED: (LOW,),
        AlarmId.TEST_ALARM: (HIGH,),
    }


def test_what_latches_or_is_held_is_what_the_design_says() -> None:
    kept = {id: s.clear for id, s in ALARMS.items() if s.clear is not Clear.WITH_CONDITION}
    assert kept == {
        AlarmId.TIME_LIMIT: Clear.AFTER_ACKNOWLEDGE,
        AlarmId.NO_RETURN: Clear.AFTER_ACKNOWLEDGE,
        AlarmId.OVER_ROTATION: Clear.AFTER_ACKNOWLEDGE,
        AlarmId.FAST_TILT: Clear.AFTER_HOLD,
        AlarmId.IMPACT: Clear.AFTER_HOLD,
        AlarmId.FALL: Clear.AFTER_ACKNOWLEDGE,
        AlarmId.DISTRESS: Clear.AFTER_ACKNOWLEDGE,
        AlarmId.HOST_STALLED: Clear.AFTER_ACKNOWLEDGE,
        AlarmId.LEFT_INVERTED: Clear.AFTER_ACKNOWLEDGE,
        AlarmId.TEST_ALARM: Clear.AFTER_HOLD,
    }


def test_only_no_return_repeats_and_only_its_sound_can_never_be_paused() -> None:
    assert {id for id, spec in ALARMS.items() if spec.repeat_s} == {AlarmId.NO_RETURN}
    assert {id for id, spec in ALARMS.items() if not spec.pausable} == {AlarmId.NO_RETURN}


def test_only_a_return_past_vertical_continues_its_occurrence() -> None:
    assert {id: spec.rejoin_s for id, spec in ALARMS.items() if spec.rejoin_s} == {
        AlarmId.OVER_ROTATION: 10.0
    }


def test_the_sound_groups_are_listed_from_low_to_high() -> None:
    groups = {
        group: [id for id, spec in ALARMS.items() if spec.group is group] for group in SoundGroup
    }
    assert groups == {
        SoundGroup.TIME: [AlarmId.TIME_LIMIT_NEAR, AlarmId.TIME_LIMIT, AlarmId.NO_RETURN],
        SoundGroup.ANGLE: [AlarmId.ANGLE_LIMIT, AlarmId.OVER_ROTATION],
        SoundGroup.IMPACT: [AlarmId.IMPACT, AlarmId.FALL],
    }


def test_the_equipments_alarms_are_technical_and_all_others_about_the_person() -> None:
    assert {id for id, spec in ALARMS.items() if spec.kind is Kind.TECHNICAL} == {
        AlarmId.SIGNAL_LOST,
        AlarmId.NO_SIGNAL_YET,
        AlarmId.SENSOR_FAULT,
        AlarmId.SENSOR_MOVED,
        AlarmId.NOT_CALIBRATED,
        AlarmId.BATTERY_LOW,
        AlarmId.HOST_STALLED,
        AlarmId.SINK_FAILED,
    }


@rows
def test_a_row_lists_its_priorities_from_low_to_high(spec: AlarmSpec) -> None:
    assert list(spec.priorities) == sorted(set(spec.priorities))
    assert spec.priorities


@rows
def test_a_title_fits_the_banner(spec: AlarmSpec) -> None:
    assert 0 < len(spec.title) <= BANNER_TITLE


@rows
def test_title_and_advice_are_one_line_each_that_fits_beside_the_marks(spec: AlarmSpec) -> None:
    marks = max(spec.priorities).marks
    for text in (spec.title, spec.advice):
        assert text.isprintable()
        assert text == text.strip()
        assert len(f"{marks} {text}") <= BANNER_COLUMNS


@rows
def test_advice_is_a_sentence_and_a_title_is_not(spec: AlarmSpec) -> None:
    assert spec.advice.endswith(".")
    assert not spec.title.endswith(".")


@rows
def test_a_row_names_a_document_or_upturn_as_its_source(spec: AlarmSpec) -> None:
    assert set(spec.source.split(", ")) <= {*DOCUMENTS, UPTURN}


@rows
def test_the_message_of_an_alarm_is_its_title_and_its_advice(spec: AlarmSpec) -> None:
    out: list[Event] = []
    AlarmBook(out).set(0.0, spec.id, True)
    (raised,) = out
    assert isinstance(raised, AlarmChanged)
    assert raised.message == f"{spec.title}. {spec.advice}"


@pytest.mark.parametrize(
    ("priority", "word", "marks"),
    [(LOW, "low", "*"), (MEDIUM, "medium", "**"), (HIGH, "high", "***")],
)
def test_a_priority_has_a_word_and_marks(priority: Priority, word: str, marks: str) -> None:
    assert (priority.word, priority.marks) == (word, marks)


@pytest.mark.parametrize("key", DOCUMENTS)
def test_each_document_is_listed_under_its_key(key: str) -> None:
    document = DOCUMENTS[key]
    assert document.key == key
    assert document.title
    assert document.publisher
