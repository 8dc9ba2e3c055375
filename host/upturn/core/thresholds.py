# SPDX-License-Identifier: MIT
"""Every engineering threshold of the core, each with its unit in its name and its reason.

The documents give limits of time, rest and angle (see `limits`); all else is chosen here.
"""

from __future__ import annotations

TIME_EPSILON_S = 1e-5
"""Slack of every comparison of times: sums of decimal intervals miss round values by rounding."""

# Posture. Enter and leave differ, so that a table at rest near a border does not flicker.
UPRIGHT_ENTER_DEG = -45.0  # well above the usual stop near -80, and clear of any rest near level
UPRIGHT_LEAVE_DEG = -35.0  # 10 degrees of hysteresis: more than people sway
INVERTED_ENTER_DEG = 15.0  # tables invert from 20 degrees (ITB): all of it shall count
INVERTED_ENTER_S = 0.5  # bumps while mounting are shorter
INVERTED_LEAVE_DEG = 5.0  # head no lower than the hips, within a calibration's error
STAGED_RETURN_S = 10.0  # people rest near level on the way up: no longer head-down after this
OVER_ENTER_DEG = 100.0  # past vertical by more than the sensor's worst error
OVER_ENTER_S = 0.2  # longer than a knock, short enough to warn before the table locks
OVER_LEAVE_DEG = 95.0  # 5 degrees of hysteresis
TURN_LIMIT_DEG = -135.0  # no table stands here: below it the angle says nothing of the posture
TURNED_UPRIGHT_S = 0.5  # after turning on past it, upright has to last this long to be believed

# The angle filter; measured in the project's notes on tilt.
GYRO_TAU_S = 2.0  # 4 s is better in motion and worse at rest; of those tried, the compromise
UNSETTLED_TAU_S = 0.4  # until first still: a bias taken in motion must not lead the angle far off
FIRST_BIAS_DPS = 20.0  # a first reading beyond any sensor's usual offset is motion, not bias
FORCE_TAU_S = 0.1  # noise falls to a third at 50 Hz, and the lag is 0.1 s
GATE_WIDTH_G = 0.15  # pull towards gravity fades to GATE_FLOOR as |f| leaves 1 g by this much
GATE_FLOOR = 0.02  # so that a wrong scale never shuts gravity out for good
STILL_TAU_S = 0.5  # shorter than any pause, longer than a step of noise
STILL_FORCE_G = 0.020  # four times the noise of the worst axis of a recorded MPU-6050 (5 mg)
STILL_RATE_DPS = 1.0  # about ten times its gyro's noise, and slower than any turn
BIAS_TAU_S = 15.0  # a bias drifts with warmth, over minutes
RESTART_GAP_S = 1.0  # after a longer gap the angle starts afresh from the force

# Inversion, rest, session
REST_MAX_DEG = 5.0  # as INVERTED_LEAVE_DEG: the head is not below the heart
COUNTS_AGREE_S = 0.1  # host and node see the same crossing a sample or two apart
REST_GAP_S = 1.0  # a drop-out up to this long is no pause of the rest: too short to invert in
SESSION_GAP_S = 600.0  # who comes back within 10 minutes is still at it
AFTER_REST_S = 30.0  # past a full rest: who only rested would have begun the next by now
AFTER_LAPSES_S = 600.0  # nobody is there any more; a later answer is as good

# No return
NO_RETURN_S = 15.0  # time to act on the alarm; 15 to 20 s are usual (notes on alarms)
NO_RETURN_REPEAT_S = 15.0  # said again before a spotter can forget it
WAY_UP_DROP_DEG = 2.0  # more than rocking about one angle gains
WAY_UP_S = 5.0  # a slow return gains 2 degrees well within it

# Angle
ANGLE_MARGIN_DEG = 3.0  # calibration error
ANGLE_RAISE_S = 2.0  # a swing past the limit is no stay
ANGLE_CLEAR_S = 3.0  # nor is a swing back within it
OVER_REJOIN_S = 10.0  # a table that rocks over the top is one event, not many

