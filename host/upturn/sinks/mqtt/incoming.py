# SPDX-License-Identifier: MIT
"""What came in, as values: whatever somebody wrote there, it is one of the expected kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import inf

from aiomqtt import Message

from upturn.sinks.mqtt.owner import Owned
from upturn.sinks.mqtt.topics import is_id


def payload_of(message: Message) -> dict[str, object]:
    """A JSON object; empty for anything else."""
    assert isinstance(message.payload, bytes)
    return json_object(message.payload)


def json_object(text: bytes) -> dict[str, object]:
    """Empty for anything else."""
    try:
        said = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def owned_of(message: Message, now_s: float) -> Owned:
    """A host that is no host's id is none: topics are made of it."""
    said = payload_of(message)
    host = text_of(said, "host")
    claimed_s = -inf if message.retain else now_s
    return Owned(host if is_id(host) else "", text_of(said, "source"), claimed_s)


def text_of(said: Mapping[str, object], key: str) -> str:
    text = said.get(key)
    return text if isinstance(text, str) else ""
