# SPDX-License-Identifier: MIT
"""A computer's Bluetooth with simulated tables in its reach, for programs that know of no test.

    with BleWorld(tmp_path) as world, world.table() as table:
        world.pair(table)
        with world.host() as host: ...

From the sensor's registers to D-Bus nothing is scripted: the firmware under MicroPython, a virtual
radio, BlueZ's face on a bus of its own. What a program keeps is kept in the world's folder.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

from tests.bluez.bluez_world import BluezWorld
from tests.firmware.node import Node
from tests.integration.host import Host
from tests.radio.node_radio import NodeRadio

DONE_S = 60.0


class Table(Node):
    """A node that no cable is plugged into; `address` and `id` are its own."""

    def __init__(self, folder: Path, radio: NodeRadio, hardware_id: str) -> None:
        folder.mkdir()
        super().__init__(folder, hardware_id=hardware_id, radio=radio)
        self.radio = radio
        self.id = hardware_id
        self.address = radio.address
        self.name = f"upturn-{hardware_id[-4:]}"


class BleWorld(BluezWorld):
    def __init__(self, folder: Path, *, refused: str | None = None) -> None:
        super().__init__(folder, refused=refused)
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "XDG_DATA_HOME": str(self.folder / "data")}

    def table(self, number: int = 1) -> Table:
        """One more, off as yet."""
        hardware_id = f"{0x240AC4000000 + number * 16:012x}"
        radio = self.do(NodeRadio, self.air, hardware_id)
        return Table(self.folder / hardware_id, radio, hardware_id)

    def host(
        self, source: str | None = "ble:auto", *, limit_s: float = 4, config: str = ""
    ) -> Host:
        """`upturn run`."""
        return Host(
            self.folder,
            source,
            environment=self.environment(),
            notice_s=limit_s - 1,
            limit_s=limit_s,
            config=config,
        )

    def upturn(self, *args: str) -> subprocess.Popen[str]:
        """As people type it; what it says is to be read."""
        return subprocess.Popen(
            [sys.executable, "-m", "upturn", *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={**os.environ, **self.environment()},
        )

    def says(self, *args: str) -> str:
        """What `upturn` says that does as it is told, and complains of nothing."""
        return said(self.upturn(*args))

    def pair(self, *tables: Table) -> None:
        """By somebody who knows that their buttons come first."""
        for table in tables:
            self.until(functools.partial(self.is_on, table))
            table.press()
            self.says("node", "pair", table.address)

    def is_on(self, table: Table) -> bool:
        """Whether it advertises; to be asked in the world's loop."""
        device = table.radio.device
        return device is not None and self.air.advertising(device)

    def bluetooth_dies(self) -> None:
        """BlueZ's daemon, with all links."""
        self.do(self.bluez.stop)

    def bluetooth_starts(self) -> None:
        self.do(self.bluez.start)

    def bus_dies(self) -> None:
        """And BlueZ's daemon with it, as nobody can do without."""
        self.bus.kill()
        self.bluetooth_dies()

    def bus_starts(self) -> None:
        self.bus.start()
        self.bluetooth_starts()


def said(program: subprocess.Popen[str]) -> str:
    """All of it, at its end, which has to be a good one."""
    text, complained = program.communicate(timeout=DONE_S)
    assert (program.returncode, complained) == (0, ""), f"{program.args!r}: {text}{complained}"
    return text
