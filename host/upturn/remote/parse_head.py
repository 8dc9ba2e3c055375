# SPDX-License-Identifier: MIT
"""What every message of a host begins with, and words that several have. Pure.

The law of all that parses here: a message is taken whole or refused whole, with one line that
says why; what contradicts itself is refused as well. What it does not say stays unknown.
"""

from __future__ import annotations

from upturn.core.alarm_table import Priority
from upturn.remote.fields import Fields, Refused
from upturn.remote.said import Head
from upturn.sinks.mqtt.payloads import VERSION, Origin

PRIORITIES = {priority.word: priority for priority in Priority}


def check_version(fields: Fields) -> None:
    version = fields.count("v", 1)
    if version != VERSION:
        raise Refused(
            f"is of version {version}, and this Upturn knows {VERSION}: update the older of both"
        )


def head_of(fields: Fields, node: str) -> Head:
    check_version(fields)
    origin = Origin(fields.word("origin", *Origin)) if fields.has("origin") else Origin.LIVE
    host, about = fields.id("host"), fields.id("node")
    head = Head(fields.at_s("at"), host, about, fields.text("name"), origin)
    if head.node != node:
        raise Refused("is about another node than its topic")
    return head


def priority_or_none(fields: Fields, key: str) -> Priority | None:
    return None if fields.text_or_none(key) is None else priority_of(fields, key)


def priority_of(fields: Fields, key: str) -> Priority:
    return PRIORITIES[fields.word(key, *PRIORITIES)]
