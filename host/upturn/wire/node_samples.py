# SPDX-License-Identifier: MIT
"""What a node measures as samples of the core, and what its HELLO says of them.

A SHORT has no force. It is turned into the force that a still sensor would read at the node's
angle, so that one path judges both; `StreamInfo.angle_only` says what that force cannot tell.
"""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.wire.messages import DPS_PER_UNIT, G_PER_UNIT, Hello, Measurement

SHORT_HZ = 10.0
"""How often a SHORT comes, whatever the rate of the sensor."""


def samples_of(said: Measurement, newest_s: float, report: NodeReport) -> list[Sample]:
    """Those of a MEASUREMENT, rising in time; the newest carries the report."""
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


def angle_sample(t_s: float, angle_deg: float, report: NodeReport) -> Sample:
    """The direction of gravity that the node has found, in the axes of `StreamInfo.axes`."""
    angle = radians(angle_deg)
    return Sample(t_s, 0.0, -sin(angle), cos(angle), report=report)


def stream_info(said: Hello, *, angle_only: bool) -> StreamInfo:
    info = StreamInfo(
        has_gyro=said.has_gyro,
        nominal_s=1 / said.rate_hz,
        rate_hz=float(said.rate_hz),
        mounting=said.mounting,
        range_g=float(said.range_g) or None,
        node=said.name or said.node_id,
        sensor=said.sensor,
        node_id=said.node_id,
    )
    if not angle_only:
        return info
    return replace(
        info,
        has_gyro=False,
        nominal_s=1 / SHORT_HZ,
        rate_hz=SHORT_HZ,
        range_g=None,
        angle_only=True,
    )
