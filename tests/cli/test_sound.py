# SPDX-License-Identifier: MIT
"""What cores and the screen hear of the sound: that it fails, works again, and was confirmed."""

from __future__ import annotations

import argparse
import asyncio
import math
from collections.abc import Callable

import pytest

from upturn.cli.sound import INSTEAD, Need, Sound, need_of, sounding
from upturn.config import SoundConfig
from upturn.core.commands import Command, SinkStatus, SoundOutput
from upturn.service.bus import Listener


class FakeTable:
    name = "sound"

    def __init__(self) -> None:
        self.ended = False

    def heard(self, events: object, snapshot: object) -> None: ...

    def end(self) -> None:
        self.ended = True


class FakeDesk:
    """The desk's contract, without a thread and without ears."""

    def __init__(self) -> None:
        self.output = "the speakers"
        self.voice_problem = ""
        self.toned = ""
        self.on_status: Callable[[bool, str], None] | None = None
        self.running = False
        self.tables: list[FakeTable] = []
        self.refusal: str | None = None

    def start(self) -> None:
        self.running = True

    def close(self) -> None:
        self.running = False

    def table(self, name: str, key: str = "") -> Listener:
        self.tables.append(FakeTable())
        return self.tables[-1]

    def test_tone(self) -> str | None:
        self.toned = self.output
        return self.refusal

    async def says(self, working: bool, words: str) -> None:
        assert self.on_status is not None
        await asyncio.to_thread(self.on_status, working, words)
        await asyncio.sleep(0)


class Core:
    """Takes what a core is told."""

    def __init__(self) -> None:
        self.told: list[Command] = []

    def command(self, command: Command) -> str | None:
        self.told.append(command)
        return None

    def news(self) -> list[Command]:
        told, self.told = self.told, []
        return told


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


async def begun(sound: Sound, name: str = "") -> Core:
    core = Core()
    sound.start()
    sound.table(name).begin(core.command)
    await asyncio.sleep(0)
    return core


UNHEARD = SoundOutput("the speakers", confirmed=False)
HEARD = SoundOutput("the speakers", confirmed=True)
FAILS = SinkStatus("sound", working=False, reason=f"no speaker is there: {INSTEAD}")


async def test_a_core_is_told_that_nobody_has_heard_the_tone_yet_until_somebody_has(
    desk: FakeDesk,
) -> None:
    sound = Sound(desk, asks=True)  # type: ignore[arg-type]
    core = await begun(sound)
    assert (core.news(), sound.needs_confirming()) == ([UNHEARD], True)
    assert sound.test_tone() is None
    assert sound.confirm() is None
    assert (core.news(), sound.needs_confirming()) == ([HEARD], False)


async def test_a_voice_that_is_missing_is_said_with_the_sound(desk: FakeDesk) -> None:
    desk.voice_problem = "voice: espeak-ng is not installed"
    sound = Sound(desk, asks=True)  # type: ignore[arg-type]
    core = await begun(sound)
    sound.test_tone()
    sound.confirm()
    heard = SoundOutput("the speakers; voice: espeak-ng is not installed", confirmed=True)
    assert core.news()[-1] == heard


async def test_where_nobody_can_be_asked_nothing_waits_for_an_answer(desk: FakeDesk) -> None:
    sound = Sound(desk)  # type: ignore[arg-type]
    core = await begun(sound)
    assert (core.news(), sound.needs_confirming()) == ([], False)


async def test_sound_that_fails_is_told_to_every_table_and_has_to_be_heard_again(
    desk: FakeDesk,
) -> None:
    sound = Sound(desk, asks=True)  # type: ignore[arg-type]
    one, two = await begun(sound, "one"), await begun(sound, "two")
    sound.test_tone()
    sound.confirm()
    one.news(), two.news()
    await desk.says(False, "no speaker is there")
    assert one.news() == two.news() == [FAILS, UNHEARD]
    assert (sound.words(), sound.needs_confirming()) == ("", False)
    await desk.says(True, "the speakers")
    assert one.news() == two.news() == [SinkStatus("sound", working=True), UNHEARD]
    assert (sound.words(), sound.needs_confirming()) == ("the speakers", True)


