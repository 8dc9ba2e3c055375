# SPDX-License-Identifier: MIT
"""What is told to the store, as it is told: what a core has said, what a person does, its end."""

from __future__ import annotations

from dataclasses import dataclass

from upturn.core.commands import Command
from upturn.core.events import Event, InversionEnded, InversionStarted


@dataclass(frozen=True, slots=True)
class Heard:
    """What one call of a core has said, and the little of its snapshot that rows are made of."""

    at_ms: int
    """Wall time at `now_s`."""
    now_s: float
    session: int
    profile: str
    inverted: bool
    at_least: bool
    events: tuple[Event, ...]

    def wall_ms(self, t_s: float) -> int:
        """A moment on the core's axis, by the wall clock."""
        return self.at_ms - round((self.now_s - t_s) * 1000.0)

    @property
    def tells_of_inversion(self) -> bool:
        return any(isinstance(e, InversionEnded | InversionStarted) for e in self.events)


@dataclass(frozen=True, slots=True)
class Acted:
    """An act of a person, told before the core hears of it."""

    at_ms: int
    command: Command
    source: str


@dataclass(frozen=True, slots=True)
class Ended:
    """That core is over: a next one counts its sessions anew."""


Item = Heard | Acted | Ended
