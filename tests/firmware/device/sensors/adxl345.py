# SPDX-License-Identifier: MIT
"""Analog Devices' ADXL345: data sheet revision E."""

from .model import Model, clamp
from .ring import Ring

DEVID = 0x00
BW_RATE = 0x2C
POWER_CTL = 0x2D
INT_SOURCE = 0x30
DATA_FORMAT = 0x31
DATAX0 = 0x32
DATAZ1 = 0x37
FIFO_CTL = 0x38
FIFO_STATUS = 0x39

_READ_ONLY = (DEVID, INT_SOURCE, FIFO_STATUS)
_OVERRUN = 0x01
_TEST_SIGN = (1, -1, 1)


class ADXL345(Model):
    def __init__(self):
        self._ring = Ring(33, 6)  # 32, and one in the output filter
        self._newest = bytearray(6)
        super().__init__()
        self.self_test_mg = [1000, 1000, 1500]

    def power_on(self):
        registers = self.registers
        for i in range(len(registers)):
            registers[i] = 0
        registers[DEVID] = 0xE5
        registers[BW_RATE] = 0x0A
        registers[INT_SOURCE] = 0x02
        self._ring.clear()
        self._since_us = 0
        self._dirty = True

    def period_us(self):
        if not self.registers[POWER_CTL] & 0x08:
            return 0
        return (3125 << 15 - (self.registers[BW_RATE] & 0x0F)) // 10

    def bandwidth_hz(self):
        period_us = self.period_us()
        return 500_000 // period_us if period_us else 0

    def _measure(self):
        form = self.registers[DATA_FORMAT]
        scale = form & 3
        full = form & 0x08
        lsb = 256 if full else 256 >> scale
        most = 512 << scale if full else 512
        shift = 0
        if form & 0x04:
            shift = 6 - scale if full else 6
        for axis in range(3):
            force_mg = self._force_mg(axis)
            if form & 0x80:
                force_mg += _TEST_SIGN[axis] * self.self_test_mg[axis]
            raw = clamp((force_mg * lsb + 500) // 1000, -most, most - 1) << shift
            self._newest[2 * axis] = raw & 0xFF
            self._newest[2 * axis + 1] = raw >> 8 & 0xFF

    def _keep(self):
        registers = self.registers
        mode = registers[FIFO_CTL] & 0xC0
        if mode == 0:
            self._ring.clear()
        elif mode == 0x40 and self._ring.count == self._ring.depth:
            return
        if self._ring.push(self._newest, 0):
            registers[INT_SOURCE] |= _OVERRUN
        registers[INT_SOURCE] |= 0x80

    def read_into(self, register, buf):
        """A transfer that begins at the data takes one reading, however long it is."""
        if DATAX0 <= register <= DATAZ1 and self._ring.count:
            for i in range(6):
                self.registers[DATAX0 + i] = self._ring.oldest(i)
            self._ring.drop()
            self.registers[INT_SOURCE] &= 0x7E if self._ring.count == 0 else 0xFE
        Model.read_into(self, register, buf)  # super() would put an object on the heap

    def _get(self, register):
        if register == FIFO_STATUS:
            return self._ring.count
        return self.registers[register]

    def _put(self, register, value):
        if register in _READ_ONLY or DATAX0 <= register <= DATAZ1:
            return
        self.registers[register] = value
        if register == FIFO_CTL and value & 0xC0 == 0:
            self._ring.clear()
