# SPDX-License-Identifier: MIT
"""From a sample handed over by the transport to its alarm at a sink and at the dashboard's model.

Run from the top of the checkout: `python -m tests.benchmarks.latency`. A source in real time hands
over one sample each 20 ms; every fourth has the button pressed, which is an alarm without delay.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles

from upturn.core.alarm_table import AlarmId
from upturn.core.events import AlarmChanged, AlarmState, Event
from upturn.core.limits import STANDARD
from upturn.core.mounting import ASSUMED
from upturn.core.pipeline import Pipeline
from upturn.core.sample import NodeReport, Sample, StreamInfo
from upturn.core.snapshot import Snapshot
from upturn.service.table import TableService
from upturn.transports.source import Chunk

GOAL_MS = 50.0
PRESSES = 200
EVERY = 4
INTERVAL_S = 0.02


@dataclass(frozen=True)
class Latency:
    name: str
    p50_ms: float
    p99_ms: float

    @property
    def met(self) -> bool:
        return self.p99_ms < GOAL_MS


class Presses:
    """A source; `taken` is its recorder, and notes by `clock` when each press was handed over."""

    info = StreamInfo(rate_hz=50.0, nominal_s=INTERVAL_S, mounting=ASSUMED)
    label = "presses"
    profile: str | None = None
    profile_where = ""
    problems = 0

    def __init__(self, clock: Callable[[], float]) -> None:
        self.handed_s: list[float] = []
        self._clock = clock

    def chunks(self, *, paced: bool) -> Iterator[Chunk]:
        del paced
        for k in range(PRESSES * EVERY):
            t_s = k * INTERVAL_S
            press = k % EVERY == 0
            sample = Sample(t_s, 1e-4 * (k % 7), -0.7, 0.7, report=NodeReport(button=press))
            yield Chunk(t_s, [sample])

    def taken(self, chunk: Chunk) -> None:
        report = chunk.samples[0].report
        if report is not None and report.button:
            self.handed_s.append(self._clock())


class PressSink:
    """Notes when each press arrives as an alarm."""

    name = "subscriber"
    fatal: tuple[type[Exception], ...] = ()

    def __init__(self) -> None:
        self.seen_s: list[float] = []

    async def event(self, event: Event) -> None:
        if is_press(event):
            self.seen_s.append(time.perf_counter())

    async def reading(self, snapshot: Snapshot) -> None:
        del snapshot


def measure() -> list[Latency]:
    source, sink, model_s = Presses(time.perf_counter), PressSink(), []

    def observe(t_s: float, angle_deg: float, events: Sequence[Event]) -> None:
        del t_s, angle_deg
        if any(map(is_press, events)):
            model_s.append(time.perf_counter())

    service = TableService(
        Pipeline(source.info, STANDARD),
        source,
        sinks=[sink],
        observer=observe,
        recorder=source.taken,
    )
    asyncio.run(service.run())
    return [
        of_delays("alarm at a sink", source.handed_s, sink.seen_s),
        of_delays("alarm at the dashboard's model", source.handed_s, model_s),
    ]


def is_press(event: Event) -> bool:
    return (
        isinstance(event, AlarmChanged)
        and event.id is AlarmId.DISTRESS
        and event.state is AlarmState.RAISED
    )


def of_delays(name: str, handed_s: Sequence[float], seen_s: Sequence[float]) -> Latency:
    delays_ms = [1e3 * (s - h) for h, s in zip(handed_s, seen_s, strict=True)]
    cuts = quantiles(delays_ms, n=100)
    return Latency(name, cuts[49], cuts[98])


def main() -> None:
    for latency in measure():
        print(f"  {latency.name:<32} p50 {latency.p50_ms:.2f} ms, p99 {latency.p99_ms:.2f} ms")


if __name__ == "__main__":
    main()
