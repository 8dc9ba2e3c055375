# SPDX-License-Identifier: MIT
"""The pages that ask: what waits, what was answered, what it comes to, and what it advises."""

from __future__ import annotations

import pytest

from upturn.core.after import FELT
from upturn.core.checklist import Part, part
from upturn.core.limits import PROFILES
from upturn.core.questions import Questions
from upturn.dashboard.painters.questions import STRONG, Line, after_page, question_page, text_of

FIRST_TIME = PROFILES["first-time"]
HEALTH = part(Part.HEALTH)
SAFE = [not item.counts for item in HEALTH]


def asking(*answers: bool) -> Questions:
    questions = Questions(HEALTH)
    for yes in answers:
        questions.answer(yes)
    return questions


def strong(lines: list[Line]) -> list[str]:
    return ["".join(text for _, text in line) for line in lines if line and line[0][0] == STRONG]


def test_the_question_that_waits_stands_between_the_last_answers_and_the_keys() -> None:
    assert text_of(question_page(asking(*SAFE[:5]), 80, who="ada")) == [
        "PRE-USE CHECK: ada",
        "",
        "Do you have high blood pressure? no",
        "Do you have a heart disease? no",
        "Have you ever had a stroke? no",
        "",
        "6 of 23: Do you have glaucoma or another eye disease?",
        "Sources: MNT-inv, CC, ITB",
        "",
        "Not sure? Then give the answer that is on the safe side.",
        "y yes   n no   b back   Esc leave, nothing is kept",
    ]


def test_the_first_says_what_belongs_to_it() -> None:
    lines = text_of(question_page(asking(), 80))
    assert "Invert under a doctor's supervision (MNT-inv)." in lines
    assert strong(question_page(asking(), 80)) == [
        "1 of 23: Have you talked to a doctor about inverting?"
    ]


def test_at_the_end_it_says_what_the_answers_come_to() -> None:
    assert text_of(question_page(asking(*SAFE), 80))[2:] == [
        "Nothing in the answers stands against it.",
        "",
        "Esc leaves, p asks again.",
    ]
    lines = question_page(asking(*[item.counts for item in HEALTH]), 80)
    assert strong(lines)[:2] == [
        "Ask a doctor first:",
        "- no doctor has been talked to (all documents)",
    ]
    assert any(text.startswith("Advice: with obesity") for text in text_of(lines))


def test_after_a_session_there_are_four_keys_and_a_way_to_answer_later() -> None:
    assert text_of(after_page(None, 80)) == [
        "AFTER THE SESSION",
        "",
        "How did it feel?",
        "1 fine",
        "2 dizzy",
        "3 pain worse",
        "4 something else",
        "",
        "Later: upturn check --after ANSWER",
    ]


def test_an_answer_shows_its_advice_and_what_is_said_besides() -> None:
    lines = text_of(after_page("dizzy", 100, before=FIRST_TIME, more="It is your choice."))
    assert lines[2:5] == [
        "How did it feel? dizzy",
        "Stop: no further inversion today. (MNT-hang, MNT-inv, CC)",
        "Signs of a stroke are an emergency: call the emergency services at once. (MNT-hang)",
    ]
    assert lines[-4:] == [
        (
            f"If you then go on: profile first-time, {FIRST_TIME.limit_s:g} s at a time, up to "
            f"{FIRST_TIME.max_angle_deg:g}°. ({FIRST_TIME.source})"
        ),
        "It is your choice.",
        "",
        (
            "It was otherwise? Answer again: 1 fine, 2 dizzy, 3 pain worse, 4 something else. "
            "Esc leaves."
        ),
    ]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_no_line_is_wider_than_there_is_room(width: int) -> None:
    pages = [question_page(asking(*SAFE[:n]), width, who="a" * 60) for n in range(24)]
    pages.append(question_page(asking(*[item.counts for item in HEALTH]), width))
    pages += [after_page(answer, width) for answer in (None, *FELT)]
    assert all(len(text) <= width for page in pages for text in text_of(page))
