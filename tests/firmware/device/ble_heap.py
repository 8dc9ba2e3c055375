# SPDX-License-Identifier: MIT
"""A sampling step that streams over BLE must not touch the heap: bytes that 1,000 samples took.

Argument: the MTU. Then as many again with the heap locked; and whether messages went out.
"""

import gc
import sys

import micropython

from ble_bench import BleBench

SAMPLES = 1000
PERIOD_MS = 20


def measure(bench, steps, locked=False):
    node, model, clock = bench.node, bench.model, bench.time
    sample, receive, wait_ms = node.sample, node.receive, node.pace.wait_ms
    if locked:
        micropython.heap_lock()
    before = gc.mem_alloc()
    k = 0
    while k < steps:
        model.advance(PERIOD_MS * 1000)
        clock.now += PERIOD_MS
        sample()
        wait_ms()
        receive()
        k += 1
    if locked:
        micropython.heap_unlock()
    return gc.mem_alloc() - before


def main(mtu):
    bench = BleBench()
    node = bench.boot()
    bench.time.now = 1000  # far from the wrap: plain sums stay small here
    node.clock._last = 1000
    node.pace.start(PERIOD_MS)
    bench.ble.quiet = True
    bench.join(mtu)
    measure(bench, 200)
    bench.confirm()
    gc.collect()
    gc.disable()
    grown = measure(bench, SAMPLES)
    gc.enable()
    sent = bench.ble.notifications
    measure(bench, SAMPLES, locked=True)
    print(grown, bench.ble.notifications - sent == (500 if mtu > 100 else 200))


main(int(sys.argv[1]))
