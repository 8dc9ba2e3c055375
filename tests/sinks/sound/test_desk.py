# SPDX-License-Identifier: MIT
"""The desk: what is told in one thread is heard from another, whatever goes wrong around it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from tests.sinks.sound.fakes import FakeOutput, FakeWay, until
from tests.sinks.sound.states import (
    PERSON_HIGH,
    PERSON_MEDIUM,
    TECHNICAL_HIGH,
    TECHNICAL_LOW,
    alarm,
    table,
)
from upturn.config import SoundConfig
from upturn.core.alarm_table import Kind, Priority
from upturn.core.events import Event
from upturn.core.snapshot import Snapshot
from upturn.sinks.sound import desk as desk_module
from upturn.sinks.sound.desk import SoundDesk
from upturn.sinks.sound.loudspeaker import Loudspeaker
from upturn.sinks.sound.patterns import BURSTS, TEST_TONE, Pattern
from upturn.sinks.sound.phrases import Phrase, PhraseId
from upturn.sinks.sound.synth import RATE_HZ, samples
from upturn.sinks.sound.voice import Spoken, Voice

HIGH = BURSTS[Priority.HIGH, Kind.PERSON]
BROKEN = BURSTS[Priority.HIGH, Kind.TECHNICAL]
MEDIUM = BURSTS[Priority.MEDIUM, Kind.PERSON]
CALM = table()
VOICELESS = SoundConfig(voice=False)


class Clock:
    """The host's, and a test may let time pass."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead_s


class Studio:
    """A desk with a device that a test can hear and break."""

    def __init__(self, settings: SoundConfig = VOICELESS, voice: Voice | None = None) -> None:
        self.way = FakeWay("device")
        self.clock = Clock()
        self.desk = SoundDesk(
            settings,
            loudspeaker=Loudspeaker([self.way.way()]),
            voice=voice,
            clock=self.clock,
        )
        self.told: list[tuple[bool, str]] = []
        self.threads: set[str] = set()
        self.desk.on_status = self._hear

    def _hear(self, working: bool, words: str) -> None:
        self.told.append((working, words))
        self.threads.add(threading.current_thread().name)

    @property
    def output(self) -> FakeOutput:
        until(lambda: self.way.opened)
        return self.way.opened[-1]

    def starts(self) -> None:
        self.desk.start()
        until(lambda: self.desk.output)

    def waits_for(self, *patterns: Pattern | None) -> None:
        """Until just this was played, None being a cut."""
        until(lambda: len(self.output.played) >= len(patterns))
        assert self.heard() == list(patterns)

    def heard(self) -> list[Pattern | None]:
        known = {samples(p).size: p for p in (MEDIUM, TEST_TONE)}
        highs = {float(samples(p)[2000]): p for p in (HIGH, BROKEN)}
        return [
            None if s is None else known.get(s.size) or highs[float(s[2000])]
            for _, s in self.output.played
        ]


@pytest.fixture
def studio() -> Iterator[Studio]:
    studio = Studio()
    yield studio
    studio.way.goes_on.set()
    studio.desk.close()


def test_what_is_heard_is_at_the_output_in_a_moment(studio: Studio) -> None:
    studio.starts()
    told = studio.desk.table("")
    assert told.name == "sound"
    least_s = 1.0
    for n in range(5):
        begins_s = time.monotonic()
        told.heard((), table(alarm(PERSON_HIGH, n=n + 1)))
        studio.waits_for(*[HIGH, None] * n, HIGH)
        least_s = min(least_s, studio.output.played[-1][0] - begins_s)
        told.heard((), CALM)
        studio.waits_for(*[HIGH, None] * (n + 1))
    assert least_s < 0.05


def test_the_first_alarm_is_not_lost_while_the_output_is_being_opened(studio: Studio) -> None:
    studio.way.goes_on.clear()
    studio.desk.start()
    studio.desk.table("").heard((), table(PERSON_HIGH))
    time.sleep(0.05)
    assert studio.desk.output == ""
    studio.way.goes_on.set()
    studio.waits_for(HIGH)


def test_all_tables_share_it_and_one_that_ends_is_silent(studio: Studio) -> None:
    studio.starts()
    left, right = studio.desk.table("left"), studio.desk.table("right")
    left.heard((), table(PERSON_MEDIUM))
    studio.waits_for(MEDIUM)
    right.heard((), table(PERSON_HIGH))
    studio.waits_for(MEDIUM, HIGH)
    left.end()
    right.end()
    studio.waits_for(MEDIUM, HIGH, None)


