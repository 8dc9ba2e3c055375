# SPDX-License-Identifier: MIT
"""From the angle to unknown, upright, level, inverted or over-rotated: as host `core.posture`.

Unknown is never upright: no silence changes a posture, only a sample does. Entering and leaving
have borders and dwells of their own, so that a table at rest near a border does not flicker.
"""

from micropython import const

from upturn_node.intmath import longer

# As on the wire; in this order, so that a posture from INVERTED on is head-down
UNKNOWN = const(0)
UPRIGHT = const(1)
LEVEL = const(2)
INVERTED = const(3)
OVER_ROTATED = const(4)

# As host/upturn/core/thresholds.py, which has the reasons.
_UPRIGHT_ENTER = const(-4500)
_UPRIGHT_LEAVE = const(-3500)
_INVERTED_ENTER = const(1500)
_INVERTED_ENTER_MS = const(500)
_INVERTED_LEAVE = const(500)
_STAGED_RETURN_MS = const(10000)
_OVER_ENTER = const(10000)
_OVER_ENTER_MS = const(200)
_OVER_LEAVE = const(9500)
_TURN_LIMIT = const(-13500)
_TURNED_UPRIGHT_MS = const(500)
_RESTART_GAP_MS = const(1000)
_CIRCLE = const(36000)

GAP_MS = const(30)  # a longer step is a gap: one and a half intervals at 50 Hz

_NOT = const(-1)


class Posture:
    """`state`; how long the angle has been above +15: `crossed_ms`, as exposure `counted_ms`."""

    def __init__(self):
        self.take(UNKNOWN)

    def take(self, state):
        """Hold a state from elsewhere than a sample; no dwell has begun."""
        self.state = state
        self.crossed_ms = 0
        self.counted_ms = 0
        self._above_ms = self._below_ms = self._over_ms = self._turned_on_ms = _NOT
        self._unwrapped = 0

    def unwrapped(self, angle_cdeg):
        """The angle as it counts now: past 180 while over-rotated, or about to be."""
        if angle_cdeg <= _TURN_LIMIT and (self.state == OVER_ROTATED or self._over_ms != _NOT):
            return angle_cdeg + _CIRCLE
        return angle_cdeg

    def update(self, dt_ms, angle_cdeg):
        """Take a valid sample, `dt_ms` after the valid sample before it."""
        angle = self.unwrapped(angle_cdeg)
        long_gap = dt_ms > _RESTART_GAP_MS
        if self._turned_on_ms != _NOT:
            self._turned_on_ms = longer(self._turned_on_ms, dt_ms)
        turned_on = (
            self.state == OVER_ROTATED
            and not long_gap
            and self._unwrapped > _CIRCLE // 2
            and _TURN_LIMIT < angle <= _UPRIGHT_ENTER
        )
        if turned_on:
            self._turned_on_ms = 0
        self._unwrapped = angle
        self._keep_dwells(dt_ms, angle, long_gap)
        self.state = UNKNOWN if turned_on else self._next(angle)
        if self.state != UNKNOWN or angle <= _TURN_LIMIT:
            self._turned_on_ms = _NOT

    def _keep_dwells(self, dt_ms, angle, long_gap):
        if angle >= _INVERTED_ENTER:
            if self._above_ms == _NOT:
                # It began with the gap that it ends; from upright, that is no exposure.
                self._above_ms = 0
                self.crossed_ms = dt_ms if dt_ms > GAP_MS else 0
                self.counted_ms = 0 if self.state == UPRIGHT else self.crossed_ms
            else:
                self._above_ms = longer(self._above_ms, dt_ms)
                self.crossed_ms = longer(self.crossed_ms, dt_ms)
                self.counted_ms = longer(self.counted_ms, dt_ms)
            self._below_ms = _NOT
        else:
            self._above_ms = _NOT
            if self._below_ms == _NOT or long_gap:
                self._below_ms = 0
            else:
                self._below_ms = longer(self._below_ms, dt_ms)
        if angle < _OVER_ENTER:
            self._over_ms = _NOT
        elif self._over_ms == _NOT:
            self._over_ms = 0
        else:
            self._over_ms = longer(self._over_ms, dt_ms)

    def _next(self, angle):
        state = self.state
        if self._over_ms >= _OVER_ENTER_MS:
            return OVER_ROTATED
        if angle <= _TURN_LIMIT:
            return UNKNOWN
        if state == OVER_ROTATED and angle >= _OVER_LEAVE:
            return OVER_ROTATED
        if state >= INVERTED:
            if angle > _INVERTED_LEAVE and self._below_ms < _STAGED_RETURN_MS:
                return INVERTED
        elif angle >= _INVERTED_ENTER:
            if self._above_ms >= _INVERTED_ENTER_MS:
                return INVERTED
            return UNKNOWN if state == UNKNOWN else LEVEL
        if angle <= _UPRIGHT_ENTER:
            waits = self._turned_on_ms != _NOT and self._turned_on_ms < _TURNED_UPRIGHT_MS
            return UNKNOWN if waits else UPRIGHT
        if state == UPRIGHT and angle <= _UPRIGHT_LEAVE:
            return UPRIGHT
        return LEVEL
