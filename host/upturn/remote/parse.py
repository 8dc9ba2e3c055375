# SPDX-License-Identifier: MIT
"""What a host tells of a table, as values: the way back from `sinks.mqtt.payloads`. Pure.

The law: a message is taken whole or refused whole, with one line that says why; what contradicts
itself is refused as well. What a message does not say stays unknown: rate, sensor, spotter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple, assert_never

from upturn.core.alarm_table import ALARMS, AlarmId, AlarmSpec, Kind, Priority
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    InversionEnded,
    InversionStarted,
    Posture,
)
from upturn.core.limits import ANGLE_CEILING_DEG, DEVICES, PROFILES, DeviceKind, Profile
from upturn.core.snapshot import AlarmView, Check, Snapshot
from upturn.core.thresholds import SIGNAL_LOST_S, SIGNAL_LOST_UPRIGHT_S
from upturn.remote.fields import Fields, Refused, json_fields
from upturn.sinks.mqtt.payloads import VERSION, Origin, Signal
from upturn.sinks.mqtt.teller import OFFLINE, ONLINE

CHECK = "Table"
"""What a reason is called here: its host tells the reasons, and not which check each is of."""
TOLD_READY = "as its host says"
_PRIORITIES = {priority.word: priority for priority in Priority}


class Head(NamedTuple):
    """Who says it, of whom, and when by that host's wall clock."""

    at_s: float
    host: str
    node: str
    name: str
    origin: Origin = Origin.LIVE
    """An older host does not say: then somebody may be there."""


@dataclass(frozen=True, slots=True)
class StateSaid:
    head: Head
    snapshot: Snapshot
    """Of time 0, with no alarms: they come by themselves."""
    highest: Priority | None
    """Of the alarms that there should be."""
    forbidden: frozenset[str] = frozenset()
    """The commands that its host does not take from here; an older one does not say."""


@dataclass(frozen=True, slots=True)
class AlarmSaid:
    spec: AlarmSpec
    occurrence: int
    priority: Priority
    message: str
    detail: str
    raised_at_s: float
    condition: bool
    acknowledged: bool
    pausable: bool
    sounding: bool
    """Or paused, or another sounds for it."""
    paused_until_s: float | None

    def view(self, now_s: float, host_s: float, longest_s: float = inf) -> AlarmView:
        """At `now_s` here, when the host's wall clock says `host_s`.

        `longest_s`: of a pause from now on, whatever that clock says.
        """
        paused_s = 0.0
        if self.paused_until_s is not None:
            paused_s = min(self.paused_until_s - host_s, longest_s)
        over = self.paused_until_s is not None and paused_s <= 0.0
        return AlarmView(
            spec=self.spec,
            occurrence=self.occurrence,
            priority=self.priority,
            message=self.message,
            detail=self.detail,
            raised_s=now_s - max(0.0, host_s - self.raised_at_s),
            condition=self.condition,
            acknowledged=self.acknowledged,
            sounding=self.sounding or over,
            pause_left_s=max(0.0, paused_s),
            pausable=self.pausable,
        )


Pause = tuple[AlarmId, int, float]
"""Of an occurrence, until when by the host's wall clock."""


@dataclass(frozen=True, slots=True)
class AlarmsSaid:
    head: Head
    watched: bool
    alarms: tuple[AlarmSaid, ...]
    """Most urgent first."""

    @property
    def pauses(self) -> set[Pause]:
        return {
            (alarm.spec.id, alarm.occurrence, alarm.paused_until_s)
            for alarm in self.alarms
            if alarm.paused_until_s is not None
        }

    def has_news_for(self, before: AlarmsSaid | None) -> bool:
        """An alarm is new, or higher than it was."""
        known = {} if before is None else before.priorities
        return any(key not in known or now > known[key] for key, now in self.priorities.items())

    @property
    def priorities(self) -> dict[tuple[AlarmId, int], Priority]:
        return {(alarm.spec.id, alarm.occurrence): alarm.priority for alarm in self.alarms}

    @property
    def highest(self) -> Priority | None:
        return max((alarm.priority for alarm in self.alarms), default=None)


