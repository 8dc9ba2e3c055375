# SPDX-License-Identifier: MIT
"""A simulated `machine`: of the ESP32's what the firmware uses, by the documented signatures.

tests/firmware/test_machine.py holds it to MicroPython's own stubs for the ESP32.
"""

import time

import chip

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5


def unique_id():
    return chip.unique_id


def reset_cause():
    return chip.reset_cause


def reset():
    chip.end(chip.EXIT_RESET)


def soft_reset():
    chip.end(chip.EXIT_SOFT_RESET)


def deepsleep(time_ms=0):
    chip.end(chip.EXIT_DEEPSLEEP)


def lightsleep(time_ms=0):
    time.sleep_ms(time_ms)


def idle():
    pass


_freq_hz = 160_000_000


def freq(hz=None):
    global _freq_hz
    if hz is None:
        return _freq_hz
    if hz not in (20_000_000, 40_000_000, 80_000_000, 160_000_000, 240_000_000):
        raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")
    _freq_hz = hz
    return None


def disable_irq():
    return 0


def enable_irq(state):
    pass


class Pin:
    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    DRIVE_0 = 0
    DRIVE_1 = 1
    DRIVE_2 = 2
    DRIVE_3 = 3
    IRQ_RISING = 1
    IRQ_FALLING = 2
    WAKE_LOW = 4
    WAKE_HIGH = 5

    def __init__(self, id, mode=-1, pull=-1, *, value=None, drive=None):
        if not 0 <= id < chip.PINS:
            raise ValueError("invalid pin")
        self._id = id
        self._out = False
        self.init(mode, pull, value=value, drive=drive)

    def init(self, mode=-1, pull=-1, *, value=None, drive=None):
        if mode != -1:
            self._out = mode != Pin.IN
        if self._out and 34 <= self._id <= 39:
            raise ValueError("pin can only be input")
        if value is not None:
            self._set(value)

    def value(self, x=None):
        if x is None:
            return chip.levels[self._id]
        self._set(x)
        return None

    def __call__(self, x=None):
        return self.value(x)

    def on(self):
        self._set(1)

    def off(self):
        self._set(0)

    def toggle(self):
        self._set(1 - chip.levels[self._id])

    def irq(self, handler=None, trigger=IRQ_FALLING | IRQ_RISING, *, wake=None, hard=False):
        raise NotImplementedError("nothing here interrupts")

    def _set(self, value):
        level = 1 if value else 0
        chip.levels[self._id] = level
        chip.log.write(b"pin", self._id, level)


def _number(pin):
    return pin._id if isinstance(pin, Pin) else pin


class PWM:
    """Without a duty it starts at a half, as the ESP32's does. Logged as what can be heard."""

    def __init__(self, dest, freq=5000, duty_u16=None, duty_ns=None, invert=False):
        self._pin = _number(dest)
        self._logged_hz = 0
        self._freq_hz = 0
        self._duty_u16 = 32768
        self.init(freq=freq, duty_u16=duty_u16, duty_ns=duty_ns)

    def init(self, *, freq=None, duty_u16=None, duty_ns=None, invert=False):
        if freq is not None:
            self._check(freq)
            self._freq_hz = freq
        if duty_ns is not None:
            duty_u16 = duty_ns * self._freq_hz // 1_000_000 * 65536 // 1000
        if duty_u16 is not None:
            self._duty_u16 = duty_u16
        self._tell()

    def deinit(self):
        self._freq_hz = 0
        self._tell()

    def freq(self, value=None):
        if value is None:
            return self._freq_hz
        self._check(value)
        self._freq_hz = value
        self._tell()
        return None

    def duty_u16(self, value=None):
        if value is None:
            return self._duty_u16
        if not 0 <= value <= 65536:
            raise ValueError("duty_u16 must be from 0 to 65536")
        self._duty_u16 = value
        self._tell()
        return None

    def _check(self, freq_hz):
        if not 1 <= freq_hz <= 40_000_000:
            raise ValueError("frequency must be from 1Hz to 40MHz")

    def _tell(self):
        audible = 0 < self._duty_u16 < 65535
        hz = self._freq_hz if audible else 0
        if hz != self._logged_hz:
            self._logged_hz = hz
            chip.log.write(b"pwm", self._pin, hz)


class ADC:
    """Full scale is 3.3 V; what the world puts on the pin is read exactly."""

    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_6DB = 2
    ATTN_11DB = 3

    def __init__(self, id, *, sample_ns=None, atten=ATTN_0DB):
        self._pin = _number(id)

    def init(self, *, sample_ns=None, atten=ATTN_0DB):
        pass

    def atten(self, atten):
        pass

    def read_uv(self):
        return chip.microvolts.get(self._pin, 0)

    def read_u16(self):
        return self.read_uv() // 100 * 65535 // 33_000

    def read(self):
        return self.read_u16() // 16


class I2C:
    """Two pins; who answers is what the world has soldered to just those."""

    def __init__(self, id, *, scl=None, sda=None, freq=400_000, timeout=50_000):
        self._bus = chip.buses.get((_number(sda), _number(scl)), _NOBODY)

    def scan(self):
        return self._bus.scan()

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        self._bus.readfrom_mem_into(addr, memaddr, buf)

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        buf = bytearray(nbytes)
        self._bus.readfrom_mem_into(addr, memaddr, buf)
        return bytes(buf)

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        self._bus.writeto_mem(addr, memaddr, buf)

    def deinit(self):
        pass


class _Nobody:
    def scan(self):
        return []

    def readfrom_mem_into(self, addr, memaddr, buf):
        raise OSError(19)

    def writeto_mem(self, addr, memaddr, buf):
        raise OSError(19)


_NOBODY = _Nobody()


class RTC:
    def __init__(self, id=0):
        pass

    def memory(self, data=None):
        if data is None:
            return chip.retained.read()
        chip.retained.write(data)
        return None


class WDT:
    def __init__(self, *, id=0, timeout=5000):
        chip.watchdog.start(timeout)

    def feed(self):
        chip.watchdog.feed()
