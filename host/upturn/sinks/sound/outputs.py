# SPDX-License-Identifier: MIT
"""What an output for sound is, and the ways to one, the best first.

The law: each says in words what it is and why it fails; whoever plays never waits for one. Opening
and closing may take long, and are done by threads of their own (`loudspeaker`).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple, Protocol

from upturn.sinks.sound.synth import Samples


class OutputError(Exception):
    """Why there is no sound this way, in words for people."""


class MissingError(OutputError):
    """Nothing is broken: this way has never been there."""


class NowhereError(OutputError):
    """The system's sound service plays into nothing, and so would all that goes by it."""

    def __init__(self) -> None:
        super().__init__("there is no loudspeaker: the sound service plays into nothing")


class Output(Protocol):
    """Something that is open and was heard to work, as far as a program can hear."""

    @property
    def words(self) -> str:
        """What it is."""

    @property
    def is_loud(self) -> bool:
        """False: it is a last resort, which nobody can rely on for an alarm."""

    def play(self, samples: Samples) -> None:
        """In place of what plays now; returns at once."""

    def cut(self) -> None:
        """Nothing more of what plays now; returns at once."""

    def fault(self) -> str:
        """Why it does not work any more; empty while it does. Asked several times a second."""

    def close(self) -> None:
        """Give it back. It may take long, or for ever."""


NOTHING_SINK = "auto_null"
"""PulseAudio's and PipeWire's name for the output that they make up where there is none."""


class Way(NamedTuple):
    """One kind of output. `open` takes as long as it takes, and raises `OutputError`."""

    name: str
    open: Callable[[], Output]


def _of_module(name: str) -> Callable[[], Output]:
    def open_output() -> Output:
        try:
            module = import_module(f"upturn.sinks.sound.{name}")
        except (ImportError, OSError) as error:  # a library that is broken, or not there
            if getattr(error, "name", None) in ("miniaudio", "_miniaudio"):
                raise MissingError("miniaudio is not installed (pip install miniaudio)") from None
            raise OutputError(f"miniaudio cannot be loaded: {_line(error)}") from None
        opened: Output = module.open_output()
        return opened

    return open_output


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


WAYS = (
    Way("sound device", _of_module("device")),
    Way("player", _of_module("players")),
    Way("bell", _of_module("bell")),
)
