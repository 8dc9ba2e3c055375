# SPDX-License-Identifier: MIT
"""A program of its own that uses bleak, as `upturn` does, sees the world of a test's thread."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.bluez.bluez_world import BluezWorld
from tests.bluez.peripheral import Peripheral

PROGRAM = """
import asyncio, sys
from bleak import BleakClient, BleakScanner

async def main():
    device = await BleakScanner.find_device_by_name("table", timeout=5)
    gone, heard = asyncio.Event(), asyncio.Queue()
    async with BleakClient(device, lambda _: gone.set(), pair=True) as client:
        uuid = "b7f1000{}-5c2e-4d0a-9f3b-6a1d0e8c4f27".format
        await client.start_notify(uuid(2), lambda _, data: heard.put_nowait(data))
        await client.write_gatt_char(uuid(4), b"command", response=True)
        print(bytes(await heard.get()), flush=True)
        await gone.wait()
    print("gone", flush=True)

asyncio.run(main())
"""


def test_a_program_talks_to_a_node_and_loses_it(tmp_path: Path) -> None:
    with BluezWorld(tmp_path) as world:
        node = world.do(Peripheral.appear, world.air, "24:0A:C4:00:00:01")
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | world.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as program:
            assert program.stdout is not None
            world.until(lambda: node.written == [b"command"])
            world.do(node.notify, b"measurement")
            assert program.stdout.readline() == "b'measurement'\n"
            world.do(world.bluez.power, on=False)
            said, complained = program.communicate(timeout=10)

    assert (program.returncode, said, complained) == (0, "gone\n", "")
