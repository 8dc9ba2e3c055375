# SPDX-License-Identifier: MIT
"""Samples into MEASUREMENT messages, and only while a host listens; SHORT where there is no room.

What a message tells about the time since the one before it, peak, taps, clipping and overruns, is
kept until one was taken; the numbers of samples go on in any case, so that a loss shows.
"""

from micropython import const

from upturn_node.frame import Measurement, Short

_SHORT_MS = const(100)


class Stream:
    """`links` as in links.py. `fill(measurement)` and `fill_short(short)` set what a message says
    beside its samples.
    """

    def __init__(self, links, clock, fill, fill_short):
        self._links = links
        self._clock = clock
        self._fill = fill
        self._fill_short = fill_short
        self._since = 0
        self._since_short = 0
        self._peak_mg = 0
        self._short_ms = 0
        self._short = Short()
        self.seq = 0
        self.begin(50, False)

    def begin(self, rate_hz, has_gyro):
        """Readings come at this rate from now on, with or without rates of turn."""
        self._measurement = Measurement(self._links.set_rate(rate_hz), has_gyro)

    def note(self, flag):
        """One of SATURATED, TAP and OVERRUN happened."""
        self._since |= flag
        self._since_short |= flag

    def add(self, dt_ms, out, peak_mg):
        """A reading, `dt_ms` after the one before. Sends the message that it fills."""
        links, measurement = self._links, self._measurement
        seq = self.seq
        self.seq = (seq + 1) & 0xFFFF
        self._step_short(dt_ms, seq)
        if not links.measured:
            measurement.clear()
            self._peak_mg = peak_mg
            self._since = 0
            return
        if peak_mg > self._peak_mg:
            self._peak_mg = peak_mg
        if measurement.count == 0:
            measurement.max_samples = links.samples()
        if not measurement.add(dt_ms, out):
            # after a long gap a message goes out with fewer samples
            self._send()
            measurement.max_samples = links.samples()
            measurement.add(0, out)
        if measurement.count == 1:
            measurement.seq = seq
            measurement.t_hi = self._clock.t_hi
            measurement.t_lo = self._clock.t_lo
        if measurement.count == measurement.max_samples:
            self._send()

    def _send(self):
        measurement = self._measurement
        measurement.peak_mg = self._peak_mg
        self._fill(measurement)
        measurement.flags |= self._since
        if self._links.measure(measurement.message, measurement.encode()):
            self._peak_mg = 0
            self._since = 0
        measurement.clear()

    def _step_short(self, dt_ms, seq):
        if not self._links.short:
            self._since_short = 0
            self._short_ms = _SHORT_MS
            return
        self._short_ms += dt_ms
        if self._short_ms < _SHORT_MS:
            return
        self._short_ms = self._short_ms - _SHORT_MS if self._short_ms < 2 * _SHORT_MS else 0
        short = self._short
        short.seq = seq
        short.t_hi = self._clock.t_hi
        short.t_lo = self._clock.t_lo
        self._fill_short(short)
        short.flags |= self._since_short
        short.encode()
        if self._links.shorten(short.message):
            self._since_short = 0
