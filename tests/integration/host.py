# SPDX-License-Identifier: MIT
"""The host as people run it: `upturn run --headless --json --source SOURCE`, as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests.firmware.node import Node
from tests.firmware.node_log import PATIENCE_S, wait

Line = dict[str, Any]

LATE_S = 5.0
"""A host that tells an alarm later than that after it judged it is not only on a busy machine."""
END_S = 30.0

CONFIG = """
profile = "short"

[profiles.short]
notice_s = {notice_s}
limit_s = {limit_s}
rest_s = 90
max_angle_deg = {max_angle_deg}
"""


class Event(NamedTuple):
    at_s: float
    """When its line came, on time.monotonic()."""
    line: Line

    @property
    def t_s(self) -> float:
        """By the host's own time, which is true however late the line came."""
        return float(self.line["t_s"])


class Problem(NamedTuple):
    """A line of stderr."""

    at_s: float
    text: str


class Host:
    """Kept until the end of the block, and ended as a service is, by SIGTERM."""

    def __init__(
        self,
        folder: Path,
        source: Path | str | None,
        *,
        environment: Mapping[str, str] | None = None,
        config: str = "",
        notice_s: float = 3,
        limit_s: float = 4,
        max_angle_deg: float = 90,
    ) -> None:
        """A path is that of a serial port; without a source it is what `config` names."""
        file = folder / "upturn.toml"
        limits = CONFIG.format(notice_s=notice_s, limit_s=limit_s, max_angle_deg=max_angle_deg)
        file.write_text(f"{limits}\n{config}")
        text = f"serial:{source}" if isinstance(source, Path) else source
        self.started_s = time.monotonic()
        self._events: list[Event] = []
        self._problems: list[Problem] = []
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "upturn", "run", "--headless", "--json"),
                *("--config", str(file), *(("--source", text) if text else ())),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, **(environment or {})},
        )
        self._readers = [
            threading.Thread(target=read, daemon=True)
            for read in (self._read, self._read_problems)
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
        self.end(signal.SIGTERM)
        if error is not None:
            error.add_note(f"the host said: {self.told()}")

    def end(self, number: int) -> int:
        """Send that signal and wait; its exit code."""
        self._process.send_signal(number)
        try:
            code = self._process.wait(timeout=END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        for reader in self._readers:
            reader.join()
        return code

    def events(self, **wanted: object) -> list[Event]:
        """Those whose lines have all of these values."""
        return [e for e in list(self._events) if wanted.items() <= e.line.items()]

    def wait_for(
        self, timeout_s: float = PATIENCE_S, since_s: float = 0.0, **wanted: object
    ) -> Event:
        """The first such event since then, once it is there."""

        def look() -> Event | None:
            if self._process.poll() is not None:
                raise AssertionError(f"the host ended: {self.told()}")
            return next((e for e in self.events(**wanted) if e.at_s >= since_s), None)

        return wait(look, timeout_s, f"{wanted}, but {self.told()}")

    def wait_for_alarm(
        self, id: str, timeout_s: float = PATIENCE_S, state: str = "raised", **wanted: object
    ) -> Event:
        alarm = self.wait_for(timeout_s, 0.0, kind="alarm", id=id, state=state, **wanted)
        assert alarm.at_s - self.moment_s(alarm.t_s) < LATE_S, f"told late: {self.told()}"
        return alarm

    def moment_s(self, t_s: float) -> float:
        """When that was by its own time, on time.monotonic(): by the line that came soonest."""
        return t_s + min(event.at_s - event.t_s for event in self.events())

    def wait_for_words(
        self, *words: str, timeout_s: float = PATIENCE_S, since_s: float = 0.0
    ) -> Problem:
        """The first line of stderr since then that has all of these words in it."""

        def look() -> Problem | None:
            if self._process.poll() is not None:
                raise AssertionError(f"the host ended: {self.told()}")
            lines = [line for line in list(self._problems) if line.at_s >= since_s]
            return next((p for p in lines if all(word in p.text for word in words)), None)

        return wait(look, timeout_s, f"{words}, but {self.told()}")

    def told(self) -> str:
        """All of it so far, for the message of a failed test."""
        lines = [f"{e.at_s - self.started_s:.2f} {_short(e.line)}" for e in list(self._events)]
        problems = [f"{p.at_s - self.started_s:.2f} {p.text}" for p in list(self._problems)]
        return "\n".join(["", *lines, *problems])

    def _read(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            self._events.append(Event(time.monotonic(), json.loads(text)))
        self._process.stdout.close()

    def _read_problems(self) -> None:
        assert self._process.stderr is not None
        for text in self._process.stderr:
            self._problems.append(Problem(time.monotonic(), text.rstrip()))
        self._process.stderr.close()


def invert(node: Node, host: Host, /, **whose: Any) -> float:
    """Swing there from standing; since when it counts, by the host's own time."""
    host.wait_for(kind="posture", to="upright", **whose)
    node.act("go 50 1400")
    return float(host.wait_for(kind="inversion_started", **whose).line["since_s"])


def _short(line: Line) -> str:
    return " ".join(f"{key}={value}" for key, value in line.items() if key != "message")
