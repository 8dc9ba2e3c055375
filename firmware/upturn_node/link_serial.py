# SPDX-License-Identifier: MIT
"""The serial line: messages out when somebody reads them, commands in a byte at a time.

`stdin` and `stdout` are the binary streams of MicroPython's prompt, which stays in place: Ctrl-C
from a person ends the program, and a host never sends that byte.
"""

from micropython import const

from upturn_node.framing import MAX_MESSAGE, Deframer, Framer

WANTED_MS = 5000
"""A port that nobody reads can hold a writer up, so a host has to have spoken of late."""

_MOST_BYTES = const(512)  # at one go: a babbling line must not hold up the samples
_COUNTER = const(0xFFFF)
_SATURATED = const(0x3FFFFFFF)


class SerialLink:
    """`readable` and `writable` are select.poll objects with the one stream each.

    `wanted` is true while a host was heard of late.
    """

    room = MAX_MESSAGE

    def __init__(self, stdin, stdout, readable, writable):
        self._stdin = stdin
        self._stdout = stdout
        self._readable = readable
        self._writable = writable
        self._framer = Framer()
        self._deframer = Deframer()
        self._byte = bytearray(1)
        self._heard_ms = _SATURATED
        self.wanted = False
        self.dropped = 0

    @property
    def bad_frames(self):
        return self._deframer.bad & _COUNTER

    def heard(self):
        """A host spoke: a valid command was among what came in."""
        self._heard_ms = 0
        self.wanted = True

    def step(self, dt_ms):
        """Time passes."""
        if self._heard_ms < _SATURATED - dt_ms:
            self._heard_ms += dt_ms
        self.wanted = self._heard_ms < WANTED_MS

    def send(self, message, length):
        """Write a message with its check; False, and counted, if the line does not take it."""
        count = self._framer.wrap(message, length)
        try:
            for _ in self._writable.ipoll(0):
                if self._stdout.write(self._framer.wire, 0, count) == count:
                    return True
        except OSError:
            pass
        self.dropped = (self.dropped + 1) & _COUNTER
        return False

    def answer(self, message):
        self.send(message, len(message))

    def receive(self, take):
        """Read what is there; `take(message, length)` gets each message, without its check."""
        left = _MOST_BYTES
        deframer = self._deframer
        try:
            while left and self._ready():
                # more than what is there would block on an ESP32
                if not self._stdin.readinto(self._byte):
                    return
                left -= 1
                length = deframer.push(self._byte[0])
                if length:
                    take(deframer.message, length)
        except OSError:
            pass  # nobody at the other end

    def _ready(self):
        for _ in self._readable.ipoll(0):
            return True
        return False
