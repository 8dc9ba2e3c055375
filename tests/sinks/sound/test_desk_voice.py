# SPDX-License-Identifier: MIT
"""What the desk has of the voice: phrases that are there as samples once there is cause."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from tests.sinks.sound.states import PERSON_HIGH, table
from upturn.core.limits import PROFILES
from upturn.sinks.sound.phrases import Phrase
from upturn.sinks.sound.synth import RATE_HZ, Samples
from upturn.sinks.sound.voice import Voice

ALARM = table(PERSON_HIGH, inverted=True)


@dataclass
class FakeSpeaker:
    """Has every phrase at once, unless it is `dumb`."""

    problem: str = ""
    dumb: bool = False
    prepared: list[tuple[str, ...]] = field(default_factory=list)
    asked: list[Phrase] = field(default_factory=list)
    closed: bool = False

    def prepare(self, texts: tuple[str, ...], language: str) -> None:
        self.prepared.append(texts)

    def spoken(self, phrase: Phrase, language: str) -> Samples | None:
        self.asked.append(phrase)
        return None if self.dumb else np.ones(RATE_HZ // 2, np.float32)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def speaker() -> FakeSpeaker:
    return FakeSpeaker()


@pytest.fixture
def voice(speaker: FakeSpeaker) -> Voice:
    return Voice("en", speaker)  # type: ignore[arg-type]


def texts(voice: Voice, now_s: float) -> list[str]:
    return [spoken.phrase.parts("en")[-1] for spoken in voice.waiting(now_s)]


def test_what_can_be_said_of_a_table_is_rendered_when_it_is_first_heard_of(
    voice: Voice, speaker: FakeSpeaker
) -> None:
    for _ in range(3):
        voice.heard("left", (), table(), 1.0)
    assert len(speaker.prepared) == 1
    assert {"Come up now.", "Rest 90 seconds.", "left,"} <= set(speaker.prepared[0])
    other = replace(table(), profile=replace(PROFILES["standard"], name="mine", rest_s=45.0))
    voice.heard("left", (), other, 1.0)
    assert "Rest 45 seconds." in speaker.prepared[1]


def test_a_phrase_is_said_once_and_knows_how_long_it_takes(voice: Voice) -> None:
    voice.heard("", (), ALARM, 10.0)
    assert texts(voice, 10.0) == ["Come up now."]
    (spoken,) = voice.waiting(11.0)
    assert spoken.length_s == pytest.approx(0.5)
    voice.said(spoken)
    voice.heard("", (), ALARM, 12.0)
    assert voice.waiting(12.0) == []


def test_what_is_not_rendered_yet_waits_and_what_is_too_old_is_dropped(
    voice: Voice, speaker: FakeSpeaker
) -> None:
    speaker.dumb = True
    voice.heard("", (), ALARM, 10.0)
    assert voice.waiting(10.0) == []
    speaker.dumb = False
    assert texts(voice, 11.0) == ["Come up now."]
    assert voice.waiting(60.0) == []


def test_tables_of_one_name_are_kept_apart_and_called_by_it(
    voice: Voice, speaker: FakeSpeaker
) -> None:
    voice.heard("first", (), ALARM, 10.0, "Attic")
    voice.heard("second", (), table(), 10.0, "Attic")
    assert texts(voice, 10.0) == ["Come up now."]
    assert speaker.asked[-1].parts("en") == ("Attic,", "Come up now.")
    voice.heard("first", (), ALARM, 11.0, "Loft")
    assert "Loft," in speaker.prepared[-1]
    assert texts(voice, 11.0) == ["Come up now."]
    assert speaker.asked[-1].parts("en") == ("Loft,", "Come up now.")
    (spoken,) = voice.waiting(11.0)
    voice.said(spoken)
    assert voice.waiting(11.0) == []


def test_a_table_that_has_ended_is_forgotten(voice: Voice, speaker: FakeSpeaker) -> None:
    voice.heard("", (), ALARM, 10.0)
    voice.forget("")
    voice.forget("never there")
    assert voice.waiting(10.0) == []
    voice.heard("", (), ALARM, 11.0)
    assert texts(voice, 11.0) == ["Come up now."]
    assert len(speaker.prepared) == 2


def test_why_there_is_no_voice_is_passed_on(voice: Voice, speaker: FakeSpeaker) -> None:
    assert voice.problem == ""
    speaker.problem = "voice: espeak-ng is not installed"
    assert voice.problem == "voice: espeak-ng is not installed"
    voice.close()
    assert speaker.closed
