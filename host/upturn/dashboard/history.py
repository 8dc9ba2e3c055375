# SPDX-License-Identifier: MIT
"""One hour of angles in memory that never grows: the least and greatest of each short bucket.

A plot of a given width asks for columns. Columns begin at fixed times, not at the newest sample,
so that what was drawn once keeps its shape while it scrolls.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float32]

SPAN_S = 3600.0
BUCKET_S = 0.05
"""Finer than a column of the widest plot at the shortest window."""


class History:
    """A ring of buckets; `low > high` marks one without samples."""

    def __init__(self, span_s: float = SPAN_S, bucket_s: float = BUCKET_S) -> None:
        self.span_s = span_s
        self.bucket_s = bucket_s
        self._size = ceil(span_s / bucket_s)
        self._low = np.full(self._size, np.inf, np.float32)
        self._high = np.full(self._size, -np.inf, np.float32)
        self._newest: int | None = None

    def append_many(self, points: Iterable[tuple[float, float]]) -> None:
        """Add (t_s, angle_deg) pairs; one older than the whole ring is dropped."""
        for t_s, angle_deg in points:
            self.append(t_s, angle_deg)

    def append(self, t_s: float, angle_deg: float) -> None:
        bucket = floor(t_s / self.bucket_s)
        newest = self._newest
        if newest is None or bucket > newest:
            self._forget(bucket if newest is None else newest + 1, bucket)
            self._newest = bucket
        elif bucket <= newest - self._size:
            return
        i = bucket % self._size
        if angle_deg < self._low[i]:
            self._low[i] = angle_deg
        if angle_deg > self._high[i]:
            self._high[i] = angle_deg

    def load(self, t_s: ArrayLike, angle_deg: ArrayLike) -> None:
        """Forget everything, and hold these points, which are in order of time."""
        self.clear()
        buckets = np.floor(np.asarray(t_s) / self.bucket_s).astype(np.int64)
        if not buckets.size:
            return
        self._newest = int(buckets[-1])
        held = buckets > self._newest - self._size
        place, angles = buckets[held] % self._size, np.asarray(angle_deg, np.float32)[held]
        np.fmin.at(self._low, place, angles)
        np.fmax.at(self._high, place, angles)

    def clear(self) -> None:
        """Forget everything: the time axis starts anew."""
        self._low.fill(np.inf)
        self._high.fill(-np.inf)
        self._newest = None

    def columns(self, end_s: float, window_s: float, count: int) -> tuple[Values, Values]:
        """Least and greatest angle of each of `count` columns, the last one holding `end_s`.

        A column without samples has low = inf and high = -inf.
        """
        low = np.full(count, np.inf, np.float32)
        high = np.full(count, -np.inf, np.float32)
        if self._newest is None:
            return low, high
        first = self.column_of(end_s, window_s, count) - count + 1
        width = window_s / count / self.bucket_s
        edges = np.floor(np.arange(first, first + count + 1) * width).astype(np.int64)
        oldest = self._newest - self._size + 1
        used = (edges[1:] > oldest) & (edges[:-1] <= self._newest)
        if not used.any():
            return low, high
        held = np.clip(edges, oldest, self._newest + 1)
        buckets = np.arange(held[0], held[-1]) % self._size
        starts = (held[:-1] - held[0])[used]
        low[used] = np.minimum.reduceat(self._low[buckets], starts)
        high[used] = np.maximum.reduceat(self._high[buckets], starts)
        return low, high

    @staticmethod
    def column_of(t_s: float, window_s: float, count: int) -> int:
        """The number of the column that holds `t_s`, counted from time 0."""
        return floor(t_s * count / window_s)

    def _forget(self, first: int, last: int) -> None:
        if last - first >= self._size:
            first = last - self._size + 1
        gone = np.arange(first, last + 1) % self._size
        self._low[gone] = np.inf
        self._high[gone] = -np.inf
