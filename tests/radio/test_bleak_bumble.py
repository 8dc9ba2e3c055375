# SPDX-License-Identifier: MIT
"""bleak over virtual air, with a fake node: scan, connect, pair, notify, and what goes wrong."""

from __future__ import annotations

import asyncio

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
    BleakGATTProtocolError,
)
from bumble.device import Device

from tests.radio.air import Air
from tests.radio.bleak_bumble import Adapter, forget_bonds, make_backends
from tests.radio.conftest import HOST
from tests.radio.fake_ble_node import ADDRESS, FakeBleNode
from tests.radio.waiting import until
from tests.vectors import reference
from upturn.wire import gatt
from upturn.wire.vocabulary import Verb

READ_INFO = b"".join(reference.message("COMMAND", {"id": 7, "verb": "read_info"}))
DONE = b"".join(
    reference.message("ANSWER", {"id": 7, "verb": Verb.READ_INFO, "result": 0, "reason": ""})
)
ABSENT = BLEDevice("24:0A:C4:00:00:99", "nobody", None)


class Central:
    """bleak on one adapter, as a program uses it."""

    def __init__(self, device: Device) -> None:
        self.adapter = Adapter(device)
        self.scanner, self.backend = self.adapter.backends()
        self.lost = 0

    async def find(self, name: str = "den") -> BLEDevice:
        found = await BleakScanner.find_device_by_name(name, timeout=5.0, backend=self.scanner)
        assert found is not None
        return found

    async def client(self, timeout_s: float = 5.0) -> BleakClient:
        return BleakClient(
            await self.find(),
            backend=self.backend,
            disconnected_callback=self._lost,
            timeout=timeout_s,
        )

    async def bonded(self) -> BleakClient:
        client = await self.client()
        await client.connect()
        await client.pair()
        return client

    def _lost(self, _client: BleakClient) -> None:
        self.lost += 1


@pytest.fixture
def central(host: Device) -> Central:
    return Central(host)


async def test_a_scan_tells_name_and_service_data(air: Air, central: Central) -> None:
    async with FakeBleNode(air) as node, BleakScanner(backend=central.scanner) as scanner:
        device, found = await anext(scanner.advertisement_data())
        assert (device.address, device.name, found.local_name) == (ADDRESS, "den", "den")
        assert set(found.service_data) == {gatt.SERVICE}
        assert found.service_data[gatt.SERVICE][3:9].hex() == node.node_id


async def test_two_scanners_share_the_radio(air: Air, central: Central) -> None:
    async with FakeBleNode(air):
        first, second = await asyncio.gather(central.find(), central.find())
        assert first.address == second.address
        assert not central.adapter.device.is_scanning


async def test_connecting_resolves_services_and_the_mtu(air: Air, central: Central) -> None:
    async with FakeBleNode(air), await central.client() as client:
        assert client.mtu_size == 247
        characteristics = {
            value.uuid: sorted(value.properties)
            for service in client.services
            for value in service.characteristics
            if service.uuid == gatt.SERVICE
        }
        assert characteristics == {
            gatt.MEASUREMENT: ["notify"],
            gatt.FEATURE: ["read"],
            gatt.CONTROL: ["indicate", "write"],
        }
        control = client.services.get_characteristic(gatt.CONTROL)
        assert control is not None
        assert control.max_write_without_response_size == 244


async def test_anybody_can_read(air: Air, central: Central) -> None:
    async with FakeBleNode(air), await central.client() as client:
        assert await client.read_gatt_char(gatt.BATTERY_LEVEL) == bytes((80,))
        assert await client.read_gatt_char(gatt.MANUFACTURER) == b"Upturn"
        assert (await client.read_gatt_char(gatt.FEATURE))[2:8].hex() == "240ac4000001"


@pytest.mark.parametrize("code", sorted(gatt.PAIR_FIRST))
async def test_a_command_before_pairing_is_an_att_error(
    air: Air, central: Central, code: int
) -> None:
    async with FakeBleNode(air) as node, await central.client() as client:
        node.needs_encryption = code
        with pytest.raises(BleakGATTProtocolError) as refused:
            await client.write_gatt_char(gatt.CONTROL, READ_INFO, response=True)
        assert int(refused.value.code) == code
        assert node.heard == []


async def test_a_command_over_a_bonded_link_is_answered_by_indication(
    air: Air, central: Central
) -> None:
    async with FakeBleNode(air):
        client = await central.bonded()
        answers: list[bytes] = []
        await client.start_notify(gatt.CONTROL, lambda _, value: answers.append(bytes(value)))
        await client.write_gatt_char(gatt.CONTROL, READ_INFO, response=True)
        await until(lambda: answers)
        assert answers == [DONE]
        await client.disconnect()


