# SPDX-License-Identifier: MIT
"""The dashboard, live, over Bluetooth: what the spotter sees while the link lives and lies."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from tests.integration.bluez.ble_world import BleWorld
from tests.integration.host import CONFIG, LATE_S
from tests.terminal import Terminal

pytestmark = pytest.mark.usefixtures("micropython")

DASHBOARD = [sys.executable, "-m", "upturn", "run", "--source", "ble:auto", "--config"]


def test_the_dashboard_shows_the_table_the_loss_of_its_signal_and_its_return(
    tmp_path: Path,
) -> None:
    config = tmp_path / "c.toml"
    config.write_text(CONFIG.format(notice_s=3, limit_s=5, max_angle_deg=90))
    with BleWorld(tmp_path) as world, world.table() as table:
        world.pair(table)
        with Terminal([*DASHBOARD, str(config)], world.environment()) as terminal:
            terminal.reads("by Bluetooth")
            terminal.reads_next("UPRIGHT")
            table.act("go 50 1400")
            terminal.reads_next("INVERTED")
            world.do(world.bluez.power, on=False)
            off_s = time.monotonic()
            terminal.reads_next("*** NO DATA FROM THE TABLE ***")
            assert time.monotonic() - off_s < 2.0 + LATE_S
            terminal.reads("was INVERTED")
            terminal.reads("Bluetooth is switched off.")
            world.do(world.bluez.power, on=True)
            terminal.reads_next("data <1 s old")
            terminal.reads_next("*** INVERTED TOO LONG ***")
            table.act("go -80 1400")
            terminal.reads_next("UPRIGHT")
            terminal.process.send_signal(signal.SIGTERM)
            assert terminal.end() == 0
