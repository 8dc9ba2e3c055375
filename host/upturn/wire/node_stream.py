# SPDX-License-Identifier: MIT
"""From the bytes of a node's link to samples on one rising axis, and all else that it says.

Rule 1: nothing is fed twice, backwards, or before a HELLO has said what the numbers mean.
Rule 2: what does not continue the stream is not fed before a HELLO has told that it may: a line
that repeats itself is never fresh.
Rule 3: what is wrong is counted, never raised: a link says anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from upturn.core.sample import Sample, StreamInfo
from upturn.wire.decode import decode
from upturn.wire.framing import Deframer
from upturn.wire.messages import (
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
from upturn.wire.node_samples import angle_sample, samples_of, stream_info
from upturn.wire.vocabulary import NO_FAULT, VERSION, Flag, Trait, fault

UNEXPLAINED_FAULT = "the node does not believe its sensor"
"""Flagged in a measurement whose STATUS has not come."""
WRONG_CLOCK = "the node's clock runs wrong"
"""Faster than the host's by more than any crystal."""
CLOCK_RIGHT_S = 60.0
"""After this long without such a message the clock is believed again."""
ANGLE_ONLY = (
    "this link is too narrow for all that the node measures: a knock, a fall and a sensor that "
    "has moved are not seen"
)

_CALIBRATED = int(Flag.CALIBRATED)
_SENSOR_FAULT = int(Flag.SENSOR_FAULT)
_HOST_SILENT = int(Flag.HOST_SILENT)
_T_MASK = (1 << 32) - 1
_SEQ_HALF = 1 << 15

_OLD_MS = 1000
"""No message comes later than that behind a younger one: more is a node that started anew."""
_OLD_SAMPLES = 256
_OLD_IN_A_ROW = 5
"""Nor do more than these come in a row, each younger than the one before it."""
_SEQ_TRUST_MS = 60_000
"""Over a longer step `seq` may have gone round: 65,536 samples are 327 s at 200 Hz."""
_LATE_S = 2.0
"""A message that is this late may be of a node that started anew unheard: ask."""


class Samples(NamedTuple):
    samples: list[Sample]
    """Rising in time; the newest carries what the node reports."""
    said: Measurement | Short


class Described(NamedTuple):
    """What the samples from here on mean; `info` may be as before."""

    info: StreamInfo
    hello: Hello
    other_node: bool
    """Another hardware id than the HELLO before: nothing that was known of the node holds."""
    greeted: bool = True
    """By a HELLO that has just come; else the samples have another form than before."""


class FaultChanged(NamedTuple):
    """What the node says of itself now; `words` are empty when nothing is wrong."""

    words: str
    of_sensor: bool
    """Its readings cannot be believed meanwhile."""


class OtherVersion(NamedTuple):
    """The node speaks another version of the protocol; said once for each version."""

    version: int
    node_id: str | None


