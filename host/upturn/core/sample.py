# SPDX-License-Identifier: MIT
"""What a sensor delivers: samples on one rising time axis, and what is known of their stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from upturn.core.mounting import ASSUMED, Mounting


class NodeCounters(NamedTuple):
    """What a node has counted for itself, up to the sample that they come with."""

    epoch: int
    """Another number than before whenever the node's counters began at zero."""
    inversions: int
    """Begun in this epoch; wraps at 65,536."""
    inversion_s: float
    """Length of the open inversion; 0: none is open."""
    inverted_s: float
    """All inverted time of this epoch, the open inversion included."""
    exposure_s: float
    """Inverted time since the last full rest."""
    rest_s: float
    """Rest since the last inversion ended."""


class NodeReport(NamedTuple):
    """What a node says beside its force and rate; None is "not said"."""

    angle_deg: float | None = None
    """The node's own inversion angle, in Upturn's convention."""
    button: bool | None = None
    tap: bool | None = None
    battery_v: float | None = None
    battery_percent: float | None = None
    peak_g: float | None = None
    """Largest |f| at the full sensor rate since the sample before."""
    saturated: bool = False
    call: bool | None = None
    """The node has counted three taps since the sample before."""
    counters: NodeCounters | None = None


class Sample(NamedTuple):
    """One reading in the sensor's own axes, stamped at the sensor, on the core's time axis.

    The hot loop unpacks plain tuples of this shape: the order of fields is part of the contract.
    Without a gyro the three rates are 0.0 and `StreamInfo.has_gyro` is false.
    """

    t_s: float
    ax_g: float
    ay_g: float
    az_g: float
    gx_dps: float = 0.0
    gy_dps: float = 0.0
    gz_dps: float = 0.0
    report: NodeReport | None = None


DEFAULT_INTERVAL_S = 0.02
UNNAMED = "node"
"""What a node is called whose stream does not say."""
BURST_GAP_S = 0.35  # arrival times come in bursts of up to 0.32 s (recorded), no gap among them
GAP_FACTOR = 1.5


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What is known of a stream before its first sample."""

    has_gyro: bool = False
    nominal_s: float = DEFAULT_INTERVAL_S
    """Nominal interval: 1 / `rate_hz`, else the mean of the first 50 intervals."""
    rate_hz: float | None = None
    """The declared rate; None when nothing was declared, and then the rate is not judged."""
    mounting: Mounting | None = None
    """How the sensor sits on the table; None means not calibrated."""
    range_g: float | None = None
    """Full scale of the accelerometer, if known."""
    node: str = UNNAMED
    sensor: str = ""
    node_id: str = ""
    """Of the hardware, where it says so; another one is another node."""
    angle_only: bool = False
    """Samples are the node's own filtered angle, as a force of 1 g in assumed axes: what only a
    force can tell is not judged. `mounting` is how the node knows that it sits."""

    @property
    def axes(self) -> Mounting:
        """Those in which the samples are turned into an angle."""
        return ASSUMED if self.angle_only or self.mounting is None else self.mounting

    @property
    def gap_s(self) -> float:
        """A longer step between two samples is a gap."""
        gap_s = GAP_FACTOR * self.nominal_s
        return gap_s if self.rate_hz is not None else max(gap_s, BURST_GAP_S)

    def samples_lost(self, step_s: float) -> int:
        """How many samples a gap of `step_s` seconds has swallowed."""
        return max(0, round(step_s / self.nominal_s) - 1)
