# SPDX-License-Identifier: MIT
"""What a node advertises, in turns: its state for hosts, and BTHome for homes.

Anybody can hear it, and anybody could send the like: it is a hint whom to ask. `set` is given the
facts once a turn, and `next` makes the payload.
"""

from micropython import const

from upturn_node import gatt
from upturn_node.frame import UNKNOWN_ANGLE_CDEG

TURN_MS = 1000
INTERVAL_US = 200_000

PAIRING = const(0x01)
CONNECTED = const(0x02)
CALIBRATED = const(0x04)
FAULT = const(0x08)
BATTERY_LOW = const(0x10)

_LAYOUT = const(1)
_FLAGS = b"\x02\x01\x06"  # general discovery, no BR/EDR
_SERVICE_DATA_128 = const(0x21)
_WHOLE_NAME = const(0x09)
_STATE_AT = const(21)
_STATE_BYTES = const(31)
_PRESS_MS = const(3000)
_MOVED_CDEG = const(300)  # in a turn: more than the noise of an angle
_CIRCLE_CDEG = const(36000)


class Adverts:
    """The payloads of one node. `bthome` is its BTHome."""

    def __init__(self, node_id, bthome):
        self.bthome = bthome
        self._state = bytearray(_STATE_BYTES)
        uuid = bytes.fromhex(gatt.SERVICE.replace("-", ""))
        self._state[0:3] = _FLAGS
        self._state[3] = _STATE_BYTES - 4
        self._state[4] = _SERVICE_DATA_128
        self._state[5:_STATE_AT] = bytes(reversed(uuid))
        self._state[_STATE_AT] = _LAYOUT
        self._state[_STATE_AT + 3 : _STATE_AT + 9] = node_id
        self._home = False
        self._problem = False
        self._moving = False
        self._angle_cdeg = UNKNOWN_ANGLE_CDEG
        self._percent = 255
        self._presses = 0
        self._press_ms = 0

    def set(self, posture, priority, bits, percent, angle_cdeg, presses, problem):
        """The facts of this turn."""
        state = self._state
        state[_STATE_AT + 1] = posture | priority << 3
        state[_STATE_AT + 2] = bits
        state[_STATE_AT + 9] = percent
        self._percent = percent
        self._problem = problem
        self._moving = _apart_cdeg(angle_cdeg, self._angle_cdeg) >= _MOVED_CDEG
        self._angle_cdeg = angle_cdeg
        if presses != self._presses:
            self._presses = presses
            self._press_ms = _PRESS_MS
            self.bthome.pressed_again()

    def hurry(self):
        """The next turn is the state's: somebody waits to see it."""
        self._home = True

    def next(self, dt_ms):
        """The payload of the next turn, `dt_ms` after the one before."""
        self._press_ms = max(self._press_ms - dt_ms, 0)
        self._home = not self._home
        if self._home:
            home = self.bthome.payload(
                self._percent, self._moving, self._problem, self._press_ms > 0, self._angle_cdeg
            )
            if home is not None:
                return home
        return self._state


def name_response(name):
    """The scan response: the name, whole."""
    raw = name.encode()
    return bytes((len(raw) + 1, _WHOLE_NAME)) + raw


def _apart_cdeg(one, other):
    """The way between two angles; 0 where one is not known."""
    if UNKNOWN_ANGLE_CDEG in (one, other):
        return 0
    way = abs(one - other) % _CIRCLE_CDEG
    return min(way, _CIRCLE_CDEG - way)
