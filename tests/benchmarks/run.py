# SPDX-License-Identifier: MIT
"""Every benchmark, one after another: `make bench`. Exit 1 if a goal is missed."""

from __future__ import annotations

import sys

from tests.benchmarks import (
    angle_batch,
    ble,
    ble_node,
    commands,
    core_streaming,
    dashboard,
    latency,
    mqtt,
    node_latency,
    wire_decode,
    year,
)
from tests.benchmarks.timing import machine, versions

REPEATS = 7


def main() -> int:
    print(machine())
    print(", ".join(f"{k} {v}" for k, v in versions("numpy", "textual", "vqf", "ahrs").items()))
    met = True

    print("\nStreaming through the whole core")
    for speed in core_streaming.measure(REPEATS):
        met &= speed.met
        goal = _goal(speed.goal, speed.met)
        print(f"  {speed.name:<44} {speed.samples_per_s:>10,} samples/s{goal}")

    print("\nThe angle of a long recording at once")
    for result in angle_batch.measure(REPEATS):
        met &= all(ratio.met for ratio in result.ratios)
        angle_batch.show(result)

    print("\nFrom the bytes of a line to samples")
    for decoded in wire_decode.measure(REPEATS):
        met &= decoded.met
        goal = _goal(decoded.goal, decoded.met)
        print(f"  {decoded.name:<44} {decoded.messages_per_s:>10,} messages/s{goal}")

    print("\nFrom a sensor's registers to the line of the alarm (simulated node, no hardware)")
    if why := node_latency.missing():
        print(f"  not measured: {why}")
    else:
        for way in node_latency.measure():
            met &= way.met
            print(
                f"  {way.name:<44} p50 {way.p50_ms:.1f} ms, p99 {way.p99_ms:.1f} ms"
                f"{_goal(f'p99 under {node_latency.GOAL_MS:g} ms', way.met)}"
            )
        for traffic in node_latency.traffic():
            print(
                f"  {traffic.name:<44} {traffic.bytes_per_s:,.0f} bytes/s, "
                f"{traffic.part_of_line:.0%} of a line of 115,200 baud, {traffic.lost} lost"
            )

    print("\nFrom a sample handed over to its alarm")
    for delay in latency.measure():
        met &= delay.met
        print(
            f"  {delay.name:<44} p50 {delay.p50_ms:.2f} ms, p99 {delay.p99_ms:.2f} ms"
            f"{_goal(f'p99 under {latency.GOAL_MS:g} ms', delay.met)}"
        )

    print("\nOut of the room: a broker on this machine")
    if why := mqtt.missing():
        print(f"  not measured: {why}")
    else:
        delay = mqtt.latency()
        met &= delay.met
        print(
            f"  {delay.name:<44} p50 {delay.p50_ms:.2f} ms, p99 {delay.p99_ms:.2f} ms"
            f"{_goal(f'p99 under {latency.GOAL_MS:g} ms', delay.met)}"
        )
        print(f"  {'events told, each confirmed':<44} {mqtt.events_per_s():>10,.0f} events/s")
        many = mqtt.traffic()
        print(
            f"  {f'{many.tables} tables on one connection':<44} {many.messages_per_s:,.0f} "
            f"readings/s of {many.bytes_each:,.0f} bytes, {many.of_a_core:.0%} of a core"
        )

    print("\nOver Bluetooth: virtual radios, and plain bleak beside it")
    if why := ble.missing():
        print(f"  not measured: {why}")
    else:
        for back in ble.returns():
            met &= back.met
            goal = _goal(back.goal_s and f"under {back.goal_s:g} s", back.met)
            print(f"  {f'back, after {back.name}':<44} {ble.show_return(back)}{goal}")
        for delay in ble.latencies():
            met &= delay.met
            print(
                f"  {delay.name:<44} p50 {delay.p50_ms:.2f} ms, p99 {delay.p99_ms:.2f} ms"
                f"{_goal(f'p99 under {ble.GOAL_MS:g} ms', delay.met)}"
            )
        for load in ble.loads():
            met &= load.met
            goal = _goal(f"under {ble.GOAL_CPU:.0%}", load.met)
            print(f"  {'what Upturn adds':<44} {ble.show_load(load)}{goal}")

    print("\nWhat Bluetooth takes of the node (its firmware under MicroPython on this machine)")
    if why := ble_node.missing():
        print(f"  not measured: {why}")
    else:
        for heap in ble_node.heaps():
            met &= heap.met
            goal = _goal(f"at most {ble_node.GOAL_KB} kB on 32 bits", heap.met)
            print(f"  {f'heap, {heap.bits} bits':<44} {ble_node.show_heap(heap)}{goal}")
        for stream in ble_node.streams():
            print(
                f"  {f'{stream.rate_hz} samples/s, {stream.bits} bits':<44} "
                f"{ble_node.show_stream(stream)}"
            )

    print("\nWhole commands")
    for run in commands.measure(REPEATS):
        met &= run.met
        print(f"  {run.name:<44} {run.median_s:.3f} s{_goal(run.goal_s, run.met)}")

    print("\nA year of daily sessions")
    stored = year.measure(REPEATS)
    print(f"  {f'{year.DAYS} sessions':<44} {stored.bytes / 1e6:.2f} MB")
    for run in stored.runs:
        met &= run.met
        print(f"  {run.name:<44} {run.median_s:.3f} s{_goal(run.goal_s, run.met)}")

    print("\nDashboard at 50 Hz, an hour of history")
    limits = f"under {dashboard.GOAL_CPU:.0%} and {dashboard.GOAL_PAINT_S:g} s"
    for screen in dashboard.measure():
        met &= screen.met
        print(
            f"  {screen.size:<44} {screen.cpu:.1%} of a core, first paint "
            f"{screen.first_paint_s:.2f} s{_goal(limits, screen.met)}"
        )
    return 0 if met else 1


def _goal(goal: object, met: bool) -> str:
    return "" if goal is None else f"  (goal {goal}: {'met' if met else 'MISSED'})"


if __name__ == "__main__":
    sys.exit(main())
