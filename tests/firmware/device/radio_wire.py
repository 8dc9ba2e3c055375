# SPDX-License-Identifier: MIT
"""The wire from the simulated `bluetooth` to its radio, tests/radio/node_radio.py.

A frame is u16 length, u8 kind, body. What is rare is JSON; a notification, and the radio's word
that it has room for more, are bytes.
"""

import json
import select

JSON = 0
NOTIFY = 1
ROOM = 1

_HEAD_BYTES = 3


class Wire:
    """Both ways of one descriptor; `inbox` has what came and was not looked at."""

    def __init__(self, descriptor):
        self._in = open(descriptor, "rb")
        self._out = open(descriptor, "wb")
        self._poll = select.poll()
        self._poll.register(self._in, select.POLLIN)
        self._head = bytearray(_HEAD_BYTES)
        self.inbox = []
        self.room = 0
        self.gone = False

    def send(self, words):
        self._frame(JSON, json.dumps(words).encode())

    def notify(self, connection, handle, value):
        head = bytes((connection & 0xFF, connection >> 8, handle & 0xFF, handle >> 8))
        self._frame(NOTIFY, head + bytes(value))

    def ask(self, words):
        """Send, and wait for the answer; what else comes meanwhile is kept."""
        self.send(words)
        while True:
            self._read()
            if self.gone:
                raise OSError(19)
            if self.inbox and "answer" in self.inbox[-1]:
                return self.inbox.pop()["answer"]

    def pump(self):
        """Read what is there."""
        while not self.gone and self._poll.poll(0):
            self._read()

    def _frame(self, kind, body):
        size = len(body)
        try:
            self._out.write(bytes((size & 0xFF, size >> 8, kind)) + body)
        except OSError:  # whoever had the radio is gone
            self.gone = True

    def _read(self):
        if self._in.readinto(self._head) != _HEAD_BYTES:
            self.gone = True
            return
        body = self._in.read(self._head[0] | self._head[1] << 8)
        if self._head[2] == ROOM:
            self.room += body[0]
        else:
            self.inbox.append(json.loads(body))


wire = None
"""None: this chip has no radio."""


def connect(descriptor):
    global wire
    wire = Wire(descriptor)
