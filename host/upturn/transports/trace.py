# SPDX-License-Identifier: MIT
"""Sample traces in CSV, strictly read. The format is a contract; README has it for users.

Leading `# key: value` lines, a header row, rows. Anyone with a phone's sensor logger can make one,
so every refusal names the line and what to do, and `skip_bad` leaves bad rows out and counts them.
A file without faults is parsed whole; only one that has some is gone through row by row.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice, repeat
from math import isfinite, isnan, nan
from operator import lt
from pathlib import Path
from typing import cast

from upturn.core.mounting import Mounting, MountingError, Vector
from upturn.core.sample import DEFAULT_INTERVAL_S, NodeReport, Sample, StreamInfo
from upturn.errors import InputError
from upturn.transports.trace_file import (
    LATEST_S,
    LONGEST_STEP_S,
    SHORTEST_INTERVAL_S,
    Problem,
    Text,
    read_text,
    shown,
)

REQUIRED = ("t_s", "ax_g", "ay_g", "az_g")
GYRO = ("gx_dps", "gy_dps", "gz_dps")
REPORTED = ("angle_deg", "button", "tap", "battery_v", "peak_g")
FLAGS = ("button", "tap")
OPTIONAL = (*REPORTED, "arrival_s")
"""Columns that a row may leave empty: a node does not say everything each time."""
KNOWN = (*REQUIRED, *GYRO, *OPTIONAL)
ANGLE_OFFSETS_DEG = {"upturn": 0.0, "upright0": -90.0}
"""By the value of the `angle` key: what turns the column into Upturn's convention."""
NOMINAL_INTERVALS = 50
ROWS_AT_ONCE = 4096  # few enough that their pieces stay in the processor's cache
LEAP_S = 60.0  # a time further ahead that the next row takes back is itself the bad one
_KEYS = ("rate_hz", "head", "front", "angle", "profile")
_ROW_HINT = "Mend the row, or pass --skip-bad to leave bad rows out"


@dataclass(slots=True)
class Trace:
    """A trace in memory: one array for each known column; NaN where a field was left empty."""

    path: Path
    keys: dict[str, str]
    columns: dict[str, array[float]]
    info: StreamInfo
    profile: str | None
    profile_where: str
    problems: list[Problem] = field(default_factory=list)
    """What was skipped."""

    def __len__(self) -> int:
        return len(self.columns["t_s"])

    def samples(self, start: int = 0, stop: int | None = None) -> list[Sample]:
        """Rows `start` to `stop` as samples."""
        rows = slice(start, stop)
        required = [self.columns[name][rows] for name in REQUIRED]
        rates = [self.columns[name][rows] if self.info.has_gyro else repeat(0.0) for name in GYRO]
        plain = zip(*required, *rates, self._reports(rows), strict=False)
        # Tuples of a Sample's shape: making the named kind would double the time of a replay.
        return cast("list[Sample]", list(plain))

    def chunks(self, rows: int) -> Iterator[list[Sample]]:
        """All samples, `rows` at a time."""
        for start in range(0, len(self), rows):
            yield self.samples(start, start + rows)

    def _reports(self, rows: slice) -> Iterator[NodeReport | None]:
        names = [name for name in REPORTED if name in self.columns]
        if not names:
            return repeat(None)
        offset_deg = ANGLE_OFFSETS_DEG.get(self.keys.get("angle", ""), 0.0)
        makers = {"angle_deg": lambda v: v + offset_deg, "button": bool, "tap": bool}
        fields = [
            [_or_none(value, makers.get(name, float)) for value in self.columns[name][rows]]
            for name in names
        ]
        return (
            NodeReport(**dict(zip(names, row, strict=True)))
            if any(value is not None for value in row)
            else None
            for row in zip(*fields, strict=True)
        )


def read_trace(path: Path, *, skip_bad: bool = False) -> Trace:
    """Read a sample trace.

    Raises:
        InputError: what is wrong, with file and line; bad rows only if `skip_bad` is false.
    """
    return parse_trace(read_text(path, skip_bad=skip_bad), skip_bad=skip_bad)


