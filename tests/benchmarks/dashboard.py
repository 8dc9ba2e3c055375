# SPDX-License-Identifier: MIT
"""The dashboard in a real terminal: time to the first paint, and the processor time it takes.

Run from the top of the checkout: `python -m tests.benchmarks.dashboard`. A pseudo-terminal of
fixed size shows a simulated table at 50 Hz with an hour of history behind it. The processor time
is that of the whole process: simulator, core and screen.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SIZES = ((80, 24), (200, 50))
WARM_S = 4.0
MEASURED_S = 15.0
HISTORY_S = 3600.0
GOAL_CPU = 0.10
GOAL_PAINT_S = 1.5
PAINTED = b"UPTURN"
"""In the first line of the screen."""


@dataclass(frozen=True)
class Screen:
    size: str
    first_paint_s: float
    cpu: float

    @property
    def met(self) -> bool:
        return self.cpu < GOAL_CPU and self.first_paint_s < GOAL_PAINT_S


def measure() -> list[Screen]:
    return [_screen(columns, rows) for columns, rows in SIZES]


def _screen(columns: int, rows: int) -> Screen:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    begin_s = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.dashboard", "--child"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
    )
    os.close(slave)
    try:
        paint_s = _read_until(master, begin_s + WARM_S) - begin_s
        before_s = _cpu_s(child.pid)
        _read(master, time.perf_counter() + MEASURED_S)
        cpu = (_cpu_s(child.pid) - before_s) / MEASURED_S
    finally:
        child.kill()
        child.wait()
        os.close(master)
    return Screen(f"{columns}x{rows}", paint_s, cpu)


def _read_until(master: int, end_s: float) -> float:
    """Read up to `end_s`; when the first paint was seen."""
    seen, painted_s = b"", float("inf")
    while (now_s := time.perf_counter()) < end_s:
        if select.select([master], [], [], 0.02)[0]:
            seen = seen[-len(PAINTED) :] + os.read(master, 65536)
            if PAINTED in seen and painted_s > now_s:
                painted_s = time.perf_counter()
    return painted_s


def _read(master: int, end_s: float) -> None:
    while time.perf_counter() < end_s:
        if select.select([master], [], [], 0.1)[0]:
            os.read(master, 65536)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _child() -> None:
    from upturn.cli.table_feed import TableFeed
    from upturn.core.limits import STANDARD
    from upturn.core.pipeline import Pipeline
    from upturn.dashboard.app import UpturnDashboard
    from upturn.service.table import TableService
    from upturn.transports.sim import simulate
    from upturn.transports.simulated import SimulatedSource

    source = SimulatedSource(simulate("too-long", seed=1))
    feed = TableFeed(1.0)
    pipeline = Pipeline(source.info, STANDARD)
    service = TableService(pipeline, source, speed=1.0, observer=feed.observe)
    feed.begin(service, source.label)
    feed.history().append_many(_hour())
    running = asyncio.create_task(service.run())
    await UpturnDashboard({"": feed}).run_async()
    running.cancel()


def _hour() -> Iterator[tuple[float, float]]:
    count = int(HISTORY_S * 50)
    return ((k / 50 - HISTORY_S, -80.0 + 130.0 * ((k // 3000) % 2) + k % 7) for k in range(count))


def main() -> None:
    if "--child" in sys.argv:
        asyncio.run(_child())
        return
    for screen in measure():
        print(
            f"  {screen.size:<8} first paint {screen.first_paint_s:.2f} s, "
            f"{screen.cpu:.1%} of one core ({'goals met' if screen.met else 'GOAL MISSED'})"
        )


if __name__ == "__main__":
    main()
