# SPDX-License-Identifier: MIT
"""The screen's own alarms: how urgent a lost link is, and what may be done about its sound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, alarm, inverted
from tests.remote.said import unknown
from upturn.core.alarm_table import AlarmId, Kind, Priority
from upturn.core.commands import Acknowledge, Distress
from upturn.core.events import Posture
from upturn.core.snapshot import Snapshot
from upturn.core.thresholds import PAUSE_S
from upturn.remote.own_alarm import FIRST, LINK_LOST, OwnAlarm, urgency_of_loss

LOW, MEDIUM, HIGH = Priority
LAST_WORDS: list[tuple[str, Snapshot | None, Priority]] = [
    ("none", None, MEDIUM),
    ("upright", CALM, LOW),
    ("level", replace(CALM, posture=Posture.LEVEL), HIGH),
    ("unknown", replace(CALM, posture=Posture.UNKNOWN), HIGH),
    ("inverted", inverted(5.0), HIGH),
    ("inverted-and-lost", inverted(5.0, signal_lost=True), HIGH),
    ("upright-and-inverted-still", replace(CALM, inverted=True), HIGH),
    ("no-sample-yet", replace(unknown(), posture=Posture.UNKNOWN), MEDIUM),
    ("switched-off", replace(CALM, posture=Posture.UNKNOWN, node_off=True), LOW),
    ("stood-down", replace(CALM, posture=Posture.LEVEL, stand_down=True), LOW),
    ("fallen", replace(CALM, alarms=(alarm(AlarmId.FALL),)), HIGH),
    ("fallen-and-over", replace(CALM, alarms=(alarm(AlarmId.FALL, condition=False),)), HIGH),
    ("not-calibrated", replace(CALM, alarms=(alarm(AlarmId.NOT_CALIBRATED),)), MEDIUM),
    ("battery", replace(CALM, alarms=(alarm(AlarmId.BATTERY_LOW, priority=LOW),)), LOW),
    ("moved", replace(CALM, alarms=(alarm(AlarmId.SENSOR_MOVED),)), HIGH),
]


@pytest.mark.parametrize(
    ("last", "priority"), [pytest.param(*row[1:], id=row[0]) for row in LAST_WORDS]
)
def test_a_lost_link_is_as_urgent_as_its_last_word(
    last: Snapshot | None, priority: Priority
) -> None:
    assert urgency_of_loss(last) is priority


def test_its_view_says_what_is_lost_and_what_to_do() -> None:
    own = OwnAlarm(LINK_LOST)
    assert own.judge(10.0, "nothing new from attic", HIGH) is True
    view = own.view(14.0)
    assert view.message == (
        "Link lost: nothing new from attic. "
        "Look at the person now. Then check the broker and the host."
    )
    assert (view.spec.kind, view.priority, view.raised_s) == (Kind.TECHNICAL, HIGH, 10.0)
    assert (view.condition, view.sounding, view.acknowledged) == (True, True, False)


def test_another_reason_is_no_other_alarm() -> None:
    own = OwnAlarm(LINK_LOST)
    own.judge(10.0, "nothing new", HIGH)
    assert own.judge(12.0, "its host is off-line", LOW) is False
    assert (own.view(12.0).occurrence, own.view(12.0).priority) == (FIRST, HIGH)
    assert own.view(12.0).detail == "its host is off-line"


def test_an_acknowledgement_pauses_its_sound_for_a_while_and_ends_with_it() -> None:
    own = OwnAlarm(LINK_LOST)
    own.judge(10.0, "gone", LOW)
    assert own.acknowledge(10.0) is None
    sounds = [own.view(now_s).sounding for now_s in (10.0, 10.0 + PAUSE_S - 0.1, 10.0 + PAUSE_S)]
    assert sounds == [False, False, True]
    own.judge(20.0, "")
    own.judge(21.0, "gone", LOW)
    view = own.view(21.0)
    assert (view.sounding, view.acknowledged, view.occurrence) == (True, False, FIRST + 1)


def test_its_sound_cannot_be_paused_after_a_last_word_of_somebody_inverted() -> None:
    own = OwnAlarm(LINK_LOST)
    own.judge(10.0, "gone", HIGH, pausable=False)
    assert (
        own.acknowledge(11.0)
        == "Link lost: its sound cannot be paused, the last word was inverted"
    )
    assert (own.view(11.0).sounding, own.view(11.0).pausable) == (True, False)


def test_only_its_own_occurrence_is_meant() -> None:
    own = OwnAlarm(LINK_LOST)
    meant = Acknowledge(AlarmId.SIGNAL_LOST, FIRST)
    assert own.is_meant(meant) is False
    own.judge(10.0, "gone", LOW)
    assert own.is_meant(meant) is True
    for other in (
        Acknowledge(),
        Acknowledge(AlarmId.SIGNAL_LOST, 1),
        Acknowledge(AlarmId.FALL, FIRST),
        Distress(),
    ):
        assert own.is_meant(other) is False
