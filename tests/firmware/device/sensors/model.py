# SPDX-License-Identifier: MIT
"""What every modelled chip does alike: registers, the passing of time, noise and faults."""

import errno

_LONGEST = 200
"""Readings behind which nothing is left of an earlier one: more than any FIFO holds."""
_FURTHEST = 32_000
"""Inputs stop here, so that every product stays a small integer on 32 bits."""


def clamp(value, least, most):
    return least if value < least else most if value > most else value


class Model:
    """One chip. `advance` lets it measure what `set_force` and `set_rate` say.

    Attributes:
        absent: it does not answer.
        frozen: it goes on measuring, and every reading is the last one.
        stalled: it measures no more.
        cut_after: bytes that the next longer read transfers before it fails; -1: none fails.
        noise_mg, noise_ddps: standard deviations.
        clock_permil: its own clock, 1000 of nominal.
        self_test_mg: how far each axis moves when told to test itself.
    """

    def __init__(self):
        self.registers = bytearray(256)
        self.x_mg = self.y_mg = 0
        self.z_mg = 1000
        self.x_ddps = self.y_ddps = self.z_ddps = 0
        self.absent = False
        self.frozen = False
        self.stalled = False
        self.cut_after = -1
        self.noise_mg = 0
        self.noise_ddps = 0
        self.clock_permil = 1000
        self.self_test_mg = [0, 0, 0]
        self._seed = 1
        self._since_us = 0
        self._busy_us = 0
        self._dirty = True  # another reading than the last is to be expected
        self.power_on()

    def power_on(self):
        """As after a brown-out: every register at its reset value, the FIFO empty."""
        raise NotImplementedError

    def period_us(self):
        """Between readings by the registers; 0: it does not measure."""
        raise NotImplementedError

    def bandwidth_hz(self):
        """Where its filter begins to hide an impact."""
        raise NotImplementedError

    def set_force(self, x_mg, y_mg, z_mg):
        self.x_mg = clamp(x_mg, -_FURTHEST, _FURTHEST)
        self.y_mg = clamp(y_mg, -_FURTHEST, _FURTHEST)
        self.z_mg = clamp(z_mg, -_FURTHEST, _FURTHEST)
        self._dirty = True

    def set_rate(self, x_ddps, y_ddps, z_ddps):
        """In 0.1 degree/s."""
        self.x_ddps = clamp(x_ddps, -_FURTHEST, _FURTHEST)
        self.y_ddps = clamp(y_ddps, -_FURTHEST, _FURTHEST)
        self.z_ddps = clamp(z_ddps, -_FURTHEST, _FURTHEST)
        self._dirty = True

    def advance(self, us):
        self._busy_us = self._busy_us - us if self._busy_us > us else 0
        period_us = self.period_us() * 1000 // self.clock_permil
        if period_us == 0 or self.stalled:
            self._since_us = 0
            return
        since_us = self._since_us + us
        if since_us > period_us * _LONGEST:
            since_us = period_us * _LONGEST + since_us % period_us
        while since_us >= period_us:
            since_us -= period_us
            if not self.frozen and (self._dirty or self.noise_mg or self.noise_ddps):
                self._dirty = False
                self._measure()
            self._keep()
        self._since_us = since_us

    def read_into(self, register, buf):
        i = 0
        for _ in buf:
            if i == self.cut_after:
                self.cut_after = -1
                raise OSError(errno.EIO)
            buf[i] = self._get(register)
            register = self._after(register)
            i += 1

    def write(self, register, buf):
        i = 0
        for _ in buf:
            self._put(register, buf[i])
            register = self._after(register)
            i += 1
        self._dirty = True

    def _measure(self):
        """Put a new reading into the output registers."""
        raise NotImplementedError

    def _keep(self):
        """Put the output registers into the FIFO, if it is on."""
        raise NotImplementedError

    def _get(self, register):
        return self.registers[register]

    def _put(self, register, value):
        self.registers[register] = value

    def _after(self, register):
        return (register + 1) & 0xFF

    def _noise(self, deviation):
        """Four uniform numbers make one that is nearly normal: -512 to 511, deviation 148."""
        if deviation == 0:
            return 0
        total = 0
        for _ in range(4):
            self._seed = (self._seed * 8405 + 6925) & 0xFFFF
            total += (self._seed >> 8) - 128
        return total * deviation // 148

    def _true_mg(self, axis):
        return self.x_mg if axis == 0 else self.y_mg if axis == 1 else self.z_mg

    def _force_mg(self, axis):
        return self._true_mg(axis) + self._noise(self.noise_mg)

    def _rate_ddps(self, axis):
        value = self.x_ddps if axis == 0 else self.y_ddps if axis == 1 else self.z_ddps
        return value + self._noise(self.noise_ddps)
