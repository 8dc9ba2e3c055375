# SPDX-License-Identifier: MIT
"""Speech by the real espeak-ng, and by engines that fail in every way that one can."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.programs import program
from upturn.config.model import LANGUAGES
from upturn.core.alarm_table import Priority
from upturn.sinks.sound.conductor import PHRASE_PAUSE_S
from upturn.sinks.sound.patterns import BURSTS
from upturn.sinks.sound.phrases import (
    Phrase,
    PhraseId,
    every_part,
    every_phrase,
    phrase,
)
from upturn.sinks.sound.speakers import (
    ESPEAK,
    SAPI,
    SAY,
    Engine,
    Found,
    SpeechError,
    find_engine,
    render,
)
from upturn.sinks.sound.speech import (
    LOUDNESS,
    PEAK,
    URGENT_S,
    Speaker,
    decoded,
    levelled,
    resampled,
    trimmed,
)
from upturn.sinks.sound.synth import RATE_HZ, Samples

DEADLINE_S = 30.0
WORDS = "Come up now."
TEXT = "Kopfüber; $(reboot) `x` 'y' \"z\""


@pytest.fixture(scope="module")
def espeak() -> Found:
    return Found(ESPEAK, program("espeak-ng", "espeak-ng"))


@pytest.fixture
def speaker() -> Iterator[Callable[[Found], Speaker]]:
    made: list[Speaker] = []

    def make(found: Found, **settings: object) -> Speaker:
        made.append(Speaker(lambda: found, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()


def fake(folder: Path, body: str) -> Found:
    """An engine that is called as espeak-ng is; `WAV` is the file that it shall write."""
    script = folder / "engine"
    start = f"#!{sys.executable}\nimport os, sys, time\nWAV = sys.argv[sys.argv.index('-w') + 1]\n"
    script.write_text(start + body, encoding="utf-8")
    script.chmod(0o755)
    return Found(replace(ESPEAK, program="engine"), str(script))


def wav(
    seconds: float = 0.5,
    *,
    rate_hz: int = 22050,
    channels: int = 1,
    width: int = 2,
    level: int = 99,
) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(bytes([level, 0]) * (round(seconds * rate_hz) * channels * width // 2))
    return out.getvalue()


def awaited(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.005)


def rendered(found: Found, text: str, language: str = "en", patience_s: float = 20.0) -> bytes:
    return render(found, text, language, stop=threading.Event(), patience_s=patience_s)


def refusal(found: Found, patience_s: float = 20.0) -> str:
    with pytest.raises(SpeechError) as caught:
        decoded(rendered(found, WORDS, patience_s=patience_s))
    return str(caught.value)


# What is heard


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_spoken_at_our_rate_as_loud_as_all_others(
    espeak: Found, speaker: Callable[..., Speaker], language: str
) -> None:
    voice = speaker(espeak, patience_s=20.0)
    phrases = every_phrase("", 90.0)
    parts = every_part(phrases, language)
    voice.prepare(parts, language)
    awaited(lambda: all(voice.ready(part, language) for part in parts))
    for told in phrases:
        samples = voice.spoken(told, language)
        assert samples is not None
        assert samples.dtype == np.float32
        assert samples.ndim == 1
        assert 0.3 < len(samples) / RATE_HZ < URGENT_S
        assert 0.5 < np.abs(samples).max() <= PEAK
        assert np.abs(samples[[0, -1]]).max() < 0.001, "it does not click"
        assert np.sqrt(np.mean(samples**2)) == pytest.approx(LOUDNESS, abs=0.04)
    assert voice.problem == ""


def test_what_is_urgent_fits_between_two_bursts_of_a_high_alarm() -> None:
    """What every phrase has to keep to is measured above, in every language."""
    repeats_s = [
        burst.repeat_s for (priority, _), burst in BURSTS.items() if priority is Priority.HIGH
    ]
    assert min(repeats_s) - PHRASE_PAUSE_S > URGENT_S


@pytest.mark.parametrize(
    ("language", "digits", "words"),
    [
        ("en", "Rest 90 seconds.", "Rest ninety seconds."),
        ("de", "90 Sekunden ausruhen.", "Neunzig Sekunden ausruhen."),
        ("en", "Rest 120 seconds.", "Rest one hundred and twenty seconds."),
    ],
)
def test_digits_are_read_as_numbers(espeak: Found, language: str, digits: str, words: str) -> None:
    read, spelt = (decoded(rendered(espeak, text, language))[0] for text in (digits, words))
    assert len(read) == pytest.approx(len(spelt), rel=0.15)


def test_umlauts_reach_the_engine(espeak: Found) -> None:
    plain, umlaut = (decoded(rendered(espeak, t, "de"))[0] for t in ("Kopfuber.", "Kopfüber."))
    assert not np.array_equal(plain, umlaut)
    mangled = decoded(rendered(espeak, "Kopfüber.".encode().decode("latin-1"), "de"))[0]
    assert not np.array_equal(mangled, umlaut)


def test_another_rate_is_the_same_speech(espeak: Found, speaker: Callable[..., Speaker]) -> None:
    voice = speaker(espeak, patience_s=20.0)
    for rate_hz in (16000, 22050, 48000):
        voice.prepare([WORDS], "en", rate_hz)
        awaited(lambda rate_hz=rate_hz: voice.ready(WORDS, "en", rate_hz))  # type: ignore[misc]
    lengths_s = []
    for rate_hz in (16000, 22050, 48000):
        samples = voice.samples(WORDS, "en", rate_hz)
        assert samples is not None
        lengths_s.append(len(samples) / rate_hz)
    assert lengths_s == pytest.approx([lengths_s[0]] * 3, abs=0.001)


# Names


def named(voice: Speaker, name: str, id: PhraseId) -> tuple[Samples | None, Samples | None]:
    """The words alone, and with the table's name, once the engine has had its time."""
    told = phrase(id, name, 90.0, 0.0)
    parts = told.parts("en")
    voice.prepare(parts, "en")
    awaited(lambda: all(voice.ready(part, "en") for part in parts))
    return voice.samples(parts[-1], "en"), voice.spoken(told, "en")


