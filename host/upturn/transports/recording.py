# SPDX-License-Identifier: MIT
"""Raw recordings: what came in, piece by piece with its arrival time, and every command.

One JSON object a line. The first says what the stream is; the others are pieces in order of
arrival. A recording is written line by line, so that one cut short by a crash holds all but its
last line. Files may be gzipped.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import BinaryIO, cast

from upturn.core.commands import Command, from_record, to_record
from upturn.core.mounting import Mounting, MountingError, Vector
from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.errors import InputError, RunError
from upturn.transports.source import Chunk, Source, pieces
from upturn.transports.trace_file import Problem, read_lines

FORMAT = "upturn_recording"
VERSION = 1
_HINT = "Mend the line, or pass --skip-bad to leave bad lines out"
_SAMPLE_FIELDS = 7


@dataclass(slots=True)
class Recording:
    """A recording in memory; a `Source`."""

    info: StreamInfo
    label: str
    profile: str | None
    profile_where: str
    pieces: list[Chunk]
    skipped: list[Problem] = field(default_factory=list)

    @property
    def problems(self) -> int:
        return len(self.skipped)

    def chunks(self, *, paced: bool) -> Iterator[Chunk]:
        for piece in self.pieces:
            if piece.samples:
                yield from pieces(piece.samples, paced=paced)
            if piece.commands:
                yield Chunk(piece.at_s, [], piece.commands)


class Recorder:
    """Writes a recording as it happens."""

    def __init__(self, path: Path, source: Source, info: StreamInfo, profile: str) -> None:
        """Raises RunError if the file cannot be made; an existing one is never written over."""
        self._path = path
        try:
            raw = path.open("xb")
        except FileExistsError:
            raise RunError(f"{path}: exists already. Name a new file") from None
        except OSError as error:
            raise RunError(f"{path}: cannot be made ({error.strerror or error})") from None
        packed = gzip.GzipFile(fileobj=raw, mode="wb") if path.suffix == ".gz" else raw
        self._raw = raw
        self._file = io.TextIOWrapper(cast("BinaryIO", packed), encoding="utf-8")
        self._write(
            {FORMAT: VERSION, "source": source.label, "profile": profile, **_info_record(info)}
        )

    def piece(self, chunk: Chunk) -> None:
        """Samples as they arrived, then commands, each on a line of its own."""
        if chunk.samples:
            rows = [_sample_record(sample) for sample in chunk.samples]
            self._write({"at_s": chunk.at_s, "samples": rows})
        for command in chunk.commands:
            self._write({"at_s": chunk.at_s, "command": to_record(command)})

    def close(self) -> None:
        self._file.close()
        self._raw.close()

    def _write(self, record: dict[str, object]) -> None:
        try:
            self._file.write(json.dumps(record, separators=(",", ":"), allow_nan=False) + "\n")
            self._file.flush()
        except OSError as error:
            raise RunError(
                f"{self._path}: cannot be written ({error.strerror or error})"
            ) from None


def looks_like_recording(path: Path) -> bool:
    """Whether the file begins like a recording; what cannot be read does not."""
    try:
        with path.open("rb") as file:
            head = file.read(2)
            file.seek(0)
            if head == b"\x1f\x8b":
                with gzip.GzipFile(fileobj=file) as unzipped:
                    return unzipped.read(1) == b"{"
            return head[:1] == b"{"
    except (OSError, EOFError):
        return False


def read_recording(path: Path, *, skip_bad: bool = False) -> Recording:
    """Read a recording.

    Raises:
        InputError: what is wrong, with file and line; a bad line only if `skip_bad` is false.
    """
    lines, skipped = read_lines(path, skip_bad=skip_bad)
    header = _object(lines[0], f"{path}:1")
    if header.get(FORMAT) != VERSION:
        raise InputError(
            f"is not a recording of version {VERSION}",
            where=f"{path}:1",
            remedy="Read it with the Upturn that wrote it",
        )
    try:
        info = _info_of(header)
    except (TypeError, ValueError, KeyError, MountingError) as error:
        raise InputError(
            f"its header does not describe a stream ({error})",
            where=f"{path}:1",
            remedy="Record it again",
        ) from None
    found: list[Chunk] = []
    last_t_s = float("-inf")
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        try:
            chunk = _chunk_of(_object(line, ""), last_t_s)
        except (InputError, TypeError, ValueError, KeyError) as error:
            what = f"is not a piece of a recording ({error})"
            if not skip_bad:
                raise InputError(what, where=f"{path}:{number}", remedy=_HINT) from None
            skipped.append(Problem(number, what))
            continue
        if chunk.samples:
            last_t_s = chunk.samples[-1].t_s
        found.append(chunk)
    if not any(chunk.samples for chunk in found):
        raise InputError("has no samples", where=str(path), remedy="Record it again")
    profile = header.get("profile")
    where = f"{path}:1"
    named = profile if isinstance(profile, str) else None
    return Recording(info, f"replay {path.name}", named, where, found, skipped)


def _object(line: str, where: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise InputError(f"is not JSON ({error})", where=where, remedy=_HINT) from None
    if not isinstance(value, dict):
        raise InputError("is not a JSON object", where=where, remedy=_HINT)
    return value


def _chunk_of(record: dict[str, object], last_t_s: float) -> Chunk:
    at_s = _number(record["at_s"])
    if "command" in record:
        command = record["command"]
        if not isinstance(command, dict):
            raise ValueError("a command must be an object")
        commands: tuple[Command, ...] = (from_record(command),)
        return Chunk(at_s, [], commands)
    rows = record["samples"]
    if not isinstance(rows, list) or not rows:
        raise ValueError("samples must be a list of rows")
    samples = [_sample_of(row) for row in rows]
    for sample in samples:
        if sample.t_s <= last_t_s:
            raise ValueError(f"t_s does not rise ({sample.t_s:g} after {last_t_s:g})")
        last_t_s = sample.t_s
    return Chunk(at_s, samples)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"{value!r} is not a finite number")
    return float(value)


def _sample_record(sample: Sample) -> list[object]:
    *numbers, report = sample
    if report is None:
        return [*numbers]
    defaults = NodeReport._field_defaults
    said = {n: v for n, v in zip(report._fields, report, strict=True) if v != defaults[n]}
    return [*numbers, said]


def _sample_of(row: object) -> Sample:
    if not isinstance(row, list) or len(row) not in (_SAMPLE_FIELDS, _SAMPLE_FIELDS + 1):
        raise ValueError("a sample must have 7 numbers and may have a report")
    t_s, ax, ay, az, gx, gy, gz = (_number(value) for value in row[:_SAMPLE_FIELDS])
    if len(row) == _SAMPLE_FIELDS:
        return Sample(t_s, ax, ay, az, gx, gy, gz)
    said = row[_SAMPLE_FIELDS]
    if not isinstance(said, dict):
        raise ValueError("a report must be an object")
    for name, value in said.items():
        if name not in NodeReport._fields:
            raise ValueError(f"a report has no {name!r}")
        if name not in ("button", "tap", "saturated"):
            _number(value)
        elif not isinstance(value, bool):
            raise ValueError(f"{name} must be true or false")
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
        value = header[name]
        if value is None:
            return None
        if _number(value) <= 0.0:
            raise ValueError(f"{name} must be above 0")
        return _number(value)

    has_gyro, nominal_s = header["has_gyro"], number("nominal_s")
    if not isinstance(has_gyro, bool) or nominal_s is None:
        raise ValueError("has_gyro must be true or false, nominal_s a number")
    said = header.get("mounting")
    return StreamInfo(
        has_gyro=has_gyro,
        nominal_s=nominal_s,
        rate_hz=number("rate_hz"),
        mounting=_mounting_of(said) if isinstance(said, dict) else None,
        range_g=number("range_g"),
        node=str(header["node"]),
        sensor=str(header["sensor"]),
    )


def _mounting_of(said: dict[str, object]) -> Mounting:
    def vector(name: str) -> Vector:
        x, y, z = cast("list[object]", said[name])
        return (_number(x), _number(y), _number(z))

    Mounting.from_axes(vector("head"), vector("front"))  # refuses axes that say nothing
    return Mounting(
        vector("head"),
        vector("front"),
        vector("hinge"),
        _number(said["head_offset_g"]),
        _number(said["front_offset_g"]),
    )
