# SPDX-License-Identifier: MIT
"""A call for help by three taps on the frame, from the largest and the least force of a sample.

The rhythm is that of the host's `core.calls`: each tap 0.15 to 0.7 s after the one before. What is
closer is a tap that rings, and is passed over. A tap stands out, to either side, from what the
sensor usually reads, so that an error of its scale neither makes taps nor hides them.

Not tried on hardware. Of simulated light knocks, 0.7 to 1.2 g from any side and without a ring,
84 % are seen, and 79 % by a LIS3DH: what comes across gravity hardly changes its length. So three
of them are a call six times in ten, and five in ten; a fourth and fifth tap help. Of 330 simulated
sessions without taps none had a call.
"""

from micropython import const

from upturn_node.intmath import LONGEST_MS, eased, longer

_TAP_MG = const(150)
_QUIET_MG = const(100)  # in between: the next tap is a new one
_TAPS = const(3)
_MIN_MS = const(150)
_MAX_MS = const(700)
_USUAL_TAU_MS = const(2000)
_LONGEST_STEP_MS = const(1000)


class Taps:
    """`calls` counts triples and wraps at 256."""

    def __init__(self):
        self.calls = 0
        self._count = 0
        self._since_ms = LONGEST_MS
        self._quiet = True
        self._usual = 1000 << 8  # mg / 256

    def step(self, dt_ms, peak_mg, trough_mg, upright):
        """Take the largest and the least force of the last `dt_ms`; True if they hold a tap."""
        self._since_ms = longer(self._since_ms, dt_ms)
        if upright:
            self._count = 0
        usual_mg = self._usual >> 8
        apart_mg = max(peak_mg - usual_mg, usual_mg - trough_mg)
        dt_ms = min(dt_ms, _LONGEST_STEP_MS)
        # a tap is no news of the usual
        news_mg = (peak_mg + trough_mg >> 1) - usual_mg
        usual = self._usual + (max(-_QUIET_MG, min(news_mg, _QUIET_MG)) << 8)
        self._usual = eased(self._usual, usual, (dt_ms << 18) // (_USUAL_TAU_MS + dt_ms))
        if apart_mg < _TAP_MG:
            if apart_mg < _QUIET_MG:
                self._quiet = True
            return False
        if not self._quiet or self._since_ms < _MIN_MS:
            return False
        self._quiet = False
        if self._since_ms > _MAX_MS:
            self._count = 0
        self._since_ms = 0
        if not upright:
            self._count += 1
            if self._count == _TAPS:
                self._count = 0
                self.calls = (self.calls + 1) & 0xFF
        return True
