# SPDX-License-Identifier: MIT
"""The node as a BTHome v2 device: what any home that listens may know, or only one with the key.

An encrypted packet has a counter that never comes twice under one key: numbers are taken from a
block that was reserved in flash before the first of them went out. If that file is lost, nothing
goes out until another key is set; the file says for which key it counts, so that a loss of power
between the two writes of a change is such a loss too.
"""

import hashlib
import os
from struct import pack_into

from micropython import const

from upturn_node import store
from upturn_node.ccm import NONCE_BYTES, Ccm
from upturn_node.frame import UNKNOWN_ANGLE_CDEG
from upturn_node.vocabulary import BTHOME_ENCRYPTED, BTHOME_OFF

PATH = "upturn.bthome.json"
BLOCK = 4096
"""Counters that are reserved at once: a write in over two hours."""
MOST = const(0x3FFFFFFF)
"""The last counter: more than a node lives, and a small integer everywhere."""

_HEAD = b"\x02\x01\x06\x00\x16\xd2\xfc"  # flags; service data of 0xFCD2, its length still open
_LENGTH_AT = const(3)
_INFO_AT = const(7)
_OBJECTS_AT = const(8)
_PLAIN = const(0x40)  # version 2
_ENCRYPTED = const(0x41)
_MOST_BYTES = const(31)

_PACKET = const(0x00)
_BATTERY = const(0x01)
_MOVING = const(0x22)
_PROBLEM = const(0x26)
_BUTTON = const(0x3A)
_ROTATION = const(0x3F)
_NONE = const(0)
_PRESS = const(1)


class BTHome:
    """`address` is the radio's, as it is written, for the nonce."""

    def __init__(self, address):
        self._mode = BTHOME_OFF
        self._key = b""
        self._ccm = None
        self._counter = 0
        self._reserved = 0
        self._lost = False
        self._packet = 0
        self._held = False
        self._buffer = bytearray(_MOST_BYTES)
        self._nonce = bytearray(NONCE_BYTES)
        self._nonce[0:6] = address
        self._nonce[6:9] = b"\xd2\xfc\x41"
        self._buffer[0:_INFO_AT] = _HEAD

    def begin(self, mode, key):
        """What was stored is in force from the start."""
        if mode == BTHOME_ENCRYPTED:
            self._recall(key)
        self._force(mode, key)

    def prepare(self, mode, key):
        """Before a key is stored: make sure that there will be counters for it.

        Raises:
            ValueError: it is the key whose counter was lost.
            OSError: none can be reserved.
        """
        if mode != BTHOME_ENCRYPTED:
            return
        if self._ccm is None:
            self._recall(self._key)
        if self._lost:
            if key == self._key:
                raise ValueError("the counter of this key was lost: take another key")
            # a key from before the loss may come back: not where it began
            chance = 1 + int.from_bytes(os.urandom(2), "big")
            self._counter = BLOCK * chance if self._key else 0
        self._reserve(key)

    def change(self, mode, key):
        """Put in force what was prepared, and is stored by now."""
        self._lost = self._lost and mode != BTHOME_ENCRYPTED
        self._force(mode, key)

    def payload(self, percent, moving, problem, pressed, angle_cdeg):
        """The advertisement, or None where there is none to send.

        While `pressed` stays the packet's number stays too: a home takes it for one press.
        """
        if self._mode == BTHOME_OFF or (self._ccm is not None and not self._count()):
            return None
        if not (pressed and self._held):
            self._packet = (self._packet + 1) & 0xFF
        self._held = pressed
        end = self._put(_OBJECTS_AT, _PACKET, self._packet)
        if percent <= 100:
            end = self._put(end, _BATTERY, percent)
        end = self._put(end, _MOVING, 1 if moving else 0)
        end = self._put(end, _PROBLEM, 1 if problem else 0)
        end = self._put(end, _BUTTON, _PRESS if pressed else _NONE)
        if angle_cdeg != UNKNOWN_ANGLE_CDEG:
            end = self._put(end, _ROTATION, 0)
            pack_into("<h", self._buffer, end - 1, _tenths(angle_cdeg))
            end += 1
        self._buffer[_INFO_AT] = _PLAIN
        if self._ccm is not None:
            end = self._seal(end)
        self._buffer[_LENGTH_AT] = end - _LENGTH_AT - 1
        return memoryview(self._buffer)[:end]

    def pressed_again(self):
        """A press after the one that is being told: it gets a number of its own."""
        self._held = False

    def _put(self, at, what, value):
        self._buffer[at] = what
        self._buffer[at + 1] = value
        return at + 2

    def _seal(self, end):
        self._buffer[_INFO_AT] = _ENCRYPTED
        pack_into("<I", self._nonce, 9, self._counter)
        # the check comes last, behind the counter
        sealed = self._ccm.seal(self._nonce, self._buffer, _OBJECTS_AT, end)
        check = bytes(self._buffer[end:sealed])
        self._buffer[end : end + 4] = self._nonce[9:13]
        self._buffer[end + 4 : end + 8] = check
        return end + 8

    def _force(self, mode, key):
        self._mode = mode
        self._key = key
        self._ccm = Ccm(key) if mode == BTHOME_ENCRYPTED else None

    def _count(self):
        """Go on to a counter that was never used; False if there is none."""
        if self._lost:
            return False
        if self._counter >= self._reserved:
            try:
                self._reserve(self._key)
            except OSError:
                return False
        self._counter += 1
        return True

    def _recall(self, key):
        """After a start all that was reserved for the key in force counts as used."""
        try:
            stored = store.read(PATH)
            reserved = stored["reserved"] if stored is not None else None
            counts = isinstance(reserved, int) and 0 <= reserved < MOST
            self._lost = not counts or stored["key"] != _mark(key)
        except (ValueError, KeyError):
            self._lost = True
        self._counter = self._reserved = 0 if self._lost else reserved

    def _reserve(self, key):
        reserved = self._counter + BLOCK
        if reserved > MOST:
            raise OSError("the counters of this key are used up")
        store.write(PATH, {"reserved": reserved, "key": _mark(key)})
        self._reserved = reserved


def _mark(key):
    """Tells one key from another, and nothing of either."""
    return hashlib.sha256(b"upturn" + key).digest()[:4].hex()


def _tenths(angle_cdeg):
    """To the nearest, and the same below zero as above."""
    tenths = (abs(angle_cdeg) + 5) // 10
    return tenths if angle_cdeg >= 0 else -tenths