def test_tables_that_are_called_the_same_are_told_apart_by_their_keys(studio: Studio) -> None:
    studio.starts()
    left, right = studio.desk.table("Attic", "left"), studio.desk.table("Attic", "right")
    left.heard((), table(PERSON_HIGH))
    studio.waits_for(HIGH)
    right.heard((), CALM)
    right.end()
    time.sleep(0.2)
    studio.waits_for(HIGH)
    left.end()
    studio.waits_for(HIGH, None)


def test_a_table_that_ended_and_began_again_in_one_moment_begins_anew(studio: Studio) -> None:
    told = studio.desk.table("")
    told.heard((), table(PERSON_HIGH))
    told.end()
    told.heard((), CALM)
    studio.starts()
    time.sleep(0.05)
    assert studio.heard() == []


def test_a_program_that_hangs_is_heard_though_nobody_says_anything(studio: Studio) -> None:
    studio.starts()
    studio.desk.table("").heard((), table(inverted=True))
    time.sleep(0.05)
    assert studio.heard() == []
    for _ in range(4):
        studio.clock.ahead_s += 1.5
        time.sleep(0.15)
    studio.waits_for(BROKEN)


def test_an_output_that_fails_is_reported_once_and_the_next_one_plays_on(studio: Studio) -> None:
    studio.starts()
    studio.desk.table("").heard((), table(PERSON_HIGH))
    studio.waits_for(HIGH)
    studio.way.why = studio.output.why = "the cable is out"
    until(lambda: len(studio.told) == 2)
    assert studio.desk.output == ""
    assert studio.desk.test_tone() == "the cable is out"
    studio.way.why = ""
    for _ in range(5):
        studio.clock.ahead_s += 1.2
        studio.desk.table("").heard((), table(PERSON_HIGH))
        time.sleep(0.05)
    until(lambda: len(studio.told) == 3)
    studio.waits_for(HIGH)
    assert studio.told == [(True, "the device"), (False, "the cable is out"), (True, "the device")]
    assert studio.threads == {"sound"}


def test_the_test_tone_is_played_or_it_says_why_not(studio: Studio) -> None:
    assert studio.desk.test_tone() == "sound is off"
    studio.way.goes_on.clear()
    studio.desk.start()
    assert studio.desk.test_tone() == "the sound is not ready yet: try again in a moment"
    studio.way.goes_on.set()
    until(lambda: studio.desk.output)
    assert studio.desk.test_tone() is None
    studio.waits_for(TEST_TONE)
    studio.desk.table("").heard((), table(PERSON_HIGH))
    studio.waits_for(TEST_TONE, HIGH)
    until(studio.desk.test_tone)
    assert studio.desk.test_tone() == "an alarm sounds: what is heard is the test"
    studio.desk.close()
    assert studio.desk.test_tone() == "sound is off"


@pytest.mark.parametrize("volume", [1.0, 0.5, 0.001])
def test_the_volume_is_kept_and_never_goes_below_its_floor(volume: float) -> None:
    studio = Studio(SoundConfig(volume=volume, voice=False))
    studio.starts()
    studio.desk.table("").heard((), table(PERSON_HIGH))
    until(lambda: studio.output.played)
    played = studio.output.played[0][1]
    assert played is not None
    studio.desk.close()
    least = 10 ** (-12 / 20)
    assert float(np.abs(played).max()) == pytest.approx(0.9 * least ** (1 - volume), rel=0.01)


def test_closing_is_silence_and_closing_again_is_nothing(studio: Studio) -> None:
    studio.starts()
    studio.desk.table("").heard((), table(PERSON_HIGH))
    studio.waits_for(HIGH)
    studio.desk.close()
    studio.desk.close()
    assert studio.heard() == [HIGH, None]
    assert studio.output.closed.is_set()
    studio.desk.table("").heard((), table(TECHNICAL_HIGH))
    studio.desk.start()
    assert studio.heard() == [HIGH, None]


def test_where_sound_is_off_nothing_starts_and_nobody_is_told() -> None:
    studio = Studio(SoundConfig(enabled=False))
    studio.desk.start()
    studio.desk.table("").heard((), table(PERSON_HIGH))
    assert studio.desk.test_tone() == "sound is off"
    assert studio.desk.output == ""
    studio.desk.close()
    assert (studio.told, studio.way.tries) == ([], 0)


def test_telling_never_waits_for_the_desk(studio: Studio) -> None:
    """Its thread stands in a driver; a day's words are taken in a moment, and few are kept."""
    studio.starts()
    stands, goes_on = threading.Event(), threading.Event()

    def fault() -> str:
        stands.set()
        goes_on.wait(30)
        return ""

    studio.output.fault = fault  # type: ignore[method-assign]
    stands.wait(30)
    told = studio.desk.table("")
    for _ in range(1000):
        told.heard((), table(PERSON_HIGH))
    told.heard((), CALM)
    assert len(studio.desk._words) == 1
    goes_on.set()
    time.sleep(0.05)
    assert studio.heard() == []


