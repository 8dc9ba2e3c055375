# SPDX-License-Identifier: MIT
"""Which profile the sessions of one user speak for: a suggestion, and nothing that acts.

The rule is Cleveland Clinic's: lengthen only without dizziness or worsening pain. Its laws:

1. The newest answer decides first. A symptom means stop, a doctor, then a shorter profile.
2. A longer profile is suggested after enough sessions in a row without symptoms on this one.
3. A session without an answer neither counts nor resets. It is no evidence that all was well; and
   if it cost the row, people would press "fine" to keep it, and the answer be worth nothing.
4. Nothing changes by itself: who wants the other profile chooses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from upturn.core.after import FELT
from upturn.core.limits import PROFILES, Profile
from upturn.store.rows import SessionRow

LADDER: tuple[Profile, ...] = tuple(
    PROFILES[name] for name in ("first-time", "standard", "sixty-degree", "extended")
)
"""Each longer than the one before it."""
_RUNGS = {profile.name: rung for rung, profile in enumerate(LADDER)}
PROGRESS_AFTER = 6
"""Two weeks at three sessions a week. The documents give no number: this one is our choice."""
FINE = "fine"
LENGTHEN_SOURCE = "CC"
STOP_SOURCE = "MNT-hang, MNT-inv, CC"


class Step(StrEnum):
    STAY = "stay"
    LONGER = "longer"
    SHORTER = "shorter"
    """Stop, a doctor, and then a shorter profile, if there is one."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    step: Step
    profile: Profile
    """The one that it was asked for."""
    suggested: Profile | None
    """Another one; None: stay, or there is none."""
    row: int
    """Sessions without symptoms in a row, as far as they count."""
    needed: int
    unanswered: int
    """Sessions on this profile since that row began that nobody said anything of."""
    symptom: SessionRow | None
    """The session that says stop."""
    words: str
    source: str


def suggest(
    sessions: Sequence[SessionRow], profile: Profile, *, after: int = PROGRESS_AFTER
) -> Suggestion:
    """What these sessions of one user, in order of time, say about going on with a profile."""
    answered = [session for session in sessions if session.answer is not None]
    if answered and answered[-1].answer != FINE:
        return _stop(answered[-1], profile, after)
    row, unanswered = _row(sessions, profile)
    longer = _longer(profile)
    if longer is None or row < after:
        words = _stay_words(profile, longer, row, after, unanswered)
        return Suggestion(
            Step.STAY, profile, None, row, after, unanswered, None, words, LENGTHEN_SOURCE
        )
    words = (
        f"{_counted(row)} in a row on {profile.name} without symptoms, so {longer.name} is "
        f"possible: {_limits(longer)} ({longer.source}). Lengthen only while there is neither "
        f"dizziness nor worse pain ({LENGTHEN_SOURCE})."
    )
    if longer.beyond:
        words += f" It {longer.beyond}."
    words += " It is your choice: nothing changes by itself."
    return Suggestion(
        Step.LONGER, profile, longer, row, after, unanswered, None, words, longer.source
    )


def _row(sessions: Sequence[SessionRow], profile: Profile) -> tuple[int, int]:
    """How many without symptoms in a row, and how many within them that nobody spoke of."""
    row = unanswered = waiting = 0
    for session in reversed(sessions):
        if session.answer not in (None, FINE):
            break  # on whichever profile it was
        if session.profile.name != profile.name:
            continue  # says nothing about this one
        if session.answer is None:
            waiting += 1
        else:
            row += 1
            unanswered, waiting = unanswered + waiting, 0
    return row, unanswered if row else waiting


def _stop(session: SessionRow, profile: Profile, after: int) -> Suggestion:
    shortest = min((session.profile, profile), key=lambda p: p.limit_s)
    shorter = _shorter(session.profile)
    target = shorter or session.profile
    suggested = target if target.limit_s < profile.limit_s else None
    felt = FELT[session.answer or FINE].words
    words = (
        f"Stop for now, and ask a doctor before the next session ({STOP_SOURCE}): the last "
        f"answer, after a session on {session.profile.name}, was {felt!r}. "
    )
    if suggested is not None:
        words += (
            f"If you then go on: {suggested.name}, {_limits(suggested)} ({suggested.source}). "
            "Nothing changes by itself."
        )
    elif shorter is None:
        words += f"No built-in profile is shorter than {shortest.name}."
    else:
        words += f"{profile.name} is shorter already: stay with it if you then go on."
    return Suggestion(Step.SHORTER, profile, suggested, 0, after, 0, session, words, STOP_SOURCE)


def _stay_words(
    profile: Profile, longer: Profile | None, row: int, after: int, unanswered: int
) -> str:
    if profile.name not in _RUNGS:
        words = f"{profile.name} is a profile of your own: none is suggested after it."
    elif longer is None:
        words = f"{profile.name} is the longest profile there is ({profile.source})."
    else:
        so_far = f"{_counted(row)} so far" if row else "none so far"
        words = (
            f"Stay with {profile.name}: {longer.name} is suggested after {_counted(after)} in a "
            f"row without symptoms ({LENGTHEN_SOURCE}), {so_far}."
        )
    if unanswered:
        noun = "session" if unanswered == 1 else "sessions"
        verb = "does" if unanswered == 1 else "do"
        words += f" {unanswered} {noun} without an answer {verb} not count."
    return words


def _longer(profile: Profile) -> Profile | None:
    rung = _RUNGS.get(profile.name)
    return None if rung is None or rung + 1 == len(LADDER) else LADDER[rung + 1]


def _shorter(profile: Profile) -> Profile | None:
    """The one before; for a profile of the user's own the longest that is shorter than it."""
    shorter = [rung for rung in LADDER if rung.limit_s < profile.limit_s]
    return shorter[-1] if shorter else None


def _counted(sessions: int) -> str:
    return f"{sessions} session" if sessions == 1 else f"{sessions} sessions"


def _limits(profile: Profile) -> str:
    return f"{profile.limit_s:g} s at a time, up to {profile.max_angle_deg:g}°"
