# SPDX-License-Identifier: MIT
"""The rows of ENTITIES: complete, and rendered on any payload they say what a home may show."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from tests.dashboard.scenes import CALM, inverted
from tests.sinks.mqtt.strategies import AT, STAMP, published_events, snapshots, texts
from upturn.core.alarm_table import AlarmId
from upturn.core.events import AlarmChanged, Event
from upturn.core.snapshot import Snapshot
from upturn.sinks.mqtt.entities import ENTITIES, REMOVED, Availability, Entity, Platform, Source
from upturn.sinks.mqtt.payloads import (
    Payload,
    alarms_payload,
    command_payload,
    encode,
    event_payload,
    state_payload,
)

ROW = {entity.key: entity for entity in ENTITIES}
# As Home Assistant renders them, but that a missing key is a fault.
TEMPLATES = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
WHOLE = re.compile(r"-?[0-9]+")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def render(template: str, payload: Payload) -> str:
    """What a template makes of a payload, as it comes over the broker."""
    value = encode(payload).decode()
    values = {"value": value, "value_json": json.loads(value)}
    return TEMPLATES.from_string(template).render(values).strip()


def state_of(key: str, snapshot: Snapshot) -> str:
    return render(ROW[key].template, state_payload(snapshot, STAMP))


def legal(entity: Entity, state: str) -> bool:
    """Home Assistant takes it without a word in its log."""
    if state == "None":
        return True
    if entity.platform is Platform.BINARY_SENSOR:
        return state in ("ON", "OFF")
    if entity.device_class == "enum":
        return state in entity.options
    if entity.state_class is not None:
        return (WHOLE if entity.precision == 0 else NUMBER).fullmatch(state) is not None
    return len(state) <= 255


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.key)
def test_a_row_is_complete(entity: Entity) -> None:
    numeric = entity.state_class is not None
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", entity.key)
    assert re.fullmatch(r"[A-Z][a-z]*( [a-z]+)*", entity.name.replace(" I ", " i "))
    assert bool(entity.template) is (entity.platform is not Platform.BUTTON)
    assert bool(entity.options) is (
        entity.platform is Platform.EVENT or entity.device_class == "enum"
    )
    assert (entity.precision is not None) is numeric
    assert entity.unit is None or numeric
    assert bool(entity.flag) is (entity.availability is Availability.WATCHED)
    assert (entity.source is Source.COMMAND) is (entity.platform is Platform.BUTTON)
    assert (entity.source is Source.EVENT) is (entity.platform is Platform.EVENT)
    assert entity.category in (None, "diagnostic")
    assert entity.icon is None or entity.icon.startswith("mdi:")
    if entity.device_class is None:
        assert entity.icon is not None


def test_a_key_and_a_name_stand_for_one_entity() -> None:
    assert len(ROW) == len(ENTITIES)
    assert len({(entity.platform, entity.name) for entity in ENTITIES}) == len(ENTITIES)


def test_a_key_that_was_removed_is_not_used_again() -> None:
    removed = [key for _, key in REMOVED]
    assert not set(removed) & set(ROW)
    assert len(set(removed)) == len(removed)


def test_every_alarm_has_its_type_of_event() -> None:
    assert ROW["alarm"].options == (*map(str, AlarmId), "acknowledged", "cleared")


@given(snapshots)
def test_state_renders_to_what_each_sensor_may_show(snapshot: Snapshot) -> None:
    payload = state_payload(snapshot, STAMP)
    for entity in ENTITIES:
        if entity.source is Source.STATE:
            assert legal(entity, render(entity.template, payload)), entity.key


@given(snapshots)
def test_attributes_render_to_an_object(snapshot: Snapshot) -> None:
    payloads = {
        Source.STATE: state_payload(snapshot, STAMP),
        Source.ALARMS: alarms_payload(snapshot, STAMP, lambda _: AT),
    }
    for entity in ENTITIES:
        if entity.attributes:
            rendered = json.loads(render(entity.attributes, payloads[entity.source]))
            assert isinstance(rendered, dict), entity.key


@given(snapshots)
def test_an_alarm_flag_is_on_with_its_alarms_as_attributes(snapshot: Snapshot) -> None:
    payload = alarms_payload(snapshot, STAMP, lambda _: AT)
    for entity in ENTITIES:
        if entity.source is Source.ALARMS:
            alarms = json.loads(render(entity.attributes, payload))["alarms"]
            state = render(entity.template, payload)
            assert state == ("ON" if alarms else "OFF"), entity.key


@given(snapshots)
def test_every_active_alarm_is_an_attribute_of_its_priority(snapshot: Snapshot) -> None:
    payload = alarms_payload(snapshot, STAMP, lambda _: AT)
    shown = [
        alarm
        for word in ("high", "medium", "low")
        for alarm in json.loads(render(ROW[f"{word}_alarm"].attributes, payload))["alarms"]
    ]
    assert shown == json.loads(encode(payload))["alarms"]


@given(snapshots)
def test_not_ready_says_why(snapshot: Snapshot) -> None:
    payload = state_payload(snapshot, STAMP)
    reasons = json.loads(render(ROW["ready"].attributes, payload))["reasons"]
    assert (render(ROW["ready"].template, payload) == "ON") is (
        reasons == [] or snapshot.overridden
    )


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("exposure", "47"),
        ("time_left", "13"),
        ("rest_left", "91"),
        ("angle", "52"),
        ("session_inverted", "116"),
        ("session_longest", "46"),
        ("session_inversions", "3"),
        ("posture", "inverted"),
        ("inverted", "ON"),
        ("battery", "62"),
        ("battery_voltage", "3.91"),
        ("watched_by", "host-1"),
        ("profile", "standard"),
        ("signal", "ok"),
    ],
)
def test_a_figure_is_never_kinder_than_it_is(key: str, state: str) -> None:
    snapshot = inverted(46.2, rest_left_s=90.1, battery_percent=61.6)
    assert state_of(key, snapshot) == state


def test_a_table_at_rest_has_one_angle() -> None:
    angles = {state_of("angle", replace(CALM, angle_deg=deg)) for deg in (-87.4, -87.0, -86.6)}
    assert angles == {"-87"}


@given(published_events)
def test_each_event_is_let_through_to_one_entity(event: Event) -> None:
    payload = event_payload(event, STAMP, "u-1")
    assert payload is not None
    _assert_only("alarm" if isinstance(event, AlarmChanged) else "inversion", payload)


@given(texts, st.none() | texts)
def test_an_answer_to_a_command_is_let_through_to_its_entity(
    verb: str, reason: str | None
) -> None:
    _assert_only("command", command_payload(verb, reason, STAMP, "u-1", 1.0))


def _assert_only(key: str, payload: Payload) -> None:
    """One entity has the whole payload, of a type that it announced; others nothing."""
    events = [entity for entity in ENTITIES if entity.source is Source.EVENT]
    rendered = {entity.key: render(entity.template, payload) for entity in events}
    assert json.loads(rendered.pop(key)) == payload
    assert set(rendered.values()) == {""}
    assert payload["event_type"] in ROW[key].options
