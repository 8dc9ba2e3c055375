# SPDX-License-Identifier: MIT
"""How a table stands, in a few words: what a strip or a tile has of it, the gravest alone."""

from __future__ import annotations

from dataclasses import dataclass

from upturn.core.alarm_table import Priority
from upturn.core.snapshot import AlarmView
from upturn.dashboard import wording
from upturn.dashboard.flash import flash_on, lit
from upturn.dashboard.headline import foremost
from upturn.dashboard.view import View


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


def rank(view: View) -> tuple[int, bool]:
    """Of two tables the higher one needs somebody more."""
    return view.urgency, view.snapshot.inverted


def _alarmed(view: View, alarm: AlarmView) -> Standing:
    more = alarm.spec.title
    if alarm.acknowledged:
        more += ", acknowledged"
    if len(view.snapshot.alarms) > 1:
        more += f", and {len(view.snapshot.alarms) - 1} more"
    words = alarm.spec.id.replace("_", " ").upper()
    return Standing(words, more, alarm.priority, lit(alarm, view.clock_s))