def parse_trace(text: Text, *, skip_bad: bool = False) -> Trace:
    """As `read_trace`, of lines that were read already."""
    path, lines = text.path, text.lines
    keys, key_lines, header_at = _read_keys(path, lines)
    names = _read_header(path, lines[header_at], header_at + 1)
    known = KNOWN if "angle" in keys else tuple(n for n in KNOWN if n != "angle_deg")
    picks = [(place, name) for place, name in enumerate(names) if name in known]
    first_line = header_at + 2
    columns = _parse_whole(names, picks, lines[header_at + 1 :]) if not text.problems else None
    problems: list[Problem] = []
    if columns is None:
        columns, problems = _parse_rows(text, names, picks, first_line, skip_bad=skip_bad)
    if not columns["t_s"]:
        what = f"has no valid rows ({len(problems)} bad)" if problems else "has no rows"
        raise InputError(what, where=f"{path}:{first_line - 1}", remedy="Record it again")
    info = _stream_info(path, keys, key_lines, columns)
    profile = keys.get("profile")
    where = f"{path}:{key_lines['profile']}" if profile is not None else ""
    problems = sorted([*text.problems, *problems], key=lambda problem: problem.line)
    return Trace(path, keys, columns, info, profile, where, problems)


def _or_none(value: float, make: Callable[[float], object]) -> object:
    return None if isnan(value) else make(value)


def _read_keys(path: Path, lines: list[str]) -> tuple[dict[str, str], dict[str, int], int]:
    """The leading keys, the line of each, and the index of the header row."""
    keys: dict[str, str] = {}
    places: dict[str, int] = {}
    for index, line in enumerate(lines):
        text = line.strip()
        if not text:
            continue
        if not text.startswith("#"):
            return keys, places, index
        key, colon, value = text[1:].partition(":")
        key = key.strip()
        if not colon:
            continue
        if key in _KEYS and keys.get(key, value.strip()) != value.strip():
            raise InputError(
                f"{key} is given twice", where=f"{path}:{index + 1}", remedy="Keep one of them"
            )
        keys[key] = value.strip()
        places[key] = index + 1
    raise InputError(
        "has no header row",
        where=f"{path}:{len(lines)}",
        remedy=f"The first row after the # lines names the columns: {','.join(REQUIRED)}",
    )


def _read_header(path: Path, line: str, number: int) -> list[str]:
    where = f"{path}:{number}"
    try:
        names = [name.strip() for name in _fields(line)]
    except csv.Error as error:
        raise InputError(
            f"its header is not a row of CSV ({error})", where=where, remedy="Mend the row"
        ) from None
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise InputError(
            f"column {missing[0]} is missing",
            where=where,
            remedy=f"The header row must name {','.join(REQUIRED)} with commas between",
        )
    twice = [name for name in KNOWN if names.count(name) > 1]
    if twice:
        raise InputError(f"column {twice[0]} is there twice", where=where, remedy="Keep one")
    some = [name for name in GYRO if name in names]
    if some and len(some) < len(GYRO):
        lacking = next(name for name in GYRO if name not in names)
        raise InputError(
            f"column {some[0]} is there without {lacking}",
            where=where,
            remedy="Give all three gyro columns, or none",
        )
    return names


def _fields(line: str) -> list[str]:
    if '"' not in line:
        return line.split(",")
    return next(csv.reader([line], strict=True, skipinitialspace=True))


def _parse_whole(
    names: list[str], picks: list[tuple[int, str]], body: list[str]
) -> dict[str, array[float]] | None:
    """All rows, many at a time; None if there is anything to complain of or to leave out."""
    columns = {name: array("d") for _, name in picks}
    for start in range(0, len(body), ROWS_AT_ONCE):
        rows = [line for line in body[start : start + ROWS_AT_ONCE] if line and not line.isspace()]
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


def _parse_many(
    width: int, picks: list[tuple[int, str]], rows: list[str], columns: dict[str, array[float]]
) -> bool:
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


def _parse_rows(
    text: Text,
    names: list[str],
    picks: list[tuple[int, str]],
    first_line: int,
    *,
    skip_bad: bool,
) -> tuple[dict[str, array[float]], list[Problem]]:
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


def _parse_row(names: list[str], picks: list[tuple[int, str]], line: str) -> list[float]:
    try:
        fields = _fields(line)
    except csv.Error as error:
        raise _BadRowError(f"is not a row of CSV ({error})") from None
    if len(fields) != len(names):
        raise _BadRowError(f"has {len(fields)} fields where the header row names {len(names)}")
    return [_parse_field(name, fields[place].strip()) for place, name in picks]


