# SPDX-License-Identifier: MIT
"""What a user's stored answers about health come to at a moment; pure, the time is an argument.

The laws: answers hold for 30 days, and for the questions that they were given to. An override is
of what was known when it was given, and ends with those answers; as long as it holds, it is shown
with all that it accepts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from upturn.core.after import FELT, LAST_SESSION
from upturn.core.checklist import ASK_FIRST, VERSION, Item, Part, outcome, part, words
from upturn.core.commands import HealthAnswers
from upturn.store.rows import ChecklistRow, SessionRow

HOLD = timedelta(days=30)
AHEAD = timedelta(days=1)
"""A date further in the future is no date: a clock was wrong."""
STOP_FOR = timedelta(days=1)
"""The documents say to stop, and not for how long: our choice."""
LONGEST_REASON = 200


class Due(StrEnum):
    """Why the questions have to be asked."""

    NEVER = "the questions about health were never answered"
    OLD = "the answers about health are over 30 days old"
    CHANGED = "the questions about health have changed since they were answered"
    AHEAD = "the answers about health are dated in the future: a clock was wrong"


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one user's answers."""

    due: Due | None
    """Why they have to be given anew; None: they hold."""
    problem: str
    """What stands against READY; empty: nothing."""
    note: str
    """What is so, where nothing stands against it."""
    bars: tuple[Item, ...] = ()
    """What a doctor has to be asked about; an override accepts it and leaves it here."""
    hints: tuple[Item, ...] = ()
    override: str = ""
    """The words by which `bars` are accepted."""

    @property
    def command(self) -> HealthAnswers:
        """What the core has to know of it."""
        return HealthAnswers(self.problem, self.note)


def standing(answered: ChecklistRow | None, now: datetime) -> Standing:
    """What the newest answers come to, or that there are none."""
    if answered is None:
        return Standing(Due.NEVER, Due.NEVER, "")
    answers = _whole(answered.answers)
    if answers is None or answered.version != VERSION:
        return Standing(Due.CHANGED, Due.CHANGED, "")
    age = now - answered.at
    if age >= HOLD:
        return Standing(Due.OLD, Due.OLD, "")
    if age < -AHEAD:
        return Standing(Due.AHEAD, Due.AHEAD, "")
    found = outcome(answers)
    note = f"answered {_ago(age)}"
    if not found.bars:
        return Standing(None, "", note, hints=found.hints)
    barred = f"{ASK_FIRST}: {words(found.bars)}"
    if not answered.override:
        return Standing(None, barred, "", found.bars, found.hints)
    said = f"by override ({answered.override}) in spite of: {barred}; {note}"
    return Standing(None, "", said, found.bars, found.hints, answered.override)


def after_session(past: Sequence[SessionRow], now: datetime) -> str:
    """Why the newest answer after a session, of those `past` ones of one user, says stop for now.

    Empty: it says nothing of the kind, or it was given for a session of over a day ago.
    """
    told = [(session.began_at, session.answer) for session in past if session.answer is not None]
    began_at, answer = told[-1] if told else (now, "fine")
    if answer == "fine" or now - began_at >= STOP_FOR:
        return ""
    return f"{FELT[answer].words} {LAST_SESSION}: stop for a day, ask a doctor"


def override(text: str, now: datetime) -> str | None:
    """A reason as it is kept, with its time; None: it says nothing, or cannot be shown."""
    said = " ".join(text.split())
    fits = len(said) <= LONGEST_REASON and said.isprintable() and any(map(str.isalpha, said))
    return f"{now:%Y-%m-%d}: {said}" if fits else None


def _whole(answers: Mapping[str, object]) -> dict[str, bool] | None:
    """One answer to each question of today, and none to another; None: it is not so."""
    given = {id: answer for id, answer in answers.items() if isinstance(answer, bool)}
    whole = len(given) == len(answers) and given.keys() == {i.id for i in part(Part.HEALTH)}
    return given if whole else None


def _ago(age: timedelta) -> str:
    days = max(0, age.days)
    if days == 0:
        return "today"
    return "yesterday" if days == 1 else f"{days} days ago"
