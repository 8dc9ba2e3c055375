# SPDX-License-Identifier: MIT
"""The rows of a sample trace: a file without faults many at a time, one that has some one by one.

Both ways read the same values; only the slow one can say which row is bad, and go round it.
"""

from __future__ import annotations

import csv
from array import array
from itertools import islice
from math import isfinite, nan
from operator import lt
from typing import TypeAlias

from upturn.errors import InputError
from upturn.transports.trace_file import LATEST_S, LONGEST_STEP_S, Problem, Text, shown

REQUIRED = ("t_s", "ax_g", "ay_g", "az_g")
GYRO = ("gx_dps", "gy_dps", "gz_dps")
REPORTED = ("angle_deg", "button", "tap", "battery_v", "peak_g")
FLAGS = ("button", "tap")
OPTIONAL = (*REPORTED, "arrival_s")
"""Columns that a row may leave empty: a node does not say everything each time."""
KNOWN = (*REQUIRED, *GYRO, *OPTIONAL)

Picks = list[tuple[int, str]]
"""Place in the row and name of each known column."""
Columns: TypeAlias = "dict[str, array[float]]"  # array takes no brackets before 3.12
"""Known columns by name; NaN where a field was left empty."""

_ROWS_AT_ONCE = 4096  # few enough that their pieces stay in the processor's cache
_LEAP_S = 60.0  # a time further ahead that the next row takes back is itself the bad one
_ROW_HINT = "Mend the row, or pass --skip-bad to leave bad rows out"


def split_fields(line: str) -> list[str]:
    """The fields of a row.

    Raises:
        csv.Error: its quotes do not match.
    """
    if '"' not in line:
        return line.split(",")
    return next(csv.reader([line], strict=True, skipinitialspace=True))


def parse_whole(names: list[str], picks: Picks, body: list[str]) -> Columns | None:
    """All rows, many at a time; None if there is anything to complain of or to leave out."""
    columns = {name: array("d") for _, name in picks}
    for start in range(0, len(body), _ROWS_AT_ONCE):
        rows = [
            line for line in body[start : start + _ROWS_AT_ONCE] if line and not line.isspace()
        ]
        if rows and not _parse_many(len(names), picks, rows, columns):
            return None
    times = columns["t_s"]
    if not times or not (
        max(map(abs, (times[0], times[-1]))) <= LATEST_S
        and times[-1] - times[0] <= LONGEST_STEP_S
        and all(map(lt, times, islice(times, 1, None)))
    ):
        return None
    return columns


def _parse_many(width: int, picks: Picks, rows: list[str], columns: Columns) -> bool:
    """Append some rows to the columns; False if one is not as it should be."""
    joined = ",".join(rows)
    # float() takes more than numbers as people write them: 1_000, and digits of every script.
    if '"' in joined or "_" in joined or not joined.isascii():
        return False
    if {row.count(",") for row in rows} != {width - 1}:
        return False
    cells = joined.split(",")
    for place, name in picks:
        column = _parse_column(name, cells[place::width])
        if column is None:
            return False
        columns[name].extend(column)
    return True


def _parse_column(name: str, cells: list[str]) -> array[float] | None:
    given = cells
    if name in OPTIONAL:
        given = [cell for cell in cells if cell and not cell.isspace()]
    try:
        numbers = array("d", map(float, given))
    except ValueError:
        return None
    if not isfinite(sum(numbers)) or (name in FLAGS and not set(numbers) <= {0.0, 1.0}):
        return None
    if len(given) == len(cells):
        return numbers
    following = iter(numbers)
    return array("d", (next(following) if c and not c.isspace() else nan for c in cells))


def parse_rows(
    text: Text,
    names: list[str],
    picks: Picks,
    first_line: int,
    *,
    skip_bad: bool,
) -> tuple[Columns, list[Problem]]:
    """Row by row, to find what is wrong or to go round it."""
    kept: list[tuple[int, list[float]]] = []
    problems: list[Problem] = []
    unreadable = text.unreadable
    time_at = [name for _, name in picks].index("t_s")
    for number, line in enumerate(text.lines[first_line - 1 :], first_line):
        if number in unreadable or not line.strip():
            continue
        try:
            row = _parse_row(names, picks, line)
            last_two_s = [before[time_at] for _, before in kept[-2:]]
            if skip_bad and _took_a_leap(last_two_s, row[time_at]):
                ahead, _ = kept.pop()
                problems.append(Problem(ahead, "t_s leaps ahead of the rows after it"))
            elif last_two_s:
                _check_step(last_two_s[-1], row[time_at])
            kept.append((number, row))
        except _BadRowError as bad:
            if not skip_bad:
                raise InputError(
                    str(bad), where=f"{text.path}:{number}", remedy=_ROW_HINT
                ) from None
            problems.append(Problem(number, str(bad)))
    columns = {name: array("d", (row[i] for _, row in kept)) for i, (_, name) in enumerate(picks)}
    return columns, problems


class _BadRowError(Exception):
    """Why a row is refused."""


def _check_step(before_s: float, now_s: float) -> None:
    if not now_s > before_s:
        raise _BadRowError(f"t_s does not rise ({now_s:.12g} after {before_s:.12g})")
    if now_s - before_s > LONGEST_STEP_S:
        days = (now_s - before_s) / 86_400.0
        raise _BadRowError(f"t_s leaps {days:.0f} days ahead, as if a clock had been set")


def _parse_row(names: list[str], picks: Picks, line: str) -> list[float]:
    try:
        fields = split_fields(line)
    except csv.Error as error:
        raise _BadRowError(f"is not a row of CSV ({error})") from None
    if len(fields) != len(names):
        raise _BadRowError(f"has {len(fields)} fields where the header row names {len(names)}")
    return [_parse_field(name, fields[place].strip()) for place, name in picks]


def _parse_field(name: str, text: str) -> float:
    if not text and name in OPTIONAL:
        return nan
    try:
        value = decimal(text)
    except ValueError:
        raise _BadRowError(f"{name} is not a number: {shown(text)}") from None
    if not isfinite(value):
        raise _BadRowError(f"{name} is not finite: {shown(text)}")
    if name in FLAGS and value not in (0.0, 1.0):
        raise _BadRowError(f"{name} is {shown(text)}, not 0 or 1")
    if name == "t_s" and abs(value) > LATEST_S:
        raise _BadRowError(f"t_s is {value:g}, which is no time in seconds")
    return value


def _took_a_leap(last_two_s: list[float], now_s: float) -> bool:
    """The row before leapt ahead, and this one goes on from where the one before that was."""
    if not last_two_s or now_s > last_two_s[-1]:
        return False
    *earlier_s, leapt_s = last_two_s
    before_s = earlier_s[0] if earlier_s else now_s
    return leapt_s - before_s > _LEAP_S and before_s <= now_s <= before_s + _LEAP_S


def decimal(text: str) -> float:
    """A decimal number as people write it.

    Raises:
        ValueError: it is none.
    """
    if "_" in text or not text.isascii():
        raise ValueError("float() would take it")
    return float(text)