class Answer(NamedTuple):
    """What became of a command."""

    verb: str
    reason: str | None
    """Why it was refused; None: it was done."""
    id: str | None
    occurrence: int | None


_Told = AlarmChanged | InversionStarted | InversionEnded | Answer


class EventSaid(NamedTuple):
    """`said` has its times on the axis of the host's core."""

    head: Head
    uid: str
    said: _Told


class OwnerSaid(NamedTuple):
    host: str
    source: str


def parse_state(payload: bytes, node: str) -> StateSaid:
    """Telemetry of `node`.

    Raises:
        Refused: why it cannot be believed.
    """
    fields = json_fields(payload)
    head = _head(fields, node)
    device = DEVICES[DeviceKind(fields.word("device", *DeviceKind))]
    session = fields.fields("session")
    signal = Signal(fields.word("signal", *Signal))
    age_s = fields.seconds_or_none("signal_age_s")
    posture = fields.text_or_none("posture")
    snapshot = Snapshot(
        now_s=0.0,
        node=head.name,
        node_id=node,
        sensor="",
        profile=_profile(fields, judged=device.judges_angle),
        device=device,
        posture=Posture.UNKNOWN if posture is None else _posture(fields),
        angle_deg=fields.degrees_or_none("angle_deg"),
        rate_dps=None,
        signal_age_s=age_s,
        signal_lost=signal is Signal.LOST,
        node_off=signal is Signal.OFF,
        inverted=fields.flag_or_none("inverted") is True,
        inversion=fields.count("inversion"),
        inversion_s=fields.seconds("inversion_s"),
        exposure_s=fields.seconds("exposure_s"),
        exposure_at_least=fields.flag("exposure_at_least"),
        time_left_s=fields.seconds("time_left_s"),
        rest_s=fields.seconds("rest_s"),
        rest_left_s=fields.seconds("rest_left_s"),
        session=session.count("n"),
        session_inversions=session.count("inversions"),
        session_inverted_s=session.seconds("inverted_s"),
        session_longest_s=session.seconds("longest_s"),
        session_peak_deg=session.degrees_or_none("peak_angle_deg"),
        stand_down=fields.flag("stand_down"),
        checks=_checks(fields),
        overridden=fields.flag("ready") and bool(fields.texts("not_ready")),
        check_in_age_s=None,
        battery_v=fields.number_or_none("battery_v", most=100.0),
        battery_percent=fields.number_or_none("battery_percent", most=100.0),
        samples=fields.count("samples"),
        samples_lost=fields.count("samples_lost"),
        alarms=(),
    )
    fields.count("commands_refused")
    _check_freshness(fields, snapshot, signal)
    key = "commands_forbidden"
    forbidden = frozenset(fields.texts(key) if fields.has(key) else ())
    return StateSaid(head, snapshot, _priority_or_none(fields, "highest"), forbidden)


def parse_alarms(payload: bytes, node: str) -> AlarmsSaid:
    """The active set of `node`.

    Raises:
        Refused: why it cannot be believed.
    """
    fields = json_fields(payload)
    head = _head(fields, node)
    alarms = [_alarm(alarm) for alarm in fields.objects("alarms")]
    if len({alarm.spec.id for alarm in alarms}) < len(alarms):
        raise Refused("has an alarm twice")
    for word, priority in _PRIORITIES.items():
        if fields.flag(word) != any(alarm.priority is priority for alarm in alarms):
            raise Refused(f"{word} contradicts its alarms")
    if fields.flag("problem") != any(alarm.spec.kind is Kind.TECHNICAL for alarm in alarms):
        raise Refused("problem contradicts its alarms")
    highest = max((alarm.priority for alarm in alarms), default=None)
    if _priority_or_none(fields, "highest") is not highest:
        raise Refused("highest contradicts its alarms")
    ordered = tuple(sorted(alarms, key=lambda alarm: -alarm.priority))
    return AlarmsSaid(head, fields.flag("watched"), ordered)


