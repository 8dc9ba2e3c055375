# SPDX-License-Identifier: MIT
"""What a source of samples is, and how a text such as `sim:normal` names one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple, Protocol, cast, runtime_checkable

from upturn.core.alarm_table import Priority
from upturn.core.commands import Command
from upturn.core.limits import Device, Profile
from upturn.core.mounting import Mounting
from upturn.core.sample import Sample, StreamInfo
from upturn.errors import InputError

FEED_S = 0.05
"""Simulated and replayed samples are handed on in pieces of this length when time is kept."""
FEED_ROWS = 4096
"""And in pieces of this many when it is not."""


class Arrival(NamedTuple):
    """What came over a link at once, as it came; no bytes: nothing but time and commands."""

    host_s: float
    """On the host's own clock."""
    data: bytes = b""
    since_s: float | None = None
    """The host stood still from then on: it may have come at any time between."""


class Chunk(NamedTuple):
    """What arrived together at `at_s`, on the samples' own time axis; commands come after them.

    One with neither says that it is `at_s` now.
    """

    at_s: float
    samples: list[Sample]
    commands: tuple[Command, ...] = ()
    info: StreamInfo | None = None
    """What the stream is from here on, where that has changed."""
    arrival: Arrival | None = None
    """For what comes from a link, live or recorded: what it was made of."""
    silent_s: float | None = None
    """Until then nothing had come; None: until `at_s`. A host that stood still knows no more."""


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


class Wish(NamedTuple):
    """What the host's alarms ask of a node's buzzer."""

    priority: Priority | None = None
    """Of what is to sound; None: nothing."""
    paused: bool = False
    """A person has paused what would sound else."""


class LinkState(NamedTuple):
    """How a link stands, for people."""

    words: str
    well: bool
    """The node is there and speaks."""
    trouble: str = ""
    """What keeps the node from doing its part, such as limits that it refuses; else empty."""


@runtime_checkable
class LiveSource(Protocol):
    """A node on a link: it keeps the time, and `run` keeps the link."""

    info: StreamInfo
    """What is taken for granted until the node says what it is."""
    label: str
    profile: str | None
    profile_where: str
    state: LinkState
    on_state: Callable[[LinkState], None]
    """Told whenever `state` changes."""

    def judge_by(self, profile: Profile, device: Device, mounting: Mounting | None) -> None:
        """Limits that the node shall know, and how it sits if it does not know that itself."""
        ...

    async def run(self) -> None:
        """Connect, read, and connect again, until cancelled."""
        ...

    async def receive(self, timeout_s: float) -> Chunk | None:
        """The next that has arrived, waiting for it that long."""
        ...

    def arrived(self) -> Chunk | None:
        """The next that has arrived already."""
        ...

    def host_s(self) -> float:
        """The host's clock."""
        ...

    def axis_s(self, host_s: float) -> float:
        """A time of the host's clock on the samples' axis."""
        ...

    def wish(self, wish: Wish) -> None:
        """What the node's buzzer shall do from now on."""
        ...

    def acknowledge(self) -> None:
        """Pause what the node alarms by itself."""
        ...


SCHEMES: dict[str, tuple[str, str]] = {
    "serial": ("upturn.transports.serial_source", "serial:PORT"),
    "ble": ("upturn.transports.ble.source", "ble:NAME"),
    "sim": ("upturn.transports.simulated", "sim:SCRIPT"),
    "replay": ("upturn.transports.replay", "replay:FILE"),
}
"""Scheme to the module whose `open_source` serves it, and how a source is written."""


def open_source(text: str, *, skip_bad: bool = False) -> Source | LiveSource:
    """The source that a text names.

    Raises:
        InputError: no such scheme, or the scheme refuses the rest.
    """
    scheme, colon, rest = text.partition(":")
    if not colon or scheme not in SCHEMES:
        known = ", ".join(form for _, form in SCHEMES.values())
        raise InputError(f"source {text!r} is not known", remedy=f"Write one of {known}")
    module = import_module(SCHEMES[scheme][0])
    opener = cast("Callable[..., Source | LiveSource]", module.open_source)
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
