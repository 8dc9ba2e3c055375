# SPDX-License-Identifier: MIT
"""The voice as the desk has it: what is to be said, as samples that are there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from upturn.core.events import Event
from upturn.core.snapshot import Snapshot
from upturn.sinks.sound.phrases import Phrase, every_part, every_phrase
from upturn.sinks.sound.speech import Speaker
from upturn.sinks.sound.synth import RATE_HZ, Samples
from upturn.sinks.sound.voice_cues import VoiceCues


class Spoken(NamedTuple):
    """A phrase that is ready to be heard."""

    phrase: Phrase
    samples: Samples

    @property
    def length_s(self) -> float:
        return self.samples.size / RATE_HZ


class Voice:
    """Used by one thread alone."""

    def __init__(self, language: str, speaker: Speaker | None = None) -> None:
        self._language = language
        self._speaker = speaker or Speaker()
        self._cues = VoiceCues()
        self._ready: dict[str, tuple[str, float]] = {}
        """What each table is called, and its rest: all that can be said of it is rendered."""

    @property
    def problem(self) -> str:
        """Why it does not work as it should; empty while it does."""
        return self._speaker.problem

    def heard(
        self,
        table: str,
        events: Sequence[Event],
        snapshot: Snapshot,
        now_s: float,
        name: str | None = None,
    ) -> None:
        """`name`: what to call it, where that is not what it is known by."""
        said = (table if name is None else name, snapshot.profile.rest_s)
        if self._ready.get(table) != said:
            self._ready[table] = said
            parts = every_part(every_phrase(*said), self._language)
            self._speaker.prepare(parts, self._language)
        self._cues.heard(table, events, snapshot, now_s)

    def waiting(self, now_s: float) -> list[Spoken]:
        """What can be said right away and is worth it, the most urgent first."""
        found = []
        for phrase in self._cues.waiting(now_s):
            named = replace(phrase, table=self._ready[phrase.table][0])
            samples = self._speaker.spoken(named, self._language)
            if samples is not None:
                found.append(Spoken(phrase, samples))
        return found

    def said(self, spoken: Spoken) -> None:
        """It is being said."""
        self._cues.said(spoken.phrase)

    def forget(self, table: str) -> None:
        self._cues.forget(table)
        self._ready.pop(table, None)

    def close(self) -> None:
        self._speaker.close()
