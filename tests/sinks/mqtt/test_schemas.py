# SPDX-License-Identifier: MIT
"""The schemas in the package: strict, and every payload fits its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sinks.mqtt.strategies import AT, STAMP, published_events, snapshots, stamps, texts
from upturn.core.alarm_table import AlarmId
from upturn.core.events import Event, Posture
from upturn.core.snapshot import Snapshot
from upturn.sinks.mqtt.payloads import (
    Payload,
    Signal,
    Stamp,
    alarms_payload,
    command_payload,
    encode,
    event_payload,
    owner_payload,
    state_payload,
)

NAMES = ("alarms", "event", "owner", "state")


def schema(name: str) -> dict[str, Any]:
    """The schema as it is installed."""
    path = files("upturn.sinks.mqtt") / "schemas" / f"{name}.schema.json"
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


VALIDATORS = {name: jsonschema.Draft202012Validator(schema(name)) for name in NAMES}


def faults(name: str, payload: Payload) -> list[str]:
    """What the schema holds against a payload, as a subscriber reads it."""
    read = json.loads(encode(payload))
    return [error.message for error in VALIDATORS[name].iter_errors(read)]


def objects(part: object) -> Iterator[dict[str, Any]]:
    """Every description of an object in a schema."""
    if isinstance(part, dict):
        if "properties" in part:
            yield part
        for inner in part.values():
            yield from objects(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from objects(inner)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_named_without_an_address(name: str) -> None:
    assert schema(name)["$id"] == f"urn:upturn:mqtt:{name}:1"


def test_every_schema_is_tested() -> None:
    folder = files("upturn.sinks.mqtt") / "schemas"
    assert {f"{name}.schema.json" for name in NAMES} == {file.name for file in folder.iterdir()}


@pytest.mark.parametrize("name", NAMES)
def test_every_key_is_required_and_no_other_allowed(name: str) -> None:
    for described in objects(schema(name)):
        assert described["required"] == list(described["properties"])
        assert described["additionalProperties"] is False


def test_alarms_and_event_know_every_alarm() -> None:
    known = [str(id) for id in AlarmId]
    assert schema("alarms")["$defs"]["alarm_id"]["enum"] == known
    event = schema("event")["$defs"]
    assert event["alarm_id"]["enum"] == known
    types = event["alarm"]["properties"]["event_type"]["enum"]
    assert types == [*known, "acknowledged", "cleared"]


def test_state_knows_every_posture_and_signal() -> None:
    described = schema("state")["properties"]
    postures = [str(p) for p in Posture if p is not Posture.UNKNOWN]
    assert described["posture"]["enum"] == [*postures, None]
    assert described["signal"]["enum"] == list(map(str, Signal))


@given(snapshots, stamps)
def test_any_state_fits_its_schema(snapshot: Snapshot, stamp: Stamp) -> None:
    assert faults("state", state_payload(snapshot, stamp)) == []


@given(snapshots, stamps)
def test_any_active_set_fits_its_schema(snapshot: Snapshot, stamp: Stamp) -> None:
    assert faults("alarms", alarms_payload(snapshot, stamp, lambda _: AT)) == []


@given(published_events, stamps)
def test_any_event_fits_its_schema(event: Event, stamp: Stamp) -> None:
    payload = event_payload(event, stamp, "u-1")
    assert payload is not None
    assert faults("event", payload) == []


@given(
    verb=texts,
    reason=st.none() | texts,
    t_s=st.floats(0.0, 1e9),
    id=st.none() | st.sampled_from(AlarmId),
    occurrence=st.none() | st.integers(),
)
def test_any_answer_to_a_command_fits_its_schema(
    verb: str, reason: str | None, t_s: float, id: AlarmId | None, occurrence: int | None
) -> None:
    payload = command_payload(verb, reason, STAMP, "u-1", t_s, id, occurrence)
    assert faults("event", payload) == []


@given(texts)
def test_any_owner_fits_its_schema(source: str) -> None:
    assert faults("owner", owner_payload("host-1", source, AT)) == []


@given(snapshots, st.data())
def test_a_state_without_a_key_or_with_one_more_is_refused(
    snapshot: Snapshot, data: st.DataObject
) -> None:
    payload = state_payload(snapshot, STAMP)
    gone = data.draw(st.sampled_from(sorted(payload)))
    short = {key: value for key, value in payload.items() if key != gone}
    assert faults("state", short) == [f"'{gone}' is a required property"]
    assert len(faults("state", {**payload, "more": 1})) == 1
