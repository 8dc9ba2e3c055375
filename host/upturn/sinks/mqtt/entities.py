# SPDX-License-Identifier: MIT
"""What a home sees of one table: one row an entity.

The law: no row can show "safe" without fresh evidence. Whatever is read from `state` expires; what
a sensor must say is unavailable while its node is silent; and no alarm reads "off" unless somebody
is watched. A value that is null in the payload shows as unknown in Home Assistant, and has its
reason: the posture while it is not judged, `inverted` with it, the angle when it is over 2 s old,
the battery when the node gives only the other figure.
Numbers are whole, so that a table at rest makes no new state.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from upturn.core.alarm_table import AlarmId, Kind, Priority
from upturn.core.events import AlarmState, Posture
from upturn.sinks.mqtt.payloads import Signal


class Platform(StrEnum):
    SENSOR = "sensor"
    BINARY_SENSOR = "binary_sensor"
    EVENT = "event"
    BUTTON = "button"


class Source(Enum):
    """The topic that an entity reads, or, of a button, writes."""

    STATE = auto()
    ALARMS = auto()
    EVENT = auto()
    COMMAND = auto()
    """The entity's key is the verb."""


class Availability(Enum):
    """When an entity is available; always only while its host is."""

    HOST = auto()
    NODE = auto()
    """Data comes from the node, too."""
    WATCHED = auto()
    """Data comes and alarms are on, or the entity's flag is up: it may always say "on", and "off"
    only where that means something."""


class Offered(Enum):
    """On what it depends that there is such an entity."""

    ALWAYS = auto()
    WITH_ANGLE = auto()
    """The device is of a kind whose angle is judged."""
    WITH_BATTERY = auto()
    """The node has said what is left."""
    ACKNOWLEDGE = auto()
    """Alarms may be acknowledged from the home."""
    SEEN_UPRIGHT = auto()
    """*Seen upright* may be said from the home."""


@dataclass(frozen=True, slots=True)
class Entity:
    platform: Platform
    key: str
    """Stands in the unique id: never to be changed, and never to be used again."""
    name: str
    source: Source
    template: str = ""
    """Its state, from the payload; none for a button."""
    attributes: str = ""
    """A JSON object of more, from the same payload."""
    unit: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    precision: int | None = None
    category: str | None = None
    icon: str | None = None
    """Only where no device class brings one."""
    options: tuple[str, ...] = ()
    """The states of an enum, the types of an event."""
    availability: Availability = Availability.HOST
    flag: str = ""
    """Of the payload of `alarms`; where availability is WATCHED, and only there."""
    offered: Offered = Offered.ALWAYS
    enabled: bool = True
    """When first seen; a person may change it."""


def _whole(path: str, how: str = "common") -> str:
    value = f"value_json.{path}"
    return f"{{{{ {value} | round(0, '{how}') | int if {value} is not none else none }}}}"


def _flag(path: str) -> str:
    value = f"value_json.{path}"
    return f"{{{{ none if {value} is none else 'ON' if {value} else 'OFF' }}}}"


def _of_kinds(*kinds: str) -> str:
    """The whole payload of an event of these kinds, and nothing of another: that is ignored."""
    known = ", ".join(f"'{kind}'" for kind in kinds)
    return f"{{{{ value if value_json.kind in [{known}] else '' }}}}"


def _such_alarms(field: str, value: str) -> str:
    some = f"value_json.alarms | selectattr('{field}', 'eq', '{value}') | list"
    return f"{{{{ {{'alarms': {some}}} | tojson }}}}"


def _duration(
    key: str,
    name: str,
    path: str,
    how: str,
    *,
    attributes: str = "",
    availability: Availability = Availability.HOST,
) -> Entity:
    return Entity(
        Platform.SENSOR,
        key,
        name,
        Source.STATE,
        _whole(path, how),
        attributes,
        unit="s",
        device_class="duration",
        state_class="measurement",
        precision=0,
        availability=availability,
    )


def _alarm_flag(
    key: str, name: str, flag: str, attributes: str, device_class: str | None, icon: str | None
) -> Entity:
    return Entity(
        Platform.BINARY_SENSOR,
        key,
        name,
        Source.ALARMS,
        _flag(flag),
        attributes,
        device_class=device_class,
        icon=icon,
        availability=Availability.WATCHED,
        flag=flag,
    )


def _priority(priority: Priority, icon: str) -> Entity:
    word = priority.word
    attributes = _such_alarms("priority", word)
    # No device class: each of those that would fit reads "off" as "Safe" or "OK".
    return _alarm_flag(f"{word}_alarm", f"{word.title()} alarm", word, attributes, None, icon)


def _event(
    key: str,
    name: str,
    kinds: tuple[str, ...],
    types: tuple[str, ...],
    icon: str,
    category: str | None = None,
) -> Entity:
    return Entity(
        Platform.EVENT,
        key,
        name,
        Source.EVENT,
        _of_kinds(*kinds),
        category=category,
        icon=icon,
        options=types,
    )


def _button(
    verb: str,
    name: str,
    icon: str,
    *,
    category: str | None = None,
    offered: Offered = Offered.ALWAYS,
) -> Entity:
    return Entity(
        Platform.BUTTON,
        verb,
        name,
        Source.COMMAND,
        category=category,
        icon=icon,
        offered=offered,
    )


