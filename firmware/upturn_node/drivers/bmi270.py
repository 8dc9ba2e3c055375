# SPDX-License-Identifier: MIT
"""Bosch BMI270: BST-BMI270-DS000.

It measures only after 8 kB of Bosch's own configuration were loaded into it. That is not ours to
give away: it is the array `bmi270_config_file` in bmi270.c of Bosch's BMI270_SensorAPI, to be put
on the node as plain bytes in a file of the name CONFIG_FILE.
"""

import os
from struct import unpack

from micropython import const

from upturn_node.drivers.sensor import MOST_READINGS, Sensor

CONFIG_FILE = "bmi270.bin"
CONFIG_BYTES = const(8192)

_CHIP_ID = const(0x00)
_ACC_X = const(0x0C)
_INTERNAL_STATUS = const(0x21)
_FIFO_LENGTH = const(0x24)
_FIFO_DATA = const(0x26)
_ACC_CONF = const(0x40)
_ACC_RANGE = const(0x41)
_GYR_CONF = const(0x42)
_GYR_RANGE = const(0x43)
_FIFO_DOWNS = const(0x45)
_FIFO_CONFIG_0 = const(0x48)
_FIFO_CONFIG_1 = const(0x49)
_INIT_CTRL = const(0x59)
_INIT_ADDR_0 = const(0x5B)
_INIT_ADDR_1 = const(0x5C)
_INIT_DATA = const(0x5E)
_ACC_SELF_TEST = const(0x6D)
_PWR_CONF = const(0x7C)
_PWR_CTRL = const(0x7D)
_CMD = const(0x7E)

_IDENTITY = const(0x24)
_SOFT_RESET = const(0xB6)
_FIFO_FLUSH = const(0xB0)
_AWAKE = const(0x00)
_POWER_SAVE = const(0x03)
_LOADED = const(0x01)
_STATUS = const(0x0F)
_FORCE_ON = const(0x04)
_RATE_ON = const(0x02)
_FORCE_16G = const(0x03)  # 2048 a g: the unit of the wire
_RATE_1000DPS = const(0x01)
_FULL_RATE = const(0x88)  # into the FIFO goes every filtered reading
_FORCE_FIFO = const(0x40)
_RATE_FIFO = const(0x80)
_TEST_RATE = const(0xAC)  # 1600 Hz
_TEST_NEGATIVE = const(0x09)
_TEST_POSITIVE = const(0x0D)

_CHUNK = const(256)
_RESET_MS = const(3)
_LOAD_MS = const(25)
_GYRO_START_MS = const(60)
_TEST_MS = const(55)
_FORCE_BYTES = const(6)
_RATE_BYTES = const(6)
# From negative to positive, on the wire's scale: over 16 g, under -15 g, over 10 g
_LEAST_X = const(16 * 2048)
_MOST_Y = const(-15 * 2048)
_LEAST_Z = const(10 * 2048)


class MissingConfigError(OSError):
    """The chip is there, and cannot measure without the file; the text says what to do."""


def recognise(i2c, address):
    """A driver if a BMI270 is there, else None."""
    driver = BMI270(i2c, address)
    return driver if driver._get(_CHIP_ID) == _IDENTITY else None


