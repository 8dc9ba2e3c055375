# SPDX-License-Identifier: MIT
"""Fair timing: the contenders take turns, and the median of each one's turns counts.

A machine's speed drifts within seconds; taking turns lets the drift hit all alike, so that ratios
hold where absolute figures do not.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import median

TURN_S = 0.05
"""A turn repeats a short run until about this long: a single one would time cold caches."""


def interleaved_medians_s(
    contenders: Mapping[str, Callable[[], object]], repeats: int
) -> dict[str, float]:
    """Median seconds of one run of each, over `repeats` rounds after a first that sets lengths."""
    runs = {name: max(1, round(TURN_S / _turn_s(run, 1))) for name, run in contenders.items()}
    turns_s: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, run in contenders.items():
            turns_s[name].append(_turn_s(run, runs[name]))
    return {name: median(turns) for name, turns in turns_s.items()}


def machine() -> str:
    """Processor and its number of cores, system and Python, in one line."""
    cores = 0
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        cores = len(models)
        model = models[0] if models else model
    return (
        f"{model}, {cores or '?'} cores, {platform.system()}, Python {platform.python_version()}"
    )


def versions(*packages: str) -> dict[str, str]:
    return {package: version(package) for package in packages}


def _turn_s(run: Callable[[], object], runs: int) -> float:
    """Mean seconds of one run."""
    begin = time.perf_counter()
    for _ in range(runs):
        run()
    return (time.perf_counter() - begin) / runs
