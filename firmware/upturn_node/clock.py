# SPDX-License-Identifier: MIT
"""Node time: milliseconds since start, 32 bits wide.

`ticks_ms` wraps at a period that the port keeps to itself, and 32 bits are no small integer on an
ESP32: so differences of ticks are summed up in two halves, and nothing goes to the heap.
"""


class Clock:
    """Has to be advanced more often than half the period of the ticks (6 days on an ESP32)."""

    def __init__(self, ticks_ms, ticks_diff):
        self._ticks_ms = ticks_ms
        self._ticks_diff = ticks_diff
        self._last = ticks_ms()
        self.t_hi = 0
        self.t_lo = 0

    def advance(self):
        """Milliseconds since the last call; they are added to node time."""
        now = self._ticks_ms()
        dt_ms = self._ticks_diff(now, self._last)
        if dt_ms <= 0:
            return 0
        self._last = now
        lo = self.t_lo + dt_ms
        self.t_hi = (self.t_hi + (lo >> 16)) & 0xFFFF
        self.t_lo = lo & 0xFFFF
        return dt_ms

    def t_ms(self):
        """Node time in one piece; it may be a heap object."""
        return self.t_hi << 16 | self.t_lo


class Stopwatch:
    """Time between calls, of one task that shares no state with the others."""

    def __init__(self, ticks_ms, ticks_diff):
        self._ticks_ms = ticks_ms
        self._ticks_diff = ticks_diff
        self._last = ticks_ms()

    def lap(self):
        """Milliseconds since the last call."""
        now = self._ticks_ms()
        dt_ms = self._ticks_diff(now, self._last)
        self._last = now
        return dt_ms if dt_ms > 0 else 0
