# SPDX-License-Identifier: MIT
"""What may stand in each section of a config, and what becomes of it.

One function a section: a strict table in, a frozen record out. What a key leaves out is the
record's own default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import hypot
from typing import TypeVar

from upturn.config.model import (
    LANGUAGES,
    THEMES,
    Config,
    DashboardConfig,
    NodeConfig,
    SoundConfig,
    StoreConfig,
)
from upturn.config.mqtt import MQTT_KEYS, read_mqtt
from upturn.config.tables import Table, shown
from upturn.core.calibration import MAX_BIAS_G
from upturn.core.limits import (
    PROFILE_FIELDS,
    PROFILES,
    STANDARD,
    DeviceKind,
    LimitError,
    Profile,
    custom_profile,
)
from upturn.core.mounting import Mounting, MountingError, Vector, cross, dot, unit
from upturn.errors import InputError

STORE_KEYS = ("enabled", "path", "keep_days", "keep_mb", "progress_after")
SECTIONS = ("profile", "profiles", "node", "mqtt", "dashboard", "sound", "store")

SOURCES = {
    "serial": "serial:PORT or serial:auto",
    "ble": "ble:ADDRESS, ble:NAME or ble:auto",
    "replay": "replay:FILE",
    "sim": "sim:SCRIPT",
}
LINKS = ("serial:", "ble:")
"""Sources that are one thing in the world, which nobody can watch twice."""
MAX_NAME = 40
MIN_WINDOW_S = 10.0
MAX_WINDOW_S = 3600.0
ROW_LENGTHS = (0.5, 2.0)
"""Of what a calibration measures: it absorbs scale and cross-axis errors; more is a mistake."""
MAX_OFFSET_G = ROW_LENGTHS[1] * MAX_BIAS_G
"""Largest bias that a calibration accepts, seen along the longest row."""
MIN_HINGE_COS = 0.8
"""How nearly the hinge has to be head x front."""

_NODE_KEYS = ("name", "source", "device", "profile", "calibration")
_CALIBRATION_KEYS = ("head", "front", "hinge", "head_offset_g", "front_offset_g")

_T = TypeVar("_T")


def read_config(top: Table) -> Config:
    """Every section of a file.

    Raises:
        InputError: the first thing that is wrong, with its place.
    """
    profiles = _profiles(top.table("profiles", None))
    config = Config(
        profile=_or(top.text("profile", allowed="the name of a profile"), STANDARD.name),
        profiles=profiles,
        mqtt=_section(top.table("mqtt", MQTT_KEYS), read_mqtt, None),
        dashboard=_section(
            top.table("dashboard", ("theme", "window_s", "large")), _dashboard, DashboardConfig()
        ),
        sound=_section(
            top.table("sound", ("enabled", "volume", "voice", "language")), _sound, SoundConfig()
        ),
        store=_section(top.table("store", STORE_KEYS), _store, StoreConfig()),
    )
    config.profile_named(config.profile, where=top.where("profile"))
    return replace(config, nodes=_nodes(top.tables("node", _NODE_KEYS), config))


def _profiles(table: Table | None) -> dict[str, Profile]:
    profiles: dict[str, Profile] = {}
    if table is None:
        return profiles
    for name in table:
        if name in PROFILES:
            table.refuse(name, "is a built-in profile", "Give your own another name")
        _check_name(table, name, name)
        profiles[name] = _profile(name, table.required_table(name, PROFILE_FIELDS))
    return profiles


def _profile(name: str, table: Table) -> Profile:
    given = {key: table.number(key) for key in PROFILE_FIELDS}
    try:
        return custom_profile(name, {k: v for k, v in given.items() if v is not None})
    except LimitError as error:
        table.refuse(error.field, error.problem, f"Allowed: {error.allowed}")


def _nodes(tables: list[Table], config: Config) -> tuple[NodeConfig, ...]:
    nodes: list[NodeConfig] = []
    for table in tables:
        node = _node(table, config)
        if node.name in (other.name for other in nodes):
            table.refuse("name", f"is {node.name!r}, as another node's is", "Give each its own")
        link = node.source if (node.source or "").startswith(LINKS) else None
        if link is not None and link in (other.source for other in nodes):
            table.refuse(
                "source", f"is {link!r}, as another node's is", "A node has one table; name others"
            )
        nodes.append(node)
    return tuple(nodes)


def _node(table: Table, config: Config) -> NodeConfig:
    name = table.required_text("name", allowed="a name for people, such as 'table'")
    _check_name(table, "name", name)
    kind = table.choice("device", [known.value for known in DeviceKind])
    device = DeviceKind.TABLE if kind is None else DeviceKind(kind)
    profile = table.text("profile", allowed="the name of a profile")
    where = table.where("profile" if profile else "device")
    config.profile_for(profile or config.profile, device, where=where)
    return NodeConfig(
        name=name,
        source=_source(table),
        device=device,
        profile=profile,
        mounting=_section(table.table("calibration", _CALIBRATION_KEYS), _mounting, None),
    )


def _source(table: Table) -> str | None:
    allowed = "; ".join(SOURCES.values())
    source = table.text("source", allowed=allowed)
    if source is None:
        return None
    scheme, _, rest = source.partition(":")
    if scheme not in SOURCES or not rest.strip():
        table.refuse("source", f"is {shown(source)}", f"Allowed: {allowed}")
    return source


def _mounting(table: Table) -> Mounting:
    """From two axes, or the rows and offsets that a calibration measured."""
    head, front, hinge = table.vector("head"), table.vector("front"), table.vector("hinge")
    if head is None or front is None:
        missing = "head" if head is None else "front"
        table.refuse("", f"has no {missing!r}", "Give both head and front, three numbers each")
    try:
        mounting = Mounting.from_axes(head, front)
    except MountingError as error:
        raise InputError(
            f"{table.path}: {error}",
            where=table.where(),
            remedy="head points from feet to head, front out of the chest, in the sensor's axes",
        ) from None
    offset_why = "the bias of a sound sensor is less"
    head_offset_g, front_offset_g = (
        _or(table.number(key, low=-MAX_OFFSET_G, high=MAX_OFFSET_G, why=offset_why), 0.0)
        for key in ("head_offset_g", "front_offset_g")
    )
    if hinge is not None:
        _check_rows(table, mounting, {"head": head, "front": front, "hinge": hinge})
        mounting = Mounting(head, front, hinge)
    return replace(mounting, head_offset_g=head_offset_g, front_offset_g=front_offset_g)


def _check_rows(table: Table, mounting: Mounting, rows: dict[str, Vector]) -> None:
    """With `hinge` the rows are taken as they are, so they have to be near to what they mean."""
    for name, row in rows.items():
        if not ROW_LENGTHS[0] <= hypot(*row) <= ROW_LENGTHS[1]:
            table.refuse(
                name,
                f"is {hypot(*row):.2f} long",
                f"Allowed, where hinge is given: {ROW_LENGTHS[0]:g} to {ROW_LENGTHS[1]:g}, as a "
                "calibration writes it; leave hinge out to have head and front normalised",
            )
    if dot(unit(rows["hinge"]), cross(mounting.head, mounting.front)) < MIN_HINGE_COS:
        table.refuse("hinge", "is not head x front", "Leave it out unless a calibration wrote it")


def _dashboard(table: Table) -> DashboardConfig:
    default = DashboardConfig()
    return DashboardConfig(
        theme=_or(table.choice("theme", THEMES), default.theme),
        window_s=_or(
            table.number(
                "window_s", low=MIN_WINDOW_S, high=MAX_WINDOW_S, why="what a plot can show"
            ),
            default.window_s,
        ),
        large=_or(table.flag("large"), default.large),
    )


def _sound(table: Table) -> SoundConfig:
    default = SoundConfig()
    why = "a sounding alarm is heard; enabled = false turns sound off, and the screen says so"
    return SoundConfig(
        enabled=_or(table.flag("enabled"), default.enabled),
        volume=_or(table.number("volume", low=0.0, high=1.0, why=why), default.volume),
        voice=_or(table.flag("voice"), default.voice),
        language=_or(table.choice("language", LANGUAGES), default.language),
    )


def _store(table: Table) -> StoreConfig:
    default = StoreConfig()
    why = "left out, no recording is ever removed for it"
    return StoreConfig(
        enabled=_or(table.flag("enabled"), default.enabled),
        path=table.text("path", allowed="a file, or a folder that holds upturn.sqlite3"),
        keep_days=table.whole("keep_days", low=1, high=36500, why=why),
        keep_mb=table.whole("keep_mb", low=1, high=10_000_000, why=why),
        progress_after=_or(
            table.whole(
                "progress_after",
                low=1,
                high=100,
                why="sessions without symptoms before a longer profile is suggested",
            ),
            default.progress_after,
        ),
    )


def _check_name(table: Table, key: str, name: str) -> None:
    if not name.strip() or not name.isprintable() or len(name) > MAX_NAME:
        table.refuse(
            key,
            f"cannot be the name {shown(name)}",
            f"Allowed: 1 to {MAX_NAME} visible characters",
        )


def _section(table: Table | None, read: Callable[[Table], _T], absent: _T) -> _T:
    return absent if table is None else read(table)


def _or(value: _T | None, default: _T) -> _T:
    return default if value is None else value
