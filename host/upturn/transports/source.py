# SPDX-License-Identifier: MIT
"""What a source of samples is, and how a text such as `sim:normal` names one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from upturn.core.commands import Command
from upturn.core.sample import Sample, StreamInfo
from upturn.errors import InputError

FEED_S = 0.05
"""Simulated and replayed samples are handed on in pieces of this length when time is kept."""
FEED_ROWS = 4096
"""And in pieces of this many when it is not."""


class Chunk(NamedTuple):
    """What arrived together at `at_s`, on the samples' own time axis; commands come after them.

    One with neither says that it is `at_s` now.
    """

    at_s: float
    samples: list[Sample]
    commands: tuple[Command, ...] = ()


class Source(Protocol):
    """Samples whose time is simulated or replayed: whoever runs them keeps the pace."""

    @property
    def info(self) -> StreamInfo: ...

    @property
    def label(self) -> str:
        """For people."""
        ...

    @property
    def profile(self) -> str | None:
        """The profile that the source itself asks for."""
        ...

    @property
    def profile_where(self) -> str:
        """File and line where it does."""
        ...

    def chunks(self, *, paced: bool) -> Iterator[Chunk]:
        """All of it once, in pieces for a paced or for the fastest run."""
        ...


SCHEMES: dict[str, tuple[str, str]] = {
    "sim": ("upturn.transports.simulated", "sim:SCRIPT"),
    "replay": ("upturn.transports.replay", "replay:FILE"),
}
"""Scheme to the module whose `open_source` serves it, and how a source is written."""


def open_source(text: str, *, skip_bad: bool = False) -> Source:
    """The source that a text names.

    Raises:
        InputError: no such scheme, or the scheme refuses the rest.
    """
    scheme, colon, rest = text.partition(":")
    if not colon or scheme not in SCHEMES:
        known = ", ".join(form for _, form in SCHEMES.values())
        raise InputError(f"source {text!r} is not known", remedy=f"Write one of {known}")
    module = import_module(SCHEMES[scheme][0])
    opener = cast("Callable[..., Source]", module.open_source)
    return opener(rest, skip_bad=skip_bad)


def pieces(samples: list[Sample], *, paced: bool) -> Iterator[Chunk]:
    """Samples cut into chunks: by time when paced, by number else."""
    if not paced:
        for start in range(0, len(samples), FEED_ROWS):
            part = samples[start : start + FEED_ROWS]
            yield Chunk(part[-1][0], part)
        return
    part = []
    for sample in samples:
        if part and sample[0] - part[0][0] >= FEED_S:
            yield Chunk(part[-1][0], part)
            part = []
        part.append(sample)
    if part:
        yield Chunk(part[-1][0], part)
