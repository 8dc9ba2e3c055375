# SPDX-License-Identifier: MIT
"""What a node says to everybody before a host connects (`PROTOCOL.md`, "Advertisements").

A hint and never a fact: anybody can send one. It says whom to try, and what to show of a node in
a list; nothing of it reaches the core.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct
from typing import NamedTuple

from upturn.core.events import Posture
from upturn.wire.gatt import SERVICE
from upturn.wire.vocabulary import MAX_PERCENT, POSTURES, UNKNOWN_PERCENT

_STATE = Struct("<BBB6sB")
_PAIRING = 0x01
_IN_USE = 0x02
_CALIBRATED = 0x04
_FAULT = 0x08
_BATTERY_LOW = 0x10


class Advertised(NamedTuple):
    node_id: str
    posture: Posture
    priority: int
    """Of what the node itself alarms; 0: nothing."""
    pairing: bool
    """Its window is open: a host that pairs now makes a bond."""
    in_use: bool
    """A host is connected."""
    calibrated: bool
    fault: bool
    """The node does not believe its sensor."""
    battery_low: bool
    battery_percent: int | None


def advertised(service_data: Mapping[str, bytes]) -> Advertised | None:
    """What an advertisement's service data say, by UUID; None if it is not a node's or is broken.

    What a later layout has behind is passed over. Never raises, whatever the bytes.
    """
    data = service_data.get(SERVICE, b"")
    if len(data) < _STATE.size:
        return None
    layout, state, bits, node_id, percent = _STATE.unpack_from(data)
    posture = state & 0x07
    known = percent != UNKNOWN_PERCENT
    if layout == 0 or posture >= len(POSTURES) or (known and percent > MAX_PERCENT):
        return None
    return Advertised(
        node_id.hex(),
        POSTURES[posture],
        state >> 3 & 3,
        bool(bits & _PAIRING),
        bool(bits & _IN_USE),
        bool(bits & _CALIBRATED),
        bool(bits & _FAULT),
        bool(bits & _BATTERY_LOW),
        percent if known else None,
    )
