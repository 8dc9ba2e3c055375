# SPDX-License-Identifier: MIT
"""The module `time` of a simulated node whose clock stands still while it works.

`install` before anything else imports `time` or `asyncio`. Time passes only where the program
waits, so that hours take seconds; the period of the ticks is that of the interpreter.
"""

import sys
import time as _true

ticks_add = _true.ticks_add
ticks_diff = _true.ticks_diff

_now_us = 0
_now_ms = 0
_part_us = 0
_elapsed_ms = 0


def ticks_us():
    return _now_us


def ticks_cpu():
    return _now_us


def ticks_ms():
    return _now_ms


def time():
    return _elapsed_ms // 1000


def time_ns():
    return _elapsed_ms * 1_000_000


def sleep_us(us):
    global _now_us, _now_ms, _part_us, _elapsed_ms
    _now_us = ticks_add(_now_us, us)
    _part_us += us
    ms = _part_us // 1000
    _part_us -= ms * 1000
    _now_ms = ticks_add(_now_ms, ms)
    _elapsed_ms += ms


def sleep_ms(ms):
    sleep_us(ms * 1000)


def sleep(seconds):
    sleep_us(int(seconds * 1_000_000))


class TaskQueue:
    """asyncio's own, which asks the true clock where a task is due at once."""

    def __init__(self):
        import _asyncio

        queue = _asyncio.TaskQueue()
        self.peek = queue.peek
        self.pop = queue.pop
        self.remove = queue.remove
        self._push = queue.push

    def push(self, task, due_ms=None):
        self._push(task, _now_ms if due_ms is None else due_ms)


def install(before_wrap_ms):
    """Begin that long before `ticks_ms` and `ticks_us` wrap."""
    global _now_us, _now_ms
    _now_us = ticks_add(0, -1000 * before_wrap_ms)
    _now_ms = ticks_add(0, -before_wrap_ms)
    sys.modules["time"] = sys.modules[__name__]
    import asyncio.core

    asyncio.core.TaskQueue = TaskQueue
    asyncio.core.new_event_loop()
