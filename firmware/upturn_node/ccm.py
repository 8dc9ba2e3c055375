# SPDX-License-Identifier: MIT
"""AES-CCM (RFC 3610) for BTHome: a nonce of 13 bytes, a check of 4, nothing else authenticated.

MicroPython's cryptolib has no CCM; its ECB, a block at a time, is all that it takes.
"""

from cryptolib import aes
from micropython import const

NONCE_BYTES = const(13)
CHECK_BYTES = const(4)

_ECB = const(1)
_BLOCK = const(16)
_FIRST = const(0x09)  # flags of the first block: a check of 4, a length of 2 bytes
_COUNT = const(0x01)  # flags of the blocks that are counted


class Ccm:
    """Works in buffers of its own; one key for life."""

    def __init__(self, key):
        self._aes = aes(key, _ECB)
        self._block = bytearray(_BLOCK)
        self._mac = bytearray(_BLOCK)
        self._stream = bytearray(_BLOCK)

    def seal(self, nonce, text, start, end):
        """Encrypt `text[start:end]` in place, and write the check behind it; where that ends."""
        mac = self._mac
        self._fill(mac, _FIRST, nonce, end - start)
        self._aes.encrypt(mac, mac)
        for at in range(start, end, _BLOCK):
            for index in range(min(_BLOCK, end - at)):
                mac[index] ^= text[at + index]
            self._aes.encrypt(mac, mac)
        for at in range(start, end, _BLOCK):
            self._next(nonce, (at - start) // _BLOCK + 1)
            for index in range(min(_BLOCK, end - at)):
                text[at + index] ^= self._stream[index]
        self._next(nonce, 0)
        for index in range(CHECK_BYTES):
            text[end + index] = mac[index] ^ self._stream[index]
        return end + CHECK_BYTES

    def _next(self, nonce, number):
        self._fill(self._block, _COUNT, nonce, number)
        self._aes.encrypt(self._block, self._stream)

    def _fill(self, block, flags, nonce, number):
        block[0] = flags
        block[1:14] = nonce
        block[14] = number >> 8
        block[15] = number & 0xFF
