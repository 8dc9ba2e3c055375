# SPDX-License-Identifier: MIT
"""What the facade owes to BlueZ's own rules beyond what bleak asks of it, by plain D-Bus calls."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.bluez.bleak_side import until
from tests.bluez.bluez import ADAPTER, Bluez
from tests.bluez.bluez_device import DEVICE
from tests.bluez.bluez_errors import ABORTED
from tests.bluez.bluez_gatt import CHARACTERISTIC
from tests.bluez.object_tree import Answer
from tests.bluez.peripheral import MEASUREMENT, MTU, Peripheral
from tests.bluez.private_bus import PrivateBus


class Client:
    """A program on the bus."""

    def __init__(self, bus: MessageBus) -> None:
        self.bus = bus

    async def ask(
        self, path: str, method: str, signature: str = "", *body: Any
    ) -> tuple[str, list[Any]]:
        """The name and the words of an error, or an empty name and what came back."""
        interface, member = method.rsplit(".", 1)
        reply = await self.bus.call(
            Message(
                destination="org.bluez",
                path=path,
                interface=f"org.bluez.{interface}",
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        if reply.message_type is MessageType.ERROR:
            assert reply.error_name is not None
            return reply.error_name.removeprefix("org.bluez.Error."), reply.body
        for fd in reply.unix_fds:
            self.fd = fd
        return "", reply.body

    async def listen(self, *names: str) -> list[tuple[str, Any]]:
        """Those properties of devices, as they are told from now on."""
        told: list[tuple[str, Any]] = []

        def hear(message: Message) -> None:
            if message.member == "PropertiesChanged" and message.body[0] == DEVICE:
                changed = message.body[1].items()
                told.extend((name, value.value) for name, value in changed if name in names)

        self.bus.add_message_handler(hear)
        await self.bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=["type='signal',sender='org.bluez'"],
            )
        )
        return told


@pytest_asyncio.fixture
async def client(bus: PrivateBus, bluez: Bluez) -> AsyncIterator[Client]:
    connection = await MessageBus(bus_address=bus.address, negotiate_unix_fd=True).connect()
    yield Client(connection)
    connection.disconnect()


@pytest_asyncio.fixture
async def path(bluez: Bluez, node: Peripheral, client: Client) -> str:
    """A device that was found."""
    assert await client.ask(bluez.path, "Adapter1.StartDiscovery") == ("", [])
    await until(lambda: bool(bluez.devices))
    assert await client.ask(bluez.path, "Adapter1.StopDiscovery") == ("", [])
    return next(iter(bluez.devices))


def characteristic(bluez: Bluez, uuid: str) -> str:
    (found,) = (
        path
        for device in bluez.devices.values()
        for path in device.services.characteristics
        if bluez.tree.value(path, CHARACTERISTIC, "UUID") == uuid
    )
    return found


async def resolved(bluez: Bluez, client: Client, path: str) -> None:
    assert await client.ask(path, "Device1.Connect") == ("", [])
    await until(lambda: bluez.tree.value(path, DEVICE, "ServicesResolved") is True)


async def test_a_scan_is_ended_only_by_whose_it_is(bluez: Bluez, client: Client) -> None:
    assert await client.ask(bluez.path, "Adapter1.StopDiscovery") == (
        "Failed",
        ["No discovery started"],
    )
    await client.ask(bluez.path, "Adapter1.StartDiscovery")
    assert await client.ask(bluez.path, "Adapter1.StartDiscovery") == (
        "InProgress",
        ["Operation already in progress"],
    )


async def test_a_scan_ends_with_its_program(bluez: Bluez, client: Client) -> None:
    await client.ask(bluez.path, "Adapter1.StartDiscovery")
    await until(lambda: bluez.central.is_scanning)
    client.bus.disconnect()
    await until(lambda: not bluez.central.is_scanning)

    assert bluez.tree.value(bluez.path, ADAPTER, "Discovering") is False


async def test_a_strength_is_known_only_during_a_scan(bluez: Bluez, path: str) -> None:
    await until(lambda: not bluez.central.is_scanning)

    assert bluez.tree.value(path, DEVICE, "RSSI") is None
    assert bluez.tree.value(path, DEVICE, "Alias") == "table"


async def test_all_duplicates_are_told_to_who_wants_them(
    bluez: Bluez, node: Peripheral, client: Client
) -> None:
    told = await client.listen("ServiceData")
    wanted = {"DuplicateData": Variant("b", True)}
    await client.ask(bluez.path, "Adapter1.SetDiscoveryFilter", "a{sv}", wanted)
    await client.ask(bluez.path, "Adapter1.StartDiscovery")
    await until(lambda: len(told) >= 3)


async def test_disconnecting_cancels_a_connect(
    bluez: Bluez, node: Peripheral, client: Client, path: str
) -> None:
    node.air.stop_advertising(node.device)
    connecting = asyncio.ensure_future(client.ask(path, "Device1.Connect"))
    await until(lambda: bluez.central.is_le_connecting)
    assert await client.ask(path, "Device1.Connect") == ("InProgress", ["In Progress"])
    assert await client.ask(path, "Device1.Disconnect") == ("", [])

    assert await connecting == ("Failed", ["br-connection-canceled"])


async def test_a_link_is_told_in_order(
    bluez: Bluez, node: Peripheral, client: Client, path: str
) -> None:
    told = await client.listen("Connected", "ServicesResolved", "Paired", "Bonded")
    assert await client.ask(path, "Device1.Pair") == ("", [])
    await until(lambda: ("ServicesResolved", True) in told)
    node.air.cut(node.address, bluez.central.public_address.to_string(with_type_qualifier=False))
    await until(lambda: ("Connected", False) in told)

    assert told[0] == ("Connected", True)
    assert sorted(told[1:4]) == [("Bonded", True), ("Paired", True), ("ServicesResolved", True)]
    assert told[4:] == [("ServicesResolved", False), ("Connected", False)]


async def test_an_aborted_connection_was_one_for_a_moment(
    bluez: Bluez, client: Client, path: str
) -> None:
    told = await client.listen("Connected")
    bluez.orders.fail("Device1.Connect", ABORTED)
    refused = await client.ask(path, "Device1.Connect")
    assert refused == ("Failed", ["le-connection-abort-by-local"])
    await until(lambda: len(told) == 2)

    assert told == [("Connected", True), ("Connected", False)]


async def test_a_kernel_gives_up_in_the_end(
    bluez: Bluez, node: Peripheral, client: Client, path: str
) -> None:
    bluez.connect_timeout_s = 0.02
    node.air.stop_advertising(node.device)

    assert await client.ask(path, "Device1.Connect") == (
        "Failed",
        ["le-connection-abort-by-local"],
    )


async def test_a_pairing_can_be_cancelled(
    bluez: Bluez, node: Peripheral, client: Client, path: str
) -> None:
    assert await client.ask(path, "Device1.CancelPairing") == (
        "DoesNotExist",
        ["Does Not Exist"],
    )
    bluez.orders.hang("Device1.Pair")
    pairing = asyncio.ensure_future(client.ask(path, "Device1.Pair"))
    await until(lambda: bluez.orders.count("Device1.Pair") == 1)
    assert await client.ask(path, "Device1.CancelPairing") == ("", [])

    assert await pairing == ("AuthenticationCanceled", ["Authentication Canceled"])


async def test_who_is_bonded_cannot_pair_again(bluez: Bluez, client: Client, path: str) -> None:
    assert await client.ask(path, "Device1.Pair") == ("", [])

    assert await client.ask(path, "Device1.Pair") == ("AlreadyExists", ["Already Exists"])


async def test_one_reader_shuts_out_all_others(
    bluez: Bluez, node: Peripheral, client: Client, path: str
) -> None:
    await resolved(bluez, client, path)
    measurement = characteristic(bluez, MEASUREMENT)
    options: dict[str, Variant] = {}
    answer = await client.ask(measurement, "GattCharacteristic1.AcquireNotify", "a{sv}", options)
    assert answer == ("", [0, MTU])
    for method in ("StartNotify", "AcquireNotify"):
        signature, body = ("a{sv}", [options]) if method == "AcquireNotify" else ("", [])
        refused = await client.ask(measurement, f"GattCharacteristic1.{method}", signature, *body)
        assert refused == ("NotPermitted", ["Notify acquired"])
    os.close(client.fd)
    await until(lambda: not node.subscribed)

    assert await client.ask(measurement, "GattCharacteristic1.StartNotify") == ("", [])


async def test_a_subscription_outlives_the_link(
    bluez: Bluez, node: Peripheral, client: Client, path: str
) -> None:
    await resolved(bluez, client, path)
    await client.ask(characteristic(bluez, MEASUREMENT), "GattCharacteristic1.StartNotify")
    assert await client.ask(path, "Device1.Disconnect") == ("", [])
    await until(lambda: node.connection is None)
    await resolved(bluez, client, path)

    assert node.subscribed


async def test_nothing_is_read_without_a_link(bluez: Bluez, client: Client, path: str) -> None:
    await resolved(bluez, client, path)
    measurement = characteristic(bluez, MEASUREMENT)
    await client.ask(path, "Device1.Disconnect")

    assert await client.ask(measurement, "GattCharacteristic1.ReadValue", "a{sv}", {}) == (
        "Failed",
        ["Not connected"],
    )


async def test_what_a_handler_did_not_mean_to_raise_is_kept(
    bluez: Bluez, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake = ValueError("a mistake")

    async def broken(_call: Message) -> Answer:
        raise mistake

    monkeypatch.setitem(vars(bluez.tree)["_handlers"], f"{ADAPTER}.StopDiscovery", broken)
    name, words = await client.ask(bluez.path, "Adapter1.StopDiscovery")

    assert (name, words) == (
        "org.freedesktop.DBus.Error.Failed",
        ["ValueError('a mistake')"],
    )
    assert bluez.tree.mistakes == [mistake]
    bluez.tree.mistakes.clear()
