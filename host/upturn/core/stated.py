# SPDX-License-Identifier: MIT
"""Angles that a person states for the poses: a slip of sign is found before it costs a tilt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from upturn.core.calibration import MAX_IDLE_DEG, MIN_THIRD_DEG, POSSIBLE_DEG
from upturn.core.poses import MIN_SEPARATION_DEG, CalibrationError


def check_stated(angles_deg: Sequence[float]) -> None:
    """Whether these can be the angles of the poses, in order; some of them will do.

    Raises:
        CalibrationError: they cannot.
    """
    for angle_deg in angles_deg:
        if not POSSIBLE_DEG[0] <= angle_deg <= POSSIBLE_DEG[1]:
            raise CalibrationError(
                f"{angle_deg:g} degrees are no angle of a table",
                "Upright is -90, level 0, fully head-down +90",
            )
    if angles_deg and angles_deg[0] > MAX_IDLE_DEG:
        raise CalibrationError(
            f"the first pose is the upright one, and {angles_deg[0]:g} degrees are not",
            f"Upright, feet down, is -90, and {MAX_IDLE_DEG:g} at the most: mind the sign",
        )
    for before_deg, angle_deg in pairwise(angles_deg):
        if angle_deg - before_deg < MIN_SEPARATION_DEG:
            raise CalibrationError(
                f"from {before_deg:g} to {angle_deg:g} degrees is not {MIN_SEPARATION_DEG:g} "
                "further towards head-down",
                "Upright is -90, level 0, fully head-down +90: mind the sign",
            )
    if len(angles_deg) > 2 and angles_deg[2] < MIN_THIRD_DEG:
        raise CalibrationError(
            f"the third pose is at {angles_deg[2]:g} degrees",
            f"Tilt to {MIN_THIRD_DEG:g} degrees or more; or calibrate with two poses",
        )
