# SPDX-License-Identifier: MIT
"""Whole commands as a user starts them: start-up, and an hour of samples at 100 Hz.

Run from the top of the checkout: `python -m tests.benchmarks.commands`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from upturn.core.mounting import ASSUMED
from upturn.transports.sim import simulate

HOUR_ROWS = 360_000
RATE_HZ = 100.0


@dataclass(frozen=True)
class Run:
    name: str
    median_s: float
    goal_s: float | None

    @property
    def met(self) -> bool:
        return self.goal_s is None or self.median_s <= self.goal_s


def measure(repeats: int) -> list[Run]:
    short = Path(__file__).parents[1] / "traces" / "normal-lis3dh.csv.gz"
    with tempfile.TemporaryDirectory() as folder:
        hour = Path(folder) / "hour.csv"
        _write_hour(hour)
        commands: dict[str, tuple[list[str], float | None]] = {
            "python -c pass": (["-c", "pass"], None),
            "upturn profiles": (["-m", "upturn", "profiles"], None),
            "upturn replay, 98 s at 50 Hz": (["-m", "upturn", "replay", str(short)], None),
            "upturn replay, 1 h at 100 Hz": (["-m", "upturn", "replay", str(hour), "--json"], 2.0),
            "upturn analyze, 1 h at 100 Hz": (["-m", "upturn", "analyze", str(hour)], None),
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(repeats + 1):
            for name, (arguments, _) in commands.items():
                seconds[name].append(_timed_s(arguments))
    return [Run(name, median(seconds[name][1:]), goal) for name, (_, goal) in commands.items()]


def _timed_s(arguments: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def _write_hour(path: Path) -> None:
    """Simulated sessions one after another until the hour is full."""
    rows: list[np.ndarray] = []
    count, start_s, seed = 0, 0.0, 0
    while count < HOUR_ROWS:
        simulation = simulate("two-inversions", seed=seed, rate_hz=RATE_HZ, mounting=ASSUMED)
        part = np.array([s[:7] for s in simulation.samples])
        part[:, 0] += start_s
        start_s = part[-1, 0] + 1.0 / RATE_HZ
        rows.append(part)
        count += len(part)
        seed += 1
    table = np.concatenate(rows)[:HOUR_ROWS]
    header = (
        "# rate_hz: 100\n# head: 0,1,0\n# front: 0,0,1\nt_s,ax_g,ay_g,az_g,gx_dps,gy_dps,gz_dps"
    )
    np.savetxt(path, table, fmt="%.4f", delimiter=",", header=header, comments="")


def main() -> None:
    for run in measure(5):
        goal = (
            ""
            if run.goal_s is None
            else f"  (goal {run.goal_s:g} s: {'met' if run.met else 'MISSED'})"
        )
        print(f"  {run.name:<32} {run.median_s:.3f} s{goal}")


if __name__ == "__main__":
    main()
