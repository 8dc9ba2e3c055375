# SPDX-License-Identifier: MIT
"""bleak's own BlueZ backend in a test's loop: looked for, waited for, and left clean.

bleak keeps one connection to the bus a loop and never closes it; `left_clean` does, so that the
next test begins as a new program does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bleak import BleakScanner
from bleak.backends.bluezdbus.manager import _global_instances, get_global_bluez_manager
from bleak.backends.bluezdbus.version import BlueZFeatures
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from dbus_fast import Message

WAIT_S = 5.0


@asynccontextmanager
async def left_clean() -> AsyncIterator[None]:
    BlueZFeatures.checked_bluez_version = False
    BlueZFeatures._check_bluez_event = None
    try:
        yield
    finally:
        manager = _global_instances.pop(asyncio.get_running_loop(), None)
        if manager is not None and manager._bus is not None:
            manager._bus.disconnect()
            if manager._bus_watcher_task is not None:
                await asyncio.wait({manager._bus_watcher_task}, timeout=WAIT_S)


async def found(address: str) -> BLEDevice:
    device = await BleakScanner.find_device_by_address(address, timeout=WAIT_S)
    assert device is not None, f"{address} is not found"
    return device


async def advertised(
    fits: Callable[[BLEDevice, AdvertisementData], bool],
) -> tuple[BLEDevice, AdvertisementData]:
    """The first advertisement that fits."""
    async with BleakScanner() as scanner, asyncio.timeout(WAIT_S):
        async for device, data in scanner.advertisement_data():
            if fits(device, data):
                return device, data
    raise AssertionError("nothing fits")


async def told() -> None:
    """bleak has heard all that the facade said up to now."""
    manager = await get_global_bluez_manager()
    assert manager._bus is not None
    ping = Message(
        destination="org.bluez", path="/", interface="org.freedesktop.DBus.Peer", member="Ping"
    )
    await manager._bus.call(ping)


async def until(fact: Callable[[], bool]) -> None:
    """Bounded; a fact that a D-Bus message or a packet brings about."""
    async with asyncio.timeout(WAIT_S):
        while True:
            if fact():
                return
            await asyncio.sleep(0.002)
