# SPDX-License-Identifier: MIT
"""When the next sample is due.

Deadlines are absolute: a late sample does not delay those after it, so the rate holds for hours.
What is late by whole intervals is skipped and counted, and never made good in a bunch.
"""

from micropython import const

_WINDOW_MS = const(5000)
_COUNTER = const(0xFFFF)


class Pace:
    def __init__(self, ticks_ms, ticks_add, ticks_diff):
        self._ticks_ms = ticks_ms
        self._ticks_add = ticks_add
        self._ticks_diff = ticks_diff
        self.overruns = 0
        self.skipped = 0
        self.start(20)

    def start(self, period_ms):
        """A sample is due now, and every `period_ms` after it."""
        self.period_ms = period_ms
        self._due = self._ticks_ms()
        self._seen = 0
        self._missed = 0
        self.late = False

    def wait_ms(self):
        """How long to sleep until the next sample; call it once for each sample."""
        due = self._ticks_add(self._due, self.period_ms)
        late_ms = self._ticks_diff(self._ticks_ms(), due)
        missed = 0
        if late_ms >= self.period_ms:
            missed = late_ms // self.period_ms
            due = self._ticks_add(due, missed * self.period_ms)
            late_ms -= missed * self.period_ms
            self.overruns = (self.overruns + 1) & _COUNTER
            self.skipped = (self.skipped + missed) & _COUNTER
        self._due = due
        self._judge(missed)
        return 0 if late_ms > 0 else -late_ms

    def _judge(self, missed):
        """`late` is true while more than one in five of the samples of 5 s are missed."""
        self._seen += 1 + missed
        self._missed += missed
        if self._seen * self.period_ms >= _WINDOW_MS:
            self.late = self._missed * 5 > self._seen
            self._seen = 0
            self._missed = 0
