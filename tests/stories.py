# SPDX-License-Identifier: MIT
"""Sessions in words, and what the core says of them in lines.

    judge(timeline("upright 5s; to 50 in 4s; inverted 61s; silence 3s; upright 5s"))

Phases, parted by semicolons; those without a duration take a sample or two, or none:
    upright 5s | level 5s | inverted 5s | over 5s    hold -80, -10, 50 or 120 degrees, swaying
    at ANGLE 5s | still at ANGLE 5s                  hold any angle, up to 225 past vertical
    to ANGLE in 4s                                   turn there, smoothly
    sway 5s | still 5s                               hold the present angle
    frozen 12s                                       identical readings
    silence 3s                                       no samples
    falling 0.2s | force 1.6 for 2s                  hold under a tenth of a g, or any |f|
    saturated 1s                                     hold, the node says that its range is exceeded
    knock 4g | peak 4g                               one sample of that force, or that reports it
    button | tap                                     pressed for one sample, released at the next
    three taps                                       one sample that reports them counted
    battery 3.4V | battery 14%                       one sample that reports it
    clip turned 25 | clip slipped 7                  from here on the sensor sits so many degrees
                                                     out of the table's plane, or about the hinge
    node says 30 | node says nothing                 the node's own angle from here on
Acts of people and of the shell, at the moment that they are told:
    acknowledge | acknowledge time_limit | acknowledge time_limit #2 | seen upright | stand down
    resume | call for help | I am fine | test alarm | felt fine | goodbye | host stalled 3s
    mqtt fails | mqtt works | node faults | node recovers
    host battery 9% | host battery 9% charging
Holds sway by a degree and a half about every two seconds, as people do, but for `still`, whose
dither is 0.1 mg. Readings are ideal otherwise, in the axes of `mounting.ASSUMED`. A story that
ends in silence is judged to the end of the silence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    Acknowledge,
    Command,
    Distress,
    Goodbye,
    HostBattery,
    HostStalled,
    ImFine,
    NodeFault,
    Resume,
    SeenUpright,
    SinkStatus,
    StandDown,
    Symptoms,
    TestAlarm,
)
from upturn.core.events import (
    AlarmChanged,
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
    PostureChanged,
    SignalChanged,
)
from upturn.core.limits import DEVICES, STANDARD, Device, DeviceKind, Profile
from upturn.core.mounting import ASSUMED, Mounting, Vector
from upturn.core.pipeline import Pipeline
from upturn.core.sample import NodeReport, Sample, StreamInfo

HOLDS_DEG = {"upright": -80.0, "level": -10.0, "inverted": 50.0, "over": 120.0}
SWAY_DEG = 1.5
SWAY_PERIOD_S = 2.0
DITHER_G = 1e-4
FALLING_G = 0.1
TABLE = DEVICES[DeviceKind.TABLE]


@dataclass
class Story:
    """Samples of a timeline, what is known of them, the commands in between, and its end."""

    samples: list[Sample]
    info: StreamInfo
    commands: list[tuple[float, Command]] = field(default_factory=list)
    end_s: float = -math.inf


def stream(
    *, rate_hz: float | None = 50.0, gyro: bool = False, mounting: Mounting | None = ASSUMED
) -> StreamInfo:
    nominal_s = 1.0 / (rate_hz or 50.0)
    return StreamInfo(has_gyro=gyro, nominal_s=nominal_s, rate_hz=rate_hz, mounting=mounting)


def timeline(
    text: str,
    *,
    rate_hz: float = 50.0,
    gyro: bool = False,
    gyro_bias_dps: Vector = (0.0, 0.0, 0.0),
    mounting: Mounting = ASSUMED,
    start_s: float = 0.0,
) -> Story:
    """Build the samples of a session told in phases."""
    teller = _Teller(rate_hz, gyro, gyro_bias_dps, mounting)
    for phase in text.split(";"):
        teller.tell(phase.strip())
    return shifted(
        Story(
            teller.samples,
            stream(rate_hz=rate_hz, gyro=gyro, mounting=mounting),
            teller.commands,
            teller.now_s if teller.silent else -math.inf,
        ),
        start_s,
    )


def shifted(story: Story, by_s: float) -> Story:
    """The same story by a clock that shows `by_s` more."""
    return replace(
        story,
        samples=[s._replace(t_s=s.t_s + by_s) for s in story.samples],
        commands=[(at_s + by_s, command) for at_s, command in story.commands],
        end_s=story.end_s + by_s,
    )


def without(story: Story, drop: set[int]) -> Story:
    """The story with some samples lost on the way."""
    kept = [s for i, s in enumerate(story.samples) if i not in drop]
    return replace(story, samples=kept)


def pipeline(
    story: Story,
    profile: Profile = STANDARD,
    device: Device = TABLE,
    info: StreamInfo | None = None,
) -> Pipeline:
    return Pipeline(info or story.info, profile, device)


def events(
    story: Story,
    profile: Profile = STANDARD,
    *,
    device: Device = TABLE,
    info: StreamInfo | None = None,
    until_s: float | None = None,
) -> list[Event]:
    """Feed a story, with its commands at their times, and tick on to its end or to `until_s`."""
    core = pipeline(story, profile, device, info)
    told = tell(core, story)
    if until_s is not None:
        told += core.tick(until_s)
    return told


def tell(core: Pipeline, story: Story) -> list[Event]:
    """Feed a story to a core; a command comes before the sample of the same time."""
    told: list[Event] = []
    start = 0
    for at_s, command in story.commands:
        stop = start
        while stop < len(story.samples) and story.samples[stop].t_s < at_s:
            stop += 1
        told += core.feed(story.samples[start:stop])
        told += core.command(command, at_s)
        start = stop
    told += core.feed(story.samples[start:])
    if story.end_s > -math.inf:
        told += core.tick(story.end_s)
    return told


def lines(told: Iterable[Event]) -> list[str]:
    """Events as lines that read like a log; what a golden timeline holds."""
    return [_line(event) for event in told]


def judge(
    story: Story,
    profile: Profile = STANDARD,
    *,
    device: Device = TABLE,
    info: StreamInfo | None = None,
    until_s: float | None = None,
) -> list[str]:
    return lines(events(story, profile, device=device, info=info, until_s=until_s))


def alarm_lines(told: Sequence[Event], *ids: AlarmId) -> list[str]:
    """The alarms of these ids, or all of them."""
    return lines(
        event for event in told if isinstance(event, AlarmChanged) and (not ids or event.id in ids)
    )


def _line(event: Event) -> str:
    at = f"{event.t_s:.2f}"
    match event:
        case PostureChanged():
            return f"{at} posture {event.before} -> {event.after}"
        case InversionStarted():
            rest = "" if event.rest_s is None else f", rest {event.rest_s:.2f}"
            return f"{at} inversion {event.n} since {event.since_s:.2f}{rest}"
        case InversionEnded():
            return (
                f"{at} inversion {event.n} ended: {event.duration_s:.2f} s, "
                f"peak {event.peak_angle_deg:.0f}, exposure {event.exposure_s:.2f}"
            )
        case AlarmChanged():
            mark = event.priority.marks
            return f"{at} {event.id} #{event.occurrence} {event.state} {mark}"
        case SignalChanged():
            return f"{at} signal {'lost' if event.lost else 'restored'} {event.gap_s:.2f}"
        case Noted():
            return f"{at} note: {event.text}"


_NUMBER = r"(-?[\d.]+)"
_ACTS: dict[str, Callable[[re.Match[str]], Command]] = {
    r"acknowledge(?: (\w+)(?: #(\d+))?)?": lambda m: Acknowledge(
        AlarmId(m[1]) if m[1] else None, int(m[2]) if m[2] else None
    ),
    r"seen upright": lambda m: SeenUpright(),
    r"test alarm": lambda m: TestAlarm(),
    r"felt (\w+)": lambda m: Symptoms(m[1]),
    r"stand down": lambda m: StandDown(),
    r"resume": lambda m: Resume(),
    r"call for help": lambda m: Distress(),
    r"I am fine": lambda m: ImFine(),
    r"goodbye": lambda m: Goodbye(),
    r"node faults": lambda m: NodeFault("the node's sensor does not answer"),
    r"node recovers": lambda m: NodeFault(""),
    rf"host stalled {_NUMBER}s": lambda m: HostStalled(float(m[1])),
    rf"host battery {_NUMBER}%( charging)?": lambda m: HostBattery(
        float(m[1]), charging=bool(m[2])
    ),
    r"(mqtt|store|sound) (fails|works)": lambda m: SinkStatus(m[1], m[2] == "works"),
}


class _Teller:
    def __init__(
        self, rate_hz: float, gyro: bool, gyro_bias_dps: Vector, mounting: Mounting
    ) -> None:
        self.samples: list[Sample] = []
        self.commands: list[tuple[float, Command]] = []
        self.silent = False
        self._rate_hz = rate_hz
        self._gyro = gyro
        self._gyro_bias_dps = gyro_bias_dps
        self._mounting = mounting
        self._k = 0
        self._angle_deg = HOLDS_DEG["upright"]
        self._before_deg: float | None = None
        self._force_g = 1.0
        self._out_of_plane_deg = 0.0
        self._slip_deg = 0.0
        self._node_deg: float | None = None
        self._phases: dict[str, Callable[[re.Match[str]], None]] = {
            rf"(upright|level|inverted|over) {_NUMBER}s": lambda m: self._at(
                HOLDS_DEG[m[1]], m[2]
            ),
            rf"at {_NUMBER} {_NUMBER}s": lambda m: self._at(float(m[1]), m[2]),
            rf"still at {_NUMBER} {_NUMBER}s": lambda m: self._at(float(m[1]), m[2], sway=False),
            rf"sway {_NUMBER}s": lambda m: self._at(self._angle_deg, m[1]),
            rf"still {_NUMBER}s": lambda m: self._at(self._angle_deg, m[1], sway=False),
            rf"to {_NUMBER} in {_NUMBER}s": lambda m: self._turn(float(m[1]), m[2]),
            rf"frozen {_NUMBER}s": lambda m: self._freeze(m[1]),
            rf"silence {_NUMBER}s": lambda m: self._be_silent(m[1]),
            rf"falling {_NUMBER}s": lambda m: self._pressed(FALLING_G, m[1]),
            rf"force {_NUMBER} for {_NUMBER}s": lambda m: self._pressed(float(m[1]), m[2]),
            rf"saturated {_NUMBER}s": lambda m: self._reports(NodeReport(saturated=True), m[1]),
            rf"knock {_NUMBER}g": lambda m: self._knock(float(m[1])),
            rf"peak {_NUMBER}g": lambda m: self._report(NodeReport(peak_g=float(m[1]))),
            r"button": lambda m: self._report(NodeReport(button=True), NodeReport(button=False)),
            r"tap": lambda m: self._report(NodeReport(tap=True), NodeReport(tap=False)),
            r"three taps": lambda m: self._report(NodeReport(call=True)),
            rf"battery {_NUMBER}V": lambda m: self._report(NodeReport(battery_v=float(m[1]))),
            rf"battery {_NUMBER}%": lambda m: self._report(
                NodeReport(battery_percent=float(m[1]))
            ),
            rf"clip turned {_NUMBER}": lambda m: setattr(self, "_out_of_plane_deg", float(m[1])),
            rf"clip slipped {_NUMBER}": lambda m: setattr(self, "_slip_deg", float(m[1])),
            rf"node says {_NUMBER}": lambda m: setattr(self, "_node_deg", float(m[1])),
            r"node says nothing": lambda m: setattr(self, "_node_deg", None),
        }

    @property
    def now_s(self) -> float:
        return self._k / self._rate_hz

    def tell(self, phase: str) -> None:
        for pattern, act in _ACTS.items():
            if match := re.fullmatch(pattern, phase):
                self.commands.append((self.now_s, act(match)))
                return
        for pattern, tell_phase in self._phases.items():
            if match := re.fullmatch(pattern, phase):
                self.silent = False
                tell_phase(match)
                return
        raise ValueError(f"no such phase: {phase!r}")

    def _count(self, seconds: str) -> int:
        return round(float(seconds) * self._rate_hz)

    def _at(self, angle_deg: float, seconds: str, *, sway: bool = True) -> None:
        self._angle_deg = angle_deg
        for i in range(self._count(seconds)):
            phase = 2 * math.pi * i / self._rate_hz / SWAY_PERIOD_S
            self._sample(angle_deg + (SWAY_DEG * math.sin(phase) if sway else 0.0))

    def _turn(self, target_deg: float, seconds: str) -> None:
        start_deg, count = self._angle_deg, self._count(seconds)
        for i in range(count):
            x = i / count
            self._sample(start_deg + (target_deg - start_deg) * x * x * (3 - 2 * x))
        self._angle_deg = target_deg

    def _freeze(self, seconds: str) -> None:
        last = self.samples[-1]._replace(report=None)
        for _ in range(self._count(seconds)):
            self.samples.append(last._replace(t_s=self.now_s))
            self._k += 1

    def _be_silent(self, seconds: str) -> None:
        self._k += self._count(seconds)
        self._before_deg = None
        self.silent = True

    def _pressed(self, force_g: float, seconds: str) -> None:
        self._force_g = force_g
        self._at(self._angle_deg, seconds, sway=False)
        self._force_g = 1.0

    def _knock(self, force_g: float) -> None:
        self._force_g = force_g
        self._sample(self._angle_deg)
        self._force_g = 1.0

    def _reports(self, report: NodeReport, seconds: str) -> None:
        self._report(*[report] * self._count(seconds))

    def _report(self, *reports: NodeReport) -> None:
        for report in reports:
            self._sample(self._angle_deg, report=report)

    def _sample(self, angle_deg: float, *, report: NodeReport | None = None) -> None:
        if self._node_deg is not None:
            report = (report or NodeReport())._replace(angle_deg=self._node_deg)
        theta = math.radians(angle_deg + self._slip_deg)
        out = math.radians(self._out_of_plane_deg)
        in_plane_g, hinge_g = self._force_g * math.cos(out), self._force_g * math.sin(out)
        hinge_g += DITHER_G * (1 if self._k % 2 else -1)
        head, front, hinge = self._mounting.head, self._mounting.front, self._mounting.hinge
        ax, ay, az = (
            in_plane_g * (math.cos(theta) * n - math.sin(theta) * b) + hinge_g * h
            for b, n, h in zip(head, front, hinge, strict=True)
        )
        gx, gy, gz = 0.0, 0.0, 0.0
        if self._gyro:
            before_deg = angle_deg if self._before_deg is None else self._before_deg
            rate_dps = (angle_deg - before_deg) * self._rate_hz
            gx, gy, gz = (
                bias - rate_dps * h for bias, h in zip(self._gyro_bias_dps, hinge, strict=True)
            )
        self.samples.append(Sample(self.now_s, ax, ay, az, gx, gy, gz, report))
        self._before_deg = angle_deg
        self._k += 1
