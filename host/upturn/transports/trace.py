# SPDX-License-Identifier: MIT
"""Sample traces in CSV, strictly read. The format is a contract; README has it for users.

Leading `# key: value` lines, a header row, rows. Anyone with a phone's sensor logger can make one,
so every refusal names the line and what to do, and `skip_bad` leaves bad rows out and counts them.
A file without faults is parsed whole; only one that has some is gone through row by row.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from math import isfinite, nan
from operator import lt
from pathlib import Path
from typing import cast

from upturn.core.mounting import Mounting, MountingError, Vector
from upturn.core.sample import DEFAULT_INTERVAL_S, NodeReport, Sample, StreamInfo
from upturn.errors import InputError
from upturn.transports.trace_file import Problem, read_lines

REQUIRED = ("t_s", "ax_g", "ay_g", "az_g")
GYRO = ("gx_dps", "gy_dps", "gz_dps")
REPORTED = ("angle_deg", "button", "tap", "battery_v", "peak_g")
FLAGS = ("button", "tap")
OPTIONAL = (*REPORTED, "arrival_s")
KNOWN = (*REQUIRED, *GYRO, *OPTIONAL)
ANGLE_OFFSETS_DEG = {"upturn": 0.0, "upright0": -90.0}
"""By the value of the `angle` key: what turns the column into Upturn's convention."""
NOMINAL_INTERVALS = 50
LEAP_S = 60.0  # a time further ahead that the next row takes back is itself the bad one
_KEYS = ("rate_hz", "head", "front", "angle", "profile", "range_g")
_ROW_HINT = "Mend the row, or pass --skip-bad to leave bad rows out"


