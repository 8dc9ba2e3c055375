# SPDX-License-Identifier: MIT
"""What goes out: a snapshot or an event as one JSON object, versioned, with every key always.

The law: what is not known is null. Nobody reads "not inverted" or "no alarm" from data that does
not come: `inverted` is false, and `watched` true, only while fresh samples say so. And what people
say of their health stays where they said it.
`schemas/` has the contract.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple, assert_never

from upturn.core.alarm_table import Kind, Priority
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
    Posture,
    PostureChanged,
    SignalChanged,
    to_json,
)
from upturn.core.readiness import HEALTH
from upturn.core.snapshot import AlarmView, Check, Snapshot
from upturn.core.thresholds import SIGNAL_LOST_S, SIGNAL_LOST_UPRIGHT_S

VERSION = 1
HEALTH_PROBLEM = "the questions about health: see the computer that watches"
"""All that the home is told of them: neither what was asked nor what was answered."""

Payload = dict[str, object]


class Signal(StrEnum):
    OK = "ok"
    LOST = "lost"
    OFF = "off"
    """The node was switched off in order."""
    NONE = "none"
    """No sample has come yet."""


class Origin(StrEnum):
    """Whether somebody is there at all."""

    LIVE = "live"
    SIMULATED = "simulated"
    RECORDED = "recorded"


class Stamp(NamedTuple):
    """When, and from where, a payload is."""

    at: str
    """ISO 8601, UTC, milliseconds, `Z`."""
    host: str
    node: str
    name: str
    """The node's name, for people."""
    origin: Origin = Origin.LIVE


def is_fresh(snapshot: Snapshot) -> bool:
    """Data comes from the node: what its availability says."""
    return _signal(snapshot) is Signal.OK


def is_watched(snapshot: Snapshot) -> bool:
    """Data comes, and alarms are on: only then does their absence mean anything."""
    return is_fresh(snapshot) and not snapshot.stand_down


def state_payload(
    snapshot: Snapshot, stamp: Stamp, commands_refused: int = 0, forbidden: Iterable[str] = ()
) -> Payload:
    """Telemetry: never to be retained, for it grows old by the second.

    `forbidden`: the commands that the home may not give.
    """
    profile = snapshot.profile
    judges_angle = snapshot.device.judges_angle
    return {
        "v": VERSION,
        **stamp._asdict(),
        "device": str(snapshot.device.kind),
        "profile": profile.name,
        "posture": None if snapshot.posture is Posture.UNKNOWN else str(snapshot.posture),
        "angle_deg": _tenths(snapshot.angle_deg) if _is_current(snapshot) else None,
        "signal": str(_signal(snapshot)),
        "signal_age_s": _tenths(snapshot.signal_age_s),
        "inverted": _inverted(snapshot),
        "inversion": snapshot.inversion,
        "inversion_s": _tenths(snapshot.inversion_s),
        "exposure_s": _tenths(snapshot.exposure_s),
        "exposure_at_least": snapshot.exposure_at_least,
        "notice_s": _tenths(profile.notice_s),
        "limit_s": _tenths(profile.limit_s),
        "time_left_s": _tenths(snapshot.time_left_s),
        "rest_s": _tenths(snapshot.rest_s),
        "rest_left_s": _tenths(snapshot.rest_left_s),
        "full_rest_s": _tenths(profile.rest_s),
        "max_angle_deg": _tenths(profile.max_angle_deg) if judges_angle else None,
        "session": {
            "n": snapshot.session,
            "inversions": snapshot.session_inversions,
            "inverted_s": _tenths(snapshot.session_inverted_s),
            "longest_s": _tenths(snapshot.session_longest_s),
            "peak_angle_deg": _tenths(snapshot.session_peak_deg),
        },
        "ready": snapshot.ready,
        "not_ready": [_told(check) for check in snapshot.checks if not check.passed],
        "stand_down": snapshot.stand_down,
        "highest": _highest(snapshot),
        "battery_v": _rounded(snapshot.battery_v, 2),
        "battery_percent": _tenths(snapshot.battery_percent),
        "samples": snapshot.samples,
        "samples_lost": snapshot.samples_lost,
        "commands_refused": commands_refused,
        "commands_forbidden": list(forbidden),
    }


def _told(check: Check) -> str:
    """Why it was not passed; what somebody has said of their health is not for the home."""
    return HEALTH_PROBLEM if check.name == HEALTH else check.problem


