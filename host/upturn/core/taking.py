# SPDX-License-Identifier: MIT
"""The poses of one calibration: which is asked for next, where the table is, what they give.

Law of this module: a pose that does not fit those before it is not kept, and what no node would
take is no calibration.
"""

from __future__ import annotations

from collections.abc import Sequence

from upturn.core.bias import Bias
from upturn.core.calibration import (
    TYPICAL_ERROR_DEG,
    Calibration,
    Method,
    check_taken,
    rest_angle_deg,
    three_poses,
    two_poses,
)
from upturn.core.mounting import Mounting, Vector
from upturn.core.poses import Pose, between_deg, check_poses
from upturn.core.stated import check_stated


class Taking:
    def __init__(self, asked_deg: Sequence[float], bias: Bias | None) -> None:
        """`bias` has been removed from all that is measured.

        Raises:
            CalibrationError: these cannot be the angles of poses.
        """
        check_stated(asked_deg)
        self.asked_deg = tuple(asked_deg)
        self.poses: tuple[Pose, ...] = ()
        self.calibration: Calibration | None = None
        """Once there are all poses; its mounting is for readings without the bias."""
        self._bias = bias

    @property
    def method(self) -> Method:
        return Method.THREE_POSES if len(self.asked_deg) == 3 else Method.TWO_POSES

    @property
    def expected_error_deg(self) -> float:
        """One standard deviation, with angles stated to 1 degree: notes on tilt, simulated."""
        return TYPICAL_ERROR_DEG[Method.THREE_POSES if self._bias is not None else self.method]

    @property
    def next_deg(self) -> float:
        """Where the next pose is asked for."""
        return self.asked_deg[len(self.poses)]

    @property
    def for_node(self) -> Mounting | None:
        """For readings as the sensor gives them; None: poses are missing."""
        return None if self.calibration is None else self._for_node(self.calibration)

    def add(self, pose: Pose) -> None:
        """The next one, with its angle as it was stated.

        Raises:
            CalibrationError: it is not kept, and why.
        """
        poses = (*self.poses, pose)
        check_stated([p.angle_deg for p in poses])
        check_poses(poses)
        if len(poses) == len(self.asked_deg):
            calibration = three_poses(*poses) if len(poses) == 3 else two_poses(*poses)
            check_taken(self._for_node(calibration))
            self.calibration = calibration
        self.poses = poses

    def turned_deg(self, force_g: Vector) -> float | None:
        """Since the last pose; None: there is none."""
        return between_deg(self.poses[-1].mean, force_g) if self.poses else None

    def angle_deg(self, force_g: Vector) -> float | None:
        """By the calibration; without it by the first pose and the turn since."""
        if self.calibration is not None:
            return rest_angle_deg(self.calibration.mounting, force_g)
        if not self.poses:
            return None
        return self.poses[0].angle_deg + between_deg(self.poses[0].mean, force_g)

    def _for_node(self, calibration: Calibration) -> Mounting:
        mounting = calibration.mounting
        return mounting if self._bias is None else self._bias.applied(mounting)
