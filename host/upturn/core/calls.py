# SPDX-License-Identifier: MIT
"""Calls for help from the node: its button, and three taps on the frame."""

from __future__ import annotations

from upturn.core.sample import NodeReport
from upturn.core.thresholds import TAP_MAX_S, TAP_MIN_S, TAPS, TIME_EPSILON_S


class NodeCalls:
    """Turns the levels that the node reports into presses and tap triples.

    A report that says nothing of a level leaves it as it was.
    """

    def __init__(self) -> None:
        self._button = False
        self._tap = False
        self._taps_s: list[float] = []

    def pressed(self, report: NodeReport) -> bool:
        """The button went down with this report: the step from 0 to 1."""
        if report.button is None:
            return False
        before, self._button = self._button, report.button
        return self._button and not before

    def tapped(self, now_s: float, report: NodeReport, *, upright: bool) -> bool:
        """The third of three taps, 0.15 to 0.7 s apart; while upright taps mean nothing."""
        if upright:
            self._taps_s.clear()
        if report.tap is None:
            return False
        before, self._tap = self._tap, report.tap
        if upright or before or not self._tap:
            return False
        if self._taps_s:
            apart_s = now_s - self._taps_s[-1]
            if apart_s < TAP_MIN_S - TIME_EPSILON_S:
                return False  # one tap rings
            if apart_s > TAP_MAX_S + TIME_EPSILON_S:
                self._taps_s.clear()
        self._taps_s.append(now_s)
        if len(self._taps_s) < TAPS:
            return False
        self._taps_s.clear()
        return True
