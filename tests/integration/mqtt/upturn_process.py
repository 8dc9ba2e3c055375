# SPDX-License-Identifier: MIT
"""Upturn as people run it, as a process that can be frozen and killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests.firmware.node_log import wait

START_S = 10.0
END_S = 10.0


class Ended(NamedTuple):
    code: int
    took_s: float
    """From the signal to the end."""
    stderr: str


class Upturn:
    """Kept until the end of the block at the latest; it never shows a traceback."""

    def __init__(self, folder: Path, *args: str, config: str = "", patch: str = "") -> None:
        """`patch` is Python that runs first, to make waits shorter."""
        if config:
            file = folder / f"upturn-{time.monotonic_ns()}.toml"
            file.write_text(config, encoding="utf-8")
            args = (*args, "--config", str(file))
        start = f"{patch}\nfrom upturn.start import entry\nentry()\n"
        self.lines: list[str] = []
        """Of stdout, so far."""
        self._problems: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-c", start, *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        pipes = ((self._process.stdout, self.lines), (self._process.stderr, self._problems))
        self._readers = [
            threading.Thread(target=_read, args=pipe, name="upturn", daemon=True) for pipe in pipes
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.returncode is None:
            self.end(signal.SIGKILL)
        if error is not None:
            error.add_note("\n".join(["upturn said:", *self.lines, *self._problems]))

    @property
    def json(self) -> list[dict[str, Any]]:
        """What `--json` said so far."""
        return [json.loads(line) for line in self.lines]

    def wait_for_line(self) -> None:
        """Until it watches."""
        wait(lambda: self.lines or None, START_S, "a line")

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def end(self, number: int | None = None) -> Ended:
        """Send that signal, or let it end by itself, and wait for it."""
        began_s = time.monotonic()
        if number is not None:
            self._process.send_signal(number)
        try:
            code = self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        took_s = time.monotonic() - began_s
        for reader in self._readers:
            reader.join()
        stderr = "".join(self._problems)
        assert not re.search(r"Traceback|Exception|Error\b", stderr), stderr
        return Ended(code, took_s, stderr)


def settings(host: str, port: int, *more: str) -> str:
    """A config: this host's id at the broker of that port, and more of `[mqtt]`."""
    return "\n".join(["[mqtt]", 'host = "127.0.0.1"', f"port = {port}", f'id = "{host}"', *more])


def watch(folder: Path, config: str, *, patch: str = "") -> Upturn:
    """Watches a simulated table in real time."""
    args = ("run", "--headless", "--json", "--source", "sim:too-long")
    return Upturn(folder, *args, config=config, patch=patch)


def _read(stream: Any, into: list[str]) -> None:
    with stream:
        for line in stream:  # one by one: extend would wait for the end
            into.append(line)  # noqa: PERF402
