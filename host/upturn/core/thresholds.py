# SPDX-License-Identifier: MIT
"""Every engineering threshold of the core, each with its unit in its name and its reason.

The documents give limits of time, rest and angle (see `limits`); all else is chosen here.
"""

from __future__ import annotations

TIME_EPSILON_S = 1e-5
"""Slack of every comparison of times: sums of decimal intervals miss round values by rounding."""

# Posture. Enter and leave differ, so that a table at rest near a border does not flicker.
UPRIGHT_ENTER_DEG = -45.0
UPRIGHT_LEAVE_DEG = -35.0
INVERTED_ENTER_DEG = 15.0  # tables invert from 20 degrees (ITB): all of it shall count
INVERTED_ENTER_S = 0.5  # bumps while mounting are shorter
INVERTED_LEAVE_DEG = 5.0
STAGED_RETURN_S = 10.0  # people rest near level on the way up: no longer head-down after this
OVER_ENTER_DEG = 100.0  # past vertical by more than the sensor's worst error
OVER_ENTER_S = 0.2
OVER_LEAVE_DEG = 95.0
TURN_LIMIT_DEG = -135.0  # no table stands here: below it the angle says nothing of the posture
TURNED_UPRIGHT_S = 0.5  # after turning on past it, upright has to last this long to be believed

# The angle filter; measured in the project's notes on tilt.
GYRO_TAU_S = 2.0
UNSETTLED_TAU_S = 0.4  # until first still: a bias taken in motion must not lead the angle far off
FIRST_BIAS_DPS = 20.0  # a first reading beyond any sensor's usual offset is motion, not bias
FORCE_TAU_S = 0.1
GATE_WIDTH_G = 0.15  # pull towards gravity fades to GATE_FLOOR as |f| leaves 1 g by this much
GATE_FLOOR = 0.02
STILL_TAU_S = 0.5
STILL_FORCE_G = 0.020
STILL_RATE_DPS = 1.0
BIAS_TAU_S = 15.0
RESTART_GAP_S = 1.0  # after a longer gap the angle starts afresh from the force

# Inversion, rest, session
REST_MAX_DEG = 5.0
REST_GAP_S = 1.0  # a drop-out up to this long is no pause of the rest: too short to invert in
SESSION_GAP_S = 600.0

# No return
NO_RETURN_S = 15.0
NO_RETURN_REPEAT_S = 15.0
WAY_UP_DROP_DEG = 2.0
WAY_UP_S = 5.0

# Angle
ANGLE_MARGIN_DEG = 3.0  # calibration error
ANGLE_RAISE_S = 2.0
ANGLE_CLEAR_S = 3.0
OVER_REJOIN_S = 10.0

# Events of the table
FAST_TILT_DPS = 120.0
FAST_TILT_S = 0.1
SLOPE_S = 0.24  # without a gyro the rate is the slope of the angle over this long
IMPACT_G = 2.5
FREE_FALL_G = 0.7
FREE_FALL_S = 0.1
FREE_FALL_WITHIN_S = 1.0
FALL_SHIFT_DEG = 20.0
FALL_QUIET_FROM_S = 0.3
FALL_QUIET_TO_S = 5.0
EVENT_HOLD_S = 10.0
QUIET_FORCE_G = 0.08
QUIET_RATE_DPS = 10.0
USUAL_FORCE_G = (0.7, 1.4)  # a mean outside it is a fault; one sample outside is looked at

# No movement
MOTION_DEG = 0.45
MOTION_MEAN_S = 4.0
MOTION_FORCE_G = 0.012
MOTION_FORCE_MEAN_S = 0.5
MOTION_RMS_S = 1.0
STILL_MEDIUM_S = 30.0
STILL_HIGH_S = 45.0

# Distress
TAPS = 3
TAP_MIN_S = 0.15
TAP_MAX_S = 0.7

# Signal
SIGNAL_LOST_S = 2.0
SIGNAL_LOST_UPRIGHT_S = 10.0
NO_SIGNAL_YET_S = 15.0

# Sensor health, judged on blocks of samples
BLOCK_S = 0.2
FORCE_MEAN_S = 1.0
FROZEN_S = 10.0
RAIL_G = 1.95  # below the rail of the smallest range; one value held above it is the rail
SATURATED_S = 0.5
RATE_ERROR = 0.2
RATE_WINDOW_S = 5.0
ANGLES_APART_DEG = 10.0
ANGLES_APART_S = 3.0
MOVED_DEG = 12.0
MOVED_S = 3.0
MOVED_CLEAR_DEG = 6.0
MOVED_CLEAR_S = 3.0
STOP_SHIFT_DEG = 5.0
STOP_AFTER_S = 6.0  # upright and quiet as long as this, and as long after: the user settles
STOP_REFERENCE_S = 3.0
STOP_DRIFT_DEG = 1.0  # between the halves of a rest: a slow return is none

# Battery
BATTERY_LOW_V = 3.5
BATTERY_LOW_PERCENT = 15.0
BATTERY_RECOVERED_V = 3.55  # a cell sags under load: without this the alarm would chatter
BATTERY_RECOVERED_PERCENT = 17.0
HOST_BATTERY_LOW_PERCENT = 10.0

# Alarm signals
PAUSE_INVERTED_S = 30.0
PAUSE_S = 120.0
STAND_DOWN_UPRIGHT_S = 5.0
