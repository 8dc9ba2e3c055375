# SPDX-License-Identifier: MIT
"""Values as words: times, angles, ages, postures, alarm states, events. Pure, one place for each.

What is past its time is rounded down and what is left is rounded up, so that the two always make
up the limit and nobody is shown time that is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import ceil, floor

from upturn.core.alarm_table import ALARMS, AlarmId, Clear
from upturn.core.commands import Acknowledge
from upturn.core.events import (
    AlarmChanged,
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
    Posture,
    PostureChanged,
    SignalChanged,
)
from upturn.core.limits import Profile
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.core.thresholds import EVENT_HOLD_S
from upturn.dashboard.view import Moment, View

UNKNOWN = "--"

NO_DATA, NO_POSTURE, HEAD_LOW = "no data", "posture unknown", "head too low"
"""Why a rest does not run."""

_WRITTEN: Mapping[str, str] = {"mqtt": "MQTT"}
"""Names that no capital alone makes right."""

POSTURES: dict[Posture, str] = {
    Posture.UNKNOWN: "POSTURE UNKNOWN",
    Posture.UPRIGHT: "UPRIGHT",
    Posture.LEVEL: "LEVEL",
    Posture.INVERTED: "INVERTED",
    Posture.OVER_ROTATED: "PAST VERTICAL",
}

HOW_OVER: Mapping[AlarmId, tuple[str, str]] = {
    AlarmId.TIME_LIMIT: ("that inversion has ended", "another one has begun"),
    AlarmId.NO_RETURN: ("that inversion has ended", "another one has begun"),
    AlarmId.OVER_ROTATION: ("the table is back before vertical", "the person is still inverted"),
}
"""What latches and is a state: what has ended, and how it goes on where somebody is inverted.

What latches and is not here was a moment: nothing about it is over while it stands.
"""

WHY_NOT_PAUSED: Mapping[AlarmId, str] = {
    AlarmId.NO_RETURN: "the person is still inverted",
    AlarmId.SIGNAL_LOST: "the person was inverted when the data stopped",
}
"""Why the audio of an alarm goes on whatever anybody presses."""


def passed(seconds: float) -> str:
    """Time that has gone by, 0:42 or 1:02:03."""
    return _clock(floor(seconds + 1e-6))


def left(seconds: float) -> str:
    """Time still to go."""
    return _clock(ceil(seconds - 1e-6))


def angle(degrees: float | None) -> str:
    if degrees is None:
        return UNKNOWN
    whole = round(degrees)
    return f"{whole:+d}°" if whole else "0°"


def fullest(texts: Sequence[str], width: int) -> str:
    """The first that there is room for; the last where there is for none."""
    return next((text for text in texts if len(text) <= width), texts[-1])


def age(seconds: float) -> str:
    """Never more exact than it is useful, so that it does not flicker while data flow."""
    if seconds < 1.0:
        return "<1 s"
    if seconds < 10.0:
        return f"{seconds:.1f} s"
    return f"{floor(seconds)} s" if seconds < 60.0 else passed(seconds)


def since(seconds: float) -> str:
    """How long ago a person did something."""
    minutes = floor(seconds / 60.0)
    return f"{minutes} min ago" if minutes else "just now"


def time_of_day(at: Moment | None) -> str:
    """Rounded down: when something was; of a recording, how far from its beginning."""
    if isinstance(at, timedelta):
        return passed(at.total_seconds())
    return f"{at:%H:%M:%S}" if at is not None else UNKNOWN


def sentence(text: str) -> str:
    """With the capital that a sentence begins with."""
    first = text.split(" ", 1)[0]
    return text.replace(first, _WRITTEN.get(first, f"{first[:1].upper()}{first[1:]}"), 1)


def data_age(view: View) -> str:
    """How old the newest sample is; on the screen at all times."""
    if view.age_s is None:
        return "no data yet"
    if not view.source.live:
        return view.source.note or "time stands still"
    return f"data {age(view.age_s)} old" if view.fresh else f"NO DATA for {age(view.age_s)}"


def exposure_left(snapshot: Snapshot, *, short: bool = False) -> str:
    if snapshot.time_left_s > 0.0:
        return f"{left(snapshot.time_left_s)} left{'' if short else ' to the limit'}"
    over_s = snapshot.exposure_s - snapshot.profile.limit_s
    return f"{passed(max(0.0, over_s))} OVER{'' if short else ' THE LIMIT'}"


def rest(snapshot: Snapshot) -> str:
    if snapshot.inverted:
        return f"then rest {left(snapshot.profile.rest_s)}"
    if snapshot.rest_left_s > 0.0:
        return f"rest {left(snapshot.rest_left_s)} more"
    return "rested" if snapshot.inversion else "no rest due"


def rest_pause(view: View) -> str:
    """Why the rest that is due does not run; empty where it does."""
    if view.resting:
        return ""
    if not view.fresh:
        return NO_DATA
    return NO_POSTURE if view.snapshot.posture is Posture.UNKNOWN else HEAD_LOW


def battery(snapshot: Snapshot, width: int = 80) -> str:
    """The node's; the share alone where there is little room, and empty where nobody tells."""
    volts, percent = snapshot.battery_v, snapshot.battery_percent
    known = [
        *([] if volts is None else [f"{volts:.2f} V"]),
        *([] if percent is None else [f"{percent:.0f} %"]),
    ]
    return fullest((", ".join(known), *known[-1:]), width)


