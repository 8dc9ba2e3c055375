# SPDX-License-Identifier: MIT
"""InvenSense's MPU family: RM-MPU-6000A-00, RM-MPU-6500A-00, DS-000193 (MPU-6886)."""

from .model import Model, clamp

SELF_TEST_X = 0x0D
SELF_TEST_A = 0x10
SMPLRT_DIV = 0x19
CONFIG = 0x1A
GYRO_CONFIG = 0x1B
ACCEL_CONFIG = 0x1C
ACCEL_CONFIG2 = 0x1D
FIFO_EN = 0x23
INT_STATUS = 0x3A
OUTPUTS = 0x3B
USER_CTRL = 0x6A
PWR_MGMT_1 = 0x6B
PWR_MGMT_2 = 0x6C
FIFO_COUNT_H = 0x72
FIFO_COUNT_L = 0x73
FIFO_R_W = 0x74
WHO_AM_I = 0x75

_RESET_US = 100_000
_TEMPERATURE = 0x0F0A
_READ_ONLY = (WHO_AM_I, FIFO_COUNT_H, FIFO_COUNT_L, INT_STATUS)
_ACCEL_BANDWIDTH_HZ = (260, 184, 94, 44, 21, 10, 5, 260)


class Kind:
    """What differs within the family."""

    def __init__(self, fifo_bytes, power, own_filter, temperature_always, packed_trim, trim):
        self.fifo_bytes = fifo_bytes
        self.power = power  # PWR_MGMT_1 after a reset
        self.own_filter = own_filter  # ACCEL_CONFIG2 exists
        self.temperature_always = temperature_always  # FIFO_EN has no bit for it
        self.packed_trim = packed_trim
        self.trim = trim  # factory code of each axis

    def promised_mg(self, axis):
        """How far the code says that the self-test moves the axis."""
        code = self.trim[axis]
        if code == 0:
            return 400  # of a clone without codes
        if self.packed_trim:
            return int(340 * (0.92 / 0.34) ** ((code - 1) / 30))
        return int(2620 / 16.384 * 1.01 ** (code - 1))


_6050 = Kind(1024, 0x40, False, False, True, (18, 13, 23))
_6500 = Kind(512, 0x01, True, False, False, (100, 90, 110))
_6886 = Kind(1024, 0x41, True, True, False, (95, 105, 115))
_CLONE = Kind(512, 0x01, True, False, False, (0, 0, 0))

KINDS = {
    0x68: _6050,
    0x70: _6500,
    0x71: _6500,
    0x73: _6500,
    0x98: _6500,
    0x19: _6886,
    0x72: _CLONE,
    0x74: _CLONE,
    0x75: _CLONE,
    0x78: _CLONE,
}


class MPU(Model):
    """Any of them by its identity; one that is not in KINDS behaves as a clone."""

    def __init__(self, identity=0x68):
        self.identity = identity
        self.kind = KINDS.get(identity, _CLONE)
        self._fifo = bytearray(self.kind.fifo_bytes)
        self._head = 0
        self._count = 0
        self._last = 0
        super().__init__()
        self.self_test_mg = [self.kind.promised_mg(axis) for axis in range(3)]

    def power_on(self):
        registers = self.registers
        for i in range(len(registers)):
            registers[i] = 0
        registers[WHO_AM_I] = self.identity
        registers[PWR_MGMT_1] = self.kind.power
        for axis in range(3):
            code = self.kind.trim[axis]
            if self.kind.packed_trim:
                registers[SELF_TEST_A] |= (code & 3) << 4 - 2 * axis
                code = code >> 2 << 5
            registers[SELF_TEST_X + axis] = code
        self._head = self._count = 0
        self._since_us = 0
        self._dirty = True

    def period_us(self):
        power = self.registers[PWR_MGMT_1]
        if power & 0x40 or self._busy_us:
            return 0
        unfiltered = self.registers[CONFIG] & 7 in (0, 7)
        return (125 if unfiltered else 1000) * (1 + self.registers[SMPLRT_DIV])

    def bandwidth_hz(self):
        where = ACCEL_CONFIG2 if self.kind.own_filter else CONFIG
        return _ACCEL_BANDWIDTH_HZ[self.registers[where] & 7]

    def _measure(self):
        registers = self.registers
        testing = registers[ACCEL_CONFIG]
        lsb = 16384 >> (testing >> 3 & 3)
        standby = registers[PWR_MGMT_2]
        for axis in range(3):
            raw = 0
            if not standby & 0x20 >> axis:
                force_mg = self._force_mg(axis)
                if testing & 0x80 >> axis:
                    force_mg += self.self_test_mg[axis]
                raw = (force_mg * lsb + 500) // 1000
            self._output(2 * axis, raw)
        self._output(6, _TEMPERATURE)
        scale = 2500 << (registers[GYRO_CONFIG] >> 3 & 3)
        for axis in range(3):
            raw = 0
            if not standby & 0x04 >> axis:
                raw = (self._rate_ddps(axis) * 32768 + scale // 2) // scale
            self._output(8 + 2 * axis, raw)

    def _output(self, offset, raw):
        raw = clamp(raw, -32768, 32767) & 0xFFFF
        self.registers[OUTPUTS + offset] = raw >> 8
        self.registers[OUTPUTS + offset + 1] = raw & 0xFF

    def _keep(self):
        registers = self.registers
        if not registers[USER_CTRL] & 0x40:
            return
        wanted = registers[FIFO_EN]
        if wanted & 0x08:
            self._push(OUTPUTS, 6)
        if wanted & 0x80 or (self.kind.temperature_always and wanted & 0x18):
            self._push(OUTPUTS + 6, 2)
        if self.kind.temperature_always:
            if wanted & 0x10:
                self._push(OUTPUTS + 8, 6)
            return
        for axis in range(3):
            if wanted & 0x40 >> axis:
                self._push(OUTPUTS + 8 + 2 * axis, 2)

    def _push(self, register, length):
        size = self.kind.fifo_bytes
        for i in range(length):
            if self._count == size:
                self.registers[INT_STATUS] |= 0x10
                if self.registers[CONFIG] & 0x40:
                    return  # it stops when full; else the oldest byte is lost
                self._head = (self._head + 1) % size
                self._count -= 1
            self._fifo[(self._head + self._count) % size] = self.registers[register + i]
            self._count += 1

    def _get(self, register):
        if register == FIFO_COUNT_H:
            return self._count >> 8
        if register == FIFO_COUNT_L:
            return self._count & 0xFF
        if register == FIFO_R_W:
            if self._count:
                self._last = self._fifo[self._head]
                self._head = (self._head + 1) % self.kind.fifo_bytes
                self._count -= 1
            return self._last
        value = self.registers[register]
        if register == INT_STATUS:
            self.registers[INT_STATUS] = 0
        return value

    def _put(self, register, value):
        if self._busy_us or register in _READ_ONLY or OUTPUTS <= register < OUTPUTS + 14:
            return
        if register == ACCEL_CONFIG2 and not self.kind.own_filter:
            return
        if register == PWR_MGMT_1 and value & 0x80:
            self.power_on()
            self._busy_us = _RESET_US
            return
        if register == USER_CTRL and value & 0x04:
            self._head = self._count = 0
            value &= ~0x07
        if register == FIFO_EN and self.kind.temperature_always:
            value &= 0x18  # the other bits are reserved
        self.registers[register] = value

    def _after(self, register):
        return register if register == FIFO_R_W else (register + 1) & 0xFF
