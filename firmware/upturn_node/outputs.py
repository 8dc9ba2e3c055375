# SPDX-License-Identifier: MIT
"""Buzzers and LEDs by one interface each: `on` and `off`."""

from micropython import const

_HALF = const(32768)


class PassiveBuzzer:
    """A piezo that sounds what it is fed. `pwm` is a machine.PWM with a duty of 0."""

    def __init__(self, pwm):
        self._pwm = pwm

    def on(self, freq_hz):
        self._pwm.freq(freq_hz)
        self._pwm.duty_u16(_HALF)

    def off(self):
        self._pwm.duty_u16(0)


class ActiveBuzzer:
    """One that has its own tone; a transistor switches it."""

    def __init__(self, pin):
        self._pin = pin

    def on(self, freq_hz):
        self._pin.on()

    def off(self):
        self._pin.off()


class Led:
    """`lit` is the level at which it shines."""

    def __init__(self, pin, lit):
        self._pin = pin
        self._lit = lit
        self.off()

    def on(self):
        self._pin.value(self._lit)

    def off(self):
        self._pin.value(1 - self._lit)


class Nothing:
    """In place of a buzzer or an LED that a board does not have."""

    def on(self, freq_hz=0):
        pass

    def off(self):
        pass