def spotter(snapshot: Snapshot) -> str:
    """Empty where nobody has checked in, or too long ago."""
    age_s = snapshot.check_in_age_s
    return "" if age_s is None else f"here, {since(age_s)}"


def readiness(snapshot: Snapshot) -> str:
    if snapshot.stand_down:
        return "STOOD DOWN"
    if not snapshot.ready:
        return "NOT READY"
    return "READY BY OVERRIDE" if snapshot.overridden else "READY"


def limits(profile: Profile) -> str:
    return f"{profile.name} {passed(profile.limit_s)} {profile.max_angle_deg:g}°"


def session(snapshot: Snapshot) -> str:
    n = snapshot.session_inversions
    if not n:
        return "Session: no inversion yet"
    peak = angle(snapshot.session_peak_deg)
    return (
        f"Session: {n} inversion{'s' if n > 1 else ''}, {at_least(snapshot)}"
        f"{passed(snapshot.session_inverted_s)} inverted, "
        f"longest {passed(snapshot.session_longest_s)}, peak {peak}"
    )


def at_least(snapshot: Snapshot) -> str:
    """Before a time that data which never came may have made longer."""
    return "at least " if snapshot.exposure_at_least else ""


def beyond(profile: Profile) -> str:
    return f"Profile {profile.name} {profile.beyond}." if profile.beyond else ""


def advice(alarm: AlarmView, view: View) -> str:
    """Detail and advice in one run of sentences; of what is over, how that is and what follows."""
    if is_over(alarm):
        return f"{sentence(_how_over(alarm, view))}. {to_do(alarm, view)}".rstrip()
    detail = f"{sentence(alarm.detail)}. " if alarm.detail else ""
    return f"{detail}{to_do(alarm, view)}"


def to_do(alarm: AlarmView, view: View) -> str:
    """What to do now, alone. What is over in a recording asks for nothing."""
    if not is_over(alarm):
        return alarm.spec.advice
    acts = [] if view.source.why_not(Acknowledge) else ["press a"]
    if view.snapshot.rest_left_s > 0.0 and not view.snapshot.inverted:
        acts.append(f"{'then ' if acts else ''}rest {left(view.snapshot.rest_left_s)}")
    return "" if view.replayed or not acts else f"{sentence(', '.join(acts))}."


def _how_over(alarm: AlarmView, view: View) -> str:
    ended, goes_on = HOW_OVER[alarm.spec.id]
    if view.snapshot.inverted:
        return f"{ended}; {goes_on}"
    return "the person is up" if view.head_up and view.runs else ended


def alarm_state(alarm: AlarmView, *, short: bool = False, read_only: bool = False) -> str:
    """What stands with its sound, and what the spotter can do about it; read only, nothing."""
    if alarm.pause_left_s > 0.0:
        paused = f"audio paused {ceil(alarm.pause_left_s - 1e-6)} s"
        return paused if short else f"acknowledged, {paused}"
    if is_over(alarm):
        return "over, not acknowledged" if read_only else "over, press a"
    if not alarm.pausable:
        return "audio cannot be paused"
    if alarm.acknowledged:
        return "acknowledged, sounding" if alarm.sounding else "acknowledged"
    return "not acknowledged" if read_only else "press a to acknowledge"


def is_over(alarm: AlarmView) -> bool:
    """Its condition is gone, and it only waits to be acknowledged."""
    return _waits(alarm) and alarm.spec.id in HOW_OVER


def is_past(alarm: AlarmView, now_s: float) -> bool:
    """It is not of this moment any more: over, or a moment that is a while ago."""
    return is_over(alarm) or (_waits(alarm) and now_s - alarm.raised_s >= EVENT_HOLD_S)


def _waits(alarm: AlarmView) -> bool:
    return alarm.spec.clear is Clear.AFTER_ACKNOWLEDGE and not alarm.condition


def unpausable(alarm: AlarmView) -> str:
    """Why its audio cannot be paused, as a sentence; empty where it can."""
    if alarm.pausable:
        return ""
    why = WHY_NOT_PAUSED.get(alarm.spec.id, "its cause lasts")
    return f"Its audio cannot be paused: {why}."


def event(happened: Event) -> str:
    """One short line for the log."""
    match happened:
        case PostureChanged():
            after = POSTURES[happened.after].lower()
            return f"{after}, {angle(happened.angle_deg)}"
        case InversionStarted():
            return f"inversion {happened.n} began"
        case InversionEnded():
            return (
                f"inversion {happened.n} ended: {passed(happened.duration_s)}, "
                f"peak {angle(happened.peak_angle_deg)}"
            )
        case AlarmChanged():
            title = ALARMS[happened.id].title
            return f"{happened.priority.marks} {title}: {happened.state}"
        case SignalChanged():
            gap = age(happened.gap_s)
            return f"no data for {gap}" if happened.lost else f"data back after {gap}"
        case Noted():
            return happened.text


def _clock(seconds: int) -> str:
    minutes, seconds = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
