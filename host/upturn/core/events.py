# SPDX-License-Identifier: MIT
"""What the core says: events, stamped with the time of their emission.

`to_json` is the contract of `upturn replay --json`: seconds with three decimals, degrees with two.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from upturn.core.alarm_table import AlarmId, Priority


class Posture(StrEnum):
    UNKNOWN = "unknown"
    UPRIGHT = "upright"
    LEVEL = "level"
    INVERTED = "inverted"
    OVER_ROTATED = "over_rotated"


class AlarmState(StrEnum):
    RAISED = "raised"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class PostureChanged:
    t_s: float
    before: Posture
    after: Posture
    angle_deg: float


@dataclass(frozen=True, slots=True)
class InversionStarted:
    t_s: float
    n: int
    angle_deg: float
    since_s: float
    """When the crossing began, before the dwell confirmed it."""
    rest_s: float | None
    """Rest since the last inversion; None for the first."""


@dataclass(frozen=True, slots=True)
class InversionEnded:
    t_s: float
    n: int
    duration_s: float
    peak_angle_deg: float
    exposure_s: float


@dataclass(frozen=True, slots=True)
class AlarmChanged:
    t_s: float
    id: AlarmId
    occurrence: int
    priority: Priority
    state: AlarmState
    message: str


@dataclass(frozen=True, slots=True)
class SignalChanged:
    t_s: float
    lost: bool
    gap_s: float
    """Seconds since the last sample."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A logged act or repair; for people and the log, not part of the JSON contract."""

    t_s: float
    text: str
    refusal: bool = False
    """It says why a command was not obeyed."""


@dataclass(frozen=True, slots=True)
class Summary:
    t_s: float
    samples: int
    samples_lost: int
    duration_s: float
    inversions: int
    inverted_s: float
    longest_s: float
    peak_angle_deg: float
    profile: str
    alarms: dict[AlarmId, int] = field(default_factory=dict)


Event = PostureChanged | InversionStarted | InversionEnded | AlarmChanged | SignalChanged | Noted


def to_json(event: Event | Summary) -> str | None:
    """One line of the JSON contract; None for what is not part of it."""
    match event:
        case PostureChanged():
            return _line(
                event.t_s,
                "posture",
                {
                    "from": _text(event.before),
                    "to": _text(event.after),
                    "angle_deg": _deg(event.angle_deg),
                },
            )
        case InversionStarted():
            return _line(
                event.t_s,
                "inversion_started",
                {
                    "n": str(event.n),
                    "angle_deg": _deg(event.angle_deg),
                    "since_s": _sec(event.since_s),
                    "rest_s": "null" if event.rest_s is None else _sec(event.rest_s),
                },
            )
        case InversionEnded():
            return _line(
                event.t_s,
                "inversion_ended",
                {
                    "n": str(event.n),
                    "duration_s": _sec(event.duration_s),
                    "peak_angle_deg": _deg(event.peak_angle_deg),
                    "exposure_s": _sec(event.exposure_s),
                },
            )
        case AlarmChanged():
            return _line(
                event.t_s,
                "alarm",
                {
                    "id": _text(event.id),
                    "occurrence": str(event.occurrence),
                    "priority": _text(event.priority.word),
                    "state": _text(event.state),
                    "message": _text(event.message),
                },
            )
        case SignalChanged():
            return _line(
                event.t_s,
                "signal",
                {
                    "state": _text("lost" if event.lost else "restored"),
                    "gap_s": _sec(event.gap_s),
                },
            )
        case Summary():
            counts = ", ".join(f"{_text(id)}: {n}" for id, n in sorted(event.alarms.items()))
            return _line(
                event.t_s,
                "summary",
                {
                    "samples": str(event.samples),
                    "samples_lost": str(event.samples_lost),
                    "duration_s": _sec(event.duration_s),
                    "inversions": str(event.inversions),
                    "inverted_s": _sec(event.inverted_s),
                    "longest_s": _sec(event.longest_s),
                    "peak_angle_deg": _deg(event.peak_angle_deg),
                    "alarms": "{" + counts + "}",
                    "profile": _text(event.profile),
                },
            )
        case Noted():
            return None
        case _ as never:
            assert_never(never)


def _line(t_s: float, kind: str, fields: dict[str, str]) -> str:
    body = "".join(f', "{name}": {value}' for name, value in fields.items())
    return f'{{"t_s": {_sec(t_s)}, "kind": "{kind}"{body}}}'


def _text(value: str) -> str:
    return json.dumps(str(value))


def _sec(value: float) -> str:
    return f"{round(value, 3) + 0.0:.3f}"  # + 0.0 turns -0.0 into 0.0


def _deg(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"
