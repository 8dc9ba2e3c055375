# SPDX-License-Identifier: MIT
"""Samples into MEASUREMENT messages: at most 50 a second, and only while a host listens.

What a message tells about the time since the one before it, peak, taps, clipping and overruns, is
kept until one was taken by the link; the numbers of samples go on in any case, so that a loss
shows.
"""

from upturn_node.frame import Measurement

MESSAGES_HZ = 50


class Stream:
    """`fill(measurement)` sets what the message says beside its samples."""

    def __init__(self, link, clock, fill):
        self._link = link
        self._clock = clock
        self._fill = fill
        self._since = 0
        self._peak_mg = 0
        self.seq = 0
        self.begin(MESSAGES_HZ, False)

    def begin(self, rate_hz, has_gyro):
        """Readings come at this rate from now on, with or without rates of turn."""
        self._measurement = Measurement(rate_hz // MESSAGES_HZ, has_gyro)

    def note(self, flag):
        """One of SATURATED, TAP and OVERRUN happened."""
        self._since |= flag

    def add(self, dt_ms, out, peak_mg):
        """A reading, `dt_ms` after the one before. Sends the message that it fills."""
        measurement = self._measurement
        seq = self.seq
        self.seq = (seq + 1) & 0xFFFF
        if not self._link.wanted:
            measurement.clear()
            self._peak_mg = peak_mg
            self._since = 0
            return
        if peak_mg > self._peak_mg:
            self._peak_mg = peak_mg
        if not measurement.add(dt_ms, out):
            # after a long gap a message goes out with fewer samples
            self._send()
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
        if self._link.send(measurement.message, measurement.encode()):
            self._peak_mg = 0
            self._since = 0
        measurement.clear()
