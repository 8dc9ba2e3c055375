# SPDX-License-Identifier: MIT
"""Several tables on a real terminal: who fails is on it, and after its end on stderr."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE_S = 15.0
START = """
from upturn.errors import RunError
from upturn.transports.simulated import SimulatedSource
chunks = SimulatedSource.chunks
def melting(self, *, paced):
    for number, chunk in enumerate(chunks(self, paced=paced)):
        if number == 3 and "normal" in self.label:
            raise RunError("the cable has melted")
        yield chunk
SimulatedSource.chunks = melting
from upturn.start import entry
entry()
"""


class Terminal:
    """80x24, with the program in it; what it wrote is in `text`, without the ways to write it."""

    def __init__(self, config: Path) -> None:
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80))
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, "run", "--config", str(config)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(slave)
        self._raw = b""

    @property
    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._raw.decode(errors="replace"))

    def reads(self, words: str) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while words not in self.text:
            assert time.monotonic() < end_s, self.text[-2000:]
            if select.select([self._master], [], [], 0.1)[0]:
                self._raw += os.read(self._master, 65536)

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def end(self) -> int:
        """Its exit code; all that it wrote until then has been read."""
        end_s = time.monotonic() + PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < end_s, self.text[-2000:]
            self._read()
        self._read()
        return self.process.returncode

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def _read(self) -> None:
        while select.select([self._master], [], [], 0.05)[0]:
            try:
                self._raw += os.read(self._master, 65536)
            except OSError:  # its other end is closed
                return


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    config = tmp_path / "c.toml"
    scripts = {"den": "too-long", "attic": "normal"}
    config.write_text(
        "".join(f'[[node]]\nname = "{n}"\nsource = "sim:{s}"\n' for n, s in scripts.items())
    )
    opened = Terminal(config)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("how", "code"), [("q", 1), (signal.SIGTERM, 0), ("ctrl-c", 130)], ids=str
)
def test_a_table_that_failed_is_on_the_screen_and_the_others_are_watched_on(
    how: str | signal.Signals, code: int, terminal: Terminal
) -> None:
    terminal.reads("2 *** attic FAILED")
    terminal.press(b"2")
    terminal.reads("The cable has melted.")
    terminal.press(b"\t")
    terminal.reads("▸1 den")
    if isinstance(how, signal.Signals):
        terminal.process.send_signal(how)
    else:
        terminal.press(b"\x03" if how == "ctrl-c" else b"q")
    assert terminal.end() == code
    assert terminal.text.rstrip().endswith("upturn: attic: failed: the cable has melted")
