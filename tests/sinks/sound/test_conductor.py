# SPDX-License-Identifier: MIT
"""Which sound is due when: evenings told as what tables say, and what is then played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sinks.sound.states import (
    PERSON_HIGH,
    PERSON_MEDIUM,
    TECHNICAL_HIGH,
    TECHNICAL_LOW,
    TECHNICAL_MEDIUM,
    alarm,
    table,
)
from upturn.core.alarm_table import AlarmId, Kind, Priority
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.sinks.sound.conductor import (
    BREATH_S,
    OVERSLEPT_S,
    PHRASE_PAUSE_S,
    UNHEARD_S,
    Act,
    Burst,
    Conductor,
    Cut,
    Speech,
    Utterance,
)
from upturn.sinks.sound.patterns import BURSTS, TEST_TONE

CALM = table()
INVERTED = table(inverted=True)
HIGH = BURSTS[Priority.HIGH, Kind.PERSON]
MEDIUM = BURSTS[Priority.MEDIUM, Kind.PERSON]
LOW = BURSTS[Priority.LOW, Kind.TECHNICAL]
BROKEN = BURSTS[Priority.HIGH, Kind.TECHNICAL]
STEP_S = 0.05


@dataclass(frozen=True)
class Words:
    text: str
    length_s: float = 1.0


class Evening:
    """A conductor that is asked as the desk does: when it wants to be, and now and then."""

    def __init__(self) -> None:
        self.conductor = Conductor()
        self.now_s = 100.0
        self.heard: list[str] = []
        """What was played, with the seconds since the beginning."""
        self.waiting: list[Utterance] = []
        self.says: dict[str, Snapshot] = {}
        """What tables go on saying, once a second."""
        self._next_s: dict[str, float] = {}

    def says_now(self, snapshot: Snapshot, name: str = "") -> None:
        self.says[name] = snapshot
        self._next_s[name] = self.now_s
        self._speak()
        self._ask()

    def hangs(self) -> None:
        """Whatever tells the desk stands still from now on."""
        self.says.clear()

    def passes(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self.now_s < end_s - 1e-9:
            self.now_s = min(end_s, self.now_s + STEP_S, self.conductor.due_s(self.now_s))
            self._speak()
            self._ask()

    def stands_still(self, seconds: float) -> None:
        """The whole computer, the desk and all."""
        self.now_s += seconds
        self._ask()

    def _speak(self) -> None:
        for name, snapshot in self.says.items():
            if self.now_s >= self._next_s[name] - 1e-9:
                self.conductor.heard(self.now_s, name, snapshot)
                self._next_s[name] += 1.0

    def _ask(self) -> None:
        act = self.conductor.act(self.now_s, tuple(self.waiting))
        if isinstance(act, Speech):
            self.waiting.remove(act.utterance)
        if act is not None:
            self.heard.append(f"{self.now_s - 100.0:.2f} {name_of(act)}")


def name_of(act: Act) -> str:
    match act:
        case Burst(pattern):
            return pattern.name
        case Speech(Words(text)):
            return repr(text)
        case Cut():
            return "silence"
    raise AssertionError(act)


@pytest.fixture
def evening() -> Evening:
    return Evening()


def test_nothing_sounds_while_nothing_is_wrong(evening: Evening) -> None:
    evening.says_now(INVERTED)
    evening.passes(120)
    assert evening.heard == []
    assert not evening.conductor.alarming


@pytest.mark.parametrize(
    ("id", "name", "period_s"),
    [
        (PERSON_HIGH, "high, person", 5.84),
        (TECHNICAL_HIGH, "high, technical", 5.84),
        (PERSON_MEDIUM, "medium, person", 6.0),
        (TECHNICAL_MEDIUM, "medium, technical", 6.0),
        (TECHNICAL_LOW, "low, technical", 25.6),
    ],
)
def test_an_alarm_sounds_at_once_and_again_after_its_gap(
    evening: Evening, id: AlarmId, name: str, period_s: float
) -> None:
    evening.says_now(table(id))
    evening.passes(2 * period_s + 0.01)
    times = [0.0, period_s, 2 * period_s]
    assert evening.heard == [f"{t:.2f} {name}" for t in times]
    assert evening.conductor.alarming


def test_an_alarm_whose_audio_is_paused_is_not_heard_until_the_pause_is_over(
    evening: Evening,
) -> None:
    evening.says_now(table(alarm(PERSON_HIGH, sounding=False), inverted=True))
    evening.passes(30)
    evening.says_now(table(PERSON_HIGH, inverted=True))
    assert evening.heard == ["30.00 high, person"]


def test_acknowledging_ends_a_burst_in_the_middle(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH))
    evening.passes(1)
    evening.says_now(table(alarm(PERSON_HIGH, sounding=False)))
    evening.passes(20)
    assert evening.heard == ["0.00 high, person", "1.00 silence"]


def test_a_higher_alarm_breaks_into_a_lower_burst(evening: Evening) -> None:
    evening.says_now(table(PERSON_MEDIUM))
    evening.passes(0.3)
    evening.says_now(table(PERSON_HIGH, PERSON_MEDIUM))
    evening.passes(1)
    assert evening.heard == ["0.00 medium, person", "0.30 high, person"]


def test_a_new_alarm_as_urgent_as_the_others_does_not_wait_for_their_gap(
    evening: Evening,
) -> None:
    evening.says_now(table(PERSON_HIGH))
    evening.passes(4)
    evening.says_now(table(PERSON_HIGH, AlarmId.DISTRESS))
    evening.passes(5.85)
    assert evening.heard == ["0.00 high, person", "4.00 high, person", "9.84 high, person"]


def test_a_new_alarm_of_the_same_sound_does_not_begin_its_burst_anew(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH))
    evening.passes(1)
    evening.says_now(table(PERSON_HIGH, AlarmId.DISTRESS))
    evening.passes(4.85)
    assert evening.heard == ["0.00 high, person", "5.84 high, person"]


def test_a_second_occurrence_is_a_new_alarm(evening: Evening) -> None:
    evening.says_now(table(AlarmId.DISTRESS))
    evening.passes(4)
    evening.says_now(table(alarm(AlarmId.DISTRESS, n=2)))
    assert evening.heard == ["0.00 high, person", "4.00 high, person"]


def test_an_alarm_that_rises_is_heard_at_once(evening: Evening) -> None:
    evening.says_now(table(AlarmId.NO_MOVEMENT))
    evening.passes(3)
    evening.says_now(table(alarm(AlarmId.NO_MOVEMENT, Priority.HIGH)))
    assert evening.heard == ["0.00 medium, person", "3.00 high, person"]


def test_a_new_lower_alarm_changes_nothing(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH))
    evening.passes(4)
    evening.says_now(table(PERSON_HIGH, TECHNICAL_MEDIUM))
    evening.passes(1.85)
    assert evening.heard == ["0.00 high, person", "5.84 high, person"]


def test_of_one_priority_the_person_comes_first(evening: Evening) -> None:
    evening.says_now(table(TECHNICAL_HIGH))
    evening.passes(1)
    evening.says_now(table(TECHNICAL_HIGH, PERSON_HIGH))
    evening.passes(5.85)
    assert evening.heard == ["0.00 high, technical", "1.00 high, person", "6.84 high, person"]


def test_what_is_left_when_the_highest_has_ended_begins_after_a_breath(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH, PERSON_MEDIUM))
    evening.passes(1)
    evening.says_now(table(PERSON_MEDIUM))
    evening.passes(2)
    assert evening.heard == ["0.00 high, person", "1.00 silence", "1.50 medium, person"]


def test_the_highest_that_ends_in_its_gap_leaves_the_rhythm_as_it_is(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH, PERSON_MEDIUM))
    evening.passes(4)
    evening.says_now(table(PERSON_MEDIUM))
    evening.passes(3)
    assert evening.heard == ["0.00 high, person", "5.84 medium, person"]


def test_of_all_tables_the_most_urgent_sounds(evening: Evening) -> None:
    evening.says_now(table(PERSON_MEDIUM), "left")
    evening.passes(0.5)
    evening.says_now(table(PERSON_HIGH), "right")
    evening.passes(0.5)
    evening.says_now(CALM, "right")
    evening.passes(1)
    assert evening.heard == [
        "0.00 medium, person",
        "0.50 high, person",
        "1.00 silence",
        "1.50 medium, person",
    ]


def test_the_same_alarm_at_another_table_is_a_new_one(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH), "left")
    evening.passes(4)
    evening.says_now(table(PERSON_HIGH), "right")
    assert evening.heard == ["0.00 high, person", "4.00 high, person"]


def test_a_table_that_has_ended_is_silent(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH))
    evening.passes(0.5)
    evening.hangs()
    evening.conductor.ended("")
    evening.passes(20)
    assert evening.heard == ["0.00 high, person", "0.55 silence"]
    evening.conductor.ended("never there")


def test_what_was_not_heard_is_played_again(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH))
    evening.passes(1)
    evening.conductor.again()
    evening.passes(0.05)
    assert evening.heard == ["0.00 high, person", "1.05 high, person"]


# Nobody is there to tell.


@pytest.mark.parametrize(
    "last", [INVERTED, table(alarm(TECHNICAL_LOW, sounding=False))], ids=["inverted", "an alarm"]
)
def test_a_program_that_hangs_while_somebody_may_need_it_is_heard(
    evening: Evening, last: Snapshot
) -> None:
    evening.says_now(last)
    evening.passes(10)
    evening.hangs()
    evening.passes(4.5)
    assert evening.heard == []
    evening.passes(1)
    assert len(evening.heard) == 1
    assert evening.heard[0].endswith("high, technical")
    evening.says_now(last)
    assert evening.heard[1:] == ["15.50 silence"]


def test_five_seconds_and_not_less(evening: Evening) -> None:
    evening.says_now(INVERTED)
    evening.hangs()
    evening.passes(UNHEARD_S - 0.001)
    assert evening.heard == []
    assert evening.conductor.due_s(evening.now_s) == 100.0 + UNHEARD_S
    evening.passes(0.001)
    assert evening.heard == ["5.00 high, technical"]


@pytest.mark.parametrize(
    "last", [CALM, table(inverted=True, stand_down=True)], ids=["calm", "alarms off"]
)
def test_a_program_that_ends_or_hangs_while_nobody_is_in_need_is_not(
    evening: Evening, last: Snapshot
) -> None:
    evening.says_now(last)
    evening.hangs()
    evening.passes(60)
    assert evening.heard == []


def test_one_table_that_hangs_is_heard_beside_others_that_do_not(evening: Evening) -> None:
    evening.says_now(INVERTED, "left")
    evening.says_now(INVERTED, "right")
    del evening.says["left"]
    evening.passes(5.5)
    assert evening.heard == ["5.00 high, technical"]
    evening.conductor.ended("left")
    evening.passes(5)
    assert evening.heard[1:] == ["5.55 silence"]


def test_an_alarm_about_the_person_goes_on_when_the_program_hangs(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH, inverted=True))
    evening.hangs()
    evening.passes(12)
    assert evening.heard == ["0.00 high, person", "5.84 high, person", "11.68 high, person"]


def test_a_computer_that_stood_still_itself_accuses_nobody(evening: Evening) -> None:
    evening.says_now(INVERTED)
    evening.hangs()
    evening.stands_still(3600)
    evening.passes(UNHEARD_S - 0.1)
    assert evening.heard == []
    evening.passes(0.1)
    assert evening.heard == ["3605.00 high, technical"]


def test_a_desk_that_is_only_a_little_late_still_accuses(evening: Evening) -> None:
    evening.says_now(INVERTED)
    evening.hangs()
    for _ in range(3):
        evening.stands_still(OVERSLEPT_S - 0.1)
    assert evening.heard == ["5.70 high, technical"]


# The test tone.


def test_the_test_tone_is_played_once(evening: Evening) -> None:
    evening.says_now(CALM)
    assert evening.conductor.test_tone(evening.now_s)
    evening.passes(10)
    assert evening.heard == ["0.05 test tone"]


def test_no_test_tone_while_an_alarm_sounds(evening: Evening) -> None:
    evening.says_now(table(TECHNICAL_LOW))
    assert not evening.conductor.test_tone(evening.now_s)
    evening.passes(10)
    assert evening.heard == ["0.00 low, technical"]


def test_an_alarm_breaks_into_the_test_tone_or_comes_before_it(evening: Evening) -> None:
    evening.says_now(CALM)
    evening.conductor.test_tone(evening.now_s)
    evening.passes(0.5)
    evening.says_now(table(TECHNICAL_LOW))
    assert evening.heard == ["0.05 test tone", "0.50 low, technical"]
    evening.says_now(CALM)
    evening.conductor.test_tone(evening.now_s)
    evening.conductor.heard(evening.now_s, "", table(PERSON_HIGH))
    evening.passes(10)
    assert [line for line in evening.heard if "tone" in line] == ["0.05 test tone"]


# The voice.


def test_a_phrase_is_spoken_when_nothing_else_sounds_and_the_next_after_it(
    evening: Evening,
) -> None:
    evening.says_now(INVERTED)
    evening.waiting = [Words("inverted"), Words("thirty seconds left")]
    evening.passes(4)
    assert evening.heard == [
        "0.05 'inverted'",
        f"{1.05 + PHRASE_PAUSE_S:.2f} 'thirty seconds left'",
    ]


def test_a_phrase_waits_for_the_end_of_a_burst(evening: Evening) -> None:
    evening.says_now(table(PERSON_MEDIUM))
    evening.waiting = [Words("come up now")]
    evening.passes(4)
    after_s = MEDIUM.length_s + PHRASE_PAUSE_S
    assert evening.heard == ["0.00 medium, person", f"{after_s:.2f} 'come up now'"]


def test_between_high_bursts_a_phrase_is_spoken_where_it_fits(evening: Evening) -> None:
    room_s = HIGH.repeat_s - PHRASE_PAUSE_S
    evening.says_now(table(PERSON_HIGH))
    evening.waiting = [Words("too long", room_s + 0.01), Words("come up now", room_s - 0.01)]
    evening.passes(10)
    assert evening.heard == [
        "0.00 high, person",
        "3.04 'come up now'",
        "5.84 high, person",
    ]
    assert evening.waiting == [Words("too long", room_s + 0.01)]


def test_a_phrase_does_not_begin_late_in_the_gap_of_a_high_alarm(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH))
    evening.passes(5)
    evening.waiting = [Words("come up now")]
    evening.passes(5)
    assert evening.heard == ["0.00 high, person", "5.84 high, person", "8.88 'come up now'"]


def test_a_high_alarm_breaks_off_a_phrase_which_is_not_said_again(evening: Evening) -> None:
    evening.says_now(INVERTED)
    evening.waiting = [Words("thirty seconds left", 3.0)]
    evening.passes(1)
    evening.says_now(table(PERSON_HIGH))
    evening.passes(5)
    assert evening.heard == ["0.05 'thirty seconds left'", "1.00 high, person"]


def test_a_new_alarm_breaks_off_a_phrase_but_a_repetition_that_is_not_urgent_waits(
    evening: Evening,
) -> None:
    evening.says_now(table(PERSON_MEDIUM))
    evening.passes(5.5)
    evening.waiting = [Words("rest ninety seconds", 2.0)]
    evening.passes(2.1)
    assert evening.heard == [
        "0.00 medium, person",
        "5.55 'rest ninety seconds'",
        "7.55 medium, person",
    ]
    evening.waiting = [Words("rest ninety seconds", 3.0)]
    evening.passes(2)
    evening.says_now(table(PERSON_MEDIUM, TECHNICAL_MEDIUM))
    assert evening.heard[3:] == ["8.75 'rest ninety seconds'", "9.60 medium, person"]


def test_a_phrase_leaves_a_breath_after_what_was_broken_off(evening: Evening) -> None:
    evening.says_now(table(PERSON_HIGH))
    evening.passes(1)
    evening.waiting = [Words("rest ninety seconds")]
    evening.says_now(CALM)
    evening.passes(1)
    assert evening.heard == [
        "0.00 high, person",
        "1.00 silence",
        "1.20 'rest ninety seconds'",
    ]


# Whatever happens.

ALARMS = st.builds(
    alarm,
    st.sampled_from([PERSON_HIGH, PERSON_MEDIUM, TECHNICAL_HIGH, TECHNICAL_MEDIUM, TECHNICAL_LOW]),
    n=st.integers(1, 2),
    sounding=st.booleans(),
)
SAID = st.builds(
    lambda alarms, inverted: table(*alarms, inverted=inverted),
    st.lists(ALARMS, max_size=3),
    st.booleans(),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.03, 0.3, 1.0, 1.9]),
        st.sampled_from(["left", "right"]),
        st.none() | SAID | st.sampled_from(["end", "tone", "phrase"]),
    ),
    min_size=10,
    max_size=120,
)


@given(STEPS)
def test_something_that_sounds_is_heard_and_no_phrase_is_over_a_high_alarm(
    steps: Sequence[tuple[float, str, Snapshot | str | None]],
) -> None:
    """An ear that knows only what was said and what was played."""
    conductor = Conductor()
    said: dict[str, Snapshot] = {}
    waiting: list[Utterance] = []
    now_s, since_s = 0.0, 0.0
    rank: tuple[Priority, bool] | None = None
    playing: tuple[Act, float] | None = None
    ended_s = -inf  # of the last thing that was heard

    def most_urgent() -> tuple[Priority, bool] | None:
        views: list[AlarmView] = [v for s in said.values() for v in s.alarms if v.sounding]
        return max(((v.priority, v.spec.kind is Kind.PERSON) for v in views), default=None)

    for wait_s, name, word in steps:
        match word:
            case "end":
                said.pop(name, None)
                conductor.ended(name)
            case "tone":
                conductor.test_tone(now_s)
            case "phrase":
                waiting.append(Words("come up now", 1.5))
            case Snapshot():
                said[name] = word
        for other, snapshot in said.items():  # all are heard of, so that none is missed
            conductor.heard(now_s, other, snapshot)
        end_s = now_s + wait_s
        while True:
            act = conductor.act(now_s, waiting)
            if isinstance(act, Speech):
                waiting.remove(act.utterance)
            if playing is not None and (act is not None or now_s >= playing[1]):
                ended_s, playing = min(now_s, playing[1]), None
            if isinstance(act, Burst):
                playing = (act, now_s + act.pattern.length_s)
            elif isinstance(act, Speech):
                playing = (act, now_s + act.utterance.length_s)
            if most_urgent() != rank:
                rank, since_s = most_urgent(), now_s
            if rank is not None:
                urgent = BURSTS[rank[0], Kind.PERSON if rank[1] else Kind.TECHNICAL]
                if playing is None:
                    silent_s = now_s - max(ended_s, since_s)
                    assert silent_s <= max(urgent.repeat_s, BREATH_S) + 1e-6
                elif isinstance(playing[0], Burst):
                    assert playing[0].pattern is urgent
                elif rank[0] is Priority.HIGH:
                    assert playing[1] <= ended_s + urgent.repeat_s + 1e-6
                    assert act is not None or now_s < playing[1]
            else:
                assert (
                    playing is None
                    or not isinstance(playing[0], Burst)
                    or (playing[0].pattern is TEST_TONE)
                )
            if now_s >= end_s:
                break
            now_s = min(end_s, conductor.due_s(now_s))
