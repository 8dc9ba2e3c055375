# SPDX-License-Identifier: MIT
"""The button: its bounces taken away, and a press told from holding it to switch off."""

from micropython import const

_OFF_MS = const(3000)
_STEADY_MS = const(30)  # bounces, and the noise that some boards have on the pin, are shorter


class Button:
    """`down` and `held_ms` without the bounces; `presses` wraps at 256.

    `off`: it is held to switch the node off.
    """

    def __init__(self):
        self.down = False
        self.held_ms = 0
        self.presses = 0
        self.off = False
        self._changing_ms = 0
        self._counted = False

    def step(self, dt_ms, down, inverted, may_switch_off):
        """Take the raw level, `dt_ms` after the one before; True once for each press.

        Who is inverted calls for help at once. Otherwise a press counts when it ends: what is held
        for 3 s switches the node off, and is no call. Where it may not, it is a press.
        """
        if self.down:
            self.held_ms = min(self.held_ms + dt_ms, _OFF_MS)
        released_ms = self._follow(dt_ms, bool(down))
        if self._counted:
            return False
        if not self.down:
            return 0 < released_ms < _OFF_MS and self._count()
        held = self.held_ms == _OFF_MS
        if inverted or (held and not may_switch_off):
            return self._count()
        self.off = held
        return False

    def _follow(self, dt_ms, down):
        """How long the button had been held that was released now, else 0."""
        if down == self.down:
            self._changing_ms = 0
            return 0
        self._changing_ms += dt_ms
        if self._changing_ms < _STEADY_MS:
            return 0
        self._changing_ms = 0
        self.down = down
        held_ms = self.held_ms
        self.held_ms = 0
        if down:
            self._counted = False
        return held_ms

    def _count(self):
        self._counted = True
        self.presses = (self.presses + 1) & 0xFF
        return True