def test_the_tables_name_is_said_before_the_words(
    espeak: Found, speaker: Callable[..., Speaker]
) -> None:
    alone, full = named(speaker(espeak, patience_s=20.0), "den", PhraseId.COME_UP)
    assert alone is not None
    assert full is not None
    assert len(alone) + 0.3 * RATE_HZ < len(full) < URGENT_S * RATE_HZ
    assert np.array_equal(full[-len(alone) :], alone)


def test_a_long_name_gives_way_to_what_is_urgent_and_to_nothing_else(
    espeak: Found, speaker: Callable[..., Speaker]
) -> None:
    voice = speaker(espeak, patience_s=20.0)
    alone, full = named(voice, "the old table in the upper hall", PhraseId.SENSOR_FAILED)
    assert alone is full
    alone, full = named(voice, "the old table in the upper hall", PhraseId.REST)
    assert alone is not None
    assert full is not None
    assert len(full) > len(alone) + RATE_HZ


def test_a_name_that_is_not_rendered_holds_up_nothing_urgent(
    espeak: Found, speaker: Callable[..., Speaker]
) -> None:
    voice = speaker(espeak, patience_s=20.0)
    words = ("Come up now.", "Inverted.")
    voice.prepare(words, "en")
    awaited(lambda: all(voice.ready(text, "en") for text in words))
    assert voice.spoken(Phrase(PhraseId.INVERTED, "den"), "en") is None
    found = voice.spoken(Phrase(PhraseId.COME_UP, "hall"), "en")
    assert found is voice.samples("Come up now.", "en")


# Waiting for nothing


def test_what_is_not_rendered_is_not_said_now_but_the_next_time(
    espeak: Found, speaker: Callable[..., Speaker]
) -> None:
    voice = speaker(espeak, patience_s=20.0)
    assert voice.samples(WORDS, "en") is None
    awaited(lambda: voice.samples(WORDS, "en") is not None)


def test_an_engine_that_hangs_holds_up_nobody_and_says_so(
    tmp_path: Path, speaker: Callable[..., Speaker]
) -> None:
    voice = speaker(fake(tmp_path, "time.sleep(60)"), patience_s=0.3)
    voice.prepare([WORDS], "en")
    awaited(lambda: voice.problem != "")
    assert voice.problem == "voice: engine: gave no answer within 0.3 s"
    assert voice.samples(WORDS, "en") is None


