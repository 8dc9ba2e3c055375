# SPDX-License-Identifier: MIT
"""One table's whole core: samples and commands in, events out, and when it next wants waking.

The caller owns the clock. `feed` takes samples with times on one rising axis, `tick` says that
time has passed, `next_deadline_s` says when a tick is wanted. Any chunking of the same samples,
and any extra ticks between them, give the same events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf, isfinite
from typing import assert_never

from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    Acknowledge,
    CheckIn,
    Command,
    Distress,
    EquipmentChecked,
    Goodbye,
    HealthAnswers,
    HostBattery,
    HostStalled,
    ImFine,
    KeptAwake,
    LinkNote,
    NodeFault,
    Override,
    ProvedCalibration,
    Resume,
    SeenUpright,
    SinkStatus,
    SoundOutput,
    StandDown,
    Symptoms,
    TestAlarm,
)
from upturn.core.events import Event, InversionStarted, Noted, Posture, Summary
from upturn.core.limits import DEVICES, Device, DeviceKind, Profile
from upturn.core.monitor import Monitor
from upturn.core.past import FRESH_S, Past
from upturn.core.readiness import Readiness
from upturn.core.sample import Sample, StreamInfo
from upturn.core.snapshot import AlarmView, Check, Snapshot
from upturn.core.tilt import Estimator, Tilt


class Pipeline:
    """Tilt and monitor of one sensor stream."""

    def __init__(
        self,
        info: StreamInfo,
        profile: Profile,
        device: Device = DEVICES[DeviceKind.TABLE],
        *,
        start_s: float | None = None,
        estimator: Callable[[StreamInfo, Sequence[float]], Estimator] = Tilt,
    ) -> None:
        """With `start_s` a first sample is expected within 15 s of it."""
        self._profile = profile
        self._device = device
        self._info = info
        self._out: list[Event] = []
        self._tilt = estimator(info, Monitor.borders_deg(profile))
        if start_s is not None:
            self._tilt.origin_s = start_s
        self._monitor = Monitor(info, profile, device, self._out, awaits_first=start_s is not None)
        self._readiness = Readiness(needs_spotter=profile.needs_spotter)
        self._emitted_s = -inf
        self._failed_sinks: dict[str, str] = {}

    @property
    def last_sample_s(self) -> float:
        """Time of the newest sample; -inf before the first."""
        return self._tilt.last_s + self._origin_s

    @property
    def seen(self) -> bool:
        """A sample has come."""
        return self._tilt.samples > 0

    @property
    def angle_deg(self) -> float:
        """Filtered angle at the newest sample; NaN before the first."""
        return self._tilt.theta_deg

    @property
    def samples_rejected(self) -> int:
        """Samples that were not finite or whose time did not rise."""
        return self._tilt.rejected

    def feed(self, samples: Sequence[Sample]) -> list[Event]:
        """Judge samples in order of time; what is not finite or does not rise is counted out."""
        self._tilt.feed(samples, self._monitor)
        if self.seen:
            self._monitor.sees(self._tilt.last_s, self._tilt.theta_deg)
        return self._drain()

    def describe(self, info: StreamInfo, now_s: float) -> list[Event]:
        """The stream is described anew: by its node's greeting, or after a change on it."""
        if info != self._info:
            assert isinstance(self._tilt, Tilt)  # a file is what its header says, to its end
            self._info = info
            self._monitor.advance(self._relative(now_s))
            self._tilt.describe(info)
            self._monitor.describe(self._monitor.now_s, info)
        return self._drain()

    def tick(self, now_s: float) -> list[Event]:
        """Time has passed, up to `now_s`."""
        self._monitor.advance(self._relative(now_s))
        return self._drain()

    def next_deadline_s(self) -> float:
        """When the core wants a tick if no sample comes; inf for never."""
        return self._monitor.clock_due_s() + self._origin_s

    def command(self, command: Command, now_s: float) -> list[Event]:
        """Act on a command; a refusal comes back as a `Noted` event."""
        monitor, alarms = self._monitor, self._monitor.alarms
        monitor.advance(self._relative(now_s))
        now_s = monitor.now_s
        inverted = monitor.ledger.open
        match command:
            case Acknowledge(id, occurrence):
                refusal = alarms.acknowledge(now_s, id, occurrence, inverted=inverted)
                if refusal:
                    self._refuse(now_s, f"acknowledge refused: {refusal}")
            case SeenUpright():
                monitor.seen_upright(now_s)
            case StandDown():
                monitor.set_stand_down(now_s, True, "by command")
            case Resume():
                monitor.set_stand_down(now_s, False, "by command")
            case Distress(source):
                monitor.distress(now_s, source)
            case ImFine():
                monitor.im_fine(now_s)
            case CheckIn():
                self._readiness.check_in(now_s)
                self._out.append(Noted(now_s, "the spotter is here"))
            case HealthAnswers():
                self._readiness.health(command)
            case EquipmentChecked():
                self._readiness.equipment(now_s)
                self._out.append(Noted(now_s, "the table was inspected"))
            case ProvedCalibration(problem, stop_deg):
                self._readiness.proved(problem)
                monitor.expect_stop(stop_deg)
            case Override():
                self._override(now_s)
            case SoundOutput():
                self._readiness.sound(command)
            case KeptAwake():
                self._readiness.awake(command)
            case TestAlarm():
                if inverted or monitor.stand_down:
                    why = "somebody is inverted" if inverted else "alarms are off"
                    self._refuse(now_s, f"test alarm refused: {why}")
                else:
                    alarms.trigger(now_s, AlarmId.TEST_ALARM)
            case Symptoms(answer):
                if inverted or not monitor.ledger.session:
                    why = "somebody is inverted" if inverted else "there was no session yet"
                    self._refuse(now_s, f"answer refused: {why}")
                else:
                    self._out.append(Noted(now_s, f"after the session: {answer}"))
            case Goodbye():
                monitor.goodbye(now_s)
            case NodeFault(words):
                monitor.node_fault(now_s, words)
            case HostStalled(gap_s):
                self._out.append(Noted(now_s, f"this computer stood still for {gap_s:.1f} s"))
                if inverted:
                    alarms.trigger(now_s, AlarmId.HOST_STALLED, f"for {gap_s:.0f} s")
            case HostBattery(percent, charging):
                monitor.host_battery(now_s, percent, charging=charging)
            case SinkStatus(sink, working, reason):
                if working:
                    self._failed_sinks.pop(sink, None)
                else:
                    self._failed_sinks[sink] = f"{sink} ({reason})" if reason else sink
                failed = ", ".join(self._failed_sinks.values())
                alarms.set(now_s, AlarmId.SINK_FAILED, bool(failed), detail=failed)
            case LinkNote(words):
                self._out.append(Noted(now_s, words))
            case _ as never:
                assert_never(never)
        monitor.judge_next()
        return self._drain()

    def snapshot(self, now_s: float) -> Snapshot:
        """Everything a display shows, at `now_s`."""
        monitor, tilt, ledger = self._monitor, self._tilt, self._monitor.ledger
        seen = self.seen
        shown_s, now_s = now_s, now_s - self._origin_s
        exposure_s = ledger.exposure_s(now_s)
        peak_deg = monitor.session_peak_deg
        if ledger.open:
            peak_deg = max(peak_deg, tilt.pending_peak_deg)
        views = monitor.alarms.views(now_s)
        checks = self._checks(now_s, views)
        last_s = max(tilt.last_s, monitor.last_s)
        alarms = tuple(replace(view, raised_s=view.raised_s + self._origin_s) for view in views)
        return Snapshot(
            now_s=shown_s,
            node=self._info.node,
            node_id=self._info.node_id,
            sensor=self._info.sensor,
            profile=self._profile,
            device=self._device,
            posture=monitor.posture,
            angle_deg=tilt.theta_deg if seen else None,
            rate_dps=tilt.rate_dps if seen else None,
            signal_age_s=max(0.0, now_s - last_s) if last_s > -inf else None,
            signal_lost=monitor.signal_lost,
            node_off=monitor.node_off,
            inverted=ledger.open,
            inversion=ledger.total.inversions,
            inversion_s=ledger.inversion_s(now_s),
            exposure_s=exposure_s,
            exposure_at_least=ledger.at_least or (monitor.signal_lost and ledger.open),
            time_left_s=max(0.0, self._profile.limit_s - exposure_s),
            rest_s=ledger.rest_s(min(now_s, last_s)),
            rest_left_s=ledger.rest_left_s(min(now_s, last_s)),
            session=ledger.session,
            session_inversions=ledger.session_tally.inversions,
            session_inverted_s=ledger.session_tally.inverted_s + ledger.inversion_s(now_s),
            session_longest_s=max(ledger.session_tally.longest_s, ledger.inversion_s(now_s)),
            session_peak_deg=peak_deg if isfinite(peak_deg) else None,
            stand_down=monitor.stand_down,
            checks=checks,
            overridden=self._readiness.overridden(checks),
            check_in_age_s=self._readiness.check_in_age_s(now_s),
            battery_v=monitor.battery_v,
            battery_percent=monitor.battery_percent,
            samples=tilt.samples,
            samples_lost=monitor.samples_lost,
            alarms=alarms,
        )

    def past(self, now_s: float) -> Past | None:
        """What has to be written down for a watch that may come after; None: nothing is known."""
        now_s -= self._origin_s
        last_s = max(self._tilt.last_s, self._monitor.last_s)
        if last_s == -inf:
            return None
        return self._monitor.past(
            now_s,
            last_s,
            check_in_age_s=self._readiness.check_in_age_s(now_s),
            equipment_age_s=self._readiness.equipment_age_s(now_s),
        )

    def resume(self, past: Past, now_s: float, *, gap_s: float, rested_s: float) -> list[Event]:
        """Before the first sample: go on from what an earlier watch wrote down.

        `gap_s` is how long ago that was at most, by the clocks that there are, and `rested_s` how
        long at least: exposure is never taken for less, nor rest for more, than it may have been.
        """
        assert not self.seen
        if past.inverted and gap_s < FRESH_S:
            # Who is inverted is so by that node and that calibration: its greeting is yet to come.
            mounting = past.mounting or self._info.mounting
            info = replace(self._info, mounting=mounting, node_id=past.node_id)
            self.describe(info, now_s)
        at_s = self._relative(now_s)
        self._monitor.resume(past, at_s, gap_s=gap_s, rested_s=rested_s)
        if past.check_in_age_s is not None and gap_s < FRESH_S:
            self._readiness.check_in(at_s - gap_s - past.check_in_age_s)
        if past.equipment_age_s is not None and gap_s < FRESH_S:
            self._readiness.equipment(at_s - gap_s - past.equipment_age_s)
        return self._drain()

    def summary(self) -> Summary:
        """The totals so far; an inversion that is still open counts up to now."""
        monitor, tilt, ledger = self._monitor, self._tilt, self._monitor.ledger
        end_s = tilt.last_s
        open_s = ledger.inversion_s(max(end_s, monitor.now_s))  # silence counts too
        return Summary(
            t_s=max(end_s, monitor.now_s) + self._origin_s,
            samples=tilt.samples,
            samples_lost=monitor.samples_lost,
            duration_s=end_s - tilt.first_s,
            inversions=ledger.total.inversions,
            inverted_s=ledger.total.inverted_s + open_s,
            longest_s=max(ledger.total.longest_s, open_s),
            peak_angle_deg=max(monitor.peak_deg, tilt.pending_peak_deg),
            profile=self._profile.name,
            alarms=dict(monitor.alarms.raised),
        )

    def _refuse(self, now_s: float, text: str) -> None:
        self._out.append(Noted(now_s, text, refusal=True))

    def _override(self, now_s: float) -> None:
        checks = self._checks(now_s, self._monitor.alarms.views(now_s))
        problems = [check.problem for check in checks if not check.passed]
        if problems:
            self._readiness.override(checks)
            self._out.append(
                Noted(now_s, f"READY by override, in spite of: {'; '.join(problems)}")
            )
        else:
            self._refuse(now_s, "override refused: every check is passed")

    def _checks(self, now_s: float, views: Sequence[AlarmView]) -> tuple[Check, ...]:
        monitor = self._monitor
        last_s = max(self._tilt.last_s, monitor.last_s)
        return self._readiness.checks(
            now_s,
            views,
            stand_down=monitor.stand_down,
            no_data=self._no_data(),
            upright=monitor.posture is Posture.UPRIGHT,
            rest_left_s=monitor.ledger.rest_left_s(min(now_s, last_s)),
        )

    def _no_data(self) -> str:
        """Why nothing is known of the person, where no alarm says it."""
        monitor = self._monitor
        if not self.seen:
            return "no data from the table yet"
        if monitor.silent:
            lost = monitor.alarms.is_active(AlarmId.SIGNAL_LOST)
            return "" if lost else "no data from the table"
        return "posture is unknown" if monitor.posture is Posture.UNKNOWN else ""

    @property
    def _origin_s(self) -> float:
        return self._tilt.origin_s or 0.0

    def _relative(self, now_s: float) -> float:
        """A time on the core's own axis, whose zero is the first time that it is told."""
        if self._tilt.origin_s is None:
            self._tilt.origin_s = now_s
        return now_s - self._tilt.origin_s

    def _drain(self) -> list[Event]:
        """Events on the caller's axis. A late sample's event is emitted now, not in the past."""
        origin_s = self._origin_s
        events: list[Event] = []
        for event in self._out:
            self._emitted_s = max(self._emitted_s, event.t_s)
            moved = replace(event, t_s=self._emitted_s + origin_s)
            if isinstance(moved, InversionStarted):
                moved = replace(moved, since_s=moved.since_s + origin_s)
            events.append(moved)
        self._out.clear()
        return events
