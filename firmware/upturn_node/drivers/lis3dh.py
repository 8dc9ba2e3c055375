# SPDX-License-Identifier: MIT
"""ST LIS3DH, and LIS2DH12, which has the same identity and registers: DocID17530, AN3308.

Its FIFO keeps 10 bits whatever the mode: 16 mg a step at 8 g, almost a degree. So there is none,
and the sampler polls the outputs, 12 bits in high resolution: 4 mg a step. High resolution passes
a ninth of the rate, 44 Hz at 400: an impact of 20 ms loses a sixth, and every second reading,
which the polls pass over, has little to add.
"""

from micropython import const

from upturn_node.drivers.sensor import MOST_READINGS, Sensor

_WHO_AM_I = const(0x0F)
_CTRL_REG1 = const(0x20)
_CTRL_REG2 = const(0x21)
_CTRL_REG3 = const(0x22)
_CTRL_REG4 = const(0x23)
_CTRL_REG5 = const(0x24)
_CTRL_REG6 = const(0x25)
_STATUS = const(0x27)  # the outputs follow
_FIFO_CTRL = const(0x2E)
_INCREMENT = const(0x80)  # of the register number, for a burst

_IDENTITY = const(0x33)
_POWER_DOWN = const(0x00)
_WHOLE_READINGS = const(0x80)  # both bytes of one reading (BDU)
_FORCE_8G = const(0x20)
_HIGH_RESOLUTION = const(0x08)
_TEST = const(0x02)
_NO_FIFO = const(0x00)
_FRESH = const(0x08)

_BURST_BYTES = const(7)
_SETTLE_MS = const(18)  # seven readings, after which high resolution holds
# Response at 2 g, 17 to 360 steps of 4 mg, in units of 1/8192 g, which is what the wire's become
_LEAST_RESPONSE = const(557)
_MOST_RESPONSE = const(11797)


def recognise(i2c, address):
    """A driver if a LIS3DH is there, else None."""
    driver = LIS3DH(i2c, address)
    return driver if driver._get(_WHO_AM_I) == _IDENTITY else None


class LIS3DH(Sensor):
    name = "LIS3DH"
    range_g = 8
    polls_hz = 200
    _rail = 16760  # of 32752, the last step of 12 bits, left-justified
    _rates = ((400, 0x77),)
    _identity = (_WHO_AM_I, _IDENTITY)

    def __init__(self, i2c, address):
        super().__init__(i2c, address)
        self._burst = bytearray(_BURST_BYTES)
        self._readings = 0

    def start(self, rate_hz, gyro=True):
        control1 = self._choose_rate(rate_hz)
        self._put(_CTRL_REG1, _POWER_DOWN)  # there is no reset: every register is set below
        self._apply(
            (
                (_CTRL_REG2, 0),  # no high-pass
                (_CTRL_REG3, 0),  # no interrupts
                (_CTRL_REG4, _WHOLE_READINGS | _FORCE_8G | _HIGH_RESOLUTION),
                (_CTRL_REG5, _NO_FIFO),
                (_CTRL_REG6, 0),
                (_FIFO_CTRL, _NO_FIFO),
                (_CTRL_REG1, control1),  # all axes
            )
        )
        self._wait_ms(_SETTLE_MS)
        self.poll()
        self._readings = 0

    def poll(self):
        b = self._burst
        self._i2c.readfrom_mem_into(self.address, _STATUS | _INCREMENT, b)
        if not b[0] & _FRESH:
            return
        readings = self._readings
        if readings % MOST_READINGS == 0:  # none, or as many as the sums hold
            self.overrun = readings == MOST_READINGS
            self._clear()
            readings = 0
        self._readings = readings + 1
        # 0.25 mg a count, left-justified
        self._add_force(
            (((b[2] << 8 | b[1]) ^ 0x8000) - 0x8000) * 64 // 125,
            (((b[4] << 8 | b[3]) ^ 0x8000) - 0x8000) * 64 // 125,
            (((b[6] << 8 | b[5]) ^ 0x8000) - 0x8000) * 64 // 125,
        )

    def read(self, out):
        self.poll()
        readings = self._readings
        if readings:
            self._mean(out, readings)
            self._readings = 0
        return readings

    def sleep(self):
        self._put(_CTRL_REG1, _POWER_DOWN)

    def _excite(self, on):
        """In normal mode, which the maker's limits are for."""
        self._put(_CTRL_REG4, _WHOLE_READINGS | (_TEST if on else 0))

    def _responds(self, x, y, z):
        return (
            _LEAST_RESPONSE <= x <= _MOST_RESPONSE
            and _LEAST_RESPONSE <= y <= _MOST_RESPONSE
            and _LEAST_RESPONSE <= z <= _MOST_RESPONSE
        )
