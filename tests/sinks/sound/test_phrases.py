# SPDX-License-Identifier: MIT
"""What the voice can say: every row in every language, every field filled, no name misread."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from upturn.config.model import LANGUAGES
from upturn.core.alarm_table import AlarmId
from upturn.sinks.sound.phrases import (
    PHRASES,
    Phrase,
    PhraseId,
    Urgency,
    every_part,
    every_phrase,
    phrase,
)
from upturn.sinks.sound.speakers import ENGINES, ESPEAK
from upturn.sinks.sound.voice_cues import ALARM_PHRASES


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def test_every_phrase_has_its_row() -> None:
    assert set(PHRASES) == set(PhraseId)
    assert all(spec.id is id for id, spec in PHRASES.items())


@pytest.mark.parametrize("id", PhraseId)
def test_every_row_has_every_language_of_the_config_with_the_same_fields(id: PhraseId) -> None:
    words = PHRASES[id].words
    assert set(words) == set(LANGUAGES)
    assert len({frozenset(fields(text)) for text in words.values()}) == 1
    assert fields(words["en"]) <= {"seconds"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_a_sentence_of_its_own_in_every_language(language: str) -> None:
    texts = [spec.words[language] for spec in PHRASES.values()]
    assert len(set(texts)) == len(texts)
    assert all(re.fullmatch(r"[\w {},?]+\.|[\w ]+\? [\w ]+\.", text) for text in texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_engine_has_a_voice_for_every_language(language: str) -> None:
    for engine in (ESPEAK, *(engine for engines in ENGINES.values() for engine in engines)):
        assert engine.voices[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_is_filled(language: str) -> None:
    phrases = every_phrase("den", 90.0)
    assert {p.id for p in phrases} == set(PhraseId)
    for told in phrases:
        assert not re.search("[{}]|None", " ".join(told.parts(language)))


@pytest.mark.parametrize(
    ("id", "english", "german"),
    [
        (PhraseId.TIME_LEFT, "30 seconds left.", "Noch 30 Sekunden."),
        (PhraseId.REST, "Rest 90 seconds.", "90 Sekunden ausruhen."),
    ],
)
def test_numbers_stand_in_the_words(id: PhraseId, english: str, german: str) -> None:
    told = phrase(id, "", 90.0, 0.0)
    assert (told.parts("en"), told.parts("de")) == ((english,), (german,))


@pytest.mark.parametrize(("rest_s", "said"), [(90.0, 90), (90.2, 91), (120.0, 120)])
def test_a_rest_is_never_said_to_be_shorter_than_it_is(rest_s: float, said: int) -> None:
    assert phrase(PhraseId.REST, "", rest_s, 0.0).parts("en") == (f"Rest {said} seconds.",)


def test_a_phrase_without_its_number_is_a_mistake() -> None:
    with pytest.raises(AssertionError):
        Phrase(PhraseId.REST).parts("en")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("", ("Inverted.",)),
        ("den", ("den,", "Inverted.")),
        ("Table 2", ("Table 2,", "Inverted.")),
        ("Gästezimmer", ("Gästezimmer,", "Inverted.")),
        ("John's", ("John's,", "Inverted.")),
        ("left_hand", ("left hand,", "Inverted.")),
        ("[[h@l'oU]]", ("h l'oU,", "Inverted.")),
        ('<audio src="/x"/>', ("audio src x,", "Inverted.")),
        ("😀 [!]", ("Inverted.",)),
    ],
)
def test_the_tables_name_comes_first_without_what_an_engine_could_obey(
    name: str, parts: tuple[str, ...]
) -> None:
    assert Phrase(PhraseId.INVERTED, name).parts("en") == parts


def test_the_most_urgent_is_rendered_first_and_nothing_twice() -> None:
    parts = every_part([*every_phrase("den", 90.0), *every_phrase("hall", 90.0)], "en")
    assert parts[:5] == (
        "den,",
        "Come up now.",
        "Too far, turn back slowly.",
        "Sensor failed, come up slowly.",
        "hall,",
    )
    assert len(parts) == len(set(parts)) == len(PHRASES) + 2


def test_what_calls_for_an_act_goes_before_what_is_news() -> None:
    by_urgency = {
        urgency: {spec.id for spec in PHRASES.values() if spec.urgency is urgency}
        for urgency in Urgency
    }
    assert by_urgency == {
        Urgency.NOW: {PhraseId.COME_UP, PhraseId.TOO_FAR, PhraseId.SENSOR_FAILED},
        Urgency.PROMPT: {PhraseId.TIME_LEFT, PhraseId.MOVE, PhraseId.HELP},
        Urgency.NEWS: {PhraseId.INVERTED, PhraseId.REST, PhraseId.SAFE},
    }


def test_a_phrase_is_worth_saying_for_its_time() -> None:
    assert phrase(PhraseId.TIME_LEFT, "", 90.0, 100.0).until_s == 103.0


def test_no_word_is_lost_on_alarms_that_the_user_can_do_nothing_about() -> None:
    assert set(ALARM_PHRASES) == {
        AlarmId.TIME_LIMIT,
        AlarmId.NO_RETURN,
        AlarmId.OVER_ROTATION,
        AlarmId.NO_MOVEMENT,
        AlarmId.DISTRESS,
        AlarmId.SIGNAL_LOST,
        AlarmId.SENSOR_FAULT,
        AlarmId.SENSOR_MOVED,
    }
