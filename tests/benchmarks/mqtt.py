# SPDX-License-Identifier: MIT
"""The way out of the room: from a sample handed over to a subscriber at a real broker.

Run from the top of the checkout: `python -m tests.benchmarks.mqtt`. Broker (mosquitto, loopback)
and subscriber (mosquitto_sub) are processes of their own; all clocks are this machine's.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, redirect_stderr
from dataclasses import dataclass, replace
from io import StringIO
from statistics import quantiles
from tempfile import TemporaryFile

from tests.benchmarks.latency import Latency, Presses
from upturn.cli.local_broker import local_broker
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.errors import UpturnError
from upturn.service.table import TableService
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.link import MqttLink
from upturn.sinks.mqtt.outbox import Letter, Weight
from upturn.sinks.mqtt.table import MqttTable

LETTERS = 2_000
TABLES = 200
TABLES_S = 5.0
SETTLING_S = 3.0
PATIENCE_S = 30.0


@dataclass(frozen=True)
class Traffic:
    """Many tables on one connection, each with a reading a second."""

    tables: int
    messages_per_s: float
    bytes_each: float
    of_a_core: float


def missing() -> str:
    """Why nothing can be measured; empty if it can."""
    if shutil.which("mosquitto_sub") is None:
        return "mosquitto_sub is not installed (apt install mosquitto-clients)"
    try:
        with redirect_stderr(StringIO()), local_broker():
            return ""
    except UpturnError as error:
        return str(error)


def latency() -> Latency:
    """From a sample that is an alarm to the event at the subscriber."""
    with redirect_stderr(StringIO()), local_broker() as broker:
        return asyncio.run(_latency(replace(broker, id="bench")))


def events_per_s() -> float:
    """How fast events that waited are told, each confirmed before the next."""
    with redirect_stderr(StringIO()), local_broker() as broker:
        return asyncio.run(_events_per_s(replace(broker, id="bench")))


def traffic() -> Traffic:
    with redirect_stderr(StringIO()), local_broker() as broker:
        return asyncio.run(_traffic(replace(broker, id="bench")))


async def _latency(broker: Broker) -> Latency:
    presses = Presses(time.time)
    subscriber = _Subscriber(broker, "%U %p", "upturn/bench-table/event")
    async with _connected(broker) as link:
        table = link.table("bench", fallback_id="bench-table")
        service = TableService(
            Pipeline(presses.info, STANDARD), presses, listeners=[table], recorder=presses.taken
        )
        table.begin(service.command)
        table.heard([], service.snapshot())
        await asyncio.sleep(SETTLING_S)
        await service.run()
        await _until(lambda: not table.outbox)
    told = [line for line in subscriber.lines() if '"distress"' in line]
    seen_s = [float(line.split()[0]) for line in told]
    delays_ms = [1e3 * (s - h) for h, s in zip(presses.handed_s, seen_s, strict=True)]
    cuts = quantiles(delays_ms, n=100)
    return Latency("alarm at a subscriber of the broker", cuts[49], cuts[98])


async def _events_per_s(broker: Broker) -> float:
    async with _connected(broker) as link:
        table = link.table("bench", fallback_id="bench-table")
        pipeline = Pipeline(Presses(time.time).info, STANDARD)
        table.heard([], pipeline.snapshot(0.0))
        await asyncio.sleep(SETTLING_S)
        start_s = time.perf_counter()
        for n in range(LETTERS):
            table.outbox.put(
                Letter(str(n), "upturn/bench-table/event", b"x" * 500, Weight.ALARM, 0.0)
            )
        link.wake()
        await _until(lambda: not table.outbox)
        return LETTERS / (time.perf_counter() - start_s)


async def _traffic(broker: Broker) -> Traffic:
    async with _connected(broker) as link:
        pipeline = Pipeline(Presses(time.time).info, STANDARD)
        tables = [link.table("bench", fallback_id=f"bench-{n}") for n in range(TABLES)]
        await _beat(pipeline, tables, SETTLING_S)
        subscriber = _Subscriber(broker, "%l", "upturn/+/state")
        cpu_s, start_s = time.process_time(), time.perf_counter()
        await _beat(pipeline, tables, TABLES_S)
        wall_s = time.perf_counter() - start_s
        of_a_core = (time.process_time() - cpu_s) / wall_s
        sizes = [int(line) for line in subscriber.lines()]
    return Traffic(TABLES, len(sizes) / wall_s, sum(sizes) / len(sizes), of_a_core)


async def _beat(pipeline: Pipeline, tables: list[MqttTable], seconds: float) -> None:
    """Each table has a reading once a second, all at times of their own."""
    start_s = time.perf_counter()
    for n in range(round(seconds * len(tables))):
        tables[n % len(tables)].heard([], pipeline.snapshot(0.0))
        await asyncio.sleep(max(0.0, start_s + n / len(tables) - time.perf_counter()))


@asynccontextmanager
async def _connected(broker: Broker) -> AsyncIterator[MqttLink]:
    link = MqttLink(broker)
    task = asyncio.create_task(link.run())
    try:
        await _until(lambda: not link.failure)
        yield link
    finally:
        await link.stop()
        await asyncio.wait({task}, timeout=PATIENCE_S)


class _Subscriber:
    """What mosquitto_sub gets, a line each; it is there once this is made."""

    def __init__(self, broker: Broker, form: str, topic: str) -> None:
        # A pipe that nobody reads would hold it up.
        self._file = TemporaryFile("w+")  # noqa: SIM115 - closed by `lines`
        where = ("-h", broker.host, "-p", str(broker.port))
        self._process = subprocess.Popen(
            ["mosquitto_sub", *where, "-q", "1", "-V", "5", "-F", form, "-t", topic],
            stdout=self._file,
        )
        time.sleep(0.5)

    def lines(self) -> list[str]:
        """All of it, and the end."""
        time.sleep(0.3)
        self._process.terminate()
        self._process.wait()
        with self._file as file:
            file.seek(0)
            return file.read().splitlines()


async def _until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not there():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.005)


def main() -> None:
    if why := missing():
        print(f"  not measured: {why}")
        return
    delay = latency()
    print(f"  {delay.name:<44} p50 {delay.p50_ms:.2f} ms, p99 {delay.p99_ms:.2f} ms")
    print(f"  {'events told, each confirmed':<44} {events_per_s():,.0f} events/s")
    many = traffic()
    print(
        f"  {f'{many.tables} tables on one connection':<44} {many.messages_per_s:,.0f} readings/s "
        f"of {many.bytes_each:,.0f} bytes, {many.of_a_core:.0%} of a core"
    )


if __name__ == "__main__":
    main()
