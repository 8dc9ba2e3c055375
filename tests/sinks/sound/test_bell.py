# SPDX-License-Identifier: MIT
"""The terminal's bell, in a terminal."""

from __future__ import annotations

import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from upturn.core.alarm_table import Kind, Priority
from upturn.sinks.sound.bell import BellOutput, open_output
from upturn.sinks.sound.outputs import OutputError
from upturn.sinks.sound.patterns import BURSTS
from upturn.sinks.sound.synth import samples

BURST = samples(BURSTS[Priority.HIGH, Kind.PERSON])


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    yield ours, os.ttyname(theirs)
    os.close(theirs)
    os.close(ours)


def test_it_rings_once_for_a_burst_and_says_that_it_is_no_alarm_sound(
    terminal: tuple[int, str],
) -> None:
    ours, name = terminal
    output = open_output(name)
    assert (output.words, output.is_loud) == ("only the terminal's bell", False)
    output.play(BURST)
    output.play(np.zeros(0, np.float32))
    output.cut()
    output.play(BURST)
    heard = b""
    while len(heard) < 2:  # a terminal hands on what it has
        heard += os.read(ours, 100)
    assert heard == b"\a\a"
    assert output.fault() == ""
    output.close()
    output.close()


def test_a_terminal_that_is_gone_is_a_fault() -> None:
    output = BellOutput(-1)
    output.play(BURST)
    assert output.fault() == "the terminal is gone"


def test_a_terminal_that_was_stopped_is_not_waited_for() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, bytes(4096))
    except BlockingIOError:
        pass
    output = BellOutput(writing)
    output.play(BURST)
    assert output.fault() == ""
    output.close()
    os.close(reading)


def test_without_a_terminal_there_is_no_bell(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"^there is no terminal to ring its bell$"):
        open_output(str(tmp_path / "none"))
