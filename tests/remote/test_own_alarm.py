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
from upturn.remote.own_alarm import (
    FIRST,
    GETS_ON_S,
    LINK_LOST,
    Loss,
    OwnAlarm,
    loss_of,
    urgency_of_loss,
)

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


@pytest.mark.parametrize(
    ("last", "watched", "later"),
    [
        pytest.param(CALM, True, MEDIUM, id="upright"),
        pytest.param(CALM, False, LOW, id="ended-in-order"),
        pytest.param(replace(CALM, node_off=True), True, LOW, id="switched-off"),
        pytest.param(replace(CALM, stand_down=True), True, LOW, id="stood-down"),
        pytest.param(inverted(5.0), True, HIGH, id="inverted"),
        pytest.param(None, True, MEDIUM, id="none"),
    ],
)
def test_an_upright_last_word_is_good_until_somebody_may_have_got_on(
    last: Snapshot | None, watched: bool, later: Priority
) -> None:
    at_first = urgency_of_loss(last, GETS_ON_S - 0.1, watched=watched)
    assert at_first is urgency_of_loss(last)
    assert urgency_of_loss(last, GETS_ON_S, watched=watched) is later


@pytest.mark.parametrize(
    ("last", "priority", "unreal", "loss"),
    [
        (CALM, LOW, False, Loss.CALM),
        (CALM, MEDIUM, False, Loss.UNSEEN),
        (None, MEDIUM, False, Loss.UNSEEN),
        (inverted(5.0), HIGH, False, Loss.HANGING),
        (replace(CALM, alarms=(alarm(AlarmId.FALL),)), HIGH, False, Loss.HANGING),
        (inverted(5.0), LOW, True, Loss.UNREAL),
    ],
)
def test_what_to_do_fits_what_is_known(
    last: Snapshot | None, priority: Priority, unreal: bool, loss: Loss
) -> None:
    assert loss_of(last, priority, unreal=unreal) is loss
    assert (loss.spec.id, loss.spec.advice) == (LINK_LOST.id, loss.value)


def test_it_becomes_more_urgent_and_then_sounds_again() -> None:
    own = OwnAlarm(LINK_LOST)
    own.judge(10.0, "gone", LOW)
    own.acknowledge(11.0)
    assert own.judge(20.0, "gone", LOW) is False
    assert own.view(20.0).sounding is False
    assert own.judge(25.0, "gone", MEDIUM) is False
    view = own.view(25.0)
    assert (view.priority, view.sounding, view.acknowledged) == (MEDIUM, True, False)
    assert (view.occurrence, view.raised_s) == (FIRST, 10.0)
    own.judge(26.0, "gone", LOW)
    assert own.view(26.0).priority is MEDIUM


def test_a_person_who_has_looked_eases_it() -> None:
    own = OwnAlarm(LINK_LOST)
    own.judge(10.0, "gone", HIGH, pausable=False)
    assert own.unpausable == ("Link lost: its audio cannot be paused, the last word was inverted")
    own.ease(LOW)
    own.judge(11.0, "gone", LOW)
    assert (own.priority, own.unpausable, own.acknowledge(11.0)) == (LOW, "", None)


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
        == "Link lost: its audio cannot be paused, the last word was inverted"
    )
    assert (own.view(11.0).sounding, own.view(11.0).pausable) == (True, False)


def test_a_key_that_is_held_down_does_not_pause_it_for_good() -> None:
    own = OwnAlarm(LINK_LOST)
    own.judge(0.0, "gone", LOW)
    heard = []
    for now_s in range(round(PAUSE_S) + 1):
        heard.append(own.view(now_s).sounding)
        own.acknowledge(now_s)
    assert [now_s for now_s, sounds in enumerate(heard) if sounds] == [0, PAUSE_S]


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