Heard = Samples | Described | FaultChanged | OtherVersion | Status | Goodbye | Answer


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
    """Samples that came before a HELLO had said what they mean, or whose start anew none has
    explained; dropped."""
    samples: int = 0
    """Handed on."""
    lost: int = 0
    """Samples that the node has sent and that did not arrive; SHORTs are told by time."""
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
        self.unheard = False
        """The newest measurement says that the node has heard no host while inverted."""
        self._deframer = Deframer()
        self._told_versions: set[int] = set()
        self._next_seq = 0
        self._old_in_a_row = 0
        self._old_steps = (0, 0)
        self._in_doubt = False
        self._wrong_clock_s: float | None = None
        self._reports = NodeReports()
        self._fault = NO_FAULT
        self._fault_flag = False
        self._fault_told = FaultChanged("", of_sensor=False)

    @property
    def unseen(self) -> str:
        """What cannot be seen over this link, in words; empty if all can."""
        return ANGLE_ONLY if self.info is not None and self.info.angle_only else ""

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
        if isinstance(said, Measurement | Short):
            return self._measurement(said, arrival_s)
        if isinstance(said, Hello):
            return self._hello(said, arrival_s)
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

    def _hello(self, said: Hello, arrival_s: float) -> list[Heard]:
        before = self.hello
        other_node = before is not None and said.node_id != before.node_id
        if other_node:
            self.clock.begin_anew()
            self._reports = NodeReports()
            self._wrong_clock_s = None
            self.unheard = False
        elif before is not None and (said.boots != before.boots or self._left(said, arrival_s)):
            if not self.clock.can_have_begun(said.t_ms, arrival_s):
                self.needs_hello = True  # it was said long ago: an echo, like what is in doubt
                return []
            self.counts.restarts += 1
            self.clock.begin_anew()
            self._reports.begin_anew()
        self._in_doubt = False
        self.hello = said
        self.info = stream_info(said, angle_only=bool(self.unseen))
        self.needs_hello = False
        self._fault = said.fault
        return [Described(self.info, said, other_node), *self._fault_news()]

    def _left(self, said: Hello, arrival_s: float) -> bool:
        """The node itself is no longer where the stream was; else what is in doubt is an echo."""
        return self._in_doubt and not self.clock.continues(said.t_ms, arrival_s, -_OLD_MS)

    def _measurement(self, said: Measurement | Short, arrival_s: float) -> list[Heard]:
        hello, short = self.hello, isinstance(said, Short)
        if hello is None or (isinstance(said, Measurement) and said.has_gyro != hello.has_gyro):
            self.needs_hello = True
            self.counts.not_described += said.samples
            return []
        step_ms = self.clock.step_ms(said.t_ms)
        seq_step = (said.seq - self._next_seq + _SEQ_HALF) % (2 * _SEQ_HALF) - _SEQ_HALF
        if step_ms is not None and self._is_old(step_ms, seq_step):
            self.counts.old += 1
            return []
        fell = step_ms is not None and seq_step < 0 < step_ms <= _SEQ_TRUST_MS
        newest_s = None if fell else self._place(said, arrival_s)
        if newest_s is None:
            return self._doubted(said, arrival_s)
        info, heard = self._described_as(hello, angle_only=short)
        if step_ms is not None:
            by_time = short or step_ms > _SEQ_TRUST_MS
            self.counts.lost += info.samples_lost(step_ms / 1000) if by_time else seq_step
        self._next_seq = said.seq + said.samples
        self.unheard = bool(said.flags & _HOST_SILENT)
        late_s = self.clock.axis_s(arrival_s) - newest_s
        calibrated = Trait.CALIBRATED in hello.traits
        if late_s > _LATE_S or bool(said.flags & _CALIBRATED) != calibrated:
            self.needs_hello = True
        samples = self._read(said, newest_s, hello)
        if samples:
            self.counts.samples += len(samples)
            heard.append(Samples(samples, said))
        fault_flag = bool(said.flags & _SENSOR_FAULT)
        if short and fault_flag != fault(self._fault).of_sensor:  # where no STATUS fits
            self.needs_hello = True
        if fault_flag != self._fault_flag or self._clock_is_right_again(arrival_s):
            self._fault_flag = fault_flag
            heard += self._fault_news()
        return heard

    def _described_as(self, hello: Hello, *, angle_only: bool) -> tuple[StreamInfo, list[Heard]]:
        """What the samples mean; told where they have another form than those before."""
        if self.info is not None and self.info.angle_only is angle_only:
            return self.info, []
        self.info = stream_info(hello, angle_only=angle_only)
        return self.info, [Described(self.info, hello, other_node=False, greeted=False)]

    def _read(self, said: Measurement | Short, newest_s: float, hello: Hello) -> list[Sample]:
        """None where the angle, which is all that there is, is not known: counts wait for one."""
        if isinstance(said, Short):
            if said.angle_deg is None:
                return []
            return [angle_sample(newest_s, said.angle_deg, self._reports.report(said))]
        report = self._reports.report(said)
        if hello.mounting is None:  # by assumed axes, or by impossible ones: nothing to compare
            report = report._replace(angle_deg=None)
        return samples_of(said, newest_s, report)

    def _clock_is_right_again(self, arrival_s: float) -> bool:
        if self._wrong_clock_s is None or arrival_s - self._wrong_clock_s < CLOCK_RIGHT_S:
            return False
        self._wrong_clock_s = None
        return True

    def _is_old(self, step_ms: int, seq_step: int) -> bool:
        """It came twice or out of order; unless so many do that the node must have restarted.

        Those go on among themselves: what only comes again, however often, stays old.
        """
        if not (-_OLD_MS <= step_ms <= 0 and -_OLD_SAMPLES <= seq_step < 0):
            self._old_in_a_row = 0
            return False
        old_step_ms, old_seq_step = self._old_steps
        self._old_steps = step_ms, seq_step
        if self._old_in_a_row and step_ms > old_step_ms and seq_step > old_seq_step:
            self._old_in_a_row += 1
        else:
            self._old_in_a_row = 1
        return self._old_in_a_row < _OLD_IN_A_ROW

    def _place(self, said: Measurement | Short, arrival_s: float) -> float | None:
        span_ms = said.span_ms
        return self.clock.place((said.t_ms + span_ms) & _T_MASK, arrival_s, span_ms)

    def _doubted(self, said: Measurement | Short, arrival_s: float) -> list[Heard]:
        """The node has started anew, or its line repeats what it said: a HELLO tells which."""
        self.counts.not_described += said.samples
        self.needs_hello = self._in_doubt = True
        if self.clock.runs_away(said.t_ms, arrival_s):
            self._wrong_clock_s = arrival_s
        return self._fault_news()

    def _fault_news(self) -> list[Heard]:
        now = FaultChanged(*fault(self._fault))
        if self._fault_flag and not now.of_sensor:
            now = FaultChanged(UNEXPLAINED_FAULT, of_sensor=True)
        if self._wrong_clock_s is not None and not now.of_sensor:
            now = FaultChanged(WRONG_CLOCK, of_sensor=True)
        if now == self._fault_told:
            return []
        self._fault_told = now
        return [now]
