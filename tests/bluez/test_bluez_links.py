# SPDX-License-Identifier: MIT
"""bleak's BlueZ backend over the facade: from a scan to notifications, and back after a loss."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends import BleakBackend, get_default_backend
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakDBusError
from bumble.device import Advertisement

from tests.bluez.bleak_side import advertised, found, until
from tests.bluez.bluez import Bluez
from tests.bluez.peripheral import (
    BTHOME,
    BTHOME_DATA,
    CONTROL,
    FEATURE,
    HELLO,
    MEASUREMENT,
    MTU,
    SERVICE,
    STATE,
    Peripheral,
)
from tests.radio.air import Air


def test_bleak_takes_its_own_bluez_backend() -> None:
    assert get_default_backend() is BleakBackend.BLUEZ_DBUS


async def test_a_scan_finds_the_name_and_the_state(bluez: Bluez, node: Peripheral) -> None:
    device, data = await advertised(lambda _, data: bool(data.local_name and data.service_data))

    assert (device.address, device.name) == (node.address, "table")
    assert (data.local_name, data.service_data) == ("table", {SERVICE: STATE})
    assert data.rssi in (-50, -58)


async def test_two_nodes_with_one_name_are_two_devices(bluez: Bluez, node: Peripheral) -> None:
    twin = await Peripheral.appear(node.air, "24:0A:C4:00:00:02")
    names: dict[str, str | None] = {}
    async with BleakScanner(lambda device, data: names.update({device.address: device.name})):
        await until(lambda: list(names.values()) == ["table", "table"])

    assert set(names) == {node.address, twin.address}


async def test_services_are_those_of_the_node_alone(bluez: Bluez, node: Peripheral) -> None:
    async with BleakClient(await found(node.address)) as client:
        seen = {
            (service.uuid, characteristic.uuid): (
                characteristic.properties,
                characteristic.max_write_without_response_size,
                [descriptor.uuid for descriptor in characteristic.descriptors],
            )
            for service in client.services
            for characteristic in service.characteristics
        }

    assert seen == {
        (SERVICE, MEASUREMENT): (["notify"], MTU - 3, []),
        (SERVICE, FEATURE): (["read"], MTU - 3, []),
        (SERVICE, CONTROL): (["write", "indicate"], MTU - 3, []),
    }


async def test_the_mtu_of_the_client_is_not_known(bluez: Bluez, node: Peripheral) -> None:
    async with BleakClient(await found(node.address)) as client:
        with pytest.warns(UserWarning, match="default MTU"):
            assert client.mtu_size == 23


async def test_a_value_is_read(bluez: Bluez, node: Peripheral) -> None:
    async with BleakClient(await found(node.address)) as client:
        assert await client.read_gatt_char(FEATURE) == HELLO


@pytest.mark.parametrize("acquired", [False, True])
@pytest.mark.parametrize(("hz", "count"), [(25, 10), (50, 20), (100, 40)])
async def test_no_notification_is_lost(
    bluez: Bluez, node: Peripheral, hz: int, count: int, *, acquired: bool
) -> None:
    heard: list[int] = []

    def hear(_sender: BleakGATTCharacteristic, data: bytearray) -> None:
        heard.append(int.from_bytes(data[:2], "big"))

    async with BleakClient(await found(node.address)) as client:
        await client.start_notify(MEASUREMENT, hear, bluez={"use_start_notify": not acquired})
        await node.notify_often(hz, count)
        await until(lambda: len(heard) == count)

    assert heard == list(range(count))
    method = "AcquireNotify" if acquired else "StartNotify"
    assert bluez.orders.count(f"GattCharacteristic1.{method}") == 1


async def test_what_is_indicated_is_heard(bluez: Bluez, node: Peripheral) -> None:
    heard: list[bytes] = []
    async with BleakClient(await found(node.address)) as client:
        await client.start_notify(CONTROL, lambda _, data: heard.append(bytes(data)))
        await node.device.indicate_subscribers(node.control, b"answer")
        await until(lambda: bool(heard))
        await client.stop_notify(CONTROL)

    assert heard == [b"answer"]


async def test_nothing_is_heard_after_the_end_of_a_subscription(
    bluez: Bluez, node: Peripheral
) -> None:
    heard: list[bytes] = []
    async with BleakClient(await found(node.address)) as client:
        for acquired in (False, True):
            await client.start_notify(
                MEASUREMENT,
                lambda _, data: heard.append(bytes(data)),
                bluez={"use_start_notify": not acquired},
            )
            await client.stop_notify(MEASUREMENT)
        await node.notify(b"late")
        await client.read_gatt_char(FEATURE)

    assert heard == []


async def test_a_node_that_ends_the_link_is_seen_to(bluez: Bluez, node: Peripheral) -> None:
    ended = asyncio.Event()
    client = BleakClient(await found(node.address), lambda _: ended.set())
    await client.connect()
    assert node.connection is not None
    await node.connection.disconnect()
    async with asyncio.timeout(5):
        await ended.wait()

    assert not client.is_connected
    await client.disconnect()  # or it leaves its connection to the bus open
    await client.connect()
    assert await client.read_gatt_char(FEATURE) == HELLO
    await client.disconnect()


async def test_a_supervision_time_out_is_seen(bluez: Bluez, node: Peripheral) -> None:
    ended = asyncio.Event()
    client = BleakClient(await found(node.address), lambda _: ended.set())
    await client.connect()
    node.air.vanish(node.address)
    async with asyncio.timeout(5):
        await ended.wait()

    assert not client.is_connected
    await client.disconnect()


async def test_the_host_ends_the_link(bluez: Bluez, node: Peripheral) -> None:
    async with BleakClient(await found(node.address)) as client:
        assert node.connection is not None
    await until(lambda: node.connection is None)

    assert not client.is_connected


async def test_a_device_stays_known_after_the_scan(bluez: Bluez, node: Peripheral) -> None:
    device = await found(node.address)
    node.air.stop_advertising(node.device)
    scanner = BleakScanner()
    await scanner.start()
    await scanner.stop()

    assert scanner.discovered_devices_and_advertisement_data == {}
    node.advertise()
    async with BleakClient(device) as client:
        assert client.is_connected


async def test_the_state_is_told_anew_when_it_changes(bluez: Bluez, node: Peripheral) -> None:
    heard: list[bytes] = []
    async with BleakScanner(lambda _, data: heard.append(data.service_data.get(SERVICE, b""))):
        await until(lambda: STATE in heard)
        node.advertise(STATE[::-1])
        await until(lambda: heard[-1] == STATE[::-1])


async def test_what_is_advertised_in_turns_gathers(bluez: Bluez, node: Peripheral) -> None:
    heard: list[AdvertisementData] = []
    async with BleakScanner(lambda _, data: heard.append(data)):
        await until(lambda: bool(heard))
        node.advertise_bthome()
        await until(lambda: BTHOME in heard[-1].service_data)

    assert heard[-1].service_data == {SERVICE: STATE, BTHOME: BTHOME_DATA}
    assert heard[-1].service_uuids == [BTHOME, SERVICE]


async def test_service_data_are_no_list_of_services_for_a_filter(
    bluez: Bluez, node: Peripheral
) -> None:
    on_air: list[Advertisement] = []
    bluez.central.on(bluez.central.EVENT_ADVERTISEMENT, on_air.append)
    async with BleakScanner(service_uuids=[SERVICE]) as scanner:
        await until(lambda: len(on_air) >= 3)

    assert scanner.discovered_devices == []


async def test_a_program_can_scan_once_at_a_time(bluez: Bluez, node: Peripheral) -> None:
    async with BleakScanner():
        with pytest.raises(BleakDBusError) as refused:
            await BleakScanner().start()

    assert refused.value.args == ("org.bluez.Error.InProgress", "Operation already in progress")


async def test_eight_nodes_lose_nothing_at_once(bluez: Bluez, air: Air) -> None:
    addresses = [f"24:0A:C4:00:00:{number:02X}" for number in range(1, 9)]
    nodes = [await Peripheral.appear(air, address) for address in addresses]
    heard: list[tuple[str, int]] = []

    def hearing(address: str) -> Callable[[BleakGATTCharacteristic, bytearray], None]:
        return lambda _, data: heard.append((address, int.from_bytes(data[:2], "big")))

    async with AsyncExitStack() as stack:
        for address in addresses:
            client = await stack.enter_async_context(BleakClient(await found(address)))
            await client.start_notify(MEASUREMENT, hearing(address))
        await asyncio.gather(*(node.notify_often(25, 10) for node in nodes))
        await until(lambda: len(heard) == 80)

    assert sorted(heard) == [(address, number) for address in addresses for number in range(10)]
