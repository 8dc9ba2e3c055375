# SPDX-License-Identifier: MIT
"""The section [mqtt]: where the broker is, and what may be done through it.

A password has no place in a config, so none may be in what is quoted of it either.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import TypeVar

from upturn.config.model import MqttConfig, TlsConfig
from upturn.config.tables import MAX_TEXT, Table, shown

MQTT_KEYS = (
    "host",
    "port",
    "username",
    "password_file",
    "tls",
    "discovery",
    "discovery_prefix",
    "id",
    "acknowledge",
    "seen_upright",
)
HOST_ALLOWED = "the broker's name or address"
TOPIC_ALLOWED = "a topic without $, # and +, no level of it empty"
MAX_ID = 40
MAX_HOST = 253
"""No name is longer."""

_TLS_KEYS = ("ca_file", "cert_file", "key_file")

_T = TypeVar("_T")


def read_mqtt(table: Table) -> MqttConfig:
    """The record of the section.

    Raises:
        InputError: the first thing that is wrong, with its place.
    """
    default = MqttConfig(table.required_text("host", allowed=HOST_ALLOWED))
    if not is_host(default.host):
        # Not quoted: who writes an address in full here may have put the password into it.
        table.refuse("host", "is no name or address", f"Allowed: {HOST_ALLOWED}, alone")
    tls = _tls(table)
    username = table.text("username")
    password_file = table.text("password_file", allowed="the name of a file")
    if password_file is not None and username is None:
        table.refuse("password_file", "is without a username", "Add username = ...")
    return MqttConfig(
        host=default.host,
        port=_or(
            table.whole("port", low=1, high=65535, why="the ports that exist"),
            default.port if tls is None else 8883,
        ),
        username=username,
        password_file=password_file,
        tls=tls,
        discovery=_or(table.flag("discovery"), default.discovery),
        discovery_prefix=_topic(table, "discovery_prefix", default.discovery_prefix),
        id=_host_id(table),
        acknowledge=_or(table.flag("acknowledge"), default.acknowledge),
        seen_upright=_or(table.flag("seen_upright"), default.seen_upright),
    )


def is_host(text: str) -> bool:
    """Whether it can be a broker's name or address, and is not more than that."""
    if not text.isprintable() or len(text) > MAX_HOST:
        return False
    try:
        text.encode("idna")  # as is done to look it up: an empty label, or one that is too long
    except UnicodeError:
        return False
    if ":" not in text:
        return re.fullmatch(r"[^\s/@?#%\[\]]+", text) is not None
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def is_topic(text: str) -> bool:
    """Whether other topics can be put below it."""
    levels = text.split("/")
    return (
        text.isprintable()
        and len(text) <= MAX_TEXT
        and not any(sign in text for sign in "$#+")
        and all(level.strip() for level in levels)
    )


def _host_id(table: Table) -> str | None:
    id = table.text("id")
    if id is not None and re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_ID}}}", id) is None:
        table.refuse("id", f"is {shown(id)}", f"Allowed: 1 to {MAX_ID} of A-Z, a-z, 0-9, - and _")
    return id


def _tls(table: Table) -> TlsConfig | None:
    files = table.flag_or_table("tls", _TLS_KEYS)
    if not isinstance(files, Table):
        return TlsConfig() if files else None
    ca_file, cert_file, key_file = (
        files.text(key, allowed="the name of a file") for key in _TLS_KEYS
    )
    if (cert_file is None) != (key_file is None):
        files.refuse("", "has only one of cert_file and key_file", "Give both, or neither")
    return TlsConfig(ca_file, cert_file, key_file)


def _topic(table: Table, key: str, default: str) -> str:
    topic = _or(table.text(key), default)
    if not is_topic(topic):
        table.refuse(key, f"is {shown(topic)}", f"Allowed: {TOPIC_ALLOWED}")
    return topic


def _or(value: _T | None, default: _T) -> _T:
    return default if value is None else value