# Events of the table
FAST_TILT_DPS = 120.0  # simulated: every flip of 0.7 to 1.3 s, no normal turn in 9.8 h
FAST_TILT_S = 0.1  # longer than a knock's ringing
SLOPE_S = 0.24  # without a gyro the rate is the slope of the angle over this long
IMPACT_G = 2.5  # simulated: 92 to 97 % of falls pass it, no normal use does; hard end stops may
FREE_FALL_G = 0.7  # a table that somebody holds reads so little only for moments
FREE_FALL_S = 0.1  # a drop of 5 cm
FREE_FALL_WITHIN_S = 1.0  # a fall from a table lasts less
FALL_SHIFT_DEG = 20.0  # simulated: 65 % of falls, none false in 4.4 h
FALL_QUIET_FROM_S = 0.3  # the ringing is over
FALL_QUIET_TO_S = 5.0  # later shifts have other causes
EVENT_HOLD_S = 10.0  # long enough to be read by who looks up
QUIET_FORCE_G = 0.08  # the scale error of a usual part, and some noise
QUIET_RATE_DPS = 10.0  # slower than a person turns a table
USUAL_FORCE_G = (0.7, 1.4)  # a mean outside it is a fault; one sample outside is looked at

# No movement
MOTION_DEG = 0.45  # above breathing (95 % below 0.31, assumed), below a deliberate move
MOTION_MEAN_S = 4.0  # a breath
MOTION_FORCE_G = 0.012  # over twice the noise of that worst axis
MOTION_FORCE_MEAN_S = 0.5  # takes gravity out, leaves a move in
MOTION_RMS_S = 1.0  # one move
STILL_MEDIUM_S = 30.0  # as firefighters' motion alarms, which call at 20 to 30 s
STILL_HIGH_S = 45.0  # time to answer the first call

# Distress
TAPS = 3  # two happen by chance
TAP_MIN_S = 0.15  # one tap rings for less
TAP_MAX_S = 0.7  # slower ones are other knocks

# Signal
SIGNAL_LOST_S = 2.0  # a radio loses a second now and then
SIGNAL_LOST_UPRIGHT_S = 10.0  # nobody is in danger yet: a nuisance alarm would be muted
NO_SIGNAL_YET_S = 15.0  # a node boots and connects within it

# Sensor health, judged on blocks of samples
BLOCK_S = 0.2  # the latency that is allowed to an alarm
FORCE_MEAN_S = 1.0  # longer than a move, so that only a wrong scale is off so long
FROZEN_S = 10.0  # noise changes the last digit far sooner
RAIL_G = 1.95  # below the rail of the smallest range; one value held above it is the rail
SATURATED_S = 0.5  # a knock is shorter
RATE_ERROR = 0.2  # clocks of real parts are 5 % off; this is another setting
RATE_WINDOW_S = 5.0  # enough samples at 10 Hz to tell 20 %
ANGLES_APART_DEG = 10.0  # far above two calibrations' errors (90 % of sessions within 3.6)
ANGLES_APART_S = 3.0  # filters may differ in a fast turn, not for long
MOVED_DEG = 12.0  # a good part's own tilt: 95 % within 7.6; 0 of 270 simulated sessions false
MOVED_S = 3.0  # a shake is shorter
MOVED_CLEAR_DEG = 6.0  # half of MOVED_DEG: back in place, not just nearer
MOVED_CLEAR_S = 3.0  # as MOVED_S
STOP_SHIFT_DEG = 5.0  # with MOVED_DEG: 47 of 50 simulated moved clips seen, 0 of 270 false
STOP_AFTER_S = 6.0  # upright and quiet as long as this, and as long after: the user settles
STOP_REFERENCE_S = 3.0  # as MOVED_S
STOP_DRIFT_DEG = 1.0  # between the halves of a rest: a slow return is none

# Battery
BATTERY_LOW_V = 3.5  # a lithium cell drops fast from here
BATTERY_LOW_PERCENT = 15.0  # enough for a session
BATTERY_RECOVERED_V = 3.55  # a cell sags under load: without this the alarm would chatter
BATTERY_RECOVERED_PERCENT = 17.0  # as BATTERY_RECOVERED_V
HOST_BATTERY_LOW_PERCENT = 10.0  # many computers put themselves to sleep a little below

# Alarm signals
PAUSE_INVERTED_S = 30.0  # a paused alarm must come back before the next is due
PAUSE_S = 120.0  # the longest that comparable monitors allow
EQUIPMENT_S = 43_200.0  # a day of use; who folds the table up looks at it again when it is set up
CHECK_IN_S = 1800.0  # a spotter who said so half an hour ago may have gone; a session is shorter
STAND_DOWN_UPRIGHT_S = 5.0  # a table set up for use stands so long; a carried one does not
