# SPDX-License-Identifier: MIT
"""The computer's Bluetooth goes away while somebody is upside down, and comes back.

`upturn run` is told by the system in a way of its own each time, or not at all. It says so, alarms
that it hears nothing, and counts on; nothing that was missed is missing in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.bluez.ble_world import BleWorld
from tests.integration.host import invert

pytestmark = pytest.mark.usefixtures("micropython")

SLACK_S = 0.4
"""What a crossing may be off: the swing's dwell is seen on both sides of the wire."""


class Trouble(NamedTuple):
    begins: Callable[[BleWorld], None]
    ends: Callable[[BleWorld], None]
    words: str


TROUBLES = {
    "the adapter is switched off": Trouble(
        lambda world: world.do(world.bluez.power, on=False),
        lambda world: world.do(world.bluez.power, on=True),
        "Bluetooth is switched off. Switch it on, 'bluetoothctl power on'",
    ),
    "the adapter is pulled out": Trouble(
        lambda world: world.do(world.bluez.unplug),
        lambda world: world.do(world.bluez.plug),
        "this computer has no Bluetooth adapter. Plug an adapter in",
    ),
    "its daemon dies": Trouble(
        BleWorld.bluetooth_dies,
        BleWorld.bluetooth_starts,
        "the system's Bluetooth service does not run. Install and start BlueZ",
    ),
    "the bus dies": Trouble(
        BleWorld.bus_dies,
        BleWorld.bus_starts,
        "the system's Bluetooth service does not run. Install and start BlueZ",
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_bluetooth_goes_away_in_mid_inversion_and_comes_back(
    tmp_path: Path, trouble: Trouble
) -> None:
    with BleWorld(tmp_path) as world, world.table() as table:
        world.pair(table)
        with world.host() as host:
            inverted_s = invert(table, host)
            trouble.begins(world)
            host.wait_for_alarm("signal_lost", priority="high")
            host.wait_for_words("waiting for", table.name, trouble.words)
            trouble.ends(world)
            restored = host.wait_for(kind="signal", state="restored")
            limit = host.wait_for_alarm("time_limit")
            assert limit.t_s - inverted_s == pytest.approx(4, abs=SLACK_S)
            host.wait_for_alarm("signal_lost", state="cleared")
            assert host.events(kind="alarm", id="time_limit", state="cleared") == []
            up_s = table.act("go -80 1400")
            ended = host.wait_for(since_s=max(up_s, restored.at_s), kind="inversion_ended")
            assert ended.line["n"] == 1
            assert ended.line["exposure_s"] == pytest.approx(ended.t_s - inverted_s, abs=SLACK_S)
