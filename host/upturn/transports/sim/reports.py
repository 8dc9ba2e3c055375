# SPDX-License-Identifier: MIT
"""What the node says beside its samples, only where a script needs it said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from upturn.core.sample import NodeReport
from upturn.transports.sim.motion import Floats
from upturn.transports.sim.plan import Plan

BATTERY_EVERY_S = 1.0
PEAK_BEFORE_S = 0.1
PEAK_AFTER_S = 0.3
PEAK_TOLD_G = 2.0

Indices = npt.NDArray[np.intp]

_SILENT = NodeReport()


def node_reports(
    plan: Plan,
    t_s: Floats,
    node_angle_deg: Floats,
    grid: Floats,
    force_g: Floats,
    range_g: float,
) -> list[NodeReport | None] | None:
    """One report or None a sample; None if the node says nothing in this session.

    `node_angle_deg` is what its calibration makes of the true angle.
    """
    node = plan.node
    reports: list[NodeReport | None] = [None] * t_s.size
    if node.angle_error_deg is not None:
        wrong_deg = (node_angle_deg + node.angle_error_deg + 180.0) % 360.0 - 180.0
        _say(reports, np.arange(t_s.size), "angle_deg", np.round(wrong_deg, 2).tolist())
    if node.presses is not None:
        pressed = np.zeros(t_s.size, dtype=np.bool_)
        for start_s, end_s in node.presses:
            pressed |= (t_s >= start_s) & (t_s < end_s)
        _say(reports, np.arange(t_s.size), "button", pressed.tolist())
    if node.taps:
        tapped = np.zeros(t_s.size, dtype=np.bool_)
        tapped[np.searchsorted(t_s, node.taps)] = True
        _say(reports, np.arange(t_s.size), "tap", tapped.tolist())
    if node.battery_v is not None:
        each = np.searchsorted(t_s, np.arange(0.0, t_s[-1], BATTERY_EVERY_S))
        volts = np.interp(t_s[each], (0.0, t_s[-1]), node.battery_v)
        _say(reports, each, "battery_v", np.round(volts, 3).tolist())
    if node.says_saturated:
        for start_s, end_s in node.saturated:
            during = np.flatnonzero((t_s >= start_s) & (t_s < end_s))
            _say(reports, during, "saturated", [True] * during.size)
    if node.says_peak:
        each = _near_blows(plan, t_s)
        peaks = _peaks_g(t_s, each, grid, force_g, range_g)
        _say(reports, each, "peak_g", np.round(peaks, 2).tolist())
    return reports if any(report is not None for report in reports) else None


def _say(
    reports: list[NodeReport | None], indices: Indices, field: str, values: Iterable[Any]
) -> None:
    for index, value in zip(indices, values, strict=True):
        report = reports[index] or _SILENT
        reports[index] = report._replace(**{field: value})


def _near_blows(plan: Plan, t_s: Floats) -> Indices:
    near = np.zeros(t_s.size, dtype=np.bool_)
    for knock in plan.knocks:
        if np.linalg.norm(knock.force_g) > PEAK_TOLD_G:
            near |= (t_s >= knock.at_s - PEAK_BEFORE_S) & (t_s < knock.at_s + PEAK_AFTER_S)
    return np.flatnonzero(near)


def _peaks_g(t_s: Floats, each: Indices, grid: Floats, force_g: Floats, range_g: float) -> Floats:
    """Largest |f| at the full sensor rate since the sample before, clipped as the sensor clips."""
    size_g = np.linalg.norm(np.clip(force_g, -range_g, range_g), axis=1)
    peaks = []
    for index in each:
        since, until = np.searchsorted(grid, (t_s[max(index - 1, 0)], t_s[index]))
        peaks.append(size_g[since : until + 1].max())
    return np.array(peaks)
