# SPDX-License-Identifier: MIT
"""A year of daily sessions: how large the store is, and how soon it is told and reported.

What counts is the processor time of the whole command: it reads one file and waits for nothing, so
that on a machine with nothing else to do it is the time that a person waits.

Run from the top of the checkout: `python -m tests.benchmarks.year`.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.commands import Run
from tests.store.diary import write_days

DAYS = 365
HISTORY_GOAL_S = 0.3
REPORT_GOAL_S = 2.0


@dataclass(frozen=True)
class Year:
    bytes: int
    runs: list[Run]


def measure(repeats: int) -> Year:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = write_days(folder / "year.sqlite3", DAYS, user="anna")
        config = folder / "config.toml"
        config.write_text(f'[store]\npath = "{store}"\n', encoding="utf-8")
        page, picture = str(folder / "a.html"), str(folder / "a.png")
        commands: dict[str, tuple[list[str], float | None]] = {
            "python -c pass": (["-c", "pass"], None),
            "upturn history": (_upturn("history", config), HISTORY_GOAL_S),
            "upturn history, 52 weeks": (_upturn("history", config, "--weeks", "52"), None),
            "upturn report": (_upturn("report", config, "--out", page), REPORT_GOAL_S),
            "upturn report with its PNG": (
                _upturn("report", config, "--out", page, "--png", picture),
                REPORT_GOAL_S,
            ),
            "upturn export": (_upturn("export", config), None),
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(repeats + 1):
            for command, (arguments, _) in commands.items():
                seconds[command].append(_timed_s(arguments))
        runs = [
            Run(command, median(seconds[command][1:]), goal)
            for command, (_, goal) in commands.items()
        ]
        return Year(sum(file.stat().st_size for file in folder.glob("year.sqlite3*")), runs)


def _upturn(command: str, config: Path, *flags: str) -> list[str]:
    return ["-m", "upturn", command, "--config", str(config), *flags]


def _timed_s(arguments: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    year = measure(7)
    print(f"  {DAYS} sessions in {year.bytes / 1e6:.2f} MB")
    for run in year.runs:
        goal = "" if run.goal_s is None else f"  (goal: {run.goal_s:g} s)"
        print(f"  {run.name:<44} {run.median_s:.3f} s{goal}")
    return 0 if all(run.met for run in year.runs) else 1


if __name__ == "__main__":
    sys.exit(main())
