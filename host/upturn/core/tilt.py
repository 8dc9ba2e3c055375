# SPDX-License-Identifier: MIT
"""The angle, and all else that has to be known of every sample: the one hot loop of the core.

Law of this module: every gain depends on the input alone, never on the filtered state, so that
each filter is a linear recurrence which `upturn.analysis.angle` can solve for a whole file at once
with the same result.

With a gyro the in-plane gravity direction, a complex number, is turned by the rate about the
hinge and pulled towards the force; without one the force vector is low-passed. What follows from a
single sample is decided here; samples that may matter to anything else are handed to a `Judge`,
which says by its guards which ones those are. All of it is one loop over local variables: a call
per sample would cost as much as the arithmetic.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from math import atan2, cos, degrees, floor, inf, isfinite, nan, radians, sin, sqrt
from typing import NamedTuple, Protocol

from upturn.core.mounting import Vector, dot
from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.core.thresholds import (
    BIAS_TAU_S,
    BLOCK_S,
    FAST_TILT_DPS,
    FIRST_BIAS_DPS,
    FORCE_TAU_S,
    GATE_FLOOR,
    GATE_WIDTH_G,
    GYRO_TAU_S,
    MOTION_DEG,
    MOTION_FORCE_G,
    MOTION_FORCE_MEAN_S,
    MOTION_MEAN_S,
    MOTION_RMS_S,
    RESTART_GAP_S,
    SLOPE_S,
    STILL_FORCE_G,
    STILL_RATE_DPS,
    STILL_TAU_S,
    TIME_EPSILON_S,
    UNSETTLED_TAU_S,
    USUAL_FORCE_G,
)

STILL_START = 10.0
"""Variances start at this many times the threshold: not still until shown to be."""
TINY_G = 1e-3
"""A force below it has no direction to follow."""
ABSURD = 1e9
"""g squared plus (degrees/s) squared: a reading at or above it, or with NaN, is refused."""

_DEG = degrees(1.0)  # 0.0 is added to the sine's part: atan2(-0.0, -1) would be -180
_RAD = radians(1.0)
_STILL_FORCE2 = STILL_FORCE_G**2
_STILL_RATE2 = STILL_RATE_DPS**2
_MOTION_FORCE2 = MOTION_FORCE_G**2
_FORCE_LO_G, _FORCE_HI_G = USUAL_FORCE_G
_NO_BLOCK = (-inf, 0.0, 0, 0.0, 0.0, 0.0, 0.0, 0.0)


def block_end(elapsed_s: float) -> float:
    """End of the block that holds a time, both counted from the first sample."""
    return BLOCK_S * (floor((elapsed_s + TIME_EPSILON_S) / BLOCK_S) + 1) - TIME_EPSILON_S


class Reading(NamedTuple):
    """One judged sample with what the filters make of it."""

    t_s: float
    before_s: float
    """Time of the sample before; -inf at the first."""
    theta_deg: float
    """Filtered angle, wrapped to (-180, 180]."""
    rate_dps: float
    force_g: float
    raw_g: Vector
    peak_deg: float
    """Largest wrapped angle since the last judged sample, this one included."""
    moved_s: float
    """When motion was last seen; -inf for never."""
    report: NodeReport | None


class Block(NamedTuple):
    """Sums over a fifth of a second of samples; `t_s` is the first sample after it."""

    t_s: float
    from_s: float
    to_s: float
    n: int
    sum_g: Vector
    sum_force_g: float
    from_deg: float
    to_deg: float
    changed_s: float
    """When a reading last differed from the one before it."""


class Judge(Protocol):
    """Who looks at samples that matter. The guards are read again after every call."""

    due_s: float
    """A sample at or after this time is judged."""
    low_deg: float
    """A sample at or below this angle is judged."""
    motion_matters: bool
    """Samples in motion are judged."""

    def on_sample(self, reading: Reading) -> None: ...

    def on_block(self, block: Block) -> None: ...


class Estimator(Protocol):
    """Finds the angle and hands samples that matter to a judge: streaming, or a file at once."""

    origin_s: float | None
    """Zero of the axis on which everything behind the estimator counts: small times keep their
    precision, and shifting a clock changes nothing."""
    samples: int
    rejected: int
    """Samples that were not finite or whose time did not rise."""
    first_s: float
    last_s: float
    theta_deg: float
    rate_dps: float

    @property
    def pending_peak_deg(self) -> float:
        """Largest wrapped angle since the last judged sample."""
        ...

    def feed(self, samples: Sequence[Sample], judge: Judge) -> None: ...


class Tilt:
    """Streaming estimator of one sensor; `feed` gives the same with any chunking."""

    def __init__(self, info: StreamInfo, borders_deg: Sequence[float]) -> None:
        """`borders_deg`, rising: a sample is judged when its angle passes one of them."""
        self._borders_deg = list(borders_deg)
        self._slope: deque[tuple[float, float]] = deque()
        self.origin_s: float | None = None
        self.samples = 0
        self.rejected = 0
        self.first_s = nan
        self.last_s = -inf
        self.theta_deg = nan
        self.rate_dps = 0.0
        self.moved_s = -inf
        self._still_state = (0.0,) * 6
        self._motion_state = (0.0,) * 4
        self._last_reading = (nan, nan, nan, -inf)
        self._border_state = (nan, nan, -inf)
        self._block_state = _NO_BLOCK
        self._angle_state = (1.0, 0.0, 0.0, 0.0, 0.0)
        self._fresh = True
        self._has_gyro = info.has_gyro
        self._mounting = info.axes
        self._angle_only = info.angle_only
        self.describe(info)

    def describe(self, info: StreamInfo) -> None:
        """The sensor is as `info` says from here on; in other axes the angle starts afresh."""
        self._gap_s = info.gap_s
        now = info.has_gyro, info.axes, info.angle_only
        if now != (self._has_gyro, self._mounting, self._angle_only):
            if info.angle_only is not self._angle_only:  # no block holds both kinds of reading
                self._block_state = _NO_BLOCK
            self._has_gyro, self._mounting, self._angle_only = now
            self._angle_state = (1.0, 0.0, 0.0, 0.0, 0.0)
            self._fresh = True

    @property
    def pending_peak_deg(self) -> float:
        return self._border_state[2]

    def feed(self, samples: Sequence[Sample], judge: Judge) -> None:
        """Filter samples in order; hand those that may matter to `judge`."""
        if self.origin_s is None:
            self.origin_s = next((s[0] for s in samples if self._accepts(s)), None)
        if self.origin_s is None:
            self.rejected += len(samples)
            return
        origin_s = self.origin_s
        mounting = self._mounting
        hx, hy, hz = mounting.head
        fx, fy, fz = mounting.front
        wx, wy, wz = mounting.hinge
        h0, f0 = mounting.head_offset_g, mounting.front_offset_g
        has_gyro, gap_s, slope = self._has_gyro, self._gap_s, self._slope
        force_tau_s = 0.0 if self._angle_only else FORCE_TAU_S  # the node has filtered it
        count, last_s, theta = self.samples, self.last_s, self.theta_deg
        rate, moved_s = self.rate_dps, self.moved_s
        zr, zi, last_w, bias, still_s = self._angle_state
        fresh = self._fresh
        m_head, m_front, m_rate, v_force, v_rate, turns_deg = self._still_state
        m_angle, m_norm, v_norm, d_angle = self._motion_state
        last_ax, last_ay, last_az, changed_s = self._last_reading
        lo, hi, peak = self._border_state
        block_end_s, b_from_s, b_n, b_x, b_y, b_z, b_force, b_deg = self._block_state
        due, low, motion_matters = judge.due_s, judge.low_deg, judge.motion_matters

        for at_s, ax, ay, az, gx, gy, gz, report in samples:
            t = at_s - origin_s
            dt = t - last_s
            force2 = ax * ax + ay * ay + az * az
            w = -(gx * wx + gy * wy + gz * wz)
            if not (dt > 0.0 and force2 + w * w < ABSURD and t < inf):
                self.rejected += 1
                continue
            force = sqrt(force2)
            head = hx * ax + hy * ay + hz * az + h0
            front = fx * ax + fy * ay + fz * az + f0
            before_deg = theta

            if dt > RESTART_GAP_S or fresh:
                if has_gyro:
                    if fresh and -FIRST_BIAS_DPS <= w <= FIRST_BIAS_DPS:
                        bias = w
                    rate = w - bias
                    m_head, m_front, m_rate = head, front, w
                    v_force, v_rate = STILL_START * _STILL_FORCE2, STILL_START * _STILL_RATE2
                    pull = 1.0 / (force + TINY_G)
                    zr, zi = pull * front, -pull * head
                else:
                    rate = 0.0
                    zr, zi = front, -head
                    slope.clear()
                theta = atan2(zi + 0.0, zr) * _DEG
                if not has_gyro:
                    slope.append((t, theta))
                turns_deg, m_angle, m_norm, v_norm = 0.0, theta, force, 0.0
                fresh = False
            else:
                if has_gyro:
                    gain = dt / (STILL_TAU_S + dt)
                    d_head, d_front, d_rate = head - m_head, front - m_front, w - m_rate
                    m_head += gain * d_head
                    m_front += gain * d_front
                    m_rate += gain * d_rate
                    v_force += gain * (d_head * d_head + d_front * d_front - v_force)
                    v_rate += gain * (d_rate * d_rate - v_rate)
                    if v_force < _STILL_FORCE2 and v_rate < _STILL_RATE2:
                        still_s += dt
                        bias += dt / (still_s if still_s < BIAS_TAU_S else BIAS_TAU_S) * (w - bias)
                    rate = w - bias
                    gate = 1.0 - abs(force - 1.0) / GATE_WIDTH_G
                    if gate < GATE_FLOOR:
                        gate = GATE_FLOOR
                    pull = gate * dt / ((GYRO_TAU_S if still_s else UNSETTLED_TAU_S) + dt)
                    turn = (0.5 * (w + last_w) - bias) * dt * _RAD
                    keep = 1.0 - pull
                    c, s = keep * cos(turn), keep * sin(turn)
                    pull /= force + TINY_G
                    zr, zi = c * zr - s * zi + pull * front, s * zr + c * zi - pull * head
                    theta = atan2(zi + 0.0, zr) * _DEG
                else:
                    if force >= TINY_G:
                        pull = dt / (force_tau_s + dt)
                        zr += pull * (front - zr)
                        zi -= pull * (head + zi)
                    theta = atan2(zi + 0.0, zr) * _DEG

                step_deg = theta - before_deg
                if not -180.0 <= step_deg <= 180.0:
                    turns_deg += -360.0 if step_deg > 0.0 else 360.0
                if not has_gyro:
                    slope.append((t, theta + turns_deg))
                    then_s = t - SLOPE_S + TIME_EPSILON_S
                    while slope[1][0] <= then_s:
                        slope.popleft()
                    from_s, from_deg = slope[0]
                    rate = (
                        (theta + turns_deg - from_deg) / (t - from_s) if from_s <= then_s else 0.0
                    )
                d_angle = theta + turns_deg - m_angle
                m_angle += dt / (MOTION_MEAN_S + dt) * d_angle
                d_norm = force - m_norm
                m_norm += dt / (MOTION_FORCE_MEAN_S + dt) * d_norm
                v_norm += dt / (MOTION_RMS_S + dt) * (d_norm * d_norm - v_norm)
                if v_norm > _MOTION_FORCE2 or not -MOTION_DEG <= d_angle <= MOTION_DEG:
                    moved_s = t

            last_w = w
            if ax != last_ax or ay != last_ay or az != last_az:
                changed_s = t
                last_ax, last_ay, last_az = ax, ay, az
            if theta > peak:
                peak = theta
            if t >= block_end_s:
                if b_n:
                    sums = (b_x, b_y, b_z)
                    judge.on_block(
                        Block(
                            t, b_from_s, last_s, b_n, sums, b_force, b_deg, before_deg, changed_s
                        )
                    )
                    due, low, motion_matters = judge.due_s, judge.low_deg, judge.motion_matters
                if not count:
                    self.first_s = t
                block_end_s = block_end(t - self.first_s) + self.first_s
                b_from_s, b_deg = t, theta
                b_n, b_x, b_y, b_z, b_force = 0, 0.0, 0.0, 0.0, 0.0
            b_n += 1
            b_x += ax
            b_y += ay
            b_z += az
            b_force += force

            if (
                t >= due
                or not lo <= theta < hi
                or dt > gap_s
                or theta <= low
                or not _FORCE_LO_G <= force <= _FORCE_HI_G
                or not -FAST_TILT_DPS <= rate <= FAST_TILT_DPS
                or report is not None
                or (motion_matters and moved_s == t)
            ):
                raw = (ax, ay, az)
                judge.on_sample(Reading(t, last_s, theta, rate, force, raw, peak, moved_s, report))
                due, low, motion_matters = judge.due_s, judge.low_deg, judge.motion_matters
                lo, hi = self._borders_about(theta)
                peak = -inf
            count += 1
            last_s = t

        self.samples, self.last_s, self.theta_deg = count, last_s, theta
        self.rate_dps, self.moved_s = rate, moved_s
        self._angle_state = (zr, zi, last_w, bias, still_s)
        self._fresh = fresh
        self._still_state = (m_head, m_front, m_rate, v_force, v_rate, turns_deg)
        self._motion_state = (m_angle, m_norm, v_norm, d_angle)
        self._last_reading = (last_ax, last_ay, last_az, changed_s)
        self._border_state = (lo, hi, peak)
        self._block_state = (block_end_s, b_from_s, b_n, b_x, b_y, b_z, b_force, b_deg)

    def _accepts(self, sample: Sample) -> bool:
        """What the hot loop takes: it is finite and of this world."""
        t_s, ax, ay, az, gx, gy, gz, _ = sample
        w = dot((gx, gy, gz), self._mounting.hinge)
        return isfinite(t_s) and ax * ax + ay * ay + az * az + w * w < ABSURD

    def _borders_about(self, theta_deg: float) -> tuple[float, float]:
        borders = self._borders_deg
        i = bisect_right(borders, theta_deg)
        return (
            borders[i - 1] if i else -inf,
            borders[i] if i < len(borders) else inf,
        )
