# SPDX-License-Identifier: MIT
"""Which host speaks for a node, and whether either is there. Pure."""

from __future__ import annotations

from upturn.remote.fields import Refused, json_fields
from upturn.remote.parse_head import check_version
from upturn.remote.said import OwnerSaid
from upturn.sinks.mqtt.teller import OFFLINE, ONLINE


def parse_owner(payload: bytes) -> OwnerSaid | None:
    """Which host speaks for a node; None: no host does.

    Raises:
        Refused: it says neither.
    """
    if not payload:
        return None
    fields = json_fields(payload)
    check_version(fields)
    fields.at_s("since")
    return OwnerSaid(fields.id("host"), fields.text("source"))


def parse_availability(payload: bytes) -> bool | None:
    """Whether a node or a host is there; None: the broker knows nothing of it any more.

    Raises:
        Refused: it says neither.
    """
    known = {b"": None, ONLINE.encode(): True, OFFLINE.encode(): False}
    if payload not in known:
        raise Refused(f"is neither {ONLINE} nor {OFFLINE}")
    return known[payload]
