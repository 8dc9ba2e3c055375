# SPDX-License-Identifier: MIT
"""A whole recording judged at once: `upturn analyze`.

Law of this module: it decides nothing. Angles come from `analysis.angle`; which samples matter is
found by numpy instead of a loop; they go to the same monitor as in a live run. So the summary is
the one that `upturn replay` ends with.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nan

import numpy as np
from numpy.typing import NDArray

from upturn.analysis.angle import Features, State, angle_batch
from upturn.analysis.columns import Columns, Part
from upturn.core.limits import Device, Profile
from upturn.core.mounting import ASSUMED
from upturn.core.pipeline import Pipeline
from upturn.core.sample import Sample, StreamInfo
from upturn.core.thresholds import FAST_TILT_DPS, USUAL_FORCE_G
from upturn.core.tilt import Block, Judge, Reading, block_end

Floats = NDArray[np.float64]


def analyze(info: StreamInfo, profile: Profile, device: Device, columns: Columns) -> Pipeline:
    """A pipeline that has judged all of a recording."""
    believed = columns.believable((info.mounting or ASSUMED).hinge)
    pipeline = Pipeline(info, profile, device, estimator=BatchTilt)
    start = 0
    for before, at_s, command in believed.commands:
        if before > start:
            pipeline.feed(Part(believed, start, before))
            start = before
        if command is None:
            pipeline.tick(at_s)
        else:
            pipeline.command(command, at_s)
    if start < len(believed):
        pipeline.feed(Part(believed, start, len(believed)))
    return pipeline


class BatchTilt:
    """A `tilt.Estimator` for columns: features of all samples once, then a walk over the few."""

    def __init__(self, info: StreamInfo, borders_deg: Sequence[float]) -> None:
        self._info = info
        self._borders_deg = np.asarray(borders_deg)
        self._walk: _Walk | None = None
        self.origin_s: float | None = None
        self.samples = 0
        self.rejected = 0
        self.first_s = nan
        self.last_s = -inf
        self.theta_deg = nan
        self.rate_dps = 0.0

    @property
    def pending_peak_deg(self) -> float:
        return -inf if self._walk is None else self._walk.pending_peak_deg

    def feed(self, samples: Sequence[Sample], judge: Judge) -> None:
        """Judge a `Part`; parts of one recording come in order."""
        if not isinstance(samples, Part):
            raise TypeError("a batch is fed with parts of columns")
        if self._walk is None:
            if self.origin_s is None:
                self.origin_s = samples.columns.origin_s
            self._walk = _Walk(self._info, self._borders_deg, samples.columns, self.origin_s)
            self.first_s = float(self._walk.t_s[0])
        walk = self._walk
        walk.to(samples.stop, judge)
        last = samples.stop - 1
        self.samples = samples.stop
        self.rejected = samples.columns.rejected
        self.last_s = float(walk.t_s[last])
        self.theta_deg = float(walk.features.theta_deg[last])
        self.rate_dps = float(walk.features.rate_dps[last])


class _Walk:
    """From one sample that matters to the next."""

    def __init__(
        self, info: StreamInfo, borders_deg: Floats, columns: Columns, origin_s: float
    ) -> None:
        self._columns = columns
        mounting = info.mounting or ASSUMED
        force = np.ascontiguousarray(columns.force_g)
        rates = columns.rates_dps if info.has_gyro else None
        self.features: Features = angle_batch(
            columns.t_s,
            force,
            None if rates is None else np.ascontiguousarray(rates),
            mounting,
            State(origin_s=origin_s),
        )
        self.t_s: Floats = columns.t_s - origin_s
        self._force = force
        n = len(self.t_s)
        index = np.arange(n)
        changed = np.ones(n, np.bool_)
        changed[1:] = (force[1:] != force[:-1]).any(axis=1)
        self._changed_s = self.t_s[np.maximum.accumulate(np.where(changed, index, 0))]
        moved = np.maximum.accumulate(np.where(self.features.moving, index, -1))
        self._moved_s = np.where(moved >= 0, self.t_s[moved], -inf)
        self._matters = self._static(info, borders_deg)
        self._block_starts = _block_starts(self.t_s)
        self._blocks = set(self._block_starts.tolist())
        self._sums = np.add.reduceat(
            np.column_stack((force, self.features.force_g)), self._block_starts
        )
        self._stops = np.union1d(np.flatnonzero(self._matters), self._block_starts)
        self._next_stop = 0
        self._block = 0
        self._at = 0
        self._judged = -1

    @property
    def pending_peak_deg(self) -> float:
        rest = self.features.theta_deg[self._judged + 1 : self._at]
        return float(rest.max()) if len(rest) else -inf

    def to(self, end: int, judge: Judge) -> None:
        """Judge what matters before sample `end`."""
        while self._at < end:
            stop = end
            if self._next_stop < len(self._stops):
                stop = min(end, int(self._stops[self._next_stop]))
            while (i := self._next_wanted(stop, judge)) < stop:
                self._judge(i, judge)
            self._at = stop
            if stop == end:
                break
            self._next_stop += 1
            if stop in self._blocks and stop:
                judge.on_block(self._close_block(stop))
            if self._matters[stop] or self._wanted(stop, judge):
                self._judge(stop, judge)
            self._at = stop + 1

    def _static(self, info: StreamInfo, borders_deg: Floats) -> NDArray[np.bool_]:
        """Samples that matter whatever the judge asks for."""
        features = self.features
        zone = np.searchsorted(borders_deg, features.theta_deg, side="right")
        low_g, high_g = USUAL_FORCE_G
        matters = (features.force_g < low_g) | (features.force_g > high_g)
        matters |= np.abs(features.rate_dps) > FAST_TILT_DPS
        matters[1:] |= (zone[1:] != zone[:-1]) | (np.diff(self.t_s) > info.gap_s)
        matters[0] = True
        matters[list(self._columns.reports)] = True
        return matters

    def _next_wanted(self, stop: int, judge: Judge) -> int:
        """The next sample before `stop` that the judge asks for now; `stop` if there is none."""
        start, found = self._at, stop
        if start >= stop:
            return stop
        if judge.due_s <= self.t_s[stop - 1]:
            found = start + int(np.searchsorted(self.t_s[start:stop], judge.due_s))
        for asked, hits in (
            (judge.low_deg > -inf, self.features.theta_deg[start:found] <= judge.low_deg),
            (judge.motion_matters, self.features.moving[start:found]),
        ):
            if asked and hits.any():
                found = min(found, start + int(hits.argmax()))
        return found

    def _wanted(self, i: int, judge: Judge) -> bool:
        return bool(
            self.t_s[i] >= judge.due_s
            or self.features.theta_deg[i] <= judge.low_deg
            or (judge.motion_matters and self.features.moving[i])
        )

    def _judge(self, i: int, judge: Judge) -> None:
        features = self.features
        ax, ay, az = self._force[i].tolist()
        judge.on_sample(
            Reading(
                float(self.t_s[i]),
                float(self.t_s[i - 1]) if i else -inf,
                float(features.theta_deg[i]),
                float(features.rate_dps[i]),
                float(features.force_g[i]),
                (ax, ay, az),
                float(features.theta_deg[self._judged + 1 : i + 1].max()),
                float(self._moved_s[i]),
                self._columns.reports.get(i),
            )
        )
        self._judged = i
        self._at = i + 1

    def _close_block(self, stop: int) -> Block:
        first = int(self._block_starts[self._block])
        x, y, z, force = self._sums[self._block].tolist()
        self._block += 1
        theta_deg = self.features.theta_deg
        return Block(
            float(self.t_s[stop]),
            float(self.t_s[first]),
            float(self.t_s[stop - 1]),
            stop - first,
            (x, y, z),
            force,
            float(theta_deg[first]),
            float(theta_deg[stop - 1]),
            float(self._changed_s[stop]),
        )


def _block_starts(t_s: Floats) -> NDArray[np.intp]:
    """The first sample of each block, by the same arithmetic as the hot loop's."""
    starts = [0]
    times = t_s.tolist()
    first_s = times[0]
    end_s = first_s + block_end(0.0)
    for i, t in enumerate(times):
        if t >= end_s:
            starts.append(i)
            end_s = first_s + block_end(t - first_s)
    return np.array(starts, np.intp)
