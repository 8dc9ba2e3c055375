# SPDX-License-Identifier: MIT
"""The node's own count of inverted time: as the host's `core.exposure`, but summed up on the way.

Exposure is the inverted time since the last full rest, so that rocking up and down cannot hide a
long one. Time without samples counts while inverted; rest needs samples. All stops at 12 days.
"""

from micropython import const

from upturn_node.intmath import longer

_REST_GAP_MS = const(1000)  # a drop-out up to this long is no pause of the rest


class Exposure:
    """Counters as in MEASUREMENT. `open`: an inversion is under way."""

    def __init__(self, epoch, full_rest_ms):
        self.epoch = epoch
        self.full_rest_ms = full_rest_ms
        self.inversions = 0
        self.exposure_ms = 0
        self.inversion_ms = 0
        self.inverted_ms = 0
        self.rest_ms = 0
        self.open = False
        self._resting = False

    def start(self, crossed_ms, counted_ms):
        """An inversion began `crossed_ms` ago; `counted_ms` of it are exposure."""
        self.open = True
        self._resting = False
        self.inversions = (self.inversions + 1) & 0xFFFF
        self.inversion_ms = crossed_ms if crossed_ms > 0 else 1  # 0 says that none is open
        self.inverted_ms = longer(self.inverted_ms, crossed_ms)
        self.exposure_ms = longer(self.exposure_ms, counted_ms)

    def end(self):
        """It is over: rest starts at zero."""
        self.open = False
        self.inversion_ms = 0
        self.rest_ms = 0

    def time(self, dt_ms):
        """Time passed, with samples or without."""
        if self.open:
            self.inversion_ms = longer(self.inversion_ms, dt_ms)
            self.inverted_ms = longer(self.inverted_ms, dt_ms)
            self.exposure_ms = longer(self.exposure_ms, dt_ms)

    def rested(self, step_ms):
        """A valid sample came, `step_ms` after the valid one before it."""
        if self._resting and step_ms <= _REST_GAP_MS:
            self.rest_ms = longer(self.rest_ms, step_ms)
            if self.rest_ms >= self.full_rest_ms:
                self.exposure_ms = 0

    def rests(self, resting):
        """Whether the newest sample is rest: head up, at no more than +5 degrees."""
        self._resting = resting and not self.open
