# SPDX-License-Identifier: MIT
"""The monitor: one table's posture, inversions, rest and alarm conditions on one time axis.

Rule 1: it never asks the time. Samples and `advance` carry it; what is due by the clock is judged
at the moment it is due, whether or not a sample comes.
Rule 2: silence clears nothing and ends nothing. Only a sample, or a logged act, does.
Rule 3: conditions are judged on their level, from the first sample on.
Rule 4: a sensor fault that is raised while inverted is loss of data too: no sample ends the
inversion until the fault clears or a person says "seen upright".
"""

from __future__ import annotations

from math import inf, isnan, nan

from upturn.core.alarm_table import AlarmId
from upturn.core.alarms import AlarmBook
from upturn.core.battery import BatteryWatch
from upturn.core.calls import NodeCalls
from upturn.core.events import (
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
    Posture,
    PostureChanged,
)
from upturn.core.exposure import ExposureLedger
from upturn.core.health import is_quiet
from upturn.core.limits import Device, Profile
from upturn.core.past import FRESH_S, Past, known, or_never
from upturn.core.posture import BORDERS_DEG, PostureMachine, above
from upturn.core.repair import CountRepair
from upturn.core.sample import NodeReport, StreamInfo
from upturn.core.signal import SignalWatch
from upturn.core.steepness import AngleLimit
from upturn.core.stillness import StillnessWatch
from upturn.core.table_events import TableEvents
from upturn.core.thresholds import (
    ANGLE_MARGIN_DEG,
    REST_MAX_DEG,
    RESTART_GAP_S,
    STAND_DOWN_UPRIGHT_S,
    TIME_EPSILON_S,
    TURN_LIMIT_DEG,
)
from upturn.core.tilt import Block, Reading
from upturn.core.time_limits import TimeLimits
from upturn.core.trust import SensorTrust

_HEAD_DOWN = (Posture.INVERTED, Posture.OVER_ROTATED)
_HEAD_UP = (Posture.UPRIGHT, Posture.LEVEL)


