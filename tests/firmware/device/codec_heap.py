# SPDX-License-Identifier: MIT
"""What the codec's hot path takes from the heap: one line for each part, 0 where it is nothing.

Numbers stand at the ends of their ranges, where an integer would first become an object.
"""

import gc
from array import array

from micropython import heap_lock, heap_unlock

from upturn_node.frame import Measurement, Short
from upturn_node.framing import Deframer, Framer
from upturn_node.messages import answer

STEPS = 1000
MOST = (1 << 30) - 1
OUT = array("i", [32768 * 16, -32769 * 16, 32767, -32768, -1, 0])
COUNTERS = ("exposure_ms", "inversion_ms", "inverted_ms", "rest_ms", "inversions", "peak_mg",
            "battery_mv", "presses", "calls", "epoch", "seq")  # fmt: skip


def measure(name, step):
    step(10)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    step(STEPS)
    taken = gc.mem_alloc() - before
    gc.enable()
    heap_lock()
    try:
        step(STEPS)
    finally:
        heap_unlock()
    print(name, taken)


def filled(message, largest):
    for key in COUNTERS:
        if hasattr(message, key):
            setattr(message, key, largest)
    message.flags = 0x0FFF
    message.t_hi = message.t_lo = 0xFFFF
    message.posture = 4
    message.priority = 3
    message.angle_cdeg = 18000
    message.battery_percent = 100
    return message


def measured(message):
    framer = Framer()

    def step(times):
        while times:
            times -= 1
            message.clear()
            while message.add(20, OUT):
                pass
            framer.wrap(message.message, message.encode())

    return step


def shortened(times):
    while times:
        times -= 1
        SHORT.encode()


def pushed(times):
    while times:
        times -= 1
        index = 0
        while index < LENGTH:
            DEFRAMER.push(LINE[index])
            index += 1


SHORT = filled(Short(), MOST)
FRAMER = Framer()
RAW = answer(255, 255, 255, b"\x7e\x7d\xff" * 79)
DEFRAMER = Deframer()
LENGTH = FRAMER.wrap(RAW, len(RAW))
LINE = bytearray(bytes(FRAMER.wire[:LENGTH]) + b">>> text of the prompt\r\n" * 20)
LENGTH = len(LINE)

measure("one sample with rates", measured(filled(Measurement(1, True), MOST)))
measure("fifteen samples with rates", measured(filled(Measurement(15, True), MOST)))
measure("fifteen samples without", measured(filled(Measurement(15, False), MOST)))
measure("counters below zero", measured(filled(Measurement(2, True), -1)))
measure("nothing known", measured(Measurement(2, True)))
measure("short", shortened)
measure("deframer", pushed)
assert DEFRAMER.bad > STEPS
