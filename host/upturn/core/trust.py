# SPDX-License-Identifier: MIT
"""Whether what the sensor says may end an inversion.

A fault or a move that is raised while inverted is loss of data: the inversion is held until it
clears or a person says "seen upright". What stood before the inversion, and a wrong rate, whose
samples are as good as any, hold nothing.
"""

from __future__ import annotations

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.alarms import AlarmBook
from upturn.core.health import RATE_FAULT, SensorHealth
from upturn.core.mounting import ASSUMED
from upturn.core.placement import Placement
from upturn.core.sample import StreamInfo
from upturn.core.tilt import Block, Reading

_MOVED = "moved"
UNBELIEVED = "it was not believed when the last watch ended"


class SensorTrust:
    """Both alarms about the sensor, and the hold that follows from them."""

    def __init__(self, info: StreamInfo, alarms: AlarmBook) -> None:
        self._alarms = alarms
        self._health = SensorHealth(info)
        self._placement = Placement(info.mounting or ASSUMED)
        self._angle_only = info.angle_only
        self._known: frozenset[str] = frozenset()
        self._holding: frozenset[str] = frozenset()
        self._changed_from: StreamInfo | None = None

    @property
    def held(self) -> bool:
        """No sample ends the inversion now."""
        return bool(self._holding)

    @property
    def wants_sample(self) -> bool:
        """The next sample has to be judged."""
        return self.held or self._health.wants_sample or self._causes() != self._known

    def off_plane_deg(self, block: Block) -> float:
        return self._placement.off_plane_deg(block)

    def on_block(self, block: Block, *, ended_s: float, inverted: bool) -> None:
        """`ended_s` is when the last inversion ended, -inf for never."""
        self._health.on_block(block)
        if not self._angle_only:
            self._placement.on_block(block, ended_s=ended_s, inverted=inverted)

    def describe(
        self, now_s: float, info: StreamInfo, before: StreamInfo, *, inverted: bool
    ) -> bool:
        """Another stream: what was learned of the sensor stands as far as it is the same one.

        Who was inverted by the one calibration, or on the one node, is not upright by another.
        True if a hold has just ended: it is as it was again.
        """
        self._health.describe(info)
        self._angle_only = info.angle_only
        if inverted and self._changed_from is None and (other := _other(info, before)):
            self._changed_from = before
            self._health.set_changed(other)
        elif self._changed_from is not None and not _other(info, self._changed_from):
            self._forget_change()
        if info.mounting != before.mounting:
            self._placement = Placement(info.mounting or ASSUMED)
        return self._judge(now_s, inverted=inverted)

    def on_sample(self, reading: Reading, *, inverted: bool) -> bool:
        """Judge both alarms; True if a hold has just ended."""
        self._health.on_sample(reading)
        return self._judge(reading.t_s, inverted=inverted)

    def on_node_fault(self, now_s: float, words: str, *, inverted: bool) -> bool:
        """The node's own word on its sensor; True if a hold has just ended."""
        self._health.hear(words)
        return self._judge(now_s, inverted=inverted)

    def resume(self, now_s: float) -> None:
        """Held by an earlier watch, whose reasons died with it: only a person can end that."""
        self._health.set_changed(UNBELIEVED)
        self._judge(now_s, inverted=True)

    def expect_stop(self, angle_deg: float | None) -> None:
        self._placement.expect_stop(angle_deg)

    def release(self) -> None:
        """A person saw what the sensor could not tell."""
        self._holding = frozenset()
        self._forget_change()

    def _forget_change(self) -> None:
        self._changed_from = None
        self._health.set_changed("")

    def _judge(self, now_s: float, *, inverted: bool) -> bool:
        causes, was_held = self._causes(), self.held
        if inverted:
            self._holding |= causes - self._known - {RATE_FAULT}
        self._holding &= causes
        self._known = causes
        priority = Priority.HIGH if inverted else Priority.MEDIUM
        for id, why in (
            (AlarmId.SENSOR_FAULT, ", ".join(self._health.faults.values())),
            (AlarmId.SENSOR_MOVED, self._placement.moved),
        ):
            self._alarms.set(now_s, id, bool(why), priority=priority, detail=why)
        return was_held and not self.held

    def _causes(self) -> frozenset[str]:
        moved = (_MOVED,) if self._placement.moved else ()
        return frozenset((*self._health.faults, *moved))


def _other(info: StreamInfo, before: StreamInfo) -> str:
    """Why samples of the one say nothing of a person inverted by the other; empty if they do."""
    if before.node_id and info.node_id != before.node_id:
        return "another node answers"
    if info.mounting != before.mounting:
        return "its calibration has changed"
    return ""