def test_what_failed_is_tried_again_after_a_while_and_the_problem_is_over(
    tmp_path: Path, speaker: Callable[..., Speaker]
) -> None:
    now_s = [100.0]
    runs = tmp_path / "runs"
    once = f"open({str(runs)!r}, 'a').write('x')\n"
    once += f"if not os.path.exists({str(tmp_path / 'good')!r}): sys.exit(7)\n"
    (tmp_path / "sound").write_bytes(wav())
    copy = f"open(WAV, 'wb').write(open({str(tmp_path / 'sound')!r}, 'rb').read())"
    voice = speaker(fake(tmp_path, once + copy), patience_s=20.0, clock=lambda: now_s[0])
    voice.prepare([WORDS], "en")
    awaited(lambda: voice.problem != "")
    assert voice.problem == "voice: engine: ended with exit code 7"
    (tmp_path / "good").touch()
    now_s[0] = 129.9
    voice.prepare([WORDS], "en")
    voice.prepare(["Inverted."], "en")
    awaited(lambda: voice.ready("Inverted.", "en"))
    assert not voice.ready(WORDS, "en")
    assert runs.read_text() == "xx"
    assert voice.problem == "voice: engine: ended with exit code 7"
    now_s[0] = 130.0
    voice.prepare([WORDS], "en")
    awaited(lambda: voice.ready(WORDS, "en") and voice.problem == "")


def test_a_text_is_rendered_once_however_often_it_is_asked_for(
    tmp_path: Path, speaker: Callable[..., Speaker]
) -> None:
    runs = tmp_path / "runs"
    (tmp_path / "sound").write_bytes(wav())
    voice = speaker(
        fake(
            tmp_path,
            f"open({str(runs)!r}, 'a').write('x')\n"
            f"open(WAV, 'wb').write(open({str(tmp_path / 'sound')!r}, 'rb').read())",
        ),
        patience_s=20.0,
    )
    for _ in range(3):
        voice.prepare([WORDS, WORDS], "en")
    awaited(lambda: voice.ready(WORDS, "en"))
    voice.prepare([WORDS, "Inverted."], "en")
    awaited(lambda: voice.ready("Inverted.", "en"))
    assert runs.read_text() == "xx"


def test_closing_ends_an_engine_at_work(tmp_path: Path, speaker: Callable[..., Speaker]) -> None:
    started = tmp_path / "started"
    body = f"open({str(started)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"
    voice = speaker(fake(tmp_path, body), patience_s=50.0)
    voice.prepare([WORDS, "Inverted."], "en")
    awaited(lambda: started.exists() and started.read_text() != "")
    thread = voice._thread
    assert thread is not None
    voice.close()
    awaited(lambda: not thread.is_alive())
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
    voice.prepare(["Safe to invert again."], "en")
    assert voice.samples(WORDS, "en") is None


def test_a_fault_of_our_own_is_no_more_than_a_problem_of_the_voice(
    espeak: Found, speaker: Callable[..., Speaker]
) -> None:
    voice = speaker(espeak)
    voice.prepare([WORDS], "xx")
    awaited(lambda: voice.problem != "")
    assert voice.problem == "voice: espeak-ng: KeyError: 'xx'"


# Engines that fail

FLOOD = "out = open(WAV, 'wb')\nwhile True: out.write(bytes(1_000_000))"
GRUMBLE = "sys.stderr.write('\\n  no such \\x1b voice\\nmore\\n'); sys.exit(1)"
ENGINES: dict[str, tuple[str, str]] = {
    "writes nothing": ("pass", "wrote no sound"),
    "writes an empty file": ("open(WAV, 'w')", "wrote no WAV file"),
    "prints rubbish": ("open(WAV, 'wb').write(os.urandom(5000))", "wrote no WAV file"),
    "fails in silence": ("sys.exit(3)", "ended with exit code 3"),
    "fails with words": (GRUMBLE, "no such ? voice"),
    "dies": ("os.kill(os.getpid(), 9)", "ended with exit code -9"),
    "floods": (FLOOD, "writes without end"),
}


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_that_fails_is_told_of_in_one_line(tmp_path: Path, name: str) -> None:
    body, words = ENGINES[name]
    assert refusal(fake(tmp_path, body)) == words


