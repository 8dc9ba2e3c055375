# SPDX-License-Identifier: MIT
"""The guided calibration: what it asks, what it waits for, what it refuses, and what proves it."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

import numpy as np
import pytest

from tests.core.calibrating_bench import (
    POSES_DEG,
    Bench,
    calibrated,
    feed,
    prove,
    take_poses,
    wait,
)
from upturn.core.bias import Bias
from upturn.core.calibrating import Guide, Stage
from upturn.core.calibration import Calibration, Method, check_taken, rest_angle_deg
from upturn.core.holding import HOLD_S, Hold, Meter
from upturn.core.mounting import ASSUMED, Mounting, Vector
from upturn.core.poses import CalibrationError, Pose
from upturn.core.proving import Tilt
from upturn.core.sample import Sample
from upturn.core.stated import check_stated
from upturn.transports.sim.sensors import CHIPS, ideal_part


def ideal(chip: str = "mpu6886") -> Bench:
    """Without errors, but with the chip's noise."""
    bench = Bench.drawn(1, chip)
    return replace(bench, part=ideal_part(CHIPS[chip]), mounting=ASSUMED)


def guide_of(bench: Bench, *, poses: int = 3, asks: bool = False) -> Guide:
    angles = None if asks else POSES_DEG[:poses]
    return Guide(poses=poses, angles_deg=angles, has_gyro=bench.has_gyro)


def stage(guide: Guide) -> Stage:
    return guide.view.stage


def mounting(guide: Guide) -> Mounting | None:
    return guide.mounting


def refusal(guide: Guide) -> str:
    assert guide.view.refusal is not None
    return guide.view.refusal.what


@pytest.mark.parametrize("chip", ["mpu6886", "lis3dh"])
@pytest.mark.parametrize("poses", [2, 3])
def test_the_whole_path_proves_the_mounting(chip: str, poses: int) -> None:
    bench = ideal(chip)
    guide = guide_of(bench, poses=poses)
    assert stage(guide) is Stage.STAND
    assert take_poses(guide, bench, POSES_DEG[:poses]) is Stage.RETURN
    assert mounting(guide) is None
    assert prove(guide, bench) is Stage.PROVED
    assert guide.mounting is not None
    assert guide.mounting.head == pytest.approx(ASSUMED.head, abs=0.01)
    assert guide.proof is not None
    assert (guide.proof.turn_ratio is None) is (chip == "lis3dh")
    assert (guide.method, guide.expected_error_deg) == (
        (Method.THREE_POSES, 1.0) if poses == 3 else (Method.TWO_POSES, 2.5)
    )


def test_a_gyro_that_agrees_is_told_with_its_figures() -> None:
    bench = ideal()
    guide = guide_of(bench)
    take_poses(guide, bench)
    prove(guide, bench)
    assert guide.proof is not None
    assert guide.proof.turn_ratio == pytest.approx(1.0, abs=0.01)
    assert guide.proof.axis_off_deg == pytest.approx(0.0, abs=1.0)
    assert (guide.proof.idle_deg, guide.proof.tilt_deg) == pytest.approx((-80, 50), abs=0.3)


def test_nothing_is_measured_before_somebody_says_that_it_stands() -> None:
    bench = ideal()
    guide = guide_of(bench)
    feed(guide, bench.stay(6.0))
    assert (stage(guide), guide.poses) == (Stage.STAND, ())
    guide.stands()
    wait(guide, bench)
    assert len(guide.poses) == 1
    guide.stands()  # nobody is asked for that now
    assert stage(guide) is Stage.HOLD


def test_a_pose_is_held_by_measure_and_not_by_time() -> None:
    bench = ideal()
    guide = guide_of(bench)
    guide.stands()
    feed(guide, bench.stay(2.0))
    assert guide.view.hold_share > 0.3
    feed(guide, bench.stay(20.0, shake_deg=3.0))
    assert (guide.poses, guide.view.hold_share, guide.view.meter.why_not) == ((), 0.0, "it moves")
    feed(guide, bench.stay(HOLD_S + 1.0))
    assert len(guide.poses) == 1


def test_a_table_that_creeps_is_not_still() -> None:
    bench = ideal()
    guide = guide_of(bench)
    guide.stands()
    causes = set()
    for sample in list(bench.turn(20.0, over_s=30.0))[300:1200]:
        guide.feed(sample)
        causes.add(guide.view.meter.why_not)
    assert "it creeps" in causes
    assert guide.poses == ()


