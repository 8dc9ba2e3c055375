# SPDX-License-Identifier: MIT
"""From telemetry to a snapshot: rate, sensor and spotter stay unknown, nobody tells them. Pure."""

from __future__ import annotations

from upturn.core.events import Posture
from upturn.core.limits import ANGLE_CEILING_DEG, DEVICES, PROFILES, DeviceKind, Profile
from upturn.core.snapshot import Check, Snapshot
from upturn.core.thresholds import SIGNAL_LOST_S, SIGNAL_LOST_UPRIGHT_S
from upturn.remote.fields import Fields, Refused, json_fields
from upturn.remote.parse_head import head_of, priority_or_none
from upturn.remote.said import StateSaid
from upturn.sinks.mqtt.payloads import Signal

CHECK = "Table"
"""What a reason is called here: its host tells the reasons, and not which check each is of."""
TOLD_READY = "as its host says"


def parse_state(payload: bytes, node: str) -> StateSaid:
    """Telemetry of `node`.

    Raises:
        Refused: why it cannot be believed.
    """
    fields = json_fields(payload)
    head = head_of(fields, node)
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
    return StateSaid(head, snapshot, priority_or_none(fields, "highest"), forbidden)


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
