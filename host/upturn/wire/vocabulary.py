# SPDX-License-Identifier: MIT
"""The numbers of the wire and what they mean (`PROTOCOL.md`, section 1).

A number that is not here comes from a newer node; it is shown as it is, not refused.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import NamedTuple

from upturn.core.events import Posture

VERSION = 1
"""Of the whole protocol."""
POSTURES = (
    Posture.UNKNOWN,
    Posture.UPRIGHT,
    Posture.LEVEL,
    Posture.INVERTED,
    Posture.OVER_ROTATED,
)
"""By their number."""
MAX_PERCENT = 100
UNKNOWN_PERCENT = 255


class MessageType(IntEnum):
    MEASUREMENT = 1
    SHORT = 2
    HELLO = 3
    STATUS = 4
    GOODBYE = 5
    COMMAND = 8
    ANSWER = 9


class Flag(IntFlag):
    """Flags of MEASUREMENT and SHORT."""

    CALIBRATED = 0x0001
    SATURATED = 0x0002
    SENSOR_FAULT = 0x0004
    BUTTON = 0x0008
    TAP = 0x0010
    BUZZER = 0x0020
    HOST_SILENT = 0x0040
    BATTERY_LOW = 0x0080
    EXTERNAL_POWER = 0x0100
    OVERRUN = 0x0200
    ALONE = 0x0400
    TEST = 0x0800


class Trait(IntFlag):
    """Traits of HELLO."""

    GYRO = 0x01
    CALIBRATED = 0x02
    BATTERY = 0x04
    BUZZER = 0x08
    BLE = 0x10


class Verb(IntEnum):
    HEARTBEAT = 0x01
    READ_INFO = 0x02
    SET_PROFILE = 0x03
    SET_CALIBRATION = 0x04
    CLEAR_CALIBRATION = 0x05
    IDENTIFY = 0x06
    ACKNOWLEDGE = 0x07
    TEST_ALARM = 0x08
    SET_RATE = 0x09
    SET_NAME = 0x0A
    MAINTENANCE = 0x0B
    POWER_OFF = 0x0C
    SET_BTHOME = 0x0D
    FORGET_HOSTS = 0x0E


class BthomeMode(IntEnum):
    """What a node advertises beside its state."""

    OFF = 0
    PLAIN = 1
    ENCRYPTED = 2


class Result(IntEnum):
    DONE = 0
    UNKNOWN_VERB = 1
    BAD_LENGTH = 2
    BAD_VALUE = 3
    NOT_NOW = 4
    VERSION = 5
    NOT_STORED = 6


class FaultMeaning(NamedTuple):
    words: str
    of_sensor: bool
    """While it stands the readings cannot be believed."""


NO_FAULT = 0
FAULTS: dict[int, FaultMeaning] = {
    NO_FAULT: FaultMeaning("", False),
    1: FaultMeaning("no known sensor answers", True),
    2: FaultMeaning("the sensor does not answer any more", True),
    3: FaultMeaning("the sensor's readings do not change", True),
    4: FaultMeaning("the sensor failed its own test", True),
    5: FaultMeaning("the stored settings are damaged; first-time limits are in force", False),
    6: FaultMeaning("the sensor lost its set-up and was set up again", True),
    7: FaultMeaning("the node cannot keep its sample rate", False),
    8: FaultMeaning("stored calibration or limits are impossible and were not taken", False),
}
RESETS: dict[int, str] = {
    0: "unknown",
    1: "power on",
    2: "reset pin",
    3: "watchdog",
    4: "program",
    5: "wake from sleep",
}
GOODBYES: dict[int, str] = {
    1: "switched off by its button",
    2: "switched off by command",
    3: "its battery is empty",
}
BTHOME_MODES: dict[int, str] = {
    BthomeMode.OFF: "off",
    BthomeMode.PLAIN: "plain",
    BthomeMode.ENCRYPTED: "encrypted",
}
RESULTS: dict[int, str] = {
    Result.DONE: "done",
    Result.UNKNOWN_VERB: "the node does not know the command",
    Result.BAD_LENGTH: "the command is not as long as it has to be",
    Result.BAD_VALUE: "a value is impossible",
    Result.NOT_NOW: "not now",
    Result.VERSION: "the node speaks another version",
    Result.NOT_STORED: "the node could not store it",
}


def fault(code: int) -> FaultMeaning:
    """An unknown fault is taken for one of the sensor: the safe side."""
    return FAULTS.get(code) or FaultMeaning(f"fault {code} of a newer node", True)


def word(table: dict[int, str], code: int) -> str:
    return table.get(code, f"number {code} of a newer node")
