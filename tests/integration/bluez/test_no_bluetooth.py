# SPDX-License-Identifier: MIT
"""A computer whose Bluetooth cannot be used: one clear line, and no traceback."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.bluez.ble_world import BleWorld
from upturn.transports.ble.known import KnownNode, KnownNodes


class Case(NamedTuple):
    begins: Callable[[BleWorld], None]
    words: str
    refused: str | None = None


CASES = {
    "no adapter": Case(
        lambda world: world.do(world.bluez.unplug),
        "this computer has no Bluetooth adapter. Plug an adapter in, and look at "
        "'bluetoothctl list'",
    ),
    "switched off": Case(
        lambda world: world.do(world.bluez.power, on=False),
        "Bluetooth is switched off. Switch it on, 'bluetoothctl power on', and look at "
        "'rfkill list'",
    ),
    "no BlueZ": Case(
        BleWorld.bluetooth_dies,
        "the system's Bluetooth service does not run. Install and start BlueZ, "
        "'sudo systemctl start bluetooth'",
    ),
    "no D-Bus": Case(
        BleWorld.bus_dies,
        "the system's Bluetooth service does not run. Install and start BlueZ, "
        "'sudo systemctl start bluetooth'",
    ),
    "not allowed": Case(
        lambda _: None,
        "you may not use Bluetooth. Join its group, 'sudo usermod -aG bluetooth $USER', and "
        "log in again",
        refused="org.bluez",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_said_by_every_command_and_a_watch_waits_on(tmp_path: Path, case: Case) -> None:
    known = KnownNode("240ac4000010", "24:0A:C4:00:00:12", "den")
    with BleWorld(tmp_path, refused=case.refused) as world:
        KnownNodes(tmp_path / "data" / "upturn" / "nodes.json").add(known)
        case.begins(world)
        with world.host() as host:
            scan = world.upturn("scan", "--ble", "--json")
            pair = world.upturn("node", "pair", "den")
            info = world.upturn("node", "info", "--source", "ble:den")
            assert scan.communicate() == (
                json.dumps({"bluetooth": None, "problem": case.words}) + "\n",
                "",
            )
            assert pair.communicate() == ("", f"upturn: Bluetooth: {case.words}\n")
            assert info.communicate() == ("", f"upturn: ble:den: {case.words}\n")
            assert [scan.returncode, pair.returncode, info.returncode] == [0, 1, 1]
            host.wait_for_words(f"upturn: waiting for den: {case.words}")
            assert host.end(signal.SIGTERM) == 0
