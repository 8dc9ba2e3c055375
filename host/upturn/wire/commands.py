# SPDX-License-Identifier: MIT
"""What a host tells a node (`PROTOCOL.md`, "COMMAND and ANSWER")."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from upturn.core.limits import Profile
from upturn.core.mounting import Mounting
from upturn.wire.crc24 import sealed
from upturn.wire.messages import ANGLE_NOT_JUDGED, MAX_TEXT_BYTES, ROW_PER_UNIT
from upturn.wire.vocabulary import VERSION, BthomeMode, MessageType, Verb

_PROFILE = Struct("<IIIh")
_CALIBRATION = Struct("<11h")
_LARGEST = 0x7FFF

BTHOME_KEY_BYTES = 16


class Command(NamedTuple):
    verb: Verb
    payload: bytes = b""


READ_INFO = Command(Verb.READ_INFO)
CLEAR_CALIBRATION = Command(Verb.CLEAR_CALIBRATION)
IDENTIFY = Command(Verb.IDENTIFY)
ACKNOWLEDGE = Command(Verb.ACKNOWLEDGE)
MAINTENANCE = Command(Verb.MAINTENANCE)
POWER_OFF = Command(Verb.POWER_OFF)
FORGET_HOSTS = Command(Verb.FORGET_HOSTS)
ENDS_WATCH = (Verb.MAINTENANCE, Verb.POWER_OFF, Verb.FORGET_HOSTS)
"""Refused while somebody is inverted, and while the node does not know it yet."""


def encode_command(id: int, command: Command) -> bytes:
    """The message, with its check; `id` is 0 to 255."""
    head = VERSION << 4 | MessageType.COMMAND
    return sealed(bytes((head, id, command.verb)) + command.payload)


def heartbeat(priority: int, *, paused: bool) -> Command:
    """The host lives; its alarms ask for the sound of `priority` (0: none), or are paused."""
    return Command(Verb.HEARTBEAT, bytes((priority, int(paused))))


def set_profile(profile: Profile, *, judges_angle: bool = True) -> Command:
    """The limits that the node guards; of a long name as much as a text holds.

    With `judges_angle` false, as for boots, the node has no angle limit and no over-rotation.
    """
    max_angle = round(100 * profile.max_angle_deg) if judges_angle else ANGLE_NOT_JUDGED
    limits_ms = (round(1000 * s) for s in (profile.notice_s, profile.limit_s, profile.rest_s))
    limits = _PROFILE.pack(*limits_ms, max_angle)
    return Command(Verb.SET_PROFILE, limits + _text(profile.name))


def set_calibration(mounting: Mounting) -> Command:
    """How the sensor sits.

    Raises:
        ValueError: a number is too large for the wire, and for any node.
    """
    numbers = (
        *mounting.head,
        *mounting.front,
        *mounting.hinge,
        mounting.head_offset_g,
        mounting.front_offset_g,
    )
    units = [round(number / ROW_PER_UNIT) for number in numbers]
    if any(abs(unit) > _LARGEST for unit in units):
        raise ValueError("a calibration with a number of 2 or more is none that a node takes")
    return Command(Verb.SET_CALIBRATION, _CALIBRATION.pack(*units))


def test_alarm(priority: int) -> Command:
    """One burst of that priority, 1 to 3."""
    return Command(Verb.TEST_ALARM, bytes((priority,)))


def set_rate(rate_hz: int) -> Command:
    """50, 100 or 200 samples a second."""
    return Command(Verb.SET_RATE, rate_hz.to_bytes(2, "little"))


def set_name(name: str) -> Command:
    """A name of 1 to 16 letters of A-Z a-z 0-9 _ -; the node judges it."""
    return Command(Verb.SET_NAME, _text(name))


def set_bthome(mode: BthomeMode, key: bytes = b"") -> Command:
    """What it advertises for a home beside its state; a key of 16 bytes with ENCRYPTED alone.

    Raises:
        ValueError: a key that is too short, too long, or one too many.
    """
    if len(key) != (BTHOME_KEY_BYTES if mode is BthomeMode.ENCRYPTED else 0):
        raise ValueError(f"BTHome {mode.name.lower()} does not take a key of {len(key)} bytes")
    return Command(Verb.SET_BTHOME, bytes((mode,)) + key)


def _text(text: str) -> bytes:
    raw = text.encode("utf-8")[:MAX_TEXT_BYTES].decode("utf-8", errors="ignore").encode("utf-8")
    return bytes((len(raw),)) + raw
