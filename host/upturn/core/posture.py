# SPDX-License-Identifier: MIT
"""The posture machine: from the angle to unknown, upright, level, inverted or over-rotated.

Rule 1: unknown is never upright; no silence changes a posture, only a sample does.
Rule 2: entering and leaving have borders and dwells of their own (`thresholds`), so that a table
at rest near a border does not flicker.
Rule 3: past 180 the angle is unwrapped while the table is over-rotated, up to 225.
"""

from __future__ import annotations

from math import inf, nextafter

from upturn.core.events import Posture
from upturn.core.thresholds import (
    INVERTED_ENTER_DEG,
    INVERTED_ENTER_S,
    INVERTED_LEAVE_DEG,
    OVER_ENTER_DEG,
    OVER_ENTER_S,
    OVER_LEAVE_DEG,
    RESTART_GAP_S,
    STAGED_RETURN_S,
    TIME_EPSILON_S,
    TURN_LIMIT_DEG,
    TURNED_UPRIGHT_S,
    UPRIGHT_ENTER_DEG,
    UPRIGHT_LEAVE_DEG,
)


def above(border_deg: float) -> float:
    """The least angle that is above the border: turns a `>` into the `>=` of a border list."""
    return nextafter(border_deg, inf)


BORDERS_DEG = (
    above(TURN_LIMIT_DEG),
    above(UPRIGHT_ENTER_DEG),
    above(UPRIGHT_LEAVE_DEG),
    above(INVERTED_LEAVE_DEG),
    INVERTED_ENTER_DEG,
    OVER_LEAVE_DEG,
    OVER_ENTER_DEG,
)
"""Where an angle can change the posture: each is the least angle of the zone above it."""


class PostureMachine:
    """Feed it every sample whose angle passes a border of `BORDERS_DEG`, and those due."""

    def __init__(self, posture: Posture = Posture.UNKNOWN) -> None:
        self.posture = posture
        self.crossed_s = inf
        """When the present stay above +15 began; inf while below."""
        self.counted_s = inf
        """From when on that stay is exposure: not in a gap whose last posture was upright."""
        self.crossed_in_gap = False
        """It is taken to have begun over a long gap."""
        self._above_s = inf
        self._over_s = inf
        self._below_s = inf
        self._turned_on_s = -inf
        self._unwrapped_deg = 0.0

    @property
    def due_s(self) -> float:
        """A sample at or after this time may change the posture at the same angle."""
        dues = [self._turned_on_s + TURNED_UPRIGHT_S] if self._turned_on_s > -inf else []
        if self.posture not in (Posture.INVERTED, Posture.OVER_ROTATED):
            dues.append(self._above_s + INVERTED_ENTER_S)
        elif self.posture is Posture.INVERTED:
            dues.append(self._below_s + STAGED_RETURN_S)
        if self.posture is not Posture.OVER_ROTATED:
            dues.append(self._over_s + OVER_ENTER_S)
        return min(dues, default=inf) - TIME_EPSILON_S

    def unwrapped(self, theta_deg: float) -> float:
        """The angle as it counts now: past 180 while over-rotated, or about to be."""
        turned = self.posture is Posture.OVER_ROTATED or self._over_s < inf
        return theta_deg + 360.0 if turned and theta_deg <= TURN_LIMIT_DEG else theta_deg

    def update(self, t_s: float, theta_deg: float, *, gap_from_s: float | None = None) -> Posture:
        """The posture after this sample.

        `gap_from_s` is the last sample before a gap that ends with this one. A stay above +15 that
        such a gap ends in began at its start; it is exposure from there, unless the person was
        upright then.
        """
        posture = self.posture
        theta = self.unwrapped(theta_deg)
        turned_on = (
            posture is Posture.OVER_ROTATED
            and not _long(t_s, gap_from_s)
            and self._unwrapped_deg > 180.0
            and TURN_LIMIT_DEG < theta <= UPRIGHT_ENTER_DEG
        )
        if turned_on:
            self._turned_on_s = t_s
        self._unwrapped_deg = theta
        self._keep_dwells(t_s, theta, gap_from_s)
        self.posture = Posture.UNKNOWN if turned_on else self._next(t_s, theta)
        if self.posture is not Posture.UNKNOWN or theta <= TURN_LIMIT_DEG:
            self._turned_on_s = -inf
        return self.posture

    def _keep_dwells(self, t_s: float, theta: float, gap_from_s: float | None) -> None:
        if theta >= INVERTED_ENTER_DEG:
            if self._above_s == inf:
                self._above_s = t_s
                self.crossed_s = t_s if gap_from_s is None else gap_from_s
                upright = self.posture is Posture.UPRIGHT
                self.counted_s = t_s if upright else self.crossed_s
                self.crossed_in_gap = not upright and _long(t_s, gap_from_s)
            self._below_s = inf
        else:
            self._above_s = self.crossed_s = inf
            if self._below_s == inf or _long(t_s, gap_from_s):
                self._below_s = t_s
        if theta < OVER_ENTER_DEG:
            self._over_s = inf
        elif self._over_s == inf:
            self._over_s = t_s

    def _next(self, t_s: float, theta: float) -> Posture:
        now_s = t_s + TIME_EPSILON_S
        if now_s >= self._over_s + OVER_ENTER_S:
            return Posture.OVER_ROTATED
        if theta <= TURN_LIMIT_DEG:
            return Posture.UNKNOWN
        if self.posture is Posture.OVER_ROTATED and theta >= OVER_LEAVE_DEG:
            return Posture.OVER_ROTATED
        if self.posture in (Posture.OVER_ROTATED, Posture.INVERTED):
            if theta > INVERTED_LEAVE_DEG and now_s < self._below_s + STAGED_RETURN_S:
                return Posture.INVERTED
        elif theta >= INVERTED_ENTER_DEG:
            if now_s >= self._above_s + INVERTED_ENTER_S:
                return Posture.INVERTED
            return Posture.UNKNOWN if self.posture is Posture.UNKNOWN else Posture.LEVEL
        if theta <= UPRIGHT_ENTER_DEG:
            waiting = now_s < self._turned_on_s + TURNED_UPRIGHT_S
            return Posture.UNKNOWN if waiting else Posture.UPRIGHT
        if self.posture is Posture.UPRIGHT and theta <= UPRIGHT_LEAVE_DEG:
            return Posture.UPRIGHT
        return Posture.LEVEL


def _long(t_s: float, gap_from_s: float | None) -> bool:
    """A gap across which nothing is known to have gone on unbroken."""
    return gap_from_s is not None and t_s - gap_from_s > RESTART_GAP_S
