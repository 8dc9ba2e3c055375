# SPDX-License-Identifier: MIT
"""The programs that turn text into speech: one row each, and how one is run.

The law: text and sound go through files in a folder of our own, never through a shell, and a
program that hangs, floods or breaks costs its time-out and nothing else.

espeak-ng is what the tests run, version 1.51. `say` of macOS and SAPI of Windows are called as
their makers document it, by tests with a fake program; nobody has heard them yet.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PATIENCE_S = 5.0
"""espeak-ng takes 20 ms for a phrase; a laptop that has just woken up may take a second."""
POLL_S = 0.05
END_S = 1.0
MAX_WAV_BYTES = 4_000_000
"""20 s at 44100 Hz and two channels; the longest phrase takes 3 s."""
MAX_WORDS = 80
WORDS_PER_MINUTE = 155
"""A little slower than engines speak by themselves (175): ears that are upside down are busy."""

_TEXT, _WAV, _LANGUAGE = "UPTURN_SPEECH_TEXT", "UPTURN_SPEECH_WAV", "UPTURN_SPEECH_LANGUAGE"

# Names reach this script by the environment: nothing has to be quoted, and any character passes.
_SAPI_SCRIPT = " ".join(
    (
        "$ErrorActionPreference = 'Stop';",
        "Add-Type -AssemblyName System.Speech;",
        "$speech = New-Object System.Speech.Synthesis.SpeechSynthesizer;",
        "$voice = $speech.GetInstalledVoices() | Where-Object { $_.Enabled -and",
        f"$_.VoiceInfo.Culture.TwoLetterISOLanguageName -eq $env:{_LANGUAGE} }}",
        "| Select-Object -First 1;",
        "if (-not $voice)",
        "{ [Console]::Error.WriteLine('no voice of this language is installed'); exit 3 };",
        "$speech.SelectVoice($voice.VoiceInfo.Name);",
        f"$speech.SetOutputToWaveFile($env:{_WAV});",
        f"$speech.Speak([IO.File]::ReadAllText($env:{_TEXT}));",
        "$speech.Dispose()",
    )
)


class SpeechError(Exception):
    """Why there is no speech, in words that go on after the program's name."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One program. `arguments` makes its command line from a voice's name and the file to write.

    It finds the text on its standard input, as UTF-8.
    """

    program: str
    install: str
    """What to do where it is missing."""
    voices: Mapping[str, str]
    """Its name of a voice for each language."""
    arguments: Callable[[str, Path], tuple[str, ...]]


ESPEAK = Engine(
    "espeak-ng",
    "install it (apt install espeak-ng, brew install espeak-ng)",
    {"en": "en-gb", "de": "de"},
    lambda voice, wav: (
        *("--stdin", "-b", "1", "-v", voice),
        *("-s", str(WORDS_PER_MINUTE), "-w", str(wav)),
    ),
)
SAY = Engine(
    "say",
    "it is part of macOS",
    {"en": "Samantha", "de": "Anna"},
    lambda voice, wav: (
        *("-f", "-", "-v", voice, "-r", str(WORDS_PER_MINUTE)),
        *("-o", str(wav), "--data-format=LEI16@22050"),
    ),
)
SAPI = Engine(
    "powershell",
    "it is part of Windows",
    {"en": "en", "de": "de"},
    lambda _voice, _wav: ("-NoProfile", "-NonInteractive", "-Command", _SAPI_SCRIPT),
)
ENGINES: dict[str, tuple[Engine, ...]] = {"darwin": (SAY, ESPEAK), "win32": (SAPI, ESPEAK)}
"""By `sys.platform`, the first that is there; elsewhere it is espeak-ng."""


@dataclass(frozen=True, slots=True)
class Found:
    """An engine, and where its program is."""

    engine: Engine
    program: str


def find_engine(platform: str = sys.platform) -> Found:
    """The engine of this computer.

    Raises:
        SpeechError: there is none.
    """
    engines = ENGINES.get(platform, (ESPEAK,))
    for engine in engines:
        program = shutil.which(engine.program)
        if program is not None:
            return Found(engine, program)
    wanted = engines[-1]
    raise SpeechError(f"{wanted.program} is not installed: {wanted.install}")


def render(
    found: Found,
    text: str,
    language: str,
    *,
    stop: threading.Event,
    patience_s: float = PATIENCE_S,
) -> bytes:
    """The WAV file that the engine makes of a text; takes up to `patience_s`, less after `stop`.

    Raises:
        SpeechError: it made none.
    """
    voice = found.engine.voices[language]
    with tempfile.TemporaryDirectory(prefix="upturn-voice-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, wav, errors = folder / "text", folder / "speech.wav", folder / "errors"
        source.write_text(text, encoding="utf-8")
        names = {_TEXT: str(source), _WAV: str(wav), _LANGUAGE: language}
        command = [found.program, *found.engine.arguments(voice, wav)]
        with source.open("rb") as text_file, errors.open("wb") as error_file:
            process = _started(command, names, text_file, error_file)
            try:
                code = _awaited(process, (wav, errors), stop, patience_s)
            finally:
                _end(process)
        if code != 0:
            raise SpeechError(_first_words(errors) or f"ended with exit code {code}")
        try:
            return wav.read_bytes()
        except OSError:
            raise SpeechError(_first_words(errors) or "wrote no sound") from None


def _started(
    command: list[str], names: Mapping[str, str], text: BinaryIO, errors: BinaryIO
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - the program that was found
            command,
            stdin=text,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, **names},
            start_new_session=True,  # Ctrl-C is for us
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise SpeechError(f"does not start: {error.strerror or error}") from None


def _awaited(
    process: subprocess.Popen[bytes],
    files: tuple[Path, ...],
    stop: threading.Event,
    patience_s: float,
) -> int:
    """Its exit code."""
    deadline_s = time.monotonic() + patience_s
    while True:
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(POLL_S)
            _check_size(files)
            return code
        _check_size(files)
        if stop.is_set():
            raise SpeechError("was stopped")
        if time.monotonic() > deadline_s:
            raise SpeechError(f"gave no answer within {patience_s:g} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        with suppress(subprocess.TimeoutExpired):  # one that cannot be killed is left behind
            process.wait(END_S)


def _check_size(files: tuple[Path, ...]) -> None:
    for file in files:
        with suppress(OSError):
            if file.stat().st_size > MAX_WAV_BYTES:
                raise SpeechError("writes without end")


def _first_words(errors: Path) -> str:
    with errors.open("rb") as stream:
        said = stream.read(4 * MAX_WORDS).decode("utf-8", errors="replace")
    words = next((line.strip() for line in said.splitlines() if line.strip()), "")
    return "".join(c if c.isprintable() else "?" for c in words)[:MAX_WORDS]
