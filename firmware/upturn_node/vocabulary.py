# SPDX-License-Identifier: MIT
"""The numbers of the wire (`PROTOCOL.md`, section 1)."""

from micropython import const

VERSION = const(1)

MEASUREMENT = const(1)
SHORT = const(2)
HELLO = const(3)
STATUS = const(4)
GOODBYE = const(5)
COMMAND = const(8)
ANSWER = const(9)

# Flags of MEASUREMENT and SHORT.
CALIBRATED = const(0x0001)
SATURATED = const(0x0002)
SENSOR_FAULT = const(0x0004)
BUTTON = const(0x0008)
TAP = const(0x0010)
BUZZER = const(0x0020)
HOST_SILENT = const(0x0040)
BATTERY_LOW = const(0x0080)
EXTERNAL_POWER = const(0x0100)
OVERRUN = const(0x0200)
ALONE = const(0x0400)
TEST = const(0x0800)

POSTURE_UNKNOWN = const(0)
POSTURE_UPRIGHT = const(1)
POSTURE_LEVEL = const(2)
POSTURE_INVERTED = const(3)
POSTURE_OVER_ROTATED = const(4)

PRIORITY_NONE = const(0)
PRIORITY_LOW = const(1)
PRIORITY_MEDIUM = const(2)
PRIORITY_HIGH = const(3)

# Of HELLO.
TRAIT_GYRO = const(0x01)
TRAIT_CALIBRATED = const(0x02)
TRAIT_BATTERY = const(0x04)
TRAIT_BUZZER = const(0x08)
TRAIT_BLE = const(0x10)

BTHOME_OFF = const(0)
BTHOME_PLAIN = const(1)
BTHOME_ENCRYPTED = const(2)
BTHOME_KEY_BYTES = const(16)

RESET_UNKNOWN = const(0)
RESET_POWER_ON = const(1)
RESET_PIN = const(2)
RESET_WATCHDOG = const(3)
RESET_PROGRAM = const(4)
RESET_SLEEP = const(5)

FAULT_NONE = const(0)
FAULT_NO_SENSOR = const(1)
FAULT_BUS = const(2)
FAULT_FROZEN = const(3)
FAULT_SELF_TEST = const(4)
FAULT_CONFIG = const(5)
FAULT_SENSOR_RESET = const(6)
FAULT_LATE = const(7)
FAULT_LIMITS = const(8)

GOODBYE_BUTTON = const(1)
GOODBYE_COMMAND = const(2)
GOODBYE_BATTERY = const(3)

HEARTBEAT = const(0x01)
READ_INFO = const(0x02)
SET_PROFILE = const(0x03)
SET_CALIBRATION = const(0x04)
CLEAR_CALIBRATION = const(0x05)
IDENTIFY = const(0x06)
ACKNOWLEDGE = const(0x07)
TEST_ALARM = const(0x08)
SET_RATE = const(0x09)
SET_NAME = const(0x0A)
MAINTENANCE = const(0x0B)
POWER_OFF = const(0x0C)
SET_BTHOME = const(0x0D)
FORGET_HOSTS = const(0x0E)

DONE = const(0)
UNKNOWN_VERB = const(1)
BAD_LENGTH = const(2)
BAD_VALUE = const(3)
NOT_NOW = const(4)
BAD_VERSION = const(5)
NOT_STORED = const(6)

ANGLE_NOT_JUDGED = const(-32768)  # in the place of an angle limit

MAX_TEXT_BYTES = const(16)
RATES_HZ = (50, 100, 200)
