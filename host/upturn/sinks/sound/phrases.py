# SPDX-License-Identifier: MIT
"""What the voice can say: one row a phrase, its words in every language.

The law: whoever hears it hangs head-down, sees no screen and can ask nothing. So a phrase says
what is so or what to do, in as few words as that takes, and there are no others: what a spotter
has to know is on the screen. Nothing says that anybody is safe but the end of a rest. What is
urgent fits between two bursts of a high alarm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import ceil

LEFT_S = 30
"""Of the limit, when the voice says how much is left."""


class PhraseId(StrEnum):
    INVERTED = "inverted"
    TIME_LEFT = "time_left"
    COME_UP = "come_up"
    TOO_FAR = "too_far"
    SENSOR_FAILED = "sensor_failed"
    MOVE = "move"
    HELP = "help"
    REST = "rest"
    SAFE = "safe"


class Urgency(IntEnum):
    """Ordered: the higher is said first where there is no time for all."""

    NEWS = 1
    PROMPT = 2
    NOW = 3


@dataclass(frozen=True, slots=True)
class PhraseSpec:
    id: PhraseId
    urgency: Urgency
    good_for_s: float
    """After that it is no longer worth saying, or no longer true."""
    inverted: bool | None
    """It is for somebody who is inverted (True) or is not (False); None: for both."""
    words: Mapping[str, str]
    """By language. `{seconds}` is a whole number in digits: every engine reads those well."""


PHRASES: dict[PhraseId, PhraseSpec] = {
    spec.id: spec
    for spec in (
        PhraseSpec(
            PhraseId.INVERTED,
            Urgency.NEWS,
            3.0,
            True,
            {"en": "Inverted.", "de": "Kopfüber."},
        ),
        PhraseSpec(
            PhraseId.TIME_LEFT,
            Urgency.PROMPT,
            3.0,
            True,
            {"en": "{seconds} seconds left.", "de": "Noch {seconds} Sekunden."},
        ),
        PhraseSpec(
            PhraseId.COME_UP,
            Urgency.NOW,
            15.0,
            True,
            {"en": "Come up now.", "de": "Jetzt hochkommen."},
        ),
        PhraseSpec(
            PhraseId.TOO_FAR,
            Urgency.NOW,
            15.0,
            True,
            {"en": "Too far, turn back slowly.", "de": "Zu weit, langsam zurückdrehen."},
        ),
        PhraseSpec(
            # For a silent sensor and for one that cannot be believed: what to do is the same.
            PhraseId.SENSOR_FAILED,
            Urgency.NOW,
            15.0,
            True,
            {
                "en": "Sensor failed, come up slowly.",
                "de": "Sensorausfall, langsam hochkommen.",
            },
        ),
        PhraseSpec(
            PhraseId.MOVE,
            Urgency.PROMPT,
            10.0,
            True,
            {
                "en": "Are you all right? Move a little.",
                "de": "Alles gut? Bitte etwas bewegen.",
            },
        ),
        PhraseSpec(
            # That the call goes out is what Upturn knows; not that anybody has heard it.
            PhraseId.HELP,
            Urgency.PROMPT,
            15.0,
            None,
            {"en": "Calling for help.", "de": "Hilfe wird gerufen."},
        ),
        PhraseSpec(
            PhraseId.REST,
            Urgency.NEWS,
            15.0,
            False,
            {"en": "Rest {seconds} seconds.", "de": "{seconds} Sekunden ausruhen."},
        ),
        PhraseSpec(
            PhraseId.SAFE,
            Urgency.NEWS,
            15.0,
            False,
            {
                "en": "Safe to invert again.",
                "de": "Umdrehen ist wieder erlaubt.",
            },
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing to be said, once."""

    id: PhraseId
    table: str = ""
    """Its name is said first; empty where there is only one."""
    seconds: int | None = None
    at_s: float = 0.0
    """When there was cause to say it, by the clock of whoever speaks."""

    @property
    def spec(self) -> PhraseSpec:
        return PHRASES[self.id]

    @property
    def until_s(self) -> float:
        """Not worth saying after this."""
        return self.at_s + self.spec.good_for_s

    def parts(self, language: str) -> tuple[str, ...]:
        """What to speak, one after the other: the table's name, if any, and at last the words.

        Apart, because a hundred tables share the words.
        """
        words = self.spec.words[language]
        if "{seconds}" in words:
            assert self.seconds is not None
            words = words.format(seconds=self.seconds)
        name = _speakable(self.table)
        return (f"{name},", words) if name else (words,)


def every_phrase(table: str, rest_s: float) -> tuple[Phrase, ...]:
    """All that can ever be said of a table, so that it is rendered before it is wanted."""
    return tuple(Phrase(id, table, _seconds(id, rest_s)) for id in PHRASES)


def phrase(id: PhraseId, table: str, rest_s: float, at_s: float) -> Phrase:
    """A phrase about a table whose full rest is `rest_s`."""
    return Phrase(id, table, _seconds(id, rest_s), at_s)


def every_part(phrases: Iterable[Phrase], language: str) -> tuple[str, ...]:
    """What has to be rendered to say these, each once, the most urgent first."""
    ordered = sorted(phrases, key=lambda p: -p.spec.urgency)
    return tuple(dict.fromkeys(part for p in ordered for part in p.parts(language)))


def _seconds(id: PhraseId, rest_s: float) -> int | None:
    return {PhraseId.TIME_LEFT: LEFT_S, PhraseId.REST: ceil(rest_s)}.get(id)


def _speakable(name: str) -> str:
    """A name without what an engine could take for a command, such as "[[" or "<"."""
    return " ".join(re.sub(r"[^\w'.-]|_", " ", name).split())
