# SPDX-License-Identifier: MIT
"""Values as words: times, angles, ages, postures, alarm states, events. Pure, one place for each.

What is past its time is rounded down and what is left is rounded up, so that the two always make
up the limit and nobody is shown time that is gone.
"""

from __future__ import annotations

from math import ceil, floor

from upturn.core.alarm_table import ALARMS
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
from upturn.dashboard.view import View

UNKNOWN = "--"

POSTURES: dict[Posture, str] = {
    Posture.UNKNOWN: "POSTURE UNKNOWN",
    Posture.UPRIGHT: "UPRIGHT",
    Posture.LEVEL: "LEVEL",
    Posture.INVERTED: "INVERTED",
    Posture.OVER_ROTATED: "PAST VERTICAL",
}


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


def age(seconds: float) -> str:
    """Never more exact than it is useful, so that it does not flicker while data flow."""
    if seconds < 1.0:
        return "<1 s"
    if seconds < 10.0:
        return f"{seconds:.1f} s"
    return f"{floor(seconds)} s" if seconds < 60.0 else passed(seconds)


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


def readiness(snapshot: Snapshot) -> str:
    if snapshot.stand_down:
        return "STOOD DOWN"
    return "READY" if snapshot.ready else "NOT READY"


def limits(profile: Profile) -> str:
    return f"{profile.name} {passed(profile.limit_s)} {profile.max_angle_deg:g}°"


def session(snapshot: Snapshot) -> str:
    n = snapshot.session_inversions
    if not n:
        return "Session: no inversion yet"
    peak = angle(snapshot.session_peak_deg)
    return (
        f"Session: {n} inversion{'s' if n > 1 else ''}, "
        f"{passed(snapshot.session_inverted_s)} inverted, "
        f"longest {passed(snapshot.session_longest_s)}, peak {peak}"
    )


def beyond(profile: Profile) -> str:
    return f"Profile {profile.name} {profile.beyond}." if profile.beyond else ""


def detail(alarm: AlarmView) -> str:
    """What the message says beyond the title and the advice, which stand apart here."""
    said = alarm.message.removeprefix(alarm.spec.title)
    said = said.removesuffix(alarm.spec.advice)
    return said.strip(" :.;,-")


def advice(alarm: AlarmView) -> str:
    """Detail and advice in one sentence run."""
    said = detail(alarm)
    return f"{said}. {alarm.spec.advice}" if said else alarm.spec.advice


def alarm_state(alarm: AlarmView) -> str:
    """What stands with its sound, and what the spotter can do about it."""
    if alarm.pause_left_s > 0.0:
        return f"audio paused {left(alarm.pause_left_s)}"
    if not alarm.condition:
        return "over, press a to clear"
    if not alarm.pausable:
        return "audio cannot be paused"
    if alarm.acknowledged:
        return "acknowledged, sounding" if alarm.sounding else "acknowledged"
    return "press a to acknowledge"


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
