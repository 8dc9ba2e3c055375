# SPDX-License-Identifier: MIT
"""A file's bytes as lines of text: gzip or plain, UTF-8, any line ending.

What is wrong is told with the line where it begins; on request all that can be read is kept, and
the lines that cannot are told.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path

from upturn.errors import InputError

LONGEST_STEP_S = 864_000.0
"""Ten days: a longer step is a clock that was set, not a gap in a session."""
LATEST_S = 1e11
"""No clock that counts seconds is beyond it; one that counts milliseconds is."""
SHORTEST_INTERVAL_S = 1e-6

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's word for "gzip, with its header and checksum"
_PIECE = 1 << 16
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was skipped: the line (1 is the first) and why."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a file without their ends, and which of them could not be read."""

    path: Path
    lines: list[str]
    problems: list[Problem] = field(default_factory=list)

    @property
    def unreadable(self) -> frozenset[int]:
        """Numbers of lines that must not be believed, though something stands in them."""
        return frozenset(problem.line for problem in self.problems)


def read_text(path: Path, *, skip_bad: bool = False) -> Text:
    """A file's lines.

    Raises:
        InputError: the file cannot be opened; it is empty; or its gzip or its UTF-8 is broken
            and `skip_bad` is false.
    """
    data = _bytes_of(path)
    fault = ""
    if data.startswith(_GZIP_MAGIC):
        data, fault = _unzipped(data)
    elif path.suffix == ".gz" and data:
        raise InputError(
            "is named .gz but is not gzip data",
            where=f"{path}:1",
            remedy="Name it .csv if it is plain text",
        )
    # Bytes that are not UTF-8 become surrogates, which no UTF-8 text holds.
    text = data.decode("utf-8-sig", "surrogateescape")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    problems = [] if text.isascii() else _not_utf8(lines)
    if fault:
        problems.append(Problem(len(lines), f"gzip data is broken ({fault})"))
    if problems and not skip_bad:
        first = problems[0]
        raise InputError(
            first.what,
            where=f"{path}:{first.line}",
            remedy="Mend it, or pass --skip-bad to leave bad rows out",
        )
    if not any(line.strip() for line in lines):
        raise InputError("is empty", where=f"{path}:1", remedy="Record it again")
    return Text(path, lines, problems)


def shown(text: str) -> str:
    """What a file says, fit for a message of one line."""
    return repr(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}...")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except IsADirectoryError:
        raise InputError("is a folder", where=str(path), remedy="Name a file") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        why = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot be read ({why})", where=str(path), remedy="Check the path"
        ) from None


def _unzipped(data: bytes) -> tuple[bytes, str]:
    """All that can be unpacked, and why not the rest ("" for no fault)."""
    unpacked = bytearray()
    member = zlib.decompressobj(_GZIP_WINDOW)
    while data:
        if member.eof:  # another member may follow, or padding
            if not data.startswith(_GZIP_MAGIC):
                return bytes(unpacked), "something else follows it" if data.strip(b"\0") else ""
            member = zlib.decompressobj(_GZIP_WINDOW)
        piece, data = data[:_PIECE], data[_PIECE:]
        before = member.copy()
        try:
            unpacked += member.decompress(piece)
        except zlib.error as error:
            return bytes(unpacked + _up_to_fault(before, piece)), str(error)
        data = member.unused_data + data
    return bytes(unpacked), "" if member.eof else "it ends too early"


def _up_to_fault(member: zlib._Decompress, piece: bytes) -> bytearray:
    """What the piece yields byte by byte: zlib keeps back all of a call that fails."""
    unpacked = bytearray()
    try:
        for i in range(len(piece)):
            unpacked += member.decompress(piece[i : i + 1])
    except zlib.error:
        return unpacked
    return unpacked


def _not_utf8(lines: list[str]) -> list[Problem]:
    """The lines that are not UTF-8; they are made printable in place."""
    problems = []
    for index, line in enumerate(lines):
        try:
            line.encode()
        except UnicodeEncodeError as error:
            byte = ord(line[error.start]) & 0xFF
            problems.append(Problem(index + 1, f"is not UTF-8 text (byte 0x{byte:02x})"))
            lines[index] = line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return problems
