# SPDX-License-Identifier: MIT
"""The firmware in virtual time, with a host's heartbeat; `virtual_time` is installed already.

As `start`, but time passes only where the program waits. Every `heap_every_s` the log gets the
free heap after a collection; after `seconds` the process ends.
"""

import gc
import json
from array import array

import asyncio.core
import ffi

import chip
import start
import virtual_time


class Host:
    """Writes to the node's stdin: first `opening`, then once a second the same heartbeat."""

    def __init__(self, opening, heartbeat):
        libc = ffi.open("libc.so.6")
        ends = array("i", (0, 0))
        libc.func("i", "pipe", "p")(ends)
        libc.func("i", "dup2", "ii")(ends[0], 0)
        self._file = open(ends[1], "wb")
        self._next = opening
        self._heartbeat = heartbeat

    def speak(self):
        self._file.write(self._next)
        self._next = self._heartbeat


def tell_heap():
    gc.collect()
    chip.log.write(b"heap", 0, gc.mem_free())


def pass_time(world, host, setup):
    wait = asyncio.core.IOQueue.wait_io_event
    state = array("i", (0, 0, 0))  # elapsed, next heartbeat, next look at the heap
    heap_ms = setup["heap_every_s"] * 1000
    end_ms = setup["seconds"] * 1000

    def passing(queue, dt_ms):
        wait(queue, 0)
        if dt_ms <= 0:
            return
        step_ms = dt_ms if dt_ms < start.TURN_MS else start.TURN_MS
        virtual_time.sleep_ms(step_ms)
        world.turn()
        chip.watchdog.check()
        state[0] += step_ms
        if state[0] >= state[1]:
            state[1] += 1000
            host.speak()
        if state[0] >= state[2]:
            state[2] += heap_ms
            tell_heap()
        if state[0] >= end_ms:
            chip.end(0)

    asyncio.core.IOQueue.wait_io_event = passing


def go(path):
    with open(path) as file:
        setup = json.load(file)
    chip.log.open(open(setup["log"], "wb"))
    chip.watchdog.virtual = True
    world = start.build(setup)
    host = Host(bytes.fromhex(setup["opening"]), bytes.fromhex(setup["heartbeat"]))
    pass_time(world, host, setup)
    start.run(setup["flash"])
    chip.end(1)  # the program has ended before its time
