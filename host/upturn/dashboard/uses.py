# SPDX-License-Identifier: MIT
"""What each key is good for now: the line of keys begins with what there is to do.

A key that would do nothing now is the first to go, and one that would be refused is not offered.
Which keys exist is in `keys`; this judges only those whose use changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    Acknowledge,
    CheckIn,
    Command,
    Distress,
    EquipmentChecked,
    ImFine,
    Override,
    SeenUpright,
    StandDown,
    Symptoms,
)
from upturn.dashboard.remedies import wanted
from upturn.dashboard.view import View


class Use(Enum):
    WANTED = auto()
    """Something waits for it."""
    USUAL = auto()
    IDLE = auto()
    """It would do nothing now."""
    REFUSED = auto()
    """It cannot be done from here."""


@dataclass(frozen=True, slots=True)
class Now:
    """What the keys meet."""

    view: View | None
    """Of the table that a key acts on; None in an overview where no table needs somebody."""
    all: Sequence[View]
    overview: bool = False
    has_sound: bool = False
    tone_unheard: bool = False
    """Nobody has said yet that the test tone was heard."""
    remembers: bool = False
    """What people answer is kept here."""
    asks: bool = False
    """A session is over, and nobody has said yet how it was."""


def uses(now: Now) -> dict[str, Use]:
    """By the name of the act; those that are not here are of use at any time."""
    return {act: judge(now) for act, judge in _JUDGES.items()}


def turned(now: Now) -> frozenset[str]:
    """The acts that would take back what they did."""
    down = now.view is not None and not now.overview and now.view.snapshot.stand_down
    return frozenset(
        act for act, is_back in (("stand_down", down), ("overview", now.overview)) if is_back
    )


def _acknowledge(now: Now) -> Use:
    view = now.view
    if view is None:
        return Use.REFUSED if now.overview else Use.IDLE
    if _refused(view, Acknowledge):
        return Use.REFUSED
    alarms = view.snapshot.alarms
    if not alarms:
        return Use.IDLE
    return Use.USUAL if all(alarm.acknowledged for alarm in alarms) else Use.WANTED


def _seen_upright(now: Now) -> Use:
    view = now.view
    if view is None or now.overview or _refused(view, SeenUpright):
        return Use.REFUSED
    if not view.snapshot.inverted:
        return Use.IDLE
    return Use.USUAL if view.fresh else Use.WANTED


def _stand_down(now: Now) -> Use:
    view = now.view
    if view is None or now.overview or _refused(view, StandDown):
        return Use.REFUSED
    return Use.WANTED if view.snapshot.stand_down else Use.USUAL


def _check_in(now: Now) -> Use:
    views = now.all if now.overview or now.view is None else [now.view]
    views = [view for view in views if not _refused(view, CheckIn)]
    if not views:
        return Use.REFUSED
    asked = any("check_in" in wanted(view.snapshot, view.source) for view in views)
    return Use.WANTED if asked else Use.USUAL


def _inspected(now: Now) -> Use:
    view = now.view
    if view is None or now.overview or _refused(view, EquipmentChecked):
        return Use.REFUSED
    asked = "inspected" in wanted(view.snapshot, view.source)
    return Use.WANTED if asked else Use.IDLE


def _check(now: Now) -> Use:
    view = now.view
    if view is None or now.overview or not now.remembers or view.source.failure:
        return Use.REFUSED
    return Use.WANTED if "check" in wanted(view.snapshot, view.source) else Use.IDLE


def _felt(now: Now) -> Use:
    view = now.view
    if view is None or now.overview or _refused(view, Symptoms):
        return Use.REFUSED
    return Use.WANTED if now.asks else Use.IDLE


def _override(now: Now) -> Use:
    view = now.view
    if view is None or now.overview or _refused(view, Override):
        return Use.REFUSED
    return Use.IDLE if view.snapshot.ready else Use.USUAL


def _distress(now: Now) -> Use:
    return Use.REFUSED if now.view is None or _refused(now.view, Distress) else Use.USUAL


def _im_fine(now: Now) -> Use:
    view = now.view
    if view is None or now.overview or _refused(view, ImFine):
        return Use.REFUSED
    asked = any(alarm.spec.id is AlarmId.NO_MOVEMENT for alarm in view.snapshot.alarms)
    return Use.WANTED if asked else Use.IDLE


def _test_tone(now: Now) -> Use:
    if not now.has_sound:
        return Use.IDLE
    return Use.WANTED if now.tone_unheard else Use.USUAL


def _zoom(now: Now) -> Use:
    return Use.IDLE if now.overview else Use.USUAL


def _refused(view: View, act: type[Command]) -> bool:
    return bool(view.source.failure or view.source.why_not(act))


_JUDGES: Mapping[str, Callable[[Now], Use]] = {
    "acknowledge": _acknowledge,
    "seen_upright": _seen_upright,
    "stand_down": _stand_down,
    "check_in": _check_in,
    "inspected": _inspected,
    "check": _check,
    "felt": _felt,
    "override": _override,
    "distress": _distress,
    "im_fine": _im_fine,
    "test_tone": _test_tone,
    "zoom_in": _zoom,
    "zoom_out": _zoom,
}
