# SPDX-License-Identifier: MIT
"""The guided calibration as a machine: samples and answers go in, what to ask comes out.

Law of this module: nothing is accepted that was not measured still, and nothing leaves it that a
tilt has not proved. Whatever is refused says why, and can be done again without starting over.

The order: each pose is held, its angle stated; then the table goes back to its stop, and is
tilted. Who shows it asks `view` for all that there is to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from upturn.core.bias import Bias
from upturn.core.calibration import Calibration, Method
from upturn.core.holding import HOLD_S, Hold, Meter
from upturn.core.mounting import Mounting
from upturn.core.poses import MIN_SEPARATION_DEG, CalibrationError, Pose, check_poses
from upturn.core.proving import END_S, TILT_DEG, Proof, Tilt
from upturn.core.sample import Sample
from upturn.core.taking import Taking

USUAL_DEG = (-90.0, 0.0, 60.0)
"""What the poses are, where nobody says otherwise."""
MOVED_DEG = 10.0  # nearer to the last pose it is still that one
IDLE_DEG = -90.0  # for the drawing: where the stop is, roughly


class Stage(StrEnum):
    STAND = "stand"  # a person says that it stands for the first pose
    HOLD = "hold"  # the pose is held
    ANGLE = "angle"  # its angle is stated
    RETURN = "return"  # a person says that it stands at its stop
    IDLE = "idle"  # it rests there
    TILT = "tilt"
    REFUSED = "refused"  # `again` or `restart`
    PROVED = "proved"


@dataclass(frozen=True, slots=True)
class View:
    """Everything there is to show, now."""

    stage: Stage
    pose: int
    """Which one, from 0, while poses are taken."""
    asked_deg: float
    """Where the table is asked to be."""
    angle_deg: float | None
    """Where it is, as far as is known: from the first pose and the turn since, then by the new
    calibration."""
    meter: Meter
    hold_share: float
    """Of the time to hold; 1 is done."""
    note: str
    """Why what is held now does not count; empty if it does."""
    refusal: CalibrationError | None


class Guide:
    def __init__(
        self,
        *,
        poses: int = 3,
        angles_deg: Sequence[float] | None = None,
        has_gyro: bool,
        bias: Bias | None = None,
    ) -> None:
        """`angles_deg` are stated beforehand; without them each pose asks for its own.

        Raises:
            CalibrationError: there are not as many angles as poses, or they cannot be.
        """
        self.asked_deg = tuple(angles_deg) if angles_deg is not None else USUAL_DEG[:poses]
        self._states = angles_deg is None
        if len(self.asked_deg) != poses:
            raise CalibrationError(
                f"{len(self.asked_deg)} angles for {poses} poses", "Give one for each"
            )
        self._has_gyro = has_gyro
        self.bias = bias
        self._hold = Hold(has_gyro=has_gyro)
        self._held: Pose | None = None
        self._tilt: Tilt | None = None
        self._refusal: CalibrationError | None = None
        self.proof: Proof | None = None
        self.restart()

    @property
    def method(self) -> Method:
        return self._taking.method

    @property
    def expected_error_deg(self) -> float:
        return self._taking.expected_error_deg

    @property
    def poses(self) -> tuple[Pose, ...]:
        """Those that were taken so far."""
        return self._taking.poses

    @property
    def quality(self) -> Calibration | None:
        """What the poses gave; its mounting is for readings without the known bias."""
        return self._taking.calibration

    @property
    def mounting(self) -> Mounting | None:
        """For the node: once it is proved, and never before."""
        return None if self.proof is None else self._taking.for_node

    @property
    def can_restate(self) -> bool:
        """What was refused has an angle that a person has stated."""
        return self._stage is Stage.REFUSED and self._states and self._held is not None

    @property
    def view(self) -> View:
        holding = self._stage in (Stage.HOLD, Stage.IDLE)
        held_s = self._hold.meter.held_s
        whole_s = HOLD_S if holding else END_S
        counts = holding or (self._stage is Stage.TILT and self._is_down())
        return View(
            self._stage,
            len(self.poses),
            self._where_asked(),
            self._angle_deg(),
            self._hold.meter,
            min(1.0, held_s / whole_s) if counts and not self._waits_for_move() else 0.0,
            self._note,
            self._refusal,
        )

    def feed(self, sample: Sample) -> None:
        if self.bias is not None:
            ax, ay, az = self.bias.removed(sample[1:4])
            sample = sample._replace(ax_g=ax, ay_g=ay, az_g=az)
        self._hold.feed(sample)
        if self._stage is Stage.HOLD:
            self._look_at_pose()
        elif self._stage is Stage.IDLE:
            self._look_at_idle()
        elif self._stage is Stage.TILT:
            self._look_at_tilt(sample)

    def stands(self) -> None:
        """A person says that the table is where it is asked to be: measure it."""
        if self._stage in (Stage.STAND, Stage.RETURN):
            self._enter(Stage.HOLD if self._stage is Stage.STAND else Stage.IDLE)

    def state(self, angle_deg: float) -> None:
        """The angle of the pose that was held."""
        if self._stage is Stage.ANGLE and self._held is not None:
            self._take(replace(self._held, angle_deg=angle_deg))

    def restate(self) -> None:
        """The pose was right, and the angle that was stated with it a slip."""
        if self.can_restate:
            self._enter(Stage.ANGLE)

    def again(self) -> None:
        """What was refused is done once more."""
        if self._stage is Stage.REFUSED:
            self._enter(self._retry)

    def restart(self) -> None:
        """From the first pose."""
        self._taking = Taking(self.asked_deg, self.bias)
        self.proof = self._held = self._tilt = None
        self._retry = Stage.STAND
        self._enter(Stage.STAND)

    def _enter(self, stage: Stage) -> None:
        self._stage = stage
        self._note = ""
        self._refusal = None
        self._hold.restart()

    def _refuse(self, refusal: CalibrationError, retry: Stage) -> None:
        self._enter(Stage.REFUSED)
        self._refusal = refusal
        self._retry = retry

    def _look_at_pose(self) -> None:
        turned_deg = self._taking.turned_deg(self._hold.force_g)
        if self._waits_for_move():
            self._hold.restart()
            return
        if not self._hold.held:
            if self._hold.meter.why_not:
                self._note = ""
            return
        if turned_deg is not None and turned_deg < MIN_SEPARATION_DEG:
            self._note = (
                f"this is {turned_deg:.0f} degrees from the pose before, and poses have to be "
                f"{MIN_SEPARATION_DEG:g} apart: tilt it on"
            )
            self._hold.restart()
            return
        held = self._hold.pose(self._taking.next_deg)
        if self._states:
            self._enter(Stage.ANGLE)
            self._held = held
        else:
            self._take(held)

    def _take(self, pose: Pose) -> None:
        """A pose with its angle: it fits those before, or is refused."""
        try:
            self._taking.add(pose)
        except CalibrationError as refusal:
            self._refuse(refusal, Stage.HOLD if self.poses else Stage.STAND)
            return
        self._held = None
        self._enter(Stage.RETURN if self.quality is not None else Stage.HOLD)

    def _look_at_idle(self) -> None:
        if not self._hold.held:
            return
        assert self.quality is not None
        idle = self._hold.pose(IDLE_DEG)
        bias_dps = self._hold.mean_rate_dps if self._has_gyro else None
        try:
            check_poses((idle,))
            tilt = Tilt(self.quality.mounting, self.quality.method, idle, bias_dps)
        except CalibrationError as refusal:
            self._refuse(refusal, Stage.RETURN)
            return
        self._enter(Stage.TILT)
        self._tilt = tilt

    def _look_at_tilt(self, sample: Sample) -> None:
        tilt = self._tilt
        assert tilt is not None
        try:
            tilt.feed(sample)
            if not tilt.ends(self._hold.meter.held_s):
                return
            self.proof = tilt.judged(self._hold.pose(TILT_DEG))
        except CalibrationError as refusal:
            self._refuse(refusal, Stage.RETURN)
            return
        self._enter(Stage.PROVED)

    def _is_down(self) -> bool:
        return self._tilt is not None and self._tilt.angle_deg >= TILT_DEG

    def _waits_for_move(self) -> bool:
        """The table is still where the last pose was taken."""
        if self._stage is not Stage.HOLD:
            return False
        turned_deg = self._taking.turned_deg(self._hold.force_g)
        return turned_deg is not None and turned_deg < MOVED_DEG

    def _where_asked(self) -> float:
        if self._stage is Stage.TILT:
            return TILT_DEG
        return self._taking.next_deg if self.quality is None else IDLE_DEG

    def _angle_deg(self) -> float | None:
        if self._hold.meter.sd_g is None:
            return None
        return self._taking.angle_deg(self._hold.force_g)
