# SPDX-License-Identifier: MIT
"""The air: what bumble's own lacks is seen there first, and then that it is mended here.

A test that finds plain bumble without its defect fails: then the mending can go.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bumble import core, hci
from bumble.controller import Controller
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.gatt import Characteristic, Service
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink

from tests.radio.air import Air, public
from tests.radio.conftest import HOST
from tests.radio.waiting import until

NODE = "24:0A:C4:00:00:01"
OTHER = "24:0A:C4:00:00:02"
DATA = bytes.fromhex("020106")
RESPONSE = b"\x04\x09den"
PUBLIC = hci.OwnAddressType.PUBLIC


async def plain_device(link: LocalLink, address: str) -> Device:
    """As bumble's examples make one, with legacy advertising."""
    controller = Controller(address, link=link, public_address=public(address))
    controller.le_features &= ~hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    device = Device(host=Host(controller, AsyncPipeSink(controller)))
    device.random_address = hci.Address("F" + address[1:])
    await device.power_on()
    return device


async def connect(host: Device, node: str = NODE) -> Connection:
    return await host.connect_le(public(node), own_address_type=PUBLIC, timeout=2.0)


async def heard(host: Device, *, active: bool = True) -> list[Advertisement]:
    """What comes in until a second one of the same kind would."""
    found: list[Advertisement] = []
    host.on(Device.EVENT_ADVERTISEMENT, found.append)
    await host.start_scanning(legacy=True, active=active)
    await until(lambda: len(found) >= 2)
    await host.stop_scanning(legacy=True)
    host.remove_listener(Device.EVENT_ADVERTISEMENT, found.append)
    return found


async def subscribed(host: Connection) -> list[bytes]:
    values: list[bytes] = []
    peer = Peer(host)
    await peer.discover_all()  # type: ignore[no-untyped-call]
    for service in peer.services:
        for characteristic in service.characteristics:
            if characteristic.properties & Characteristic.Properties.NOTIFY:
                await peer.subscribe(characteristic, values.append)
    return values


def offer(node: Device) -> Characteristic[bytes]:
    value: Characteristic[bytes]
    value = Characteristic("2A19", Characteristic.Properties.NOTIFY, Characteristic.READABLE, b"")
    node.add_service(Service("180F", [value]))
    return value


async def test_plain_bumble_repeats_the_advertisement_in_place_of_its_scan_response() -> None:
    link = LocalLink()  # type: ignore[no-untyped-call]
    host, node = await plain_device(link, HOST), await plain_device(link, NODE)
    await node.start_advertising(
        advertising_data=DATA,
        scan_response_data=RESPONSE,
        advertising_interval_min=20,
        advertising_interval_max=20,
    )
    assert {bytes(found.data) for found in await heard(host)} == {DATA + DATA}
    await node.stop_advertising()


async def test_an_active_scan_hears_the_scan_response(air: Air, host: Device) -> None:
    node = await air.device(NODE)
    air.advertise(node, DATA, RESPONSE)
    assert {bytes(found.data) for found in await heard(host)} == {DATA + RESPONSE}


async def test_a_passive_scan_hears_none(air: Air, host: Device) -> None:
    node = await air.device(NODE)
    air.advertise(node, DATA, RESPONSE)
    assert {bytes(found.data) for found in await heard(host, active=False)} == {DATA}


async def test_plain_bumble_cannot_give_up_connecting() -> None:
    link = LocalLink()  # type: ignore[no-untyped-call]
    host = await plain_device(link, HOST)
    attempt = asyncio.ensure_future(host.connect_le(public(NODE), timeout=0.01))
    await asyncio.wait({attempt}, timeout=0.2)
    assert not attempt.done()
    attempt.cancel()
    await asyncio.wait({attempt})


async def test_connecting_to_nobody_ends_in_time_and_can_be_tried_again(
    air: Air, host: Device
) -> None:
    for _ in range(2):
        with pytest.raises(core.TimeoutError):
            await host.connect_le(public(NODE), own_address_type=PUBLIC, timeout=0.01)
    node = await air.device(NODE)
    air.advertise(node, DATA)
    assert (await connect(host)).peer_address == public(NODE)