def parse_event(payload: bytes, node: str) -> EventSaid:
    """What happened at `node`, or what became of a command to it.

    Raises:
        Refused: why it cannot be believed.
    """
    fields = json_fields(payload)
    head = _head(fields, node)
    kind = fields.word("kind", *_EVENTS)
    said = _EVENTS[kind](fields)
    if fields.text("event_type") != _type(kind, said):
        raise Refused("event_type contradicts what it tells")
    return EventSaid(head, fields.text("uid"), said)


def parse_owner(payload: bytes) -> OwnerSaid | None:
    """Which host speaks for a node; None: no host does.

    Raises:
        Refused: it says neither.
    """
    if not payload:
        return None
    fields = json_fields(payload)
    _check_version(fields)
    fields.at_s("since")
    return OwnerSaid(fields.id("host"), fields.text("source"))


def parse_availability(payload: bytes) -> bool | None:
    """Whether a node or a host is there; None: the broker knows nothing of it any more.

    Raises:
        Refused: it says neither.
    """
    known = {b"": None, ONLINE.encode(): True, OFFLINE.encode(): False}
    if payload not in known:
        raise Refused(f"is neither {ONLINE} nor {OFFLINE}")
    return known[payload]


def _check_version(fields: Fields) -> None:
    version = fields.count("v", 1)
    if version != VERSION:
        raise Refused(
            f"is of version {version}, and this Upturn knows {VERSION}: update the older of both"
        )


def _head(fields: Fields, node: str) -> Head:
    _check_version(fields)
    origin = Origin(fields.word("origin", *Origin)) if fields.has("origin") else Origin.LIVE
    host, about = fields.id("host"), fields.id("node")
    head = Head(fields.at_s("at"), host, about, fields.text("name"), origin)
    if head.node != node:
        raise Refused("is about another node than its topic")
    return head


def _posture(fields: Fields) -> Posture:
    known = [posture for posture in Posture if posture is not Posture.UNKNOWN]
    return Posture(fields.word("posture", *known))


def _profile(fields: Fields, *, judged: bool) -> Profile:
    """The one of that name if it has these limits, for the host tells no more of it."""
    name = fields.text("profile")
    notice_s, limit_s = fields.seconds("notice_s"), fields.seconds("limit_s")
    rest_s, told_deg = fields.seconds("full_rest_s"), fields.degrees_or_none("max_angle_deg")
    if (told_deg is not None) is not judged:
        raise Refused("max_angle_deg does not fit the device")
    if not 0.0 < notice_s <= limit_s:
        raise Refused("notice_s does not lie between 0 and limit_s")
    own = PROFILES.get(name)
    max_deg = ANGLE_CEILING_DEG if told_deg is None else told_deg
    if own is not None:
        angle_deg = own.max_angle_deg if judged else max_deg
        if (own.notice_s, own.limit_s, own.rest_s, angle_deg) == (
            notice_s,
            limit_s,
            rest_s,
            max_deg,
        ):
            return own
    return Profile(name, notice_s, limit_s, rest_s, max_deg, source="its host", reason="")


def _checks(fields: Fields) -> tuple[Check, ...]:
    ready, problems = fields.flag("ready"), fields.texts("not_ready")
    if not (ready or problems) or not all(problems):
        raise Refused("ready and not_ready contradict each other")
    return tuple(Check(CHECK, problem) for problem in problems) or (Check(CHECK, "", TOLD_READY),)


def _check_freshness(fields: Fields, snapshot: Snapshot, signal: Signal) -> None:
    """Nothing may pass for known while no data comes."""
    age_s = snapshot.signal_age_s
    upright = snapshot.posture is Posture.UPRIGHT
    patience_s = SIGNAL_LOST_UPRIGHT_S if upright else SIGNAL_LOST_S
    if signal is Signal.OK and (age_s is None or age_s > patience_s):
        raise Refused("signal is ok, and signal_age_s says that it is not")
    if signal is Signal.NONE and age_s is not None:
        raise Refused("signal is none, and signal_age_s says that there was one")
    current = signal is Signal.OK and age_s is not None and age_s <= SIGNAL_LOST_S
    if snapshot.angle_deg is not None and not current:
        raise Refused("angle_deg is there without fresh data")
    known = signal is Signal.OK and snapshot.posture is not Posture.UNKNOWN
    inverted = fields.flag_or_none("inverted")
    if inverted is not True and (inverted is False) is not known:
        raise Refused("inverted contradicts signal and posture")


