# SPDX-License-Identifier: MIT
"""Past the limit and not coming up: as in the host's `core.time_limits`."""

from micropython import const

from upturn_node.intmath import longer

_NO_RETURN_MS = const(15000)  # time to act on the alarm
_WAY_UP_MS = const(5000)  # a slow return gains the drop well within it
_WAY_UP_DROP = const(200)  # more than rocking about one angle gains

UNSEEN = const(32767)


class NoReturn:
    """`raised` once, it stays until `end`.

    On the way up is who came, within the last 5 s, at least 2 degrees below the lowest angle since
    the limit passed: rocking is no return.
    """

    def __init__(self):
        self.end()

    def end(self):
        """The inversion is over, or the limit is not passed any more."""
        self.raised = False
        self.over = False
        self.over_ms = 0
        self.progress_ms = _WAY_UP_MS
        self.lowest_cdeg = UNSEEN

    def time(self, dt_ms):
        """Time passed, with the limit behind or not."""
        if self.over:
            self.over_ms = longer(self.over_ms, dt_ms)
            self.progress_ms = longer(self.progress_ms, dt_ms)

    def passed(self, over):
        """Say whether the time limit is passed; say it as often as you like."""
        if not over and not self.raised:
            if self.over:
                self.end()
            return
        self.over = True
        if self.over_ms >= _NO_RETURN_MS and self.progress_ms >= _WAY_UP_MS:
            self.raised = True

    def angle(self, unwrapped_cdeg):
        """A valid sample's angle."""
        if not self.over:
            return
        if self.lowest_cdeg == UNSEEN:
            self.lowest_cdeg = unwrapped_cdeg
        elif unwrapped_cdeg <= self.lowest_cdeg - _WAY_UP_DROP:
            self.lowest_cdeg = unwrapped_cdeg
            self.progress_ms = 0
