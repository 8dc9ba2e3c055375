# SPDX-License-Identifier: MIT
"""What sessions suggest: longer after enough without symptoms, shorter after one with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.report.handmade import EVENING, session
from upturn.core.commands import SYMPTOMS
from upturn.core.limits import PROFILES, Profile, custom_profile
from upturn.store.progression import LADDER, PROGRESS_AFTER, Step, Suggestion, suggest
from upturn.store.rows import SessionRow

FIRST, STANDARD, SIXTY, EXTENDED = LADDER
OWN = custom_profile("own", {"limit_s": 100.0})


def life(told: str, profile: Profile = STANDARD) -> list[SessionRow]:
    """Sessions as words: an answer, "-" for none, "answer@profile" for another profile's."""
    rows: list[SessionRow] = []
    for n, word in enumerate(told.split()):
        answer, _, name = word.partition("@")
        on = {**PROFILES, "own": OWN}[name] if name else profile
        at = EVENING + timedelta(days=n)
        rows.append(session(at, id=n, profile=on, answer=None if answer == "-" else answer))
    return rows


def judged(told: str, profile: Profile = STANDARD, after: int = 3) -> Suggestion:
    return suggest(life(told, profile), profile, after=after)


@pytest.mark.parametrize(
    ("told", "step", "row", "unanswered"),
    [
        ("", Step.STAY, 0, 0),
        ("fine", Step.STAY, 1, 0),
        ("fine fine", Step.STAY, 2, 0),
        ("fine fine fine", Step.LONGER, 3, 0),
        ("fine fine fine fine", Step.LONGER, 4, 0),
        ("dizzy fine fine", Step.STAY, 2, 0),
        ("dizzy fine fine fine", Step.LONGER, 3, 0),
        ("fine fine dizzy fine fine", Step.STAY, 2, 0),
        # without an answer: neither counts nor resets
        ("- - -", Step.STAY, 0, 3),
        ("fine - fine - fine", Step.LONGER, 3, 2),
        ("fine fine fine - -", Step.LONGER, 3, 2),
        ("- fine fine", Step.STAY, 2, 0),
        ("dizzy - fine fine", Step.STAY, 2, 0),
        # on another profile: says nothing of this one, unless it is a symptom
        ("fine fine@first-time fine fine", Step.LONGER, 3, 0),
        ("fine@first-time fine@first-time fine@first-time", Step.STAY, 0, 0),
        ("fine fine dizzy@extended fine", Step.STAY, 1, 0),
    ],
)
def test_sessions_in_a_row(told: str, step: Step, row: int, unanswered: int) -> None:
    found = judged(told)
    assert (found.step, found.row, found.unanswered) == (step, row, unanswered)
    assert found.needed == 3


@pytest.mark.parametrize(("profile", "next_one"), list(pairwise(LADDER)))
def test_each_profile_leads_to_the_next_with_its_source(
    profile: Profile, next_one: Profile
) -> None:
    found = judged("fine fine fine", profile)
    assert (found.suggested, found.source) == (next_one, next_one.source)
    assert f"{next_one.limit_s:g} s at a time" in found.words
    assert f"({next_one.source})" in found.words
    assert "dizziness" in found.words
    assert "(CC)" in found.words
    assert found.words.endswith("It is your choice: nothing changes by itself.")
    assert next_one.beyond in found.words


def test_the_words_of_a_longer_profile() -> None:
    assert judged("fine fine fine").words == (
        "3 sessions in a row on standard without symptoms, so sixty-degree is possible: 180 s at "
        "a time, up to 60° (CC, MNT-hang). Lengthen only while there is neither dizziness nor "
        "worse pain (CC). It goes beyond MNT-hang's 1 minute. It is your choice: nothing changes "
        "by itself."
    )


def test_nothing_is_suggested_after_the_longest() -> None:
    found = judged("fine fine fine", EXTENDED)
    assert (found.step, found.suggested) == (Step.STAY, None)
    assert "the longest profile there is (CC, MNT-hang)" in found.words


