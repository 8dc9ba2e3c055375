# SPDX-License-Identifier: MIT
"""Samples as files: a CSV trace, the contract's format, every number exact; a recording."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from upturn.core.limits import DeviceKind
from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.transports.recording import Recorder
from upturn.transports.source import Source

REPORTED = ("angle_deg", "button", "tap", "battery_v", "peak_g")


def csv_of(info: StreamInfo, samples: Sequence[Sample], **keys: str) -> str:
    """The trace that says of a stream what a trace can say."""
    reported = [
        name
        for name in REPORTED
        if any(s.report is not None and getattr(s.report, name) is not None for s in samples)
    ]
    if "angle_deg" in reported:
        keys["angle"] = "upturn"
    if info.rate_hz is not None:
        keys["rate_hz"] = repr(info.rate_hz)
    if info.mounting is not None:
        for name, axis in (("head", info.mounting.head), ("front", info.mounting.front)):
            keys[name] = ",".join(map(repr, axis))
    width = 7 if info.has_gyro else 4
    names = ["t_s", "ax_g", "ay_g", "az_g", "gx_dps", "gy_dps", "gz_dps"][:width]
    lines = [f"# {key}: {value}" for key, value in keys.items()]
    lines.append(",".join([*names, *reported]))
    for sample in samples:
        report = sample.report or NodeReport()
        said = (_field(getattr(report, name)) for name in reported)
        lines.append(",".join([*map(repr, sample[:width]), *said]))
    return "\n".join(lines) + "\n"


def recorder_of(
    path: Path,
    info: StreamInfo,
    profile: str = "standard",
    device: DeviceKind = DeviceKind.TABLE,
    *,
    start_s: float | None = None,
) -> Recorder:
    """A recording that is made piece by piece."""
    source = cast("Source", SimpleNamespace(label="a story"))
    return Recorder(path, source, info, profile, device, start_s=start_s)


def _field(value: object) -> str:
    return "" if value is None else str(int(value)) if isinstance(value, bool) else repr(value)
