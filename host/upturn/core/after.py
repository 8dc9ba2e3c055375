# SPDX-License-Identifier: MIT
"""After a session: when to ask how the person felt, and what each answer advises.

The laws: one question a session, never while somebody is inverted or an alarm about the person is
on, and no answer is no answer: nothing is taken for "fine". Nothing changes by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from upturn.core.alarm_table import Kind, Priority
from upturn.core.events import Posture
from upturn.core.limits import Profile
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.core.sources import UPTURN
from upturn.core.thresholds import AFTER_LAPSES_S, AFTER_REST_S

QUESTION = "How did it feel?"
LAST_SESSION = "after the last session"
"""In every reason against READY that such an answer is."""
LATER = "Later: upturn check --after ANSWER"


class Advice(NamedTuple):
    words: str
    sources: tuple[str, ...]
    """Keys of `sources.DOCUMENTS`, or `UPTURN`."""
    strong: bool = False

    @property
    def cited(self) -> str:
        return f"{self.words} ({', '.join(self.sources)})"


@dataclass(frozen=True, slots=True)
class Felt:
    """One of the answers."""

    key: str
    answer: str
    """One of `commands.SYMPTOMS`."""
    words: str
    advice: tuple[Advice, ...]


_STOP_SOURCES = ("MNT-hang", "MNT-inv", "CC")
STOP = Advice("Stop: no further inversion today.", _STOP_SOURCES, strong=True)
DOCTOR = Advice("Talk to a doctor before the next session.", _STOP_SOURCES, strong=True)
EMERGENCY = Advice(
    "Signs of a stroke are an emergency: call the emergency services at once.",
    ("MNT-hang",),
    strong=True,
)
SIGNS = Advice(
    "Such signs come suddenly: half of the face hangs, an arm or a leg is weak or numb, trouble "
    "in speaking, seeing or walking, the worst headache ever.",
    (UPTURN,),
)
STAY = Advice("Sit or lie until it has passed; somebody stays with you.", (UPTURN,))
GO_ON = Advice("Lengthen only while there is neither dizziness nor worse pain.", ("CC",))

FELT: Mapping[str, Felt] = {
    felt.answer: felt
    for felt in (
        Felt("1", "fine", "fine", (GO_ON,)),
        Felt("2", "dizzy", "dizzy", (STOP, EMERGENCY, SIGNS, STAY, DOCTOR)),
        Felt("3", "pain_worse", "pain worse", (STOP, EMERGENCY, SIGNS, DOCTOR)),
        Felt("4", "other", "something else", (STOP, EMERGENCY, SIGNS, DOCTOR)),
    )
}
"""By answer, in the order of their keys."""


def asked() -> str:
    """The question in one line, with the keys that answer it."""
    choices = "  ".join(f"{felt.key} {felt.words}" for felt in FELT.values())
    return f"{QUESTION}  {choices}"


def of_key(key: str) -> str | None:
    """The answer of a key."""
    return next((felt.answer for felt in FELT.values() if felt.key == key), None)


def advice(answer: str, before: Profile | None = None) -> tuple[Advice, ...]:
    """What to do now; `before` is the shorter profile to go on with, where there is one."""
    felt = FELT[answer]
    if before is None:
        return felt.advice
    words = (
        f"If you then go on: profile {before.name}, {before.limit_s:g} s at a time, up to "
        f"{before.max_angle_deg:g}°."
    )
    return (*felt.advice, Advice(words, tuple(before.source.split(", "))))


class AfterSession:
    """Of one core: whether its newest session is over and waits for an answer."""

    def __init__(self) -> None:
        self._done = 0
        """The newest session that was answered, or whose question lapsed."""
        self._asked: tuple[int, float] | None = None
        """Which session was asked about, and since when."""

    def asks(self, now: Snapshot) -> bool:
        """Whether the question stands; to be looked at about once a second."""
        if now.session == self._done or not now.session:
            return False
        if now.inverted:
            self._asked = None  # the session goes on, and is asked about when it is over
            return False
        if self._asked is None or self._asked[0] != now.session:
            if not _is_over(now) or _is_alarming(now):
                return False
            self._asked = (now.session, now.now_s)
        if now.now_s - self._asked[1] >= AFTER_LAPSES_S:
            self.answered(now.session)
            return False
        return not _is_alarming(now)

    def answered(self, session: int) -> None:
        """Somebody did, by whatever way."""
        self._done = session
        self._asked = None


def _is_over(now: Snapshot) -> bool:
    """The table was put away, or its user has stood there for longer than a rest."""
    if now.node_off or now.stand_down:
        return True
    rested = now.rest_s >= now.profile.rest_s + AFTER_REST_S
    return rested and now.posture is Posture.UPRIGHT and not now.signal_lost


def _is_alarming(now: Snapshot) -> bool:
    return any(map(_matters, now.alarms))


def _matters(view: AlarmView) -> bool:
    return view.spec.kind is Kind.PERSON or view.priority is Priority.HIGH