@pytest.mark.parametrize(
    ("meter", "share"),
    [(Meter(), 0.0), (Meter(0.010, 0.3), 0.5), (Meter(0.010), 0.5), (Meter(0.001, 6.0), 2.0)],
)
def test_the_meter_shows_whichever_moves_more(meter: Meter, share: float) -> None:
    assert meter.share == pytest.approx(share)


def test_a_gap_in_the_data_is_no_hold() -> None:
    bench = ideal()
    hold = Hold(has_gyro=True)
    samples = list(bench.stay(5.0))
    for sample in samples[:130]:
        hold.feed(sample)
    assert hold.meter.held_s > 1.5
    hold.feed(samples[190])
    assert hold.meter == Meter()
    assert not hold.held


def test_the_table_has_to_leave_a_pose_before_the_next_is_held() -> None:
    bench = ideal()
    guide = guide_of(bench)
    guide.stands()
    wait(guide, bench)
    feed(guide, bench.stay(5.0))
    assert (len(guide.poses), guide.view.hold_share, guide.view.note) == (1, 0.0, "")


def test_a_pose_too_close_to_the_last_says_so_and_waits() -> None:
    bench = ideal()
    guide = guide_of(bench)
    guide.stands()
    wait(guide, bench)
    feed(guide, bench.turn(-60.0))
    feed(guide, bench.stay(4.0))
    assert guide.view.note == (
        "this is 20 degrees from the pose before, and poses have to be 30 apart: tilt it on"
    )
    feed(guide, bench.turn(0.0))
    assert guide.view.note == ""
    wait(guide, bench)
    assert len(guide.poses) == 2


def test_the_angle_of_each_pose_is_asked_for_where_it_was_not_stated_before() -> None:
    bench = ideal()
    guide = guide_of(bench, asks=True)
    assert guide.view.asked_deg == -90.0
    guide.stands()
    wait(guide, bench)
    assert guide.view.stage is Stage.ANGLE
    guide.state(-80.0)
    assert [pose.angle_deg for pose in guide.poses] == [-80.0]
    guide.state(-70.0)  # nobody is asked for that now
    assert [pose.angle_deg for pose in guide.poses] == [-80.0]
    feed(guide, bench.turn(-20.0))
    assert guide.view.angle_deg == pytest.approx(-20.0, abs=1.0)


def test_before_the_first_pose_no_angle_is_known() -> None:
    bench = ideal()
    guide = guide_of(bench)
    assert guide.view.angle_deg is None
    feed(guide, bench.stay(2.0))
    assert guide.view.angle_deg is None


def test_a_slip_in_an_angle_can_be_stated_anew() -> None:
    bench = ideal()
    guide = guide_of(bench, asks=True)
    guide.restate()  # nothing was stated
    guide.stands()
    wait(guide, bench)
    guide.state(80.0)
    assert refusal(guide) == "the first pose is the upright one, and 80 degrees are not"
    assert guide.can_restate
    guide.restate()
    guide.state(-80.0)
    assert len(guide.poses) == 1
    feed(guide, bench.turn(0.0))
    wait(guide, bench)
    guide.state(25.0)
    assert refusal(guide) == (
        "the angle between two poses was measured 25.0 degrees off the stated one"
    )
    guide.restate()
    guide.state(0.0)
    assert len(guide.poses) == 2


def test_what_was_refused_can_be_held_once_more() -> None:
    bench = ideal()
    guide = guide_of(bench)
    guide.again()  # nothing was refused
    assert stage(guide) is Stage.STAND
    assert take_poses(guide, bench, (-80.0, 20.0, 60.0)) is Stage.REFUSED
    assert not guide.can_restate
    guide.again()
    feed(guide, bench.turn(0.0))
    wait(guide, bench)
    assert len(guide.poses) == 2


def test_a_first_pose_that_was_refused_is_said_to_stand_anew() -> None:
    bench = ideal()
    bench.part = replace(bench.part, accel=1.3 * bench.part.accel)
    guide = guide_of(bench)
    guide.stands()
    wait(guide, bench)
    assert refusal(guide) == "pose 1 (-80 degrees) reads 1.30 g instead of 1 g"
    guide.again()
    assert guide.view.stage is Stage.STAND


