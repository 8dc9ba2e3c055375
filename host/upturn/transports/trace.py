# SPDX-License-Identifier: MIT
"""Sample traces in CSV, strictly read. The format is a contract; README has it for users.

Leading `# key: value` lines, a header row, rows. Anyone with a phone's sensor logger can make one,
so every refusal names the line and what to do, and `skip_bad` leaves bad rows out and counts them.
A file without faults is parsed whole; only one that has some is gone through row by row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import cast

from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.errors import InputError
from upturn.transports.trace_file import Problem, Text, read_text
from upturn.transports.trace_keys import ANGLE_OFFSETS_DEG, read_keys, stream_info
from upturn.transports.trace_reports import reports
from upturn.transports.trace_rows import (
    GYRO,
    KNOWN,
    REQUIRED,
    Columns,
    parse_rows,
    parse_whole,
    split_fields,
)


@dataclass(slots=True)
class Trace:
    """A trace in memory: one array for each known column; NaN where a field was left empty."""

    path: Path
    keys: dict[str, str]
    columns: Columns
    info: StreamInfo
    profile: str | None
    profile_where: str
    problems: list[Problem] = field(default_factory=list)
    """What was skipped."""
    _reports: dict[int, NodeReport] | None = None

    def __len__(self) -> int:
        return len(self.columns["t_s"])

    def samples(self, start: int = 0, stop: int | None = None) -> list[Sample]:
        """Rows `start` to `stop` as samples."""
        rows = slice(start, stop)
        required = [self.columns[name][rows] for name in REQUIRED]
        rates = [self.columns[name][rows] if self.info.has_gyro else repeat(0.0) for name in GYRO]
        said = map(self.reports.get, range(*rows.indices(len(self))))
        plain = zip(*required, *rates, said, strict=False)
        # Tuples of a Sample's shape: making the named kind would double the time of a replay.
        return cast("list[Sample]", list(plain))

    def chunks(self, rows: int) -> Iterator[list[Sample]]:
        """All samples, `rows` at a time."""
        for start in range(0, len(self), rows):
            yield self.samples(start, start + rows)

    @property
    def reports(self) -> dict[int, NodeReport]:
        """What rows say beside force and rate, by row, where it is news."""
        if self._reports is None:
            offset_deg = ANGLE_OFFSETS_DEG.get(self.keys.get("angle", ""), 0.0)
            self._reports = reports(self.columns, offset_deg)
        return self._reports


def read_trace(path: Path, *, skip_bad: bool = False) -> Trace:
    """Read a sample trace.

    Raises:
        InputError: what is wrong, with file and line; bad rows only if `skip_bad` is false.
    """
    return parse_trace(read_text(path, skip_bad=skip_bad), skip_bad=skip_bad)


def parse_trace(text: Text, *, skip_bad: bool = False) -> Trace:
    """As `read_trace`, of lines that were read already."""
    path, lines = text.path, text.lines
    keys, key_lines, header_at = read_keys(path, lines)
    names = _read_header(path, lines[header_at], header_at + 1)
    known = KNOWN if "angle" in keys else tuple(n for n in KNOWN if n != "angle_deg")
    picks = [(place, name) for place, name in enumerate(names) if name in known]
    first_line = header_at + 2
    columns = parse_whole(names, picks, lines[header_at + 1 :]) if not text.problems else None
    problems: list[Problem] = []
    if columns is None:
        columns, problems = parse_rows(text, names, picks, first_line, skip_bad=skip_bad)
    if not columns["t_s"]:
        what = f"has no valid rows ({len(problems)} bad)" if problems else "has no rows"
        raise InputError(what, where=f"{path}:{first_line - 1}", remedy="Record it again")
    info = stream_info(path, keys, key_lines, columns)
    profile = keys.get("profile")
    where = f"{path}:{key_lines['profile']}" if profile is not None else ""
    problems = sorted([*text.problems, *problems], key=lambda problem: problem.line)
    return Trace(path, keys, columns, info, profile, where, problems)


def _read_header(path: Path, line: str, number: int) -> list[str]:
    where = f"{path}:{number}"
    try:
        names = [name.strip() for name in split_fields(line)]
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
