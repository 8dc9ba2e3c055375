# SPDX-License-Identifier: MIT
"""What a client reads: whole payloads, and never a "not inverted" or "no alarm" from silence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.scenes import CALM, NOW_S, alarm, inverted
from tests.sinks.mqtt.strategies import (
    AT,
    STAMP,
    published_events,
    silent_events,
    snapshots,
    stamps,
)
from upturn.core.alarm_table import AlarmId, Kind, Priority
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionEnded,
    InversionStarted,
    Posture,
    to_json,
)
from upturn.core.limits import DEVICES, DeviceKind
from upturn.core.snapshot import Check, Snapshot
from upturn.sinks.mqtt.payloads import (
    Stamp,
    alarms_payload,
    command_payload,
    encode,
    event_payload,
    is_fresh,
    is_watched,
    owner_payload,
    state_payload,
)

HEAD = {
    "v": 1,
    "at": AT,
    "host": "host-1",
    "node": "a1b2c3d4e5f6",
    "name": "Table 1",
    "origin": "live",
}


def at_of(core_s: float) -> str:
    return f"at {core_s:.3f}"


def test_state_says_all_that_a_display_shows() -> None:
    snapshot = replace(
        inverted(46.24, alarms=(alarm(AlarmId.TIME_LIMIT_NEAR),)),
        battery_percent=61,
        checks=(Check("Data", "posture is unknown"),),
    )
    payload = state_payload(snapshot, STAMP, commands_refused=2, forbidden=["seen_upright"])
    assert payload == {
        **HEAD,
        "device": "table",
        "profile": "standard",
        "posture": "inverted",
        "angle_deg": 52.0,
        "signal": "ok",
        "signal_age_s": 0.0,
        "inverted": True,
        "inversion": 3,
        "inversion_s": 46.2,
        "exposure_s": 46.2,
        "exposure_at_least": False,
        "notice_s": 45.0,
        "limit_s": 60.0,
        "time_left_s": 13.8,
        "rest_s": 0.0,
        "rest_left_s": 0.0,
        "full_rest_s": 90.0,
        "max_angle_deg": 60.0,
        "session": {
            "n": 1,
            "inversions": 3,
            "inverted_s": 116.2,
            "longest_s": 46.2,
            "peak_angle_deg": 57.6,
        },
        "ready": False,
        "not_ready": ["posture is unknown"],
        "stand_down": False,
        "highest": "medium",
        "battery_v": 3.91,
        "battery_percent": 61,
        "samples": 30_000,
        "samples_lost": 12,
        "commands_refused": 2,
        "commands_forbidden": ["seen_upright"],
    }


@pytest.mark.parametrize(
    ("posture", "age_s", "fresh"),
    [
        (Posture.UPRIGHT, 9.96, True),
        (Posture.UPRIGHT, 10.0, True),
        (Posture.UPRIGHT, 10.04, False),
        (Posture.LEVEL, 1.96, True),
        (Posture.LEVEL, 2.0, True),
        (Posture.LEVEL, 2.04, False),
        (Posture.INVERTED, 2.0, True),
        (Posture.INVERTED, 2.04, False),
        (Posture.UNKNOWN, 2.0, True),
        (Posture.UNKNOWN, 2.04, False),
        (Posture.UPRIGHT, None, False),
    ],
)
def test_data_is_fresh_for_as_long_as_the_alarm_waits(
    posture: Posture, age_s: float | None, *, fresh: bool
) -> None:
    assert is_fresh(replace(CALM, posture=posture, signal_age_s=age_s)) is fresh


@pytest.mark.parametrize(
    ("changes", "signal"),
    [
        ({}, "ok"),
        ({"signal_age_s": None}, "none"),
        ({"node_off": True}, "off"),
        ({"node_off": True, "signal_age_s": None}, "off"),
        ({"signal_lost": True}, "lost"),
        ({"signal_lost": True, "node_off": True}, "lost"),
        ({"signal_age_s": 11.0}, "lost"),
    ],
)
def test_the_signal_is_the_worst_that_is_known(changes: dict[str, object], signal: str) -> None:
    snapshot = replace(CALM, **changes)  # type: ignore[arg-type]
    assert state_payload(snapshot, STAMP)["signal"] == signal


@given(snapshots)
def test_not_inverted_is_said_only_on_fresh_evidence(snapshot: Snapshot) -> None:
    known = snapshot.posture is not Posture.UNKNOWN and is_fresh(snapshot)
    expected = True if snapshot.inverted else False if known else None
    assert state_payload(snapshot, STAMP)["inverted"] is expected


@given(snapshots)
def test_an_angle_is_at_most_2_s_old(snapshot: Snapshot) -> None:
    payload = state_payload(snapshot, STAMP)
    if payload["angle_deg"] is not None:
        assert payload["signal"] == "ok"
        assert snapshot.signal_age_s is not None
        assert snapshot.signal_age_s <= 2.0


def test_the_angle_of_a_lost_signal_is_null_at_once() -> None:
    snapshot = replace(CALM, signal_lost=True, signal_age_s=0.5)
    assert state_payload(snapshot, STAMP)["angle_deg"] is None


def test_a_posture_is_kept_through_a_loss_of_data() -> None:
    snapshot = replace(inverted(20.0), signal_lost=True, signal_age_s=5.0)
    payload = state_payload(snapshot, STAMP)
    assert (payload["posture"], payload["inverted"], payload["signal"]) == (
        "inverted",
        True,
        "lost",
    )


def test_an_unknown_posture_is_null() -> None:
    assert state_payload(replace(CALM, posture=Posture.UNKNOWN), STAMP)["posture"] is None


def test_boots_have_no_angle_limit() -> None:
    snapshot = replace(CALM, device=DEVICES[DeviceKind.BOOTS])
    assert state_payload(snapshot, STAMP)["max_angle_deg"] is None


def test_a_negative_zero_is_written_as_zero() -> None:
    payload = state_payload(replace(CALM, angle_deg=-0.04), STAMP)
    assert json.dumps(payload["angle_deg"]) == "0.0"


@given(snapshots)
def test_stood_down_nobody_is_watched(snapshot: Snapshot) -> None:
    assert is_watched(replace(snapshot, stand_down=True)) is False
    assert is_watched(replace(snapshot, stand_down=False)) is is_fresh(snapshot)


def test_alarms_say_the_active_set_with_wall_times() -> None:
    limit = alarm(AlarmId.TIME_LIMIT, acknowledged=True, pause_left_s=28.5, occurrence=2)
    battery = alarm(AlarmId.BATTERY_LOW, priority=Priority.LOW, detail="node", condition=False)
    snapshot = inverted(63.0, alarms=(limit, battery))
    assert alarms_payload(snapshot, STAMP, at_of) == {
        **HEAD,
        "watched": True,
        "high": True,
        "medium": False,
        "low": True,
        "problem": True,
        "highest": "high",
        "alarms": [
            {
                "id": "time_limit",
                "occurrence": 2,
                "priority": "high",
                "kind": "person",
                "title": "Inverted too long",
                "message": "Inverted too long. Come up now. Spotter: help the person up.",
                "raised_at": at_of(NOW_S - 4.0),
                "condition": True,
                "acknowledged": True,
                "pausable": True,
                "sounding": True,
                "paused_until": at_of(NOW_S + 28.5),
            },
            {
                "id": "battery_low",
                "occurrence": 1,
                "priority": "low",
                "kind": "technical",
                "title": battery.spec.title,
                "message": battery.message,
                "raised_at": at_of(NOW_S - 4.0),
                "condition": False,
                "acknowledged": False,
                "pausable": True,
                "sounding": True,
                "paused_until": None,
            },
        ],
    }


@given(snapshots)
def test_each_flag_tells_whether_such_an_alarm_is_active(snapshot: Snapshot) -> None:
    payload = alarms_payload(snapshot, STAMP, at_of)
    found = [(view.priority, view.spec.kind) for view in snapshot.alarms]
    assert [payload[word] for word in ("high", "medium", "low", "problem")] == [
        any(priority is Priority.HIGH for priority, _ in found),
        any(priority is Priority.MEDIUM for priority, _ in found),
        any(priority is Priority.LOW for priority, _ in found),
        any(kind is Kind.TECHNICAL for _, kind in found),
    ]


@given(snapshots)
def test_state_and_alarms_agree_on_the_highest(snapshot: Snapshot) -> None:
    state = state_payload(snapshot, STAMP)
    assert alarms_payload(snapshot, STAMP, at_of)["highest"] == state["highest"]


@pytest.mark.parametrize(
    ("state", "event_type"),
    [
        (AlarmState.RAISED, "no_movement"),
        (AlarmState.ESCALATED, "no_movement"),
        (AlarmState.ACKNOWLEDGED, "acknowledged"),
        (AlarmState.CLEARED, "cleared"),
    ],
)
def test_an_alarm_event_is_named_by_its_alarm_or_by_its_end(
    state: AlarmState, event_type: str
) -> None:
    event = AlarmChanged(61.23456, AlarmId.NO_MOVEMENT, 3, Priority.HIGH, state, "Move.")
    assert event_payload(event, STAMP, "u-1") == {
        "v": 1,
        "kind": "alarm",
        "event_type": event_type,
        "uid": "u-1",
        "at": AT,
        "t_s": 61.235,
        "host": "host-1",
        "node": "a1b2c3d4e5f6",
        "name": "Table 1",
        "id": "no_movement",
        "occurrence": 3,
        "priority": "high",
        "state": str(state),
        "message": "Move.",
    }


@pytest.mark.parametrize(
    ("event", "event_type"),
    [
        (InversionStarted(8.0, 1, 15.0, 7.5, None), "inversion_started"),
        (InversionEnded(70.0, 1, 62.0, 50.0, 62.0), "inversion_ended"),
    ],
)
def test_an_inversion_event_is_named_by_its_kind(event: Event, event_type: str) -> None:
    payload = event_payload(event, STAMP, "u-1")
    assert payload is not None
    assert payload["event_type"] == event_type


@given(published_events, stamps)
def test_an_event_has_the_fields_of_replay(event: Event, stamp: Stamp) -> None:
    payload = event_payload(event, stamp, "u-1")
    assert payload is not None
    assert payload.items() >= json.loads(to_json(event) or "").items()


@given(silent_events)
def test_other_events_are_not_published(event: Event) -> None:
    assert event_payload(event, STAMP, "u-1") is None


def test_a_command_that_was_done_is_answered() -> None:
    payload = command_payload("acknowledge", None, STAMP, "u-2", 12.34567, "fall", 2)
    assert payload == {
        "v": 1,
        "kind": "command",
        "event_type": "command_done",
        "uid": "u-2",
        "at": AT,
        "t_s": 12.346,
        "host": "host-1",
        "node": "a1b2c3d4e5f6",
        "name": "Table 1",
        "verb": "acknowledge",
        "reason": None,
        "id": "fall",
        "occurrence": 2,
    }


def test_a_command_that_was_refused_is_answered_with_the_reason() -> None:
    payload = command_payload("test_alarm", "somebody is inverted", STAMP, "u-2", 1.0)
    answer = {key: payload[key] for key in ("event_type", "reason", "id", "occurrence")}
    assert answer == {
        "event_type": "command_refused",
        "reason": "somebody is inverted",
        "id": None,
        "occurrence": None,
    }


def test_an_owner_is_a_host_and_its_source() -> None:
    assert owner_payload("host-1", "serial:auto", AT) == {
        "v": 1,
        "host": "host-1",
        "source": "serial:auto",
        "since": AT,
    }


@given(snapshots, stamps)
def test_what_is_encoded_reads_the_same_in_the_same_order(
    snapshot: Snapshot, stamp: Stamp
) -> None:
    payload = state_payload(snapshot, stamp)
    read = json.loads(encode(payload))
    assert (read, list(read)) == (payload, list(payload))


@given(st.sampled_from((float("nan"), float("inf"), float("-inf"))))
def test_what_is_no_number_is_not_sent(value: float) -> None:
    with pytest.raises(ValueError, match="Out of range float values"):
        encode({"angle_deg": value})


def test_a_name_that_is_no_text_can_be_sent() -> None:
    assert encode({"name": "T\udcffü"}) == '{"name":"T?ü"}'.encode()
