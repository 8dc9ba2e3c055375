# SPDX-License-Identifier: MIT
"""What the link says goes to stderr, and whatever is there cannot hold up the watch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.transports.fake_node import FakeNode
from upturn.cli import link_log
from upturn.cli.link_log import LinkLog
from upturn.transports.source import LinkState

UPTURN = [sys.executable, "-m", "upturn"]


def test_of_much_that_is_said_at_once_the_newest_is_told_and_nothing_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(link_log, "write_line", told.append)
    monkeypatch.setattr(link_log, "PAUSE_S", 0.1)
    log = LinkLog()
    log.say(LinkState("first", well=True))
    time.sleep(0.05)
    for number in range(1000):
        log.say(LinkState(f"{number}", well=True, trouble="limits"))
    time.sleep(0.2)
    log.say(LinkState("999", well=True, trouble="limits"))
    time.sleep(0.2)
    assert told == ["first", "999; limits"]


def _full_pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 512)
    except BlockingIOError:
        os.set_blocking(writer, True)
    return reader, writer


@pytest.mark.parametrize("how", ["full", "gone", "closed"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_stderr_that_takes_nothing_stops_no_watch(
    how: str, number: signal.Signals, code: int, tmp_path: Path
) -> None:
    reader, writer = _full_pipe()
    if how == "gone":
        os.close(reader)
    shut = "import os, sys; os.close(2) if sys.argv[1] == 'closed' else None; "
    run = f"{shut}os.execv(sys.executable, [sys.executable, *sys.argv[2:]])"
    with (
        FakeNode(tmp_path / "tty") as node,
        subprocess.Popen(
            [
                *(sys.executable, "-c", run, how),
                *(*UPTURN[1:], "run", "--source", node.source, "--headless", "--json"),
            ],
            stdout=subprocess.PIPE,
            stderr=writer,
            text=True,
        ) as running,
    ):
        assert running.stdout is not None
        first = running.stdout.readline()
        node.angle_deg = 30.0
        while "inversion_started" not in running.stdout.readline():
            assert running.poll() is None
        running.send_signal(number)
        rest, _ = running.communicate(timeout=10)
    os.close(writer)
    if how != "gone":
        os.close(reader)
    assert first.startswith("{")
    assert all(line.startswith("{") for line in rest.splitlines())
    assert running.returncode == code
