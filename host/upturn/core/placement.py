# SPDX-License-Identifier: MIT
"""Whether the sensor still sits as it was calibrated: `sensor_moved`.

Gravity must lie in the table's plane of rotation. A turn about the hinge itself keeps it there and
shows only at the upright stop, whose angle is known from the calibration, or else learned at the
first rest there.
"""

from __future__ import annotations

from collections import deque
from math import inf

from upturn.core.health import is_quiet, off_plane_deg
from upturn.core.mounting import Mounting
from upturn.core.thresholds import (
    MOVED_CLEAR_DEG,
    MOVED_CLEAR_S,
    MOVED_DEG,
    MOVED_S,
    STOP_AFTER_S,
    STOP_DRIFT_DEG,
    STOP_REFERENCE_S,
    STOP_SHIFT_DEG,
    TIME_EPSILON_S,
    TURN_LIMIT_DEG,
    UPRIGHT_ENTER_DEG,
)
from upturn.core.tilt import Block

SHIFTED = "upright reads another angle than before"
SHIFTED_SINCE = "upright reads another angle than when it was calibrated"


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


class _Rest:
    """The angle of a table at rest: means of the two halves of a window that agree."""

    def __init__(self, lasts_s: float) -> None:
        self._lasts_s = lasts_s
        self._blocks: deque[Block] = deque()

    def angle_deg(self, block: Block, resting: bool) -> float | None:
        """Mean angle once the rest has lasted; None before."""
        blocks = self._blocks
        if not resting:
            blocks.clear()
            return None
        blocks.append(block)
        enough_s = self._lasts_s - TIME_EPSILON_S
        if block.t_s - blocks[0].from_s < enough_s:
            return None
        while len(blocks) > 1 and block.t_s - blocks[1].from_s >= enough_s:
            blocks.popleft()
        angles = [b.to_deg for b in blocks]
        half = len(angles) // 2 or 1
        early_deg = sum(angles[:half]) / half
        late_deg = sum(angles[-half:]) / half
        return late_deg if abs(late_deg - early_deg) < STOP_DRIFT_DEG else None


class Placement:
    def __init__(self, mounting: Mounting) -> None:
        self._mounting = mounting
        self._off_plane = _Run()
        self._clear = _Run()
        self._first_rest = _Rest(STOP_REFERENCE_S)
        self._rest = _Rest(STOP_AFTER_S)
        self._stop_deg: float | None = None
        self._proved_deg: float | None = None
        self._shifted = False
        self.moved = ""
        """Why the sensor is taken to have moved; empty if it is not."""

    def off_plane_deg(self, block: Block) -> float:
        return off_plane_deg(block.sum_g, self._mounting.hinge)

    def expect_stop(self, angle_deg: float | None) -> None:
        """What upright read when the calibration was proved; None: not known."""
        self._proved_deg = self._stop_deg = angle_deg

    def on_block(self, block: Block, *, ended_s: float, inverted: bool) -> None:
        """`ended_s` is when the last inversion ended, -inf for never."""
        off_deg = abs(self.off_plane_deg(block))
        quiet = is_quiet(block)
        upright = TURN_LIMIT_DEG < block.to_deg <= UPRIGHT_ENTER_DEG
        self._watch_stop(block, ended_s, resting=quiet and upright and not inverted)
        off_s = self._off_plane.lasts_s(block, quiet and off_deg > MOVED_DEG)
        in_place = upright and off_deg < MOVED_CLEAR_DEG and not self._shifted
        clear_s = self._clear.lasts_s(block, in_place)
        if off_s >= MOVED_S:
            self.moved = "it is turned out of the table's plane"
        elif self._shifted:
            self.moved = SHIFTED if self._proved_deg is None else SHIFTED_SINCE
        elif clear_s >= MOVED_CLEAR_S:
            self.moved = ""

    def _watch_stop(self, block: Block, ended_s: float, *, resting: bool) -> None:
        """Compare rests after an inversion with the proved angle, or else with the first rest; and
        with the proved one before any inversion too.
        """
        after_s = block.t_s - ended_s
        if self._stop_deg is None:
            self._stop_deg = self._first_rest.angle_deg(block, resting)
        elif self._proved_deg is not None and after_s == inf:
            first_deg = self._first_rest.angle_deg(block, resting)
            if first_deg is not None:
                self._shifted = abs(first_deg - self._proved_deg) > STOP_SHIFT_DEG
        angle_deg = self._rest.angle_deg(block, resting and after_s < inf)
        if angle_deg is not None and self._stop_deg is not None and after_s >= STOP_AFTER_S:
            self._shifted = abs(angle_deg - self._stop_deg) > STOP_SHIFT_DEG
