# SPDX-License-Identifier: MIT
"""Which sound is due: from what each table last said to what is to be played now. Pure.

Rule 1: the most urgent alarm of all tables sounds; of one priority, those about a person first.
Rule 2: a new or higher one breaks in at once; what no longer sounds ends at once.
Rule 3: a table that somebody may need and that is not heard of for 5 s sounds by itself, high and
technical, until it is heard of again: whatever stands above the desk stands still.
Rule 4: the voice speaks between bursts. No high burst waits for it; it is broken off instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple, Protocol

from upturn.core.alarm_table import AlarmId, Kind, Priority
from upturn.core.snapshot import Snapshot
from upturn.sinks.sound.patterns import BURSTS, TEST_TONE, Pattern

UNHEARD_S = 5.0
"""A core is heard once a second at least."""
OVERSLEPT_S = 2.0
"""Who was not asked for so long stood still as well, and cannot tell who else did."""
BREATH_S = 0.5
"""Between a burst that was broken off and a lower one: nobody shall count their pulses as one."""
PHRASE_PAUSE_S = 0.2
"""Between a burst and a phrase: a voice right behind a tone is not understood."""


class Rank(NamedTuple):
    """How urgent a sound is; the higher one sounds."""

    priority: Priority
    person: bool

    @property
    def burst(self) -> Pattern:
        return BURSTS[self.priority, Kind.PERSON if self.person else Kind.TECHNICAL]


class Utterance(Protocol):
    """A phrase that can be spoken right away."""

    @property
    def length_s(self) -> float: ...


class Burst(NamedTuple):
    """Play it now, in place of whatever sounds."""

    pattern: Pattern


class Speech(NamedTuple):
    """Say it now; nothing else sounds."""

    utterance: Utterance


class Cut(NamedTuple):
    """Nothing sounds from now on."""


Act = Burst | Speech | Cut

_TONE = Burst(TEST_TONE)
_UNHEARD = Rank(Priority.HIGH, person=False)


class _Occurrence(NamedTuple):
    rank: Rank
    id: AlarmId
    n: int


@dataclass(slots=True)
class _Table:
    heard_s: float
    needed: bool
    """Somebody is inverted there, or something is wrong: silence of the table is no good sign."""
    sounding: frozenset[_Occurrence] = frozenset()


@dataclass(slots=True)
class _Playing:
    what: Burst | Speech
    rank: Rank | None
    """Of an alarm; None: the voice or the test tone."""
    ends_s: float


@dataclass(slots=True)
class Conductor:
    """Time is an argument of every call and does not fall."""

    _tables: dict[str, _Table] = field(default_factory=dict)
    _playing: _Playing | None = None
    _due_s: float = -inf
    """When the next burst begins, as long as the same goes on sounding."""
    _voice_s: float = -inf
    """When the voice may begin."""
    _led: Rank | None = None
    """What was the most urgent when it was last judged."""
    _news: Rank | None = None
    """The most urgent that has begun to sound since."""
    _asked_s: float | None = None
    _tone: bool = False

    def heard(self, now_s: float, name: str, snapshot: Snapshot) -> None:
        """How a table stands."""
        sounding = frozenset(
            _Occurrence(
                Rank(view.priority, view.spec.kind is Kind.PERSON), view.spec.id, view.occurrence
            )
            for view in snapshot.alarms
            if view.sounding
        )
        known = self._tables.get(name)
        begun = sounding - known.sounding if known else sounding
        for occurrence in begun:
            self._news = max(self._news or occurrence.rank, occurrence.rank)
        needed = bool(snapshot.alarms) or (snapshot.inverted and not snapshot.stand_down)
        self._tables[name] = _Table(now_s, needed, sounding)

    def ended(self, name: str) -> None:
        """Nothing more is said of that table."""
        self._tables.pop(name, None)

    def test_tone(self, now_s: float) -> bool:
        """Play the test tone once; False: an alarm sounds, and no tone may be taken for it."""
        self._tone = self._leader(now_s) is None
        return self._tone

    @property
    def alarming(self) -> bool:
        """An alarm sounded when it was last judged."""
        return self._led is not None

    def again(self) -> None:
        """What was played was not heard: what sounds is due now."""
        self._playing = None
        self._due_s = -inf

    def act(self, now_s: float, waiting: Sequence[Utterance] = ()) -> Act | None:
        """What is to be done now. `waiting`: what the voice has to say, the most urgent first."""
        self._excuse(now_s)
        self._finish(now_s)
        leader = self._leader(now_s)
        led, self._led = self._led, leader
        news, self._news = self._news, None
        playing = self._playing
        if leader is None:
            if playing is not None and playing.rank is not None:
                return self._cut(now_s)
            return self._between(now_s, leader, waiting)
        self._tone = False
        if playing is not None and playing.rank is not None:
            if playing.rank > leader:
                return self._cut(now_s)
            return None if playing.rank == leader else self._burst(now_s, leader)
        begins = (
            led is None or leader > led or (news is not None and news.priority == leader.priority)
        )
        if begins:
            self._due_s = now_s
        if now_s < self._due_s:
            return self._between(now_s, leader, waiting)
        speaking = playing is not None and isinstance(playing.what, Speech)
        if speaking and leader.priority < Priority.HIGH and not begins:
            return None  # a repetition that is not urgent lets the voice finish
        return self._burst(now_s, leader)

    def due_s(self, now_s: float) -> float:
        """When `act` is wanted again, if nothing is heard until then."""
        times = [t.heard_s + UNHEARD_S for t in self._tables.values() if t.needed]
        times += [self._voice_s, self._due_s]
        if self._playing is not None:
            times.append(self._playing.ends_s)
        return min((t for t in times if t > now_s), default=inf)

    def _leader(self, now_s: float) -> Rank | None:
        ranks = [o.rank for table in self._tables.values() for o in table.sounding]
        if any(t.needed and now_s - t.heard_s >= UNHEARD_S for t in self._tables.values()):
            ranks.append(_UNHEARD)
        return max(ranks, default=None)

    def _excuse(self, now_s: float) -> None:
        """Nothing could be heard while this computer itself stood still."""
        asked_s, self._asked_s = self._asked_s, now_s
        if asked_s is not None and now_s - asked_s > OVERSLEPT_S:
            for table in self._tables.values():
                table.heard_s = min(now_s, table.heard_s + now_s - asked_s)

    def _finish(self, now_s: float) -> None:
        playing = self._playing
        if playing is None or now_s < playing.ends_s:
            return
        self._playing = None
        self._voice_s = playing.ends_s + PHRASE_PAUSE_S
        if playing.rank is not None:
            self._due_s = playing.ends_s + playing.rank.burst.repeat_s

    def _cut(self, now_s: float) -> Cut:
        self._playing = None
        self._due_s = now_s + BREATH_S
        self._voice_s = now_s + PHRASE_PAUSE_S
        return Cut()

    def _burst(self, now_s: float, rank: Rank) -> Burst:
        burst = Burst(rank.burst)
        self._playing = _Playing(burst, rank, now_s + burst.pattern.length_s)
        return burst

    def _between(
        self, now_s: float, leader: Rank | None, waiting: Sequence[Utterance]
    ) -> Act | None:
        """No burst is due."""
        if self._tone:
            self._tone = False
            self._playing = _Playing(_TONE, None, now_s + TEST_TONE.length_s)
            return _TONE
        if self._playing is not None or now_s < self._voice_s:
            return None
        urgent = leader is not None and leader.priority is Priority.HIGH
        for utterance in waiting:
            ends_s = now_s + utterance.length_s
            if not urgent or ends_s <= self._due_s:
                speech = Speech(utterance)
                self._playing = _Playing(speech, None, ends_s)
                return speech
        return None
