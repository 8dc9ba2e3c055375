# SPDX-License-Identifier: MIT
"""Raw recordings: what came in, piece by piece with its arrival time, and every command.

One JSON object a line. The first says what the stream is; the others are pieces in order of
arrival. A recording is written line by line, so that one cut short by a crash holds all but its
last line. Files may be gzipped.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import BinaryIO, cast

from upturn.core.commands import Command, from_record, to_record
from upturn.core.limits import DeviceKind
from upturn.core.mounting import Mounting, MountingError, Vector
from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.errors import InputError, RunError
from upturn.transports.source import Chunk, Source, pieces
from upturn.transports.trace_file import (
    LATEST_S,
    LONGEST_STEP_S,
    SHORTEST_INTERVAL_S,
    Problem,
    Text,
    read_text,
    shown,
)

FORMAT = "upturn_recording"
VERSION = 1
_HINT = "Mend the line, or pass --skip-bad to leave bad lines out"
_SAMPLE_FIELDS = 7
_LARGEST_MOUNTING = 10.0  # rows are near unit vectors, offsets near 0


@dataclass(slots=True)
class Recording:
    """A recording in memory; a `Source`."""

    info: StreamInfo
    device: DeviceKind | None
    label: str
    profile: str | None
    profile_where: str
    pieces: list[Chunk]
    problems: list[Problem] = field(default_factory=list)

    def chunks(self, *, paced: bool) -> Iterator[Chunk]:
        for piece in self.pieces:
            if piece.samples:
                yield from pieces(piece.samples, paced=paced)
            else:
                yield piece


class Recorder:
    """Writes a recording as it happens."""

    def __init__(
        self,
        path: Path,
        source: Source,
        info: StreamInfo,
        profile: str,
        device: DeviceKind = DeviceKind.TABLE,
    ) -> None:
        """Make the file; one that exists is never written over.

        Raises:
            InputError: it exists, or cannot be made.
        """
        self._path = path
        try:
            self._raw = path.open("xb")
        except FileExistsError:
            raise InputError(
                "exists already, and is left as it is", where=str(path), remedy="Name a new file"
            ) from None
        except (OSError, ValueError) as error:  # ValueError: a null byte in the name
            why = getattr(error, "strerror", None) or error
            raise InputError(
                f"cannot be made ({why})", where=str(path), remedy="Name another"
            ) from None
        packed = path.suffix == ".gz"
        self._gzip = gzip.GzipFile(fileobj=self._raw, mode="wb") if packed else None
        self._out: BinaryIO = cast("BinaryIO", self._gzip or self._raw)
        self._write(
            {
                FORMAT: VERSION,
                "source": source.label,
                "profile": profile,
                "device": str(device),
                **_info_record(info),
            }
        )

    def piece(self, chunk: Chunk) -> None:
        """Samples as they arrived, then commands, each on a line of its own.

        A chunk of neither says that time passed without samples. What is not finite is left out:
        JSON cannot say it, and the core counts it out as well.

        Raises:
            RunError: it cannot be written.
        """
        if chunk.samples or not chunk.commands:
            rows = [_sample_record(sample) for sample in chunk.samples if _is_finite(sample)]
            self._write({"at_s": chunk.at_s, "samples": rows})
        for command in chunk.commands:
            self._write({"at_s": chunk.at_s, "command": to_record(command)})

    def close(self) -> None:
        """End the file.

        Raises:
            RunError: its end cannot be written.
        """
        if self._raw.closed:
            return
        try:
            with self._raw:
                if self._gzip is not None:
                    self._gzip.close()
        except OSError as error:
            raise self._fault(error) from None

    def _write(self, record: dict[str, object]) -> None:
        line = json.dumps(record, separators=(",", ":"), allow_nan=False) + "\n"
        try:
            self._out.write(line.encode())
            self._out.flush()
        except OSError as error:
            with suppress(RunError):  # the same once more
                self.close()
            raise self._fault(error) from None

    def _fault(self, error: OSError) -> RunError:
        return RunError(f"{self._path}: cannot be written ({error.strerror or error})")


def read_recording(path: Path, *, skip_bad: bool = False) -> Recording:
    """Read a recording.

    Raises:
        InputError: what is wrong, with file and line; a bad line only if `skip_bad` is false.
    """
    return parse_recording(read_text(path, skip_bad=skip_bad), skip_bad=skip_bad)


def parse_recording(text: Text, *, skip_bad: bool = False) -> Recording:
    """As `read_recording`, of lines that were read already."""
    path, lines = text.path, text.lines
    header_at = next(i for i, line in enumerate(lines) if line.strip())
    where = f"{path}:{header_at + 1}"
    again = "Record it again"
    try:
        header = _object(lines[header_at])
    except ValueError as error:
        raise InputError(f"its header {error}", where=where, remedy=again) from None
    if FORMAT not in header:
        raise InputError("is not a recording", where=where, remedy=f"Line 1 must name {FORMAT}")
    if header[FORMAT] != VERSION:
        raise InputError(
            f"is a recording of version {shown(str(header[FORMAT]))}, not {VERSION}",
            where=where,
            remedy="Read it with the Upturn that wrote it",
        )
    try:
        info = _info_of(header)
        device = DeviceKind(_word(header, "device")) if "device" in header else None
        profile = _word(header, "profile")
    except (ValueError, MountingError) as error:
        raise InputError(
            f"its header does not describe a stream ({error})", where=where, remedy=again
        ) from None
    found: list[Chunk] = []
    problems = list(text.problems)
    unreadable = text.unreadable
    last_t_s = last_at_s = float("-inf")
    for number, line in enumerate(lines[header_at + 1 :], header_at + 2):
        if number in unreadable or not line.strip():
            continue
        try:
            chunk = _chunk_of(_object(line), last_t_s, last_at_s)
        except ValueError as error:
            what = f"is not a piece of a recording ({error})"
            if not skip_bad:
                raise InputError(what, where=f"{path}:{number}", remedy=_HINT) from None
            problems.append(Problem(number, what))
            continue
        if chunk.samples:
            last_t_s = chunk.samples[-1].t_s
        last_at_s = chunk.at_s
        found.append(chunk)
    if not any(chunk.samples for chunk in found):
        raise InputError("has no samples", where=where, remedy=again)
    problems.sort(key=lambda problem: problem.line)
    return Recording(info, device, f"replay {path.name}", profile, where, found, problems)


class _BadLineError(ValueError):
    """Why a line is refused."""


def _object(line: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, ValueError) else "nested too deeply"
        raise _BadLineError(f"is not JSON: {why}") from None
    if not isinstance(value, dict):
        raise _BadLineError("is not a JSON object")
    return value


def _get(record: dict[str, object], name: str) -> object:
    if name not in record:
        raise _BadLineError(f"{name} is missing")
    return record[name]


def _word(record: dict[str, object], name: str) -> str:
    value = _get(record, name)
    if not isinstance(value, str):
        raise _BadLineError(f"{name} is not a word")
    return value


def _chunk_of(record: dict[str, object], last_t_s: float, last_at_s: float) -> Chunk:
    at_s = _number(_get(record, "at_s"))
    _check_step("at_s", last_at_s, at_s)
    if "command" in record:
        command = record["command"]
        if not isinstance(command, dict):
            raise _BadLineError("a command must be an object")
        commands: tuple[Command, ...] = (from_record(command),)
        return Chunk(at_s, [], commands)
    rows = _get(record, "samples")
    if not isinstance(rows, list):
        raise _BadLineError("samples must be a list of rows")
    samples = [_sample_of(row) for row in rows]
    for sample in samples:
        if sample.t_s <= last_t_s:
            raise _BadLineError(f"t_s does not rise ({sample.t_s:.12g} after {last_t_s:.12g})")
        _check_step("t_s", last_t_s, sample.t_s)
        last_t_s = sample.t_s
    return Chunk(at_s, samples)


def _check_step(name: str, before_s: float, now_s: float) -> None:
    if abs(now_s) > LATEST_S:
        raise _BadLineError(f"{name} is {now_s:g}, which is no time in seconds")
    if isfinite(before_s) and now_s - before_s > LONGEST_STEP_S:
        raise _BadLineError(f"{name} leaps by {(now_s - before_s) / 86_400.0:.0f} days")


def _number(value: object) -> float:
    if not isinstance(value, bool) and isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:  # an integer of hundreds of digits
            number = float("inf")
        if isfinite(number):
            return number
    raise _BadLineError(f"{shown(str(value))} is not a finite number")


def _is_finite(sample: Sample) -> bool:
    *numbers, report = sample
    return all(map(isfinite, (*numbers, *(value for value in report or () if value is not None))))


def _sample_record(sample: Sample) -> list[object]:
    *numbers, report = sample
    if report is None:
        return [*numbers]
    defaults = NodeReport._field_defaults
    said = {n: v for n, v in zip(report._fields, report, strict=True) if v != defaults[n]}
    return [*numbers, said]


def _sample_of(row: object) -> Sample:
    if not isinstance(row, list) or len(row) not in (_SAMPLE_FIELDS, _SAMPLE_FIELDS + 1):
        raise _BadLineError("a sample must have 7 numbers and may have a report")
    t_s, ax, ay, az, gx, gy, gz = (_number(value) for value in row[:_SAMPLE_FIELDS])
    if len(row) == _SAMPLE_FIELDS:
        return Sample(t_s, ax, ay, az, gx, gy, gz)
    said = row[_SAMPLE_FIELDS]
    if not isinstance(said, dict):
        raise _BadLineError("a report must be an object")
    for name, value in said.items():
        if name not in NodeReport._fields:
            raise _BadLineError(f"a report has no {name!r}")
        if name not in ("button", "tap", "saturated"):
            _number(value)
        elif not isinstance(value, bool):
            raise _BadLineError(f"{name} must be true or false")
    return Sample(t_s, ax, ay, az, gx, gy, gz, NodeReport(**said))


def _info_record(info: StreamInfo) -> dict[str, object]:
    mounting = info.mounting
    record: dict[str, object] = {
        "has_gyro": info.has_gyro,
        "nominal_s": info.nominal_s,
        "rate_hz": info.rate_hz,
        "range_g": info.range_g,
        "node": info.node,
        "sensor": info.sensor,
    }
    if mounting is not None:
        record["mounting"] = {
            "head": mounting.head,
            "front": mounting.front,
            "hinge": mounting.hinge,
            "head_offset_g": mounting.head_offset_g,
            "front_offset_g": mounting.front_offset_g,
        }
    return record


def _info_of(header: dict[str, object]) -> StreamInfo:
    def number(name: str) -> float | None:
        value = _get(header, name)
        if value is None:
            return None
        if not _number(value) >= SHORTEST_INTERVAL_S:
            raise _BadLineError(f"{name} is too small")
        return _number(value)

    has_gyro, nominal_s = _get(header, "has_gyro"), number("nominal_s")
    if not isinstance(has_gyro, bool) or nominal_s is None:
        raise _BadLineError("has_gyro must be true or false, nominal_s a number")
    said = header.get("mounting")
    if said is not None and not isinstance(said, dict):
        raise _BadLineError("mounting must be an object")
    return StreamInfo(
        has_gyro=has_gyro,
        nominal_s=nominal_s,
        rate_hz=number("rate_hz"),
        mounting=_mounting_of(said) if said is not None else None,
        range_g=number("range_g"),
        node=_word(header, "node"),
        sensor=_word(header, "sensor"),
    )


def _mounting_of(said: dict[str, object]) -> Mounting:
    def number(value: object) -> float:
        if abs(_number(value)) > _LARGEST_MOUNTING:
            raise _BadLineError("mounting is no mounting")
        return _number(value)

    def vector(name: str) -> Vector:
        parts = _get(said, name)
        if not isinstance(parts, list) or len(parts) != 3:
            raise _BadLineError(f"{name} must be three numbers")
        x, y, z = map(number, parts)
        return (x, y, z)

    Mounting.from_axes(vector("head"), vector("front"))  # refuses axes that say nothing
    return Mounting(
        vector("head"),
        vector("front"),
        vector("hinge"),
        number(_get(said, "head_offset_g")),
        number(_get(said, "front_offset_g")),
    )
