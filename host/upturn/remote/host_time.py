# SPDX-License-Identifier: MIT
"""A host's wall clock on our own time, so that what was held up on the way is as old as it is.

Two computers' clocks never agree, but what is told fastest bounds how far they are apart: the
least delay that was seen counts as none. It is let go slowly, for clocks drift. Pure.
"""

from __future__ import annotations

from math import inf

LET_GO = 500e-6
"""Seconds a second: more than two clocks drift apart."""


class HostTime:
    def __init__(self) -> None:
        self._host = ""
        self._ahead_s = -inf
        """By how much its wall clock is ahead of ours, at least, when it was last heard."""
        self._at_s = -inf
        self._heard_s = -inf

    def heard(self, now_s: float, host: str, at_s: float) -> None:
        """A message that `host` wrote at `at_s` has come; it sends them in their order."""
        put_back = at_s < self._at_s
        if host != self._host or put_back:
            self._host = host
            self._ahead_s = -inf
        self._ahead_s = max(at_s - now_s, self._let_go(now_s))
        self._at_s, self._heard_s = at_s, now_s

    def now_s(self, now_s: float) -> float:
        """What that wall clock says now; -inf before the first message."""
        return now_s + self._let_go(now_s)

    def _let_go(self, now_s: float) -> float:
        return self._ahead_s - max(0.0, now_s - self._heard_s) * LET_GO if self._host else -inf
