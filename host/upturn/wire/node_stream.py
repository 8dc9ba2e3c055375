# SPDX-License-Identifier: MIT
"""From the bytes of a node's link to samples on one rising axis, and all else that it says.

Rule 1: nothing is fed twice, backwards, or before a HELLO has said what the numbers mean.
Rule 2: what is wrong is counted, never raised: a link says anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.wire.decode import decode
from upturn.wire.framing import Deframer
from upturn.wire.messages import (
    DPS_PER_UNIT,
    G_PER_UNIT,
    Answer,
    Goodbye,
    Hello,
    Invalid,
    Measurement,
    Short,
    Status,
    Unknown,
)
from upturn.wire.node_clock import NodeClock
from upturn.wire.node_reports import NodeReports
from upturn.wire.vocabulary import NO_FAULT, VERSION, Flag, fault

UNEXPLAINED_FAULT = "the node does not believe its sensor"
"""Flagged in a measurement whose STATUS has not come."""

_CALIBRATED = int(Flag.CALIBRATED)
_SENSOR_FAULT = int(Flag.SENSOR_FAULT)
_T_MASK = (1 << 32) - 1
_SEQ_HALF = 1 << 15

_OLD_MS = 1000
"""No message comes later than that behind a younger one: more is a node that started anew."""
_OLD_SAMPLES = 256
_OLD_IN_A_ROW = 5
"""Nor do more than these come in a row."""
_SEQ_TRUST_MS = 60_000
"""Over a longer step `seq` may have gone round: 65,536 samples are 327 s at 200 Hz."""
_LATE_S = 2.0
"""A message that is this late may be of a node that started anew unheard: ask."""


class Samples(NamedTuple):
    samples: list[Sample]
    """Rising in time; the newest carries what the node reports."""
    said: Measurement


class Described(NamedTuple):
    """The node has said what it is; `info` may be as before."""

    info: StreamInfo
    hello: Hello


class FaultChanged(NamedTuple):
    """What the node says of itself now; `words` are empty when nothing is wrong."""

    words: str
    of_sensor: bool
    """Its readings cannot be believed meanwhile."""


class OtherVersion(NamedTuple):
    """The node speaks another version of the protocol; said once for each version."""

    version: int
    node_id: str | None


Heard = Samples | Described | FaultChanged | OtherVersion | Status | Goodbye | Answer | Short


@dataclass(slots=True)
class LinkCounts:
    """What came over the link since it was made."""

    messages: int = 0
    """With a right check."""
    bad_frames: int = 0
    """Pieces that were no message."""
    invalid: int = 0
    """Messages with an impossible field; dropped."""
    unknown: int = 0
    """Messages of a type that only a newer node sends; dropped."""
    other_version: int = 0
    """Messages of another version; dropped."""
    old: int = 0
    """Measurements that came twice or behind a younger one; dropped."""
    not_described: int = 0
    """Samples that came before a HELLO had said what they mean; dropped."""
    samples: int = 0
    """Handed on."""
    lost: int = 0
    """Samples that the node has sent and that did not arrive."""
    restarts: int = 0
    """Of the node."""


class NodeStream:
    """One node at one end of one link; made anew only when another session begins."""

    def __init__(self) -> None:
        self.clock = NodeClock()
        self.counts = LinkCounts()
        self.hello: Hello | None = None
        self.info: StreamInfo | None = None
        self.needs_hello = True
        """Ask the node with `read_info`: what its samples mean is not known, or doubtful."""
        self.last_invalid: Invalid | None = None
        self._deframer = Deframer()
        self._told_versions: set[int] = set()
        self._starts = 0
        self._next_seq = 0
        self._old_in_a_row = 0
        self._restart_unexplained = False
        self._reports = NodeReports()
        self._fault = NO_FAULT
        self._fault_flag = False
        self._fault_told = FaultChanged("", of_sensor=False)

    def feed(self, data: bytes, arrival_s: float) -> list[Heard]:
        """Take what has come in at that time of the host."""
        heard: list[Heard] = []
        for message in self._deframer.feed(data):
            heard += self.hear(message, arrival_s)
        self.counts.bad_frames = self._deframer.bad
        return heard

    def hear(self, message: bytes, arrival_s: float) -> list[Heard]:
        """Take one message whose check was right, given without it."""
        self.counts.messages += 1
        said = decode(message)
        if isinstance(said, Measurement):
            return self._measurement(said, arrival_s)
        if isinstance(said, Hello):
            return self._hello(said)
        if isinstance(said, Status):
            self._fault = said.fault
            return [said, *self._fault_news()]
        if isinstance(said, Invalid):
            self.counts.invalid += 1
            self.last_invalid = said
            return []
        if isinstance(said, Unknown):
            return self._unknown(said)
        return [said]

    def _unknown(self, said: Unknown) -> list[Heard]:
        if said.version == VERSION:
            self.counts.unknown += 1
            return []
        self.counts.other_version += 1
        if said.version in self._told_versions:
            return []
        self._told_versions.add(said.version)
        return [OtherVersion(said.version, said.node_id)]

    def _hello(self, said: Hello) -> list[Heard]:
        before = self.hello
        if before is not None and said.node_id != before.node_id:
            self.clock.begin_anew()
            self._reports = NodeReports()
        elif before is not None and said.boots != before.boots and not self._restart_unexplained:
            self.clock.begin_anew()
            self._begin_anew(certain=True)
        self._restart_unexplained = False
        self.hello = said
        self.info = _stream_info(said)
        self.needs_hello = False
        self._fault = said.fault
        return [Described(self.info, said), *self._fault_news()]

    def _measurement(self, said: Measurement, arrival_s: float) -> list[Heard]:
        info = self.info
        if info is None or said.has_gyro != info.has_gyro:
            self.needs_hello = True
            self.counts.not_described += len(said.readings)
            return []
        step_ms = self.clock.step_ms(said.t_ms)
        seq_step = (said.seq - self._next_seq + _SEQ_HALF) % (2 * _SEQ_HALF) - _SEQ_HALF
        if step_ms is not None:
            if self._is_old(step_ms, seq_step):
                self.counts.old += 1
                return []
            if seq_step < 0 < step_ms <= _SEQ_TRUST_MS:
                self.clock.begin_anew()
        newest_s = self._place(said, arrival_s)
        if step_ms is not None:
            if self.clock.starts > self._starts:
                self._begin_anew(certain=False)
            elif step_ms <= _SEQ_TRUST_MS:
                self.counts.lost += seq_step
            else:
                self.counts.lost += info.samples_lost(step_ms / 1000)
        self._starts = self.clock.starts
        self._next_seq = said.seq + len(said.readings)
        self.counts.samples += len(said.readings)
        late_s = self.clock.axis_s(arrival_s) - newest_s
        if late_s > _LATE_S or bool(said.flags & _CALIBRATED) != (info.mounting is not None):
            self.needs_hello = True
        heard: list[Heard] = [Samples(_samples(said, newest_s, self._reports.report(said)), said)]
        fault_flag = bool(said.flags & _SENSOR_FAULT)
        if fault_flag != self._fault_flag:
            self._fault_flag = fault_flag
            heard += self._fault_news()
        return heard

    def _is_old(self, step_ms: int, seq_step: int) -> bool:
        """It came twice or out of order; unless so many do that the node must have restarted."""
        if -_OLD_MS <= step_ms <= 0 and -_OLD_SAMPLES <= seq_step < 0:
            self._old_in_a_row = (self._old_in_a_row + 1) % _OLD_IN_A_ROW
            return self._old_in_a_row != 0
        self._old_in_a_row = 0
        return False

    def _place(self, said: Measurement, arrival_s: float) -> float:
        span_ms = 0
        for reading in said.readings:
            span_ms += reading[0]
        return self.clock.place((said.t_ms + span_ms) & _T_MASK, arrival_s, span_ms)

    def _begin_anew(self, *, certain: bool) -> None:
        """The node has restarted; not `certain` while only its time says so."""
        self.counts.restarts += 1
        self._reports.begin_anew(certain=certain)
        if not certain:
            self._restart_unexplained = True
            self.needs_hello = True

    def _fault_news(self) -> list[Heard]:
        meaning = fault(self._fault)
        if self._fault_flag and not meaning.of_sensor:
            now = FaultChanged(UNEXPLAINED_FAULT, of_sensor=True)
        else:
            now = FaultChanged(*meaning)
        if now == self._fault_told:
            return []
        self._fault_told = now
        return [now]


def _samples(said: Measurement, newest_s: float, report: NodeReport) -> list[Sample]:
    samples: list[Sample] = []
    back_ms = 0
    has_gyro = said.has_gyro
    for reading in reversed(said.readings):
        t_s = newest_s - back_ms / 1000
        back_ms += reading[0]
        ax, ay, az = reading[1] * G_PER_UNIT, reading[2] * G_PER_UNIT, reading[3] * G_PER_UNIT
        last = report if not samples else None
        if has_gyro:
            gx, gy, gz = (unit * DPS_PER_UNIT for unit in reading[4:])
            samples.append(Sample(t_s, ax, ay, az, gx, gy, gz, last))
        else:
            samples.append(Sample(t_s, ax, ay, az, 0.0, 0.0, 0.0, last))
    samples.reverse()
    return samples


def _stream_info(said: Hello) -> StreamInfo:
    return StreamInfo(
        has_gyro=said.has_gyro,
        nominal_s=1 / said.rate_hz,
        rate_hz=float(said.rate_hz),
        mounting=said.mounting,
        range_g=float(said.range_g),
        node=said.name or said.node_id,
        sensor=said.sensor,
    )
