# SPDX-License-Identifier: MIT
"""What a host would tell, by the host's own code, on a wall clock that the test sets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypedDict, Unpack

from tests.dashboard.scenes import CALM
from upturn.core.snapshot import Snapshot
from upturn.remote.parse_alarms import parse_alarms
from upturn.remote.parse_state import parse_state
from upturn.remote.said import AlarmsSaid, StateSaid
from upturn.sinks.mqtt.payloads import (
    Origin,
    Stamp,
    alarms_payload,
    encode,
    owner_payload,
    state_payload,
)
from upturn.sinks.mqtt.wall import iso

NODE = "a1b2c3d4e5f6"
HOST = "host-1"
EPOCH_S = 1_800_000_000.0
"""The host's wall clock at time 0 of the test; ours knows nothing of it."""


def stamp(
    at_s: float,
    host: str = HOST,
    name: str = "Attic",
    node: str = NODE,
    origin: Origin = Origin.LIVE,
) -> Stamp:
    return Stamp(iso(EPOCH_S + at_s), host, node, name, origin)


class Who(TypedDict, total=False):
    """What is said of a table beside how it stands."""

    host: str
    name: str
    node: str
    origin: Origin


def state_bytes(
    at_s: float,
    snapshot: Snapshot = CALM,
    forbidden: Iterable[str] = (),
    **who: Unpack[Who],
) -> bytes:
    """Written at `at_s`."""
    return encode(state_payload(snapshot, stamp(at_s, **who), forbidden=forbidden))


def alarms_bytes(at_s: float, snapshot: Snapshot = CALM, **who: Unpack[Who]) -> bytes:
    """The alarms of the snapshot, which is of `at_s`."""

    def at_of(core_s: float) -> str:
        return iso(EPOCH_S + at_s + core_s - snapshot.now_s)

    return encode(alarms_payload(snapshot, stamp(at_s, **who), at_of))


def owner_bytes(host: str = HOST) -> bytes:
    return encode(owner_payload(host, "serial ttyUSB0", iso(EPOCH_S)))


def state_said(at_s: float, snapshot: Snapshot = CALM, host: str = HOST) -> StateSaid:
    return parse_state(state_bytes(at_s, snapshot, host=host), NODE)


def alarms_said(at_s: float, snapshot: Snapshot = CALM, host: str = HOST) -> AlarmsSaid:
    return parse_alarms(alarms_bytes(at_s, snapshot, host=host), NODE)


def unknown() -> Snapshot:
    """A host that has heard nothing of its node yet."""
    return replace(CALM, signal_age_s=None, angle_deg=None)