def test_an_engine_that_cannot_be_started_is_told_of(tmp_path: Path) -> None:
    script = tmp_path / "engine"
    script.write_bytes(b"\x7fELF, but not really")
    script.chmod(0o755)
    found = Found(replace(ESPEAK, program="engine"), str(script))
    assert refusal(found) == "does not start: Exec format error"
    assert refusal(replace(found, program=str(tmp_path / "gone"))).startswith("does not start: ")


def test_a_voice_that_espeak_has_not_is_told_of_in_its_own_words(espeak: Found) -> None:
    engine = replace(ESPEAK, voices={"en": "klingon-of-old"})
    assert "voice" in refusal(replace(espeak, engine=engine))


BAD_SOUND: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "wrote no WAV file"),
    "cut in its header": (wav()[:30], "wrote no WAV file"),
    "of 8 bits": (wav(width=1), "wrote 1 channels of 8 bits at 22050 Hz"),
    "of three channels": (wav(channels=3), "wrote 3 channels of 16 bits at 22050 Hz"),
    "of no rate that we know": (wav(rate_hz=4000), "wrote 1 channels of 16 bits at 4000 Hz"),
    "silent": (wav(level=0), "wrote silence"),
    "of no length": (wav(0.0), "wrote silence"),
    "endless": (wav(16.0), "wrote 16 s for a phrase"),
}


@pytest.mark.parametrize("name", BAD_SOUND)
def test_sound_that_cannot_be_speech_is_refused(name: str) -> None:
    raw, words = BAD_SOUND[name]
    with pytest.raises(SpeechError) as caught:
        decoded(raw)
    assert str(caught.value) == words


def test_a_file_whose_header_promises_more_than_there_is_is_read_as_far_as_it_goes() -> None:
    """As espeak-ng writes to a pipe."""
    raw = bytearray(wav(0.5))
    raw[4:8] = raw[40:44] = struct.pack("<I", 0x7FFFF000)
    samples, rate_hz = decoded(bytes(raw))
    assert (len(samples), rate_hz) == (11025, 22050)


def test_two_channels_become_one() -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(22050)
        file.writeframes(struct.pack("<4h", 16384, 0, 0, -16384))
    assert decoded(out.getvalue())[0].tolist() == [0.25, -0.25]


# Samples


def tone(hz: float, rate_hz: int, seconds: float = 0.5, level: float = 0.3) -> Samples:
    t_s = np.arange(round(seconds * rate_hz)) / rate_hz
    swell = np.sin(np.pi * t_s / seconds) ** 2
    return (level * swell * np.sin(2 * np.pi * hz * t_s)).astype(np.float32)


@pytest.mark.parametrize("from_hz", [16000, 22050, 44100, 48000])
def test_another_rate_keeps_pitch_and_level_and_adds_nothing(from_hz: int) -> None:
    moved = resampled(tone(1000.0, from_hz), from_hz, RATE_HZ)
    assert len(moved) == round(0.5 * RATE_HZ)
    assert moved.dtype == np.float32
    assert np.abs(moved - tone(1000.0, RATE_HZ)).max() < 0.001


def test_silence_around_speech_is_cut_to_a_moment() -> None:
    silence = np.zeros(RATE_HZ, np.float32)
    speech = np.ones(1000, np.float32)
    found = trimmed(np.concatenate([silence, speech, silence]), RATE_HZ)
    assert len(found) == 1000 + 2 * round(0.02 * RATE_HZ)
    assert np.array_equal(trimmed(speech, RATE_HZ), found)


@pytest.mark.parametrize("level", [0.001, 0.1, 1.0])
def test_every_engine_is_as_loud_as_the_others(level: float) -> None:
    samples = levelled(tone(400.0, RATE_HZ, level=level))
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(LOUDNESS, rel=0.15)


