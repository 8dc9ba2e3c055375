# SPDX-License-Identifier: MIT
"""What buzzer and LED play: bursts by priority as IEC 60601-1-8 has them, and lesser tunes.

An alarm's fundamental is below 1,000 Hz, where a small piezo is weak. It is loudest about 2,700
Hz, so each frequency is an odd part of that, and a harmonic of the square wave falls there. Not
measured on hardware.
"""

from micropython import const

# An alarm's tune and light have the number of its priority.
_SILENCE = const(0)
_LOW = const(1)
_HIGH = const(3)
_BEEPS = const(4)
_IDENTIFY = const(5)
_FAULT = const(6)

TUNES = (
    # Hz, ms of a pulse, ms of the gap after each pulse, over again
    (0, 0, ()),
    (300, 200, (200, 16000)),
    (386, 200, (200, 200, 5000)),
    (540, 150, (100, 100, 350, 100, 500, 100, 100, 350, 100, 2500)),
    (900, 100, (150,)),
    (900, 150, (350,)),
    (540, 200, (300,)),
)

LIGHTS = (
    # ms on, ms off
    (30, 2970),  # no alarm: the node lives
    (1000, 0),
    (830, 840),  # 0.6 Hz
    (250, 250),  # 2 Hz
    (60, 440),  # no alarm, and hosts may pair
)
PAIRING_LIGHT = const(4)

_ENDLESS = const(-1)
_IDENTIFY_PULSES = const(6)  # 3 s
_FAULT_EVERY_MS = const(10000)
_LONGEST_STEP_MS = const(1000)  # a step that comes later than this makes up for no more


class Signals:
    """`sounding`: a tune is under way, its gaps included; `testing`: it is a test alarm."""

    def __init__(self, buzzer, led):
        """`buzzer` has on(freq_hz) and off(), `led` has on() and off()."""
        self._buzzer = buzzer
        self._led = led
        self._alarm = 0
        self._tune = _SILENCE
        self._pulse = 0
        self._pulses_left = 0
        self._left_ms = 0
        self._on = False
        self._light = 0
        self._light_ms = 0
        self._lit = False
        self._fault_pulses = 0
        self._fault_wait_ms = 0
        self.testing = False

    @property
    def sounding(self):
        return self._tune != _SILENCE

    def step(self, dt_ms, sound_priority, light_priority):
        """Go on by `dt_ms`, with what the guard wants heard and seen from now on."""
        dt_ms = min(dt_ms, _LONGEST_STEP_MS)
        self._play_on(dt_ms)
        if sound_priority != self._alarm:
            self._alarm = sound_priority
            if sound_priority:
                self._play(sound_priority, _ENDLESS)
            else:
                self._stop()
        if self._fault_pulses:
            self._fault_wait_ms = max(self._fault_wait_ms - dt_ms, 0)
            if not self._fault_wait_ms and not self.sounding:
                self._fault_wait_ms = _FAULT_EVERY_MS
                self._play(_FAULT, self._fault_pulses)
        self._shine(dt_ms, max(light_priority, self._tune if self.testing else 0))

    def beeps(self, n):
        """So many, unless an alarm or a test sounds."""
        self._ask(_BEEPS, n)

    def identify(self):
        """Blink and beep for 3 s, unless an alarm or a test sounds."""
        self._ask(_IDENTIFY, _IDENTIFY_PULSES)

    def test(self, priority):
        """One burst of that priority, unless an alarm sounds."""
        if not self._alarm and _LOW <= priority <= _HIGH:
            self._play(priority, len(TUNES[priority][2]))
            self.testing = True

    def fault(self, code):
        """Beep and blink its number now and every 10 s, where nothing else sounds; 0 ends it."""
        if code != self._fault_pulses:
            self._fault_pulses = code
            self._fault_wait_ms = 0
            if self._tune == _FAULT:
                self._stop()

    def silence(self):
        """All off, at once and for good: before power goes."""
        self._alarm = 0
        self._fault_pulses = 0
        self._stop()
        self._lit = False
        self._led.off()

    def _ask(self, tune, pulses):
        if not self._alarm and not self.testing and pulses > 0:
            self._play(tune, pulses)

    def _play(self, tune, pulses):
        self.testing = False
        self._tune = tune
        self._pulse = 0
        self._pulses_left = pulses
        self._begin_pulse()

    def _stop(self):
        self._tune = _SILENCE
        self.testing = False
        self._on = False
        self._buzzer.off()

    def _begin_pulse(self):
        tune = TUNES[self._tune]
        self._on = True
        self._left_ms = tune[1]
        self._buzzer.on(tune[0])

    def _end_pulse(self):
        gaps = TUNES[self._tune][2]
        self._on = False
        self._buzzer.off()
        self._left_ms = gaps[self._pulse]
        self._pulse = (self._pulse + 1) % len(gaps)
        if self._pulses_left > 0:
            self._pulses_left -= 1
            if self._pulses_left == 0:
                self._stop()

    def _play_on(self, dt_ms):
        while self._tune != _SILENCE and dt_ms >= self._left_ms:
            dt_ms -= self._left_ms
            if self._on:
                self._end_pulse()
            else:
                self._begin_pulse()
        if self._tune != _SILENCE:
            self._left_ms -= dt_ms

    def _shine(self, dt_ms, light):
        if light != self._light:
            self._light = light
            self._light_ms = 0
        else:
            self._light_ms += dt_ms
        lights = LIGHTS[light]
        self._light_ms %= lights[0] + lights[1]
        lit = self._light_ms < lights[0]
        if not light and self._tune != _SILENCE:
            lit = self._on
        if lit != self._lit:
            self._lit = lit
            if lit:
                self._led.on()
            else:
                self._led.off()
