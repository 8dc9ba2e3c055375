# SPDX-License-Identifier: MIT
"""Whether the sensor still sits as it was calibrated: `sensor_moved`.

Gravity must lie in the table's plane of rotation. A turn about the hinge itself keeps it there and
shows only at the upright stop, whose angle is learned at the first rest there.
"""

from __future__ import annotations

from math import inf

from upturn.core.health import is_quiet, off_plane_deg, wrapped_deg
from upturn.core.mounting import Mounting
from upturn.core.thresholds import (
    MOVED_CLEAR_DEG,
    MOVED_CLEAR_S,
    MOVED_DEG,
    MOVED_S,
    STOP_AFTER_S,
    STOP_REFERENCE_S,
    STOP_SHIFT_DEG,
    TIME_EPSILON_S,
    TURN_LIMIT_DEG,
    UPRIGHT_ENTER_DEG,
)
from upturn.core.tilt import Block


class _Run:
    """How long something has held over consecutive blocks."""

    def __init__(self) -> None:
        self._from_s = inf

    def lasts_s(self, block: Block, holds: bool) -> float:
        if not holds:
            self._from_s = inf
        elif self._from_s == inf:
            self._from_s = block.from_s
        return block.t_s - self._from_s + TIME_EPSILON_S


class Placement:
    def __init__(self, mounting: Mounting) -> None:
        self._mounting = mounting
        self._off_plane = _Run()
        self._shifted = _Run()
        self._clear = _Run()
        self._first_rest = _Run()
        self._stop_sum_deg = 0.0
        self._stop_blocks = 0
        self._stop_deg: float | None = None
        self.moved = ""
        """Why the sensor is taken to have moved; empty if it is not."""

    def off_plane_deg(self, block: Block) -> float:
        return off_plane_deg(block.sum_g, self._mounting.hinge)

    def on_block(self, block: Block, *, ended_s: float, inverted: bool) -> None:
        """`ended_s` is when the last inversion ended, -inf for never."""
        off_deg = abs(self.off_plane_deg(block))
        quiet = is_quiet(block)
        upright = TURN_LIMIT_DEG < block.to_deg <= UPRIGHT_ENTER_DEG
        resting = quiet and upright and not inverted
        shift_deg = self._stop_shift_deg(block, resting)
        off_s = self._off_plane.lasts_s(block, quiet and off_deg > MOVED_DEG)
        settled = resting and block.t_s - ended_s >= STOP_AFTER_S and ended_s > -inf
        shifted_s = self._shifted.lasts_s(block, settled and shift_deg > STOP_SHIFT_DEG)
        in_place = upright and off_deg < MOVED_CLEAR_DEG and shift_deg <= STOP_SHIFT_DEG
        clear_s = self._clear.lasts_s(block, in_place)
        if off_s >= MOVED_S:
            self.moved = "it is turned out of the table's plane"
        elif shifted_s >= MOVED_S:
            self.moved = "upright reads another angle than before"
        elif clear_s >= MOVED_CLEAR_S:
            self.moved = ""

    def _stop_shift_deg(self, block: Block, resting: bool) -> float:
        """How far upright is from where it was at the first rest; 0 while that is unknown."""
        if self._stop_deg is not None:
            return abs(wrapped_deg(block.to_deg - self._stop_deg))
        lasts_s = self._first_rest.lasts_s(block, resting)
        if not resting:
            self._stop_sum_deg, self._stop_blocks = 0.0, 0
            return 0.0
        self._stop_sum_deg += block.to_deg
        self._stop_blocks += 1
        if lasts_s >= STOP_REFERENCE_S:
            self._stop_deg = self._stop_sum_deg / self._stop_blocks
        return 0.0
