# SPDX-License-Identifier: MIT
"""Raw recordings: what came in, piece by piece with its arrival time, and every command.

One JSON object a line. The first says what the stream is; the others are pieces in order of
arrival. A recording is written line by line, so that one cut short by a crash holds all but its
last line. Files may be gzipped.

There are two versions. 1 holds samples, of what is simulated or replayed. 2 holds the bytes of a
link as they came, with times of the host's clock: they are decoded anew with each replay, so that
a fault of the decoder replays, and its mending too.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf, isfinite
from pathlib import Path
from typing import BinaryIO, cast

from upturn.core.commands import Command, from_record, to_record
from upturn.core.limits import DeviceKind
from upturn.core.mounting import MountingError
from upturn.core.sample import StreamInfo
from upturn.errors import InputError, RunError
from upturn.transports.node_chunks import NodeChunks
from upturn.transports.records import (
    BadRecordError,
    get,
    info_of,
    info_record,
    is_finite,
    number,
    sample_of,
    sample_record,
    word,
)
from upturn.transports.source import Arrival, Chunk, LiveSource, Source, pieces
from upturn.transports.trace_file import (
    LATEST_S,
    LONGEST_STEP_S,
    Problem,
    Text,
    read_text,
    shown,
)

FORMAT = "upturn_recording"
OF_SAMPLES = 1
OF_A_LINK = 2
BLOCK_CHUNKS = 1024
_HINT = "Mend the line, or pass --skip-bad to leave bad lines out"


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
    start_s: float | None = None
    """Of a link: when watching began."""
    _paced: list[Chunk] | None = None

    @property
    def of_a_link(self) -> bool:
        """What its stream is may change on the way."""
        return self.start_s is not None

    def chunks(self, *, paced: bool) -> Iterator[Chunk]:
        for piece in self.pieces:
            if piece.samples and not self.of_a_link:
                yield from pieces(piece.samples, paced=paced)
            else:
                yield piece

    def blocks(self) -> int:
        """Parts of `chunks(paced=True)`, each of bounded work."""
        return -(-len(self._chunks) // BLOCK_CHUNKS)

    def block(self, number: int) -> Iterator[Chunk]:
        start = number * BLOCK_CHUNKS
        yield from self._chunks[start : start + BLOCK_CHUNKS]

    @property
    def _chunks(self) -> list[Chunk]:
        if self._paced is None:
            self._paced = list(self.chunks(paced=True))
        return self._paced


class Recorder:
    """Writes a recording as it happens."""

    def __init__(
        self,
        path: Path,
        source: Source | LiveSource,
        info: StreamInfo,
        profile: str,
        device: DeviceKind = DeviceKind.TABLE,
        *,
        start_s: float | None = None,
    ) -> None:
        """Make the file; one that exists is never written over.

        `start_s` says that chunks come from a link, and when watching began.

        Raises:
            InputError: it exists, or cannot be made.
        """
        self._path = path
        self._of_a_link = start_s is not None
        self._fault: RunError | None = None
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
        begin = {} if start_s is None else {"start_s": start_s}
        self._write(
            {
                FORMAT: OF_A_LINK if self._of_a_link else OF_SAMPLES,
                "source": source.label,
                "profile": profile,
                "device": str(device),
                **begin,
                **info_record(info),
            }
        )

    def piece(self, chunk: Chunk) -> None:
        """Samples or bytes as they arrived, then commands, each on a line of its own.

        A chunk of neither says that time passed without samples. What is not finite is left out:
        JSON cannot say it, and the core counts it out as well.

        Raises:
            RunError: it cannot be written.
        """
        if self._of_a_link:
            if chunk.arrival is not None:  # else the rest of an arrival that is written already
                self._arrival(chunk.arrival, chunk.commands)
            return
        if chunk.samples or not chunk.commands:
            rows = [sample_record(sample) for sample in chunk.samples if is_finite(sample)]
            self._write({"at_s": chunk.at_s, "samples": rows})
        for command in chunk.commands:
            self._write({"at_s": chunk.at_s, "command": to_record(command)})

    def close(self) -> None:
        """End the file.

        Raises:
            RunError: its end cannot be written, or something before it could not.
        """
        if not self._raw.closed:
            try:
                with self._raw:
                    if self._gzip is not None:
                        self._gzip.close()
            except OSError as error:
                self._fail(error)
        if self._fault is not None:
            raise self._fault

    def _arrival(self, arrival: Arrival, commands: tuple[Command, ...]) -> None:
        at: dict[str, object] = {"host_s": arrival.host_s}
        if arrival.data:  # commands of its chunk are what the bytes say
            since = {} if arrival.since_s is None else {"since_s": arrival.since_s}
            self._write({**at, **since, "bytes": b64encode(arrival.data).decode("ascii")})
        elif commands:
            for command in commands:
                self._write({**at, "command": to_record(command)})
        else:
            self._write(at)

    def _write(self, record: dict[str, object]) -> None:
        line = json.dumps(record, separators=(",", ":"), allow_nan=False) + "\n"
        try:
            self._out.write(line.encode())
            self._out.flush()
        except OSError as error:
            self._fail(error)
            self.close()

    def _fail(self, error: OSError) -> None:
        if self._fault is None:
            why = error.strerror or error
            self._fault = RunError(f"{self._path}: cannot be written ({why})")


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
    version = header[FORMAT]
    if isinstance(version, bool) or version not in (OF_SAMPLES, OF_A_LINK):
        raise InputError(
            f"is a recording of version {shown(str(version))}, not {OF_SAMPLES} or {OF_A_LINK}",
            where=where,
            remedy="Read it with the Upturn that wrote it",
        )
    try:
        info = info_of(header)
        device = DeviceKind(word(header, "device")) if "device" in header else None
        profile = word(header, "profile")
        start_s = number(get(header, "start_s")) if version == OF_A_LINK else None
    except (ValueError, MountingError) as error:
        raise InputError(
            f"its header does not describe a stream ({error})", where=where, remedy=again
        ) from None
    read: Callable[[dict[str, object]], list[Chunk]]
    read = _SampleLines().read if start_s is None else _LinkLines(info, start_s).read
    found: list[Chunk] = []
    problems = list(text.problems)
    for count, line in enumerate(lines[header_at + 1 :], header_at + 2):
        if count in text.unreadable or not line.strip():
            continue
        try:
            found += read(_object(line))
        except ValueError as error:
            what = f"is not a piece of a recording ({error})"
            if not skip_bad:
                raise InputError(what, where=f"{path}:{count}", remedy=_HINT) from None
            problems.append(Problem(count, what))
    # Of a link it is what a person has to see: that nothing came.
    if start_s is None and not any(chunk.samples for chunk in found):
        raise InputError("has no samples", where=where, remedy=again)
    problems.sort(key=lambda problem: problem.line)
    label = f"replay {path.name}"
    return Recording(info, device, label, profile, where, found, problems, start_s)


class _SampleLines:
    """Lines of version 1, which hold samples."""

    def __init__(self) -> None:
        self._last_t_s = self._last_at_s = -inf

    def read(self, record: dict[str, object]) -> list[Chunk]:
        at_s = number(get(record, "at_s"))
        _check_step("at_s", self._last_at_s, at_s)
        chunk = Chunk(at_s, [], _commands_of(record))
        if not chunk.commands:
            rows = get(record, "samples")
            if not isinstance(rows, list):
                raise BadRecordError("samples must be a list of rows")
            chunk = Chunk(at_s, [sample_of(row) for row in rows])
            self._check_times(chunk)
        self._last_at_s = at_s
        return [chunk]

    def _check_times(self, chunk: Chunk) -> None:
        last_t_s = self._last_t_s
        for sample in chunk.samples:
            if sample.t_s <= last_t_s:
                raise BadRecordError(
                    f"t_s does not rise ({sample.t_s:.12g} after {last_t_s:.12g})"
                )
            _check_step("t_s", last_t_s, sample.t_s)
            last_t_s = sample.t_s
        self._last_t_s = last_t_s


class _LinkLines:
    """Lines of version 2, which hold what came over a link."""

    def __init__(self, info: StreamInfo, start_s: float) -> None:
        self._chunks = NodeChunks(info.mounting)
        self._last_host_s = start_s

    def read(self, record: dict[str, object]) -> list[Chunk]:
        host_s = number(get(record, "host_s"))
        _check_step("host_s", self._last_host_s, host_s)
        if host_s < self._last_host_s:
            raise BadRecordError(f"host_s falls ({host_s:.12g} after {self._last_host_s:.12g})")
        commands = _commands_of(record)
        data = _bytes_of(record) if "bytes" in record else b""
        since_s = number(record["since_s"]) if "since_s" in record else None
        if since_s is not None and since_s > host_s:
            raise BadRecordError("since_s is after host_s")
        self._last_host_s = host_s
        arrival = Arrival(host_s, data, since_s)
        if data:
            return self._chunks.take(arrival)[0]
        return [Chunk(self._chunks.axis_s(host_s), [], commands, arrival=arrival)]


def _object(line: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, ValueError) else "nested too deeply"
        raise BadRecordError(f"is not JSON: {why}") from None
    if not isinstance(value, dict):
        raise BadRecordError("is not a JSON object")
    return value


def _commands_of(record: dict[str, object]) -> tuple[Command, ...]:
    if "command" not in record:
        return ()
    command = record["command"]
    if not isinstance(command, dict):
        raise BadRecordError("a command must be an object")
    return (from_record(command),)


def _bytes_of(record: dict[str, object]) -> bytes:
    text = word(record, "bytes")
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError):  # the latter: not ASCII
        raise BadRecordError("bytes is not base64") from None


def _check_step(name: str, before_s: float, now_s: float) -> None:
    if abs(now_s) > LATEST_S:
        raise BadRecordError(f"{name} is {now_s:g}, which is no time in seconds")
    if isfinite(before_s) and now_s - before_s > LONGEST_STEP_S:
        raise BadRecordError(f"{name} leaps by {(now_s - before_s) / 86_400.0:.0f} days")