class Monitor:
    """Implements `tilt.Judge`. Events are appended to `out` in order of time."""

    def __init__(
        self,
        info: StreamInfo,
        profile: Profile,
        device: Device,
        out: list[Event],
        *,
        awaits_first: bool = False,
    ) -> None:
        """`awaits_first`: time 0 is the start, and no sample by then + 15 s is an alarm."""
        self._out = out
        self._gap_s = info.gap_s
        self._info = info
        self._machine = PostureMachine()
        self.ledger = ExposureLedger(profile.rest_s)
        self.alarms = AlarmBook(out)
        self._limits = TimeLimits(profile, self.ledger, self.alarms)
        self._angle_limit = AngleLimit(profile.max_angle_deg, self.alarms)
        self._stillness = StillnessWatch(self.alarms)
        self._events = TableEvents(self.alarms)
        self._calls = NodeCalls()
        self._battery = BatteryWatch(self.alarms)
        self._signal = SignalWatch(self.alarms, out, awaits_first=awaits_first)
        self._trust = SensorTrust(info, self.alarms)
        self._repair = CountRepair(self.ledger, out)
        self._judges_angle = device.judges_angle
        self.now_s = -inf
        self._ended_s = -inf
        self._inversion_peak_deg = -inf
        self._last_deg = nan
        self._upright_from_s = inf
        self._next_matters = False
        self.peak_deg = -inf
        self.samples_lost = 0
        self.stand_down = False
        self.due_s = -inf
        self.low_deg = -inf
        self.motion_matters = False
        self._resumed_s = -inf
        self._past_node_id = ""

    @property
    def posture(self) -> Posture:
        return self._machine.posture

    @property
    def signal_lost(self) -> bool:
        return self._signal.lost

    @property
    def last_s(self) -> float:
        """When the person was last seen by a sensor, by the watch before this one too."""
        return max(self._signal.last_s, self._resumed_s)

    @property
    def silent(self) -> bool:
        """No data comes, whatever is known of the person."""
        return self._signal.lost or self._signal.off

    @property
    def node_off(self) -> bool:
        """It was switched off in order."""
        return self._signal.off

    @property
    def battery_percent(self) -> float | None:
        return self._battery.percent

    @property
    def battery_v(self) -> float | None:
        return self._battery.volts

    @staticmethod
    def borders_deg(profile: Profile) -> list[float]:
        """The angles at which a sample has to be judged."""
        limit_deg = profile.max_angle_deg
        return sorted({*BORDERS_DEG, above(limit_deg), above(limit_deg + ANGLE_MARGIN_DEG)})

    def sees(self, last_s: float, theta_deg: float) -> None:
        """The newest sample so far, judged or not."""
        self._signal.last_s = last_s
        self._last_deg = theta_deg

    def judge_next(self) -> None:
        """The next sample has to be judged, whatever it is."""
        self._next_matters = True
        self.due_s = -inf

    def clock_due_s(self) -> float:
        """When something is due by the clock, whether or not a sample comes; inf for never."""
        return min(self._limits.due_s, self.alarms.due_s, self._signal.due_s(self.posture))

    def advance(self, to_s: float) -> None:
        """Let time pass up to `to_s` without a sample."""
        while (due_s := self.clock_due_s()) <= to_s + TIME_EPSILON_S / 2:
            self.now_s = max(self.now_s, min(due_s, to_s))
            self._at(self.now_s)
        self.now_s = max(self.now_s, to_s)
        self._guard()

    def past(
        self,
        now_s: float,
        last_s: float,
        *,
        check_in_age_s: float | None,
        equipment_age_s: float | None,
    ) -> Past:
        """All that has to outlive this watch; `last_s` is when the newest sample was."""
        return Past(
            posture=self.posture,
            angle_deg=self._last_deg,
            signal_age_s=max(0.0, now_s - last_s),
            node_id=self._info.node_id or self._past_node_id,
            mounting=self._info.mounting,
            inversion_peak_deg=known(self._inversion_peak_deg) if self.ledger.open else None,
            held=self._trust.held and self.ledger.open,
            stand_down=self.stand_down,
            check_in_age_s=check_in_age_s,
            equipment_age_s=equipment_age_s,
            ledger=self.ledger.past(now_s, last_s),
            heard=self._repair.past(now_s),
            alarms=self.alarms.past(now_s),
        )

    def resume(self, past: Past, now_s: float, *, gap_s: float, rested_s: float) -> None:
        """Go on from what was written down `gap_s` ago at most and `rested_s` ago at least.

        Too old, it is only known how much had been counted: the posture is unknown.
        """
        then_s = now_s - gap_s
        lasts = gap_s < FRESH_S
        self.advance(now_s)
        self.ledger.resume(past.ledger, then_s, rested_s=rested_s, lasts=lasts)
        self._repair.resume(past.heard, then_s)
        self._past_node_id = past.node_id
        self._inversion_peak_deg = or_never(past.inversion_peak_deg)
        if not lasts:
            if past.inverted:
                self.alarms.trigger(now_s, AlarmId.LEFT_INVERTED, f"{gap_s / 60.0:.0f} min ago")
            return
        self._machine = PostureMachine(past.posture)
        self._last_deg = past.angle_deg
        self._ended_s = self.ledger.ended_s
        self.alarms.take_up(past.alarms, then_s)
        self._out.append(Noted(now_s, f"goes on after {gap_s:.0f} s without a watch"))
        if past.stand_down:
            self.set_stand_down(now_s, True, "as before")
        if past.posture is not Posture.UPRIGHT and past.posture is not Posture.UNKNOWN:
            self._resumed_s = self._signal.last_s = then_s - past.signal_age_s
        over = past.posture is Posture.OVER_ROTATED and self._judges_angle
        self.alarms.set(now_s, AlarmId.OVER_ROTATION, over)
        if past.inverted:
            if past.held:
                self._trust.resume(now_s)
            self._limits.resumed(now_s)
            self._stillness.inversion_began(now_s)
        self._at(now_s)
        self._guard()

    def on_sample(self, reading: Reading) -> None:
        t_s, before_s = reading.t_s, max(reading.before_s, self._resumed_s)
        self._signal.last_s = before_s
        self.advance(t_s)
        first = before_s == -inf
        starts = reading.before_s == -inf
        step_s = 0.0 if first else t_s - before_s
        long_gap = step_s > RESTART_GAP_S
        # What a node that was switched off in order did not send is not lost; nor is it rest.
        gap_from_s = before_s if step_s > self._gap_s and not self._signal.off else None
        self._next_matters = False
        if starts:
            self.alarms.set(t_s, AlarmId.NOT_CALIBRATED, self._info.mounting is None)
        elif gap_from_s is not None:
            self.samples_lost += self._info.samples_lost(step_s)
        if not first:
            self.ledger.gap(before_s, t_s)
        if first or step_s > self._gap_s:
            self._repair.missed()
        self._signal.on_sample(t_s, self.now_s)
        theta_deg = self._machine.unwrapped(reading.theta_deg)
        self._watch_peak(max(theta_deg, reading.peak_deg))
        self.ledger.settle_rest(t_s)
        self._watch_posture(t_s, reading.theta_deg, gap_from_s)
        theta_deg = self._machine.unwrapped(reading.theta_deg)
        if not self._trust.held:
            self._limits.on_angle(t_s, theta_deg)
        self._limits.tick(t_s)
        if not self._trust.held:
            if self._judges_angle:
                self._angle_limit.on_sample(t_s, theta_deg)
            self._stillness.on_sample(t_s, reading.moved_s, after_gap=long_gap)
        self._events.on_sample(reading, after_gap=long_gap or first)
        if reading.report is not None:
            self._hear_node(t_s, reading.report)
        released = self._trust.on_sample(reading, inverted=self.ledger.open)
        if released:
            self._forget_dwells()
        self._end_stand_down_upright(t_s)
        self._next_matters = released or self._needs_next(reading)
        self._guard()

    def on_block(self, block: Block) -> None:
        self._trust.on_block(block, ended_s=self._ended_s, inverted=self.ledger.open)
        if not self._info.angle_only:
            self._events.on_block(block, self._trust.off_plane_deg(block), quiet=is_quiet(block))
        if self._trust.wants_sample:
            self.judge_next()

    def seen_upright(self, now_s: float) -> None:
        """A person's word: the inversion ends now; its exposure stays."""
        if isnan(self._last_deg):
            self._out.append(Noted(now_s, "seen upright: nothing is watched yet", refusal=True))
            return
        self._out.append(Noted(now_s, "seen upright"))
        self._trust.release()
        self._leave(now_s, Posture.UPRIGHT)
        self.alarms.set(now_s, AlarmId.SIGNAL_LOST, False)

    def set_stand_down(self, now_s: float, on: bool, why: str) -> None:
        if on is self.stand_down:
            return
        self.stand_down = on
        self._out.append(Noted(now_s, f"stand down {'begins' if on else 'ends'}: {why}"))
        if on:
            self._upright_from_s = now_s if self.posture is Posture.UPRIGHT else inf
            self.alarms.suspend(now_s)
        else:
            self.alarms.resume(now_s)

    def goodbye(self, now_s: float) -> None:
        """The node was switched off in order; while inverted that is no order."""
        if self.ledger.open:
            self._out.append(
                Noted(now_s, "node switched off while inverted: taken as loss of data")
            )
            return
        self._out.append(Noted(now_s, "node switched off"))
        self._signal.off = True
        self._leave(now_s, Posture.UNKNOWN)

    def describe(self, now_s: float, info: StreamInfo) -> None:
        """The stream is another one from here on: rate, range or calibration changed."""
        before, self._info = self._info, info
        self._gap_s = info.gap_s
        if self._trust.describe(now_s, info, before, inverted=self.ledger.open):
            self._forget_dwells()
        if info.node_id not in (before.node_id, before.node_id or self._past_node_id):
            self._repair.forget()
        if self._signal.last_s > -inf:
            self.alarms.set(now_s, AlarmId.NOT_CALIBRATED, info.mounting is None)
        self.judge_next()

    def node_fault(self, now_s: float, words: str) -> None:
        """The node believes its own sensor no longer, or again."""
        if self._trust.on_node_fault(now_s, words, inverted=self.ledger.open):
            self._forget_dwells()

    def expect_stop(self, angle_deg: float | None) -> None:
        """What upright read when this calibration was proved."""
        self._trust.expect_stop(angle_deg)

    def im_fine(self, now_s: float) -> None:
        self._out.append(Noted(now_s, "I am fine"))
        self._stillness.restart(now_s)
        self._guard()

    def host_battery(self, now_s: float, percent: float, *, charging: bool) -> None:
        self._battery.on_host(now_s, percent, charging=charging, inverted=self.ledger.open)

    def distress(self, now_s: float, source: str) -> None:
        """A call for help; it ends a stand-down."""
        self.set_stand_down(now_s, False, "call for help")
        self.alarms.trigger(now_s, AlarmId.DISTRESS, source)

    @property
    def session_peak_deg(self) -> float:
        """Steepest angle of the session's inversions, the open one included; -inf for none."""
        peak_deg = self.ledger.session_tally.peak_deg
        return max(peak_deg, self._inversion_peak_deg) if self.ledger.open else peak_deg

    def _forget_dwells(self) -> None:
        """A hold has ended: what an angle had begun before it counts no more."""
        self._machine = PostureMachine(self.posture)

    def _at(self, now_s: float) -> None:
        """Judge what is due by the clock at this moment."""
        self.alarms.tick(now_s)
        self._limits.tick(now_s)
        self._signal.tick(now_s, self.posture)

    def _leave(self, now_s: float, posture: Posture) -> None:
        """Take a posture from elsewhere than a sample; what the angle had begun is over."""
        before = self.posture
        self._machine = PostureMachine(posture)
        self._angle_limit.reset(now_s)
        self._change_posture(now_s, before, posture, self._last_deg)

    def _watch_peak(self, peak_deg: float) -> None:
        self.peak_deg = max(self.peak_deg, peak_deg)
        self._inversion_peak_deg = max(self._inversion_peak_deg, peak_deg)

    def _watch_posture(self, now_s: float, theta_deg: float, gap_from_s: float | None) -> None:
        if self._trust.held and self.ledger.open:
            return
        before = self.posture
        was_below = self._machine.crossed_s == inf
        after = self._machine.update(now_s, theta_deg, gap_from_s=gap_from_s)
        if was_below and self._machine.crossed_s < inf and not self.ledger.open:
            self._inversion_peak_deg = self._machine.unwrapped(theta_deg)
        self._change_posture(now_s, before, after, theta_deg)
        self.ledger.set_resting(now_s, after in _HEAD_UP and theta_deg <= REST_MAX_DEG)

    def _change_posture(
        self, now_s: float, before: Posture, after: Posture, theta_deg: float
    ) -> None:
        if after is before:
            return
        self._out.append(PostureChanged(now_s, before, after, theta_deg))
        self._upright_from_s = now_s if after is Posture.UPRIGHT else inf
        if after in _HEAD_DOWN and not self.ledger.open:
            self._begin_inversion(now_s, theta_deg)
        elif after in _HEAD_UP and self.ledger.open:
            self._end_inversion(now_s)
        over = after is Posture.OVER_ROTATED and self._judges_angle
        self.alarms.set(now_s, AlarmId.OVER_ROTATION, over)

    def _begin_inversion(self, now_s: float, theta_deg: float) -> None:
        machine = self._machine
        since_s = max(min(machine.crossed_s, now_s), self._ended_s)
        counted_s = max(min(machine.counted_s, now_s), since_s)
        rest_s = self.ledger.start(now_s, since_s, counted_s, at_least=machine.crossed_in_gap)
        n = self.ledger.total.inversions
        self._out.append(InversionStarted(now_s, n, theta_deg, since_s, rest_s))
        self.alarms.inversion_began(now_s)
        self._limits.inversion_began(now_s, rest_s)
        self._stillness.inversion_began(since_s)
        self._battery.say(now_s, inverted=True)

    def _end_inversion(self, now_s: float) -> None:
        n = self.ledger.total.inversions
        duration_s = self.ledger.end(now_s)
        self._ended_s = now_s
        exposure_s = self.ledger.exposure_s(now_s)
        peak_deg = self._inversion_peak_deg
        self.ledger.session_tally.peak_deg = max(self.ledger.session_tally.peak_deg, peak_deg)
        self._out.append(InversionEnded(now_s, n, duration_s, peak_deg, exposure_s))
        self._limits.inversion_ended(now_s)
        self._stillness.inversion_ended(now_s)

    def _hear_node(self, now_s: float, report: NodeReport) -> None:
        upright = self.posture is Posture.UPRIGHT
        if self._calls.pressed(report):
            if upright and self.alarms.only_latched:
                self.alarms.acknowledge(now_s, None, None, inverted=False)
            else:
                self.distress(now_s, "button on the node")
        if self._calls.tapped(now_s, report, upright=upright) or report.call:
            self.distress(now_s, "three taps on the frame")
        if report.counters is not None:
            settled = self.ledger.open or self._machine.crossed_s == inf
            if self._repair.on_counters(now_s, report.counters, settled=settled):
                self._limits.repaired(now_s)
        self._battery.on_report(now_s, report, inverted=self.ledger.open)

    def _end_stand_down_upright(self, now_s: float) -> None:
        if self.stand_down and now_s >= self._upright_from_s + STAND_DOWN_UPRIGHT_S:
            self.set_stand_down(now_s, False, "5 s upright")

    def _needs_next(self, reading: Reading) -> bool:
        """The next sample has to be judged whatever it is."""
        turned = reading.theta_deg <= TURN_LIMIT_DEG
        return turned or self._events.wants_sample or self._trust.wants_sample

    def _guard(self) -> None:
        """Say which samples have to be judged next."""
        dues_s = [
            self.clock_due_s(),
            self._machine.due_s,
            self.ledger.rest_due_s,
            self._angle_limit.due_s,
            self._stillness.due_s,
        ]
        if self.stand_down:
            dues_s.append(self._upright_from_s + STAND_DOWN_UPRIGHT_S)
        matters = self._next_matters or self._limits.wants_sample or self._signal.lost
        self.due_s = -inf if matters else min(dues_s) - TIME_EPSILON_S
        self.low_deg = self._limits.low_deg
        self.motion_matters = self._stillness.motion_matters
