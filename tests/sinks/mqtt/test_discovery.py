# SPDX-License-Identifier: MIT
"""The device message: same table, same bytes; ids of the hardware; honest availability."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from tests.sinks.mqtt.strategies import AT, STAMP, snapshots
from tests.sinks.mqtt.test_entities import render
from upturn.core.limits import DeviceKind
from upturn.core.snapshot import Snapshot
from upturn.sinks.mqtt import discovery
from upturn.sinks.mqtt.discovery import Announced, discovery_message, discovery_topic
from upturn.sinks.mqtt.entities import ENTITIES, Platform
from upturn.sinks.mqtt.payloads import alarms_payload, encode, is_watched

TABLE = Announced(
    node="a1b2",
    name="Table 1",
    host="host-1",
    model="Inversion table",
    sensor="MPU-6050",
    firmware="1.2.0",
    device=DeviceKind.TABLE,
    has_battery=True,
    seen_upright=True,
    acknowledge=True,
    version="0.5.0",
)
HOST = {"topic": "upturn/host-1/availability"}
NODE = {"topic": "upturn/a1b2/availability"}


def parts(table: Announced = TABLE) -> dict[str, dict[str, Any]]:
    """The components, as Home Assistant reads them."""
    read: dict[str, dict[str, Any]] = json.loads(encode(discovery_message(table)))["cmps"]
    return read


def test_the_topic_is_the_nodes() -> None:
    assert discovery_topic("homeassistant", "a1b2") == "homeassistant/device/upturn-a1b2/config"


def test_the_head_says_who_speaks_and_of_what() -> None:
    message = discovery_message(TABLE)
    del message["cmps"]
    assert message == {
        "dev": {
            "ids": ["upturn-a1b2"],
            "name": "Table 1",
            "mf": "Upturn",
            "mdl": "Inversion table",
            "sw": "1.2.0",
            "hw": "MPU-6050",
            "sn": "a1b2",
        },
        "o": {
            "name": "Upturn",
            "sw": "0.5.0",
            "url": "https://www.home-assistant.io/integrations/mqtt/",
        },
        "availability": [HOST],
        "availability_mode": "all",
        "qos": 1,
    }


def test_what_is_not_known_of_a_device_is_left_out() -> None:
    table = replace(TABLE, name="", sensor="", firmware="")
    assert discovery_message(table)["dev"] == {
        "ids": ["upturn-a1b2"],
        "name": "a1b2",
        "mf": "Upturn",
        "mdl": "Inversion table",
        "sw": "0.5.0",
        "sn": "a1b2",
    }


@pytest.mark.parametrize(
    ("key", "component"),
    [
        (
            "angle",
            {
                "p": "sensor",
                "unique_id": "upturn-a1b2-angle",
                "name": "Angle",
                "state_topic": "upturn/a1b2/state",
                "value_template": (
                    "{{ value_json.angle_deg | round(0, 'common') | int "
                    "if value_json.angle_deg is not none else none }}"
                ),
                "unit_of_measurement": "°",
                "state_class": "measurement",
                "suggested_display_precision": 0,
                "icon": "mdi:angle-acute",
                "expire_after": 5,
                "availability": [HOST, NODE],
            },
        ),
        (
            "high_alarm",
            {
                "p": "binary_sensor",
                "unique_id": "upturn-a1b2-high_alarm",
                "name": "High alarm",
                "state_topic": "upturn/a1b2/alarms",
                "json_attributes_topic": "upturn/a1b2/alarms",
                "value_template": (
                    "{{ none if value_json.high is none else 'ON' if value_json.high else 'OFF' }}"
                ),
                "json_attributes_template": (
                    "{{ {'alarms': value_json.alarms | selectattr('priority', 'eq', 'high') "
                    "| list} | tojson }}"
                ),
                "icon": "mdi:alarm-light",
                "expire_after": 30,
                "availability": [
                    HOST,
                    {
                        "topic": "upturn/a1b2/alarms",
                        "value_template": (
                            "{{ 'online' if value_json.watched or value_json.high "
                            "else 'offline' }}"
                        ),
                    },
                ],
            },
        ),
        (
            "inversion",
            {
                "p": "event",
                "unique_id": "upturn-a1b2-inversion",
                "name": "Inversion",
                "state_topic": "upturn/a1b2/event",
                "value_template": (
                    "{{ value if value_json.kind in ['inversion_started', 'inversion_ended'] "
                    "else '' }}"
                ),
                "event_types": ["inversion_started", "inversion_ended"],
                "icon": "mdi:rotate-3d-variant",
            },
        ),
        (
            "distress",
            {
                "p": "button",
                "unique_id": "upturn-a1b2-distress",
                "name": "Call for help",
                "command_topic": "upturn/a1b2/command/distress",
                "payload_press": "PRESS",
                "icon": "mdi:lifebuoy",
            },
        ),
    ],
)
def test_a_row_becomes_a_component(key: str, component: dict[str, Any]) -> None:
    assert parts()[key] == component


def test_only_what_is_sparing_is_off_when_first_seen() -> None:
    assert [key for key, part in parts().items() if part.get("enabled_by_default") is False] == [
        "battery_voltage"
    ]


def test_the_same_table_gives_the_same_bytes() -> None:
    assert encode(discovery_message(TABLE)) == encode(discovery_message(replace(TABLE)))


def test_an_id_is_the_hardwares_alone() -> None:
    other = replace(TABLE, name="Büro", host="host-2", version="9.0.0", firmware="", sensor="x")
    ids = {key: part["unique_id"] for key, part in parts().items()}
    assert ids == {key: part["unique_id"] for key, part in parts(other).items()}
    assert ids == {entity.key: f"upturn-a1b2-{entity.key}" for entity in ENTITIES}


def test_another_host_changes_nothing_but_the_availability() -> None:
    here = encode(discovery_message(TABLE)).decode()
    there = encode(discovery_message(replace(TABLE, host="host-2"))).decode()
    assert here.replace("upturn/host-1/", "upturn/host-2/") == there


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({"device": DeviceKind.BOOTS}, {"angle": {"p": "sensor"}}),
        ({"acknowledge": False}, {"acknowledge": {"p": "button"}}),
        ({"seen_upright": False}, {"seen_upright": {"p": "button"}}),
    ],
)
def test_what_is_not_offered_is_taken_away(
    change: dict[str, Any], gone: dict[str, dict[str, str]]
) -> None:
    assert parts(replace(TABLE, **change)) == parts() | gone


def test_a_battery_that_is_not_known_is_left_out_and_not_taken_away() -> None:
    known, unknown = parts(), parts(replace(TABLE, has_battery=False))
    assert known.keys() - unknown.keys() == {"battery", "battery_voltage"}
    assert unknown.items() <= known.items()


def test_what_a_version_dropped_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "REMOVED", ((Platform.SENSOR, "dropped"),))
    assert parts()["dropped"] == {"p": "sensor"}


def test_what_is_told_again_and_again_expires() -> None:
    expires_s = {"upturn/a1b2/state": 5, "upturn/a1b2/alarms": 30}
    for key, part in parts().items():
        assert part.get("expire_after") == expires_s.get(part.get("state_topic", "")), key


def test_a_command_is_never_retained_and_has_no_state_to_guess() -> None:
    buttons = [part for part in parts().values() if part["p"] == "button"]
    assert not [part for part in buttons if {"retain", "state_topic", "optimistic"} & part.keys()]


def test_no_option_is_null() -> None:
    assert not [
        (key, option)
        for key, part in parts().items()
        for option, value in part.items()
        if value in (None, "", [])
    ]


def test_live_readings_need_the_node_and_alarms_a_watch() -> None:
    needs = {
        key: part["availability"][1:] for key, part in parts().items() if "availability" in part
    }
    on_node = {key for key, more in needs.items() if more == [NODE]}
    assert on_node == {"posture", "angle", "inverted", "rest_left"}
    assert needs.keys() - on_node == {"high_alarm", "medium_alarm", "low_alarm", "problem"}


@given(snapshots)
def test_no_alarm_reads_off_unless_somebody_is_watched(snapshot: Snapshot) -> None:
    payload = alarms_payload(snapshot, STAMP, lambda _: AT)
    for key in ("high_alarm", "medium_alarm", "low_alarm", "problem"):
        part = parts()[key]
        state = render(part["value_template"], payload)
        shown = render(part["availability"][1]["value_template"], payload)
        online = state == "ON" or is_watched(snapshot)
        assert shown == ("online" if online else "offline")