def test_starting_over_forgets_everything() -> None:
    bench = ideal()
    guide = calibrated(bench)
    prove(guide, bench)
    assert guide.mounting is not None
    guide.restart()
    left = [guide.quality, guide.proof, guide.mounting, *guide.poses]
    assert (left, stage(guide)) == ([None, None, None], Stage.STAND)


def test_a_stop_that_does_not_read_upright_is_refused_and_can_be_measured_again() -> None:
    bench = ideal()
    guide = calibrated(bench)
    prove(guide, bench, stop_deg=-40.0)
    assert refusal(guide) == "the empty table reads -40 degrees instead of -60 or below"
    guide.again()
    assert guide.view.stage is Stage.RETURN
    assert prove(guide, bench) is Stage.PROVED


def test_the_tilt_is_asked_for_and_its_hold_is_shown_once_it_is_down() -> None:
    bench = ideal()
    guide = calibrated(bench)
    feed(guide, bench.turn(-80.0))
    guide.stands()
    wait(guide, bench)
    assert (guide.view.stage, guide.view.asked_deg) == (Stage.TILT, 30.0)
    feed(guide, bench.stay(2.0))
    assert guide.view.hold_share == 0.0
    feed(guide, bench.turn(40.0))
    feed(guide, bench.stay(0.8))
    assert guide.view.hold_share > 0.0


def tilted(*turns: tuple[float, float], bench: Bench | None = None) -> str:
    """What is refused of a tilt by these turns, each with its seconds; empty if nothing is."""
    bench = bench or ideal()
    guide = calibrated(bench)
    feed(guide, bench.turn(-80.0))
    guide.stands()
    wait(guide, bench)
    assert guide.view.stage is Stage.TILT
    for to_deg, over_s in turns:
        feed(guide, bench.turn(to_deg, over_s))
        if guide.view.refusal is not None:
            return refusal(guide)
    wait(guide, bench)
    return "" if guide.view.refusal is None else refusal(guide)


def test_a_tilt_that_rises_in_one_go_passes() -> None:
    assert tilted((50.0, 5.0)) == ""


def test_a_tilt_that_goes_back_is_refused() -> None:
    assert tilted((0.0, 4.0), (-30.0, 3.0)).startswith("the table went back from ")


def test_a_tilt_that_falls_is_refused() -> None:
    assert tilted((-100.0, 3.0)).startswith("the angle fell from -80 to ")


@pytest.mark.parametrize("chip", ["mpu6886", "lis3dh"])
def test_a_tilt_that_is_too_fast_is_refused(chip: str) -> None:
    told = tilted((50.0, 2.2), bench=ideal(chip))
    assert told.startswith("the table turned at 9")
    assert told.endswith(" degrees/s")


def test_a_tilt_to_where_no_table_stands_is_refused() -> None:
    assert tilted((130.0, 6.0)) == "the tilt reads 115 degrees, where no table stands"


def test_a_tilt_held_past_100_degrees_is_refused() -> None:
    assert tilted((108.0, 6.0)) == (
        "the tilt towards head-down reads 108 degrees instead of 0 to 100"
    )


def test_data_that_stop_during_the_tilt_are_refused() -> None:
    bench = ideal()
    guide = calibrated(bench)
    feed(guide, bench.turn(-80.0))
    guide.stands()
    wait(guide, bench)
    feed(guide, bench.stay(0.2))
    bench._t_s += 2.0
    feed(guide, bench.stay(0.2))
    assert refusal(guide) == "the data stopped for 2.0 s during the tilt"


def moved(change: Mounting) -> str:
    """The sensor sits otherwise in the proof than it did in the poses."""
    bench = ideal()
    guide = calibrated(bench)
    bench.mounting = change
    prove(guide, bench)
    return refusal(guide)


def turned(axis: int, by_deg: float) -> Mounting:
    """The assumed mounting, turned about an axis of the sensor."""
    c, s = cos(radians(by_deg)), sin(radians(by_deg))
    i, j = (axis + 1) % 3, (axis + 2) % 3

    def turn(v: Vector) -> Vector:
        w = list(v)
        w[i], w[j] = c * v[i] - s * v[j], s * v[i] + c * v[j]
        return w[0], w[1], w[2]

    return Mounting.from_axes(turn(ASSUMED.head), turn(ASSUMED.front))


