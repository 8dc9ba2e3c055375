# SPDX-License-Identifier: MIT
"""Questions answered by a pipe: lines are kept for who asks, the end is heard, nothing waits."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.transports.fake_node import FakeNode
from upturn.cli import lines, node_orders
from upturn.cli.asking import choose, read
from upturn.cli.calibrate_node import open_line
from upturn.cli.calibrate_person import Person
from upturn.cli.lines import Lines
from upturn.wire.vocabulary import Verb

PATIENCE_S = 60.0


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The end to write to; stdin is the other."""
    read_end, write_end = os.pipe()
    with os.fdopen(read_end) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield write_end


def answered(monkeypatch: pytest.MonkeyPatch, *said: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in said)))


def becomes_true(fact: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not fact():
        assert time.monotonic() < end_s
        time.sleep(0.01)


@pytest.mark.parametrize("said", ["9" * 5000, "\N{ARABIC-INDIC DIGIT ONE}", "\N{SUPERSCRIPT ONE}"])
def test_a_number_is_one_of_those_that_are_shown(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(monkeypatch, said, "0", "3", "2")
    assert choose("Which?", ["a", "b"]) == 1


def test_lines_wait_for_whoever_asks_and_the_end_comes_after_the_last(
    pipe: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.write(pipe, b" one \ntwo\nthree\nfo")
    person = Person(io.StringIO())
    assert read("") == "one"
    assert asyncio.run(person.line("")) == "two"
    assert (read(""), person.key()) == ("three", "")
    os.write(pipe, b"ur")
    os.close(pipe)
    assert read("") == "four"
    becomes_true(lambda: person.key() == "q")
    assert (read(""), asyncio.run(person.line(""))) == (None, None)


def test_whoever_says_yes_for_ever_fills_no_memory(pipe: int) -> None:
    stream = Lines(sys.stdin)
    os.write(pipe, b"y\n" * 1000)
    assert stream.next(wait=True) == "y\n"
    becomes_true(lambda: len(stream._lines) == lines.AHEAD)
    os.close(pipe)
    for _ in range(999):
        assert stream.next(wait=True) == "y\n"
    assert stream.next(wait=True) == ""


def test_a_stdin_that_is_closed_has_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert (read(""), asyncio.run(Person(io.StringIO()).line(""))) == (None, None)


async def test_while_a_line_is_waited_for_the_node_hears_a_host(
    pipe: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(node_orders, "NAMED_S", 2.0)

    def answer_late(node: FakeNode, heard: list[int]) -> None:
        end_s = time.monotonic() + 5.0
        while len(node.told(Verb.HEARTBEAT)) < 3 and time.monotonic() < end_s:
            time.sleep(0.05)
        heard.append(len(node.told(Verb.HEARTBEAT)))
        os.write(pipe, b"\n")
        os.close(pipe)

    with FakeNode(tmp_path / "tty") as node:
        line = await open_line(node.source)
        heard: list[int] = []
        late = threading.Thread(target=answer_late, args=(node, heard))
        late.start()
        try:
            assert await Person(io.StringIO()).line("Enter: ") == ""
            late.join()
            assert heard[0] >= 3
            line.check()
        finally:
            await line.close()


@pytest.mark.parametrize(("words", "said"), [([], "\n"), (["--bias"], "")])
def test_where_stdin_ends_the_person_has_left_and_the_node_is_let_go(
    words: list[str], said: str, tmp_path: Path
) -> None:
    with FakeNode(tmp_path / "tty") as node:
        done = subprocess.run(
            [sys.executable, "-m", "upturn", "calibrate", "--source", node.source, *words],
            input=said,
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-1] == "Left; the node is as it was"


def test_ctrl_c_ends_a_program_whose_pipe_says_nothing(tmp_path: Path) -> None:
    with (
        FakeNode(tmp_path / "tty") as node,
        subprocess.Popen(
            [sys.executable, "-m", "upturn", "calibrate", "--source", node.source],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
        ) as running,
    ):
        assert running.stdout is not None
        assert running.stderr is not None
        said = b""
        while b"q to leave:" not in said:
            said += running.stdout.read(1)
        running.send_signal(2)
        assert running.wait(PATIENCE_S) == 130
        assert running.stderr.read() == b""
