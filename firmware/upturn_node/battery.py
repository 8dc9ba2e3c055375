# SPDX-License-Identifier: MIT
"""The battery: millivolts, percent, and when it is low or empty.

A sense is any object with `read()` -> millivolts, 0 where there is nothing to measure, and
`external`: fed by cable. It is asked every 10 s, and one odd reading decides nothing.
"""

from micropython import const

LOW_MV = 3500
LOW_PERCENT = 15
EMPTY_MV = 3300
"""A LiPo cell has a few minutes left here, and is harmed not far below."""
UNKNOWN_PERCENT = 255

_NO_CELL_MV = const(2000)  # a divider with no cell on it
_EMPTY_READINGS = const(3)

CURVE = (
    (3300, 0),
    (3500, 5),
    (3600, 12),
    (3700, 30),
    (3750, 42),
    (3800, 52),
    (3900, 70),
    (4000, 82),
    (4100, 93),
    (4200, 100),
)
"""Millivolts and percent of a LiPo cell at a light load: a rough guide, as any such curve."""


class NoBattery:
    """Fed by its cable only."""

    external = True

    def read(self):
        return 0


class AdcBattery:
    """A divider on an ADC pin; whether a cable is in cannot be seen."""

    external = False

    def __init__(self, adc, times_1000):
        self._adc = adc
        self._times_1000 = times_1000

    def read(self):
        # several, because one reading of an ESP32's ADC is off by tens of millivolts
        total = 0
        for _ in range(8):
            total += self._adc.read_uv() // 1000
        return total * self._times_1000 // 8000


class Battery:
    """What the newest reading says. `millivolts` is 0 and `percent` 255 where nothing is known."""

    def __init__(self, sense):
        self._sense = sense
        self.millivolts = 0
        self.percent = UNKNOWN_PERCENT
        self.external = sense.external
        self.low = False
        self.empty = False
        self._empties = 0

    def measure(self):
        """Ask the sense. A PMIC that does not answer leaves all as it was."""
        try:
            millivolts = self._sense.read()
        except OSError:
            return
        self.external = self._sense.external
        if millivolts < _NO_CELL_MV:
            self.millivolts = 0
            self.percent = UNKNOWN_PERCENT
            self.low = self.empty = False
            self._empties = 0
            return
        self.millivolts = millivolts
        self.percent = percent_of(millivolts)
        self.low = millivolts < LOW_MV or self.percent < LOW_PERCENT
        self._empties = self._empties + 1 if millivolts < EMPTY_MV and not self.external else 0
        self.empty = self._empties >= _EMPTY_READINGS


def percent_of(millivolts):
    """By the curve, straight between its points."""
    below_mv, below = CURVE[0]
    if millivolts <= below_mv:
        return below
    for above_mv, above in CURVE[1:]:
        if millivolts <= above_mv:
            return below + (above - below) * (millivolts - below_mv) // (above_mv - below_mv)
        below_mv, below = above_mv, above
    return 100
