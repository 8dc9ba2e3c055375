# SPDX-License-Identifier: MIT
"""A host's wall clock on our own time, so that what was held up on the way is as old as it is.

Two computers' clocks never agree, but what is told fastest bounds how far they are apart: the
least delay that was seen counts as none. It is let go slowly, for clocks drift. A clock may be
put back, or far ahead: one message alone proves neither, for it may be an old one that is told
again. Pure.
"""

from __future__ import annotations

from math import inf

LET_GO = 500e-6
"""Seconds a second: more than two clocks drift apart."""
FAR_S = 86_400.0
"""Ahead of what the clock should say: more than a clock that was a little wrong is put right."""


class HostTime:
    def __init__(self) -> None:
        self._host = ""
        self._ahead_s = -inf
        """By how much its wall clock is ahead of ours, at least, when it was last heard."""
        self._at_s = -inf
        self._heard_s = -inf
        self._doubtful: tuple[float, float] | None = None
        """When the last message was written, and how far ahead of ours that is, if it alone says
        that the clock was put."""

    def heard(self, now_s: float, host: str, at_s: float) -> bool:
        """A message that `host` wrote at `at_s` has come; it sends them in their order.

        Whether it counts: a clock that was put is believed when a second, later one says so too.
        """
        ahead_s, known_s = at_s - now_s, self._let_go(now_s)
        put = host == self._host and (at_s < self._at_s or ahead_s > known_s + FAR_S)
        follows = False
        if self._doubtful is not None:
            before_s, before_ahead_s = self._doubtful
            nearer = abs(ahead_s - before_ahead_s) < abs(ahead_s - known_s)
            follows = at_s > before_s and nearer
        if put and not follows:
            self._doubtful = at_s, ahead_s
            return False
        self._doubtful = None
        if host != self._host or follows:
            self._host = host
            self._ahead_s = -inf
        self._ahead_s = max(ahead_s, self._let_go(now_s))
        self._at_s, self._heard_s = at_s, now_s
        return True

    def now_s(self, now_s: float) -> float:
        """What that wall clock says now; -inf before the first message."""
        return now_s + self._let_go(now_s)

    def _let_go(self, now_s: float) -> float:
        return self._ahead_s - max(0.0, now_s - self._heard_s) * LET_GO if self._host else -inf
