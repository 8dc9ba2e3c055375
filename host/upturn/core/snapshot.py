# SPDX-License-Identifier: MIT
"""The state of one table at one moment, as values: what a display or a telemetry message shows."""

from __future__ import annotations

from dataclasses import dataclass

from upturn.core.alarm_table import AlarmSpec, Priority
from upturn.core.events import Posture
from upturn.core.limits import Device, Profile


@dataclass(frozen=True, slots=True)
class AlarmView:
    """One active occurrence."""

    spec: AlarmSpec
    occurrence: int
    priority: Priority
    message: str
    """Title, detail and advice, as events have it."""
    detail: str
    """What of it is this occurrence's own; may be empty."""
    raised_s: float
    condition: bool
    """False: the condition is gone and the occurrence only waits to be acknowledged."""
    acknowledged: bool
    sounding: bool
    pause_left_s: float
    """Seconds until its sound comes back; 0 when not paused."""
    pausable: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One of the pre-use checks that READY is made of."""

    name: str
    problem: str = ""
    """Why it was not passed; empty: it was."""
    note: str = ""
    """What is so, where it was passed."""

    @property
    def passed(self) -> bool:
        return not self.problem


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`now_s` is the core's time; what is not known is None, never a default."""

    now_s: float
    node: str
    """The node's name, for people."""
    node_id: str
    """Of its hardware; empty until it is known."""
    sensor: str
    """Which chip; empty where nobody says."""
    profile: Profile
    device: Device
    posture: Posture
    angle_deg: float | None
    rate_dps: float | None
    signal_age_s: float | None
    """Seconds since the newest sample; None before the first."""
    signal_lost: bool
    node_off: bool
    """The node was switched off in order."""
    inverted: bool
    """An inversion is open."""
    inversion: int
    """Number of the open or last inversion; 0 before the first."""
    inversion_s: float
    exposure_s: float
    exposure_at_least: bool
    """Part of the exposure was assumed over missing data."""
    time_left_s: float
    """To the limit, at the present exposure."""
    rest_s: float
    """Rest since the last inversion ended."""
    rest_left_s: float
    """0 when a full rest has passed or nothing is to be rested from."""
    session: int
    session_inversions: int
    session_inverted_s: float
    session_longest_s: float
    session_peak_deg: float | None
    stand_down: bool
    checks: tuple[Check, ...]
    """Every check of READY, passed or not; one that failed twice stands there twice."""
    overridden: bool
    """What fails was accepted by a person: READY all the same."""
    check_in_age_s: float | None
    """Seconds since the spotter said to be here; None: never, or too long ago to count."""
    battery_v: float | None
    battery_percent: float | None
    samples: int
    samples_lost: int
    alarms: tuple[AlarmView, ...]
    """Most urgent first."""

    @property
    def not_ready(self) -> tuple[str, ...]:
        """Every reason for NOT READY; empty means READY."""
        return tuple(check.problem for check in self.checks if not check.passed)

    @property
    def ready(self) -> bool:
        return self.overridden or all(check.passed for check in self.checks)
