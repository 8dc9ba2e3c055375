# SPDX-License-Identifier: MIT
"""Hand-made states of a table and a feed that shows them: what the dashboard's tests look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import sin

from upturn.core.alarm_table import ALARMS, AlarmId, Priority
from upturn.core.commands import Command
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
    Posture,
    PostureChanged,
    SignalChanged,
)
from upturn.core.limits import DEVICES, PROFILES, DeviceKind
from upturn.core.snapshot import AlarmView, Check, Snapshot
from upturn.dashboard.feed import EventRing, SourceState
from upturn.dashboard.history import History
from upturn.dashboard.view import View

NOW_S = 600.0
WALL = datetime(2025, 3, 1, 18, 30, tzinfo=UTC)


def alarm(
    which: AlarmId,
    *,
    priority: Priority | None = None,
    detail: str = "",
    age_s: float = 4.0,
    **changes: object,
) -> AlarmView:
    """An occurrence that is new, sounding and as its row says."""
    spec = ALARMS[which]
    head = f"{spec.title}: {detail}" if detail else spec.title
    view = AlarmView(
        spec=spec,
        occurrence=1,
        priority=priority or spec.priorities[-1],
        message=f"{head}. {spec.advice}",
        detail=detail,
        raised_s=NOW_S - age_s,
        condition=True,
        acknowledged=False,
        sounding=True,
        pause_left_s=0.0,
        pausable=spec.pausable,
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def checks(*problems: str) -> tuple[Check, ...]:
    """Those of a table whose calibration has these problems, and no other."""
    found = [Check("Calibration", problem) for problem in problems]
    return (
        Check("Alarms", "", "on"),
        Check("Data", "", "comes"),
        Check("Sensor", "", "to be believed"),
        *(found or [Check("Calibration", "", "done")]),
        Check("Battery", "", "not low"),
        Check("Computer", "", "works"),
        Check("Spotter", "", "not asked for by this profile"),
    )


CALM = Snapshot(
    now_s=NOW_S,
    node="table",
    node_id="a1b2c3d4e5f6",
    sensor="mpu6050",
    profile=PROFILES["standard"],
    device=DEVICES[DeviceKind.TABLE],
    posture=Posture.UPRIGHT,
    angle_deg=-87.0,
    rate_dps=0.0,
    signal_age_s=0.04,
    signal_lost=False,
    node_off=False,
    inverted=False,
    inversion=0,
    inversion_s=0.0,
    exposure_s=0.0,
    exposure_at_least=False,
    time_left_s=60.0,
    rest_s=0.0,
    rest_left_s=0.0,
    session=0,
    session_inversions=0,
    session_inverted_s=0.0,
    session_longest_s=0.0,
    session_peak_deg=None,
    stand_down=False,
    checks=checks(),
    check_in_age_s=None,
    battery_v=3.91,
    battery_percent=None,
    samples=30_000,
    samples_lost=12,
    alarms=(),
)


def inverted(exposure_s: float, **changes: object) -> Snapshot:
    """Head-down for this long, in the third inversion of the session."""
    return replace(
        CALM,
        posture=Posture.INVERTED,
        angle_deg=52.0,
        inverted=True,
        inversion=3,
        inversion_s=exposure_s,
        exposure_s=exposure_s,
        time_left_s=max(0.0, 60.0 - exposure_s),
        session=1,
        session_inversions=3,
        session_inverted_s=70.0 + exposure_s,
        session_longest_s=max(41.0, exposure_s),
        session_peak_deg=57.6,
        **changes,  # type: ignore[arg-type]
    )


RESTING = replace(
    inverted(38.0),
    posture=Posture.LEVEL,
    angle_deg=-8.0,
    inverted=False,
    inversion_s=0.0,
    rest_s=46.6,
    rest_left_s=43.4,
)

_LIMIT = alarm(AlarmId.TIME_LIMIT, detail="inverted 1:03, limit 1:00", age_s=3.2)
_NO_RETURN = alarm(AlarmId.NO_RETURN, age_s=0.4)
_LOST = alarm(AlarmId.SIGNAL_LOST, pausable=False, age_s=2.3)
_OVER = alarm(AlarmId.OVER_ROTATION, age_s=1.0)
_UNCALIBRATED = alarm(AlarmId.NOT_CALIBRATED, age_s=590.0)
_BATTERY = alarm(AlarmId.BATTERY_LOW, priority=Priority.LOW, detail="node 3.46 V", age_s=75.0)
_FAST = alarm(AlarmId.FAST_TILT, age_s=5.8, condition=False)
_SPOTTER = Check("Spotter", "", "is here")
_SINK = alarm(AlarmId.SINK_FAILED, detail="MQTT: connection refused", age_s=130.0)

SCENES: dict[str, Snapshot] = {
    "calm": CALM,
    "level": RESTING,
    "inverted": inverted(24.3),
    "notice": inverted(46.2, alarms=(alarm(AlarmId.TIME_LIMIT_NEAR, age_s=1.2),)),
    "limit": inverted(63.2, alarms=(_LIMIT,)),
    "no_return": inverted(
        75.4,
        alarms=(_NO_RETURN, replace(_LIMIT, raised_s=NOW_S - 15.4, sounding=False)),
    ),
    "acknowledged": inverted(
        67.0,
        alarms=(replace(_LIMIT, acknowledged=True, sounding=False, pause_left_s=22.6),),
    ),
    "over_rotated": replace(
        inverted(20.0, alarms=(_OVER,)),
        posture=Posture.OVER_ROTATED,
        angle_deg=121.0,
        session_peak_deg=124.0,
    ),
    "lost": inverted(
        41.0, alarms=(_LOST,), signal_age_s=4.3, signal_lost=True, exposure_at_least=True
    ),
    "latched": replace(
        RESTING,
        exposure_s=71.0,
        time_left_s=0.0,
        alarms=(replace(_LIMIT, condition=False, pausable=True),),
    ),
    "not_ready": replace(
        CALM,
        alarms=(),
        checks=checks("not calibrated", "battery of the node is low (3.46 V)"),
    ),
    "many_alarms": inverted(
        76.0,
        exposure_at_least=True,
        profile=PROFILES["standard"],
        checks=checks("not calibrated"),
        alarms=(
            _NO_RETURN,
            alarm(AlarmId.DISTRESS, detail="three taps", age_s=9.0),
            replace(_LIMIT, raised_s=NOW_S - 15.4, sounding=False),
            alarm(AlarmId.NO_MOVEMENT, age_s=12.0),
            alarm(AlarmId.REST_SHORT, detail="0:31 of 1:30", age_s=76.0),
            alarm(AlarmId.ANGLE_LIMIT, detail="66 degrees, limit 60", age_s=44.0),
            _UNCALIBRATED,
            _BATTERY,
            _SINK,
        ),
    ),
    "stand_down": replace(CALM, stand_down=True, checks=checks("stood down")),
    "no_signal": replace(
        CALM,
        posture=Posture.UNKNOWN,
        angle_deg=None,
        rate_dps=None,
        signal_age_s=None,
        battery_v=None,
        samples=0,
        samples_lost=0,
        checks=checks("no data yet"),
        alarms=(alarm(AlarmId.NO_SIGNAL_YET, age_s=8.0),),
    ),
    "resting_paused": replace(RESTING, angle_deg=9.0),
    "stale": replace(RESTING, posture=Posture.UPRIGHT, angle_deg=-84.0, signal_age_s=3.4),
    "checked_in": replace(
        inverted(24.3),
        checks=(*checks()[:-1], Check("Sound", "", "Built-in speakers"), _SPOTTER),
        check_in_age_s=254.0,
        battery_percent=78.0,
    ),
    "call": inverted(
        31.0,
        alarms=(
            alarm(AlarmId.DISTRESS, detail="three taps on the frame", condition=False),
            replace(_FAST, acknowledged=True, sounding=False, pause_left_s=24.2),
        ),
    ),
    "extended": replace(
        inverted(130.0), profile=PROFILES["extended"], time_left_s=170.0, exposure_at_least=True
    ),
}


TABLES: dict[str, Snapshot] = {
    "den": SCENES["inverted"],
    "attic": SCENES["limit"],
    "cellar": SCENES["level"],
}
"""Three of one home; it is not the first that needs somebody."""


def a_history(until_s: float = NOW_S, minutes: float = 10.0) -> History:
    """A table that goes down and comes back, with a gap and a tremor."""
    history = History()
    t_s = until_s - 60.0 * minutes
    while t_s <= until_s:
        phase = (t_s - until_s + 24.0) % 90.0
        shape = min(1.0, phase / 8.0) - min(1.0, max(0.0, phase - 55.0) / 12.0)
        if not 40.0 < until_s - t_s < 44.0:
            history.append(t_s, -87.0 + 139.0 * shape + 1.5 * sin(1.7 * t_s))
        t_s += 0.1
    return history


EARLIER: tuple[Event, ...] = (
    InversionStarted(300.6, 1, 16.0, 300.1, None),
    InversionEnded(329.1, 1, 29.0, 55.2, 29.0),
    InversionStarted(504.5, 2, 16.0, 504.0, 174.9),
    AlarmChanged(
        531.0, AlarmId.FAST_TILT, 1, Priority.MEDIUM, AlarmState.RAISED, "Turning too fast"
    ),
    AlarmChanged(
        536.0, AlarmId.FAST_TILT, 1, Priority.MEDIUM, AlarmState.ACKNOWLEDGED, "Turning too fast"
    ),
    InversionEnded(545.0, 2, 41.0, 57.6, 41.0),
    SignalChanged(558.1, lost=True, gap_s=2.0),
    SignalChanged(560.1, lost=False, gap_s=4.1),
)
"""Of the session that goes on in `EVENTS`."""

EVENTS: tuple[Event, ...] = (
    PostureChanged(572.0, Posture.UPRIGHT, Posture.LEVEL, -34.6),
    Noted(573.0, "stand down ended: a person resumed"),
    PostureChanged(576.1, Posture.LEVEL, Posture.INVERTED, 16.2),
    InversionStarted(576.1, 3, 16.2, 575.6, 95.0),
    AlarmChanged(
        598.0, AlarmId.ANGLE_LIMIT, 1, Priority.MEDIUM, AlarmState.RAISED, "Steeper than the limit"
    ),
)


@dataclass
class StubFeed:
    """Shows what it is given; keeps the commands and answers each with `refusal`."""

    state: Snapshot = CALM
    where: SourceState = field(default_factory=lambda: SourceState("simulated: normal"))
    angles: History = field(default_factory=a_history)
    ring: EventRing = field(default_factory=EventRing)
    refusal: Callable[[Command], str | None] = lambda _: None
    commands: list[Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ring.extend((*EARLIER, *EVENTS))

    def snapshot(self) -> Snapshot:
        return self.state

    def source(self) -> SourceState:
        return self.where

    def history(self) -> History:
        return self.angles

    def events_since(self, n: int) -> tuple[int, Sequence[Event]]:
        return self.ring.since(n)

    def command(self, command: Command) -> str | None:
        self.commands.append(command)
        return self.refusal(command)


class Clock:
    """Time that moves when a test says so; 0.1 is a lit moment of every flash."""

    def __init__(self, now_s: float = 0.1) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


def view(snapshot: Snapshot = CALM, **changes: object) -> View:
    """A view of a snapshot as the app makes it, live and just now."""
    made = View(snapshot, SourceState("simulated: normal"), clock_s=0.1)
    return replace(made, **changes)  # type: ignore[arg-type]
