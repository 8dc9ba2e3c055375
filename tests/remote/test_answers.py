# SPDX-License-Identifier: MIT
"""Commands from a remote screen: what is sent, and what is said to have become of it."""

from __future__ import annotations

import pytest

from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    SYMPTOMS,
    Acknowledge,
    CheckIn,
    Command,
    Distress,
    ImFine,
    Resume,
    SeenUpright,
    SinkStatus,
    StandDown,
    Symptoms,
    TestAlarm,
)
from upturn.remote.answers import (
    ANSWER_S,
    NO_ANSWER,
    ORDERS,
    SHOWN_S,
    WAITS,
    WORDS,
    Answers,
    Order,
    order_of,
)
from upturn.remote.said import Answer
from upturn.sinks.mqtt.commands import VERBS, Inbox, Permits

COMMANDS: list[Command] = [
    Acknowledge(),
    Acknowledge(AlarmId.FALL, 3),
    Acknowledge(AlarmId.NO_RETURN),
    SeenUpright(),
    Distress("from the home"),
    ImFine(),
    TestAlarm(),
    *map(Symptoms, SYMPTOMS),
]
FALL = Order("acknowledge", b"", "fall", 2)
NEAR = Order("acknowledge", b"", "time_limit_near", 1)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_host_reads_what_was_meant(command: Command) -> None:
    order = order_of(command)
    assert order is not None
    inbox = Inbox(Permits(acknowledge=True, seen_upright=True))
    assert inbox.take(0.0, order.verb, order.payload, retained=False) == command


def test_every_verb_of_the_home_can_be_said_and_is_tried_here() -> None:
    assert {order.verb for command in COMMANDS if (order := order_of(command))} == set(VERBS)
    assert set(WORDS) == set(VERBS)
    assert {type(command) for command in COMMANDS} == set(ORDERS)


@pytest.mark.parametrize("command", [StandDown(), Resume(), CheckIn(), SinkStatus("x", False)])
def test_what_the_home_cannot_say_is_not_sent(command: Command) -> None:
    assert order_of(command) is None


def test_it_is_done_when_the_host_says_so() -> None:
    answers = Answers()
    answers.asked(0.0, FALL)
    assert answers.shown(0.5) == WAITS
    assert answers.heard(1.0, Answer("acknowledge", None, "fall", 2)) == "Done: acknowledged"
    assert answers.shown(1.0) == "Done: acknowledged"
    assert answers.shown(1.0 + SHOWN_S) == ""


def test_a_refusal_is_shown_with_its_reason_and_before_what_went_well() -> None:
    answers = Answers()
    answers.asked(0.0, FALL)
    answers.asked(0.0, NEAR)
    answers.heard(0.1, Answer("acknowledge", "its audio cannot be paused", "fall", 2))
    assert answers.shown(0.1) == WAITS
    answers.heard(0.2, Answer("acknowledge", None, "time_limit_near", 1))
    assert answers.shown(0.2) == "Not done: its audio cannot be paused"


def test_a_refusal_of_what_was_not_understood_names_no_alarm() -> None:
    answers = Answers()
    answers.asked(0.0, FALL)
    assert answers.heard(0.1, Answer("acknowledge", "too many", None, None)) is not None
    assert answers.shown(0.1) == "Not done: too many"


@pytest.mark.parametrize(
    "answer",
    [
        Answer("distress", None, None, None),
        Answer("acknowledge", None, "no_return", 1),
        Answer("???", "no", None, None),
    ],
)
def test_the_answer_to_somebody_else_is_none(answer: Answer) -> None:
    answers = Answers()
    answers.asked(0.0, FALL)
    assert answers.heard(0.1, answer) is None
    assert answers.shown(0.1) == WAITS


def test_no_answer_in_time_is_said() -> None:
    answers = Answers()
    answers.asked(0.0, FALL)
    answers.tick(ANSWER_S - 0.01)
    assert answers.shown(ANSWER_S - 0.01) == WAITS
    answers.tick(ANSWER_S)
    assert answers.shown(ANSWER_S) == NO_ANSWER
    assert answers.heard(ANSWER_S + 1.0, Answer("acknowledge", None, "fall", 2)) is None


def test_what_the_broker_does_not_take_is_not_done() -> None:
    answers = Answers()
    answers.asked(0.0, FALL)
    answers.failed(0.1, FALL, "the broker does not allow it")
    assert answers.shown(0.1) == "Not done: the broker does not allow it"


def test_what_is_asked_anew_takes_the_place_of_old_answers() -> None:
    answers = Answers()
    answers.asked(0.0, FALL)
    answers.heard(0.1, Answer("acknowledge", "no", "fall", 2))
    answers.asked(1.0, NEAR)
    answers.heard(1.1, Answer("acknowledge", None, "time_limit_near", 1))
    assert answers.shown(1.1) == "Done: acknowledged"
