# SPDX-License-Identifier: MIT
"""What stored answers come to: as long as they hold, and what bars, hints and overrides say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.report.handmade import session
from upturn.core.after import FELT
from upturn.core.checklist import ITEMS, VERSION, Part, part
from upturn.core.commands import SYMPTOMS, HealthAnswers
from upturn.store.checks import AHEAD, HOLD, LONGEST_REASON, Due, after_session, override, standing
from upturn.store.rows import ChecklistRow, SessionRow

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FINE: dict[str, object] = {item.id: not item.counts for item in part(Part.HEALTH)}
GLAUCOMA = "ask a doctor first: glaucoma or another eye disease (MNT-inv, CC, ITB)"


def row(
    age: timedelta = timedelta(),
    *,
    version: int = VERSION,
    override: str = "",
    answers: dict[str, object] | None = None,
    **yes: object,
) -> ChecklistRow:
    given = FINE if answers is None else answers
    return ChecklistRow("ada", NOW - age, version, {**given, **yes}, override)


def told(answer: str | None, age: timedelta) -> SessionRow:
    return replace(session(), began_at=NOW - age, answer=answer)


DIZZY = "dizzy after the last session: stop for a day, ask a doctor"


@pytest.mark.parametrize(
    ("sessions", "words"),
    [
        ([], ""),
        ([("dizzy", timedelta(hours=1))], DIZZY),
        ([("dizzy", timedelta(days=1) - SECOND)], DIZZY),
        ([("dizzy", timedelta(days=1))], ""),
        ([("fine", timedelta(hours=1))], ""),
        ([("dizzy", timedelta(hours=2)), ("fine", timedelta(hours=1))], ""),
        ([("fine", timedelta(hours=2)), ("dizzy", timedelta(hours=1))], DIZZY),
        ([("dizzy", timedelta(hours=2)), (None, timedelta(hours=1))], DIZZY),
    ],
)
def test_a_symptom_says_stop_for_a_day_or_until_a_session_felt_fine(
    sessions: list[tuple[str | None, timedelta]], words: str
) -> None:
    assert after_session([told(answer, age) for answer, age in sessions], NOW) == words


@pytest.mark.parametrize("answer", [answer for answer in SYMPTOMS if answer != "fine"])
def test_every_symptom_has_its_words(answer: str) -> None:
    assert after_session([told(answer, SECOND)], NOW).startswith(FELT[answer].words)


def test_who_was_never_asked_is_not_ready() -> None:
    found = standing(None, NOW)
    assert found.due is Due.NEVER
    assert found.command == HealthAnswers("the questions about health were never answered", "")


@pytest.mark.parametrize(
    ("age", "note"),
    [
        (timedelta(), "answered today"),
        (timedelta(hours=23), "answered today"),
        (timedelta(days=1), "answered yesterday"),
        (timedelta(days=3, hours=5), "answered 3 days ago"),
        (HOLD - SECOND, "answered 29 days ago"),
        (-AHEAD, "answered today"),
    ],
)
def test_safe_answers_hold_and_say_how_old_they_are(age: timedelta, note: str) -> None:
    found = standing(row(age), NOW)
    assert (found.due, found.command) == (None, HealthAnswers("", note))


@pytest.mark.parametrize(
    ("answered", "due"),
    [
        (row(HOLD), Due.OLD),
        (row(HOLD, override="2026-01-30: mine"), Due.OLD),
        (row(-AHEAD - SECOND), Due.AHEAD),
        (row(version=VERSION + 1), Due.CHANGED),
        (row(answers={}), Due.CHANGED),
        (row(answers={**FINE, "gone": True}), Due.CHANGED),
        (row(answers={k: v for k, v in FINE.items() if k != "stroke"}), Due.CHANGED),
        (row(stroke="no"), Due.CHANGED),
        (row(stroke=1), Due.CHANGED),
    ],
)
def test_answers_that_do_not_hold_are_due_and_bar(answered: ChecklistRow, due: Due) -> None:
    found = standing(answered, NOW)
    assert (found.due, found.command, found.bars) == (due, HealthAnswers(due, ""), ())


def test_what_bars_is_told_with_its_sources() -> None:
    found = standing(row(eye_disease=True), NOW)
    assert (found.due, found.command) == (None, HealthAnswers(GLAUCOMA))
    assert found.bars == (ITEMS["eye_disease"],)
    found = standing(row(doctor=False, older_age=True), NOW)
    assert found.problem == (
        "ask a doctor first: no doctor has been talked to (all documents); older age (ITB)"
    )


def test_hints_bar_nothing() -> None:
    found = standing(row(obesity=True, professional=False), NOW)
    assert found.command == HealthAnswers("", "answered today")
    assert found.hints == (ITEMS["professional"], ITEMS["obesity"])


def test_an_override_is_shown_with_all_that_it_accepts() -> None:
    found = standing(
        row(timedelta(days=2), override="2026-02-27: he knows", eye_disease=True), NOW
    )
    assert found.command == HealthAnswers(
        "", f"by override (2026-02-27: he knows) in spite of: {GLAUCOMA}; answered 2 days ago"
    )
    assert found.bars == (ITEMS["eye_disease"],)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("my doctor  agrees\n", "2026-03-01: my doctor agrees"),
        ("x" * LONGEST_REASON, "2026-03-01: " + "x" * LONGEST_REASON),
        ("x" * (LONGEST_REASON + 1), None),
        ("", None),
        (" - 1 ! ", None),
        ("it\x1b[2J", None),
    ],
)
def test_an_override_needs_a_reason_in_words(text: str, kept: str | None) -> None:
    assert override(text, NOW) == kept
