# SPDX-License-Identifier: MIT
"""What BLE takes of the node: heap, and messages a second at each rate.

Run from the top of the checkout: `python -m tests.benchmarks.ble_node`. The firmware runs under
MicroPython of both word sizes; an ESP32 has the smaller one. Heap is that of the firmware alone:
no radio's own, which an ESP32 takes from the same memory.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.ble_rig import SETTLED_S, Host
from tests.firmware import mpy
from tests.firmware.interpreter import WORD_SIZES, MissingError, command
from tests.integration.ble.room import Room
from upturn.wire.commands import encode_command, set_rate
from upturn.wire.crc24 import CHECK_BYTES
from upturn.wire.decode import decode
from upturn.wire.messages import Measurement

GOAL_KB = 104
"""To start on 32 bits: an ESP32 without PSRAM is said to begin with 56 kB, and to add as much when
they are full; what it adds after that is missing to its radio. Not measured on one."""
GOAL_BITS = 32
MOST_KB = 400
RATES_HZ = (50, 100, 200)
MEASURED_S = 3.0
CONNECTED = """
import gc
from ble_bench import BleBench
import upturn_node.drivers.mpu
gc.collect()
before = gc.mem_alloc()
bench = BleBench()
bench.boot()
bench.join()
bench.pass_live(3000)
bench.notified(); bench.answers(); bench.messages(); bench.ble.adverts.clear()
gc.collect()
print(gc.mem_alloc() - before)
"""


class Heap(NamedTuple):
    bits: int
    start_kb: int
    """With less it cannot be imported, as bytecode."""
    running_kb: float
    """On top: a node that has booted and streams, the bench's model of a sensor with it."""

    @property
    def met(self) -> bool:
        return self.bits != GOAL_BITS or self.start_kb <= GOAL_KB


class Stream(NamedTuple):
    bits: int
    rate_hz: int
    messages_per_s: float
    bytes_per_s: float
    lost: int


def missing() -> str | None:
    """Why this cannot be measured here, or None."""
    try:
        for bits in WORD_SIZES:
            command(bits)
    except MissingError as error:
        return str(error)
    return None


def heaps() -> list[Heap]:
    with tempfile.TemporaryDirectory() as folder:
        built = _compiled(Path(folder))
        return [
            Heap(bits, _least_kb(bits, built), int(mpy.run(bits, CONNECTED)) / 1024)
            for bits in WORD_SIZES
        ]


def streams() -> list[Stream]:
    rows = []
    for bits in WORD_SIZES:
        with tempfile.TemporaryDirectory() as folder:
            rows += asyncio.run(_streams(Path(folder), bits))
    return rows


def _compiled(folder: Path) -> Path:
    shutil.copy(mpy.FIRMWARE / "compile.py", folder)
    shutil.copytree(mpy.FIRMWARE / "upturn_node", folder / "upturn_node")
    subprocess.run([sys.executable, str(folder / "compile.py")], check=True, capture_output=True)
    return folder / "build"


def _least_kb(bits: int, built: Path) -> int:
    too_little, enough = 0, MOST_KB
    while enough - too_little > 1:
        kb = (too_little + enough) // 2
        if _starts(bits, built, kb):
            enough = kb
        else:
            too_little = kb
    return enough


def _starts(bits: int, built: Path, kb: int) -> bool:
    """With the builtin `machine`: the tests' own would need heap too."""
    path = {"MICROPYPATH": f"{built}:.frozen"}
    try:
        mpy.run(bits, "import upturn_node.app", heapsize=f"{kb}k", env=path)
    except mpy.ScriptError:
        return False
    return True


async def _streams(folder: Path, bits: int) -> list[Stream]:
    async with Room(folder) as room:
        node = await room.node(bits=bits)
        await room.pair(node)
        host = Host(room.computer, room.nodes)
        heard: list[bytes] = []
        async with host.bleak(node.address, heard.append), asyncio.TaskGroup() as group:
            beats = group.create_task(host.beat())
            rows = []
            for rate_hz in RATES_HZ:
                await host.tell(encode_command(2, set_rate(rate_hz)))
                await asyncio.sleep(SETTLED_S)
                heard.clear()
                await asyncio.sleep(MEASURED_S)
                rows.append(_stream(bits, rate_hz, list(heard)))
            beats.cancel()
    return rows


def _stream(bits: int, rate_hz: int, heard: list[bytes]) -> Stream:
    decoded = [decode(message[:-CHECK_BYTES]) for message in heard]
    said = [message for message in decoded if isinstance(message, Measurement)]
    lost = sum(
        (after.seq - before.seq - len(before.readings)) % 65_536
        for before, after in pairwise(said)
    )
    size = sum(map(len, heard))
    return Stream(bits, rate_hz, len(said) / MEASURED_S, size / MEASURED_S, lost)


def show_heap(heap: Heap) -> str:
    return f"{heap.start_kb} kB to start, {heap.running_kb:.0f} kB more while it streams"


def show_stream(row: Stream) -> str:
    return (
        f"{row.messages_per_s:.1f} messages/s, {row.bytes_per_s:,.0f} bytes/s, "
        f"{row.lost} samples lost"
    )


def main() -> None:
    if why := missing():
        print(why, file=sys.stderr)
        return
    for heap in heaps():
        print(f"  {f'heap, {heap.bits} bits':<44} {show_heap(heap)}")
    for row in streams():
        print(f"  {f'{row.rate_hz} samples/s, {row.bits} bits':<44} {show_stream(row)}")


if __name__ == "__main__":
    main()
