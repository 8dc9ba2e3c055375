# SPDX-License-Identifier: MIT
"""A sampling step of a whole node, its signals and its reader, must not touch the heap.

Arguments: sensor, samples a second. The line takes what is written and keeps nothing. Prints bytes
allocated by 1,000 samples while streaming, while nobody listens, and while inverted with an alarm;
then each again with the heap locked, where an allocation that is freed at once is an error too.
"""

import gc
import sys

import micropython

from app_bench import BOARD, Bench, v

SAMPLES = 1000


def measure(bench, per_frame_ms, steps, locked=False):
    """Take samples; the sensor's own time passes in place. Bytes that stayed allocated."""
    node, model, clock = bench.node, bench.model, bench.time
    sample, signal, receive, wait_ms = node.sample, node.signal, node.receive, node.pace.wait_ms
    us = per_frame_ms * 1000
    if locked:
        micropython.heap_lock()
    before = gc.mem_alloc()
    k = 0
    while k < steps:
        model.advance(us)
        clock.now += per_frame_ms
        sample()
        wait_ms()
        signal(per_frame_ms)
        receive()
        k += 1
    if locked:
        micropython.heap_unlock()
    return gc.mem_alloc() - before


def delta(bench, period_ms):
    measure(bench, period_ms, 200)
    gc.collect()
    gc.disable()
    grown = measure(bench, period_ms, SAMPLES)
    gc.enable()
    measure(bench, period_ms, SAMPLES, locked=True)
    return grown


def main(sensor, rate_hz):
    bench = Bench(sensor, board=dict(BOARD, gyro=sensor != "LIS3DH"))
    node = bench.boot()
    bench.time.now = 1000  # far from the wrap: plain sums stay small here
    node.clock._last = 1000
    node.pace.start(20)
    bench.hardware.stdout.quiet = True
    if rate_hz != 50:
        bench.ask(v.SET_RATE, bytes((rate_hz & 255, 0)))
    period_ms = 1000 // rate_hz
    node.pace.start(period_ms)
    grown = []
    for deg, heard in ((-90, True), (-90, False), (60, True)):
        bench.angle(deg)
        if heard:
            node.heard()
        else:
            node.link.step(10_000)
        frames = node.stream.seq
        grown.append(delta(bench, period_ms))
        assert (node.stream.seq - frames) & 0xFFFF == 2 * SAMPLES + 200
    assert node.guard.inverted
    assert node.guard.host_silent
    assert node.signals.sounding
    print(grown)


main(sys.argv[1], int(sys.argv[2]))
