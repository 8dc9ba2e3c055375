# SPDX-License-Identifier: MIT
"""A calibration that a computer remembers, in its own file."""

from __future__ import annotations

from pathlib import Path

from upturn.cli.calibrations import CalibrationRecord, save
from upturn.core.calibration import Method
from upturn.core.mounting import Mounting


def keep(path: Path, node_id: str, *, who: str = "", node: str = "") -> None:
    """Of another mounting than any fake node has."""
    record = CalibrationRecord(
        node_id=node_id,
        node=node,
        date="2026-01-01T00:00:00+00:00",
        who=who,
        firmware="0.1.0",
        sensor="MPU6886",
        method=next(iter(Method)),
        angles_deg=(-85.0, 0.0, 60.0),
        bias_removed=False,
        expected_error_deg=0.8,
        mounting=Mounting.from_axes((0.0, 0.0, 1.0), (1.0, 0.0, 0.0)),
        norm_error_g=0.0,
        angle_error_deg=0.0,
        bias_g=0.0,
        scale_error=0.0,
        idle_deg=-85.0,
        tilt_deg=90.0,
        turn_ratio=None,
        axis_off_deg=None,
    )
    save(record, path)
