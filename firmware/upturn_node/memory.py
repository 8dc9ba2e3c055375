# SPDX-License-Identifier: MIT
"""What outlives a reset, in RTC memory: the guard's count above all.

A loss of power clears it or leaves noise, so it carries a check. It also holds what the ESP32 does
not tell: `machine.reset()` and the reset pin are one and the same cause there, so a reset by the
program leaves a mark.
"""

from struct import pack_into, unpack_from

from micropython import const

from upturn_node.crc24 import CHECK_BYTES, is_sealed, seal
from upturn_node.guard import MEMORY_BYTES

ASSUMED_GAP_MS = 5000
"""Where the time since the last save cannot be known: the watchdog's time-out, its longest."""
OLDEST_MS = 600_000
"""What is older is of another session."""

_FORMAT = const(0x5501)
_HEAD = "<HBBIHH"
_GUARD_AT = const(12)
_MAINTENANCE = const(1)
_PROGRAM = const(2)
_HAS_GUARD = const(4)


class Memory:
    """`rtc` is machine.RTC(); `now_ms` gives a time that a reset does not stop."""

    def __init__(self, rtc, now_ms):
        self._rtc = rtc
        self._now_ms = now_ms
        self._guard = bytearray(MEMORY_BYTES)
        self._record = bytearray(_GUARD_AT + MEMORY_BYTES + CHECK_BYTES)
        self._marks = 0
        self._saved_ms = 0
        self.boots = 0
        self.crashes = 0
        self.maintenance = False
        self.program = False
        self.gap_ms = None

    def recall(self):
        """Read what the run before left; False after a loss of power.

        `gap_ms` is the age of the guard's state, or None where there is none or it is too old.
        The marks are read once: they are gone from the next save on.
        """
        record = self._rtc.memory()
        length = len(self._record)
        if len(record) < length or not is_sealed(record, length):
            return False
        form, marks, _, saved_ms, boots, crashes = unpack_from(_HEAD, record, 0)
        if form != _FORMAT:
            return False
        self.boots = boots
        self.crashes = crashes
        self.maintenance = bool(marks & _MAINTENANCE)
        self.program = bool(marks & _PROGRAM)
        self._guard[:] = record[_GUARD_AT : _GUARD_AT + MEMORY_BYTES]
        gap_ms = (self._now_ms() - saved_ms) & 0xFFFFFFFF
        if gap_ms >= 0x80000000:  # somebody set the clock back
            gap_ms = ASSUMED_GAP_MS
        if marks & _HAS_GUARD and gap_ms <= OLDEST_MS:
            self.gap_ms = gap_ms
            self._saved_ms = saved_ms
            self._marks = _HAS_GUARD
        return True

    def restore(self, guard):
        """Give the guard its state back; whether there was one."""
        return self.gap_ms is not None and guard.restore(self._guard, self.gap_ms)

    def keep(self, guard):
        """Save the guard's state as of now."""
        guard.save(self._guard)
        self._marks |= _HAS_GUARD
        self._write()

    def mark(self, maintenance=False, crashed=False):
        """A reset by the program follows. The guard's state stays as it was saved last."""
        self._marks |= _PROGRAM | (_MAINTENANCE if maintenance else 0)
        if crashed:
            self.crashes = (self.crashes + 1) & 0xFFFF
        self._write(False)

    def clear_marks(self):
        """The marks were heeded."""
        self._marks &= _HAS_GUARD
        self._write(False)

    def _write(self, now=True):
        record = self._record
        if now:
            self._saved_ms = self._now_ms() & 0xFFFFFFFF
        pack_into(
            _HEAD, record, 0, _FORMAT, self._marks, 0, self._saved_ms, self.boots, self.crashes
        )
        record[_GUARD_AT : _GUARD_AT + MEMORY_BYTES] = self._guard
        seal(record, _GUARD_AT + MEMORY_BYTES)
        self._rtc.memory(record)
