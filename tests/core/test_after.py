# SPDX-License-Identifier: MIT
"""After a session: when the question is asked, when not, and what each answer advises."""

from __future__ import annotations

import re

import pytest

from tests.stories import pipeline, tell, timeline
from upturn.core import after
from upturn.core.after import FELT, AfterSession, advice
from upturn.core.commands import SYMPTOMS, Command, Distress, Goodbye, SinkStatus, StandDown
from upturn.core.limits import PROFILES, STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.sources import DOCUMENTS, UPTURN
from upturn.core.thresholds import AFTER_LAPSES_S, AFTER_REST_S

INVERTED = "upright 2s; to 50 in 2s; inverted 5s; to -80 in 3s"
ENOUGH_S = STANDARD.rest_s + AFTER_REST_S


def after_story(text: str) -> tuple[Pipeline, float]:
    """A core after a story, and the time of its end."""
    story = timeline(text, rate_hz=10.0)
    core = pipeline(story)
    tell(core, story)
    return core, core.last_sample_s


def asks(text: str, *commands: Command) -> bool:
    core, now_s = after_story(text)
    for command in commands:
        core.command(command, now_s)
    return AfterSession().asks(core.snapshot(now_s))


def test_it_is_asked_a_while_after_the_rest() -> None:
    core, now_s = after_story(f"{INVERTED}; upright {ENOUGH_S + 1}s")
    rested_s = core.snapshot(now_s).rest_s
    story = timeline(f"{INVERTED}; upright {ENOUGH_S + 1}s", rate_hz=10.0)
    core, watcher = pipeline(story), AfterSession()
    asked_s = None
    for sample in story.samples:
        core.feed([sample])
        if asked_s is None and watcher.asks(core.snapshot(sample.t_s)):
            asked_s = sample.t_s
    assert asked_s == pytest.approx(now_s - rested_s + ENOUGH_S, abs=0.2)


@pytest.mark.parametrize(
    ("story", "asked"),
    [
        ("upright 200s", False),
        (f"{INVERTED}; upright {STANDARD.rest_s}s", False),
        (f"{INVERTED}; level {ENOUGH_S + 5}s", False),
        (f"{INVERTED}; upright {ENOUGH_S + 5}s", True),
        (f"{INVERTED}; upright {ENOUGH_S + 5}s; to 50 in 2s; inverted 2s", False),
        (f"{INVERTED}; upright {ENOUGH_S + 5}s; silence 11s", False),
        ("upright 2s; to 50 in 2s; inverted 5s", False),
        (f"{INVERTED}; upright 1s; goodbye", True),
        ("upright 2s; to 50 in 2s; inverted 5s; goodbye", False),
        (f"{INVERTED}; upright 1s; stand down", True),
    ],
)
def test_it_is_asked_once_the_session_is_over(story: str, asked: bool) -> None:
    core, now_s = after_story(story)
    now_s = max(now_s, timeline(story, rate_hz=10.0).end_s)
    assert AfterSession().asks(core.snapshot(now_s)) is asked


OVER = f"{INVERTED}; upright {ENOUGH_S + 1}s"


def test_not_while_an_alarm_about_the_person_is_on() -> None:
    assert not asks(OVER, Distress())
    assert asks(OVER, SinkStatus("mqtt", working=False))
    assert not asks(f"{INVERTED}; upright 1s", Distress(), Goodbye())
    assert asks(f"{INVERTED}; upright 1s", StandDown())


def test_an_alarm_hides_a_question_that_stands() -> None:
    core, now_s = after_story(OVER)
    watcher = AfterSession()
    assert watcher.asks(core.snapshot(now_s))
    core.command(Distress(), now_s)
    assert not watcher.asks(core.snapshot(now_s))


def test_a_session_is_asked_about_once_whoever_answers() -> None:
    core, now_s = after_story(OVER)
    watcher = AfterSession()
    assert watcher.asks(core.snapshot(now_s))
    watcher.answered(1)
    assert not watcher.asks(core.snapshot(now_s))
    assert not watcher.asks(core.snapshot(now_s + 5.0))


def test_who_inverts_again_is_asked_after_that() -> None:
    story = timeline(f"{OVER}; to 50 in 2s; inverted 5s; to -80 in 3s; upright {ENOUGH_S + 5}s")
    core, watcher = pipeline(story), AfterSession()
    said = []
    for start in range(0, len(story.samples), 50):
        core.feed(story.samples[start : start + 50])
        said.append(watcher.asks(core.snapshot(core.last_sample_s)))
    turns = [i for i in range(1, len(said)) if said[i] != said[i - 1]]
    assert len(turns) == 3  # asked, withdrawn, asked again
    assert said[-1]
    assert core.snapshot(core.last_sample_s).session == 1


@pytest.mark.parametrize(
    ("later_s", "asked"), [(AFTER_LAPSES_S - 0.1, True), (AFTER_LAPSES_S, False)]
)
def test_it_lapses(later_s: float, asked: bool) -> None:
    core, now_s = after_story(f"{INVERTED}; upright 1s; goodbye")
    watcher = AfterSession()
    assert watcher.asks(core.snapshot(now_s))
    assert watcher.asks(core.snapshot(now_s + later_s)) is asked
    assert watcher.asks(core.snapshot(now_s + 1.0)) is asked


def test_each_answer_has_a_key_and_advice_with_its_sources() -> None:
    assert tuple(FELT) == SYMPTOMS
    assert [felt.key for felt in FELT.values()] == ["1", "2", "3", "4"]
    assert [after.of_key(key) for key in "12345"] == [*SYMPTOMS, None]
    assert after.asked() == ("How did it feel?  1 fine  2 dizzy  3 pain worse  4 something else")
    for answer in SYMPTOMS:
        for said in advice(answer):
            assert set(said.sources) <= {*DOCUMENTS, UPTURN}
            assert re.search(r"[.]$", said.words)


@pytest.mark.parametrize("answer", [answer for answer in SYMPTOMS if answer != "fine"])
def test_symptoms_mean_stop_a_doctor_and_the_emergency_services_for_a_stroke(answer: str) -> None:
    said = " ".join(one.cited for one in advice(answer))
    assert said.startswith("Stop: no further inversion today. (MNT-hang, MNT-inv, CC)")
    assert "call the emergency services at once. (MNT-hang)" in said
    assert "a doctor before the next session. (MNT-hang, MNT-inv, CC)" in said


def test_fine_means_only_that_it_may_go_on() -> None:
    assert [one.cited for one in advice("fine")] == [
        "Lengthen only while there is neither dizziness nor worse pain. (CC)"
    ]


def test_the_profile_before_is_advice_with_its_own_sources() -> None:
    assert advice("dizzy", PROFILES["first-time"])[-1].cited == (
        "If you then go on: profile first-time, 45 s at a time, up to 30°. (CC, MNT-hang)"
    )
