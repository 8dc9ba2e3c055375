# SPDX-License-Identifier: MIT
"""Hand-made states of a table and a feed that shows them: what the dashboard's tests look at.

Each could be: the alarms of time, what sounds and the pre-use check follow from the state by the
core's own rules, and the events and angles of a feed are those that lead to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import inf

import numpy as np

from upturn.core.alarm_table import ALARMS, AlarmId, Priority
from upturn.core.commands import Command, SoundOutput
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
from upturn.core.readiness import PASSED, Readiness
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
    passed = {name: Check(name, "", note) for name, note in PASSED.items()}
    before, after = list(passed), list(passed)
    at = before.index("Calibration")
    return (
        *(passed[name] for name in before[:at]),
        *(found or [passed["Calibration"]]),
        *(passed[name] for name in after[at + 1 :]),
        Check("Spotter", "", "not asked for by this profile"),
    )


def possible(snapshot: Snapshot, *, sound: SoundOutput | None = None) -> Snapshot:
    """The same with the alarms and the checks that follow from it."""
    alarms = _sounding((*snapshot.alarms, *_of_time(snapshot)))
    spotter = snapshot.profile.needs_spotter
    readiness = Readiness(needs_spotter=spotter)
    if sound is not None:
        readiness.sound(sound)
    if snapshot.check_in_age_s is not None:
        readiness.check_in(snapshot.now_s - snapshot.check_in_age_s)
    no_data = "no data from the table yet" if snapshot.signal_age_s is None else ""
    found = readiness.checks(
        snapshot.now_s,
        alarms,
        stand_down=snapshot.stand_down,
        no_data=no_data,
        upright=snapshot.posture is Posture.UPRIGHT,
        rest_left_s=snapshot.rest_left_s,
    )
    return replace(snapshot, alarms=alarms, checks=found)


def _of_time(snapshot: Snapshot) -> Iterator[AlarmView]:
    """What the exposure has raised and nobody gave: the notice, and the limit."""
    if not snapshot.inverted:
        return
    given = {alarm.spec.id for alarm in snapshot.alarms}
    profile = snapshot.profile
    for which, from_s in (
        (AlarmId.TIME_LIMIT_NEAR, profile.notice_s),
        (AlarmId.TIME_LIMIT, profile.limit_s),
    ):
        age_s = snapshot.exposure_s - from_s
        if age_s >= 0.0 and which not in given:
            detail = f"{from_s:.0f} s reached" if which is AlarmId.TIME_LIMIT else ""
            yield alarm(which, detail=detail, age_s=age_s)


def _sounding(alarms: Iterable[AlarmView]) -> tuple[AlarmView, ...]:
    """In the core's order; of each group only the highest sounds."""
    ordered = sorted(alarms, key=lambda a: (-a.priority, not a.condition, -a.raised_s))
    places = list(ALARMS)
    loudest = {
        a.spec.group: a.spec.id
        for a in sorted(ordered, key=lambda a: (a.priority, places.index(a.spec.id)))
    }
    return tuple(
        replace(
            a,
            sounding=a.pause_left_s <= 0.0
            and (a.spec.group is None or loudest[a.spec.group] is a.spec.id),
            pausable=a.spec.pausable or not a.condition if a.pausable else a.pausable,
        )
        for a in ordered
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
    overridden=False,
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

_BACK = replace(  # after 1:11, of which the last 11 s were over the limit
    RESTING,
    exposure_s=71.0,
    time_left_s=0.0,
    session_inverted_s=141.0,
    session_longest_s=71.0,
)
_LIMIT = "60 s reached"
_LOST = alarm(AlarmId.SIGNAL_LOST, pausable=False, age_s=2.3)
_OVER = alarm(AlarmId.OVER_ROTATION, age_s=1.0)
_STEEP = alarm(AlarmId.ANGLE_LIMIT, detail="limit 60 degrees", age_s=0.2)
_UNCALIBRATED = alarm(AlarmId.NOT_CALIBRATED, age_s=590.0)
_FAST = alarm(AlarmId.FAST_TILT, age_s=5.8, condition=False)
_SINK = alarm(AlarmId.SINK_FAILED, detail="mqtt (connection refused)", age_s=130.0)

_STATES: dict[str, Snapshot] = {
    "calm": CALM,
    "level": RESTING,
    "inverted": inverted(24.3),
    "notice": inverted(46.2),
    "limit": inverted(63.2),
    "no_return": inverted(75.4, alarms=(alarm(AlarmId.NO_RETURN, age_s=0.4),)),
    "acknowledged": inverted(
        67.4,
        alarms=(
            alarm(
                AlarmId.TIME_LIMIT,
                detail=_LIMIT,
                age_s=7.4,
                acknowledged=True,
                pause_left_s=22.6,
            ),
            alarm(AlarmId.TIME_LIMIT_NEAR, age_s=22.4, acknowledged=True, pause_left_s=22.6),
        ),
    ),
    "over_rotated": replace(
        inverted(20.0, alarms=(_OVER, _STEEP)),
        posture=Posture.OVER_ROTATED,
        angle_deg=121.0,
        session_peak_deg=124.0,
    ),
    "lost": inverted(
        41.0, alarms=(_LOST,), signal_age_s=4.3, signal_lost=True, exposure_at_least=True
    ),
    "latched": replace(
        _BACK,
        alarms=(alarm(AlarmId.TIME_LIMIT, detail=_LIMIT, age_s=57.6, condition=False),),
    ),
    "not_ready": replace(
        CALM,
        battery_v=3.46,
        alarms=(
            _UNCALIBRATED,
            alarm(AlarmId.BATTERY_LOW, priority=Priority.LOW, detail="node", age_s=75.0),
        ),
    ),
    "many_alarms": replace(
        inverted(76.0),
        exposure_at_least=True,
        battery_v=3.46,
        alarms=(
            alarm(AlarmId.NO_RETURN, age_s=1.0),
            alarm(AlarmId.DISTRESS, detail="three taps on the frame", age_s=9.0, condition=False),
            alarm(
                AlarmId.NO_MOVEMENT, detail="still for 30 s", age_s=12.0, priority=Priority.MEDIUM
            ),
            alarm(AlarmId.ANGLE_LIMIT, detail="limit 60 degrees", age_s=44.0),
            _UNCALIBRATED,
            alarm(AlarmId.BATTERY_LOW, detail="node", age_s=75.0),
            _SINK,
        ),
        angle_deg=66.0,
        session_peak_deg=67.1,
    ),
    "stand_down": replace(CALM, posture=Posture.LEVEL, angle_deg=-8.0, stand_down=True),
    "no_signal": replace(
        CALM,
        now_s=23.0,
        posture=Posture.UNKNOWN,
        angle_deg=None,
        rate_dps=None,
        signal_age_s=None,
        battery_v=None,
        samples=0,
        samples_lost=0,
        alarms=(replace(alarm(AlarmId.NO_SIGNAL_YET), raised_s=15.0),),
    ),
    "resting_paused": replace(RESTING, angle_deg=9.0),
    "stale": replace(RESTING, posture=Posture.UPRIGHT, angle_deg=-84.0, signal_age_s=3.4),
    "checked_in": replace(inverted(24.3), check_in_age_s=254.0, battery_percent=78.0),
    "call": inverted(
        31.0,
        alarms=(
            alarm(AlarmId.DISTRESS, detail="three taps on the frame", age_s=4.0, condition=False),
            replace(_FAST, acknowledged=True),
        ),
    ),
    "extended": replace(
        inverted(130.0),
        profile=PROFILES["extended"],
        time_left_s=170.0,
        exposure_at_least=True,
    ),
    "unconfirmed": replace(CALM, profile=PROFILES["first-time"], time_left_s=45.0),
}
_HEARD = {
    "checked_in": SoundOutput("Built-in speakers", confirmed=True),
    "unconfirmed": SoundOutput("Built-in speakers", confirmed=False),
}
SCENES: dict[str, Snapshot] = {
    name: possible(state, sound=_HEARD.get(name)) for name, state in _STATES.items()
}


TABLES: dict[str, Snapshot] = {
    "den": SCENES["inverted"],
    "attic": SCENES["limit"],
    "cellar": SCENES["level"],
}
"""Three of one home; it is not the first that needs somebody."""


def a_history(until_s: float = NOW_S, snapshot: Snapshot | None = None) -> History:
    """The angles that lead to a state; without one, to the third inversion of a session."""
    shown = snapshot or inverted(24.3)
    edges = [(began_s, ended_s, peak_deg) for began_s, ended_s, peak_deg in _turns(shown)]
    last_deg = -87.0 if shown.angle_deg is None else shown.angle_deg
    path: list[tuple[float, float]] = [(until_s - 600.0, -87.0)]
    for began_s, ended_s, peak_deg in edges:
        path += [(began_s - 6.0, -87.0), (began_s, 15.0), (began_s + 4.0, peak_deg - 4.0)]
        if ended_s < shown.now_s:
            rest_deg = last_deg if began_s == edges[-1][0] else -87.0
            path += [(ended_s - 5.0, peak_deg - 4.0), (ended_s, 5.0), (ended_s + 6.0, rest_deg)]
    now_s = shown.now_s
    path += [(now_s - 4.0, path[-1][1]), (now_s - 0.8, last_deg), (now_s, last_deg)]
    path = sorted(point for point in path if point[0] <= shown.now_s)
    t_s = np.arange(until_s - 600.0, until_s, 0.1)
    at_s, angles = zip(*path, strict=True)
    history = History()
    history.load(t_s, np.interp(t_s, at_s, angles) + 1.5 * np.sin(1.7 * t_s))
    return history


def _turns(snapshot: Snapshot) -> list[tuple[float, float, float]]:
    """When each inversion of the session began and ended, and its peak; the open one last."""
    if not snapshot.session_inversions:
        return []
    ends_s = snapshot.now_s - (0.0 if snapshot.inverted else snapshot.rest_s)
    lasted_s = snapshot.exposure_s
    newest = (ends_s - lasted_s, ends_s if not snapshot.inverted else inf, 56.0)
    return [(100.1, 129.1, 55.2), (240.0, 281.0, 57.6), newest]


def events_of(snapshot: Snapshot) -> tuple[Event, ...]:
    """What happened on the way to a state, in order of time."""
    if not snapshot.session_inversions:
        return _raised(snapshot)
    (*_, (began_s, ended_s, peak_deg)) = _turns(snapshot)
    n = snapshot.inversion
    own: list[Event] = [InversionStarted(began_s + 0.5, n, 16.2, began_s, began_s - 281.0)]
    if ended_s < snapshot.now_s:
        lasted_s = snapshot.exposure_s
        own.append(InversionEnded(ended_s, n, lasted_s, peak_deg, lasted_s))
    told = [*EARLIER, *own, *_raised(snapshot)]
    return tuple(sorted(told, key=lambda event: event.t_s))


def _raised(snapshot: Snapshot) -> tuple[Event, ...]:
    return tuple(
        AlarmChanged(a.raised_s, a.spec.id, a.occurrence, a.priority, AlarmState.RAISED, a.message)
        for a in sorted(snapshot.alarms, key=lambda a: a.raised_s)
    )


EARLIER: tuple[Event, ...] = (
    InversionStarted(100.6, 1, 16.0, 100.1, None),
    InversionEnded(129.1, 1, 29.0, 55.2, 29.0),
    InversionStarted(240.5, 2, 16.0, 240.0, 110.9),
    AlarmChanged(
        276.0, AlarmId.FAST_TILT, 1, Priority.MEDIUM, AlarmState.RAISED, "Turning too fast"
    ),
    AlarmChanged(
        279.0, AlarmId.FAST_TILT, 1, Priority.MEDIUM, AlarmState.ACKNOWLEDGED, "Turning too fast"
    ),
    InversionEnded(281.0, 2, 41.0, 57.6, 41.0),
    SignalChanged(312.0, lost=True, gap_s=10.0),
    SignalChanged(314.1, lost=False, gap_s=12.1),
)
"""Of the session that goes on in `EVENTS`."""

EVENTS: tuple[Event, ...] = (
    PostureChanged(572.0, Posture.UPRIGHT, Posture.LEVEL, -34.6),
    Noted(573.0, "stand down ends: resumed"),
    PostureChanged(576.1, Posture.LEVEL, Posture.INVERTED, 16.2),
    InversionStarted(576.1, 3, 16.2, 575.6, 294.6),
    AlarmChanged(
        598.0, AlarmId.ANGLE_LIMIT, 1, Priority.MEDIUM, AlarmState.RAISED, "Steeper than the limit"
    ),
)


@dataclass
class StubFeed:
    """Shows what it is given; keeps the commands and answers each with `refusal`."""

    state: Snapshot = CALM
    where: SourceState = field(default_factory=lambda: SourceState("simulated: normal"))
    angles: History | None = None
    """None: those that lead to the state."""
    ring: EventRing = field(default_factory=EventRing)
    refusal: Callable[[Command], str | None] = lambda _: None
    commands: list[Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        age_s = self.state.signal_age_s
        if self.angles is None:
            until_s = self.state.now_s - (age_s or 0.0)
            self.angles = History() if age_s is None else a_history(until_s, self.state)
        self.ring.extend(events_of(self.state))

    def snapshot(self) -> Snapshot:
        return self.state

    def source(self) -> SourceState:
        return self.where

    def history(self) -> History:
        assert self.angles is not None
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