def test_nothing_is_suggested_after_a_profile_of_ones_own() -> None:
    found = judged("fine fine fine", OWN)
    assert (found.step, found.suggested, found.row) == (Step.STAY, None, 3)
    assert "a profile of your own" in found.words


@pytest.mark.parametrize("answer", [answer for answer in SYMPTOMS if answer != "fine"])
def test_any_symptom_means_stop_a_doctor_and_the_profile_before(answer: str) -> None:
    found = judged(f"fine fine fine {answer}")
    assert (found.step, found.suggested, found.row) == (Step.SHORTER, FIRST, 0)
    assert found.words.startswith(
        "Stop for now, and ask a doctor before the next session (MNT-hang, MNT-inv, CC): "
    )
    assert "first-time, 45 s at a time, up to 30° (CC, MNT-hang)" in found.words
    assert found.source == "MNT-hang, MNT-inv, CC"
    assert found.symptom == life(f"fine fine fine {answer}")[-1]


def test_a_symptom_stands_until_an_answer_says_otherwise() -> None:
    assert judged("dizzy - - -").step is Step.SHORTER
    assert judged("dizzy - fine").step is Step.STAY


@pytest.mark.parametrize(
    ("symptom_on", "now_on", "suggested"),
    [
        (FIRST, FIRST, None),
        (STANDARD, STANDARD, FIRST),
        (SIXTY, SIXTY, STANDARD),
        (EXTENDED, EXTENDED, SIXTY),
        (OWN, OWN, STANDARD),
        (SIXTY, STANDARD, None),  # it is shorter already
        (SIXTY, FIRST, None),
        (FIRST, STANDARD, FIRST),
        (STANDARD, EXTENDED, FIRST),
    ],
    ids=lambda p: p.name if isinstance(p, Profile) else "none",
)
def test_the_profile_before_is_that_of_where_it_happened(
    symptom_on: Profile, now_on: Profile, suggested: Profile | None
) -> None:
    found = suggest(life("dizzy", symptom_on), now_on)
    assert (found.step, found.suggested) == (Step.SHORTER, suggested)
    assert "Stop for now" in found.words
    if suggested is None:
        shortest = symptom_on is FIRST
        assert ("No built-in profile is shorter" in found.words) is shortest
        assert ("is shorter already" in found.words) is not shortest


def test_the_ladder_has_every_built_in_profile_from_short_to_long() -> None:
    assert {profile.name for profile in LADDER} == set(PROFILES)
    limits = [profile.limit_s for profile in LADDER]
    assert limits == sorted(set(limits))


def test_what_is_needed_is_the_callers_and_six_by_default() -> None:
    assert PROGRESS_AFTER == 6
    assert suggest(life("fine " * 5), STANDARD).step is Step.STAY
    assert suggest(life("fine " * 6), STANDARD).step is Step.LONGER
    assert suggest(life("fine"), STANDARD, after=1).step is Step.LONGER


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            "fine",
            (
                "Stay with standard: sixty-degree is suggested after 3 sessions in a row without "
                "symptoms (CC), 1 session so far."
            ),
        ),
        (
            "fine - fine",
            (
                "Stay with standard: sixty-degree is suggested after 3 sessions in a row without "
                "symptoms (CC), 2 sessions so far. 1 session without an answer does not count."
            ),
        ),
        (
            "- -",
            (
                "Stay with standard: sixty-degree is suggested after 3 sessions in a row without "
                "symptoms (CC), none so far. 2 sessions without an answer do not count."
            ),
        ),
    ],
)
def test_staying_says_what_is_missing(told: str, words: str) -> None:
    assert judged(told).words == words


def test_a_stored_profile_whose_words_have_changed_is_the_same_profile() -> None:
    older = replace(STANDARD, reason="as an older version put it")
    rows = life("fine fine fine", older)
    assert suggest(rows, older, after=3).suggested == SIXTY