_INVERSION_TYPES = ("inversion_started", "inversion_ended")

ENTITIES: tuple[Entity, ...] = (
    Entity(
        Platform.SENSOR,
        "posture",
        "Posture",
        Source.STATE,
        "{{ value_json.posture }}",
        device_class="enum",
        options=tuple(str(p) for p in Posture if p is not Posture.UNKNOWN),
        availability=Availability.NODE,
    ),
    Entity(
        Platform.SENSOR,
        "angle",
        "Angle",
        Source.STATE,
        _whole("angle_deg"),
        unit="°",
        state_class="measurement",
        precision=0,
        icon="mdi:angle-acute",
        availability=Availability.NODE,
        offered=Offered.WITH_ANGLE,
    ),
    Entity(
        Platform.BINARY_SENSOR,
        "inverted",
        "Inverted",
        Source.STATE,
        _flag("inverted"),
        device_class="occupancy",
        availability=Availability.NODE,
    ),
    Entity(
        Platform.BINARY_SENSOR,
        "ready",
        "Ready",
        Source.STATE,
        _flag("ready"),
        "{{ {'reasons': value_json.not_ready} | tojson }}",
        icon="mdi:clipboard-list-outline",
    ),
    # Rounded so that nobody is promised a second more than there is.
    _duration(
        "exposure",
        "Exposure",
        "exposure_s",
        "ceil",
        attributes=(
            "{{ {'at_least': value_json.exposure_at_least, 'notice_s': value_json.notice_s, "
            "'limit_s': value_json.limit_s} | tojson }}"
        ),
    ),
    _duration("time_left", "Time left", "time_left_s", "floor"),
    _duration("rest_left", "Rest left", "rest_left_s", "ceil", availability=Availability.NODE),
    _duration(
        "session_inverted",
        "Inverted this session",
        "session.inverted_s",
        "common",
        attributes="{{ value_json.session | tojson }}",
    ),
    Entity(
        Platform.SENSOR,
        "session_inversions",
        "Inversions this session",
        Source.STATE,
        _whole("session.inversions"),
        state_class="measurement",
        precision=0,
        icon="mdi:counter",
    ),
    _duration("session_longest", "Longest this session", "session.longest_s", "common"),
    _priority(Priority.HIGH, "mdi:alarm-light"),
    _priority(Priority.MEDIUM, "mdi:alert"),
    _priority(Priority.LOW, "mdi:information"),
    _alarm_flag(
        "problem", "Problem", "problem", _such_alarms("kind", Kind.TECHNICAL), "problem", None
    ),
    _event(
        "alarm",
        "Alarm",
        ("alarm",),
        (*map(str, AlarmId), str(AlarmState.ACKNOWLEDGED), str(AlarmState.CLEARED)),
        "mdi:alarm-light",
    ),
    _event("inversion", "Inversion", _INVERSION_TYPES, _INVERSION_TYPES, "mdi:rotate-3d-variant"),
    _event(
        "command",
        "Command",
        ("command",),
        ("command_done", "command_refused"),
        "mdi:remote",
        category="diagnostic",
    ),
    _button("acknowledge", "Acknowledge alarms", "mdi:bell-check", offered=Offered.ACKNOWLEDGE),
    _button("distress", "Call for help", "mdi:lifebuoy"),
    _button("im_fine", "I am fine", "mdi:thumb-up"),
    _button("seen_upright", "Seen upright", "mdi:human", offered=Offered.SEEN_UPRIGHT),
    # Apart from the call for help, so that nobody presses the one for the other.
    _button("test_alarm", "Test alarm", "mdi:bell-ring", category="diagnostic"),
    Entity(
        Platform.SENSOR,
        "signal",
        "Signal",
        Source.STATE,
        "{{ value_json.signal }}",
        device_class="enum",
        category="diagnostic",
        options=tuple(map(str, Signal)),
    ),
    Entity(
        Platform.SENSOR,
        "battery",
        "Node battery",
        Source.STATE,
        _whole("battery_percent"),
        unit="%",
        device_class="battery",
        state_class="measurement",
        precision=0,
        category="diagnostic",
        offered=Offered.WITH_BATTERY,
    ),
    Entity(
        Platform.SENSOR,
        "battery_voltage",
        "Node battery voltage",
        Source.STATE,
        "{{ value_json.battery_v }}",
        unit="V",
        device_class="voltage",
        state_class="measurement",
        precision=2,
        category="diagnostic",
        offered=Offered.WITH_BATTERY,
        enabled=False,
    ),
    Entity(
        Platform.SENSOR,
        "profile",
        "Profile",
        Source.STATE,
        "{{ value_json.profile }}",
        category="diagnostic",
        icon="mdi:tune",
    ),
    Entity(
        Platform.SENSOR,
        "watched_by",
        "Watched by",
        Source.STATE,
        "{{ value_json.host }}",
        category="diagnostic",
        icon="mdi:server",
    ),
)

REMOVED: tuple[tuple[Platform, str], ...] = ()
"""What an earlier version had: each announcement takes it away where it still is."""
