# SPDX-License-Identifier: MIT
"""The node's battery: low under 3.5 V or 15 %, and for as long as it has not recovered."""

from __future__ import annotations

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.alarms import AlarmBook
from upturn.core.sample import NodeReport
from upturn.core.thresholds import (
    BATTERY_LOW_PERCENT,
    BATTERY_LOW_V,
    BATTERY_RECOVERED_PERCENT,
    BATTERY_RECOVERED_V,
)


class BatteryWatch:
    def __init__(self, alarms: AlarmBook) -> None:
        self._alarms = alarms
        self.volts: float | None = None

    def on_report(self, now_s: float, report: NodeReport, *, inverted: bool) -> None:
        volts, percent = report.battery_v, report.battery_percent
        if volts is None and percent is None:
            return
        self.volts = volts
        low = (volts is not None and volts < BATTERY_LOW_V) or (
            percent is not None and percent < BATTERY_LOW_PERCENT
        )
        recovered = (volts is None or volts >= BATTERY_RECOVERED_V) and (
            percent is None or percent >= BATTERY_RECOVERED_PERCENT
        )
        still_low = self._alarms.is_on(AlarmId.BATTERY_LOW) and not recovered
        self._say(now_s, low=low or still_low, inverted=inverted)

    def inversion_began(self, now_s: float) -> None:
        """What is low is more urgent now."""
        if self._alarms.is_on(AlarmId.BATTERY_LOW):
            self._say(now_s, low=True, inverted=True)

    def _say(self, now_s: float, *, low: bool, inverted: bool) -> None:
        priority = Priority.MEDIUM if inverted else Priority.LOW
        self._alarms.set(now_s, AlarmId.BATTERY_LOW, low, priority=priority, detail="node")
