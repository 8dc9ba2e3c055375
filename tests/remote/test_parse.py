# SPDX-License-Identifier: MIT
"""The way back from the broker: all that was told, nothing that was not, no belief in garbage."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dashboard.scenes import CALM, alarm, inverted
from tests.sinks.mqtt.strategies import STAMP, published_events, snapshots, stamps
from upturn.core.alarm_table import ALARMS, AlarmId, Priority
from upturn.core.events import AlarmChanged, AlarmState, Event
from upturn.core.limits import DEVICES, PROFILES, DeviceKind
from upturn.core.snapshot import Check, Snapshot
from upturn.remote.fields import MAX_ITEMS, MAX_TEXT, Refused, shown
from upturn.remote.parse_alarms import parse_alarms
from upturn.remote.parse_event import parse_event
from upturn.remote.parse_presence import parse_availability, parse_owner
from upturn.remote.parse_state import parse_state
from upturn.remote.said import Answer, Head, OwnerSaid
from upturn.sinks.mqtt.payloads import (
    Origin,
    Stamp,
    alarms_payload,
    command_payload,
    encode,
    event_payload,
    owner_payload,
    state_payload,
)
from upturn.sinks.mqtt.wall import iso

NODE = STAMP.node
EPOCH_S = 1_800_000_000.0
HEAD_DOWN = inverted(46.2, alarms=(alarm(AlarmId.TIME_LIMIT_NEAR),))
STATE = state_payload(HEAD_DOWN, STAMP)
READY = state_payload(CALM, STAMP)


def at_of(core_s: float) -> str:
    return iso(EPOCH_S + core_s)


ALARM_SET = alarms_payload(HEAD_DOWN, STAMP, at_of)
RAISED = AlarmChanged(1.0, AlarmId.FALL, 2, Priority.HIGH, AlarmState.RAISED, "Fall. Go.")
EVENT = event_payload(RAISED, STAMP, "u-1")
assert EVENT is not None


def printed(said: Any) -> Any:
    """As a terminal gets it."""
    match said:
        case str():
            return shown(said)
        case dict():
            return {key: printed(value) for key, value in said.items()}
        case list():
            return [printed(item) for item in said]
    return said


def told(payload: object) -> Any:
    assert isinstance(payload, dict)
    return printed(json.loads(encode(payload)))


def stamp_of(head: Head, was: Stamp) -> Stamp:
    """As it was read; the time is another form of the same."""
    assert iso(head.at_s) == was.at
    return Stamp(was.at, head.host, head.node, head.name, head.origin)


@given(snapshots, stamps)
def test_a_state_says_the_same_after_it_has_come_back(snapshot: Snapshot, stamp: Stamp) -> None:
    payload = state_payload(snapshot, stamp)
    said = parse_state(encode(payload), stamp.node)
    again = replace(said.snapshot, alarms=snapshot.alarms)
    assert told(state_payload(again, stamp_of(said.head, stamp))) == told(payload)
    assert said.highest is max((view.priority for view in snapshot.alarms), default=None)


def test_what_a_state_does_not_tell_is_unknown() -> None:
    said = parse_state(encode(STATE), NODE).snapshot
    assert (said.rate_dps, said.sensor, said.check_in_age_s, said.alarms) == (None, "", None, ())
    assert (said.now_s, said.node, said.node_id) == (0.0, STAMP.name, NODE)


@given(snapshots)
def test_alarms_are_the_same_after_they_have_come_back(snapshot: Snapshot) -> None:
    payload = alarms_payload(snapshot, STAMP, at_of)
    said = parse_alarms(encode(payload), NODE)
    now_s = snapshot.now_s
    views = [alarm.view(now_s, EPOCH_S + now_s) for alarm in said.alarms]
    assert said.watched is payload["watched"]
    assert len(views) == len(snapshot.alarms)
    for view, was in zip(views, snapshot.alarms, strict=True):
        assert view.spec.id is was.spec.id
        assert view.message == shown(was.message)
        for name in ("occurrence", "priority", "condition", "acknowledged", "pausable"):
            assert getattr(view, name) == getattr(was, name)
        assert view.raised_s == pytest.approx(min(was.raised_s, now_s), abs=0.01)
        assert view.pause_left_s == pytest.approx(was.pause_left_s, abs=0.01)
        if was.pause_left_s > 0.01:
            assert view.sounding is was.sounding


@given(published_events, stamps)
def test_an_event_says_the_same_after_it_has_come_back(event: Event, stamp: Stamp) -> None:
    payload = event_payload(event, stamp, "u-1")
    assert payload is not None
    said = parse_event(encode(payload), stamp.node)
    assert not isinstance(said.said, Answer)
    assert told(event_payload(said.said, stamp_of(said.head, stamp), said.uid)) == told(payload)


def test_the_words_of_an_alarm_come_apart_as_they_were_put_together() -> None:
    was = alarm(AlarmId.BATTERY_LOW, priority=Priority.LOW, detail="node")
    payload = alarms_payload(replace(CALM, alarms=(was,)), STAMP, at_of)
    [said] = parse_alarms(encode(payload), NODE).alarms
    assert (said.spec, said.detail) == (ALARMS[AlarmId.BATTERY_LOW], "node")


def test_another_version_words_an_alarm_as_it_likes() -> None:
    payload = altered(ALARM_SET, "alarms", 0, "title", value="Soon too long")
    payload["alarms"][0]["message"] = "Soon too long. Begin to come up."
    [said] = parse_alarms(encode(payload), NODE).alarms
    assert (said.spec.title, said.spec.advice) == ("Soon too long", "Begin to come up.")
    assert said.spec.id is AlarmId.TIME_LIMIT_NEAR


def test_a_pause_runs_out_here_too_and_its_alarm_sounds_again() -> None:
    was = alarm(AlarmId.FALL, sounding=False, pause_left_s=10.0)
    payload = alarms_payload(replace(CALM, alarms=(was,)), STAMP, at_of)
    [said] = parse_alarms(encode(payload), NODE).alarms
    host_s = EPOCH_S + CALM.now_s
    views = [said.view(0.0, host_s + later_s) for later_s in (0.0, 9.5, 10.0, 500.0)]
    assert [(view.pause_left_s, view.sounding) for view in views] == [
        (10.0, False),
        (0.5, False),
        (0.0, True),
        (0.0, True),
    ]


def test_an_alarm_for_which_another_sounds_stays_silent() -> None:
    was = alarm(AlarmId.TIME_LIMIT, sounding=False)
    payload = alarms_payload(replace(CALM, alarms=(was,)), STAMP, at_of)
    [said] = parse_alarms(encode(payload), NODE).alarms
    assert said.view(0.0, EPOCH_S).sounding is False


def test_a_profile_is_the_one_of_that_name_only_with_its_limits() -> None:
    assert parse_state(encode(STATE), NODE).snapshot.profile is PROFILES["standard"]
    own = parse_state(encode({**STATE, "full_rest_s": 180.0}), NODE).snapshot.profile
    assert (own.name, own.limit_s, own.rest_s, own.source) == ("standard", 60.0, 180.0, "its host")


def test_boots_have_no_angle_limit_on_the_way_back_either() -> None:
    boots = replace(CALM, device=DEVICES[DeviceKind.BOOTS])
    said = parse_state(encode(state_payload(boots, STAMP)), NODE).snapshot
    assert said.device is DEVICES[DeviceKind.BOOTS]
    assert said.profile is PROFILES["standard"]


def test_reasons_are_told_without_the_checks_that_they_are_of() -> None:
    snapshot = replace(CALM, checks=(Check("Data", "no data yet"), Check("Sensor", "", "well")))
    said = parse_state(encode(state_payload(snapshot, STAMP)), NODE).snapshot
    assert said.not_ready == ("no data yet",)
    assert said.ready is False
    assert parse_state(encode(READY), NODE).snapshot.ready is True


def test_ready_all_the_same_is_what_a_person_has_accepted() -> None:
    payload = {**READY, "not_ready": ["no data yet"]}
    said = parse_state(encode(payload), NODE).snapshot
    assert (said.ready, said.overridden, said.not_ready) == (True, True, ("no data yet",))


@pytest.mark.parametrize(
    ("reason", "id", "occurrence"),
    [(None, "fall", 3), ("there is no alarm of that id", None, None), (None, None, None)],
)
def test_an_answer_to_a_command_comes_back(
    reason: str | None, id: str | None, occurrence: int | None
) -> None:
    payload = command_payload("acknowledge", reason, STAMP, "u-7", 1.5, id, occurrence)
    said = parse_event(encode(payload), NODE)
    assert (said.uid, said.said) == ("u-7", Answer("acknowledge", reason, id, occurrence))


def test_an_owner_comes_back_and_may_be_nobody() -> None:
    payload = encode(owner_payload("host-1", "serial ttyUSB0", STAMP.at))
    assert parse_owner(payload) == OwnerSaid("host-1", "serial ttyUSB0")
    assert parse_owner(b"") is None


@pytest.mark.parametrize(("payload", "up"), [(b"online", True), (b"offline", False), (b"", None)])
def test_availability_is_one_of_three(payload: bytes, up: bool | None) -> None:
    assert parse_availability(payload) is up


@pytest.mark.parametrize("payload", [b"ONLINE", b"online ", b"1", b"\xff", b"{}"])
def test_no_other_word_is_an_availability(payload: bytes) -> None:
    with pytest.raises(Refused, match="neither online nor offline"):
        parse_availability(payload)


PARSERS: dict[str, tuple[Callable[[bytes, str], object], dict[str, Any]]] = {
    "state": (parse_state, STATE),
    "alarms": (parse_alarms, ALARM_SET),
    "event": (parse_event, EVENT),
}
GARBAGE = [
    b"",
    b"\x00\xff",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b"{}",
    b'{"v": 1, "v": 1}',
    b'{"v": NaN}',
    b'{"v": Infinity}',
    b"[" * 100_000,
    b'{"v":' + b"9" * 10_000 + b"}",
]


@pytest.mark.parametrize("kind", PARSERS)
@pytest.mark.parametrize("payload", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_in_a_line(kind: str, payload: bytes) -> None:
    with pytest.raises(Refused) as refused:
        PARSERS[kind][0](payload, NODE)
    assert 0 < len(str(refused.value).splitlines()[0]) < 200
    assert len(str(refused.value).splitlines()) == 1


@given(st.sampled_from(sorted(PARSERS)), st.binary(max_size=200))
def test_bytes_are_refused_or_believed_and_nothing_else(kind: str, payload: bytes) -> None:
    with pytest.raises(Refused):
        PARSERS[kind][0](payload, NODE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(PARSERS)), st.data())
def test_any_value_in_any_field_is_refused_or_believed(kind: str, data: st.DataObject) -> None:
    parse, payload = PARSERS[kind]
    key = data.draw(st.sampled_from(sorted(payload)))
    changed = {**payload, key: data.draw(json_values)}
    with suppress(Refused):
        parse(json.dumps(changed).encode(), NODE)


LATER = "origin", "commands_forbidden"
"""What the first hosts did not tell."""


@pytest.mark.parametrize(
    ("kind", "key"),
    [(kind, key) for kind, (_, payload) in PARSERS.items() for key in payload if key not in LATER],
)
def test_a_message_that_lacks_a_field_is_refused(kind: str, key: str) -> None:
    parse, payload = PARSERS[kind]
    fewer = {name: value for name, value in payload.items() if name != key}
    with pytest.raises(Refused, match=f"lacks {key}"):
        parse(encode(fewer), NODE)


def test_an_older_host_is_live_and_says_of_no_command_that_it_is_forbidden() -> None:
    older = {key: value for key, value in STATE.items() if key not in LATER}
    said = parse_state(encode(older), NODE)
    assert (said.head.origin, said.forbidden) == (Origin.LIVE, frozenset())


def test_what_is_forbidden_there_and_that_nobody_is_there_comes_back() -> None:
    payload = state_payload(
        CALM, STAMP._replace(origin=Origin.SIMULATED), forbidden=["seen_upright"]
    )
    said = parse_state(encode(payload), NODE)
    assert (said.head.origin, said.forbidden) == (Origin.SIMULATED, frozenset({"seen_upright"}))


@pytest.mark.parametrize("kind", PARSERS)
def test_a_field_of_a_newer_host_is_passed_over(kind: str) -> None:
    parse, payload = PARSERS[kind]
    assert parse(encode({**payload, "heart_rate": 61}), NODE) == parse(encode(payload), NODE)


SECONDS = [-0.1, 1e10, True, "1", None, [], 10**400]
DEGREES = [-180.1, 225.1, "90", False]
COUNTS = [-1, 1.0, True, "1", 2**60, None]
FLAGS = [0, 1, "true", None]
WRONG: dict[str, list[object]] = {
    "v": [0, 2, 1.0, "1", True],
    "at": ["", "now", "2026-11-21", "2026-13-21T14:00:00.000Z", "2026-11-21T14:00:00.000", 0],
    "host": ["", "a b", "a/b", "#", 5, "x" * 65],
    "node": ["another", "", None],
    "name": [5, None, "x" * (MAX_TEXT + 1)],
    "origin": ["LIVE", "", None, 1],
    "device": ["bed", None, 1],
    "profile": [None, 5],
    "posture": ["unknown", "asleep", 1],
    "angle_deg": DEGREES,
    "signal": ["OK", "", None, "none", "lost", "off"],
    "signal_age_s": [*SECONDS, 2.1],
    "inverted": ["yes", 1, None],
    "inversion": COUNTS,
    "inversion_s": SECONDS,
    "exposure_s": SECONDS,
    "exposure_at_least": FLAGS,
    "notice_s": [*SECONDS, 0.0, 60.1],
    "limit_s": [*SECONDS, 0.0, 44.9],
    "time_left_s": SECONDS,
    "rest_s": SECONDS,
    "rest_left_s": SECONDS,
    "full_rest_s": SECONDS,
    "max_angle_deg": [*DEGREES, None],
    "session": [None, [], {}, {"n": 1}],
    "ready": [*FLAGS, False],
    "not_ready": ["x", None, [5], [""], ["x"] * (MAX_ITEMS + 1)],
    "stand_down": FLAGS,
    "highest": ["HIGH", 3, ""],
    "battery_v": [-0.1, 100.1, "4"],
    "battery_percent": [-1, 101, "61"],
    "samples": COUNTS,
    "samples_lost": COUNTS,
    "commands_refused": COUNTS,
    "commands_forbidden": ["seen_upright", None, [5]],
}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param(key, value, id=f"{key}-{n}")
        for key, values in WRONG.items()
        for n, value in enumerate(values)
    ],
)
def test_a_state_with_a_wrong_field_is_refused(key: str, value: object) -> None:
    with pytest.raises(Refused):
        parse_state(json.dumps({**READY, key: value}).encode(), NODE)


def test_every_field_of_a_state_has_wrong_values_here() -> None:
    assert set(WRONG) == set(STATE)


def test_not_inverted_is_believed_only_of_fresh_data_with_a_posture() -> None:
    assert parse_state(encode(READY), NODE).snapshot.inverted is False
    lost = state_payload(replace(CALM, signal_lost=True), STAMP)
    assert lost["inverted"] is None
    assert parse_state(encode(lost), NODE).snapshot.signal_lost is True
    with pytest.raises(Refused, match="inverted contradicts"):
        parse_state(encode({**lost, "inverted": False}), NODE)
    with pytest.raises(Refused, match="inverted contradicts"):
        parse_state(encode({**READY, "inverted": None}), NODE)


def test_no_angle_is_believed_without_fresh_data() -> None:
    lost = state_payload(replace(CALM, signal_lost=True), STAMP)
    with pytest.raises(Refused, match="angle_deg is there without fresh data"):
        parse_state(encode({**lost, "angle_deg": -80.0}), NODE)


WRONG_ALARM: dict[str, list[object]] = {
    "id": ["boredom", None, 1],
    "occurrence": [0, *COUNTS],
    "priority": ["HIGH", None, 3, "low"],
    "kind": ["technical", "", None],
    "title": [None, 5],
    "message": [None, 5, "x" * (MAX_TEXT + 1)],
    "raised_at": ["soon", None],
    "condition": FLAGS,
    "acknowledged": FLAGS,
    "pausable": FLAGS,
    "sounding": FLAGS,
    "paused_until": ["soon", 0],
}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param(key, value, id=f"{key}-{n}")
        for key, values in WRONG_ALARM.items()
        for n, value in enumerate(values)
    ],
)
def test_a_set_with_a_wrong_alarm_is_refused_as_a_whole(key: str, value: object) -> None:
    payload = altered(ALARM_SET, "alarms", 0, key, value=value)
    with pytest.raises(Refused):
        parse_alarms(json.dumps(payload).encode(), NODE)


def test_every_field_of_an_alarm_has_wrong_values_here() -> None:
    [one] = told(ALARM_SET)["alarms"]
    assert set(one) == set(WRONG_ALARM)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("watched", None),
        ("high", True),
        ("medium", False),
        ("low", True),
        ("problem", True),
        ("highest", None),
        ("highest", "high"),
        ("alarms", []),
        ("alarms", None),
        ("alarms", [5]),
    ],
)
def test_a_set_that_contradicts_itself_is_refused(key: str, value: object) -> None:
    with pytest.raises(Refused):
        parse_alarms(encode({**ALARM_SET, key: value}), NODE)


def test_no_alarm_is_there_twice() -> None:
    payload = told(ALARM_SET)
    payload["alarms"] *= 2
    with pytest.raises(Refused, match="twice"):
        parse_alarms(encode(payload), NODE)


def test_the_most_urgent_alarm_comes_first_whatever_the_order() -> None:
    fall, near = alarm(AlarmId.FALL), alarm(AlarmId.TIME_LIMIT_NEAR)
    payload = alarms_payload(replace(CALM, alarms=(near, fall)), STAMP, at_of)
    said = parse_alarms(encode(payload), NODE)
    assert [one.spec.id for one in said.alarms] == [AlarmId.FALL, AlarmId.TIME_LIMIT_NEAR]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kind", "posture"),
        ("event_type", "cleared"),
        ("event_type", None),
        ("uid", 5),
        ("t_s", None),
        ("id", "boredom"),
        ("occurrence", 0),
        ("priority", "urgent"),
        ("state", "over"),
        ("message", None),
    ],
)
def test_an_event_with_a_wrong_field_is_refused(key: str, value: object) -> None:
    with pytest.raises(Refused):
        parse_event(json.dumps({**told(EVENT), key: value}).encode(), NODE)


def test_nothing_that_a_terminal_would_obey_comes_through() -> None:
    evil = "\x1b[2J\x07Tab\u202ele\n"
    said = parse_state(encode({**READY, "name": evil}), NODE)
    assert said.head.name == "�[2J�Tab�le�"
    with pytest.raises(Refused) as refused:
        parse_state(encode({**READY, "device": evil}), NODE)
    assert str(refused.value).isprintable()


def test_a_host_of_another_version_is_told_as_that() -> None:
    with pytest.raises(Refused, match="version 2, and this Upturn knows 1"):
        parse_state(encode({**READY, "v": 2}), NODE)


def altered(payload: object, *path: object, value: object) -> Any:
    """A copy with one value changed."""
    copy = told(payload)
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return copy
