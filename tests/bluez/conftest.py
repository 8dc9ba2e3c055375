# SPDX-License-Identifier: MIT
"""A bus, air, and BlueZ's face between them; tests end here, skipped, where there is none.

bleak has its BlueZ backend on Linux only, and a bus needs dbus-daemon.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

if sys.platform != "linux":
    collect_ignore_glob = ["*"]
else:
    from tests.bluez.bleak_side import left_clean
    from tests.bluez.bluez import Bluez
    from tests.bluez.peripheral import Peripheral
    from tests.bluez.private_bus import PrivateBus
    from tests.radio.air import Air

    ADAPTER = "F0:00:00:00:00:01"
    NODE = "24:0A:C4:00:00:01"

    @pytest.fixture
    def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
        with PrivateBus(tmp_path) as bus:
            for name, value in bus.environment().items():
                monkeypatch.setenv(name, value)
            yield bus

    @pytest_asyncio.fixture
    async def air() -> AsyncIterator[Air]:
        async with Air() as air:
            yield air

    @pytest_asyncio.fixture
    async def bluez(bus: PrivateBus, air: Air) -> AsyncIterator[Bluez]:
        async with Bluez(bus.address, await air.device(ADAPTER)) as bluez, left_clean():
            yield bluez

    @pytest_asyncio.fixture
    async def node(air: Air) -> Peripheral:
        return await Peripheral.appear(air, NODE)
