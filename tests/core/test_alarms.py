# SPDX-License-Identifier: MIT
"""The life of an alarm: raise, escalate, acknowledge, pause, latch, clear, return."""

from __future__ import annotations

import pytest

from tests.stories import lines
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.alarms import AlarmBook
from upturn.core.events import AlarmChanged, Event
from upturn.core.snapshot import AlarmView

LATCHING = AlarmId.TIME_LIMIT
PLAIN = AlarmId.ANGLE_LIMIT
HELD = AlarmId.IMPACT
EVENT = AlarmId.DISTRESS
RISING = AlarmId.SENSOR_FAULT
UNPAUSABLE = AlarmId.NO_RETURN
REJOINING = AlarmId.OVER_ROTATION


class Book(AlarmBook):
    """An alarm book that gives back what it said."""

    def __init__(self) -> None:
        self.out: list[Event] = []
        super().__init__(self.out)

    def said(self) -> list[str]:
        told = lines(self.out)
        self.out.clear()
        return told

    def messages(self) -> list[str]:
        told = [event.message for event in self.out if isinstance(event, AlarmChanged)]
        self.out.clear()
        return told

    def view(self, id: AlarmId, now_s: float) -> AlarmView:
        (view,) = (view for view in self.views(now_s) if view.spec.id is id)
        return view

    def ack(
        self,
        now_s: float,
        id: AlarmId | None = None,
        occurrence: int | None = None,
        *,
        inverted: bool = True,
    ) -> str | None:
        return self.acknowledge(now_s, id, occurrence, inverted=inverted)


@pytest.fixture
def book() -> Book:
    return Book()


def test_a_condition_is_raised_once_however_often_it_is_said(book: Book) -> None:
    for now_s in (1.0, 2.0, 3.0):
        book.set(now_s, PLAIN, True)
    assert book.said() == ["1.00 angle_limit #1 raised **"]
    assert book.raised == {PLAIN: 1}


def test_a_condition_that_never_held_says_nothing(book: Book) -> None:
    book.set(1.0, PLAIN, False)
    assert (book.said(), book.raised) == ([], {})


