# SPDX-License-Identifier: MIT
"""Whether the sensor can be believed: `sensor_fault` and `sensor_moved`.

Slow facts are judged on blocks of a fifth of a second, saturation and the node's own angle on
samples. What is not judged yet (too little data since the start or a gap) is no fault.
"""

from __future__ import annotations

from collections import deque
from math import asin, degrees, inf

from upturn.core.mounting import Vector, dot, norm
from upturn.core.sample import StreamInfo
from upturn.core.thresholds import (
    ANGLES_APART_DEG,
    ANGLES_APART_S,
    FORCE_MEAN_S,
    FROZEN_S,
    QUIET_FORCE_G,
    QUIET_RATE_DPS,
    RAIL_G,
    RATE_ERROR,
    RATE_WINDOW_S,
    RESTART_GAP_S,
    SATURATED_S,
    TIME_EPSILON_S,
    USUAL_FORCE_G,
)
from upturn.core.tilt import Block, Reading

RATE_FAULT = "rate"
"""The one fault whose samples can be believed all the same."""


_NODE_FAULT = "node"
_CHANGED = "changed"
_RAIL_SHARE = 0.995
_RATE_SLACK = 1e-6


def off_plane_deg(force: Vector, hinge: Vector) -> float:
    """How far a force stands out of the table's plane of rotation, signed; 0 for no force."""
    size = norm(force)
    return degrees(asin(max(-1.0, min(1.0, dot(force, hinge) / size)))) if size > 0.0 else 0.0


def is_quiet(block: Block) -> bool:
    """Near 1 g and hardly turning: gravity is what the sensor sees."""
    lasts_s = block.to_s - block.from_s
    rate_dps = abs(wrapped_deg(block.to_deg - block.from_deg)) / lasts_s if lasts_s > 0.0 else 0.0
    return abs(block.sum_force_g / block.n - 1.0) < QUIET_FORCE_G and rate_dps < QUIET_RATE_DPS


def wrapped_deg(angle_deg: float) -> float:
    """The same direction in [-180, 180)."""
    return (angle_deg + 180.0) % 360.0 - 180.0


class SensorHealth:
    """Collects the reasons for which readings cannot be believed."""

    def __init__(self, info: StreamInfo) -> None:
        self._blocks: deque[Block] = deque()
        self._segment_s = -inf
        self._rate_from_s = -inf
        self._raw: Vector = (0.0, 0.0, 0.0)
        self._frozen_from_s = -inf
        self._rail_from_s = inf
        self._apart_from_s = inf
        self.faults: dict[str, str] = {}
        """Fault to its words, for as long as it holds."""
        self.describe(info)

    def describe(self, info: StreamInfo) -> None:
        """The stream is declared anew. What was found wrong stands until it is found right."""
        self._rate_hz = info.rate_hz
        self._nominal_s = info.nominal_s
        self._range_g = info.range_g
        self._angle_only = info.angle_only
        if self._blocks:
            self._rate_from_s = self._blocks[-1].to_s

    @property
    def wants_sample(self) -> bool:
        """A run is under way: the next sample decides whether it goes on."""
        return self._rail_from_s < inf

    def hear(self, words: str) -> None:
        """What the node itself finds wrong with its sensor; empty for nothing."""
        self._set(_NODE_FAULT, bool(words), words)

    def set_changed(self, words: str) -> None:
        """Whose readings these are, or in which axes, is not what it was; empty: it is again."""
        self._set(_CHANGED, bool(words), words)

    def on_block(self, block: Block) -> None:
        """Judge mean force, frozen readings and rate."""
        blocks = self._blocks
        if not blocks or block.from_s - blocks[-1].to_s > RESTART_GAP_S:
            blocks.clear()
            self._segment_s = block.from_s
        blocks.append(block)
        while blocks[0].from_s < block.to_s - RATE_WINDOW_S:
            blocks.popleft()
        if not self._angle_only:
            self._set("force", self._mean_force_off(block), "force is not gravity's")
            self._set("frozen", self._is_frozen(block), "readings do not change")
        self._set(RATE_FAULT, self._rate_off(block), "wrong sample rate")

    def on_sample(self, reading: Reading) -> None:
        """Judge saturation and the node's own angle."""
        now_s, report = reading.t_s, reading.report
        at_rail = self._at_rail(reading.raw_g) or (report is not None and report.saturated)
        if not at_rail:
            self._rail_from_s = inf
        elif self._rail_from_s == inf:
            self._rail_from_s = now_s
        saturated = now_s - self._rail_from_s >= SATURATED_S - TIME_EPSILON_S
        self._set("saturated", saturated, "its range is exceeded")
        self._raw = reading.raw_g

        if report is None or report.angle_deg is None:
            return
        apart_deg = abs(wrapped_deg(report.angle_deg - reading.theta_deg))
        if apart_deg <= ANGLES_APART_DEG:
            self._apart_from_s = inf
        elif self._apart_from_s == inf:
            self._apart_from_s = now_s
        apart = now_s - self._apart_from_s >= ANGLES_APART_S - TIME_EPSILON_S
        self._set("angle", apart, "node and host disagree about the angle")

    def _covers(self, block: Block, span_s: float) -> bool:
        """The samples since the start or the last long gap fill a window of `span_s`."""
        return block.to_s + self._nominal_s - self._segment_s >= span_s - TIME_EPSILON_S

    def _mean_force_off(self, block: Block) -> bool | None:
        if not self._covers(block, FORCE_MEAN_S):
            return None
        recent = [b for b in self._blocks if b.from_s >= block.to_s - FORCE_MEAN_S]
        mean_g = sum(b.sum_force_g for b in recent) / sum(b.n for b in recent)
        low_g, high_g = USUAL_FORCE_G
        return not low_g <= mean_g <= high_g

    def _is_frozen(self, block: Block) -> bool | None:
        if block.changed_s > self._frozen_from_s:
            self._frozen_from_s = block.changed_s
            return False
        frozen_s = block.to_s - max(block.changed_s, self._segment_s)
        return frozen_s >= FROZEN_S - TIME_EPSILON_S or None

    def _rate_off(self, block: Block) -> bool | None:
        if self._rate_hz is None or not self._covers(block, RATE_WINDOW_S):
            return None
        if self._blocks[0].from_s < self._rate_from_s:
            return None
        span_s = block.to_s - self._blocks[0].from_s
        if span_s <= 0.0:  # one sample: slower than the window
            return None
        rate_hz = (sum(b.n for b in self._blocks) - 1) / span_s
        return abs(rate_hz / self._rate_hz - 1.0) >= RATE_ERROR - _RATE_SLACK

    def _at_rail(self, raw: Vector) -> bool:
        """At the declared range, or one large value held exactly: no rail but a rail does that."""
        range_g = self._range_g
        return any(
            (abs(now) >= RAIL_G and now == before)
            or (range_g is not None and abs(now) >= _RAIL_SHARE * range_g)
            for now, before in zip(raw, self._raw, strict=True)
        )

    def _set(self, fault: str, holds: bool | None, words: str) -> None:
        """None is "cannot be judged": what was said last stands."""
        if holds:
            self.faults[fault] = words
        elif holds is not None:
            self.faults.pop(fault, None)
