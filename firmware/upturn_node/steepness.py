# SPDX-License-Identifier: MIT
"""The angle against the profile's limit: as the host's `core.steepness`."""

from micropython import const

from upturn_node.intmath import longer

_MARGIN = const(300)  # calibration error
_RAISE_MS = const(2000)  # a swing past the limit is no stay
_CLEAR_MS = const(3000)  # nor is a swing back within it
_NOT = const(-1)


class Steepness:
    """`raised` 2 s above the limit and its margin, no more 3 s at or below the limit."""

    def __init__(self):
        self.raised = False
        self._above_ms = self._within_ms = _NOT

    def update(self, step_ms, unwrapped_cdeg, limit_cdeg):
        """Take a valid sample, `step_ms` after the valid sample before it."""
        if unwrapped_cdeg <= limit_cdeg + _MARGIN:
            self._above_ms = _NOT
        elif self._above_ms == _NOT:
            self._above_ms = 0
        else:
            self._above_ms = longer(self._above_ms, step_ms)
        if unwrapped_cdeg > limit_cdeg:
            self._within_ms = _NOT
        elif self._within_ms == _NOT:
            self._within_ms = 0
        else:
            self._within_ms = longer(self._within_ms, step_ms)
        if self.raised:
            self.raised = self._within_ms < _CLEAR_MS
        else:
            self.raised = self._above_ms >= _RAISE_MS
