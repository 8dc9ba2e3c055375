# SPDX-License-Identifier: MIT
"""When the next sample is due, and the polls of the sensor before it.

Deadlines are absolute: a late sample does not delay those after it, so the rate holds for hours.
What is late by whole intervals is skipped and counted, and never made good in a bunch. Polls lie
on a grid before the sample; one that is missed is only left out.
"""

from micropython import const

_WINDOW_MS = const(5000)
_COUNTER = const(0xFFFF)


class Pace:
    """`sample_due`: what the last wait led to is a sample; else it is a poll.

    `poll_ms` is the time between polls; 0: there are none.
    """

    def __init__(self, ticks_ms, ticks_add, ticks_diff):
        self._ticks_ms = ticks_ms
        self._ticks_add = ticks_add
        self._ticks_diff = ticks_diff
        self.overruns = 0
        self.skipped = 0
        self.poll_ms = 0
        self.start(20)

    def start(self, period_ms):
        """A sample is due now, and every `period_ms` after it."""
        self.period_ms = period_ms
        self._due = self._ticks_ms()
        self._seen = 0
        self._missed = 0
        self.late = False
        self.sample_due = True

    def wait_ms(self):
        """How long to sleep until what is next; call it once after each sample and each poll."""
        if self.sample_due:
            left_ms = self._after_sample()
        else:
            left_ms = max(0, self._ticks_diff(self._due, self._ticks_ms()))
        poll_ms = self.poll_ms
        self.sample_due = poll_ms == 0 or left_ms <= poll_ms
        return left_ms if self.sample_due else left_ms % poll_ms or poll_ms

    def _after_sample(self):
        """Set the next deadline; how long until it."""
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
