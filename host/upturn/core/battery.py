# SPDX-License-Identifier: MIT
"""Batteries: the node's, and this computer's. What is low stays low until it has recovered."""

from __future__ import annotations

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.alarms import AlarmBook
from upturn.core.sample import NodeReport
from upturn.core.thresholds import (
    BATTERY_LOW_PERCENT,
    BATTERY_LOW_V,
    BATTERY_RECOVERED_PERCENT,
    BATTERY_RECOVERED_V,
    HOST_BATTERY_LOW_PERCENT,
)

NODE = "node"
HOST = "this computer"


class BatteryWatch:
    def __init__(self, alarms: AlarmBook) -> None:
        self._alarms = alarms
        self._low: set[str] = set()
        self.volts: float | None = None
        self.percent: float | None = None

    def on_report(self, now_s: float, report: NodeReport, *, inverted: bool) -> None:
        """The node's: low under 3.5 V or 15 %."""
        volts, percent = report.battery_v, report.battery_percent
        if volts is None and percent is None:
            return
        self.volts, self.percent = volts, percent
        low = (volts is not None and volts < BATTERY_LOW_V) or (
            percent is not None and percent < BATTERY_LOW_PERCENT
        )
        recovered = (volts is None or volts >= BATTERY_RECOVERED_V) and (
            percent is None or percent >= BATTERY_RECOVERED_PERCENT
        )
        self._keep(NODE, low=low or (NODE in self._low and not recovered))
        self.say(now_s, inverted=inverted)

    def on_host(self, now_s: float, percent: float, *, charging: bool, inverted: bool) -> None:
        """This computer's: low under 10 % and not charging."""
        self._keep(HOST, low=percent < HOST_BATTERY_LOW_PERCENT and not charging)
        self.say(now_s, inverted=inverted)

    def say(self, now_s: float, *, inverted: bool) -> None:
        """Set the condition; what is low is more urgent while inverted."""
        self._alarms.set(
            now_s,
            AlarmId.BATTERY_LOW,
            bool(self._low),
            priority=Priority.MEDIUM if inverted else Priority.LOW,
            detail=" and ".join(sorted(self._low)),
        )

    def _keep(self, whose: str, *, low: bool) -> None:
        if low:
            self._low.add(whose)
        else:
            self._low.discard(whose)
