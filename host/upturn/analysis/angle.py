# SPDX-License-Identifier: MIT
"""The angle of a whole recording at once: the filters of `upturn.core.tilt`, solved by `scan`.

Law of this module: every figure equals the streaming one to 1e-9 degrees, whatever the block size
and wherever a recording is split. It can, since every gain there depends on the input alone. The
rotation by the gyro is taken out of the recurrence by filtering in a frame that turns along, so
that only real numbers are scanned. Memory stays flat: work goes chunk by chunk.

Times must rise and all numbers be finite; whoever reads a file sees to that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import degrees, inf, radians, tau

import numpy as np
from numpy.typing import NDArray

from upturn.analysis.scan import (
    BLOCK,
    CHUNK,
    from_rows,
    previous,
    scan_rows,
    sum_rows,
    to_rows,
)
from upturn.core.mounting import Mounting, Vector
from upturn.core.thresholds import (
    BIAS_TAU_S,
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
)
from upturn.core.tilt import STILL_START, TINY_G

WORKING_ARRAYS = 32
"""At least as many as one chunk needs at a time."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(slots=True)
class State:
    """What a part of a recording leaves to the next; a fresh one begins a recording."""

    origin_s: float | None = None
    """Time of the recording's first sample: all times are taken from it, as the core does."""
    t_s: float = -inf
    z: complex = 0j
    rate_dps: float = 0.0
    """Of the hinge, as measured."""
    means: Floats = field(default_factory=lambda: np.zeros(3))
    variances: Floats = field(default_factory=lambda: np.zeros(2))
    still_s: float = 0.0
    bias_dps: float | None = None
    theta_deg: float = 0.0
    angle_lead_deg: float = 0.0
    """Angle less its slow mean."""
    force_mean_g: float = 0.0
    force_variance: float = 0.0
    slope_t_s: Floats = field(default_factory=lambda: np.empty(0))
    slope_deg: Floats = field(default_factory=lambda: np.empty(0))

    def copy(self) -> State:
        """An own copy; the arrays within are replaced, never written to."""
        return State(*(getattr(self, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Features:
    """Per-sample figures of a recording, each of shape (n,)."""

    theta_deg: Floats
    """In (-180, 180]."""
    rate_dps: Floats
    force_g: Floats
    moving: Flags
    state: State
    """For the part that follows."""


def angle_batch(
    t_s: Floats,
    a_g: Floats,
    g_dps: Floats | None,
    mounting: Mounting,
    state: State | None = None,
    block: int = BLOCK,
) -> Features:
    """Angle, rate, force and motion of every sample.

    Args:
        t_s: rising times, shape (n,).
        a_g: specific force in the sensor's axes, shape (n, 3).
        g_dps: rates in the sensor's axes, shape (n, 3); None without a gyro.
        mounting: how the sensor sits.
        state: `Features.state` of the part before; None at the start of a recording.
        block: see `scan`; the result differs by rounding only.
    """
    n = len(t_s)
    features = Features(
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n, np.bool_),
        State() if state is None else state.copy(),
    )
    for part in _chunks(n):
        chunk = _Chunk(t_s[part], a_g[part], features.state, block)
        theta = features.theta_deg[part]
        if g_dps is None:
            rows = chunk.follow_force(mounting)
            from_rows(rows, theta)
            features.rate_dps[part] = _slope(chunk.t_s, theta, features.state)
        else:
            rows, rate_rows = chunk.follow_gyro(mounting, g_dps[part])
            from_rows(rows, theta)
            from_rows(rate_rows, features.rate_dps[part])
        from_rows(chunk.force, features.force_g[part])
        from_rows(chunk.motion(rows), features.moving[part])
        chunk.close()
    return features


def angles(
    t_s: Floats,
    a_g: Floats,
    g_dps: Floats | None,
    mounting: Mounting,
    state: State | None = None,
    block: int = BLOCK,
) -> tuple[Floats, State]:
    """The angle alone, as `angle_batch` gives it, in less time; and the state at the end."""
    state = State() if state is None else state.copy()
    theta = np.empty(len(t_s))
    for part in _chunks(len(t_s)):
        chunk = _Chunk(t_s[part], a_g[part], state, block)
        if g_dps is None:
            rows = chunk.follow_force(mounting)
        else:
            rows, _ = chunk.follow_gyro(mounting, g_dps[part])
        from_rows(rows, theta[part])
        chunk.close()
    return theta, state


class _Chunk:
    """So many samples as fit a cache, laid out in rows; it moves `state` to its last sample."""

    def __init__(self, t_s: Floats, a_g: Floats, state: State, block: int) -> None:
        self._state = state
        self._block = block
        if state.origin_s is None:
            state.origin_s = float(t_s[0])
        self.t_s = t_s - state.origin_s
        rows_s = to_rows(self.t_s, block)
        self._dt = rows_s - previous(rows_s, state.t_s)
        self._restarts = np.flatnonzero(self._dt > RESTART_GAP_S)
        self._set(self._dt, 0.0)
        self._a = self._components(a_g)

    @cached_property
    def force(self) -> Floats:
        return _length(self._a)

    def follow_force(self, mounting: Mounting) -> Floats:
        """The angle without a gyro: the force vector, low-passed."""
        state = self._state
        gain = self._gain(FORCE_TAU_S)
        gain *= self.force >= TINY_G
        self._set(gain, 1.0)
        z = np.empty((len(gain), 2, gain.shape[1]))
        np.multiply(gain, _along(mounting.front, self._a, mounting.front_offset_g), out=z[:, 0])
        np.multiply(gain, _along(mounting.head, self._a, mounting.head_offset_g), out=z[:, 1])
        start = np.array([state.z.real, -state.z.imag])
        real, head = scan_rows(1.0 - gain, z, start).tolist()
        state.z = complex(real, -head)
        np.negative(z[:, 1], out=z[:, 1])
        return _wrapped(np.arctan2(z[:, 1], z[:, 0]))

    def follow_gyro(self, mounting: Mounting, g_dps: Floats) -> tuple[Floats, Floats]:
        """The angle and its rate with a gyro: gravity turned by the rate, pulled to the force."""
        state, dt = self._state, self._dt
        inputs = np.empty((len(dt), 3, dt.shape[1]))
        head, front, w = inputs[:, 0], inputs[:, 1], inputs[:, 2]
        head[...] = _along(mounting.head, self._a, mounting.head_offset_g)
        front[...] = _along(mounting.front, self._a, mounting.front_offset_g)
        w[...] = _along(mounting.hinge, self._components(g_dps))
        np.negative(w, out=w)
        bias, tau_s = self._bias(w, self._still(inputs))

        turn = previous(w, state.rate_dps)
        turn += w
        turn *= 0.5
        turn -= bias
        turn *= dt
        turn *= radians(1.0)
        last_turn = sum_rows(turn, 0.0, tau)

        pull = self.force - 1.0
        np.abs(pull, out=pull)
        pull *= -1.0 / GATE_WIDTH_G
        pull += 1.0
        np.maximum(pull, GATE_FLOOR, out=pull)
        pull *= dt
        pull /= dt + tau_s
        self._set(pull, 1.0)
        keep = 1.0 - pull
        pull /= self.force + TINY_G

        # cos and sin by the tangent of half the angle: one slow function instead of two.
        tangent = np.tan(0.5 * turn)
        part = 2.0 / (1.0 + tangent * tangent)
        cosine = part - 1.0
        sine = tangent * part
        z = np.empty((len(dt), 2, dt.shape[1]))
        np.multiply(pull, front * cosine - head * sine, out=z[:, 0])
        np.multiply(pull, front * sine + head * cosine, out=z[:, 1])
        np.negative(z[:, 1], out=z[:, 1])
        real, imaginary = scan_rows(keep, z, np.array([state.z.real, state.z.imag])).tolist()
        state.z = complex(real, imaginary) * complex(np.exp(1j * last_turn))
        state.rate_dps = float(w[-1, -1])
        angle = np.arctan2(z[:, 1], z[:, 0])
        angle += turn
        return _wrapped(angle), w - bias

    def motion(self, theta: Floats) -> Flags:
        """Whether the table moves, from the angle's and the force's deviation from their means."""
        state = self._state
        lead = theta - previous(theta, state.theta_deg)
        lead -= 360.0 * (lead > 180.0)
        lead += 360.0 * (lead < -180.0)
        self._set(lead, 0.0)
        # The lead before each update obeys a recurrence of its own, driven by the angle's steps:
        # no unwrapped angle is needed, which would lose digits as it grows.
        keep_after = 1.0 - self._gain(MOTION_MEAN_S)
        self._set(keep_after, 1.0)
        keep = previous(keep_after, 1.0)
        self._set(keep, 0.0)
        end = scan_rows(keep, lead[:, None, :], np.array([state.angle_lead_deg]))
        state.angle_lead_deg = float(end[0] * keep_after[-1, -1])
        state.theta_deg = float(theta[-1, -1])

        gain = self._gain(MOTION_FORCE_MEAN_S)
        mean = (gain * self.force)[:, None, :]
        start = np.array([state.force_mean_g])
        state.force_mean_g = float(scan_rows(1.0 - gain, mean, start)[0])
        deviation = self.force - previous(mean[:, 0], float(start[0]))
        self._set(deviation, 0.0)
        gain = self._gain(MOTION_RMS_S)
        variance = (gain * deviation * deviation)[:, None, :]
        start = np.array([state.force_variance])
        state.force_variance = float(scan_rows(1.0 - gain, variance, start)[0])
        return (np.abs(lead) > MOTION_DEG) | (variance[:, 0] > MOTION_FORCE_G**2)

    def close(self) -> None:
        """Done with this chunk: the next one begins after it."""
        self._state.t_s = float(self.t_s[-1])

    def _still(self, inputs: Floats) -> Flags:
        """Where in-plane force and hinge rate vary too little for a table in use."""
        state = self._state
        gain = self._gain(STILL_TAU_S)
        keep = 1.0 - gain
        shared = gain[:, None, :]
        means = shared * inputs
        before = state.means
        state.means = scan_rows(keep, means, before)
        squares = inputs - previous(means, before)
        squares *= squares
        variances = squares[:, 1:]
        variances[:, 0] += squares[:, 0]
        variances *= shared
        self._set(variances[:, 0], STILL_START * STILL_FORCE_G**2)
        self._set(variances[:, 1], STILL_START * STILL_RATE_DPS**2)
        state.variances = scan_rows(keep, variances, state.variances)
        still: Flags = variances[:, 0] < STILL_FORCE_G**2
        still &= variances[:, 1] < STILL_RATE_DPS**2
        return still

    def _bias(self, w: Floats, still: Flags) -> tuple[Floats, Floats | float]:
        """The gyro's bias about the hinge, and how slowly the angle may follow the force with it.

        The bias is the first rate, then a running mean while still.
        """
        state = self._state
        settled = state.still_s > 0.0
        gain = self._dt * still
        still_s = gain.copy()
        state.still_s = sum_rows(still_s, state.still_s)
        gain /= np.clip(still_s, np.finfo(np.float64).tiny, BIAS_TAU_S)
        bias = (gain * w)[:, None, :]
        if state.bias_dps is None:
            state.bias_dps = float(w[0, 0]) if abs(w[0, 0]) <= FIRST_BIAS_DPS else 0.0
        state.bias_dps = float(scan_rows(1.0 - gain, bias, np.array([state.bias_dps]))[0])
        tau_s = GYRO_TAU_S if settled else np.where(still_s > 0.0, GYRO_TAU_S, UNSETTLED_TAU_S)
        return bias[:, 0], tau_s

    def _gain(self, tau_s: float) -> Floats:
        gain = self._dt / (self._dt + tau_s)
        self._set(gain, 1.0)
        return gain

    def _set(self, rows: Floats, value: float) -> None:
        """Give the samples that start afresh this value."""
        if self._restarts.size:
            rows[np.unravel_index(self._restarts, rows.shape)] = value

    def _components(self, vectors: Floats) -> tuple[Floats, Floats, Floats]:
        x, y, z = (to_rows(vectors[:, i], self._block) for i in range(3))
        return x, y, z


def _chunks(n: int) -> list[slice]:
    # glibc gives memory back to the system beyond twice the largest block ever freed. Freeing one,
    # never touched, keeps the working arrays of a chunk at hand; else they would be faulted in
    # again and again, which takes a short recording longer than the arithmetic.
    np.empty(WORKING_ARRAYS * CHUNK)
    return [slice(first, min(first + CHUNK, n)) for first in range(0, n, CHUNK)]


def _along(row: Vector, vector: tuple[Floats, Floats, Floats], offset: float = 0.0) -> Floats:
    along = row[0] * vector[0]
    along += row[1] * vector[1]
    along += row[2] * vector[2]
    if offset:
        along += offset
    return along


def _length(vector: tuple[Floats, Floats, Floats]) -> Floats:
    squares = vector[0] * vector[0]
    squares += vector[1] * vector[1]
    squares += vector[2] * vector[2]
    return np.sqrt(squares, out=squares)


def _wrapped(angle_rad: Floats) -> Floats:
    """In degrees and in (-180, 180]; changes its argument."""
    angle_rad *= degrees(1.0)
    turns = angle_rad - 180.0
    turns /= 360.0
    np.ceil(turns, out=turns)
    turns *= 360.0
    angle_rad -= turns
    return angle_rad


def _slope(t_s: Floats, theta: Floats, state: State) -> Floats:
    """Rate from the angle alone: its slope over SLOPE_S, 0 until that long after a restart."""
    known = len(state.slope_t_s)
    t_s = np.concatenate((state.slope_t_s, t_s))
    theta = np.concatenate((state.slope_deg, theta))
    steps = np.diff(theta)
    turns = np.cumsum((steps < -180.0).astype(np.float64) - (steps > 180.0))
    unwrapped = theta.copy()
    unwrapped[1:] += 360.0 * turns

    order = np.arange(len(t_s))
    restarts = np.concatenate(([False], np.diff(t_s) > RESTART_GAP_S))
    begin = np.maximum.accumulate(np.where(restarts, order, 0))
    base = np.searchsorted(t_s, t_s - SLOPE_S + TIME_EPSILON_S, side="right") - 1
    rate = np.zeros(len(t_s))
    np.divide(unwrapped - unwrapped[base], t_s - t_s[base], out=rate, where=base >= begin)
    keep_from = max(base[-1], begin[-1])
    state.slope_t_s, state.slope_deg = t_s[keep_from:], theta[keep_from:]
    return rate[known:]
