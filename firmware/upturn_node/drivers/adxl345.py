# SPDX-License-Identifier: MIT
"""Analog Devices ADXL345: data sheet revision E."""

from micropython import const

from upturn_node.drivers.sensor import Sensor

_DEVID = const(0x00)
_OFSX = const(0x1E)
_OFSY = const(0x1F)
_OFSZ = const(0x20)
_BW_RATE = const(0x2C)
_POWER_CTL = const(0x2D)
_INT_ENABLE = const(0x2E)
_DATA_FORMAT = const(0x31)
_DATAX0 = const(0x32)
_FIFO_CTL = const(0x38)
_FIFO_STATUS = const(0x39)

_IDENTITY = const(0xE5)
_STANDBY = const(0x00)
_MEASURE = const(0x08)
_FULL_RESOLUTION_16G = const(0x0B)  # 256 a g
_TEST = const(0x80)
_BYPASS = const(0x00)
_STREAM = const(0x80)
_ENTRIES = const(0x3F)
_FULL = const(33)  # 32, and one in the output filter

# Response, from 2.5 V's least to 3.3 V's most: 50 to 956 and 75 to 1286 counts of 1/256 g
_LEAST_XY = const(400)
_MOST_XY = const(7648)
_LEAST_Z = const(600)
_MOST_Z = const(10288)


def recognise(i2c, address):
    """A driver if an ADXL345 is there, else None."""
    driver = ADXL345(i2c, address)
    return driver if driver._get(_DEVID) == _IDENTITY else None


class ADXL345(Sensor):
    name = "ADXL345"
    _rail = 32760  # of 4095
    _rates = ((200, 0x0B), (400, 0x0C))
    _identity = (_DEVID, _IDENTITY)

    def __init__(self, i2c, address):
        super().__init__(i2c, address)
        self._reading = bytearray(6)

    def start(self, rate_hz, gyro=True):
        rate = self._choose_rate(rate_hz)
        self._put(_POWER_CTL, _STANDBY)  # there is no reset: every register is set below
        self._put(_FIFO_CTL, _BYPASS)  # empties it
        self._apply(
            (
                (_OFSX, 0),
                (_OFSY, 0),
                (_OFSZ, 0),
                (_INT_ENABLE, 0),
                (_BW_RATE, rate),  # normal power: the bandwidth is half the rate
                (_DATA_FORMAT, _FULL_RESOLUTION_16G),
                (_FIFO_CTL, _STREAM),
                (_POWER_CTL, _MEASURE),
            )
        )

    def read(self, out):
        readings = self._get(_FIFO_STATUS) & _ENTRIES
        self.overrun = readings >= _FULL
        if readings == 0:
            return 0
        if self.overrun:
            readings = _FULL
        i2c = self._i2c
        address = self.address
        b = self._reading
        self._clear()
        for _ in range(readings):
            i2c.readfrom_mem_into(
                address, _DATAX0, b
            )  # one transfer takes one reading out of the FIFO
            self._add_force(
                (((b[1] << 8 | b[0]) ^ 0x8000) - 0x8000) << 3,
                (((b[3] << 8 | b[2]) ^ 0x8000) - 0x8000) << 3,
                (((b[5] << 8 | b[4]) ^ 0x8000) - 0x8000) << 3,
            )
        self._mean(out, readings)
        return readings

    def sleep(self):
        self._put(_POWER_CTL, _STANDBY)

    def _excite(self, on):
        self._put(_DATA_FORMAT, _FULL_RESOLUTION_16G | (_TEST if on else 0))

    def _responds(self, x, y, z):
        return (
            _LEAST_XY <= x <= _MOST_XY and _LEAST_XY <= -y <= _MOST_XY and _LEAST_Z <= z <= _MOST_Z
        )
