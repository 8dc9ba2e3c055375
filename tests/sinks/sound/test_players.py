# SPDX-License-Identifier: MIT
"""Sound by programs of the system: a shell script stands in for one, and does what it is told."""

from __future__ import annotations

import shutil
import sys
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.sinks.sound.hearing import pulses
from upturn.core.alarm_table import Kind, Priority
from upturn.sinks.sound import players
from upturn.sinks.sound.outputs import Output, OutputError
from upturn.sinks.sound.patterns import BURSTS
from upturn.sinks.sound.players import ProgramOutput, open_output
from upturn.sinks.sound.synth import RATE_HZ, samples

if sys.platform == "win32":
    pytest.skip("Windows has its own player", allow_module_level=True)

LOW = samples(BURSTS[Priority.LOW, Kind.TECHNICAL])
NAME = "upturn-test-player"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a player there that does this; `$1` is the file, `$HEARD` where to keep things."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("cp", "sleep", "touch"):
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HEARD", str(tmp_path))

    def install(script: str) -> None:
        program = folder / NAME
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    return install


@pytest.fixture
def opened() -> Iterator[Callable[[], ProgramOutput]]:
    outputs: list[Output] = []

    def opened() -> ProgramOutput:
        output = open_output({NAME: ()})
        outputs.append(output)
        assert isinstance(output, ProgramOutput)
        return output

    yield opened
    for output in outputs:
        output.close()


Install = Callable[[str], None]
Opened = Callable[[], ProgramOutput]


def until(done: Callable[[], object]) -> None:
    end_s = time.monotonic() + 30.0
    while not done():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_a_program_gets_each_burst_as_a_file_that_holds_it(
    install: Install, opened: Opened, tmp_path: Path
) -> None:
    install('cp "$1" "$HEARD/heard.wav"')
    output = opened()
    assert output.words == f"the program {NAME}"
    assert output.is_loud
    output.play(LOW)
    until(lambda: output.fault() == "" and not output._runs)
    with wave.open(str(tmp_path / "heard.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32)
    assert heard.size == LOW.size
    assert [p.pitch_hz for p in pulses(heard / np.float32(32767))] == pytest.approx(
        [440, 220], rel=0.01
    )


def test_a_program_that_fails_is_not_taken_and_says_why(install: Install, opened: Opened) -> None:
    install("echo 'pulse is\tnot there' >&2; echo >&2; exit 1")
    with pytest.raises(OutputError) as caught:
        opened()
    assert str(caught.value) == f"{NAME} fails: pulse isnot there"


def test_a_program_that_fails_without_a_word_tells_its_code(
    install: Install, opened: Opened
) -> None:
    install("exit 3")
    with pytest.raises(OutputError, match=f"^{NAME} fails: code 3$"):
        opened()


def test_where_there_is_no_program_at_all_their_names_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutputError) as caught:
        open_output()
    assert str(caught.value) == (
        "no program that plays sound is there (pw-play, paplay, aplay, afplay)"
    )


def test_where_the_sound_service_plays_into_nothing_no_program_is_believed(
    install: Install, opened: Opened, tmp_path: Path
) -> None:
    install("exit 0")
    pactl = tmp_path / "bin" / "pactl"
    pactl.write_text('#!/bin/sh\n[ "$1" = get-default-sink ] && echo auto_null\n')
    pactl.chmod(0o755)
    with pytest.raises(OutputError, match=r"^there is no loudspeaker: the sound service plays"):
        opened()
    pactl.write_text("#!/bin/sh\nexit 1\n")
    assert opened().words == f"the program {NAME}"
    pactl.write_bytes(b"no program at all")
    assert opened().words == f"the program {NAME}"


def test_a_program_that_fails_later_is_a_fault(
    install: Install, opened: Opened, tmp_path: Path
) -> None:
    install('[ -e "$HEARD/broken" ] && { echo "device busy" >&2; exit 1; }; exit 0')
    output = opened()
    (tmp_path / "broken").touch()
    output.play(LOW)
    until(output.fault)
    assert output.fault() == f"{NAME} fails: device busy"


def test_a_program_that_is_gone_is_a_fault(
    install: Install, opened: Opened, tmp_path: Path
) -> None:
    install("exit 0")
    output = opened()
    (tmp_path / "bin" / NAME).unlink()
    output.play(LOW)
    assert output.fault() == f"{NAME} cannot be run: no such file or directory"


def test_a_program_that_hangs_is_ended_and_a_fault(
    install: Install, opened: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install('[ -e "$HEARD/slow" ] && exec sleep 60; exit 0')
    output = opened()
    (tmp_path / "slow").touch()
    monkeypatch.setattr(players, "PATIENCE_S", 0.0)
    output.play(LOW[:100])
    until(output.fault)
    assert output.fault() == f"{NAME} hangs"
    until(lambda: output.fault() and not output._runs)


def test_what_is_cut_ends_at_once_and_is_no_fault(
    install: Install, opened: Opened, tmp_path: Path
) -> None:
    install('[ -e "$HEARD/slow" ] && exec sleep 60; exit 0')
    output = opened()
    (tmp_path / "slow").touch()
    output.play(LOW)
    output.cut()
    until(lambda: output.fault() == "" and not output._runs)


def test_a_program_that_does_not_want_to_end_is_ended(
    install: Install, opened: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install("""[ -e "$HEARD/slow" ] || exit 0
trap '' TERM
touch "$HEARD/deaf"
while :; do sleep 0.02; done""")
    output = opened()
    (tmp_path / "slow").touch()
    monkeypatch.setattr(players, "KILL_S", 0.05)
    output.play(LOW)
    until((tmp_path / "deaf").exists)
    output.play(LOW)  # the next burst does not wait for it
    assert len(output._runs) == 2
    output.cut()
    until(lambda: output.fault() == "" and not output._runs)


def test_closing_leaves_neither_program_nor_file(
    install: Install, opened: Opened, tmp_path: Path
) -> None:
    install('[ -e "$HEARD/slow" ] && exec sleep 60; exit 0')
    output = opened()
    (tmp_path / "slow").touch()
    output.play(LOW)
    process = output._runs[0].process
    output.close()
    assert process.returncode is not None
    assert not output._folder.exists()
