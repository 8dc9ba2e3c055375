# SPDX-License-Identifier: MIT
"""The inversion angle of one sensor: the host's estimator (`upturn.core.tilt`) in small integers.

With a gyro the host turns the direction of gravity by the rate, and pulls it towards the force.
Here the turns are summed into one angle, and the pull acts in a frame that turns with it: the same
recurrence, but what is summed is exact, so that rounding cannot build up. Without a gyro the force
is low-passed. Every gain depends on the input alone.

Units: F8 is a wire unit / 256, Q14 is 1 / 2**14, and so on; a whole turn is `_CIRCLE`.
"""

from array import array

from micropython import const

from upturn_node.intmath import atan2_cdeg, cos_q14, eased, isqrt, sin_q14

_G = const(2048)
_ONE = const(16384)

# As host/upturn/core/thresholds.py, which has the reasons.
_GYRO_TAU_MS = const(2000)
_UNSETTLED_TAU_MS = const(400)
_FORCE_TAU_MS = const(100)
_STILL_TAU_MS = const(500)
_BIAS_TAU_MS = const(15000)
_RESTART_GAP_MS = const(1000)
_FIRST_BIAS_F8 = const(163840)  # 20 degrees/s
_GATE_WIDTH = const(307)  # 0.15 g
_GATE_FLOOR_Q10 = const(20)  # 0.02
_STILL_FORCE2 = const(6711)  # 0.020 g in half wire units, squared
_STILL_RATE2 = const(4096)  # 1 degree/s in half wire units, squared
_STILL_START = const(10)

_TINY = const(2)  # 0.001 g: a force below it has no direction
_RATE_END_F8 = const(8388607)  # where a rate of 16 bits ends
_DEVIATION_END = const(23000)  # whose square is below 2**29: 5.6 g, 360 degrees/s
_DIRECTION_END = const(49152)  # 1.5 in Q15: only offsets in free fall reach it
_SHORT_FORCE = const(8192)  # below it a force times 2**15 fits
_CIRCLE = const(368640000)  # 1/1024000 degree
_COARSE_CIRCLE = const(23040000)  # 1/64000 degree: half a wire unit of rate for a ms


