# SPDX-License-Identifier: MIT
"""Prints the bytes of heap that 1,000 steps of one module take, then does them with it locked.

    brain_allocations.py NAME

Readings go to both ends of their ranges, and so do steps of time: that is where a product leaves
the small integers of a 32-bit build.
"""

import gc
import sys
from array import array

import micropython

from upturn_node import intmath
from upturn_node.button import Button
from upturn_node.guard import MEMORY_BYTES, Guard
from upturn_node.signals import Signals
from upturn_node.taps import Taps
from upturn_node.tilt import Tilt

STEPS = 1000
DT_MS = array("i", [20, 5, 0, 1000, 20, 1001, 20, 10, 254, intmath.LONGEST_MS - 1])
READINGS = (
    array("i", [0, 2048, 100, 640, -3, 5]),
    array("i", [32767, 32767, 32767, 32767, 32767, 32767]),
    array("i", [-32768, -32768, -32768, -32768, -32768, -32768]),
    array("i", [0, 0, 0, 32767, -32768, 32767]),
    array("i", [-32768, 32767, -32768, 0, 0, 0]),
    array("i", [1, -2, 1, 0, 0, 0]),
    array("i", [18001, -18001, 18001, 50, 50, 50]),
)
ANGLES = array("i", [-8000, 1500, 5000, 9500, 12000, 17999, 18000, -17999, -13500, 0])
LONGEST_ROWS = (20480, 0, 0, 0, 20480, 0, 11824, 11824, -11824)


class Output:
    def __init__(self):
        self.last = 0

    def on(self, freq_hz=0):
        self.last = freq_hz

    def off(self):
        self.last = 0


def tilt_steps(has_gyro):
    tilt = Tilt(has_gyro)
    tilt.mount(LONGEST_ROWS, (4096, -4096))

    def step(i):
        tilt.update(READINGS[i // 3 % 7], DT_MS[i % 10])

    return step


def steady_tilt():
    """A table at rest, then turning: the bias is learnt."""
    tilt = Tilt(True)
    out = array("i", [0, -400, 2008, 300, 0, 0])

    def step(i):
        out[1] = -400 - (i & 1)
        out[3] = 300 if i < 500 else 9000
        tilt.update(out, 20)

    return step


def guard_steps():
    guard = Guard(200)
    memory = bytearray(MEMORY_BYTES)

    def step(i):
        guard.sample(DT_MS[i % 10], ANGLES[i // 7 % 10])
        guard.idle(DT_MS[i // 3 % 10])
        if i % 50 == 0:
            guard.host(i // 50 % 4, i % 100 == 0)
            guard.press()
            guard.acknowledge()
        guard.take_beeps()
        if guard.sound_priority + guard.light_priority + guard.priority and guard.host_silent:
            guard.call()
        guard.save(memory)

    return step


def taps_steps():
    taps = Taps()

    def step(i):
        taps.step(DT_MS[i % 10], 1000 + i * 7 % 60000, 1000 - i * 3 % 1000, i % 400 < 10)

    return step


def button_steps():
    button = Button()

    def step(i):
        button.step(DT_MS[i % 9], i % 40 < 9, i % 300 < 100, i % 500 < 200)

    return step


def signals_steps():
    signals = Signals(Output(), Output())

    def step(i):
        if i % 100 == 0:
            signals.fault(i // 100)
            signals.beeps(3)
            signals.test(1 + i // 100 % 3)
            signals.identify()
        signals.step(DT_MS[i % 10], i // 150 % 4, i // 90 % 4)

    return step


def intmath_steps():
    numbers = array("i", [0, 1, -1, 500, -32768, 32767, (1 << 29) - 1, -(1 << 29)])

    def step(i):
        one, other = numbers[i % 8], numbers[i // 8 % 8]
        intmath.atan2_cdeg(one, other)
        intmath.isqrt(other if other > 0 else (1 << 30) - 1)
        intmath.sin_q14(i * 360 - 360000)
        intmath.cos_q14(i * 360)
        intmath.eased(one, other, i * 262)
        intmath.eased(one, other, i * 16)

    return step


MAKERS = {
    "tilt with a gyro": lambda: tilt_steps(True),
    "tilt without a gyro": lambda: tilt_steps(False),
    "tilt at rest": steady_tilt,
    "guard": guard_steps,
    "taps": taps_steps,
    "button": button_steps,
    "signals": signals_steps,
    "intmath": intmath_steps,
}


def run(step):
    i = 0
    while i < STEPS:
        step(i)
        i += 1


def main():
    step = MAKERS[sys.argv[1]]()
    run(step)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    run(step)
    print(gc.mem_alloc() - before)
    micropython.heap_lock()
    try:
        run(step)
    finally:
        micropython.heap_unlock()
    print("heap untouched")


main()
