# SPDX-License-Identifier: MIT
"""ENTITIES as one device message of Home Assistant's MQTT discovery.

The law: the same table gives the same bytes, and an id is the hardware's: never a name's, a
host's or a version's. What a table does not offer stays in the message as its platform alone,
which takes it away where it once was. Only the battery is merely left out: that it is not known
yet is no reason to take it away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from upturn.core.limits import DEVICES, DeviceKind
from upturn.sinks.mqtt.entities import ENTITIES, REMOVED, Availability, Entity, Offered, Source
from upturn.sinks.mqtt.payloads import Payload
from upturn.sinks.mqtt.topics import ROOT, NodeTopics, host_availability

EXPIRE_S = {Source.STATE: 5, Source.ALARMS: 30}
"""Of what is told once a second and each ten seconds: some may be lost."""
QOS = 1
PRESS = "PRESS"
SUPPORT_URL = "https://www.home-assistant.io/integrations/mqtt/"
"""Help with what a user sees there; Upturn has no address of its own yet."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What is known of a table and of what may be done with it from the home."""

    node: str
    name: str
    host: str
    model: str
    sensor: str
    """Empty where it is not known; as the firmware."""
    firmware: str
    device: DeviceKind
    has_battery: bool
    """The node has said what its battery holds, in percent."""
    seen_upright: bool
    acknowledge: bool
    version: str
    """Upturn's."""


_OFFERS: dict[Offered, Callable[[Announced], bool]] = {
    Offered.ALWAYS: lambda _: True,
    Offered.WITH_ANGLE: lambda table: DEVICES[table.device].judges_angle,
    Offered.WITH_BATTERY: lambda table: table.has_battery,
    Offered.ACKNOWLEDGE: lambda table: table.acknowledge,
    Offered.SEEN_UPRIGHT: lambda table: table.seen_upright,
}
_PERHAPS_LATER = (Offered.WITH_BATTERY,)


def discovery_topic(prefix: str, node: str) -> str:
    return f"{prefix}/device/{_device_id(node)}/config"


def discovery_message(table: Announced) -> Payload:
    """The whole device, to be retained."""
    return {
        "dev": _device(table),
        "o": {"name": "Upturn", "sw": table.version, "url": SUPPORT_URL},
        "availability": [{"topic": host_availability(table.host)}],
        "availability_mode": "all",
        "qos": QOS,
        "cmps": {key: {"p": str(platform)} for platform, key in REMOVED}
        | {
            entity.key: _component(entity, table)
            for entity in ENTITIES
            if _OFFERS[entity.offered](table) or entity.offered not in _PERHAPS_LATER
        },
    }


def _device_id(node: str) -> str:
    return f"{ROOT}-{node}"


def _device(table: Announced) -> Payload:
    return _known(
        {
            "ids": [_device_id(table.node)],
            "name": table.name or table.node,
            "mf": "Upturn",
            "mdl": table.model,
            "sw": table.firmware or table.version,
            "hw": table.sensor,
            "sn": table.node,
        }
    )


def _component(entity: Entity, table: Announced) -> Payload:
    platform = {"p": str(entity.platform)}
    if not _OFFERS[entity.offered](table):
        return {**platform}
    topics = NodeTopics(table.node)
    return _known(
        platform
        | {
            "unique_id": f"{_device_id(table.node)}-{entity.key}",
            "name": entity.name,
            **_topics(entity, topics),
            "value_template": entity.template,
            "json_attributes_template": entity.attributes,
            "unit_of_measurement": entity.unit,
            "device_class": entity.device_class,
            "state_class": entity.state_class,
            "suggested_display_precision": entity.precision,
            "options" if entity.device_class == "enum" else "event_types": list(entity.options),
            "entity_category": entity.category,
            "icon": entity.icon,
            "enabled_by_default": None if entity.enabled else False,
            "expire_after": EXPIRE_S.get(entity.source),
            "availability": _availability(entity, table.host, topics),
        }
    )


def _topics(entity: Entity, topics: NodeTopics) -> Payload:
    if entity.source is Source.COMMAND:
        return {"command_topic": topics.command_to(entity.key), "payload_press": PRESS}
    topic = {
        Source.STATE: topics.state,
        Source.ALARMS: topics.alarms,
        Source.EVENT: topics.event,
    }[entity.source]
    return {
        "state_topic": topic,
        "json_attributes_topic": topic if entity.attributes else None,
    }


def _availability(entity: Entity, host: str, topics: NodeTopics) -> list[dict[str, str]] | None:
    """Beside the host's, which holds for all; None where that is enough."""
    host_topic = {"topic": host_availability(host)}
    match entity.availability:
        case Availability.HOST:
            return None
        case Availability.NODE:
            return [host_topic, {"topic": topics.availability}]
        case Availability.WATCHED:
            tells = f"value_json.watched or value_json.{entity.flag}"
            template = f"{{{{ 'online' if {tells} else 'offline' }}}}"
            return [host_topic, {"topic": topics.alarms, "value_template": template}]
        case _ as never:
            assert_never(never)


def _known(fields: Payload) -> Payload:
    """Without what has no value: Home Assistant takes no null for an option."""
    return {key: value for key, value in fields.items() if value not in (None, "", [])}
