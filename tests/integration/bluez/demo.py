# SPDX-License-Identifier: MIT
"""A virtual Bluetooth with simulated tables, to look at Upturn by hand.

    python -m tests.integration.bluez.demo [TABLES]

It prints what to export in another terminal, where `upturn` then has these tables in its reach,
and takes orders, one a line: `1 press`, `1 go 50 1400` and all else that
tests/firmware/device/world.py can do to table 1; `1 kill`, `1 power_cycle`, `1 reset`; `off`, `on`
of the adapter; `bus_dies`, `bus_starts`, `bluetooth_dies`, `bluetooth_starts`; `pair`: all tables.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
from pathlib import Path

from tests.integration.bluez.ble_world import BleWorld, Table

OF_A_TABLE = ("press", "kill", "power_cycle", "reset")
OF_THE_WORLD = ("bus_dies", "bus_starts", "bluetooth_dies", "bluetooth_starts")


def main(count: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        BleWorld(Path(folder)) as world,
        contextlib.ExitStack() as stack,
    ):
        tables = [stack.enter_context(world.table(k)) for k in range(1, count + 1)]
        for name, value in world.environment().items():
            print(f"export {name}={value}")
        for number, table in enumerate(tables, start=1):
            print(f"# {number}: {table.name} at {table.address}", flush=True)
        for line in sys.stdin:
            try:
                obey(line.split(), world, tables)
            except (LookupError, ValueError, AssertionError, OSError) as error:
                print(f"# {type(error).__name__}: {error}")
            print("# done", flush=True)


def obey(words: list[str], world: BleWorld, tables: list[Table]) -> None:
    match words:
        case ["on" | "off" as state]:
            world.do(world.bluez.power, on=state == "on")
        case ["pair"]:
            world.pair(*tables)
        case [act] if act in OF_THE_WORLD:
            getattr(world, act)()
        case [number, act] if act in OF_A_TABLE:
            getattr(tables[int(number) - 1], act)()
        case [number, *act]:
            tables[int(number) - 1].act(" ".join(act))
        case _:
            print(__doc__)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the bus ends with it
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