async def test_unsubscribing_over_a_bonded_link_fails_as_on_an_esp32(
    air: Air, central: Central
) -> None:
    async with FakeBleNode(air):
        client = await central.bonded()
        await client.start_notify(gatt.MEASUREMENT, lambda _, value: None)
        with pytest.raises(BleakGATTProtocolError) as refused:
            await client.stop_notify(gatt.MEASUREMENT)
        assert int(refused.value.code) == 5
        await client.disconnect()


async def test_a_bond_encrypts_the_next_link_at_connect(air: Air, central: Central) -> None:
    async with FakeBleNode(air) as node:
        await (await central.bonded()).disconnect()
        async with await central.client():
            await until(lambda: node.trusted)


async def test_a_bond_lost_by_the_node_makes_connect_fail_until_unpair(
    air: Air, central: Central
) -> None:
    async with FakeBleNode(air) as node:
        client = await central.bonded()
        await client.disconnect()
        await node.forget_bonds()
        with pytest.raises(BleakError, match="lost its bond"):
            await client.connect()
        assert not client.is_connected
        await client.unpair()
        await client.connect()
        await client.pair()
        assert await node.bonds() == 1
        await client.disconnect()


async def test_a_bond_lost_by_the_host_needs_pairing_again(air: Air, central: Central) -> None:
    async with FakeBleNode(air) as node:
        client = await central.bonded()
        await client.disconnect()
        await forget_bonds(central.adapter.device)
        await client.connect()
        assert not node.trusted
        await client.pair()
        await until(lambda: node.trusted)
        await client.disconnect()


async def test_a_refused_pairing_is_an_error_and_the_link_stays(
    air: Air, central: Central
) -> None:
    async with FakeBleNode(air) as node, await central.client() as client:
        node.refuses_pairing = True
        with pytest.raises(BleakError):
            await client.pair()
        assert client.is_connected


async def test_pairing_outside_of_the_window_makes_no_bond_and_ends_the_link(
    air: Air, central: Central
) -> None:
    async with FakeBleNode(air) as node, await central.client() as client:
        node.window_open = False
        await client.pair()
        await until(lambda: not client.is_connected)
        assert (await node.bonds(), central.lost) == (0, 1)


async def test_whoever_ends_the_link_the_callback_comes_once(air: Air, central: Central) -> None:
    async with FakeBleNode(air) as node:
        client = await central.client()
        await client.connect()
        await client.disconnect()
        assert central.lost == 1
        await client.connect()
        await node.drop()
        await until(lambda: not client.is_connected)
        assert central.lost == 2


async def test_a_link_lost_in_mid_request_is_bleaks_error_and_no_cancellation(
    air: Air, central: Central
) -> None:
    async with FakeBleNode(air), await central.client() as client:
        air.silence(HOST, ADDRESS)
        reading = asyncio.ensure_future(client.read_gatt_char(gatt.BATTERY_LEVEL))
        await asyncio.sleep(0.02)
        air.cut(HOST, ADDRESS)
        with pytest.raises(BleakError, match="disconnected"):
            await reading


async def test_connecting_to_an_absent_node_is_bounded_in_time(central: Central) -> None:
    client = BleakClient(ABSENT, backend=central.backend, timeout=0.05)
    with pytest.raises(TimeoutError):
        await client.connect()
    assert not client.is_connected


async def test_a_node_that_falls_silent_in_connect_is_bounded_in_time(
    air: Air, central: Central
) -> None:
    async with FakeBleNode(air):
        client = await central.client(timeout_s=0.2)
        air.silence(HOST, ADDRESS)
        with pytest.raises(TimeoutError):
            await client.connect()
        assert (client.is_connected, central.lost) == (False, 0)


async def test_a_cancelled_connect_leaves_nothing_behind(air: Air, central: Central) -> None:
    attempt = asyncio.ensure_future(BleakClient(ABSENT, backend=central.backend).connect())
    await asyncio.sleep(0.02)
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    async with FakeBleNode(air), await central.client() as client:
        assert client.is_connected


async def test_an_adapter_that_is_taken_away_ends_links_and_comes_back(
    air: Air, central: Central
) -> None:
    async with FakeBleNode(air):
        client = await central.client()
        await client.connect()
        await central.adapter.take_away(BleakBluetoothNotAvailableReason.POWERED_OFF)
        assert (client.is_connected, central.lost) == (False, 1)
        with pytest.raises(BleakBluetoothNotAvailableError) as missing:
            await client.connect()
        assert missing.value.reason is BleakBluetoothNotAvailableReason.POWERED_OFF
        with pytest.raises(BleakBluetoothNotAvailableError):
            await BleakScanner(backend=central.scanner).start()
        central.adapter.give_back()
        await client.connect()
        await client.disconnect()


def test_backends_of_two_devices_are_two(host: Device) -> None:
    assert make_backends(host)[0] is not make_backends(host)[0]