def test_another_hinge_than_that_of_the_poses_is_refused() -> None:
    assert "degrees: the table turns about another hinge than they did" in moved(turned(1, 15.0))


def test_a_gyro_axis_off_the_hinge_is_refused() -> None:
    assert moved(turned(1, 7.0)).startswith("the table turned about an axis 7 degrees off")


def test_a_gyro_that_turns_the_other_way_is_refused() -> None:
    bench = ideal()
    bench.gyro_sign = -1.0
    assert tilted((50.0, 5.0), bench=bench).startswith("the gyro turned the other way")


def test_a_gyro_that_turns_further_than_gravity_is_refused() -> None:
    bench = ideal()
    bench.gyro_sign = 1.1
    assert tilted((50.0, 5.0), bench=bench).startswith(
        "the gyro turned 110.0 % of what gravity says, and sensors explain 95 to 105"
    )


def test_a_tilt_begins_with_its_second_sample() -> None:
    pose = Pose(-90.0, (0.0, 1.0, 0.0), 0.0, None, 3.0, 150)
    tilt = Tilt(ASSUMED, Method.THREE_POSES, pose, None)
    tilt.feed(Sample(0.0, 0.0, 1.0, 0.0))
    assert (tilt.angle_deg, tilt.ends(5.0)) == (-90.0, False)


def test_a_knock_on_the_way_says_nothing_of_the_plane() -> None:
    pose = Pose(-90.0, (0.0, 1.0, 0.0), 0.0, None, 3.0, 150)
    tilt = Tilt(ASSUMED, Method.THREE_POSES, pose, None)
    for k in range(50):
        tilt.feed(Sample(k / 50, 2.0 if 10 < k < 15 else 0.0, 1.0, 0.0))
    assert tilt.judged(Pose(30.0, (0.0, -0.5, 0.866), 0.0, None, 1.0, 50)).off_plane_deg < 9.0


def test_a_force_along_the_hinge_that_stays_all_the_way_is_no_other_hinge() -> None:
    """The bias that two poses cannot show: 11 degrees of it, where 9 of change are refused."""
    along = 0.19
    tilt = Tilt(
        ASSUMED, Method.TWO_POSES, Pose(-90.0, (along, 1.0, 0.0), 0.0, None, 3.0, 150), None
    )
    for k in range(101):
        angle = radians(-90.0 + 1.2 * k)
        tilt.feed(Sample(k / 20, along, -sin(angle), cos(angle)))
    end = Pose(30.0, (along, -0.5, 0.866), 0.0, None, 1.0, 50)
    assert tilt.judged(end).off_plane_deg < 1.0


def test_a_tilt_does_not_begin_where_the_table_is_not_upright() -> None:
    pose = Pose(-90.0, (0.0, 0.0, 1.0), 0.0, None, 3.0, 150)
    with pytest.raises(CalibrationError, match="reads 0 degrees instead of -60 or below"):
        Tilt(ASSUMED, Method.THREE_POSES, pose, None)


def test_a_table_that_was_not_brought_back_is_told_so() -> None:
    """Enter, pressed too early: the table still stands where the last pose was taken."""
    bench = ideal()
    guide = calibrated(bench, (-80.0, 0.0, 70.0))
    guide.stands()
    wait(guide, bench)
    assert refusal(guide) == (
        "the empty table reads 70 degrees: head and feet are exchanged, or it was not brought back"
    )
    guide.again()
    assert prove(guide, bench) is Stage.PROVED


def test_a_stop_where_the_sensor_reads_no_gravity_is_refused() -> None:
    bench = ideal()
    guide = calibrated(bench)
    bench.part = replace(bench.part, accel=1.2 * bench.part.accel)
    prove(guide, bench)
    assert refusal(guide) == "pose 1 (-90 degrees) reads 1.20 g instead of 1 g"


def test_a_table_within_ten_degrees_of_its_last_pose_is_still_there() -> None:
    bench = ideal()
    guide = guide_of(bench)
    guide.stands()
    wait(guide, bench)
    feed(guide, bench.turn(-72.0))
    feed(guide, bench.stay(5.0))
    assert (len(guide.poses), guide.view.hold_share, guide.view.note) == (1, 0.0, "")
    feed(guide, bench.turn(-68.0))
    feed(guide, bench.stay(4.0))
    assert guide.view.note.startswith("this is 12 degrees from the pose before")