def alarms_payload(snapshot: Snapshot, stamp: Stamp, at_of: Callable[[float], str]) -> Payload:
    """The active set, to be retained. `at_of` gives the wall time of a time of the core."""
    active = {view.priority for view in snapshot.alarms}
    return {
        "v": VERSION,
        **stamp._asdict(),
        "watched": is_watched(snapshot),
        **{priority.word: priority in active for priority in reversed(Priority)},
        "problem": any(view.spec.kind is Kind.TECHNICAL for view in snapshot.alarms),
        "highest": _highest(snapshot),
        "alarms": [_alarm(view, snapshot.now_s, at_of) for view in snapshot.alarms],
    }


def unwatched(told: Payload, at: str) -> Payload:
    """The active set of a node that nobody watches any more, in place of one that was told."""
    flags = {priority.word: False for priority in Priority}
    nothing: Payload = {"watched": False, **flags, "problem": False, "highest": None, "alarms": []}
    return told | nothing | {"at": at}


def event_payload(event: Event, stamp: Stamp, uid: str) -> Payload | None:
    """One alarm or inversion event, with the fields of `upturn replay --json`; None for others."""
    event_type = _event_type(event)
    if event_type is None:
        return None
    fields: dict[str, object] = json.loads(to_json(event) or "{}")
    t_s, kind = fields.pop("t_s"), fields.pop("kind")
    return _event(str(kind), event_type, uid, t_s, stamp) | fields


def command_payload(
    verb: str,
    reason: str | None,
    stamp: Stamp,
    uid: str,
    t_s: float,
    id: str | None = None,
    occurrence: int | None = None,
) -> Payload:
    """The answer to a command; `reason` says why it was refused, and None that it was done."""
    event_type = "command_done" if reason is None else "command_refused"
    return _event("command", event_type, uid, _rounded(t_s, 3), stamp) | {
        "verb": verb,
        "reason": reason,
        "id": id,
        "occurrence": occurrence,
    }


def owner_payload(host: str, source: str, since: str) -> Payload:
    """Which host speaks for a node."""
    return {"v": VERSION, "host": host, "source": source, "since": since}


def encode(payload: Payload) -> bytes:
    """Compact JSON. Half a surrogate pair, as in a file's name that is no text, becomes `?`.

    Raises:
        ValueError: a number that is not finite.
    """
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", errors="replace")


def _signal(snapshot: Snapshot) -> Signal:
    upright = snapshot.posture is Posture.UPRIGHT
    patience_s = SIGNAL_LOST_UPRIGHT_S if upright else SIGNAL_LOST_S
    age_s = snapshot.signal_age_s
    if snapshot.signal_lost:
        return Signal.LOST
    if snapshot.node_off:
        return Signal.OFF
    if age_s is None:
        return Signal.NONE
    return Signal.OK if age_s <= patience_s else Signal.LOST  # the core is told a little later


def _is_current(snapshot: Snapshot) -> bool:
    """The newest angle may pass for the present one."""
    age_s = snapshot.signal_age_s
    return is_fresh(snapshot) and age_s is not None and age_s <= SIGNAL_LOST_S


def _inverted(snapshot: Snapshot) -> bool | None:
    if snapshot.inverted:
        return True
    known = snapshot.posture is not Posture.UNKNOWN and is_fresh(snapshot)
    return False if known else None


def _highest(snapshot: Snapshot) -> str | None:
    highest = max((view.priority for view in snapshot.alarms), default=None)
    return None if highest is None else highest.word


def _alarm(view: AlarmView, now_s: float, at_of: Callable[[float], str]) -> Payload:
    paused = view.pause_left_s > 0.0
    return {
        "id": str(view.spec.id),
        "occurrence": view.occurrence,
        "priority": view.priority.word,
        "kind": str(view.spec.kind),
        "title": view.spec.title,
        "message": view.message,
        "raised_at": at_of(view.raised_s),
        "condition": view.condition,
        "acknowledged": view.acknowledged,
        "pausable": view.pausable,
        "sounding": view.sounding,
        "paused_until": at_of(round(now_s + view.pause_left_s, 3)) if paused else None,
    }


def _event_type(event: Event) -> str | None:
    match event:
        case AlarmChanged():
            raised = event.state in (AlarmState.RAISED, AlarmState.ESCALATED)
            return str(event.id if raised else event.state)
        case InversionStarted():
            return "inversion_started"
        case InversionEnded():
            return "inversion_ended"
        case PostureChanged() | SignalChanged() | Noted():
            return None
        case _ as never:
            assert_never(never)


def _event(kind: str, event_type: str, uid: str, t_s: object, stamp: Stamp) -> Payload:
    return {
        "v": VERSION,
        "kind": kind,
        "event_type": event_type,
        "uid": uid,
        "at": stamp.at,
        "t_s": t_s,
        "host": stamp.host,
        "node": stamp.node,
        "name": stamp.name,
    }


def _tenths(value: float | None) -> float | None:
    return _rounded(value, 1)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits) + 0.0  # + 0.0 turns -0.0 into 0.0
