# SPDX-License-Identifier: MIT
"""What a node says, in physical units (`PROTOCOL.md`, section 1); `decode` reads it from bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from upturn.core.events import Posture
from upturn.core.mounting import Mounting
from upturn.core.sample import NodeCounters
from upturn.wire.vocabulary import GOODBYES, RESULTS, MessageType, Result, Trait, word

G_PER_UNIT = 1 / 2048
DPS_PER_UNIT = 1 / 32
ROW_PER_UNIT = 1 / 16384
MAX_TEXT_BYTES = 16
ANGLE_NOT_JUDGED = -32768
"""In the place of an angle limit, in 0.01 degrees."""

Reading = tuple[int, ...]
"""ms since the reading before, force in 1/2048 g, and with a gyro rates in 1/32 degree/s.

The one thing left in units of the wire: most readings are scaled once, into a sample.
"""


class Measurement(NamedTuple):
    seq: int
    """Number of the first sample."""
    t_ms: int
    """Node time of the first sample."""
    flags: int
    """Bits of `Flag`; a plain number, for speed."""
    posture: Posture
    priority: int
    """Of what the node itself alarms; 0: nothing."""
    angle_deg: float | None
    """The node's own, at the newest sample."""
    peak_g: float
    battery_percent: int | None
    battery_v: float | None
    presses: int
    calls: int
    counters: NodeCounters
    has_gyro: bool
    readings: tuple[Reading, ...]

    @property
    def samples(self) -> int:
        return len(self.readings)

    @property
    def span_ms(self) -> int:
        """From its first sample to its newest."""
        return sum([reading[0] for reading in self.readings])


class Short(NamedTuple):
    """The newest angle without its force, for links that carry no more."""

    seq: int
    """Number of the newest sample; those between two of these are not sent, and not lost."""
    t_ms: int
    flags: int
    posture: Posture
    priority: int
    angle_deg: float | None
    exposure_s: float
    epoch: int
    battery_percent: int | None
    presses: int
    """Modulo 16, as the next."""
    calls: int

    @property
    def samples(self) -> int:
        return 1

    @property
    def span_ms(self) -> int:
        return 0


class NodeLimits(NamedTuple):
    """The limits in force on the node."""

    notice_s: float
    limit_s: float
    rest_s: float
    max_angle_deg: float | None
    """None: the angle is not judged, as with boots."""


@dataclass(frozen=True, slots=True)
class Hello:
    node_id: str
    """Hardware id, 12 hexadecimal digits."""
    firmware: str
    reset: str
    """Why it started."""
    boots: int
    epoch: int
    t_ms: int
    rate_hz: int
    range_g: int
    traits: Trait
    fault: int
    limits: NodeLimits
    mounting: Mounting | None
    """None: not calibrated."""
    board: str
    sensor: str
    name: str
    profile: str
    bthome: int | None = None
    """What it advertises beside its state, a `BthomeMode`; None: an earlier layout, without."""
    bonds: int | None = None
    """Hosts that it is bonded to; None as above."""

    @property
    def has_gyro(self) -> bool:
        return Trait.GYRO in self.traits


class Status(NamedTuple):
    t_ms: int
    fault: int
    overruns: int
    skipped: int
    bus_errors: int
    bad_frames: int
    dropped: int
    heap_free: int


class Goodbye(NamedTuple):
    t_ms: int
    reason: int

    @property
    def words(self) -> str:
        return word(GOODBYES, self.reason)


class Answer(NamedTuple):
    id: int
    verb: int
    result: int
    reason: str = ""
    """Why it was not done, in the node's words; may be empty."""

    @property
    def done(self) -> bool:
        return self.result == Result.DONE

    @property
    def words(self) -> str:
        meaning = word(RESULTS, self.result)
        return f"{meaning}: {self.reason}" if self.reason else meaning


class Unknown(NamedTuple):
    """Of another version, or of a type that only a newer node sends."""

    version: int
    type: int
    node_id: str | None = None
    """A HELLO says it in every version."""


class Invalid(NamedTuple):
    """Of a known type, and impossible."""

    type: MessageType
    reason: str


Message = Measurement | Short | Hello | Status | Goodbye | Answer
