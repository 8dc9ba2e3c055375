# SPDX-License-Identifier: MIT
"""What the rows of a trace report, where it says something new.

Most rows repeat what the row before said, or say that nothing is the matter. A report on each of
them would have every sample judged in full, and an hour would take seven times as long.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from itertools import compress
from math import floor, inf
from operator import eq

from upturn.core.sample import NodeReport
from upturn.core.thresholds import (
    BATTERY_LOW_V,
    BATTERY_RECOVERED_V,
    IMPACT_G,
    TIME_EPSILON_S,
)
from upturn.transports.trace_rows import Columns

ANGLE_EVERY_S = 0.2
"""The node's own angle is compared over seconds; no need to look at each."""
BATTERY_STEP_V = 0.02


def reports(columns: Columns, angle_offset_deg: float) -> dict[int, NodeReport]:
    """Reports by the index of their row."""
    said: dict[int, dict[str, object]] = {}
    times = columns["t_s"]
    for name, (rows_of, make) in _REPORTED.items():
        column = columns.get(name)
        if column is None:
            continue
        for i in rows_of(times, column):
            value = column[i] + angle_offset_deg if name == "angle_deg" else column[i]
            said.setdefault(i, {})[name] = make(value)
    return {i: NodeReport(**fields) for i, fields in said.items()}  # type: ignore[arg-type]


def _given(column: array[float]) -> Iterable[int]:
    """Rows that did not leave the field empty: NaN is not equal to itself."""
    return compress(range(len(column)), map(eq, column, column))


def _changes(_times: array[float], column: array[float]) -> Iterable[int]:
    last: float | None = None
    for i in _given(column):
        if column[i] != last:
            last = column[i]
            yield i


def _steps(_times: array[float], column: array[float]) -> Iterable[int]:
    """Not the noise of a measurement, but each passing of a border that is judged."""
    last = inf
    for i in _given(column):
        volts = column[i]
        if (
            abs(volts - last) >= BATTERY_STEP_V
            or (volts < BATTERY_LOW_V) is not (last < BATTERY_LOW_V)
            or (volts < BATTERY_RECOVERED_V) is not (last < BATTERY_RECOVERED_V)
        ):
            last = volts
            yield i


def _knocks(_times: array[float], column: array[float]) -> Iterable[int]:
    return (i for i in _given(column) if column[i] > IMPACT_G)


def _now_and_then(times: array[float], column: array[float]) -> Iterable[int]:
    last: int | None = None
    for i in _given(column):
        turn = floor((times[i] + TIME_EPSILON_S) / ANGLE_EVERY_S)
        if turn != last:
            last = turn
            yield i


_Rows = Callable[["array[float]", "array[float]"], Iterable[int]]
_REPORTED: dict[str, tuple[_Rows, Callable[[float], object]]] = {
    "angle_deg": (_now_and_then, float),
    "button": (_changes, bool),
    "tap": (_changes, bool),
    "battery_v": (_steps, float),
    "peak_g": (_knocks, float),
}
"""Column to which of its rows count, and what its value is."""
