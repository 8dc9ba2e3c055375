# SPDX-License-Identifier: MIT
"""Messages on a serial line: flags around them, escapes inside (`PROTOCOL.md`, section 2).

Rule 1: what stands between two flags is a piece; it is a message if its check is right, else it
is dropped. So any damage costs the pieces that it touches and no other.
Rule 2: how the bytes were cut on their way changes nothing.
Rule 3: memory is bounded whatever comes in.
"""

from __future__ import annotations

from upturn.wire.crc24 import CHECK_BYTES, is_sealed

MIN_MESSAGE = 4
MAX_MESSAGE = 244
"""What one BLE notification carries at an MTU of 247."""

_FLAG = b"\x7e"
_ESCAPE = b"\x7d"
_FLIP = 0x20
_MAX_PIECE = 2 * MAX_MESSAGE
"""A longest message, each byte of it escaped."""


def _escapes(controls: range) -> tuple[bytes, ...]:
    """Of each byte value what stands for it on the line."""
    special = {*controls, _FLAG[0], _ESCAPE[0]}
    return tuple(
        bytes((_ESCAPE[0], byte ^ _FLIP)) if byte in special else bytes((byte,))
        for byte in range(256)
    )


_FROM_NODE = _escapes(range(0))
_FROM_HOST = _escapes(range(0x20))


def wrap(message: bytes, *, escape_control: bool = True) -> bytes:
    """A message for the line.

    A host escapes control characters too, so that none of its bytes is Ctrl-C to MicroPython.
    """
    escapes = _FROM_HOST if escape_control else _FROM_NODE
    return b"".join((_FLAG, *(escapes[byte] for byte in message), _FLAG))


class Deframer:
    """Finds messages in whatever comes in."""

    def __init__(self) -> None:
        self.bad = 0
        """Pieces that were no message: text of the prompt, and what was damaged."""
        self._begun = b""
        self._skipping = False

    @property
    def held(self) -> int:
        """Bytes kept until the next flag."""
        return len(self._begun)

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete now, each without its check."""
        *pieces, begun = (self._begun + data).split(_FLAG)
        found = []
        for piece in pieces:
            if self._skipping:
                self._skipping = False
            elif piece:
                message = _unescaped(piece)
                if MIN_MESSAGE <= len(message) <= MAX_MESSAGE and is_sealed(message):
                    found.append(message[:-CHECK_BYTES])
                else:
                    self.bad += 1
        if len(begun) > _MAX_PIECE and not self._skipping:
            self._skipping = True
            self.bad += 1
        self._begun = b"" if self._skipping else begun
        return found


def _unescaped(piece: bytes) -> bytes:
    """The bytes that a piece stands for; none for one that ends in an escape: it is cancelled."""
    found = piece.find(_ESCAPE)
    if found < 0:
        return piece
    out = bytearray()
    start = 0
    while found >= 0:
        if found + 1 == len(piece):
            return b""
        out += piece[start:found]
        out.append(piece[found + 1] ^ _FLIP)
        start = found + 2
        found = piece.find(_ESCAPE, start)
    return bytes(out + piece[start:])