class BMI270(Sensor):
    name = "BMI270"
    _rates = ((200, 0xA9), (400, 0xAA))  # filter for performance, widest of the normal ones
    _identity = (_CHIP_ID, _IDENTITY)

    def __init__(self, i2c, address):
        super().__init__(i2c, address)
        self._pending = bytearray(2)

    def start(self, rate_hz, gyro=True):
        rate = self._choose_rate(rate_hz)
        self.has_gyro = bool(gyro)
        self._lay_out(_FORCE_BYTES + (_RATE_BYTES if gyro else 0))
        self._aligned = False
        self._put(_CMD, _SOFT_RESET)
        self._wait_ms(_RESET_MS)
        self._load()
        self._apply(
            (
                (_PWR_CONF, _AWAKE),
                (_ACC_CONF, rate),
                (_ACC_RANGE, _FORCE_16G),
                (_GYR_CONF, rate),
                (_GYR_RANGE, _RATE_1000DPS),
                (_FIFO_DOWNS, _FULL_RATE),
                (_FIFO_CONFIG_0, 0),  # the oldest give way; no time stamps
                (_FIFO_CONFIG_1, _FORCE_FIFO | (_RATE_FIFO if gyro else 0)),  # no headers
                (_PWR_CTRL, _FORCE_ON | (_RATE_ON if gyro else 0)),
            )
        )
        if gyro:
            self._wait_ms(_GYRO_START_MS)
        self._restart_fifo()

    def read(self, out):
        i2c = self._i2c
        address = self.address
        readings = 0
        if self._aligned:
            i2c.readfrom_mem_into(address, _FIFO_LENGTH, self._pending)
            readings = ((self._pending[1] & 0x3F) << 8 | self._pending[0]) // self._stride
            if readings == 0:
                self.overrun = False
                return 0
        register = _FIFO_DATA
        rate = 0  # in the FIFO rates go first, in the outputs forces do
        force = self._stride - _FORCE_BYTES
        self.overrun = not 0 < readings <= MOST_READINGS
        if self.overrun:
            self._restart_fifo()
            register = _ACC_X
            rate = _FORCE_BYTES
            force = 0
            readings = 1
        b = self._bursts[readings - 1]
        self._aligned = False  # until the burst ends well
        i2c.readfrom_mem_into(address, register, b)
        self._aligned = True
        self._clear()
        for _ in range(readings):
            self._add_force(
                ((b[force + 1] << 8 | b[force]) ^ 0x8000) - 0x8000,
                ((b[force + 3] << 8 | b[force + 2]) ^ 0x8000) - 0x8000,
                ((b[force + 5] << 8 | b[force + 4]) ^ 0x8000) - 0x8000,
            )
            force += self._stride
            if self.has_gyro:
                self._add_rate(
                    ((b[rate + 1] << 8 | b[rate]) ^ 0x8000) - 0x8000,
                    ((b[rate + 3] << 8 | b[rate + 2]) ^ 0x8000) - 0x8000,
                    ((b[rate + 5] << 8 | b[rate + 4]) ^ 0x8000) - 0x8000,
                )
                rate += self._stride
        self._mean(out, readings)
        return readings

    def sleep(self):
        self._put(_PWR_CTRL, 0)
        self._put(_PWR_CONF, _POWER_SAVE)

    def _load(self):
        """Send Bosch's configuration, a chunk at a time, and let the chip judge it."""
        _check_config()
        self._put(_PWR_CONF, _AWAKE)
        self._wait_ms(1)
        self._put(_INIT_CTRL, 0)
        chunk = bytearray(_CHUNK)
        with open(CONFIG_FILE, "rb") as config:
            for words in range(0, CONFIG_BYTES // 2, _CHUNK // 2):
                config.readinto(chunk)
                self._put(_INIT_ADDR_0, words & 0x0F)
                self._put(_INIT_ADDR_1, words >> 4)
                self._i2c.writeto_mem(self.address, _INIT_DATA, chunk)
        self._put(_INIT_CTRL, 1)
        self._wait_ms(_LOAD_MS)
        if self._get(_INTERNAL_STATUS) & _STATUS != _LOADED:
            raise MissingConfigError("BMI270 refuses %s: not Bosch's configuration" % CONFIG_FILE)

    def _restart_fifo(self):
        self._put(_CMD, _FIFO_FLUSH)
        self._aligned = True

    def _test(self):
        self._put(_ACC_CONF, _TEST_RATE)
        return super()._test()

    def _excite(self, on):
        self._put(_ACC_SELF_TEST, _TEST_POSITIVE if on else _TEST_NEGATIVE)

    def _settled(self):
        """Of the outputs: the FIFO is too small for this rate."""
        self._wait_ms(_TEST_MS)
        outputs = bytearray(_FORCE_BYTES)
        self._i2c.readfrom_mem_into(self.address, _ACC_X, outputs)
        return unpack("<hhh", outputs)

    def _responds(self, x, y, z):
        return x > _LEAST_X and y < _MOST_Y and z > _LEAST_Z


def _check_config():
    try:
        size = os.stat(CONFIG_FILE)[6]
    except OSError:
        raise MissingConfigError(
            "BMI270 needs Bosch's configuration on the node, as the file %s" % CONFIG_FILE
        )
    if size != CONFIG_BYTES:
        raise MissingConfigError(
            "%s has %d bytes; Bosch's configuration has %d" % (CONFIG_FILE, size, CONFIG_BYTES)
        )