def _priority_or_none(fields: Fields, key: str) -> Priority | None:
    return None if fields.text_or_none(key) is None else _priority(fields, key)


def _priority(fields: Fields, key: str) -> Priority:
    return _PRIORITIES[fields.word(key, *_PRIORITIES)]


def _alarm(fields: Fields) -> AlarmSaid:
    spec, detail = _worded(
        ALARMS[AlarmId(fields.word("id", *AlarmId))], fields.text("title"), fields.text("message")
    )
    if fields.word("kind", *Kind) != spec.kind:
        raise Refused(f"{spec.id} is of another kind")
    return AlarmSaid(
        spec=spec,
        occurrence=fields.count("occurrence", 1),
        priority=_priority(fields, "priority"),
        message=fields.text("message"),
        detail=detail,
        raised_at_s=fields.at_s("raised_at"),
        condition=fields.flag("condition"),
        acknowledged=fields.flag("acknowledged"),
        pausable=fields.flag("pausable"),
        sounding=fields.flag("sounding"),
        paused_until_s=fields.at_s_or_none("paused_until"),
    )


def _worded(spec: AlarmSpec, title: str, message: str) -> tuple[AlarmSpec, str]:
    """The row in the host's words, which may be another version's, and the occurrence's own."""
    head, tail = f"{spec.title}: ", f". {spec.advice}"
    if title == spec.title and message == f"{title}{tail}":
        return spec, ""
    if title == spec.title and message.startswith(head) and message.endswith(tail):
        return spec, message[len(head) : len(message) - len(tail)]
    said = message.removeprefix(title).lstrip(" :.")
    return replace(spec, title=title or spec.title, advice=said or spec.advice), ""


def _alarm_changed(fields: Fields) -> AlarmChanged:
    return AlarmChanged(
        t_s=fields.number("t_s"),
        id=AlarmId(fields.word("id", *AlarmId)),
        occurrence=fields.count("occurrence", 1),
        priority=_priority(fields, "priority"),
        state=AlarmState(fields.word("state", *AlarmState)),
        message=fields.text("message"),
    )


def _inversion_started(fields: Fields) -> InversionStarted:
    return InversionStarted(
        t_s=fields.number("t_s"),
        n=fields.count("n", 1),
        angle_deg=fields.degrees("angle_deg"),
        since_s=fields.number("since_s"),
        rest_s=fields.seconds_or_none("rest_s"),
    )


def _inversion_ended(fields: Fields) -> InversionEnded:
    return InversionEnded(
        t_s=fields.number("t_s"),
        n=fields.count("n", 1),
        duration_s=fields.seconds("duration_s"),
        peak_angle_deg=fields.degrees("peak_angle_deg"),
        exposure_s=fields.seconds("exposure_s"),
    )


def _answer(fields: Fields) -> Answer:
    fields.number("t_s")
    id = fields.text_or_none("id")
    return Answer(
        verb=fields.text("verb"),
        reason=fields.text_or_none("reason"),
        id=id if id is None else fields.word("id", *AlarmId),
        occurrence=None if fields.is_null("occurrence") else fields.count("occurrence", 1),
    )


_EVENTS: dict[str, Callable[[Fields], _Told]] = {
    "alarm": _alarm_changed,
    "inversion_started": _inversion_started,
    "inversion_ended": _inversion_ended,
    "command": _answer,
}


def _type(kind: str, said: _Told) -> str:
    match said:
        case AlarmChanged(state=AlarmState.RAISED | AlarmState.ESCALATED):
            return said.id
        case AlarmChanged():
            return said.state
        case Answer():
            return "command_done" if said.reason is None else "command_refused"
        case InversionStarted() | InversionEnded():
            return kind
        case _ as never:
            assert_never(never)
