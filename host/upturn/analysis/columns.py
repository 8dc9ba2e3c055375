# SPDX-License-Identifier: MIT
"""A whole recording as columns: numpy views of what was read, and the samples' reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
from numpy.typing import NDArray

from upturn.core.commands import Command
from upturn.core.mounting import Vector
from upturn.core.sample import NodeReport, Sample
from upturn.core.tilt import ABSURD
from upturn.transports.replay import TraceSource
from upturn.transports.source import Source
from upturn.transports.trace_rows import GYRO

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Columns:
    """`t_s` of shape (n,), force and rates of shape (n, 3)."""

    t_s: Floats
    force_g: Floats
    rates_dps: Floats | None
    origin_s: float
    """Time of the first sample, whether it can be believed or not."""
    reports: dict[int, NodeReport] = field(default_factory=dict)
    """By index, where a sample has one."""
    commands: list[tuple[int, float, Command | None]] = field(default_factory=list)
    """How many samples came before it, when it came, what it was; None: time passed."""
    rejected: int = 0
    """Samples that were left out because no sensor can have sent them."""

    def __len__(self) -> int:
        return len(self.t_s)

    def believable(self, hinge: Vector) -> Columns:
        """The same without samples that no sensor can have sent."""
        ax, ay, az = self.force_g.T
        with np.errstate(over="ignore"):  # what is infinite is refused like the rest
            squares = ax * ax + ay * ay + az * az
        if self.rates_dps is not None:
            gx, gy, gz = self.rates_dps.T
            w = -(gx * hinge[0] + gy * hinge[1] + gz * hinge[2])
            squares += w * w
        good = squares < ABSURD
        if good.all():
            return self
        place = np.concatenate(([0], np.cumsum(good))).tolist()
        return Columns(
            self.t_s[good],
            self.force_g[good],
            None if self.rates_dps is None else self.rates_dps[good],
            self.origin_s,
            {place[i]: report for i, report in self.reports.items() if good[i]},
            [(place[before], at_s, command) for before, at_s, command in self.commands],
            int((~good).sum()),
        )


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

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | list[Sample]:
        places = range(self.start, self.stop)[index]
        if isinstance(places, range):
            return [self._sample(i) for i in places]
        return self._sample(places)

    def _sample(self, i: int) -> Sample:
        columns = self.columns
        ax, ay, az = columns.force_g[i].tolist()
        rates = columns.rates_dps
        gx, gy, gz = rates[i].tolist() if rates is not None else (0.0, 0.0, 0.0)
        return Sample(float(columns.t_s[i]), ax, ay, az, gx, gy, gz, columns.reports.get(i))


def columns_of(source: Source) -> Columns:
    """All of a file's samples and commands."""
    if isinstance(source, TraceSource):
        return _of_trace(source)
    samples: list[Sample] = []
    commands: list[tuple[int, float, Command | None]] = []
    for chunk in source.chunks(paced=False):
        samples += chunk.samples
        commands += ((len(samples), chunk.at_s, command) for command in chunk.commands)
        if not chunk.samples and not chunk.commands:
            commands.append((len(samples), chunk.at_s, None))
    table = np.array([sample[:7] for sample in samples], np.float64)
    return Columns(
        table[:, 0].copy(),
        table[:, 1:4],
        table[:, 4:7] if source.info.has_gyro else None,
        float(table[0, 0]),
        {i: sample[7] for i, sample in enumerate(samples) if sample[7] is not None},
        commands,
    )


def _of_trace(source: TraceSource) -> Columns:
    trace = source.trace
    arrays = {name: np.frombuffer(values) for name, values in trace.columns.items()}
    return Columns(
        arrays["t_s"],
        np.column_stack([arrays[name] for name in ("ax_g", "ay_g", "az_g")]),
        np.column_stack([arrays[name] for name in GYRO]) if trace.info.has_gyro else None,
        float(arrays["t_s"][0]),
        trace.reports,
    )