async def test_a_tone_that_cannot_be_played_says_once_why_and_what_to_do(desk: FakeDesk) -> None:
    sound = Sound(desk, asks=True)  # type: ignore[arg-type]
    await begun(sound)
    desk.refusal = "an alarm sounds: what is heard is the test"
    assert sound.test_tone() == desk.refusal
    desk.refusal = "no speaker is there"
    await desk.says(False, "no speaker is there")
    assert sound.test_tone() == ("no speaker is there. Mend it, or restart with --no-sound.")


async def test_what_does_not_work_cannot_be_confirmed(desk: FakeDesk) -> None:
    sound = Sound(desk, asks=True)  # type: ignore[arg-type]
    core = await begun(sound)
    await desk.says(False, "no speaker is there")
    core.news()
    sound.confirm()
    assert core.news() == []


async def test_what_was_heard_of_another_output_confirms_nothing(desk: FakeDesk) -> None:
    """The headset was unplugged between the tone and the answer."""
    sound = Sound(desk, asks=True)  # type: ignore[arg-type]
    core = await begun(sound)
    sound.test_tone()
    desk.output = "the HDMI"
    core.news()
    assert sound.confirm() == "the tone was not played on what plays now: play it again"
    assert (core.news(), sound.needs_confirming()) == ([], True)


async def test_a_tone_that_an_alarm_took_the_place_of_confirms_nothing(desk: FakeDesk) -> None:
    sound = Sound(desk, asks=True)  # type: ignore[arg-type]
    await begun(sound)
    sound.test_tone()
    desk.toned = ""
    assert sound.confirm() is not None


async def test_a_session_that_begins_later_is_told_how_the_sound_stands(desk: FakeDesk) -> None:
    sound = Sound(desk, asks=True)  # type: ignore[arg-type]
    await begun(sound)
    await desk.says(False, "no speaker is there")
    assert (await begun(sound, "two")).news() == [FAILS, UNHEARD]


async def test_a_table_that_has_ended_is_told_no_more(desk: FakeDesk) -> None:
    sound = Sound(desk, asks=True)  # type: ignore[arg-type]
    table, core = sound.table(""), Core()
    sound.start()
    assert [listener.name for listener in table.listeners()] == ["sound"]
    table.begin(core.command)
    table.end()
    await desk.says(False, "no speaker is there")
    assert (core.news(), desk.tables[0].ended) == ([], True)


async def test_of_a_simulated_person_no_core_is_told(desk: FakeDesk) -> None:
    sound = Sound(desk, vital=False)  # type: ignore[arg-type]
    core = await begun(sound)
    await desk.says(False, "no speaker is there")
    assert (core.news(), sound.words()) == ([], "")


async def test_after_the_run_the_desks_last_words_disturb_nobody(desk: FakeDesk) -> None:
    sound = Sound(desk)  # type: ignore[arg-type]
    core = await begun(sound)
    sound.close()
    assert not desk.running
    loop = asyncio.new_event_loop()
    loop.close()
    sound.cores._loop = loop
    await desk.says(False, "late")
    assert core.news() == []


@pytest.mark.parametrize(
    ("off", "variable", "enabled", "words"),
    [
        ("off, by --no-sound", "off", False, "off, by --no-sound"),
        ("", "off", False, "off, by UPTURN_SOUND"),
        ("", "", False, "off, by the config"),
    ],
)
async def test_sound_that_is_off_is_said_and_by_whom(
    off: str, variable: str, enabled: bool, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UPTURN_SOUND", variable)
    settings = SoundConfig(enabled=enabled)
    with sounding(settings, Need.VITAL, off=off, asks=True) as sound:
        core = await begun(sound)
        assert core.news() == [SoundOutput(words, confirmed=True)]
        assert (sound.words(), sound.test_tone()) == ("", words)
        assert not sound.needs_confirming()
        assert sound.table("").listeners() == []


@pytest.mark.parametrize(
    ("speed", "need"),
    [(None, Need.VITAL), (1.0, Need.VITAL), (4.0, Need.NONE), (math.inf, Need.NONE)],
)
def test_only_a_run_at_the_pace_of_the_clock_needs_its_sound(
    speed: float | None, need: Need
) -> None:
    assert need_of(argparse.Namespace(speed=speed)) is need
