# SPDX-License-Identifier: MIT
"""ST's LIS3DH: DocID17530, AN3308.

High resolution is modelled as a low-pass that goes half the way with each reading: 3 dB down at a
ninth of the rate, and within 1 % after seven readings, which is what ST says of it.
"""

from array import array

from .model import Model, clamp
from .ring import Ring

WHO_AM_I = 0x0F
CTRL_REG0 = 0x1E
CTRL_REG1 = 0x20
CTRL_REG4 = 0x23
CTRL_REG5 = 0x24
STATUS = 0x27
OUT_X_L = 0x28
OUT_Z_H = 0x2D
FIFO_CTRL = 0x2E
FIFO_SRC = 0x2F

PERIODS_US = (0, 1_000_000, 100_000, 40_000, 20_000, 10_000, 5_000, 2_500, 625, 744)
_MG = (1, 2, 4, 12)  # a step of 12 bits, by range
_READ_ONLY = (WHO_AM_I, FIFO_SRC, STATUS)


class LIS3DH(Model):
    def __init__(self):
        self._ring = Ring(32, 6)
        self._passed = array("i", (0, 0, 0))  # mg / 256
        super().__init__()
        self.self_test_mg = [400, 400, 400]

    def power_on(self):
        registers = self.registers
        for i in range(len(registers)):
            registers[i] = 0
        registers[WHO_AM_I] = 0x33
        registers[CTRL_REG0] = 0x10
        registers[CTRL_REG1] = 0x07
        self._ring.clear()
        for axis in range(3):
            self._passed[axis] = 0
        self._since_us = 0
        self._dirty = True

    def period_us(self):
        code = self.registers[CTRL_REG1] >> 4
        return PERIODS_US[code] if code < len(PERIODS_US) else 0

    def bandwidth_hz(self):
        period_us = self.period_us()
        if period_us == 0:
            return 0
        return 1_000_000 // period_us // (9 if self.registers[CTRL_REG4] & 0x08 else 2)

    def _measure(self):
        registers = self.registers
        control = registers[CTRL_REG4]
        step_mg = _MG[control >> 4 & 3]
        sign = (0, 1, -1, 0)[control >> 1 & 3]
        bits = 8 if registers[CTRL_REG1] & 0x08 else 12 if control & 0x08 else 10
        if self._fifo_on() and bits > 10:
            bits = 10  # all that the FIFO keeps
        for axis in range(3):
            raw = 0
            if registers[CTRL_REG1] & 1 << axis:
                force_mg = self._true_mg(axis) + sign * self.self_test_mg[axis]
                force_mg = self._passes(axis, force_mg) + self._noise(self.noise_mg)
                raw = clamp((force_mg + step_mg // 2) // step_mg, -2048, 2047) << 4
            raw = raw >> 16 - bits << 16 - bits
            registers[OUT_X_L + 2 * axis] = raw & 0xFF
            registers[OUT_X_L + 2 * axis + 1] = raw >> 8 & 0xFF

    def _passes(self, axis, force_mg):
        way = (force_mg << 8) - self._passed[axis]
        if self.registers[CTRL_REG4] & 0x08:
            way >>= 1
        if way:
            self._passed[axis] += way
            self._dirty = True
        return self._passed[axis] + 128 >> 8

    def _fifo_on(self):
        return self.registers[CTRL_REG5] & 0x40 and self.registers[FIFO_CTRL] & 0xC0

    def _keep(self):
        registers = self.registers
        # fresh are all axes; what is fresh already is overrun
        registers[STATUS] = 0x0F | registers[STATUS] << 4 & 0xF0
        if not self._fifo_on():
            return
        full = self._ring.count == self._ring.depth
        if not (full and registers[FIFO_CTRL] & 0xC0 == 0x40):
            self._ring.push(registers, OUT_X_L)

    def _get(self, register):
        register &= 0x7F
        if register == FIFO_SRC:
            return self._source()
        if OUT_X_L <= register <= OUT_Z_H:
            self._taken(register)
            if self._fifo_on() and self._ring.count:
                value = self._ring.oldest(register - OUT_X_L)
                if register == OUT_Z_H:
                    self._ring.drop()
                return value
        return self.registers[register]

    def _taken(self, register):
        """With its high byte an axis is not fresh any more; with the last axis, all of them."""
        registers = self.registers
        if register & 1:
            registers[STATUS] &= ~(0x11 << (register - OUT_X_L >> 1)) & 0xFF
            if not registers[STATUS] & 0x07:
                registers[STATUS] = 0

    def _source(self):
        count = self._ring.count
        value = count if count < 32 else 31
        if count == 0:
            value |= 0x20
        if count == 32:
            value |= 0x40
        if count > self.registers[FIFO_CTRL] & 0x1F:
            value |= 0x80
        return value

    def _put(self, register, value):
        register &= 0x7F
        if register in _READ_ONLY or OUT_X_L <= register <= OUT_Z_H:
            return
        if register == CTRL_REG5:
            value &= 0x7F  # the boot bit clears itself
        self.registers[register] = value
        if register == FIFO_CTRL and value & 0xC0 == 0:
            self._ring.clear()

    def _after(self, register):
        """Bit 7 makes a burst; with the FIFO on, it goes round the outputs."""
        if not register & 0x80:
            return register
        if register & 0x7F == OUT_Z_H and self._fifo_on():
            return 0x80 | OUT_X_L
        return 0x80 | register + 1 & 0x7F