async def test_plain_bumble_loses_what_a_public_address_answers() -> None:
    link = LocalLink()  # type: ignore[no-untyped-call]
    host, node = await plain_device(link, HOST), await plain_device(link, NODE)
    await node.start_advertising(own_address_type=PUBLIC, advertising_interval_min=20)
    connection = await host.connect_le(public(NODE), timeout=1.0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await Peer(connection).discover_services()


async def test_services_of_a_public_address_are_found(air: Air, host: Device) -> None:
    node = await air.device(NODE)
    offer(node)
    air.advertise(node, DATA)
    peer = Peer(await connect(host))
    await peer.discover_services()
    assert [service.uuid.to_hex_str() for service in peer.services] == ["1800", "1801", "180F"]


async def test_a_connection_ends_advertising_and_the_next_one_is_not_connectable(
    air: Air, host: Device
) -> None:
    node = await air.device(NODE)
    air.advertise(node, DATA, RESPONSE)
    assert {found.is_connectable for found in await heard(host)} == {True}
    await connect(host)
    assert not air.advertising(node)
    air.advertise(node, DATA, RESPONSE, connectable=False)
    third = await air.device("F0:00:00:00:00:02")
    found = await heard(third)
    assert {(one.is_connectable, bytes(one.data)) for one in found} == {(False, DATA + RESPONSE)}
    with pytest.raises(core.TimeoutError):
        await third.connect_le(public(NODE), own_address_type=PUBLIC, timeout=0.1)


async def test_of_two_hosts_that_answer_one_advertisement_one_is_connected(
    air: Air, host: Device
) -> None:
    node = await air.device(NODE)
    other = await air.device("F0:00:00:00:00:02")
    attempts = [asyncio.ensure_future(connect(one)) for one in (host, other)]
    await asyncio.sleep(0)
    air.advertise(node, DATA)
    done, pending = await asyncio.wait(attempts, return_when=asyncio.FIRST_COMPLETED)
    assert (len(done), len(pending), len(node.connections)) == (1, 1, 1)
    air.advertise(node, DATA)
    await asyncio.wait(attempts)
    assert len(node.connections) == 2


async def test_a_silent_link_stays_connected_and_gives_a_burst_when_it_speaks_again(
    air: Air, host: Device
) -> None:
    node = await air.device(NODE)
    level = offer(node)
    air.advertise(node, DATA)
    connection = await connect(host)
    values = await subscribed(connection)
    air.silence(HOST, NODE)
    for number in range(10):
        await node.notify_subscribers(level, bytes((number,)))
    await asyncio.sleep(0.05)
    assert (values, len(host.connections)) == ([], 1)
    air.resume(HOST, NODE)
    await until(lambda: len(values) == 10)
    assert values == [bytes((number,)) for number in range(10)]


async def test_silence_is_of_one_link(air: Air, host: Device) -> None:
    nodes = [await air.device(address) for address in (NODE, OTHER)]
    levels = [offer(node) for node in nodes]
    values = []
    for node, address in zip(nodes, (NODE, OTHER), strict=True):
        air.advertise(node, DATA)
        values.append(await subscribed(await connect(host, address)))
    air.silence(HOST, NODE)
    for node, level in zip(nodes, levels, strict=True):
        await node.notify_subscribers(level, b"x")
    await until(lambda: values[1])
    assert values == [[], [b"x"]]


async def test_a_cut_link_is_lost_on_both_sides(air: Air, host: Device) -> None:
    node = await air.device(NODE)
    air.advertise(node, DATA)
    connection = await connect(host)
    reasons: list[int] = []
    connection.on(Connection.EVENT_DISCONNECTION, reasons.append)
    air.cut(NODE, HOST)
    await until(lambda: not host.connections and not node.connections)
    assert reasons == [hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR]


async def test_who_vanished_is_missed_after_the_supervision_time_and_may_come_back(
    air: Air, host: Device
) -> None:
    air.advertise(await air.device(NODE), DATA)
    await connect(host)
    air.vanish(NODE)
    again = await air.device(NODE)
    air.advertise(again, DATA)
    assert len(host.connections) == 1
    await until(lambda: not host.connections)
    assert (await connect(host)).peer_address == public(NODE)


@pytest.mark.parametrize(("ours", "theirs"), [(True, True), (True, False), (False, True)])
async def test_keys_are_kept_where_both_sides_bond(
    air: Air, host: Device, *, ours: bool, theirs: bool
) -> None:
    """Plain bumble keeps them in any case."""
    node = await air.device(NODE)
    _bonding(host, ours)
    _bonding(node, theirs)
    air.advertise(node, DATA)
    connection = await connect(host)
    await connection.pair()
    assert connection.encryption
    kept = [await _keys(device) for device in (host, node)]
    both = ours and theirs
    assert kept == [[f"{NODE}/P"] if both else [], [f"{HOST}/P"] if both else []]


def _bonding(device: Device, bonding: Any) -> None:
    make = device.pairing_config_factory

    def config(connection: Connection) -> Any:
        made = make(connection)
        made.bonding = bonding
        return made

    device.pairing_config_factory = config


async def _keys(device: Device) -> list[str]:
    assert device.keystore is not None
    return [name for name, _ in await device.keystore.get_all()]
