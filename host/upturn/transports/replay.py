# SPDX-License-Identifier: MIT
"""`replay:FILE`: a sample trace or a raw recording, told apart by how the file begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from upturn.transports.recording import Recording, parse_recording
from upturn.transports.source import FEED_ROWS, Chunk, Source, pieces
from upturn.transports.trace import Trace, parse_trace
from upturn.transports.trace_file import read_text


class Recorded(Source, Protocol):
    """A source of which all is there already, so that one can begin in the middle."""

    def blocks(self) -> int:
        """How many parts `chunks(paced=True)` is cut into, each of bounded work."""
        ...

    def block(self, number: int) -> Iterator[Chunk]:
        """One of them, counted from 0."""
        ...


class TraceSource:
    """A sample trace, from its first row to its last."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.info = trace.info
        self.label = f"replay {trace.path.name}"
        self.profile = trace.profile
        self.profile_where = trace.profile_where
        self.problems = trace.problems

    def chunks(self, *, paced: bool) -> Iterator[Chunk]:
        for samples in self.trace.chunks(FEED_ROWS):
            yield from pieces(samples, paced=paced)

    def blocks(self) -> int:
        return -(-len(self.trace) // FEED_ROWS)

    def block(self, number: int) -> Iterator[Chunk]:
        start = number * FEED_ROWS
        yield from pieces(self.trace.samples(start, start + FEED_ROWS), paced=True)


def open_file(path: Path, *, skip_bad: bool = False) -> TraceSource | Recording:
    """The source of a file.

    Raises:
        InputError: what is wrong with it, and where.
    """
    text = read_text(path, skip_bad=skip_bad)
    first = next(line for line in text.lines if line.strip())
    if first.lstrip().startswith("{"):
        return parse_recording(text, skip_bad=skip_bad)
    return TraceSource(parse_trace(text, skip_bad=skip_bad))


def open_source(text: str, *, skip_bad: bool = False) -> Source:
    return open_file(Path(text), skip_bad=skip_bad)
