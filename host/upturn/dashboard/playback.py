# SPDX-License-Identifier: MIT
"""What the dashboard asks of whoever plays a recording back, and nothing else.

As with a `Feed`, every method returns at once and raises nothing. An act only says where to be:
the feed shows it as soon as it is there. Times are seconds from the beginning of the recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from upturn.core.events import Event
from upturn.dashboard.marks import Mark

STEP_S = 1.0
SHORT_STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class PlaybackState:
    paused: bool
    speed: float
    at_s: float
    end_s: float
    """How long all of it is."""
    ended: bool
    passed: int
    """How many events have happened."""
    events: int
    """How many there are in all."""
    marks: Sequence[Mark]
    """What of it is worth a sign, in order of time."""
    next_event: Event | None = None
    """The gravest of those that come next; None after the last."""
    next_s: float = 0.0
    """Its time."""


class Playback(Protocol):
    def state(self) -> PlaybackState: ...

    def pause_or_go(self) -> None:
        """At the end it begins again."""
        ...

    def step(self, by_s: float) -> None:
        """On, or back."""
        ...

    def jump(self, by: int) -> bool:
        """To the next event (1), or to the one before (-1); False: there is none."""
        ...

    def seek(self, at_s: float) -> None: ...

    def faster(self) -> None: ...

    def slower(self) -> None: ...