class Tilt:
    """`angle_cdeg` in (-18000, 18000], `force_mg` of the newest reading."""

    def __init__(self, has_gyro):
        self._has_gyro = has_gyro
        self._rows = array("h", 9 * [0])
        self._offset_head = self._offset_front = 0
        self.angle_cdeg = 0
        self.force_mg = 0
        self._turned = 0
        self._along = self._across = 0
        self._last_w = 0
        self._mean_head = self._mean_front = self._mean_w = 0
        self._force2 = self._rate2 = 0
        self.assumed()

    def mount(self, rows, offsets):
        """Take a calibration, in 1/16384: rows of head, front and hinge; offsets of the first two.

        It is to have passed `messages.check_calibration`. The angle starts afresh.
        """
        for i in range(9):
            self._rows[i] = rows[i]
        self._offset_head = offsets[0] << 5
        self._offset_front = offsets[1] << 5
        self._started = False
        self._bias_known = False
        self._bias_q14 = 0
        self._still_ms = 0

    def assumed(self):
        """Take the axes of a sensor that nobody calibrated."""
        self.mount((0, _ONE, 0, 0, 0, _ONE, _ONE, 0, 0), (0, 0))

    def update(self, out, dt_ms):
        """Take a reading (ax ay az gx gy gz in wire units), `dt_ms` after the one before."""
        rows = self._rows
        head = _projected(rows, 0, out, 0) + self._offset_head
        front = _projected(rows, 3, out, 0) + self._offset_front
        force = _length(out[0], out[1], out[2])
        self.force_mg = force * 125 >> 8
        restart = not self._started or dt_ms > _RESTART_GAP_MS
        if not restart and dt_ms <= 0:
            return
        self._started = True
        if self._has_gyro:
            w = min(max(-_projected(rows, 6, out, 3), -_RATE_END_F8), _RATE_END_F8)
            self._with_gyro(head, front, force, w, dt_ms, restart)
        else:
            self._without_gyro(head, front, force, dt_ms, restart)

    def _without_gyro(self, head, front, force, dt_ms, restart):
        if restart:
            self._along = front << 2
            self._across = -head << 2
        elif force >= _TINY:
            gain = (dt_ms << 18) // (_FORCE_TAU_MS + dt_ms)
            self._along = eased(self._along, front << 2, gain)
            self._across = eased(self._across, -head << 2, gain)
        self.angle_cdeg = atan2_cdeg(self._across, self._along)

    def _with_gyro(self, head, front, force, w, dt_ms, restart):
        if restart:
            if not self._bias_known and -_FIRST_BIAS_F8 <= w <= _FIRST_BIAS_F8:
                self._bias_q14 = w << 6
            self._bias_known = True
            self._mean_head = head
            self._mean_front = front
            self._mean_w = w
            self._force2 = _STILL_START * _STILL_FORCE2
            self._rate2 = _STILL_START * _STILL_RATE2
            self._turned = 0
            pull = 1 << 18
        else:
            self._watch_stillness(head, front, w, dt_ms)
            turn = (w + self._last_w + 8 >> 4) - (self._bias_q14 + 256 >> 9)
            turn = (turn >> 4) * dt_ms % _COARSE_CIRCLE * 16 + (turn & 15) * dt_ms
            self._turned = (self._turned + turn) % _CIRCLE
            gate = 1024 - (abs(force - _G) << 10) // _GATE_WIDTH
            if gate < _GATE_FLOOR_Q10:
                gate = _GATE_FLOOR_Q10
            tau_ms = _GYRO_TAU_MS if self._still_ms else _UNSETTLED_TAU_MS
            pull = ((dt_ms << 18) // (tau_ms + dt_ms)) * gate >> 10
        self._last_w = w
        while force >= _SHORT_FORCE:
            force >>= 1
            head >>= 1
            front >>= 1
        force += _TINY
        front = min(max((front << 7) // force, -_DIRECTION_END), _DIRECTION_END)
        down = min(max(-(head << 7) // force, -_DIRECTION_END), _DIRECTION_END)
        turned = self._turned >> 10
        s = sin_q14(turned)
        c = cos_q14(turned)
        self._along = eased(self._along, (front * c >> 2) + (down * s >> 2), pull)
        self._across = eased(self._across, (down * c >> 2) - (front * s >> 2), pull)
        angle = atan2_cdeg(self._across, self._along) + (turned + 5) // 10
        self.angle_cdeg = angle if angle <= 18000 else angle - 36000

    def _watch_stillness(self, head, front, w, dt_ms):
        """A running mean of the rate over still time is the gyro's bias."""
        gain = (dt_ms << 18) // (_STILL_TAU_MS + dt_ms)
        d_head = _deviation(head - self._mean_head)
        d_front = _deviation(front - self._mean_front)
        d_w = _deviation(w - self._mean_w)
        self._mean_head = eased(self._mean_head, head, gain)
        self._mean_front = eased(self._mean_front, front, gain)
        self._mean_w = eased(self._mean_w, w, gain)
        self._force2 = eased(self._force2, d_head * d_head + d_front * d_front, gain)
        self._rate2 = eased(self._rate2, d_w * d_w, gain)
        if self._force2 < _STILL_FORCE2 and self._rate2 < _STILL_RATE2:
            still_ms = min(self._still_ms + dt_ms, _BIAS_TAU_MS)
            self._still_ms = still_ms
            self._bias_q14 = eased(self._bias_q14, w << 6, (dt_ms << 18) // still_ms)


def _projected(rows, row, out, axis):
    """A reading along a row, F8: each product of 16 bits fits, but their sum would not."""
    return (
        (rows[row] * out[axis] >> 6)
        + (rows[row + 1] * out[axis + 1] >> 6)
        + (rows[row + 2] * out[axis + 2] >> 6)
    )


def _deviation(apart_f8):
    """In half wire units, within what may be squared."""
    return min(max(apart_f8 >> 7, -_DEVIATION_END), _DEVIATION_END)


def _length(x, y, z):
    """Of a force of three 16-bit readings."""
    if max(abs(x), abs(y), abs(z)) > 18000:  # its squares would not fit
        return isqrt((x >> 1) * (x >> 1) + (y >> 1) * (y >> 1) + (z >> 1) * (z >> 1)) << 1
    return isqrt(x * x + y * y + z * z)
