# SPDX-License-Identifier: MIT
"""The messages of every sample, MEASUREMENT and SHORT: written in place, no heap used.

Set the attributes, `add` readings, `encode`, send the first bytes of `message`, `clear`. Counters
may run on as far as they like: they are cut to the width of their field here.
"""

from struct import pack_into

from micropython import const

from upturn_node.crc24 import CHECK_BYTES, seal

SATURATED = const(0x0002)
UNKNOWN_ANGLE_CDEG = const(-32768)
UNKNOWN_PERCENT = const(255)
MAX_SAMPLES = const(15)
MAX_STEP_MS = const(255)

SAMPLE_BYTES = const(13)
"""With rates; without them it is less."""

_MEASUREMENT = const(0x11)
_SHORT = const(0x12)
_SAMPLES_AT = const(39)
_SHORT_BYTES = const(17)
_MAX_MS = const(0x3FFFFFFF)

MEASUREMENT_BYTES = _SAMPLES_AT + CHECK_BYTES
"""Beside its samples."""


def _angle(angle_cdeg):
    """Into (-18000, 18000]; None and what cannot be an angle become "not known"."""
    if angle_cdeg is None or not -36000 < angle_cdeg <= 36000 or angle_cdeg == UNKNOWN_ANGLE_CDEG:
        return UNKNOWN_ANGLE_CDEG
    if angle_cdeg > 18000:
        return angle_cdeg - 36000
    if angle_cdeg <= -18000:
        return angle_cdeg + 36000
    return angle_cdeg


def _percent(percent):
    return percent if percent is not None and 0 <= percent <= 100 else UNKNOWN_PERCENT


def _capped(value, largest):
    return 0 if value < 0 else value if value < largest else largest


class Measurement:
    """MEASUREMENT: up to `max_samples` readings and all that the node knows beside them."""

    def __init__(self, max_samples, has_gyro):
        if not 1 <= max_samples <= MAX_SAMPLES:
            raise ValueError("1 to 15 samples go in a message")
        self.max_samples = max_samples  # may be set to less before the first is added
        self.has_gyro = has_gyro
        self.count = 0
        self.seq = 0  # of the first sample
        self.t_hi = 0  # the first sample's time in ms, upper 16 bits
        self.t_lo = 0  # and lower 16 bits
        self.flags = 0
        self.posture = 0
        self.priority = 0
        self.angle_cdeg = None
        self.peak_mg = 0
        self.battery_percent = None
        self.battery_mv = 0
        self.presses = 0
        self.calls = 0
        self.epoch = 0
        self.inversions = 0
        self.exposure_ms = 0
        self.inversion_ms = 0
        self.inverted_ms = 0
        self.rest_ms = 0
        self._axes = 6 if has_gyro else 3
        self._end = _SAMPLES_AT
        self._clipped = False
        self.message = bytearray(_SAMPLES_AT + max_samples * (1 + 2 * self._axes) + CHECK_BYTES)

    def add(self, dt_ms, out):
        """Takes a reading, `dt_ms` after the one before; False: it is one for the next message.

        That is so when this one is full, or when the step is longer than a byte holds. A value
        beyond 16 bits stands at the end of the scale, and the message says so.
        """
        count = self.count
        if count == self.max_samples or (count and dt_ms > MAX_STEP_MS):
            return False
        message = self.message
        at = self._end
        message[at] = 0 if not count else dt_ms if dt_ms > 0 else 1
        at += 1
        axes = self._axes
        axis = 0
        while axis < axes:
            value = out[axis]
            if value > 32767:
                value = 32767
                self._clipped = True
            elif value < -32768:
                value = -32768
                self._clipped = True
            message[at] = value & 0xFF
            message[at + 1] = (value >> 8) & 0xFF
            at += 2
            axis += 1
        self._end = at
        self.count = count + 1
        return True

    def encode(self):
        """Writes all but the samples, which stand already; how many bytes of `message` to send."""
        pack_into(
            "<BBHHHHBhHBHBBBHIIII",
            self.message,
            0,
            _MEASUREMENT,
            self.count | (0x10 if self.has_gyro else 0),
            self.seq & 0xFFFF,
            self.t_lo & 0xFFFF,
            self.t_hi & 0xFFFF,
            self.flags | (SATURATED if self._clipped else 0),
            self.posture | self.priority << 3,
            _angle(self.angle_cdeg),
            _capped(self.peak_mg, 0xFFFF),
            _percent(self.battery_percent),
            _capped(self.battery_mv, 0xFFFF),
            self.presses & 0xFF,
            self.calls & 0xFF,
            self.epoch & 0xFF,
            self.inversions & 0xFFFF,
            _capped(self.exposure_ms, _MAX_MS),
            _capped(self.inversion_ms, _MAX_MS),
            _capped(self.inverted_ms, _MAX_MS),
            _capped(self.rest_ms, _MAX_MS),
        )
        return seal(self.message, self._end)

    def clear(self):
        """No samples: the next `add` is the first of another message."""
        self.count = 0
        self._end = _SAMPLES_AT
        self._clipped = False


class Short:
    """SHORT: the newest angle in the 20 bytes that any BLE link carries."""

    def __init__(self):
        self.seq = 0
        self.t_hi = 0
        self.t_lo = 0
        self.flags = 0
        self.posture = 0
        self.priority = 0
        self.angle_cdeg = None
        self.exposure_ms = 0
        self.epoch = 0
        self.battery_percent = None
        self.presses = 0
        self.calls = 0
        self.message = bytearray(_SHORT_BYTES + CHECK_BYTES)

    def encode(self):
        """Writes it; how many bytes of `message` to send."""
        pack_into(
            "<BHHHHBhHBBB",
            self.message,
            0,
            _SHORT,
            self.seq & 0xFFFF,
            self.t_lo & 0xFFFF,
            self.t_hi & 0xFFFF,
            self.flags,
            self.posture | self.priority << 3,
            _angle(self.angle_cdeg),
            _capped(self.exposure_ms // 100, 0xFFFF),
            self.epoch & 0xFF,
            _percent(self.battery_percent),
            self.presses & 0x0F | (self.calls & 0x0F) << 4,
        )
        return seal(self.message, _SHORT_BYTES)
