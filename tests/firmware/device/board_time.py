# SPDX-License-Identifier: MIT
"""The module `time` of a simulated board: an ESP32 never sleeps shorter than it was told.

The unix port does, by up to a millisecond, which is enough to miss the end of a sensor's reset.
"""

import sys
import time as _true
from time import (
    gmtime,
    localtime,
    mktime,
    ticks_add,
    ticks_cpu,
    ticks_diff,
    ticks_ms,
    ticks_us,
    time,
    time_ns,
)

__all__ = (
    "gmtime",
    "localtime",
    "mktime",
    "sleep",
    "sleep_ms",
    "sleep_us",
    "ticks_add",
    "ticks_cpu",
    "ticks_diff",
    "ticks_ms",
    "ticks_us",
    "time",
    "time_ns",
)


def sleep_us(us):
    end = ticks_add(ticks_us(), us)
    _true.sleep_us(us)
    while ticks_diff(end, ticks_us()) > 0:
        pass


def sleep_ms(ms):
    sleep_us(ms * 1000)


def sleep(seconds):
    sleep_us(int(seconds * 1_000_000))


def install():
    """Before anything else imports `time`."""
    sys.modules["time"] = sys.modules[__name__]
