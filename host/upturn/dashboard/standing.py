# SPDX-License-Identifier: MIT
"""How a table stands, in a few words: what a strip or a tile has of it, the gravest alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from upturn.core.alarm_table import Priority
from upturn.core.snapshot import AlarmView
from upturn.dashboard import wording
from upturn.dashboard.flash import flash_on, lit
from upturn.dashboard.headline import foremost
from upturn.dashboard.view import View

SHORT: Mapping[str, str] = {
    "Time limit is near": "limit near",
    "Inverted too long": "too long",
    "Rest was too short": "rest short",
    "Steeper than the angle limit": "steeper",
    "Past vertical: table may lock": "past vertical",
    "Table is turning too fast": "too fast",
    "Hard knock on the table": "hard knock",
    "No movement while inverted": "no movement",
    "No data from the table": "no data",
    "Sensor has moved on the table": "sensor moved",
    "This computer stood still": "stood still",
    "The last watch ended inverted": "ended inverted",
    "An alarm route is down": "route down",
    "No sound at this screen": "no sound",
}
"""Titles that are too long for a cell, in words of their own: one name wherever it is read."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a table stands, in a few words."""

    words: str
    more: str = ""
    """The same at length, where there is room."""
    priority: Priority | None = None
    lit: bool = True


def standing(view: View) -> Standing:
    """What matters most of a table."""
    snapshot = view.snapshot
    if view.stopped:
        said = f"FAILED: {view.source.failure}" if view.source.failure else "STOPPED"
        on = flash_on(Priority.HIGH, view.clock_s)
        return Standing(said.partition(":")[0], said, Priority.HIGH, on)
    alarm = foremost(view)
    if alarm is not None:
        return _alarmed(view, alarm)
    if snapshot.stand_down:
        return Standing("STOOD DOWN")
    if view.age_s is None:
        return Standing("NO DATA YET")
    if not view.fresh:
        return Standing("NO DATA", f"NO DATA for {wording.age(view.age_s)}")
    if not view.source.live:
        return Standing((view.source.note or "stands still").upper())
    posture = wording.POSTURES[snapshot.posture]
    if snapshot.inverted:
        left = wording.exposure_left(snapshot, short=True)
        if view.top is not None:
            said = f"{left}, {view.top.priority.marks} {view.top.spec.title}"
            return Standing(posture, said, view.top.priority)
        return Standing(posture, left)
    if snapshot.rest_left_s > 0.0:
        return Standing(posture, wording.rest(snapshot))
    return Standing(posture, wording.readiness(snapshot))


def called(alarm: AlarmView) -> str:
    """Its title, and that it is over: what is over orders nothing."""
    return f"Over: {alarm.spec.title}" if wording.is_over(alarm) else alarm.spec.title


def short(title: str) -> str:
    """An alarm's title where there is room for two words."""
    return SHORT.get(title, title)


def _alarmed(view: View, alarm: AlarmView) -> Standing:
    more = called(alarm)
    if alarm.acknowledged:
        more += ", acknowledged"
    if len(view.snapshot.alarms) > 1:
        more += f", and {len(view.snapshot.alarms) - 1} more"
    return Standing(
        short(alarm.spec.title).upper(), more, alarm.priority, lit(alarm, view.clock_s)
    )
