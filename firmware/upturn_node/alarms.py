# SPDX-License-Identifier: MIT
"""The alarms of the node, one row each, and their life: as the host's `core.alarms`, in bits.

An acknowledgement pauses the sound for a bounded time and stands for clearing what latches. A new
alarm breaks every pause. What may not be paused can be acknowledged once its condition is gone.
"""

from micropython import const

HIGH = const(3)
MEDIUM = const(2)

NEAR = const(0x01)
LIMIT = const(0x02)
NO_RETURN = const(0x04)
ANGLE = const(0x08)
OVER = const(0x10)
HOST_SILENT = const(0x20)
NO_SAMPLES = const(0x40)
DISTRESS = const(0x80)

# bit, name, priority, latches: stays until acknowledged, its sound may be paused while it lasts
ROWS = (
    (NEAR, "time_limit_near", MEDIUM, False, True),
    (LIMIT, "time_limit", HIGH, True, True),
    (NO_RETURN, "no_return", HIGH, True, False),
    (ANGLE, "angle_limit", MEDIUM, False, True),
    (OVER, "over_rotation", HIGH, True, True),
    (HOST_SILENT, "host_silent", HIGH, False, False),
    (NO_SAMPLES, "no_samples", HIGH, False, False),
    (DISTRESS, "distress", HIGH, True, True),
)

_PAUSE_INVERTED_MS = const(30000)
_PAUSE_MS = const(120000)


def _bits_where(column, value):
    return sum(row[0] for row in ROWS if row[column] == value)


_HIGH = _bits_where(2, HIGH)
_MEDIUM = _bits_where(2, MEDIUM)
_LATCHING = _bits_where(3, True)
_UNPAUSABLE = _bits_where(4, False)


def priority_of(bits):
    return HIGH if bits & _HIGH else MEDIUM if bits & _MEDIUM else 0


class Alarms:
    """`active` are the alarms there are, `conditions` those whose condition holds now."""

    def __init__(self):
        self.active = 0
        self.conditions = 0
        self.acknowledged = 0
        self.pause_ms = 0

    def time(self, dt_ms):
        self.pause_ms = self.pause_ms - dt_ms if self.pause_ms > dt_ms else 0

    def judge(self, conditions):
        """Take the conditions that hold now."""
        new = conditions & ~self.conditions
        gone = self.conditions & ~conditions
        self.conditions = conditions
        self.active |= conditions
        self._clear(gone & (self.acknowledged | ~_LATCHING))
        if new:
            self._renew(new)

    def trigger(self, bit):
        """A condition of a moment."""
        self.active |= bit
        self._renew(bit)

    def acknowledge(self, inverted):
        """False if something may not be paused, and sounds on."""
        refused = self.conditions & _UNPAUSABLE
        taken = self.active & ~refused
        if taken:
            self.acknowledged |= taken
            self.pause_ms = _PAUSE_INVERTED_MS if inverted else _PAUSE_MS
            self._clear(taken & _LATCHING & ~self.conditions)
        return not refused

    def take_back(self, bit):
        """A condition of a moment was not meant; nothing else is acknowledged by it."""
        self._clear(bit & ~self.conditions)

    def inversion_began(self):
        """A pause given before shrinks to what is allowed while inverted."""
        self.pause_ms = min(self.pause_ms, _PAUSE_INVERTED_MS)

    @property
    def priority(self):
        return priority_of(self.active)

    @property
    def sound_priority(self):
        return priority_of(self.active & ~self.acknowledged if self.pause_ms else self.active)

    def _renew(self, bits):
        self.acknowledged &= ~bits
        self.pause_ms = 0

    def _clear(self, bits):
        self.active &= ~bits
        self.acknowledged &= ~bits
