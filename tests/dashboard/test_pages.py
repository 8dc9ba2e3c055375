# SPDX-License-Identifier: MIT
"""The questions before a session and after it, asked and answered on the screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.desk import Desk, opened
from tests.dashboard.kept import Kept
from tests.dashboard.scenes import CALM, NOW_S, alarm, inverted
from upturn.core.after import QUESTION
from upturn.core.alarm_table import AlarmId
from upturn.core.checklist import Part, part
from upturn.core.commands import Acknowledge, EquipmentChecked, Override, StandDown, Symptoms
from upturn.core.events import Noted
from upturn.core.readiness import EQUIPMENT, HEALTH
from upturn.core.snapshot import Check, Snapshot
from upturn.core.thresholds import AFTER_REST_S
from upturn.dashboard.feed import SourceState

SAFE = ["n" if item.counts else "y" for item in part(Part.HEALTH)]
HERE = SourceState("serial ttyUSB0")
UNANSWERED = replace(
    CALM, checks=(Check(HEALTH, "the questions about health were never answered"),)
)
RESTED = replace(CALM, session=1, rest_s=CALM.profile.rest_s + AFTER_REST_S)
ASKED = f"{QUESTION} Press w."


def page(desk: Desk) -> str:
    return desk.screen.replace("\n", " ")


async def test_the_questions_about_health_are_asked_one_by_one_and_kept_at_the_end() -> None:
    memory = Kept()
    async with opened(UNANSWERED, source=HERE, memory=memory) as desk:
        assert "p pre-use" in desk.text("keys")
        await desk.press("p")
        assert "PRE-USE CHECK: ada" in page(desk)
        assert "1 of 23: Have you talked to a doctor about inverting?" in page(desk)
        await desk.press(*SAFE[:-1])
        assert (memory.answers, "23 of 23" in page(desk)) == ([], True)
        await desk.press(SAFE[-1])
        await desk.show()
        assert memory.answers == [{item.id: not item.counts for item in part(Part.HEALTH)}]
        assert "Nothing in the answers stands against it." in page(desk)
        assert desk.text("notice").strip() == "The answers are kept."
        await desk.press("escape")
        assert not desk.app.screen.has_class("-page")


async def test_who_leaves_before_the_last_answer_has_said_nothing() -> None:
    memory = Kept()
    async with opened(UNANSWERED, source=HERE, memory=memory) as desk:
        await desk.press("p", *SAFE[:20], "escape", "p")
        assert ("1 of 23" in page(desk), memory.answers) == (True, [])


async def test_one_answer_back_is_one_question_back() -> None:
    async with opened(UNANSWERED, source=HERE, memory=Kept()) as desk:
        await desk.press("p", "b", "y", "n", "b")
        assert "2 of 23" in page(desk)


async def test_enter_answers_no_question_about_health() -> None:
    async with opened(UNANSWERED, source=HERE, memory=Kept()) as desk:
        await desk.press("p", "enter")
        assert "1 of 23" in page(desk)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("the disk is full", "The answers are not kept: the disk is full"),
        ("no words", "That failed: the disk is on fire"),
    ],
)
async def test_answers_that_are_not_kept_are_no_secret(problem: str, said: str) -> None:
    async with opened(UNANSWERED, source=HERE, memory=Kept(problem=problem)) as desk:
        await desk.press("p", *SAFE)
        await desk.show()
        assert desk.text("notice").strip() == said


async def test_where_nothing_is_kept_nothing_is_asked() -> None:
    async with opened(UNANSWERED, source=HERE) as desk:
        assert "pre-use" not in desk.text("keys")
        await desk.press("p")
        assert "Nothing is kept here" in desk.text("notice")
        assert not desk.app.screen.has_class("-page")


async def test_an_alarm_is_in_sight_above_the_page_and_acknowledged_from_there() -> None:
    async with opened(UNANSWERED, source=HERE, memory=Kept()) as desk:
        await desk.show(inverted(63.0, alarms=(alarm(AlarmId.TIME_LIMIT),)))
        await desk.press("p", "y")
        assert "INVERTED TOO LONG" in desk.text("banner")
        await desk.press("a")
        assert isinstance(desk.feed.commands[-1], Acknowledge)
        assert "2 of 23" in page(desk)


async def test_what_is_asked_below_is_answered_before_the_page() -> None:
    async with opened(UNANSWERED, source=HERE, memory=Kept()) as desk:
        await desk.press("p", "s", "y")
        assert desk.feed.commands == [StandDown()]
        assert "1 of 23" in page(desk)


async def test_after_the_session_it_is_asked_how_it_felt_and_said_what_that_means() -> None:
    memory = Kept()
    async with opened(inverted(24.0), source=HERE, memory=memory) as desk:
        assert ASKED not in desk.text("deeds")
        await desk.show(RESTED)
        assert desk.text("deeds").strip() == ASKED
        assert desk.text("keys").strip().startswith("w felt")
        await desk.press("w")
        assert "2 dizzy" in page(desk)
        await desk.press("2")
        await desk.show()
        assert desk.feed.commands == [Symptoms("dizzy")]
        assert "Stop: no further inversion today." in page(desk)
        assert "If you then go on: profile first-time" in page(desk)
        assert memory.asked == [("dizzy", RESTED.profile.name)]
        assert ASKED not in desk.text("deeds")


async def test_a_good_answer_says_how_far_it_is_to_a_longer_profile() -> None:
    async with opened(RESTED, source=HERE, memory=Kept()) as desk:
        await desk.press("w", "1")
        await desk.show()
        assert "Stay with it: 2 sessions so far." in page(desk)


async def test_an_answer_that_is_refused_leaves_the_question() -> None:
    async with opened(RESTED, source=HERE, refusal=lambda _: "somebody is inverted") as desk:
        await desk.press("w", "2")
        assert desk.text("notice").strip() == "Not done: somebody is inverted"
        assert "How did it feel?" in page(desk)
        assert "Stop" not in page(desk)


async def test_an_answer_from_elsewhere_ends_the_question_and_its_advice_stays() -> None:
    async with opened(RESTED, source=HERE) as desk:
        assert ASKED in desk.text("deeds")
        desk.feed.ring.extend([Noted(NOW_S, "after the session: dizzy")])
        await desk.show()
        said = "After the session, 18:30:00: dizzy. Stop: no further inversion today."
        assert desk.text("deeds").strip() == said
        await desk.press("w")
        assert "How did it feel? dizzy" in page(desk)
        assert "Talk to a doctor before the next session." in page(desk)


@pytest.mark.parametrize("key", ["w", "p", "question_mark"])
async def test_every_page_gives_way_when_somebody_inverts(key: str) -> None:
    async with opened(RESTED, source=HERE, memory=Kept()) as desk:
        await desk.press(key)
        assert desk.app.screen.has_class("-page")
        await desk.show(inverted(24.0))
        assert not desk.app.screen.has_class("-page")
        await desk.press("question_mark")
        assert desk.app.screen.has_class("-page"), "whoever asks for it then has it"


async def test_what_was_told_to_a_watch_before_this_one_is_shown() -> None:
    async with opened(RESTED, source=HERE, memory=Kept(told_before="dizzy")) as desk:
        await desk.press("w")
        await desk.show()
        assert "How did it feel? dizzy" in page(desk)
        assert "If you then go on: profile first-time" in page(desk)


async def test_during_a_session_nobody_is_asked_how_it_was() -> None:
    async with opened(inverted(24.0), source=HERE) as desk:
        await desk.press("w")
        assert desk.text("notice").strip() == "Somebody is inverted: this is asked afterwards."


async def test_before_any_session_there_is_nothing_to_ask() -> None:
    async with opened(CALM, source=HERE) as desk:
        await desk.press("w")
        assert desk.text("notice").strip() == "There was no session yet: this is asked after one."


@pytest.mark.parametrize(
    "source",
    [
        SourceState("x.csv", begin_s=0.0),
        SourceState("simulated: normal", unreal="simulated"),
        SourceState("den", read_only="this screen only looks"),
    ],
    ids=["recording", "simulated", "read-only"],
)
async def test_nobody_is_asked_who_is_not_there_or_cannot_say(source: SourceState) -> None:
    async with opened(RESTED, source=source) as desk:
        assert ASKED not in desk.text("deeds")


def failing(*names: str, **changes: object) -> Snapshot:
    checks = tuple(Check(name, "it is not so") for name in names)
    return replace(CALM, checks=checks, **changes)  # type: ignore[arg-type]


async def test_an_inspection_is_asked_once_and_told() -> None:
    async with opened(failing(EQUIPMENT), source=HERE) as desk:
        await desk.press("i")
        assert "are BOTH ankle locks closed?" in desk.text("notice")
        assert desk.feed.commands == []
        await desk.press("y")
        assert desk.feed.commands == [EquipmentChecked()]


async def test_an_override_names_what_it_accepts_and_is_shown_as_one() -> None:
    async with opened(failing(EQUIPMENT), source=HERE, size=(200, 60)) as desk:
        await desk.press("exclamation_mark")
        assert "READY in spite of: it is not so?" in desk.text("notice")
        await desk.press("exclamation_mark")
        assert desk.feed.commands == [Override()]
        await desk.show(failing(EQUIPMENT, overridden=True))
        assert "PRE-USE CHECK: READY BY OVERRIDE" in desk.text("side")
        assert "-- Equipment" in desk.text("side")
        assert "In spite of: it is not so." in desk.text("banner")


async def test_where_nothing_stands_against_ready_there_is_nothing_to_override() -> None:
    async with opened(CALM, source=HERE) as desk:
        await desk.press("exclamation_mark")
        assert desk.text("notice").strip() == "It is READY."
        await desk.show(failing(EQUIPMENT, overridden=True))
        await desk.press("exclamation_mark")
        assert (desk.text("notice").strip(), desk.feed.commands) == (
            "It is READY by override already.",
            [],
        )
