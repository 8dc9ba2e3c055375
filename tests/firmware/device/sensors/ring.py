# SPDX-License-Identifier: MIT
"""A FIFO of whole readings."""


class Ring:
    """The newest `depth` readings of `width` bytes."""

    def __init__(self, depth, width):
        self.depth = depth
        self.count = 0
        self._width = width
        self._bytes = bytearray(depth * width)
        self._head = 0

    def clear(self):
        self.count = 0
        self._head = 0

    def push(self, source, start):
        """Copy a reading; the oldest gives way, and then it tells True."""
        lost = self.count == self.depth
        if lost:
            self.drop()
        at = (self._head + self.count) % self.depth * self._width
        for i in range(self._width):
            self._bytes[at + i] = source[start + i]
        self.count += 1
        return lost

    def oldest(self, i):
        return self._bytes[self._head * self._width + i]

    def drop(self):
        self._head = (self._head + 1) % self.depth
        self.count -= 1
