# SPDX-License-Identifier: MIT
"""Moments of the table: turning too fast, a hard knock, a fall."""

from __future__ import annotations

from math import inf

from upturn.core.alarm_table import AlarmId
from upturn.core.alarms import AlarmBook
from upturn.core.thresholds import (
    FALL_QUIET_FROM_S,
    FALL_QUIET_TO_S,
    FALL_SHIFT_DEG,
    FAST_TILT_DPS,
    FAST_TILT_S,
    FREE_FALL_G,
    FREE_FALL_S,
    FREE_FALL_WITHIN_S,
    IMPACT_G,
    TIME_EPSILON_S,
)
from upturn.core.tilt import Block, Reading

_EPISODE_S = FREE_FALL_WITHIN_S  # knocks closer than this are bounces of one


class TableEvents:
    """Sees every sample that is out of the ordinary, and the next one after it."""

    def __init__(self, alarms: AlarmBook) -> None:
        self._alarms = alarms
        self._fast_from_s = inf
        self._fast_sign = 0.0
        self._fast_said = False
        self._falling_from_s = inf
        self._fell_s = -inf
        self._knock_s = -inf
        self._fall_said = False
        self._plane_before_deg: float | None = None
        self._recent_planes_deg: list[float] = []

    @property
    def wants_sample(self) -> bool:
        """A run is under way: the next sample decides whether it goes on."""
        return self._fast_from_s < inf or self._falling_from_s < inf

    def on_sample(self, reading: Reading, *, after_gap: bool) -> None:
        """A judged sample; `after_gap`: over 1 s without samples before it."""
        if after_gap:
            self._fast_from_s = self._falling_from_s = inf
        self._watch_rate(reading.t_s, reading.rate_dps)
        self._watch_free_fall(reading.t_s, reading.force_g)
        peak_g = reading.force_g
        if reading.report is not None and reading.report.peak_g is not None:
            peak_g = max(peak_g, reading.report.peak_g)
        if peak_g > IMPACT_G:
            self._knock(reading.t_s, peak_g)

    def on_block(self, block: Block, off_plane_deg: float, *, quiet: bool) -> None:
        """`off_plane_deg`: how far gravity stands out of the table's plane of rotation."""
        if (
            quiet
            and not self._fall_said
            and self._plane_before_deg is not None
            and block.from_s >= self._knock_s + FALL_QUIET_FROM_S
            and block.to_s <= self._knock_s + FALL_QUIET_TO_S
            and abs(off_plane_deg - self._plane_before_deg) > FALL_SHIFT_DEG
        ):
            self._say_fall(block.t_s, "knocked out of its plane")
        self._recent_planes_deg = [*self._recent_planes_deg[-1:], off_plane_deg]

    def _watch_rate(self, now_s: float, rate_dps: float) -> None:
        if abs(rate_dps) <= FAST_TILT_DPS:
            self._fast_from_s = inf
            return
        sign = 1.0 if rate_dps > 0.0 else -1.0
        if self._fast_from_s == inf or sign != self._fast_sign:
            self._fast_from_s, self._fast_sign, self._fast_said = now_s, sign, False
        lasts = now_s - self._fast_from_s >= FAST_TILT_S - TIME_EPSILON_S
        if lasts and not (self._fast_said and self._alarms.is_active(AlarmId.FAST_TILT)):
            self._fast_said = True
            self._alarms.trigger(now_s, AlarmId.FAST_TILT)

    def _watch_free_fall(self, now_s: float, force_g: float) -> None:
        if self._falling_from_s < inf and (
            now_s - self._falling_from_s >= FREE_FALL_S - TIME_EPSILON_S
        ):
            self._fell_s = now_s
        if force_g >= FREE_FALL_G:
            self._falling_from_s = inf
        elif self._falling_from_s == inf:
            self._falling_from_s = now_s

    def _knock(self, now_s: float, peak_g: float) -> None:
        if now_s - self._knock_s > _EPISODE_S:
            self._fall_said = False
            # The newest block may already hold the start of the knock.
            self._plane_before_deg = next(iter(self._recent_planes_deg), None)
        self._knock_s = now_s
        self._alarms.trigger(now_s, AlarmId.IMPACT, f"{peak_g:.1f} g")
        if not self._fall_said and now_s - self._fell_s <= FREE_FALL_WITHIN_S + TIME_EPSILON_S:
            self._say_fall(now_s, "free fall, then a knock")

    def _say_fall(self, now_s: float, how: str) -> None:
        self._fall_said = True
        self._alarms.trigger(now_s, AlarmId.FALL, how)
