# SPDX-License-Identifier: MIT
"""Several tables on a real terminal: who fails is on it, and after its end on stderr."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import Terminal

UPTURN = [sys.executable, "-m", "upturn", "run"]
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
def config(tmp_path: Path) -> Path:
    path = tmp_path / "c.toml"
    scripts = {"den": "too-long", "attic": "normal"}
    path.write_text(
        "".join(f'[[node]]\nname = "{n}"\nsource = "sim:{s}"\n' for n, s in scripts.items())
    )
    return path


@pytest.fixture
def terminal(config: Path) -> Iterator[Terminal]:
    with Terminal([sys.executable, "-c", START, "run", "--config", str(config)]) as opened:
        yield opened


def end(terminal: Terminal, how: str | signal.Signals) -> int:
    if isinstance(how, signal.Signals):
        terminal.process.send_signal(how)
    else:
        terminal.press(b"\x03" if how == "ctrl-c" else how.encode())
    return terminal.end()


@pytest.mark.parametrize(
    ("how", "code"), [("q", 1), (signal.SIGTERM, 0), ("ctrl-c", 130)], ids=str
)
def test_a_table_that_failed_is_on_the_screen_and_the_others_are_watched_on(
    how: str | signal.Signals, code: int, terminal: Terminal
) -> None:
    terminal.reads("2 *** attic sim FAILED")
    terminal.press(b"2")
    terminal.reads("The cable has melted.")
    terminal.press(b"\t")
    terminal.reads("▸1 den")
    assert end(terminal, how) == code
    assert terminal.text.rstrip().endswith("upturn: attic: failed: the cable has melted")


@pytest.mark.parametrize(
    ("how", "code"),
    [("qy", 0), (signal.SIGTERM, 0), (signal.SIGINT, 130), ("ctrl-c", 130)],
    ids=str,
)
def test_whoever_was_inverted_when_the_watch_ended_is_told_after_the_sums(
    how: str | signal.Signals, code: int, config: Path
) -> None:
    with Terminal([*UPTURN, "--config", str(config), "--speed", "24"]) as terminal:
        terminal.reads("1 den sim INVERTED")
        assert end(terminal, how) == code
        first, *lines = [line.rstrip() for line in terminal.text.splitlines()[-7:]]
    assert re.search(r"den    [0-9.]+ s watched, profile standard; ", first)
    assert [line.split()[0] for line in lines] == ["den"] * 2 + ["attic"] * 3 + ["upturn:"]
    assert lines[4] == "attic  alarms: none"
    assert lines[5].startswith("upturn: nobody is watched now; den was inverted")


def test_where_nobody_was_inverted_the_sums_are_all_that_is_told(config: Path) -> None:
    with Terminal([*UPTURN, "--config", str(config)]) as terminal:
        terminal.reads("1 den sim UPRIGHT")
        assert end(terminal, "q") == 0
        assert terminal.text.rstrip().endswith("attic  alarms: none")


def test_of_the_only_table_it_is_told_without_a_name(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.touch()
    source = ["--source", "sim:too-long", "--speed", "24", "--config", str(config)]
    with Terminal([*UPTURN, *source]) as terminal:
        terminal.reads("INVERTED")
        assert end(terminal, signal.SIGTERM) == 0
        last = terminal.text.rstrip().splitlines()[-1]
    assert last.startswith("upturn: nobody is watched now; somebody was inverted")
