# SPDX-License-Identifier: MIT
"""Pairing over the facade: who may write, what a bond is good for, what its loss looks like."""

from __future__ import annotations

import pytest
from bleak import BleakClient
from bleak.exc import BleakDBusError, BleakGATTProtocolError

from tests.bluez.bleak_side import found, until
from tests.bluez.bluez import Bluez
from tests.bluez.bluez_device import DEVICE
from tests.bluez.peripheral import CONTROL, FEATURE, HELLO, MEASUREMENT, Peripheral

COMMAND = b"\x18\x01\x02" + bytes(200)


def shown(bluez: Bluez, name: str) -> object:
    (path,) = bluez.devices
    return bluez.tree.value(path, DEVICE, name)


async def test_a_write_over_a_plain_link_is_refused(bluez: Bluez, node: Peripheral) -> None:
    async with BleakClient(await found(node.address)) as client:
        with pytest.raises(BleakDBusError) as refused:
            await client.write_gatt_char(CONTROL, COMMAND, response=True)

    assert refused.value.args == ("org.bluez.Error.NotPermitted", "Not paired")
    assert node.written == []


async def test_a_bluez_that_elevates_pairs_by_itself(bluez: Bluez, node: Peripheral) -> None:
    bluez.elevates = True
    async with BleakClient(await found(node.address)) as client:
        await client.write_gatt_char(CONTROL, COMMAND, response=True)

    assert (node.written, shown(bluez, "Bonded")) == ([COMMAND], True)


async def test_a_paired_host_may_write(bluez: Bluez, node: Peripheral) -> None:
    async with BleakClient(await found(node.address)) as client:
        await client.pair()
        await client.write_gatt_char(CONTROL, COMMAND, response=True)
        assert node.connection is not None
        assert node.connection.is_encrypted

    assert node.written == [COMMAND]
    assert (shown(bluez, "Paired"), shown(bluez, "Bonded")) == (True, True)


async def test_pairing_and_connecting_go_together(bluez: Bluez, node: Peripheral) -> None:
    async with BleakClient(await found(node.address), pair=True) as client:
        await client.write_gatt_char(CONTROL, COMMAND, response=True)

    assert bluez.orders.count("Device1.Connect") == 0


async def test_a_bond_encrypts_the_next_link(bluez: Bluez, node: Peripheral) -> None:
    device = await found(node.address)
    async with BleakClient(device) as client:
        await client.pair()
    async with BleakClient(device) as client:
        await client.write_gatt_char(CONTROL, COMMAND, response=True)

    assert node.written == [COMMAND]
    assert bluez.orders.count("Device1.Pair") == 1


async def test_a_bond_outlives_the_daemon(bluez: Bluez, node: Peripheral) -> None:
    async with BleakClient(await found(node.address)) as client:
        await client.pair()
    await bluez.stop()
    await bluez.start()
    async with BleakClient(await found(node.address)) as client:
        await client.write_gatt_char(CONTROL, COMMAND, response=True)

    assert node.written == [COMMAND]


async def test_a_pairing_without_a_bond_ends_with_its_link(bluez: Bluez, node: Peripheral) -> None:
    node.pair_without_bond()
    async with BleakClient(await found(node.address)) as client:
        await client.pair()
        assert (shown(bluez, "Paired"), shown(bluez, "Bonded")) == (True, False)

    assert shown(bluez, "Paired") is False


async def test_a_refused_pairing_says_so(bluez: Bluez, node: Peripheral) -> None:
    node.refuse_pairing()
    async with BleakClient(await found(node.address)) as client:
        with pytest.raises(BleakDBusError) as refused:
            await client.pair()

    assert refused.value.args == (
        "org.bluez.Error.AuthenticationFailed",
        "Authentication Failed",
    )


async def test_a_link_that_ends_while_pairing_cancels_it(bluez: Bluez, node: Peripheral) -> None:
    async with BleakClient(await found(node.address)) as client:
        node.end_on_pairing()
        with pytest.raises(BleakDBusError) as refused:
            await client.pair()

    assert refused.value.args == (
        "org.bluez.Error.AuthenticationCanceled",
        "Authentication Canceled",
    )


async def test_a_node_that_lost_its_bond_cannot_be_connected_to(
    bluez: Bluez, node: Peripheral
) -> None:
    device = await found(node.address)
    async with BleakClient(device) as client:
        await client.pair()
    await node.forget_bonds()
    for pair in (False, True):
        with pytest.raises(BleakDBusError) as refused:
            await BleakClient(device, pair=pair).connect()
        assert refused.value.args == ("org.bluez.Error.Failed", "br-connection-canceled")
        await until(lambda: node.connection is None)


async def test_a_lost_bond_is_mended_by_unpairing(bluez: Bluez, node: Peripheral) -> None:
    device = await found(node.address)
    async with BleakClient(device) as client:
        await client.pair()
    await node.forget_bonds()
    await BleakClient(device).unpair()
    assert bluez.devices == {}
    async with BleakClient(await found(node.address), pair=True) as client:
        await client.write_gatt_char(CONTROL, COMMAND, response=True)

    assert node.written == [COMMAND]


async def test_a_host_that_lost_its_bond_is_taken_for_a_stranger(
    bluez: Bluez, node: Peripheral
) -> None:
    device = await found(node.address)
    async with BleakClient(device) as client:
        await client.pair()
    await BleakClient(device).unpair()
    assert bluez.central.keystore is not None
    assert await bluez.central.keystore.get_all() == []
    async with BleakClient(await found(node.address)) as client:
        with pytest.raises(BleakDBusError, match="Not paired"):
            await client.write_gatt_char(CONTROL, COMMAND, response=True)


async def test_unpairing_ends_the_link(bluez: Bluez, node: Peripheral) -> None:
    client = BleakClient(await found(node.address))
    await client.connect()
    await client.pair()
    await client.unpair()
    await until(lambda: node.connection is None)

    assert not client.is_connected
    await client.disconnect()


async def test_an_unsubscription_that_a_node_refuses_is_not_seen(
    bluez: Bluez, node: Peripheral
) -> None:
    async with BleakClient(await found(node.address), pair=True) as client:
        await client.start_notify(MEASUREMENT, lambda _sender, _data: None)
        node.refuse_unsubscription()
        await client.stop_notify(MEASUREMENT)

        assert await client.read_gatt_char(FEATURE) == HELLO


async def test_a_value_that_a_node_does_not_take_has_its_code(
    bluez: Bluez, node: Peripheral
) -> None:
    node.refusal = 0x81
    async with BleakClient(await found(node.address), pair=True) as client:
        with pytest.raises(BleakGATTProtocolError) as refused:
            await client.write_gatt_char(CONTROL, COMMAND, response=True)

    assert refused.value.code == 0x81
