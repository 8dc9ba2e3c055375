# SPDX-License-Identifier: MIT
"""Sessions by what the person does: within the limits, too long, too steep, motionless, calling.

Silent sessions keep their angle at or below 60 degrees and their head-down time between full rests
at or below 44 s, whatever the calibration error.
"""

from __future__ import annotations

import numpy as np

from upturn.transports.sim.plan import Plan, Range

QUIET_DEG: Range = (30.0, 54.0)
QUIET_HEAD_DOWN_S: Range = (18.0, 41.0)
START_S: Range = (6.0, 12.0)
AFTER_S: Range = (15.0, 30.0)


def normal(plan: Plan) -> None:
    plan.hold(START_S)
    quiet_inversion(plan)
    plan.hold((20.0, 40.0))


def two_inversions(plan: Plan) -> None:
    plan.hold(START_S)
    quiet_inversion(plan)
    plan.hold((100.0, 150.0))
    quiet_inversion(plan)
    plan.hold(AFTER_S)


def over_rest(plan: Plan) -> None:
    plan.hold(START_S)
    quiet_inversion(plan)
    plan.hold((93.0, 97.0))
    quiet_inversion(plan)
    plan.hold(AFTER_S)


def slow_return(plan: Plan) -> None:
    plan.hold(START_S)
    _slow_inversion(plan)
    plan.hold(AFTER_S)


def staged_rest(plan: Plan) -> None:
    plan.hold(START_S)
    _staged_inversion(plan)
    plan.hold(AFTER_S)


def mounting_bumps(plan: Plan) -> None:
    plan.hold((3.0, 5.0))
    _bumps(plan, for_s=12.0)
    plan.hold((15.0, 30.0))
    _bumps(plan, for_s=8.0)
    plan.hold((5.0, 8.0))


def normal_any(plan: Plan) -> None:
    until_s = plan.between((100.0, 210.0))
    plan.hold(START_S)
    if plan.chance(0.5):
        _bumps(plan, for_s=10.0)
    while True:
        inversions = (quiet_inversion, quiet_inversion, _slow_inversion, _staged_inversion)
        inversions[int(plan.rng.integers(len(inversions)))](plan)
        if plan.now_s > until_s:
            break
        plan.hold((96.0, 125.0))
    if plan.chance(0.5):
        _bumps(plan, for_s=8.0)
    plan.hold((20.0, 60.0))


def demo(plan: Plan) -> None:
    plan.hold((5.0, 5.0))
    down = plan.go_down(50.0, (20.0, 20.0))
    plan.stay(down, 66.0)
    plan.come_up(stage_s=(6.0, 6.0), up_dps=(20.0, 20.0))
    plan.hold((20.0, 20.0))


def too_long(plan: Plan) -> None:
    plan.hold(START_S)
    down = plan.go_down(plan.between(QUIET_DEG))
    plan.stay(down, plan.between((62.0, 66.0)))
    plan.come_up(up_dps=(15.0, 25.0))
    plan.hold(AFTER_S)


def no_return(plan: Plan) -> None:
    plan.hold(START_S)
    down = plan.go_down(plan.between(QUIET_DEG))
    plan.stay(down, plan.between((100.0, 140.0)))
    plan.come_up()
    plan.hold(AFTER_S)


def rocking(plan: Plan) -> None:
    plan.hold(START_S)
    plan.invert(plan.between((35.0, 50.0)), plan.between((20.0, 24.0)), back_to_deg=-16.0)
    plan.hold((6.0, 15.0))
    plan.invert(plan.between((35.0, 50.0)), plan.between((14.0, 17.0)), up_dps=(15.0, 25.0))
    plan.hold((4.0, 10.0))
    plan.stand_up()
    plan.hold(AFTER_S)


def short_rest(plan: Plan) -> None:
    plan.hold(START_S)
    for rest_s in ((25.0, 65.0), AFTER_S):
        plan.invert(plan.between(QUIET_DEG), plan.between((14.0, 20.0)))
        plan.stand_up()
        plan.hold(rest_s)


def steep(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between((76.0, 84.0)))
    plan.hold((6.0, 14.0))
    plan.come_up()
    plan.hold(AFTER_S)


def over_rotated(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between((112.0, 130.0)), (20.0, 45.0))
    plan.hold((6.0, 20.0))
    plan.come_up()
    plan.hold(AFTER_S)


def past_180(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between((186.0, 196.0)), (30.0, 60.0))
    plan.hold((3.0, 8.0))
    plan.come_up(up_dps=(25.0, 45.0))
    plan.hold(AFTER_S)


def fast_tilt(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between((30.0, 50.0)))
    plan.hold((8.0, 20.0))
    plan.stand_up((175.0, 215.0), knock_g=(0.5, 1.2))
    plan.swing((0.3, 1.0))
    plan.hold(AFTER_S)


def unresponsive(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between(QUIET_DEG))
    plan.hold((1.0, 6.0))
    start_s = plan.now_s
    plan.hold((85.0, 110.0))
    plan.still.append((start_s, plan.now_s))
    plan.come_up()
    plan.hold(AFTER_S)


def distress_button(plan: Plan) -> None:
    plan.hold(START_S)
    start_s = plan.now_s + 10.0
    quiet_inversion(plan)
    pressed_s = plan.between((start_s, start_s + 5.0))
    plan.node.presses = [(pressed_s, pressed_s + plan.between((0.3, 1.2)))]
    plan.hold(AFTER_S)


def distress_taps(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between(QUIET_DEG))
    plan.hold((6.0, 12.0))
    for _ in range(3):
        plan.node.taps.append(plan.now_s)
        plan.knock(plan.now_s, (0.7, 1.2))
        plan.course.hold(plan.between((0.28, 0.6)))
    plan.hold((4.0, 8.0))
    plan.come_up()
    plan.hold(AFTER_S)


def quiet_inversion(
    plan: Plan,
    head_down_s: Range = QUIET_HEAD_DOWN_S,
    down_dps: Range = (14.0, 30.0),
) -> None:
    plan.invert(plan.between(QUIET_DEG), plan.between(head_down_s), down_dps=down_dps)
    plan.hold((4.0, 12.0))
    plan.stand_up()


def _slow_inversion(plan: Plan) -> None:
    to_deg = plan.between((30.0, 45.0))
    plan.invert(to_deg, plan.between((30.0, 41.0)), back_to_deg=plan.stop_deg, up_dps=(6.0, 9.0))


def _staged_inversion(plan: Plan) -> None:
    # A calibration error may keep a rest just above level in the inversion: then its time counts.
    rest_deg = plan.between((-5.0, 10.0))
    head_down_s = plan.between((17.0, 24.0))
    plan.invert(plan.between(QUIET_DEG), head_down_s, back_to_deg=rest_deg)
    plan.hold((20.0, 60.0) if rest_deg <= -3.0 else (6.0, 12.0))
    plan.stand_up(up_dps=(15.0, 25.0))


def _bumps(plan: Plan, *, for_s: float) -> None:
    """Someone gets on or off: knocks below 2.5 g and short wobbles against the stop."""
    for at_s in np.sort(plan.rng.uniform(plan.now_s, plan.now_s + for_s, 8)):
        plan.knock(float(at_s), (0.2, 1.2))
    plan.course.rock(plan.between((0.5, 2.5)), plan.between((0.8, 1.6)), 2)
    plan.course.hold(for_s)