@dataclass(slots=True)
class Trace:
    """A trace in memory: one flat array of the known columns, row after row."""

    path: Path
    keys: dict[str, str]
    columns: tuple[str, ...]
    values: array[float]
    info: StreamInfo
    profile: str | None
    profile_where: str
    problems: list[Problem] = field(default_factory=list)
    """Rows that were skipped."""

    def __len__(self) -> int:
        return len(self.values) // len(self.columns)

    def column(self, name: str, start: int = 0, stop: int | None = None) -> Sequence[float]:
        """Values of one column; NaN where an optional field was left empty."""
        width = len(self.columns)
        rows = self.values if stop is None and not start else self._rows(start, stop)
        return rows[self.columns.index(name) :: width]

    def samples(self, start: int = 0, stop: int | None = None) -> list[Sample]:
        """Rows `start` to `stop` as samples."""
        width = len(self.columns)
        rows = self._rows(start, stop)
        picked = {name: rows[place::width] for place, name in enumerate(self.columns)}
        required = [picked[name] for name in REQUIRED]
        rates = [picked.get(name) or repeat(0.0) for name in GYRO]
        plain = zip(*required, *rates, self._reports(picked), strict=False)
        # Tuples of a Sample's shape: making the named kind would double the time of a replay.
        return cast("list[Sample]", list(plain))

    def chunks(self, rows: int) -> Iterator[list[Sample]]:
        """All samples, `rows` at a time."""
        for start in range(0, len(self), rows):
            yield self.samples(start, start + rows)

    def _rows(self, start: int, stop: int | None) -> array[float]:
        width = len(self.columns)
        return self.values[start * width : None if stop is None else stop * width]

    def _reports(self, picked: dict[str, array[float]]) -> Iterator[NodeReport | None]:
        names = [name for name in REPORTED if name in picked]
        offset_deg = ANGLE_OFFSETS_DEG.get(self.keys.get("angle", ""))
        if offset_deg is None and "angle_deg" in names:
            names.remove("angle_deg")
        if not names:
            return repeat(None)
        makers = {"angle_deg": lambda v: v + (offset_deg or 0.0), "button": bool, "tap": bool}
        fields = [
            [_or_none(value, makers.get(name, float)) for value in picked[name]] for name in names
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
    lines, problems = read_lines(path, skip_bad=skip_bad)
    keys, key_lines, header_at = _read_keys(path, lines)
    names = _read_header(path, lines[header_at], header_at + 1)
    picks = [(place, name) for place, name in enumerate(names) if name in KNOWN]
    body = lines[header_at + 1 :]
    values = _parse_whole(names, picks, body)
    if values is None:
        values, bad = _parse_rows(path, names, picks, body, header_at + 2, skip_bad=skip_bad)
        problems = [*bad, *problems]
    columns = tuple(name for _, name in picks)
    if not values:
        raise InputError("has no rows", where=f"{path}:{header_at + 1}", remedy="Record it again")
    info = _stream_info(path, keys, key_lines, columns, values)
    profile = keys.get("profile")
    where = f"{path}:{key_lines['profile']}" if profile is not None else ""
    return Trace(path, keys, columns, values, info, profile, where, problems)


def _or_none(value: float, make: Callable[[float], object]) -> object:
    return None if value != value else make(value)


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
    names = [name.strip().strip('"') for name in line.split(",")]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise InputError(
            f"column {missing[0]} is missing",
            where=where,
            remedy=f"The header row must name {', '.join(REQUIRED)}",
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


def _parse_whole(
    names: list[str], picks: list[tuple[int, str]], body: list[str]
) -> array[float] | None:
    """All rows at once; None if there is anything to complain of or to leave out."""
    rows = [line for line in body if line and not line.isspace()]
    commas = len(names) - 1
    if len(picks) != len(names) or {row.count(",") for row in rows} != {commas}:
        return None
    joined = ",".join(rows)
    if "_" in joined:  # float() would take 1_000
        return None
    try:
        values = array("d", map(float, joined.split(",")))
    except ValueError:
        return None
    width = len(names)
    times = values[names.index("t_s") :: width]
    if not isfinite(sum(values)) or not all(map(lt, times, islice(times, 1, None))):
        return None
    for place, name in picks:
        if name in FLAGS and not set(values[place::width]) <= {0.0, 1.0}:
            return None
    return values


def _parse_rows(
    path: Path,
    names: list[str],
    picks: list[tuple[int, str]],
    body: list[str],
    first_line: int,
    *,
    skip_bad: bool,
) -> tuple[array[float], list[Problem]]:
    """Row by row, to find what is wrong or to go round it."""
    kept: list[tuple[int, list[float]]] = []
    problems: list[Problem] = []
    time_at = next(index for index, (_, name) in enumerate(picks) if name == "t_s")
    for line, text in enumerate(body, first_line):
        if not text.strip():
            continue
        try:
            row = _parse_row(names, picks, text)
            if kept and row[time_at] <= kept[-1][1][time_at]:
                leapt = skip_bad and _took_a_leap([r[time_at] for _, r in kept[-2:]], row[time_at])
                if not leapt:
                    raise _BadRow(
                        f"t_s does not rise ({row[time_at]:g} after {kept[-1][1][time_at]:g})"
                    )
                ahead, _ = kept.pop()
                problems.append(Problem(ahead, "t_s leaps ahead of the rows after it"))
            kept.append((line, row))
        except _BadRow as bad:
            if not skip_bad:
                raise InputError(str(bad), where=f"{path}:{line}", remedy=_ROW_HINT) from None
            problems.append(Problem(line, str(bad)))
    problems.sort(key=lambda problem: problem.line)
    return array("d", (value for _, row in kept for value in row)), problems


class _BadRow(Exception):
    """Why a row is refused."""


def _parse_row(names: list[str], picks: list[tuple[int, str]], text: str) -> list[float]:
    try:
        fields = next(csv.reader([text], strict=True)) if '"' in text else text.split(",")
    except (csv.Error, StopIteration) as error:
        raise _BadRow(f"is not a row of CSV ({error})") from None
    if len(fields) != len(names):
        raise _BadRow(f"has {len(fields)} fields where the header row names {len(names)}")
    return [_parse_field(name, fields[place].strip()) for place, name in picks]


def _parse_field(name: str, text: str) -> float:
    if not text and name in OPTIONAL:
        return nan
    try:
        value = float("" if "_" in text else text)
    except ValueError:
        shown = text if len(text) <= 40 else f"{text[:37]}..."
        raise _BadRow(f"{name} is not a number: {shown!r}") from None
    if not isfinite(value):
        raise _BadRow(f"{name} is not finite: {text}")
    if name in FLAGS and value not in (0.0, 1.0):
        raise _BadRow(f"{name} is {text}, not 0 or 1")
    return value


def _took_a_leap(last_two_s: list[float], now_s: float) -> bool:
    """The row before leapt ahead, and this one goes on from where the one before that was."""
    if len(last_two_s) < 2:
        return False
    before_s, leapt_s = last_two_s
    return leapt_s - before_s > LEAP_S and before_s < now_s <= before_s + LEAP_S


def _stream_info(
    path: Path,
    keys: dict[str, str],
    places: dict[str, int],
    columns: tuple[str, ...],
    values: array[float],
) -> StreamInfo:
    def where(key: str) -> str:
        return f"{path}:{places[key]}"

    rate_hz = _positive(keys, "rate_hz", where)
    range_g = _positive(keys, "range_g", where)
    if keys.get("angle", "upturn") not in ANGLE_OFFSETS_DEG:
        raise InputError(
            f"angle is {keys['angle']!r}, a convention that Upturn does not know",
            where=where("angle"),
            remedy=f"Say {' or '.join(ANGLE_OFFSETS_DEG)}, or leave the key out",
        )
    times = values[columns.index("t_s") :: len(columns)]
    intervals = min(NOMINAL_INTERVALS, len(times) - 1)
    mean_s = (times[intervals] - times[0]) / intervals if intervals else DEFAULT_INTERVAL_S
    return StreamInfo(
        has_gyro=GYRO[0] in columns,
        nominal_s=1.0 / rate_hz if rate_hz is not None else mean_s,
        rate_hz=rate_hz,
        mounting=_mounting(keys, where),
        range_g=range_g,
        node=keys.get("node", "node"),
        sensor=keys.get("sensor", ""),
    )


def _positive(keys: dict[str, str], key: str, where: Callable[[str], str]) -> float | None:
    if key not in keys:
        return None
    try:
        value = float(keys[key])
    except ValueError:
        value = nan
    if not (isfinite(value) and value > 0.0 and isfinite(1.0 / value)):
        raise InputError(
            f"{key} is {keys[key]!r}", where=where(key), remedy="Give a number above 0, or none"
        )
    return value


def _mounting(keys: dict[str, str], where: Callable[[str], str]) -> Mounting | None:
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
        line = max(given, key=where)
        raise InputError(
            str(error), where=where(line), remedy="head: feet to head; front: out of the chest"
        ) from None


def _axis(keys: dict[str, str], key: str, where: Callable[[str], str]) -> Vector:
    try:
        x, y, z = (float(part) for part in keys[key].split(","))
    except ValueError:
        raise InputError(
            f"{key} is {keys[key]!r}, not three numbers",
            where=where(key),
            remedy="Write them like 0,1,0",
        ) from None
    return (x, y, z)
