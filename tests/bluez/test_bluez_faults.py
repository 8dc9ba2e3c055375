# SPDX-License-Identifier: MIT
"""Each way in which BlueZ, its adapter and its bus fail, as bleak tells it to a program."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.bluezdbus.manager import get_global_bluez_manager
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
)
from dbus_fast import Message, Variant

from tests.bluez.bleak_side import found, left_clean, told, until
from tests.bluez.bluez import ADAPTER, Bluez
from tests.bluez.bluez_errors import ABORTED, BUSY, CANCELED, IN_PROGRESS, NOT_READY
from tests.bluez.peripheral import FEATURE, HELLO, MEASUREMENT, Peripheral
from tests.bluez.private_bus import PrivateBus
from tests.radio.air import Air

HOST = "F0:00:00:00:00:01"


async def unavailable() -> BleakBluetoothNotAvailableReason:
    """Why there is no scan."""
    with pytest.raises(BleakBluetoothNotAvailableError) as refused:
        await BleakScanner().start()
    return refused.value.reason


async def test_an_adapter_that_is_off_is_not_available(bluez: Bluez) -> None:
    await bluez.power(on=False)

    assert await unavailable() is BleakBluetoothNotAvailableReason.POWERED_OFF


async def test_an_adapter_that_comes_on_is_available(bluez: Bluez, node: Peripheral) -> None:
    await bluez.power(on=False)
    await unavailable()
    await bluez.power(on=True)
    await told()

    assert (await found(node.address)).name == "table"


async def test_an_adapter_that_rfkill_blocks_cannot_be_switched_on(bluez: Bluez) -> None:
    await bluez.block()
    assert await unavailable() is BleakBluetoothNotAvailableReason.POWERED_OFF
    manager = await get_global_bluez_manager()
    assert manager._bus is not None
    reply = await manager._bus.call(
        Message(
            destination="org.bluez",
            path=bluez.path,
            interface="org.freedesktop.DBus.Properties",
            member="Set",
            signature="ssv",
            body=[ADAPTER, "Powered", Variant("b", True)],
        )
    )

    assert (reply.error_name, reply.body) == (
        "org.bluez.Error.Blocked",
        ["Blocked through rfkill"],
    )
    assert bluez.tree.value(bluez.path, ADAPTER, "PowerState") == "off-blocked"


async def test_no_adapter_is_not_available(bluez: Bluez) -> None:
    await bluez.unplug()

    assert await unavailable() is BleakBluetoothNotAvailableReason.NO_BLUETOOTH


async def test_an_adapter_that_is_pulled_out_ends_the_link(bluez: Bluez, node: Peripheral) -> None:
    ended = asyncio.Event()
    client = BleakClient(await found(node.address), lambda _: ended.set())
    await client.connect()
    await bluez.unplug()
    async with asyncio.timeout(5):
        await ended.wait()

    assert not client.is_connected
    await client.disconnect()
    bluez.plug()
    await told()
    async with BleakClient(await found(node.address)) as client:
        assert await client.read_gatt_char(FEATURE) == HELLO


async def test_an_adapter_that_goes_off_ends_the_link_and_the_scan(
    bluez: Bluez, node: Peripheral
) -> None:
    ended = asyncio.Event()
    client = BleakClient(await found(node.address), lambda _: ended.set())
    await client.connect()
    async with BleakScanner():
        await bluez.power(on=False)
        async with asyncio.timeout(5):
            await ended.wait()

        assert not bluez.central.is_scanning
    await client.disconnect()


async def test_an_adapter_that_is_not_ready_says_so(bluez: Bluez) -> None:
    bluez.orders.fail("Adapter1.StartDiscovery", NOT_READY)
    with pytest.raises(BleakDBusError) as refused:
        await BleakScanner().start()

    assert refused.value.args == ("org.bluez.Error.NotReady", "Resource Not Ready")


async def test_a_scan_that_is_under_way_elsewhere_fails_once(
    bluez: Bluez, node: Peripheral
) -> None:
    bluez.orders.fail("Adapter1.StartDiscovery", BUSY)
    with pytest.raises(BleakDBusError, match="InProgress"):
        await BleakScanner().start()

    assert (await found(node.address)).name == "table"


async def test_a_cancelled_connection_fails_once(bluez: Bluez, node: Peripheral) -> None:
    device = await found(node.address)
    bluez.orders.fail("Device1.Connect", CANCELED)
    with pytest.raises(BleakDBusError) as refused:
        await BleakClient(device).connect()

    assert refused.value.args == ("org.bluez.Error.Failed", "br-connection-canceled")
    async with BleakClient(device) as client:
        assert await client.read_gatt_char(FEATURE) == HELLO


async def test_a_connection_in_progress_fails(bluez: Bluez, node: Peripheral) -> None:
    device = await found(node.address)
    bluez.orders.fail("Device1.Connect", IN_PROGRESS)
    with pytest.raises(BleakDBusError) as refused:
        await BleakClient(device).connect()

    assert refused.value.args == ("org.bluez.Error.InProgress", "In Progress")


async def test_an_aborted_connection_is_tried_again_by_bleak(
    bluez: Bluez, node: Peripheral
) -> None:
    device = await found(node.address)
    bluez.orders.fail("Device1.Connect", ABORTED, times=2)
    async with BleakClient(device) as client:
        assert await client.read_gatt_char(FEATURE) == HELLO

    assert bluez.orders.count("Device1.Connect") == 3


async def test_a_read_in_progress_is_tried_again_by_bleak(bluez: Bluez, node: Peripheral) -> None:
    async with BleakClient(await found(node.address)) as client:
        bluez.orders.fail("GattCharacteristic1.ReadValue", IN_PROGRESS, times=3)
        assert await client.read_gatt_char(FEATURE) == HELLO


async def test_a_connection_that_hangs_ends_at_the_time_out(
    bluez: Bluez, node: Peripheral
) -> None:
    device = await found(node.address)
    bluez.orders.hang("Device1.Connect")
    with pytest.raises(TimeoutError):
        await BleakClient(device, timeout=0.1).connect()
    bluez.orders.release()

    assert bluez.orders.count("Device1.Disconnect") == 1
    async with BleakClient(device) as client:
        assert client.is_connected


async def test_connecting_to_an_absent_node_ends_at_the_time_out(
    bluez: Bluez, node: Peripheral
) -> None:
    device = await found(node.address)
    node.air.stop_advertising(node.device)
    with pytest.raises(TimeoutError):
        await BleakClient(device, timeout=0.1).connect()
    node.advertise()

    async with BleakClient(device) as client:
        assert client.is_connected


async def test_the_kernel_gives_up_an_absent_node_and_bleak_does_not(
    bluez: Bluez, node: Peripheral
) -> None:
    device = await found(node.address)
    node.air.stop_advertising(node.device)
    bluez.connect_timeout_s = 0.02
    with pytest.raises(TimeoutError):
        await BleakClient(device, timeout=0.2).connect()

    assert bluez.orders.count("Device1.Connect") == 1


async def test_services_that_are_never_resolved_end_at_the_time_out(
    bluez: Bluez, node: Peripheral
) -> None:
    device = await found(node.address)
    node.air.silence(node.address, HOST)
    with pytest.raises(TimeoutError):
        await BleakClient(device, timeout=0.2).connect()
    await until(lambda: node.connection is None)


async def test_a_device_that_bluez_forgot_is_not_found(bluez: Bluez, node: Peripheral) -> None:
    device = await found(node.address)
    await bluez.forget_temporary()
    client = BleakClient(device)
    with pytest.raises(BleakError, match="device 'dev_24_0A_C4_00_00_01' not found"):
        await client.connect()


async def test_a_link_that_lies_is_connected_and_silent(bluez: Bluez, node: Peripheral) -> None:
    heard: list[bytes] = []
    async with BleakClient(await found(node.address)) as client:
        await client.start_notify(MEASUREMENT, lambda _, data: heard.append(bytes(data)))
        node.air.silence(node.address, HOST)
        await node.notify(b"held")
        assert client.is_connected
        assert heard == []
        node.air.resume(node.address, HOST)
        await until(lambda: heard == [b"held"])


async def test_a_program_that_died_leaves_the_device_connected(
    bluez: Bluez, node: Peripheral
) -> None:
    device = await found(node.address)
    first = BleakClient(device)
    await first.connect()
    await first.start_notify(MEASUREMENT, lambda _sender, _data: None)
    vars(first._backend)["_bus"].disconnect()
    await until(lambda: not node.subscribed)

    assert node.connection is not None
    async with BleakClient(device) as second:
        assert await second.read_gatt_char(FEATURE) == HELLO
    assert bluez.orders.count("Device1.Connect") == 1


async def test_bleak_does_not_see_the_daemon_die(bluez: Bluez, node: Peripheral) -> None:
    client = BleakClient(await found(node.address))
    await client.connect()
    await bluez.stop()
    with pytest.raises(BleakDBusError) as refused:
        await client.read_gatt_char(FEATURE)

    assert refused.value.dbus_error == "org.freedesktop.DBus.Error.ServiceUnknown"
    assert client.is_connected
    with pytest.raises(BleakDBusError, match="ServiceUnknown"):
        await client.disconnect()
    await bluez.start()


async def test_a_bus_that_dies_ends_the_link(
    bus: PrivateBus, bluez: Bluez, node: Peripheral
) -> None:
    ended = asyncio.Event()
    client = BleakClient(await found(node.address), lambda _: ended.set())
    await client.connect()
    bus.kill()
    async with asyncio.timeout(5):
        await ended.wait()
    await client.disconnect()

    with pytest.raises(OSError, match="No such file"):
        await BleakScanner().start()


async def test_no_daemon_is_an_unknown_service(bus: PrivateBus) -> None:
    async with left_clean():
        with pytest.raises(BleakDBusError) as refused:
            await BleakScanner().start()

    assert refused.value.dbus_error == "org.freedesktop.DBus.Error.ServiceUnknown"


async def test_who_may_not_call_bluez_is_denied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, air: Air
) -> None:
    with PrivateBus(tmp_path, refused="org.bluez") as bus:
        for name, value in bus.environment().items():
            monkeypatch.setenv(name, value)
        async with Bluez(bus.address, await air.device(HOST)), left_clean():
            with pytest.raises(BleakDBusError) as refused:
                await BleakScanner().start()

    assert refused.value.dbus_error == "org.freedesktop.DBus.Error.AccessDenied"


async def test_an_adapter_that_is_not_there_has_its_name_in_the_error(bluez: Bluez) -> None:
    with pytest.raises(BleakError, match="adapter 'hci7' not found"):
        await BleakScanner(bluez={"adapter": "hci7"}).start()
