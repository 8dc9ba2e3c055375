# SPDX-License-Identifier: MIT
"""When an alarm is lit: a pure function of its priority and the time.

IEC 60601-1-8 gives high 1.4 to 2.8 Hz, medium 0.4 to 0.8 Hz, low steady; lit half of each period.
"""

from __future__ import annotations

from upturn.core.alarm_table import Priority
from upturn.core.snapshot import AlarmView

FLASH_HZ: dict[Priority, float | None] = {
    Priority.HIGH: 2.0,
    Priority.MEDIUM: 0.6,
    Priority.LOW: None,
}


def flash_on(priority: Priority, now_s: float) -> bool:
    """Lit at this moment; low is always lit."""
    hz = FLASH_HZ[priority]
    return hz is None or (now_s * hz) % 1.0 < 0.5


def flashes(alarm: AlarmView) -> bool:
    """An acknowledged alarm is steady until its sound comes back."""
    return not alarm.acknowledged or alarm.sounding


def lit(alarm: AlarmView, now_s: float) -> bool:
    return not flashes(alarm) or flash_on(alarm.priority, now_s)
