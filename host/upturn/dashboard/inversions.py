# SPDX-License-Identifier: MIT
"""The inversions that have ended, for the session table: kept from their events, and bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from upturn.core.events import Event, InversionEnded
from upturn.dashboard.view import Moment

INVERSIONS_KEPT = 100


@dataclass(frozen=True, slots=True)
class Inversion:
    n: int
    began: Moment | None
    """By the wall's clock, or the recording's; None where nobody tells it."""
    duration_s: float
    peak_deg: float
    exposure_s: float
    """After it: the inverted time since the last full rest."""


class Inversions:
    def __init__(self, kept: int = INVERSIONS_KEPT) -> None:
        self._ended: deque[Inversion] = deque(maxlen=kept)

    def read(self, event: Event, time_of_day: Callable[[float], Moment | None]) -> None:
        """Keep it, if it is the end of one. A number that was had before starts the count anew."""
        if not isinstance(event, InversionEnded):
            return
        while self._ended and self._ended[-1].n >= event.n:
            self._ended.pop()
        began = time_of_day(event.t_s - event.duration_s)
        self._ended.append(
            Inversion(event.n, began, event.duration_s, event.peak_angle_deg, event.exposure_s)
        )

    def numbered(self, first: int, last: int) -> Sequence[Inversion]:
        """Those from one number to another, as far as they were seen to end."""
        return [one for one in self._ended if first <= one.n <= last]
