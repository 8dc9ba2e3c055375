# SPDX-License-Identifier: MIT
"""Sound without any library: the system's own programs, one run of it a burst.

The law: a program is believed when it has played silence without complaint, and no longer than it
ends well. It gets a file in a folder of our own; none is waited for.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
import wave
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from upturn.sinks.sound.outputs import (
    NOTHING_SINK,
    MissingError,
    NowhereError,
    Output,
    OutputError,
)
from upturn.sinks.sound.synth import RATE_HZ, Samples

PROGRAMS: dict[str, tuple[str, ...]] = {
    "pw-play": (),
    "paplay": (),
    "aplay": ("-q",),
    "afplay": (),
}
"""And what it wants to be told before the name of the file; the best first."""
PROOF_S = 0.1
PATIENCE_S = 3.0
"""Longer than the sound itself: a program that takes more hangs."""
KILL_S = 0.5
MAX_WORDS = 80
FILES = 8
"""That may be in use at once; then the oldest is written anew."""


def open_output(programs: dict[str, tuple[str, ...]] | None = None) -> Output:
    """The first program that plays.

    Raises:
        OutputError: there is none, or none that plays.
    """
    if sys.platform == "win32":
        return WindowsOutput()
    if _default_sink() == NOTHING_SINK:
        raise NowhereError
    why = []
    for name, options in (PROGRAMS if programs is None else programs).items():
        path = shutil.which(name)
        if path is None:
            continue
        output = ProgramOutput(name, (path, *options))
        try:
            output.prove()
        except OutputError as error:
            output.close()
            why.append(str(error))
        else:
            return output
    if why:
        raise OutputError("; ".join(why))
    raise MissingError(f"no program that plays sound is there ({', '.join(PROGRAMS)})")


def _default_sink() -> str:
    """Where PulseAudio or PipeWire plays to; empty where nobody can say."""
    pactl = shutil.which("pactl")
    if pactl is None:
        return ""
    try:
        told = subprocess.run(  # noqa: S603 - a program of the system
            (pactl, "get-default-sink"), capture_output=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.decode(errors="replace").strip()


@dataclass(slots=True)
class _Run:
    process: subprocess.Popen[bytes]
    errors: Path
    until_s: float
    """It hangs if it still runs then."""
    cut: bool = False


class ProgramOutput:
    """One program, run for each burst."""

    is_loud = True

    def __init__(self, name: str, command: tuple[str, ...]) -> None:
        self.words = f"the program {name}"
        self._name = name
        self._command = command
        self._folder = Path(tempfile.mkdtemp(prefix="upturn-sound-"))
        self._runs: list[_Run] = []
        self._count = 0
        self._fault = ""

    def prove(self) -> None:
        """Play silence.

        Raises:
            OutputError: it fails.
        """
        self.play(np.zeros(round(PROOF_S * RATE_HZ), dtype=np.float32))
        while not self.fault() and self._runs:
            time.sleep(0.02)
        if self._fault:
            raise OutputError(self._fault)

    def play(self, samples: Samples) -> None:
        self.cut()
        self._count += 1
        stem = self._folder / str(self._count % FILES)
        sound, errors = stem.with_suffix(".wav"), stem.with_suffix(".errors")
        try:
            write_wav(sound, samples)
            with errors.open("wb") as told:
                process = subprocess.Popen(  # noqa: S603 - a program of the system, and our file
                    (*self._command, str(sound)),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=told,
                )
        except OSError as error:
            self._fault = f"{self._name} cannot be run: {(error.strerror or str(error)).lower()}"
            return
        until_s = time.monotonic() + samples.size / RATE_HZ + PATIENCE_S
        self._runs.append(_Run(process, errors, until_s))

    def cut(self) -> None:
        for run in self._runs:
            if not run.cut:
                run.cut = True
                run.until_s = time.monotonic() + KILL_S
                run.process.terminate()

    def fault(self) -> str:
        now_s = time.monotonic()
        for run in list(self._runs):
            code = run.process.poll()
            if code is not None:
                self._runs.remove(run)
                if code != 0 and not run.cut:
                    self._fault = f"{self._name} fails: {_last_line(run.errors, code)}"
            elif now_s >= run.until_s:
                run.process.kill()
                if not run.cut:
                    self._fault = f"{self._name} hangs"
                    run.cut = True
        return self._fault

    def close(self) -> None:
        for run in self._runs:
            run.process.kill()
        for run in self._runs:
            with suppress(subprocess.TimeoutExpired):
                run.process.wait(KILL_S)
        self._runs.clear()
        shutil.rmtree(self._folder, ignore_errors=True)


def write_wav(path: Path, samples: Samples) -> None:
    """16 bits, one channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((samples * 32767.0).round().astype("<i2").tobytes())


def _last_line(errors: Path, code: int) -> str:
    """What it said at last, or its code."""
    try:
        lines = errors.read_bytes()[-400:].decode(errors="replace").splitlines()
    except OSError:
        lines = []
    said = ["".join(c for c in line if c.isprintable()).strip() for line in lines]
    return next((line[:MAX_WORDS] for line in reversed(said) if line), f"code {code}")


if sys.platform == "win32":
    import winsound

    class WindowsOutput:
        """What every Windows has: it plays a file, one at a time, and goes on at once."""

        words = "Windows' own player"
        is_loud = True

        def __init__(self) -> None:
            self._folder = Path(tempfile.mkdtemp(prefix="upturn-sound-"))
            self._count = 0
            self._fault = ""

        def play(self, samples: Samples) -> None:
            self._count += 1
            sound = self._folder / f"{self._count % FILES}.wav"
            flags = winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT
            try:
                write_wav(sound, samples)
                winsound.PlaySound(str(sound), flags)
            except (OSError, RuntimeError) as error:
                self._fault = f"Windows plays no sound: {error}"

        def cut(self) -> None:
            with suppress(RuntimeError):
                winsound.PlaySound(None, winsound.SND_PURGE)

        def fault(self) -> str:
            return self._fault

        def close(self) -> None:
            self.cut()
            shutil.rmtree(self._folder, ignore_errors=True)
