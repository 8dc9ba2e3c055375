# SPDX-License-Identifier: MIT
"""Run time from a table of currents. Pure: rows in, hours out.

Each figure is low, typical and high; a sum of lows and a sum of highs bound the run time, wider
than chance would. Nothing here was measured on our boards.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from math import inf
from pathlib import Path

STATES = ("off", "waiting", "watching", "alarm")
BASES = ("estimate", "published", "data sheet", "measured")
TABLE = Path(__file__).with_name("power.csv")


@dataclass(frozen=True)
class Current:
    """What one part draws in one state of one build, in mA."""

    build: str
    state: str
    part: str
    low_ma: float
    typical_ma: float
    high_ma: float
    basis: str
    source: str


@dataclass(frozen=True)
class Span:
    """Of a current in mA or a time in hours."""

    low: float
    typical: float
    high: float


def read(path: Path = TABLE) -> list[Current]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            _current(f"{path.name}, row {number}", row)
            for number, row in enumerate(csv.DictReader(file), start=2)
        ]


def _current(where: str, row: dict[str, str]) -> Current:
    wanted = [field.name for field in fields(Current)]
    if list(row) != wanted or None in row.values():
        raise ValueError(f"{where}: has to have the columns {', '.join(wanted)}")
    try:
        low, typical, high = (float(row[f"{name}_ma"]) for name in ("low", "typical", "high"))
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    return Current(
        row["build"],
        row["state"],
        row["part"],
        low,
        typical,
        high,
        row["basis"],
        row["source"],
    )


def problems(rows: Iterable[Current]) -> list[str]:
    """What is wrong with the table, a line each; none if it can be used."""
    rows = list(rows)
    found = []
    for row in rows:
        where = f"{row.build}, {row.state}, {row.part}"
        if row.state not in STATES:
            found.append(f"{where}: no such state; there are {', '.join(STATES)}")
        if row.basis not in BASES:
            found.append(f"{where}: no such basis; there are {', '.join(BASES)}")
        if not 0 < row.low_ma <= row.typical_ma <= row.high_ma < inf:
            found.append(f"{where}: needs 0 < low <= typical <= high")
        if row.basis != "estimate" and not row.source:
            found.append(f"{where}: {row.basis} needs a source")
    keys = [(row.build, row.state, row.part) for row in rows]
    found += [f"{', '.join(key)}: twice" for key in sorted(set(keys)) if keys.count(key) > 1]
    return found


def current(rows: Iterable[Current], build: str, state: str) -> Span:
    """The sum of a state, in mA."""
    chosen = [row for row in rows if (row.build, row.state) == (build, state)]
    if not chosen:
        raise ValueError(f"no currents of build {build} in state {state}")
    return Span(
        sum(row.low_ma for row in chosen),
        sum(row.typical_ma for row in chosen),
        sum(row.high_ma for row in chosen),
    )


def run_time(drawn: Span, capacity_mah: float, usable: float) -> Span:
    """Hours from full to empty; its low end belongs to the high current."""
    if capacity_mah <= 0 or not 0 < usable <= 1:
        raise ValueError("a run time needs a capacity above 0 and a usable part of 0 to 1")
    charge_mah = capacity_mah * usable
    return Span(charge_mah / drawn.high, charge_mah / drawn.typical, charge_mah / drawn.low)
