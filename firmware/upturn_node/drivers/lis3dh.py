# SPDX-License-Identifier: MIT
"""ST LIS3DH, and LIS2DH12, which has the same identity and registers: DocID17530, AN3308.

Its FIFO keeps 10 bits whatever the mode, 16 mg a step at 8 g, and high resolution would cut the
bandwidth to a ninth of the rate, which hides an impact. So it runs in normal mode: half the rate.
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
_OUT_X_L = const(0x28)
_FIFO_CTRL = const(0x2E)
_FIFO_SRC = const(0x2F)
_INCREMENT = const(0x80)  # of the register number, for a burst

_IDENTITY = const(0x33)
_POWER_DOWN = const(0x00)
_WHOLE_READINGS = const(0x80)  # both bytes of one reading (BDU)
_FORCE_8G = const(0x20)
_TEST = const(0x02)
_FIFO_ON = const(0x40)
_BYPASS = const(0x00)
_STREAM = const(0x80)
_FULL = const(0x40)
_WAITING = const(0x1F)

_READING_BYTES = const(6)
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
    alike_ms = 60_000  # noise of 2 mg can stay inside a step of 16 mg for 10 s
    _rail = 16744  # of 32704, the last step of 10 bits, left-justified
    _rates = ((200, 0x67), (400, 0x77))
    _identity = (_WHO_AM_I, _IDENTITY)

    def __init__(self, i2c, address):
        super().__init__(i2c, address)
        self._lay_out(_READING_BYTES)

    def start(self, rate_hz, gyro=True):
        control1 = self._choose_rate(rate_hz)
        self._put(_CTRL_REG1, _POWER_DOWN)  # there is no reset: every register is set below
        self._put(_FIFO_CTRL, _BYPASS)  # empties it
        self._apply(
            (
                (_CTRL_REG2, 0),  # no high-pass
                (_CTRL_REG3, 0),  # no interrupts
                (_CTRL_REG4, _WHOLE_READINGS | _FORCE_8G),
                (_CTRL_REG5, _FIFO_ON),
                (_CTRL_REG6, 0),
                (_FIFO_CTRL, _STREAM),
                (_CTRL_REG1, control1),  # normal mode, all axes
            )
        )

    def read(self, out):
        waiting = self._get(_FIFO_SRC)
        self.overrun = bool(waiting & _FULL)
        readings = MOST_READINGS if self.overrun else waiting & _WAITING
        if readings == 0:
            return 0
        b = self._bursts[readings - 1]
        self._i2c.readfrom_mem_into(self.address, _OUT_X_L | _INCREMENT, b)
        self._clear()
        i = 0
        for _ in range(readings):
            # 0.25 mg a count, left-justified
            self._add_force(
                (((b[i + 1] << 8 | b[i]) ^ 0x8000) - 0x8000) * 64 // 125,
                (((b[i + 3] << 8 | b[i + 2]) ^ 0x8000) - 0x8000) * 64 // 125,
                (((b[i + 5] << 8 | b[i + 4]) ^ 0x8000) - 0x8000) * 64 // 125,
            )
            i += _READING_BYTES
        self._mean(out, readings)
        return readings

    def sleep(self):
        self._put(_CTRL_REG1, _POWER_DOWN)

    def _excite(self, on):
        self._put(_CTRL_REG4, _WHOLE_READINGS | (_TEST if on else 0))

    def _responds(self, x, y, z):
        return (
            _LEAST_RESPONSE <= x <= _MOST_RESPONSE
            and _LEAST_RESPONSE <= y <= _MOST_RESPONSE
            and _LEAST_RESPONSE <= z <= _MOST_RESPONSE
        )