def test_what_does_not_latch_clears_with_its_condition(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    book.set(2.0, PLAIN, False)
    assert book.said() == ["1.00 angle_limit #1 raised **", "2.00 angle_limit #1 cleared **"]
    assert book.views(2.0) == ()


def test_a_condition_that_returns_after_clearing_is_a_new_occurrence(book: Book) -> None:
    for now_s, on in ((1.0, True), (2.0, False), (3.0, True)):
        book.set(now_s, PLAIN, on)
    assert book.said()[-1] == "3.00 angle_limit #2 raised **"
    assert book.raised == {PLAIN: 2}


def test_what_latches_stays_until_it_is_acknowledged(book: Book) -> None:
    book.set(1.0, LATCHING, True)
    book.set(2.0, LATCHING, False)
    assert book.said() == ["1.00 time_limit #1 raised ***"]
    assert (book.is_active(LATCHING), book.is_on(LATCHING)) == (True, False)
    assert book.ack(3.0, LATCHING) is None
    assert book.said() == [
        "3.00 time_limit #1 acknowledged ***",
        "3.00 time_limit #1 cleared ***",
    ]


def test_what_was_acknowledged_before_clears_with_its_condition(book: Book) -> None:
    book.set(1.0, LATCHING, True)
    book.ack(2.0)
    book.set(90.0, LATCHING, False)
    assert book.said()[-1] == "90.00 time_limit #1 cleared ***"


def test_a_condition_that_returns_while_latched_is_a_new_unpaused_occurrence(book: Book) -> None:
    book.set(1.0, LATCHING, True)
    book.set(2.0, LATCHING, False)
    book.set(3.0, LATCHING, True)
    assert book.said() == ["1.00 time_limit #1 raised ***", "3.00 time_limit #2 raised ***"]
    view = book.view(LATCHING, 3.0)
    assert (view.occurrence, view.acknowledged, view.sounding) == (2, False, True)


def test_an_acknowledgement_never_outlives_its_occurrence(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    book.ack(2.0)
    book.set(3.0, PLAIN, False)
    book.set(4.0, PLAIN, True)
    view = book.view(PLAIN, 4.0)
    assert (view.acknowledged, view.sounding, view.pause_left_s) == (False, True, 0.0)


@pytest.mark.parametrize(("inverted", "pause_s"), [(True, 30.0), (False, 120.0)])
def test_a_pause_counts_down_and_then_the_alarm_sounds_again(
    book: Book, inverted: bool, pause_s: float
) -> None:
    book.set(1.0, PLAIN, True)
    book.ack(10.0, inverted=inverted)
    seen = [
        (view.sounding, view.pause_left_s)
        for view in (
            book.view(PLAIN, 10.0),
            book.view(PLAIN, 10.0 + pause_s - 0.5),
            book.view(PLAIN, 10.0 + pause_s),
        )
    ]
    assert seen == [(False, pause_s), (False, 0.5), (True, 0.0)]
    assert book.view(PLAIN, 10.0 + pause_s).acknowledged


def test_a_second_acknowledgement_pauses_again_once_the_first_pause_is_over(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    book.ack(2.0)
    book.ack(20.0)
    assert book.view(PLAIN, 31.0).pause_left_s == 1.0
    assert book.view(PLAIN, 32.0).sounding
    book.ack(32.0)
    assert book.view(PLAIN, 33.0).pause_left_s == 29.0


def test_a_key_held_down_does_not_pause_it_for_good(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    heard = []
    for at_s in range(2, 200):
        heard.append(book.view(PLAIN, at_s).sounding)
        book.ack(at_s)
    assert heard.count(True) == 7  # once in each half minute


def test_an_acknowledgement_pauses_its_own_alarm_only(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    book.set(1.0, RISING, True)
    book.ack(2.0, PLAIN)
    assert {v.spec.id: v.sounding for v in book.views(2.0)} == {RISING: True, PLAIN: False}


@pytest.mark.parametrize("occurrence", [1, 3])
def test_another_occurrence_cannot_be_acknowledged(book: Book, occurrence: int) -> None:
    for now_s, on in ((1.0, True), (2.0, False), (3.0, True)):
        book.set(now_s, PLAIN, on)
    book.said()
    assert book.ack(4.0, PLAIN, occurrence) == "angle_limit has no such occurrence now"
    assert (book.said(), book.view(PLAIN, 4.0).acknowledged) == ([], False)
    assert book.ack(4.0, PLAIN, 2) is None


def test_what_is_not_active_cannot_be_acknowledged(book: Book) -> None:
    assert book.ack(1.0, PLAIN) == "angle_limit has no such occurrence now"


def test_acknowledging_everything_takes_all_current_occurrences(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    book.set(1.0, RISING, True)
    book.said()
    assert book.ack(2.0) is None
    assert book.said() == [
        "2.00 angle_limit #1 acknowledged **",
        "2.00 sensor_fault #1 acknowledged **",
    ]


def test_acknowledging_everything_when_there_is_nothing_is_no_refusal(book: Book) -> None:
    assert book.ack(1.0) is None


def test_what_cannot_be_paused_is_refused_while_its_condition_lasts(book: Book) -> None:
    book.set(1.0, UNPAUSABLE, True)
    book.said()
    refusal = book.ack(2.0)
    assert refusal == "Not coming up: its audio cannot be paused while it lasts"
    view = book.view(UNPAUSABLE, 2.0)
    assert (view.acknowledged, view.sounding, view.pausable) == (False, True, False)


def test_what_cannot_be_paused_may_be_acknowledged_once_it_is_gone(book: Book) -> None:
    book.set(1.0, UNPAUSABLE, True)
    book.set(2.0, UNPAUSABLE, False)
    assert book.view(UNPAUSABLE, 2.0).pausable
    assert book.ack(3.0) is None
    assert book.views(3.0) == ()


def test_a_refusal_keeps_no_other_alarm_from_being_acknowledged(book: Book) -> None:
    book.set(1.0, UNPAUSABLE, True)
    book.set(1.0, LATCHING, True)
    assert book.ack(2.0)
    assert book.view(LATCHING, 2.0).acknowledged


def test_a_condition_can_forbid_the_pause_of_a_row_that_allows_it(book: Book) -> None:
    book.set(1.0, AlarmId.SIGNAL_LOST, True, priority=Priority.HIGH, pausable=False)
    assert book.ack(2.0, AlarmId.SIGNAL_LOST)


def test_a_new_alarm_breaks_every_pause(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    book.ack(2.0)
    book.set(3.0, AlarmId.SINK_FAILED, True)
    view = book.view(PLAIN, 3.0)
    assert (view.sounding, view.pause_left_s, view.acknowledged) == (True, 0.0, True)


def test_a_rise_in_priority_is_an_escalation_and_breaks_every_pause(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    book.set(1.0, RISING, True, priority=Priority.MEDIUM)
    book.ack(2.0)
    book.said()
    book.set(3.0, RISING, True, priority=Priority.HIGH)
    assert book.said() == ["3.00 sensor_fault #1 escalated ***"]
    assert [view.sounding for view in book.views(3.0)] == [True, True]


def test_an_escalation_tells_the_new_facts(book: Book) -> None:
    book.set(1.0, RISING, True, priority=Priority.MEDIUM, detail="first")
    book.set(2.0, RISING, True, priority=Priority.HIGH, detail="second")
    advice = "The angle cannot be trusted. Watch the person yourself."
    assert book.messages() == [f"Sensor fault: first. {advice}", f"Sensor fault: second. {advice}"]


def test_a_fall_in_priority_is_not_said_and_not_shown(book: Book) -> None:
    book.set(1.0, RISING, True, priority=Priority.HIGH)
    book.set(2.0, RISING, True, priority=Priority.MEDIUM)
    assert book.said() == ["1.00 sensor_fault #1 raised ***"]
    assert book.view(RISING, 2.0).priority is Priority.HIGH


def test_a_repeated_escalation_breaks_every_pause(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    book.set(1.0, UNPAUSABLE, True)
    book.ack(2.0)
    book.said()
    book.escalate(3.0, UNPAUSABLE)
    assert book.said() == ["3.00 no_return #1 escalated ***"]
    assert book.view(PLAIN, 3.0).sounding


def test_new_details_are_shown_without_a_new_event(book: Book) -> None:
    book.set(1.0, RISING, True, detail="first")
    book.said()
    book.set(2.0, RISING, True, detail="second")
    assert book.said() == []
    assert book.view(RISING, 2.0).message.startswith("Sensor fault: second.")


def test_a_moment_is_held_for_ten_seconds(book: Book) -> None:
    book.trigger(1.0, HELD)
    assert book.due_s == 11.0
    book.tick(10.99)
    assert book.said() == ["1.00 impact #1 raised **"]
    book.tick(11.0)
    assert book.said() == ["11.00 impact #1 cleared **"]


def test_a_moment_that_repeats_is_held_on_as_one_occurrence(book: Book) -> None:
    book.trigger(1.0, HELD)
    book.trigger(5.0, HELD)
    book.tick(14.99)
    assert book.said() == ["1.00 impact #1 raised **"]
    book.tick(15.0)
    book.trigger(16.0, HELD)
    assert book.said() == ["15.00 impact #1 cleared **", "16.00 impact #2 raised **"]


def test_acknowledging_a_moment_does_not_end_its_hold(book: Book) -> None:
    book.trigger(1.0, HELD)
    book.ack(2.0)
    assert book.said() == ["1.00 impact #1 raised **", "2.00 impact #1 acknowledged **"]
    book.tick(11.0)
    assert book.said() == ["11.00 impact #1 cleared **"]


def test_a_call_stands_until_it_is_acknowledged(book: Book) -> None:
    book.trigger(1.0, EVENT)
    book.tick(1000.0)
    assert book.said() == ["1.00 distress #1 raised ***"]
    book.ack(1000.0)
    assert book.said() == [
        "1000.00 distress #1 acknowledged ***",
        "1000.00 distress #1 cleared ***",
    ]


def test_a_second_call_is_a_new_occurrence(book: Book) -> None:
    book.trigger(1.0, EVENT)
    book.trigger(2.0, EVENT)
    assert book.said() == ["1.00 distress #1 raised ***", "2.00 distress #2 raised ***"]


@pytest.mark.parametrize(
    ("back_s", "said"),
    [(15.0, []), (15.1, ["15.10 over_rotation #2 raised ***"])],
)
def test_a_return_within_ten_seconds_continues_the_occurrence(
    book: Book, back_s: float, said: list[str]
) -> None:
    book.set(1.0, REJOINING, True)
    book.set(5.0, REJOINING, False)
    book.said()
    book.set(back_s, REJOINING, True)
    assert book.said() == said
    assert book.view(REJOINING, back_s).condition


def test_an_occurrence_that_is_continued_does_not_clear_by_its_acknowledgement(
    book: Book,
) -> None:
    book.set(1.0, REJOINING, True)
    book.set(5.0, REJOINING, False)
    book.set(6.0, REJOINING, True)
    book.ack(7.0)
    assert book.is_active(REJOINING)
    book.set(8.0, REJOINING, False)
    assert not book.is_active(REJOINING)


def test_no_alarm_hides_another_but_of_a_group_only_the_highest_sounds(book: Book) -> None:
    ids = [AlarmId.NO_RETURN, AlarmId.TIME_LIMIT, AlarmId.TIME_LIMIT_NEAR]
    for id in reversed(ids):
        book.set(1.0, id, True)
    book.set(1.0, AlarmId.REST_SHORT, True)
    assert {v.spec.id: v.sounding for v in book.views(1.0)} == {
        AlarmId.NO_RETURN: True,
        AlarmId.TIME_LIMIT: False,
        AlarmId.TIME_LIMIT_NEAR: False,
        AlarmId.REST_SHORT: True,
    }


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        (AlarmId.TIME_LIMIT_NEAR, AlarmId.TIME_LIMIT),
        (AlarmId.TIME_LIMIT, AlarmId.NO_RETURN),
        (AlarmId.ANGLE_LIMIT, AlarmId.OVER_ROTATION),
        (AlarmId.IMPACT, AlarmId.FALL),
    ],
)
def test_the_highest_sounds_whichever_was_raised_first(
    book: Book, lower: AlarmId, higher: AlarmId
) -> None:
    for first, second in ((lower, higher), (higher, lower)):
        built = Book()
        built.set(1.0, first, True)
        built.set(2.0, second, True)
        assert [v.spec.id for v in built.views(2.0) if v.sounding] == [higher]


def test_while_the_highest_of_a_group_is_paused_no_lower_one_sounds_for_it(book: Book) -> None:
    book.set(1.0, AlarmId.TIME_LIMIT_NEAR, True)
    book.set(2.0, AlarmId.TIME_LIMIT, True)
    book.ack(3.0, AlarmId.TIME_LIMIT)
    assert [view.sounding for view in book.views(3.0)] == [False, False]


def test_a_silent_occurrence_is_shown_but_not_heard(book: Book) -> None:
    book.set(1.0, AlarmId.REST_SHORT, True, silent=True)
    assert book.said() == ["1.00 rest_short #1 raised **"]
    assert not book.view(AlarmId.REST_SHORT, 1.0).sounding


def test_the_most_urgent_comes_first(book: Book) -> None:
    book.set(1.0, AlarmId.SINK_FAILED, True)
    book.set(2.0, LATCHING, True)
    book.set(3.0, LATCHING, False)
    book.set(4.0, REJOINING, True)
    book.set(5.0, AlarmId.ANGLE_LIMIT, True)
    book.set(6.0, AlarmId.REST_SHORT, True)
    assert [view.spec.id for view in book.views(6.0)] == [
        AlarmId.OVER_ROTATION,
        AlarmId.TIME_LIMIT,
        AlarmId.REST_SHORT,
        AlarmId.ANGLE_LIMIT,
        AlarmId.SINK_FAILED,
    ]


def test_a_pause_given_upright_shrinks_when_an_inversion_begins(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    book.ack(2.0, inverted=False)
    book.inversion_began(10.0)
    assert book.view(PLAIN, 10.0).pause_left_s == 30.0


def test_a_shorter_pause_is_not_lengthened_by_an_inversion(book: Book) -> None:
    book.set(1.0, PLAIN, True)
    book.ack(2.0, inverted=True)
    book.inversion_began(10.0)
    assert book.view(PLAIN, 10.0).pause_left_s == 22.0


def test_alarms_off_clears_everything_and_says_nothing_more(book: Book) -> None:
    book.set(1.0, LATCHING, True)
    book.trigger(1.0, HELD)
    book.said()
    book.suspend(2.0)
    assert book.said() == ["2.00 time_limit #1 cleared ***", "2.00 impact #1 cleared **"]
    book.set(3.0, PLAIN, True)
    book.trigger(3.0, EVENT)
    book.escalate(3.0, LATCHING)
    book.tick(100.0)
    assert (book.said(), book.views(100.0)) == ([], ())


def test_alarms_on_again_raises_what_holds_then(book: Book) -> None:
    book.set(1.0, LATCHING, True)
    book.suspend(2.0)
    book.set(3.0, PLAIN, True)
    book.set(3.0, RISING, True)
    book.set(3.0, RISING, True, priority=Priority.HIGH, detail="why")
    book.set(4.0, PLAIN, False)
    book.said()
    book.resume(5.0)
    assert book.said() == ["5.00 time_limit #2 raised ***", "5.00 sensor_fault #1 raised ***"]
    assert book.view(RISING, 5.0).message.startswith("Sensor fault: why.")


def test_only_latched_means_that_all_wait_for_an_acknowledgement(book: Book) -> None:
    seen = [book.only_latched]
    book.set(1.0, LATCHING, True)
    seen.append(book.only_latched)
    book.set(2.0, LATCHING, False)
    seen.append(book.only_latched)
    book.trigger(3.0, HELD)
    seen.append(book.only_latched)
    assert seen == [False, False, True, False]


def test_what_goes_on_is_shown_above_what_only_waits(book: Book) -> None:
    book.set(1.0, AlarmId.SIGNAL_LOST, True, priority=Priority.HIGH)
    book.set(2.0, LATCHING, True)
    book.set(3.0, LATCHING, False)
    assert [view.spec.id for view in book.views(4.0)] == [AlarmId.SIGNAL_LOST, LATCHING]
