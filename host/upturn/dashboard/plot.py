# SPDX-License-Identifier: MIT
"""From columns of least and greatest angles to dots. Pure numpy; cost depends on width alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from upturn.dashboard.canvas import Dots
from upturn.dashboard.history import Values

BOTTOM_DEG = -100.0
TOPS_DEG = (105.0, 190.0, 240.0)
"""The scale's upper end: the first that holds all that is seen."""
_HEADROOM_DEG = 5.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Angles to rows of dots, 0 at the top."""

    dots: int
    top_deg: float

    @classmethod
    def holding(cls, high: Values, dots: int) -> Scale:
        seen = float(high.max(initial=-np.inf))
        return cls(dots, next((t for t in TOPS_DEG if seen <= t - _HEADROOM_DEG), TOPS_DEG[-1]))

    def rows(self, angles: Values) -> NDArray[np.int64]:
        share = (self.top_deg - angles) / (self.top_deg - BOTTOM_DEG)
        rows = np.clip(np.rint(share * (self.dots - 1)), 0, self.dots - 1)
        return np.asarray(rows, np.int64)

    def row(self, angle_deg: float) -> int:
        return int(self.rows(np.array([angle_deg], np.float32))[0])

    def angle(self, dot: float) -> float:
        return self.top_deg - dot / (self.dots - 1) * (self.top_deg - BOTTOM_DEG)


def joined(low: Values, high: Values, gap: int) -> tuple[Values, Values]:
    """Each column reaches to the one before; up to `gap` empty ones between two are filled."""
    empty = low > high
    if empty.all():
        return low, high
    index = np.arange(low.size)
    before = np.maximum.accumulate(np.where(empty, -1, index))
    after = np.minimum.accumulate(np.where(empty, low.size, index)[::-1])[::-1]
    held = empty & (before >= 0) & (after < low.size) & (after - before <= gap + 1)
    low = np.where(held, low[before], low)
    high = np.where(held, high[before], high)
    known = low <= high
    follows = known[1:] & known[:-1]
    lower, upper = low.copy(), high.copy()
    lower[1:] = np.where(follows, np.minimum(low[1:], high[:-1]), low[1:])
    upper[1:] = np.where(follows, np.maximum(high[1:], low[:-1]), high[1:])
    return lower, upper


def filled(low: Values, high: Values, scale: Scale) -> Dots:
    """The dots from the least to the greatest angle of each column."""
    known = low <= high
    zero = np.float32(0.0)
    top = scale.rows(np.where(known, high, zero).astype(np.float32))
    bottom = scale.rows(np.where(known, low, zero).astype(np.float32))
    y = np.arange(scale.dots)[:, None]
    return np.asarray((y >= top) & (y <= bottom) & known)
