# SPDX-License-Identifier: MIT
"""Time head-down against the profile: notice, limit, no return, and rest that was too short."""

from __future__ import annotations

from math import inf

from upturn.core.alarm_table import AlarmId
from upturn.core.alarms import AlarmBook
from upturn.core.exposure import ExposureLedger
from upturn.core.limits import Profile
from upturn.core.thresholds import (
    NO_RETURN_REPEAT_S,
    NO_RETURN_S,
    TIME_EPSILON_S,
    WAY_UP_DROP_DEG,
    WAY_UP_S,
)


class TimeLimits:
    """Judged by the clock: what is due comes due without samples too."""

    def __init__(self, profile: Profile, ledger: ExposureLedger, alarms: AlarmBook) -> None:
        self._profile = profile
        self._ledger = ledger
        self._alarms = alarms
        self._near = self._over = self._no_return = False
        self._said_s = inf
        self._lowest_deg: float | None = None
        self._progress_s = -inf
        self._rest_short_said = False

    @property
    def due_s(self) -> float:
        """When the next of these alarms is to be raised or said again."""
        if not self._ledger.open:
            return inf
        dues = []
        if not self._near:
            dues.append(self._ledger.reaches_s(self._profile.notice_s))
        if not self._over:
            dues.append(self._ledger.reaches_s(self._profile.limit_s))
        else:
            waits_s = NO_RETURN_REPEAT_S if self._no_return else NO_RETURN_S
            dues.append(max(self._said_s + waits_s, self._progress_s + WAY_UP_S))
        return min(dues)

    @property
    def wants_sample(self) -> bool:
        """The next sample sets the angle from which coming up is measured."""
        return self._over and self._lowest_deg is None

    @property
    def low_deg(self) -> float:
        """A sample at or below this angle is progress on the way up."""
        return -inf if self._lowest_deg is None else self._lowest_deg - WAY_UP_DROP_DEG

    def inversion_began(self, now_s: float, rest_s: float | None) -> None:
        if self._ledger.owes_rest:
            rested = f"{rest_s or 0.0:.0f} of {self._profile.rest_s:.0f} s"
            silent = self._rest_short_said
            self._alarms.set(now_s, AlarmId.REST_SHORT, True, detail=rested, silent=silent)
            self._rest_short_said = True
        else:
            self._rest_short_said = False
        self.tick(now_s)

    def inversion_ended(self, now_s: float) -> None:
        for id in (
            AlarmId.NO_RETURN,
            AlarmId.TIME_LIMIT,
            AlarmId.TIME_LIMIT_NEAR,
            AlarmId.REST_SHORT,
        ):
            self._alarms.set(now_s, id, False)
        self._near = self._over = self._no_return = False
        self._said_s = inf
        self._lowest_deg = None
        self._progress_s = -inf

    def tick(self, now_s: float) -> None:
        """Raise what is due; call it at `due_s` or whenever exposure may have jumped."""
        ledger, profile = self._ledger, self._profile
        if not ledger.open:
            return
        exposed_s = ledger.exposure_s(now_s) + TIME_EPSILON_S
        if not self._near and exposed_s >= profile.notice_s:
            self._near = True
            self._alarms.set(now_s, AlarmId.TIME_LIMIT_NEAR, True)
        if not self._over and exposed_s >= profile.limit_s:
            self._over = True
            self._said_s = now_s
            detail = f"{profile.limit_s:.0f} s reached"
            self._alarms.set(now_s, AlarmId.TIME_LIMIT, True, detail=detail)
        if self._over and now_s >= self.due_s - TIME_EPSILON_S:
            self._said_s = now_s
            if self._no_return:
                self._alarms.escalate(now_s, AlarmId.NO_RETURN)
            else:
                self._no_return = True
                self._alarms.set(now_s, AlarmId.NO_RETURN, True)

    def resumed(self, now_s: float) -> None:
        """An inversion goes on that began before this watch: what came due since is due."""
        self.tick(now_s)
        if self._over:
            self._said_s = min(now_s, self._ledger.reaches_s(self._profile.limit_s))
            self.tick(now_s)

    def repaired(self, now_s: float) -> None:
        """The exposure was set anew, perhaps below what was reached; no return goes on."""
        exposed_s = self._ledger.exposure_s(now_s) + TIME_EPSILON_S
        if self._near and exposed_s < self._profile.notice_s:
            self._near = False
            self._alarms.set(now_s, AlarmId.TIME_LIMIT_NEAR, False)
        if self._over and exposed_s < self._profile.limit_s and not self._no_return:
            self._over = False
            self._said_s = inf
            self._lowest_deg = None
            self._progress_s = -inf
            self._alarms.set(now_s, AlarmId.TIME_LIMIT, False)
        self.tick(now_s)

    def on_angle(self, now_s: float, theta_deg: float) -> None:
        """An unwrapped angle, at least whenever it is at or below `low_deg`."""
        if not self._over:
            return
        if self._lowest_deg is None:
            self._lowest_deg = theta_deg
        elif theta_deg <= self._lowest_deg - WAY_UP_DROP_DEG:
            self._lowest_deg = theta_deg
            self._progress_s = now_s
