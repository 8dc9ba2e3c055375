# SPDX-License-Identifier: MIT
"""Messages on a serial line: flags around them, escapes inside (`PROTOCOL.md`, section 2).

Both classes work in buffers of their own, made once.
"""

from micropython import const

from upturn_node.crc24 import CHECK_BYTES, is_sealed

MAX_MESSAGE = const(244)
MIN_MESSAGE = const(4)
_FLAG = const(0x7E)
_ESCAPE = const(0x7D)
_FLIP = const(0x20)


class Framer:
    """Wraps a message for the line."""

    def __init__(self, max_message=MAX_MESSAGE):
        self.wire = bytearray(2 * max_message + 2)

    def wrap(self, message, length):
        """Writes the first `length` bytes between flags; how many bytes of `wire` to send."""
        wire = self.wire
        wire[0] = _FLAG
        at = 1
        index = 0
        while index < length:
            byte = message[index]
            if byte in (_FLAG, _ESCAPE):
                wire[at] = _ESCAPE
                at += 1
                byte ^= _FLIP
            wire[at] = byte
            at += 1
            index += 1
        wire[at] = _FLAG
        return at + 1


class Deframer:
    """Finds messages in whatever comes in; damage costs only the pieces that it touches."""

    def __init__(self, max_message=MAX_MESSAGE):
        self.message = bytearray(max_message)
        self.bad = 0  # pieces that were no message
        self._max = max_message
        self._length = 0
        self._escaped = False
        self._skipping = False

    def push(self, byte):
        """Takes a byte; the length of a message that ended with it, without its check, else 0.

        It stands in `message` until the next byte.
        """
        if byte == _FLAG:
            return self._ended()
        if self._skipping:
            return 0
        if self._escaped:
            self._escaped = False
            byte ^= _FLIP
        elif byte == _ESCAPE:
            self._escaped = True
            return 0
        if self._length == self._max:
            self._skipping = True
            self.bad += 1
            return 0
        self.message[self._length] = byte
        self._length += 1
        return 0

    def _ended(self):
        length = self._length
        cancelled = self._escaped
        self._length = 0
        self._escaped = False
        if self._skipping:
            self._skipping = False
            return 0
        if not length and not cancelled:
            return 0
        if cancelled or length < MIN_MESSAGE or not is_sealed(self.message, length):
            self.bad += 1
            return 0
        return length - CHECK_BYTES
