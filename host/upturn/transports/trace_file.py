# SPDX-License-Identifier: MIT
"""A trace file's bytes as lines of text: gzip or plain, UTF-8, any line ending.

What is wrong is told with the line where it begins; on request all that could be read before it is
kept.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

from upturn.errors import InputError

_GZIP_MAGIC = b"\x1f\x8b"
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was skipped: the line (1 is the first) and why."""

    line: int
    what: str


def read_lines(path: Path, *, skip_bad: bool) -> tuple[list[str], list[Problem]]:
    """The lines without their ends, and what could not be read.

    Raises:
        InputError: the file cannot be opened; it is empty; or its gzip or its UTF-8 is broken
            and `skip_bad` is false.
    """
    data, problems = _read_bytes(path, skip_bad=skip_bad)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"is not UTF-8 text (byte 0x{data[error.start]:02x})"
        if not skip_bad:
            raise InputError(what, where=f"{path}:{line}", remedy=_SKIP_HINT) from None
        text = data.decode("utf-8-sig", errors="replace")  # the row is refused where it is parsed
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if not any(line.strip() for line in lines):
        raise InputError("is empty", where=str(path), remedy="A trace has a header row and rows")
    return lines, problems


_SKIP_HINT = "Mend it, or pass --skip-bad to leave bad rows out"


def _read_bytes(path: Path, *, skip_bad: bool) -> tuple[bytes, list[Problem]]:
    try:
        if path.is_dir():
            raise InputError("is a folder", where=str(path), remedy="Name a trace file")
        with path.open("rb") as file:
            if file.read(2) != _GZIP_MAGIC:
                file.seek(0)
                data = file.read()
                if path.suffix == ".gz" and data:
                    raise InputError(
                        "is named .gz but is not gzip data",
                        where=f"{path}:1",
                        remedy="Name it .csv if it is plain text",
                    )
                return data, []
            file.seek(0)
            pieces: list[bytes] = []
            try:
                with gzip.GzipFile(fileobj=file) as unzipped:
                    while piece := unzipped.read(_PIECE):
                        pieces.append(piece)
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                data = b"".join(pieces)
                line = data.count(b"\n") + 1
                what = f"gzip data is broken ({error})"
                if not skip_bad:
                    where = f"{path}:{line}"
                    raise InputError(what, where=where, remedy=_SKIP_HINT) from None
                return data, [Problem(line, what)]
            return b"".join(pieces), []
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror or error})", where=str(path), remedy="Check the path"
        ) from None
