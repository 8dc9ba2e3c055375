# SPDX-License-Identifier: MIT
"""What waits for the broker: in order, once, bounded, and the alarms last of all to go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.events import AlarmChanged, AlarmState, Event, InversionEnded
from upturn.sinks.mqtt.outbox import Letter, Outbox, Weight, weight_of


def letter(uid: str, weight: Weight = Weight.ALARM, posted_s: float = 0.0) -> Letter:
    return Letter(uid, "upturn/a1/event", uid.encode(), weight, posted_s)


def emptied(outbox: Outbox) -> list[str]:
    uids = []
    while (first := outbox.first) is not None:
        uids.append(first.uid)
        outbox.arrived(first.uid)
    return uids


def test_what_was_put_first_is_told_first() -> None:
    outbox = Outbox()
    for uid in "abc":
        outbox.put(letter(uid))
    assert emptied(outbox) == ["a", "b", "c"]


def test_only_the_first_can_have_arrived() -> None:
    outbox = Outbox()
    outbox.put(letter("a"))
    outbox.put(letter("b"))
    assert [outbox.arrived(uid) for uid in "bcaab"] == [False, False, True, False, True]


def test_answers_let_all_else_go_first_but_for_what_is_on_its_way() -> None:
    outbox = Outbox()
    for uid, weight in (
        ("answer 1", Weight.ANSWER),
        ("answer 2", Weight.ANSWER),
        ("answer 3", Weight.ANSWER),
        ("alarm", Weight.ALARM),
        ("step", Weight.STEP),
        ("answer 4", Weight.ANSWER),
        ("record", Weight.RECORD),
    ):
        outbox.put(letter(uid, weight))
    order = ["answer 1", "alarm", "step", "record", "answer 2", "answer 3", "answer 4"]
    assert emptied(outbox) == order


def test_when_it_is_full_the_oldest_of_the_least_goes_and_is_counted() -> None:
    outbox = Outbox(kept=4)
    for uid, weight in (
        ("alarm", Weight.ALARM),
        ("step", Weight.STEP),
        ("record 1", Weight.RECORD),
        ("record 2", Weight.RECORD),
        ("alarm 2", Weight.ALARM),
        ("alarm 3", Weight.ALARM),
        ("alarm 4", Weight.ALARM),
    ):
        outbox.put(letter(uid, weight))
    assert outbox.given_up == 3
    assert emptied(outbox) == ["alarm", "alarm 2", "alarm 3", "alarm 4"]


@given(st.lists(st.sampled_from(Weight), max_size=60), st.integers(1, 10))
def test_it_never_grows_and_never_gives_up_an_alarm_for_less(
    weights: list[Weight], kept: int
) -> None:
    outbox = Outbox(kept=kept)
    for number, weight in enumerate(weights):
        outbox.put(letter(str(number), weight))
        assert len(outbox) <= kept
    alarms = [str(n) for n, weight in enumerate(weights) if weight is Weight.ALARM]
    left = emptied(outbox)
    assert len(left) + outbox.given_up == len(weights)
    given_up = [uid for uid in alarms if uid not in left]
    assert given_up == alarms[: len(given_up)]
    if given_up:
        others = [uid for uid in left if uid not in alarms]
        assert others in ([], [str(len(weights) - 1)])  # the newest is always let in


def test_what_somebody_else_has_told_is_forgotten_up_to_its_time() -> None:
    outbox = Outbox()
    for second in range(5):
        outbox.put(letter(str(second), posted_s=float(second)))
    outbox.forget(2.0)
    assert len(outbox) == 2
    outbox.forget()
    assert len(outbox) == 0
    assert outbox.given_up == 0


def _alarm(state: AlarmState) -> AlarmChanged:
    return AlarmChanged(1.0, AlarmId.FALL, 1, Priority.HIGH, state, "Possible fall.")


@pytest.mark.parametrize(
    ("event", "weight"),
    [
        (_alarm(AlarmState.RAISED), Weight.ALARM),
        (_alarm(AlarmState.ESCALATED), Weight.ALARM),
        (_alarm(AlarmState.ACKNOWLEDGED), Weight.STEP),
        (_alarm(AlarmState.CLEARED), Weight.STEP),
        (InversionEnded(1.0, 1, 30.0, 50.0, 30.0), Weight.RECORD),
    ],
)
def test_a_new_alarm_weighs_most(event: Event, weight: Weight) -> None:
    assert weight_of(event) is weight