def test_what_no_node_takes_is_refused_with_the_last_pose() -> None:
    """Behind a bias that is taken out, any sensor looks right; the node has to bear the rest."""
    bench = ideal()
    bias = Bias(offset_g=(0.0, 0.0, 0.0), scale=(1.0, 0.7, 1.0))
    guide = Guide(poses=2, angles_deg=(-80.0, 0.0), has_gyro=True, bias=bias)
    bench.part = replace(bench.part, accel=np.diag((1.0, 0.7, 1.0)))
    assert take_poses(guide, bench, (-80.0, 0.0)) is Stage.REFUSED
    assert refusal(guide).startswith(
        "what the poses give is further from a sound sensor than a node takes: axes 1.00 to 1.43"
    )
    assert (len(guide.poses), guide.quality) == (1, None)


def test_a_known_bias_is_taken_out_and_put_back_for_the_node() -> None:
    bench = ideal()
    offset = (0.06, -0.05, 0.08)
    scale = (1.02, 0.98, 1.03)
    bench.part = replace(bench.part, accel=np.diag(scale), offset_g=np.array(offset))
    guide = Guide(
        poses=2, angles_deg=(-80.0, 0.0), has_gyro=True, bias=Bias(offset_g=offset, scale=scale)
    )
    take_poses(guide, bench, (-80.0, 0.0))
    assert prove(guide, bench) is Stage.PROVED
    assert guide.expected_error_deg == 1.0
    assert guide.mounting is not None
    for angle in range(-90, 91, 15):
        a = radians(angle)
        x, y, z = (
            scale[k] * (-sin(a) * ASSUMED.head[k] + cos(a) * ASSUMED.front[k]) + offset[k]
            for k in range(3)
        )
        assert rest_angle_deg(guide.mounting, (x, y, z)) == pytest.approx(angle, abs=0.2)


def test_poses_whose_mounting_no_node_takes_are_refused() -> None:
    with pytest.raises(CalibrationError) as refused:
        check_taken(replace(ASSUMED, head_offset_g=0.26))
    assert refused.value.what == (
        "what the poses give is further from a sound sensor than a node takes: axes 1.00 to "
        "1.00 long and offsets up to 0.26 g"
    )
    with pytest.raises(CalibrationError):
        check_taken(replace(ASSUMED, head=(0.0, 1.26, 0.0)))
    with pytest.raises(CalibrationError):
        check_taken(replace(ASSUMED, head=(0.0, 1.0, 0.4)))
    check_taken(replace(ASSUMED, head=(0.0, 1.25, 0.0), head_offset_g=0.25))


@pytest.mark.parametrize(
    ("angles_deg", "what"),
    [
        ((-85.0, 0.0, 60.0), ""),
        ((-60.0, -30.0, 45.0), ""),
        ((-120.0,), "-120 degrees are no angle of a table"),
        ((-90.0, 0.0, float("nan")), "nan degrees are no angle of a table"),
        ((-59.0, 0.0), "the first pose is the upright one, and -59 degrees are not"),
        ((-90.0, 0.0, -60.0), "from 0 to -60 degrees is not 30 further towards head-down"),
        ((-90.0, 0.0, 44.0), "the third pose is at 44 degrees"),
    ],
)
def test_angles_that_cannot_be_those_of_the_poses_are_refused(
    angles_deg: tuple[float, ...], what: str
) -> None:
    if not what:
        check_stated(angles_deg)
        return
    with pytest.raises(CalibrationError) as refused:
        check_stated(angles_deg)
    assert refused.value.what == what


def test_there_is_an_angle_for_each_pose() -> None:
    with pytest.raises(CalibrationError) as refused:
        Guide(poses=3, angles_deg=(-90.0, 0.0), has_gyro=True)
    assert refused.value.what == "2 angles for 3 poses"


def test_the_quality_is_that_of_the_poses() -> None:
    bench = ideal()
    guide = calibrated(bench)
    assert isinstance(guide.quality, Calibration)
    assert guide.quality.angle_error_deg < 0.5
