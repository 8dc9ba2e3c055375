# SPDX-License-Identifier: MIT
"""Sessions by what befalls the table: blows and falls, a sensor that lies, a link that fails."""

from __future__ import annotations

import numpy as np

from upturn.core.mounting import Vector
from upturn.transports.sim.body import Detached, FreeFall
from upturn.transports.sim.plan import Plan, Range
from upturn.transports.sim.sessions import (
    AFTER_S,
    QUIET_DEG,
    START_S,
    normal,
    quiet_inversion,
)

PEAK_SEEN_HZ = 45.0  # a slower stream cannot carry a 20 ms blow in its samples


def impact(plan: Plan) -> None:
    plan.hold(START_S)
    angle_deg = plan.between(QUIET_DEG)
    plan.go_down(angle_deg)
    plan.hold((5.0, 12.0))
    plan.hit(plan.now_s, _blow_g(plan), _at_rest(angle_deg))
    plan.hold((4.0, 8.0))
    plan.come_up()
    plan.hold(AFTER_S)


def fall(plan: Plan) -> None:
    plan.hold(START_S)
    angle_deg = plan.between(QUIET_DEG)
    plan.go_down(angle_deg)
    plan.hold((5.0, 15.0))
    start_s = plan.now_s
    plan.course.hold(plan.between((0.12, 0.40)))
    plan.falls.append(FreeFall(start_s, plan.now_s, plan.between((0.05, 0.6))))
    plan.hit(plan.now_s, _blow_g(plan), _at_rest(angle_deg))
    # Not every fall turns the table over: two of three do.
    tip_deg = plan.between((25.0, 80.0)) if plan.chance(0.65) else plan.between((2.0, 15.0))
    plan.slip(plan.now_s, _across(angle_deg), tip_deg if plan.chance(0.5) else -tip_deg)
    plan.hold((15.0, 25.0))
    plan.still.append((start_s, plan.now_s))


def sensor_moved(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between(QUIET_DEG))
    plan.hold((4.0, 8.0))
    plan.slip(plan.now_s, plan.direction(), 30.0 if plan.chance(0.5) else -30.0)
    plan.hold((6.0, 10.0))
    plan.come_up(stage_s=(6.0, 10.0))
    plan.hold(AFTER_S)


def stop_shifted(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between(QUIET_DEG))
    plan.hold((6.0, 12.0))
    plan.slip(plan.now_s, (0.0, 0.0, 1.0), 8.0 if plan.chance(0.5) else -8.0)
    plan.hold((4.0, 8.0))
    plan.come_up()
    plan.hold((18.0, 30.0))


def sensor_detached(plan: Plan) -> None:
    plan.hold(START_S)
    angle_deg = plan.between(QUIET_DEG)
    plan.go_down(angle_deg)
    plan.hold((4.0, 10.0))
    start_s = plan.now_s
    plan.course.hold(plan.between((0.25, 0.4)))
    plan.falls.append(FreeFall(start_s, plan.now_s, 0.05))
    off_plane = np.radians(plan.between((30.0, 80.0)))
    in_plane = np.radians(plan.between((-180.0, 180.0)))
    rest_g = (
        float(np.cos(off_plane) * np.cos(in_plane)),
        float(np.cos(off_plane) * np.sin(in_plane)),
        float(np.sin(off_plane)),
    )
    plan.detached = Detached(plan.now_s, rest_g)
    plan.hit(plan.now_s, _blow_g(plan), rest_g)
    plan.hold((8.0, 14.0))
    plan.come_up()
    plan.hold(AFTER_S)


def sensor_frozen(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between(QUIET_DEG))
    plan.hold((3.0, 6.0))
    start_s = plan.now_s
    plan.hold((13.0, 18.0))
    plan.node.frozen.append((start_s, plan.now_s))
    plan.hold((2.0, 4.0))
    plan.come_up()
    plan.hold(AFTER_S)


def sensor_saturated(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between(QUIET_DEG))
    plan.hold((5.0, 10.0))
    plan.node.saturated.append((plan.now_s, plan.now_s + plan.between((2.0, 4.0))))
    plan.node.says_saturated = plan.chance(0.5)
    plan.hold((6.0, 10.0))
    plan.come_up()
    plan.hold(AFTER_S)


def sensor_bad_scale(plan: Plan) -> None:
    plan.node.scale = 2.0 if plan.chance(0.5) else 0.5
    normal(plan)


def slow_rate(plan: Plan) -> None:
    plan.node.rate_share = 0.7
    normal(plan)


def angle_mismatch(plan: Plan) -> None:
    plan.node.angle_error_deg = 15.0 if plan.chance(0.5) else -15.0
    normal(plan)


def not_calibrated(plan: Plan) -> None:
    plan.node.calibrated = False
    normal(plan)


def battery_low(plan: Plan) -> None:
    plan.node.battery_v = (plan.between((3.56, 3.64)), plan.between((3.34, 3.42)))
    normal(plan)


def signal_loss(plan: Plan) -> None:
    plan.hold(START_S)
    lost_s = plan.now_s + 14.0
    quiet_inversion(plan, (30.0, 41.0), down_dps=(18.0, 30.0))
    plan.lose(lost_s, plan.between((5.0, 10.0)))
    plan.hold(AFTER_S)


def signal_loss_upright(plan: Plan) -> None:
    plan.hold(START_S)
    for_s = plan.between((14.0, 24.0))
    plan.lose(plan.now_s, for_s)
    plan.course.hold(for_s)
    plan.hold(START_S)
    quiet_inversion(plan)
    plan.hold(AFTER_S)


def signal_gone(plan: Plan) -> None:
    plan.hold(START_S)
    plan.go_down(plan.between(QUIET_DEG))
    plan.hold((8.0, 20.0))
    plan.lose(plan.now_s, float("inf"))
    plan.course.hold(30.0)


def _blow_g(plan: Plan) -> Range:
    """How hard, by whether the node tells the peak: if not, samples have to show it."""
    plan.node.says_peak = plan.chance(0.5) or plan.rate_hz < PEAK_SEEN_HZ
    return (6.0, 10.0) if plan.node.says_peak else (8.5, 10.0)


def _at_rest(angle_deg: float) -> Vector:
    """Force on a table at rest, in table axes."""
    angle = np.radians(angle_deg)
    return (-float(np.sin(angle)), float(np.cos(angle)), 0.0)


def _across(angle_deg: float) -> Vector:
    """The axis in the plane of rotation square to gravity: a tip about it shows fully."""
    angle = np.radians(angle_deg)
    return (float(np.cos(angle)), float(np.sin(angle)), 0.0)