def test_a_fault_of_its_own_is_reported_and_it_goes_on(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "FAULT_S", 0.02)
    studio.starts()
    with monkeypatch.context() as broken:
        broken.setattr(desk_module, "samples", None)
        studio.desk.table("").heard((), table(PERSON_HIGH))
        until(lambda: len(studio.told) == 2)
    assert studio.told[1] == (False, "a fault of Upturn's: 'NoneType' object is not callable")
    studio.waits_for(HIGH)
    until(lambda: len(studio.told) == 3)
    assert studio.told[2] == (True, "the device")


def test_a_listener_that_fails_harms_nobody(studio: Studio) -> None:
    def on_status(working: bool, words: str) -> None:
        raise RuntimeError("the loop is closed")

    studio.desk.on_status = on_status
    studio.starts()
    studio.desk.table("").heard((), table(PERSON_HIGH))
    studio.waits_for(HIGH)


# The voice at the desk.


@dataclass
class FakeVoice:
    """It wants to say what was put there, and can fail."""

    wants: list[Spoken]
    problem: str = ""
    fails: str = ""
    heard_of: int = 0
    forgotten: int = 0
    closed: bool = False

    def heard(
        self,
        table: str,
        events: Sequence[Event],
        snapshot: Snapshot,
        now_s: float,
        name: str | None = None,
    ) -> None:
        if self.fails:
            raise ValueError(self.fails)
        self.heard_of += 1

    def waiting(self, now_s: float) -> list[Spoken]:
        return list(self.wants)

    def said(self, spoken: Spoken) -> None:
        self.wants.remove(spoken)

    def forget(self, table: str) -> None:
        self.forgotten += 1

    def close(self) -> None:
        self.closed = True


WORDS = Spoken(Phrase(PhraseId.COME_UP), np.full(RATE_HZ // 10, 0.5, np.float32))


def with_voice(voice: FakeVoice) -> Studio:
    return Studio(SoundConfig(volume=0.5), voice=voice)  # type: ignore[arg-type]


def said(studio: Studio) -> Callable[[], bool]:
    return lambda: any(
        s is not None and s.size == WORDS.samples.size for _, s in studio.output.played
    )


def test_a_phrase_is_said_once_and_as_loud_as_the_volume_has_it() -> None:
    voice = FakeVoice([WORDS])
    studio = with_voice(voice)
    studio.starts()
    told = studio.desk.table("")
    told.heard((), CALM)
    until(said(studio))
    time.sleep(0.05)
    ((_, spoken),) = studio.output.played
    assert spoken is not None
    assert float(spoken[0]) == pytest.approx(0.5 * 10 ** (-6 / 20), rel=0.01)
    told.end()
    until(lambda: voice.forgotten)
    studio.desk.close()
    assert (voice.wants, voice.heard_of, voice.closed) == ([], 1, True)


def test_a_voice_that_fails_is_done_without_and_says_so() -> None:
    voice = FakeVoice([], fails="no tongue")
    studio = with_voice(voice)
    studio.starts()
    studio.desk.table("").heard((), table(PERSON_MEDIUM))
    studio.waits_for(MEDIUM)
    until(lambda: studio.desk.voice_problem)
    assert studio.desk.voice_problem == "voice: a fault of Upturn's: no tongue"
    studio.desk.table("").heard((), table(PERSON_MEDIUM, TECHNICAL_LOW))
    studio.desk.close()
    assert studio.told == [(True, "the device")]


def test_a_bell_does_not_speak() -> None:
    voice = FakeVoice([WORDS])
    studio = with_voice(voice)
    studio.way.is_loud = False
    studio.desk.start()
    studio.desk.table("").heard((), CALM)
    until(lambda: studio.told)
    time.sleep(0.05)
    studio.desk.close()
    assert studio.told == [(False, "the device")]
    assert voice.wants == [WORDS]


def test_the_settings_decide_whether_there_is_a_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make(language: str) -> FakeVoice:
        made.append(language)
        return FakeVoice([], problem="voice: espeak-ng is not installed")

    monkeypatch.setattr(desk_module, "Voice", make)
    for voice, problem in ((True, "voice: espeak-ng is not installed"), (False, "")):
        studio = Studio(SoundConfig(voice=voice, language="de"))
        studio.starts()
        assert studio.desk.voice_problem == problem
        studio.desk.close()
    assert made == ["de"]
