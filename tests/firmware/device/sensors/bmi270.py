# SPDX-License-Identifier: MIT
"""Bosch's BMI270: BST-BMI270-DS000, and what Bosch's BMI270_SensorAPI does with it.

Bosch's configuration is not here. The model takes `configuration()`, made up and as long, in its
place, and measures nothing before it was loaded.
"""

from .model import Model, clamp

CHIP_ID = 0x00
ACC_X = 0x0C
GYR_X = 0x12
INTERNAL_STATUS = 0x21
FIFO_LENGTH_0 = 0x24
FIFO_LENGTH_1 = 0x25
FIFO_DATA = 0x26
ACC_CONF = 0x40
ACC_RANGE = 0x41
GYR_CONF = 0x42
GYR_RANGE = 0x43
FIFO_DOWNS = 0x45
FIFO_CONFIG_0 = 0x48
FIFO_CONFIG_1 = 0x49
INIT_CTRL = 0x59
INIT_ADDR_0 = 0x5B
INIT_ADDR_1 = 0x5C
INIT_DATA = 0x5E
ACC_SELF_TEST = 0x6D
PWR_CONF = 0x7C
PWR_CTRL = 0x7D
CMD = 0x7E

_FIFO_BYTES = 2048
_RESET_US = 2_000
_WAKE_US = 450
_LOAD_US = 20_000
_RESETS = (
    (CHIP_ID, 0x24), (ACC_CONF, 0xA8), (ACC_RANGE, 0x02), (GYR_CONF, 0xA9), (FIFO_DOWNS, 0x88),
    (FIFO_CONFIG_0, 0x02), (FIFO_CONFIG_1, 0x10), (PWR_CONF, 0x03),
)  # fmt: skip
_INIT_ADDR = (INIT_ADDR_0, INIT_ADDR_1)
_PORTS = (FIFO_DATA, INIT_DATA)
_TEST_SIGN = (1, -1, 1)


def configuration():
    """8 kB that stand for Bosch's."""
    return bytes((i * 7 + (i >> 8)) & 0xFF for i in range(8192))


class BMI270(Model):
    def __init__(self):
        self._expected = configuration()
        self._loaded = bytearray(len(self._expected))
        self._address = 0
        self._fifo = bytearray(_FIFO_BYTES)
        self._head = 0
        self._count = 0
        super().__init__()
        self.self_test_mg = [9000, 9000, 6000]  # from rest, to either side

    def power_on(self):
        registers = self.registers
        for i in range(len(registers)):
            registers[i] = 0
        for register, value in _RESETS:
            registers[register] = value
        for i in range(len(self._loaded)):
            self._loaded[i] = 0
        self._head = self._count = 0
        self._since_us = 0
        self._dirty = True

    def period_us(self):
        registers = self.registers
        if registers[INTERNAL_STATUS] != 1 or not registers[PWR_CTRL] & 0x06 or self._busy_us:
            return 0
        code = registers[ACC_CONF if registers[PWR_CTRL] & 0x04 else GYR_CONF] & 0x0F
        return 10_000 >> code - 8 if code >= 8 else 10_000 << 8 - code

    def bandwidth_hz(self):
        """Of the normal filter, 40 % of the rate."""
        period_us = self.period_us()
        return 400_000 // period_us if period_us else 0

    def _measure(self):
        registers = self.registers
        lsb = 16384 >> (registers[ACC_RANGE] & 3)
        test = registers[ACC_SELF_TEST]
        push = 0
        if test & 0x01:
            push = 1 if test & 0x04 else -1
        for axis in range(3):
            raw = -32768  # what it reads while it is off
            if registers[PWR_CTRL] & 0x04:
                force_mg = self._force_mg(axis) + push * _TEST_SIGN[axis] * self.self_test_mg[axis]
                raw = (force_mg * lsb + 500) // 1000
            self._output(ACC_X + 2 * axis, raw)
        scale = 20000 >> (registers[GYR_RANGE] & 7)
        for axis in range(3):
            raw = -32768
            if registers[PWR_CTRL] & 0x02:
                raw = (self._rate_ddps(axis) * 32768 + scale // 2) // scale
            self._output(GYR_X + 2 * axis, raw)

    def _output(self, register, raw):
        raw = clamp(raw, -32768, 32767) & 0xFFFF
        self.registers[register] = raw & 0xFF
        self.registers[register + 1] = raw >> 8

    def _frame_bytes(self):
        what = self.registers[FIFO_CONFIG_1]
        return (what >> 4 & 1) + 6 * (what >> 6 & 1) + 6 * (what >> 7 & 1)

    def _keep(self):
        what = self.registers[FIFO_CONFIG_1]
        length = self._frame_bytes()
        if not what & 0xC0:
            return
        while self._count + length > _FIFO_BYTES:
            if self.registers[FIFO_CONFIG_0] & 0x01:
                return
            self._pull(length)
        if what & 0x10:
            self._push_byte(0x80 | what >> 4 & 0x08 | what >> 4 & 0x04)
        if what & 0x80:
            self._push(GYR_X)
        if what & 0x40:
            self._push(ACC_X)

    def _push(self, register):
        for i in range(6):
            self._push_byte(self.registers[register + i])

    def _push_byte(self, value):
        self._fifo[(self._head + self._count) % _FIFO_BYTES] = value
        self._count += 1

    def _pull(self, length):
        self._head = (self._head + length) % _FIFO_BYTES
        self._count -= length

    def _get(self, register):
        if register == FIFO_LENGTH_0:
            return self._count & 0xFF
        if register == FIFO_LENGTH_1:
            return self._count >> 8
        if register == FIFO_DATA:
            if self._count == 0:
                return 0x80
            value = self._fifo[self._head]
            self._pull(1)
            return value
        return self.registers[register]

    def _put(self, register, value):
        registers = self.registers
        if self._busy_us or register < ACC_CONF:
            return
        if register == CMD:
            if value == 0xB6:
                self.power_on()
                self._busy_us = _RESET_US
            elif value == 0xB0:
                self._head = self._count = 0
            return
        if register == INIT_DATA:
            self._load(value)
            return
        if register == PWR_CONF and registers[PWR_CONF] & 0x01 and not value & 0x01:
            self._busy_us = _WAKE_US
        if register == INIT_CTRL and value & 0x01 and not registers[INIT_CTRL] & 0x01:
            good = self._loaded == self._expected and not registers[PWR_CONF] & 0x01
            registers[INTERNAL_STATUS] = 0x01 if good else 0x02
            self._busy_us = _LOAD_US
        registers[register] = value
        if register in _INIT_ADDR:
            self._address = 2 * (registers[INIT_ADDR_1] << 4 | registers[INIT_ADDR_0] & 0x0F)

    def _load(self, value):
        if self.registers[PWR_CONF] & 0x01 or self.registers[INIT_CTRL] & 0x01:
            return
        if self._address < len(self._loaded):
            self._loaded[self._address] = value
            self._address += 1

    def _after(self, register):
        return register if register in _PORTS else (register + 1) & 0xFF
