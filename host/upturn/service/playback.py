# SPDX-License-Identifier: MIT
"""Going through a review: pause, pace, steps, and leaps from event to event.

Acts only say where to be; `settle` goes there, once for all acts since the last time. So a key
that is held down costs no more than the place where it leads.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import inf, isfinite

from upturn.clock import Clock
from upturn.service.review import Review

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
LONGEST_S = 1.0
"""Of the host's time, between two looks: whoever closes the lid has not watched on."""


class Player:
    """Where in a session one is, and how it goes on; begins to play when it is made."""

    def __init__(
        self, review: Review, host: Clock, *, speed: float = 1.0, at_s: float = -inf
    ) -> None:
        """`speed` may be any; the next up or down is one of `SPEEDS`, and so is the fastest."""
        self.review = review
        self.speed = speed if isfinite(speed) else max(SPEEDS)
        self.paused = False
        self._host = host
        self._looked_s = host.now_s()
        self._wanted_s = review.nearest(at_s)
        self.settle()

    @property
    def at_s(self) -> float:
        """Where one wants to be, which is where one is from the next `settle` on."""
        return self.review.nearest(self._wanted_s)

    @property
    def ended(self) -> bool:
        return self.at_s >= self.review.end_s

    def settle(self) -> None:
        """Let time pass, and go to where one wants to be."""
        now_s = self._host.now_s()
        passed_s, self._looked_s = now_s - self._looked_s, now_s
        if not self.paused:
            self._wanted_s += self.speed * min(max(0.0, passed_s), LONGEST_S)
        if self.ended:
            self.paused = True
        self.review.go(self._wanted_s)

    def pause_or_go(self) -> None:
        """At the end it begins again."""
        if self.paused and self.ended:
            self._wanted_s = self.review.first_s
        self.paused = not self.paused

    def seek(self, to_s: float) -> None:
        self._wanted_s = self.review.nearest(to_s)

    def step(self, by_s: float) -> None:
        self.seek(self.at_s + by_s)

    def jump(self, by: int) -> bool:
        """To the moment after the next event, or after the one before, and pause to look at it.

        False: there is none.
        """
        shown_s = self.review.shown_s
        place = bisect_right(shown_s, self.at_s) if by > 0 else bisect_left(shown_s, self.at_s) - 1
        if not 0 <= place < len(shown_s):
            return False
        self.seek(shown_s[place])
        self.paused = True
        return True

    def faster(self) -> None:
        self.speed = next((speed for speed in SPEEDS if speed > self.speed), self.speed)

    def slower(self) -> None:
        self.speed = next((speed for speed in reversed(SPEEDS) if speed < self.speed), self.speed)
