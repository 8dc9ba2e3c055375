# SPDX-License-Identifier: MIT
"""The serial line and BLE as one: what a node says goes to whoever wants it.

An answer goes only where its command came from. A MEASUREMENT goes to both as it is, so its
samples are as many as the one with the least room, and the serial line's rate, allow.
"""

from micropython import const

from upturn_node.frame import MEASUREMENT_BYTES, SAMPLE_BYTES

MESSAGES_HZ = const(50)
BLE_MESSAGES_HZ = const(25)
_COUNTER = const(0xFFFF)


class Links:
    """`serial` and `ble` have `wanted`, `room`, `dropped`, `bad_frames`, `send`, `receive`,
    `answer`, `heard` and `step`.

    `short`: the host over BLE wants messages, and has no room for a MEASUREMENT.
    """

    def __init__(self, serial, ble):
        self.serial = serial
        self.ble = ble
        self._source = serial
        self.set_rate(MESSAGES_HZ)

    @property
    def wanted(self):
        return self.serial.wanted or self.ble.wanted

    @property
    def short(self):
        return self.ble.wanted and self.ble.room < self._least_bytes

    @property
    def measured(self):
        """Somebody wants a MEASUREMENT."""
        return self.serial.wanted or (self.ble.wanted and self.ble.room >= self._least_bytes)

    @property
    def room(self):
        """Of an answer to the command that is being carried out."""
        return self._source.room

    @property
    def dropped(self):
        return (self.serial.dropped + self.ble.dropped) & _COUNTER

    @property
    def bad_frames(self):
        return (self.serial.bad_frames + self.ble.bad_frames) & _COUNTER

    def set_rate(self, rate_hz):
        """Samples a second; the most that a message ever holds."""
        self._few = rate_hz // MESSAGES_HZ
        self._many = rate_hz // BLE_MESSAGES_HZ
        self._least_bytes = MEASUREMENT_BYTES + self._few * SAMPLE_BYTES
        return self._many

    def samples(self):
        """How many the next MEASUREMENT is to hold."""
        if self.serial.wanted:
            return self._few
        fit = (self.ble.room - MEASUREMENT_BYTES) // SAMPLE_BYTES
        return max(self._few, min(self._many, fit))

    def heard(self):
        """A host spoke, over the link that is being read."""
        self._source.heard()

    def step(self, dt_ms):
        self.serial.step(dt_ms)
        self.ble.step(dt_ms)

    def receive(self, take):
        self._source = self.serial
        self.serial.receive(take)
        self._source = self.ble
        self.ble.receive(take)
        self._source = self.serial

    def answer(self, message):
        self._source.answer(message)

    def tell(self, message):
        """To whoever wants it; over BLE only where it fits."""
        length = len(message)
        if self.serial.wanted:
            self.serial.send(message, length)
        self._tell_ble(message, length)

    def announce(self, message):
        """As `tell`, and on the line even where nobody was heard: the first and the last word."""
        length = len(message)
        self.serial.send(message, length)
        self._tell_ble(message, length)

    def measure(self, message, length):
        """A MEASUREMENT; whether everybody who wants it took it."""
        taken = True
        if self.serial.wanted:
            taken = self.serial.send(message, length)
        if self.ble.wanted and not self.short:
            taken = self.ble.send(message, length) and taken
        return taken

    def shorten(self, message):
        """A SHORT; whether it was taken."""
        return self.ble.send(message, len(message))

    def _tell_ble(self, message, length):
        if self.ble.wanted and length <= self.ble.room:
            self.ble.send(message, length)
