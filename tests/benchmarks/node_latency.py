# SPDX-License-Identifier: MIT
"""From a knock on a simulated sensor's registers to the alarm's line of the host's process.

Run from the top of the checkout: `python -m tests.benchmarks.node_latency`. Everything between is
what people run: the firmware under MicroPython, a pseudo-terminal, `upturn run`. Three knocks are
a call for help, an alarm without delay; the third is the moment that counts, on the same clock as
the line. And how many bytes a second the node puts on the wire. Nothing here was measured on
hardware: a pseudo-terminal is at once where a UART of 115,200 baud takes 9 ms for 100 bytes.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from tests.firmware.interpreter import MissingError, command
from tests.firmware.node import Node
from tests.integration.host import Host
from tests.integration.listening import Listener, samples, statuses
from upturn.wire import commands

GOAL_MS = 200.0
"""The whole way from a crossing to its event, in the design; the wire and the host share it."""
REPEATS = 30
RATES_HZ = (50, 100, 200)
KNOCK_EVERY_MS = 250
BITS = 32


@dataclass(frozen=True)
class Latency:
    rate_hz: int
    p50_ms: float
    p99_ms: float

    @property
    def name(self) -> str:
        return f"third knock to the line of its alarm, {self.rate_hz} Hz"

    @property
    def met(self) -> bool:
        return self.p99_ms < GOAL_MS


@dataclass(frozen=True)
class Traffic:
    rate_hz: int
    bytes_per_s: float
    lost: int
    """On the way."""
    skipped: int
    """Not taken by the node, which was late."""

    @property
    def name(self) -> str:
        return f"node to host, {self.rate_hz} Hz"

    @property
    def part_of_line(self) -> float:
        """Of the 11,520 bytes a second of 115,200 baud."""
        return self.bytes_per_s / 11_520


def missing() -> str | None:
    """Why this cannot be measured here, or None."""
    try:
        command(BITS)
    except MissingError as error:
        return str(error)
    return None


def measure(repeats: int = REPEATS) -> list[Latency]:
    """For the slowest and the fastest rate."""
    return [_latency(rate_hz, repeats) for rate_hz in (RATES_HZ[0], RATES_HZ[-1])]


def traffic(seconds: float = 5.0) -> list[Traffic]:
    return [_traffic(rate_hz, seconds) for rate_hz in RATES_HZ]


def _latency(rate_hz: int, repeats: int) -> Latency:
    chance = random.Random(1)
    delays_ms = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Node(Path(folder), bits=BITS, start_deg=0) as node,
    ):
        _set_rate(node, rate_hz)
        with Host(Path(folder), node.port) as host:
            host.wait_for(kind="posture", to="level")
            for k in range(repeats):
                time.sleep(0.8 + chance.uniform(0, 1 / rate_hz))
                begun_s = node.act(f"knocks 0.9 12 3 {KNOCK_EVERY_MS}")
                line = host.wait_for_alarm("distress", occurrence=k + 1)
                first = node.wait_for("knocks", since_s=begun_s - 0.1)
                third_s = first.at_s + 2 * KNOCK_EVERY_MS / 1000
                delays_ms.append(1000 * (line.at_s - third_s))
    cuts = quantiles(delays_ms, n=100, method="inclusive")
    return Latency(rate_hz, cuts[49], cuts[98])


def _traffic(rate_hz: int, seconds: float) -> Traffic:
    with tempfile.TemporaryDirectory() as folder, Node(Path(folder), bits=BITS) as node:
        _set_rate(node, rate_hz)
        with Listener(node) as host:
            host.hello()
            host.listen(1.0)
            before = host.received_bytes
            heard = host.listen(seconds)
            span_s = samples(heard)[-1].t_s - samples(heard)[0].t_s
            return Traffic(
                rate_hz,
                (host.received_bytes - before) / span_s,
                host.stream.counts.lost,
                statuses(heard)[-1].skipped,
            )


def _set_rate(node: Node, rate_hz: int) -> None:
    with Listener(node) as host:
        if not host.ask(commands.set_rate(rate_hz)).done:
            raise RuntimeError(f"the node refuses {rate_hz} Hz")


def main() -> None:
    why = missing()
    if why is not None:
        print(why, file=sys.stderr)
        return
    for latency in measure():
        print(f"  {latency.name:<50} p50 {latency.p50_ms:.1f} ms, p99 {latency.p99_ms:.1f} ms")
    for line in traffic():
        print(
            f"  {line.name:<50} {line.bytes_per_s:,.0f} bytes/s, {line.part_of_line:.0%} of "
            f"115,200 baud; lost {line.lost}, skipped {line.skipped}"
        )


if __name__ == "__main__":
    main()
