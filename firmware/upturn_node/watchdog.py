# SPDX-License-Identifier: MIT
"""The watchdog is fed only while the whole node lives.

Every task checks in, and behind them stands a fourth witness: there was a valid sample, or the
sensor has a declared fault and is being tried again. A sensor that is dead keeps the node up to
tell the host why; a task that hangs, or a sampler that runs and yields nothing, is a reset.
"""

from array import array

from micropython import const

SAMPLER = const(0)
SIGNALS = const(1)
READER = const(2)
SAMPLES = const(3)

TIMEOUT_MS = 5000
"""Of the hardware. The slowest sensor takes 1.5 s to set up, in one go."""
PATIENCE_MS = (3000, 3000, 3000, 3000)
"""How long each may be silent; by the numbers above."""

_LONG_MS = const(60_000)


class Watchdog:
    def __init__(self):
        self._wdt = None
        self._silent_ms = array("i", (0,) * len(PATIENCE_MS))

    def arm(self, wdt):
        """From now on a node that hangs is reset; there is no way back but a reset."""
        self._wdt = wdt

    @property
    def armed(self):
        return self._wdt is not None

    def check_in(self, who):
        self._silent_ms[who] = 0

    def step(self, dt_ms):
        """Feed, if all have checked in of late; whether they have."""
        alive = True
        silent_ms = self._silent_ms
        for who in range(len(PATIENCE_MS)):
            total_ms = silent_ms[who] + dt_ms
            silent_ms[who] = total_ms if total_ms < _LONG_MS else _LONG_MS
            if total_ms > PATIENCE_MS[who]:
                alive = False
        if alive and self._wdt is not None:
            self._wdt.feed()
        return alive
