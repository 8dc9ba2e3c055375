# SPDX-License-Identifier: MIT
"""The sessions that can be simulated: one row each, with what it must raise and one line of help.

Every script varies with its seed within the ranges of people. A script without dangers raises no
alarm at all under the standard profile; one with dangers must raise those, and may raise others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from upturn.core.alarm_table import AlarmId
from upturn.errors import InputError
from upturn.transports.sim import faults, sessions
from upturn.transports.sim.plan import Plan


@dataclass(frozen=True, slots=True)
class Script:
    name: str
    help: str
    build: Callable[[Plan], None]
    dangers: tuple[AlarmId, ...] = ()


SCRIPTS: dict[str, Script] = {
    script.name: script
    for script in (
        Script("normal", "one inversion within all limits, staged return", sessions.normal),
        Script(
            "two-inversions",
            "two inversions with a full rest between them",
            sessions.two_inversions,
        ),
        Script("over-rest", "a second inversion just after a full rest", sessions.over_rest),
        Script("slow-return", "comes up slowly, without a stop", sessions.slow_return),
        Script("staged-rest", "rests near level on the way up", sessions.staged_rest),
        Script(
            "mounting-bumps", "someone gets on and off, and never inverts", sessions.mounting_bumps
        ),
        Script(
            "normal-any",
            "any of the silent behaviours, sensors, mountings and rates",
            sessions.normal_any,
        ),
        Script(
            "demo",
            "what `upturn demo` shows: past the limit and back",
            sessions.demo,
            (AlarmId.TIME_LIMIT_NEAR, AlarmId.TIME_LIMIT),
        ),
        Script(
            "too-long",
            "stays past the limit, comes up after the alarm",
            sessions.too_long,
            (AlarmId.TIME_LIMIT_NEAR, AlarmId.TIME_LIMIT),
        ),
        Script(
            "no-return",
            "stays, and comes up far too late",
            sessions.no_return,
            (AlarmId.TIME_LIMIT_NEAR, AlarmId.TIME_LIMIT, AlarmId.NO_RETURN),
        ),
        Script(
            "rocking",
            "up and down with short breaks, within the limit by its sum",
            sessions.rocking,
            (AlarmId.REST_SHORT,),
        ),
        Script(
            "short-rest",
            "a second inversion before a full rest",
            sessions.short_rest,
            (AlarmId.REST_SHORT,),
        ),
        Script(
            "steep", "above the angle limit for seconds", sessions.steep, (AlarmId.ANGLE_LIMIT,)
        ),
        Script(
            "over-rotated",
            "past vertical, held there, turned back",
            sessions.over_rotated,
            (AlarmId.ANGLE_LIMIT, AlarmId.OVER_ROTATION),
        ),
        Script(
            "past-180",
            "turns on past 180 degrees, and back the same way",
            sessions.past_180,
            (AlarmId.ANGLE_LIMIT, AlarmId.OVER_ROTATION),
        ),
        Script("fast-tilt", "flips up to upright", sessions.fast_tilt, (AlarmId.FAST_TILT,)),
        Script(
            "unresponsive",
            "motionless while inverted, brought up by a spotter",
            sessions.unresponsive,
            (AlarmId.NO_MOVEMENT, AlarmId.TIME_LIMIT_NEAR, AlarmId.TIME_LIMIT, AlarmId.NO_RETURN),
        ),
        Script(
            "distress-button",
            "presses the node's button while inverted",
            sessions.distress_button,
            (AlarmId.DISTRESS,),
        ),
        Script(
            "distress-taps",
            "taps the frame three times",
            sessions.distress_taps,
            (AlarmId.DISTRESS,),
        ),
        Script("impact", "a hard blow to the table", faults.impact, (AlarmId.IMPACT,)),
        Script(
            "fall",
            "falls, hits the floor, lies there",
            faults.fall,
            (AlarmId.IMPACT, AlarmId.FALL),
        ),
        Script(
            "sensor-moved",
            "the sensor turns 30 degrees on its clip while inverted",
            faults.sensor_moved,
            (AlarmId.SENSOR_MOVED,),
        ),
        Script(
            "stop-shifted",
            "the sensor turns 8 degrees about the hinge axis while inverted",
            faults.stop_shifted,
            (AlarmId.SENSOR_MOVED,),
        ),
        Script(
            "sensor-detached",
            "the sensor drops off and lies on the floor",
            faults.sensor_detached,
            (AlarmId.IMPACT, AlarmId.FALL),
        ),
        Script(
            "sensor-frozen",
            "identical readings while inverted",
            faults.sensor_frozen,
            (AlarmId.SENSOR_FAULT,),
        ),
        Script(
            "sensor-saturated",
            "one axis at its rail for seconds",
            faults.sensor_saturated,
            (AlarmId.SENSOR_FAULT,),
        ),
        Script(
            "sensor-bad-scale",
            "readings doubled or halved: a range set wrongly",
            faults.sensor_bad_scale,
            (AlarmId.SENSOR_FAULT,),
        ),
        Script(
            "slow-rate",
            "30 % fewer samples than declared",
            faults.slow_rate,
            (AlarmId.SENSOR_FAULT,),
        ),
        Script(
            "angle-mismatch",
            "the node's own angle is 15 degrees off",
            faults.angle_mismatch,
            (AlarmId.SENSOR_FAULT,),
        ),
        Script(
            "not-calibrated",
            "a normal session of a node never calibrated",
            faults.not_calibrated,
            (AlarmId.NOT_CALIBRATED,),
        ),
        Script(
            "battery-low",
            "the node's battery runs down",
            faults.battery_low,
            (AlarmId.BATTERY_LOW,),
        ),
        Script(
            "signal-loss",
            "the link is lost while inverted, and comes back",
            faults.signal_loss,
            (AlarmId.SIGNAL_LOST,),
        ),
        Script(
            "signal-loss-upright",
            "the link is lost while upright, and comes back",
            faults.signal_loss_upright,
            (AlarmId.SIGNAL_LOST,),
        ),
        Script(
            "signal-gone",
            "the link is lost while inverted, for good",
            faults.signal_gone,
            (AlarmId.SIGNAL_LOST,),
        ),
    )
}

DANGEROUS = tuple(name for name, script in SCRIPTS.items() if script.dangers)
SILENT = tuple(name for name, script in SCRIPTS.items() if not script.dangers)


def script_named(name: str) -> Script:
    """The script of that name.

    Raises:
        InputError: no such script.
    """
    script = SCRIPTS.get(name)
    if script is None:
        raise InputError(f"unknown simulation {name!r}", remedy=f"Known are {', '.join(SCRIPTS)}.")
    return script