def _parse_field(name: str, text: str) -> float:
    if not text and name in OPTIONAL:
        return nan
    try:
        value = _number(text)
    except ValueError:
        raise _BadRowError(f"{name} is not a number: {shown(text)}") from None
    if not isfinite(value):
        raise _BadRowError(f"{name} is not finite: {shown(text)}")
    if name in FLAGS and value not in (0.0, 1.0):
        raise _BadRowError(f"{name} is {shown(text)}, not 0 or 1")
    if name == "t_s" and abs(value) > LATEST_S:
        raise _BadRowError(f"t_s is {value:g}, which is no time in seconds")
    return value


def _number(text: str) -> float:
    """A decimal number as people write it.

    Raises:
        ValueError: it is none.
    """
    if "_" in text or not text.isascii():
        raise ValueError("float() would take it")
    return float(text)


def _took_a_leap(last_two_s: list[float], now_s: float) -> bool:
    """The row before leapt ahead, and this one goes on from where the one before that was."""
    if not last_two_s or now_s > last_two_s[-1]:
        return False
    *earlier_s, leapt_s = last_two_s
    before_s = earlier_s[0] if earlier_s else now_s
    return leapt_s - before_s > LEAP_S and before_s <= now_s <= before_s + LEAP_S


def _stream_info(
    path: Path,
    keys: dict[str, str],
    places: dict[str, int],
    columns: dict[str, array[float]],
) -> StreamInfo:
    def where(key: str) -> str:
        return f"{path}:{places[key]}"

    rate_hz = _rate_hz(keys, where)
    if keys.get("angle", "upturn") not in ANGLE_OFFSETS_DEG:
        raise InputError(
            f"angle is {shown(keys['angle'])}, a convention that Upturn does not know",
            where=where("angle"),
            remedy=f"Say {' or '.join(ANGLE_OFFSETS_DEG)}, or leave the key out",
        )
    times = columns["t_s"]
    intervals = min(NOMINAL_INTERVALS, len(times) - 1)
    mean_s = (times[intervals] - times[0]) / intervals if intervals else DEFAULT_INTERVAL_S
    return StreamInfo(
        has_gyro=GYRO[0] in columns,
        nominal_s=1.0 / rate_hz if rate_hz is not None else max(mean_s, SHORTEST_INTERVAL_S),
        rate_hz=rate_hz,
        mounting=_mounting(keys, places, where),
        node=keys.get("node", "node"),
        sensor=keys.get("sensor", ""),
    )


def _rate_hz(keys: dict[str, str], where: Callable[[str], str]) -> float | None:
    if "rate_hz" not in keys:
        return None
    fastest_hz = 1.0 / SHORTEST_INTERVAL_S
    try:
        rate_hz = _number(keys["rate_hz"])
    except ValueError:
        rate_hz = nan
    if not (0.0 < rate_hz <= fastest_hz and isfinite(1.0 / rate_hz)):
        raise InputError(
            f"rate_hz is {shown(keys['rate_hz'])}",
            where=where("rate_hz"),
            remedy=f"Give a number above 0, up to {fastest_hz:.0f}, or leave the key out",
        )
    return rate_hz


def _mounting(
    keys: dict[str, str], places: dict[str, int], where: Callable[[str], str]
) -> Mounting | None:
    given = [key for key in ("head", "front") if key in keys]
    if not given:
        return None
    if len(given) == 1:
        other = "front" if given == ["head"] else "head"
        raise InputError(
            f"{given[0]} is given without {other}",
            where=where(given[0]),
            remedy="Give both, or neither",
        )
    try:
        return Mounting.from_axes(_axis(keys, "head", where), _axis(keys, "front", where))
    except MountingError as error:
        raise InputError(
            str(error),
            where=where(max(given, key=places.__getitem__)),
            remedy="head: feet to head; front: out of the chest",
        ) from None


def _axis(keys: dict[str, str], key: str, where: Callable[[str], str]) -> Vector:
    try:
        x, y, z = map(_number, keys[key].split(","))
    except ValueError:
        raise InputError(
            f"{key} is {shown(keys[key])}, not three numbers",
            where=where(key),
            remedy="Write them like 0,1,0",
        ) from None
    return (x, y, z)
