# SPDX-License-Identifier: MIT
"""Over the radio: how soon a lost link is back, how late an alarm is, and what it all costs.

Run from the top of the checkout: `python -m tests.benchmarks.ble`. The radios are virtual and at
once where true ones send every 30 to 50 ms; what is measured is the software of both sides. Beside
it stands plain bleak over the same radio: it does what any program would have to do, and judges
nothing. Links are lost under the node's firmware (64-bit MicroPython); alarms and processor time
are measured with scripted nodes, all in this process.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.benchmarks.ble_rig import (
    PATIENCE_S,
    SETTLED_S,
    Host,
    PressedByRadio,
    PressedByWire,
    Watch,
)
from tests.benchmarks.latency import Latency, of_delays
from tests.firmware.interpreter import MissingError, command
from tests.integration.ble.room import COMPUTER, Room
from tests.integration.ble.table_node import TableNode
from tests.radio.air import Air
from tests.radio.fake_ble_node import FakeBleNode
from tests.radio.waiting import until
from upturn.transports.ble.known import KnownNodes
from upturn.transports.serial_source import SerialSource

GOAL_BACK_S = 5.0
GOAL_SILENT_S = 10.0
"""It has to be noticed first, by silence alone."""
GOAL_MS = 50.0
GOAL_CPU = 0.25
"""Of a core, for what Upturn adds with eight nodes."""
MESSAGES_HZ = 25
CROWD = 8
MEASURED_S = 6.0
IN_FLIGHT_S = 0.1
"""What was taken so soon after may have come over the old link still."""
MEASUREMENT = 0x11
PRESSES_AT = 18
"""In a MEASUREMENT."""


class Return(NamedTuple):
    """From the loss of a link to the first sample that was taken after it, and judged."""

    name: str
    median_s: float
    worst_s: float
    goal_s: float | None

    @property
    def met(self) -> bool:
        return self.goal_s is None or self.worst_s < self.goal_s


@dataclass(frozen=True)
class Load:
    """Of a core, over the same time."""

    nodes: int
    bleak: float
    upturn: float

    @property
    def added(self) -> float:
        return self.upturn - self.bleak

    @property
    def met(self) -> bool:
        return self.added < GOAL_CPU


def missing() -> str | None:
    """Why this cannot be measured here, or None."""
    try:
        command(64)
    except MissingError as error:
        return str(error)
    return None


def returns(repeats: int = 3) -> list[Return]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_returns(Path(folder), repeats))


def latencies() -> list[Latency]:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_latencies(Path(folder)))


def loads() -> list[Load]:
    with tempfile.TemporaryDirectory() as folder:
        return [asyncio.run(_load(Path(folder), count)) for count in (1, CROWD)]


async def _returns(folder: Path, repeats: int) -> list[Return]:
    async with Room(folder) as room:
        node = await room.node()
        await room.pair(node)
        host = Host(room.computer, room.nodes)
        hand_made = [await _by_hand(host, node) for _ in range(repeats)]
        rows = [_row("plain bleak: the node ends it", hand_made, None)]

        async def silent() -> None:
            room.air.silence(node.address, COMPUTER)
            await until(lambda: not room.computer.connections, PATIENCE_S)
            room.air.resume(node.address, COMPUTER)

        async def lost() -> None:
            room.air.cut(node.address, COMPUTER)

        async def reset() -> None:
            await asyncio.to_thread(node.reset)

        watch = Watch(host.source(node))
        async with watch.running():
            for name, lose, times, goal_s in (
                ("the node ends it", node.drop, repeats, GOAL_BACK_S),
                ("it is lost in the air", lost, repeats, GOAL_BACK_S),
                ("the node is reset", reset, repeats, GOAL_BACK_S),
                ("connected, and silent", silent, 2, GOAL_SILENT_S),
            ):
                spans_s = [await _back(watch, lose) for _ in range(times)]
                rows.append(_row(name, spans_s, goal_s))
    return rows


async def _back(watch: Watch, lose: Callable[[], Awaitable[None]]) -> float:
    await asyncio.sleep(SETTLED_S)
    begun_s = watch.source.host_s()
    await lose()
    await watch.judged_after(begun_s + IN_FLIGHT_S)
    return watch.source.host_s() - begun_s


async def _by_hand(host: Host, node: TableNode) -> float:
    """Find, connect, subscribe, speak, and hear a measurement."""
    heard = asyncio.Event()

    def hear(data: bytes) -> None:
        if data[0] == MEASUREMENT:
            heard.set()

    async with host.bleak(node.address, hear):
        await heard.wait()
        begun_s = time.monotonic()
        await node.drop()
        heard.clear()
        async with host.bleak(node.address, hear):
            await heard.wait()
        return time.monotonic() - begun_s


def _row(name: str, spans_s: Sequence[float], goal_s: float | None) -> Return:
    return Return(name, median(spans_s), max(spans_s), goal_s)


async def _latencies(folder: Path) -> list[Latency]:
    async with Air() as air, PressedByRadio(air, messages_hz=50) as node:
        host = Host(await air.device(COMPUTER), KnownNodes(folder / "nodes.json"))
        await host.pair(node)
        alone = await _presses_by_bleak(host, node)
        watch = Watch(host.source(node))
        async with watch.running():
            handed_s = await node.press(watch.sink.seen_s)
            by_radio = of_delays("alarm at a sink, by radio", handed_s, watch.sink.seen_s)
    with PressedByWire(folder / "port") as wired:
        wired.samples = 1
        watch = Watch(SerialSource(str(wired.port)))
        async with watch.running():
            handed_s = await wired.press(watch.sink.seen_s)
            by_wire = of_delays("alarm at a sink, by a serial line", handed_s, watch.sink.seen_s)
    return [alone, by_radio, by_wire]


async def _presses_by_bleak(host: Host, node: PressedByRadio) -> Latency:
    """To the callback that gets the bytes."""
    seen_s: list[float] = []
    presses = 0

    def hear(data: bytes) -> None:
        nonlocal presses
        if data[0] == MEASUREMENT and data[PRESSES_AT] != presses:
            presses = data[PRESSES_AT]
            seen_s.append(time.perf_counter())

    async with host.bleak(node.address, hear), asyncio.TaskGroup() as group:
        beats = group.create_task(host.beat())
        handed_s = await node.press(seen_s)
        beats.cancel()
    return of_delays("plain bleak: the bytes in its callback", handed_s, seen_s)


async def _load(folder: Path, count: int) -> Load:
    async with AsyncExitStack() as stack:
        air = await stack.enter_async_context(Air())
        host = Host(await air.device(COMPUTER), KnownNodes(folder / f"{count}.json"))
        nodes = []
        for number in range(count):
            node = FakeBleNode(
                air,
                address=f"24:0A:C4:00:00:{number:02X}",
                name=f"table{number}",
                node_id=f"240ac4{number:06x}",
                messages_hz=MESSAGES_HZ,
            )
            nodes.append(await stack.enter_async_context(node))
            await host.pair(node)
        async with AsyncExitStack() as links, asyncio.TaskGroup() as group:
            for node in nodes:
                await links.enter_async_context(host.bleak(node.address, lambda _: None))
            beats = group.create_task(host.beat())
            bleak = await _of_a_core()
            beats.cancel()
        for node in nodes:
            await stack.enter_async_context(Watch(host.source(node)).running())
        return Load(count, bleak, await _of_a_core())


async def _of_a_core() -> float:
    """What this process takes, all that it simulates with it."""
    await asyncio.sleep(1.0)
    cpu_s, begun_s = time.process_time(), time.perf_counter()
    await asyncio.sleep(MEASURED_S)
    return (time.process_time() - cpu_s) / (time.perf_counter() - begun_s)


def show_return(row: Return) -> str:
    return f"median {row.median_s:.2f} s, worst {row.worst_s:.2f} s"


def show_load(load: Load) -> str:
    return (
        f"{load.added:.1%} of a core for {load.nodes} at {MESSAGES_HZ} messages/s each "
        f"(radios, nodes and bleak alone {load.bleak:.1%})"
    )


def main() -> None:
    if why := missing():
        print(why, file=sys.stderr)
        return
    for row in returns():
        print(f"  {row.name:<44} {show_return(row)}")
    for delay in latencies():
        print(f"  {delay.name:<44} p50 {delay.p50_ms:.2f} ms, p99 {delay.p99_ms:.2f} ms")
    for load in loads():
        print(f"  {'what Upturn adds':<44} {show_load(load)}")


if __name__ == "__main__":
    main()
