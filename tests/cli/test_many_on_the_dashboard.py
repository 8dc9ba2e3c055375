# SPDX-License-Identifier: MIT
"""Several tables on a real terminal: who fails is on it, and after its end on stderr."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import Terminal

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


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    config = tmp_path / "c.toml"
    scripts = {"den": "too-long", "attic": "normal"}
    config.write_text(
        "".join(f'[[node]]\nname = "{n}"\nsource = "sim:{s}"\n' for n, s in scripts.items())
    )
    with Terminal([sys.executable, "-c", START, "run", "--config", str(config)]) as opened:
        yield opened


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