def test_a_click_is_no_louder_than_the_peak() -> None:
    samples = np.zeros(RATE_HZ, np.float32)
    samples[100] = 1.0
    assert np.abs(levelled(samples)).max() <= PEAK


# Which engine, and how it is called


def only(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    monkeypatch.setattr(
        shutil, "which", lambda name: f"/there/{name}" if name in programs else None
    )


@pytest.mark.parametrize(
    ("platform", "programs", "engine"),
    [
        ("linux", ("espeak-ng", "say"), ESPEAK),
        ("freebsd14", ("espeak-ng",), ESPEAK),
        ("darwin", ("espeak-ng", "say"), SAY),
        ("darwin", ("espeak-ng",), ESPEAK),
        ("win32", ("espeak-ng", "powershell"), SAPI),
    ],
)
def test_each_system_speaks_by_its_own_engine_before_others(
    monkeypatch: pytest.MonkeyPatch, platform: str, programs: tuple[str, ...], engine: Engine
) -> None:
    only(monkeypatch, *programs)
    assert find_engine(platform) == Found(engine, f"/there/{engine.program}")


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_without_an_engine_it_is_said_what_to_install_and_the_tones_go_on(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    only(monkeypatch)
    voice = Speaker(lambda: find_engine(platform))
    assert voice.problem == (
        "voice: espeak-ng is not installed: "
        "install it (apt install espeak-ng, brew install espeak-ng)"
    )
    voice.prepare([WORDS], "en")
    assert voice.samples(WORDS, "en") is None
    assert voice.spoken(Phrase(PhraseId.COME_UP), "en") is None
    assert voice._thread is None
    voice.close()


def called(
    folder: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine, language: str
) -> dict[str, str]:
    """What a program in the engine's place is given."""
    (folder / "sound").write_bytes(wav())
    told = folder / "told"
    body = (
        f"#!{sys.executable}\n"
        "import json, os, sys\n"
        "told = {'arguments': '|'.join(sys.argv[1:]), 'text': sys.stdin.buffer.read().decode()}\n"
        "told |= {k: v for k, v in os.environ.items() if k.startswith('UPTURN_SPEECH')}\n"
        f"json.dump(told, open({str(told)!r}, 'w'))\n"
        f"wav = os.environ['UPTURN_SPEECH_WAV']\n"
        f"open(wav, 'wb').write(open({str(folder / 'sound')!r}, 'rb').read())\n"
    )
    script = folder / engine.program
    script.write_text(body, encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    found = Found(engine, str(script))
    assert rendered(found, TEXT, language) == wav()
    given: dict[str, str] = json.loads(told.read_text())
    where = Path(given["UPTURN_SPEECH_WAV"]).parent
    assert not where.exists(), "nothing is left behind"
    return {key: value.replace(str(where), "F") for key, value in given.items()}


@pytest.mark.parametrize(("language", "voice"), [("en", "en-gb"), ("de", "de")])
def test_espeak_is_called_without_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, voice: str
) -> None:
    given = called(tmp_path, monkeypatch, ESPEAK, language)
    assert given["arguments"] == f"--stdin|-b|1|-v|{voice}|-s|155|-w|F/speech.wav"
    assert given["text"] == TEXT


@pytest.mark.parametrize(("language", "voice"), [("en", "Samantha"), ("de", "Anna")])
def test_say_is_called_as_its_manual_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, voice: str
) -> None:
    given = called(tmp_path, monkeypatch, SAY, language)
    assert given["arguments"] == (
        f"-f|-|-v|{voice}|-r|155|-o|F/speech.wav|--data-format=LEI16@22050"
    )
    assert given["text"] == TEXT


def test_sapi_finds_its_text_and_its_file_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = called(tmp_path, monkeypatch, SAPI, "de")
    *flags, script = given["arguments"].split("|", 3)
    assert flags == ["-NoProfile", "-NonInteractive", "-Command"]
    assert '"' not in script
    assert "\n" not in script
    for name, value in (("TEXT", "F/text"), ("WAV", "F/speech.wav"), ("LANGUAGE", "de")):
        assert f"$env:UPTURN_SPEECH_{name}" in script
        assert given[f"UPTURN_SPEECH_{name}"] == value
