# SPDX-License-Identifier: MIT
"""A whole recording as columns: numpy views of what was read, and the samples' reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from upturn.core.commands import Command
from upturn.core.sample import NodeReport, Sample
from upturn.transports.recording import Recording
from upturn.transports.replay import TraceSource
from upturn.transports.trace import GYRO, REPORTED

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Columns:
    """`t_s` of shape (n,), force and rates of shape (n, 3)."""

    t_s: Floats
    force_g: Floats
    rates_dps: Floats | None
    reports: dict[int, NodeReport] = field(default_factory=dict)
    """By index, where a sample has one."""
    commands: list[tuple[int, float, Command]] = field(default_factory=list)
    """How many samples came before it, when it came, what it was."""

    def __len__(self) -> int:
        return len(self.t_s)


class Part(Sequence[Sample]):
    """Samples `start` to `stop` of some columns, which an estimator may take as a whole."""

    def __init__(self, columns: Columns, start: int, stop: int) -> None:
        self.columns = columns
        self.start = start
        self.stop = stop

    def __len__(self) -> int:
        return self.stop - self.start

    def __iter__(self) -> Iterator[Sample]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: int) -> Sample:  # type: ignore[override]
        i = self.start + index
        columns = self.columns
        ax, ay, az = columns.force_g[i].tolist()
        rates = columns.rates_dps
        gx, gy, gz = rates[i].tolist() if rates is not None else (0.0, 0.0, 0.0)
        return Sample(float(columns.t_s[i]), ax, ay, az, gx, gy, gz, columns.reports.get(i))


def columns_of(source: TraceSource | Recording) -> Columns:
    """All of a file's samples and commands."""
    if isinstance(source, TraceSource):
        trace = source.trace
        table = np.frombuffer(trace.values).reshape(-1, len(trace.columns))
        place = {name: i for i, name in enumerate(trace.columns)}
        columns = Columns(
            table[:, place["t_s"]].copy(),
            table[:, [place[name] for name in ("ax_g", "ay_g", "az_g")]],
            table[:, [place[name] for name in GYRO]] if GYRO[0] in place else None,
        )
        if any(name in place for name in REPORTED):
            columns.reports = {
                i: report for i, (*_, report) in enumerate(trace.samples()) if report is not None
            }
        return columns
    samples = [sample for chunk in source.pieces for sample in chunk.samples]
    table = np.array([sample[:7] for sample in samples], np.float64)
    columns = Columns(
        table[:, 0].copy(), table[:, 1:4], table[:, 4:7] if source.info.has_gyro else None
    )
    columns.reports = {i: s.report for i, s in enumerate(samples) if s.report is not None}
    before = 0
    for chunk in source.pieces:
        before += len(chunk.samples)
        columns.commands.extend((before, chunk.at_s, command) for command in chunk.commands)
    return columns
