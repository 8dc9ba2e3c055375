# SPDX-License-Identifier: MIT
"""The fake node does what it is told, so that a test of a host shows something."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bleak import BleakClient, BleakScanner
from bumble.device import Device

from tests.radio.air import Air
from tests.radio.bleak_bumble import make_backends
from tests.radio.fake_ble_node import ADDRESS, FakeBleNode
from tests.radio.waiting import until
from tests.vectors import reference
from upturn.wire import gatt
from upturn.wire.advertisement import advertised
from upturn.wire.decode import decode
from upturn.wire.messages import Hello, Measurement, Short

HEARTBEAT = b"".join(
    reference.message("COMMAND", {"id": 1, "verb": "heartbeat", "priority": 0, "paused": False})
)


def opened(value: bytes | bytearray) -> object:
    """A message without its check."""
    return decode(bytes(value[:-3]))


class Listener:
    """A bonded host that has sent one heartbeat."""

    def __init__(self, host: Device) -> None:
        self.scanner, self.backend = make_backends(host)
        self.values: list[bytes] = []

    async def listen(self) -> BleakClient:
        found = await BleakScanner.find_device_by_address(ADDRESS, 5.0, backend=self.scanner)
        assert found is not None
        client = BleakClient(found, backend=self.backend)
        await client.connect()
        await client.pair()
        await client.start_notify(gatt.MEASUREMENT, lambda _, v: self.values.append(bytes(v)))
        await client.write_gatt_char(gatt.CONTROL, HEARTBEAT, response=True)
        return client

    def sequence(self) -> list[int]:
        """The number of each sample that was heard."""
        heard = [opened(value) for value in self.values]
        return [
            message.seq + k
            for message in heard
            if isinstance(message, Measurement)
            for k in range(message.samples)
        ]


@pytest_asyncio.fixture
async def listener(host: Device) -> AsyncIterator[Listener]:
    listener = Listener(host)
    yield listener
    for connection in list(host.connections.values()):
        await connection.disconnect()


@pytest.mark.parametrize("messages_hz", [25, 50, 100])
async def test_it_streams_at_the_rate_that_was_asked_and_nothing_is_lost(
    air: Air, listener: Listener, messages_hz: int
) -> None:
    async with FakeBleNode(air, messages_hz=messages_hz) as node:
        await listener.listen()
        await until(lambda: len(listener.values) >= messages_hz // 2)
        sequence = listener.sequence()
        assert sequence == list(range(sequence[0], sequence[0] + len(sequence)))
        assert len(sequence) == node.samples * len(listener.values)


async def test_at_a_small_mtu_it_says_short(air: Air, listener: Listener) -> None:
    async with FakeBleNode(air, mtu=23):
        client = await listener.listen()
        await until(lambda: len(listener.values) >= 3)
        assert client.mtu_size == 23
        assert {type(opened(value)) for value in listener.values} == {Short}


async def test_it_says_nothing_to_a_host_that_it_has_not_heard(
    air: Air, listener: Listener
) -> None:
    async with FakeBleNode(air) as node:
        client = await listener.listen()
        await until(lambda: listener.values)
        await client.disconnect()
        await client.connect()
        await until(lambda: node.trusted)
        heard = len(listener.values)
        node.measure()
        assert (node.was_heard_within(10.0), len(listener.values)) == (False, heard)


async def test_what_it_advertises_is_a_nodes_state(air: Air, host: Device) -> None:
    scanner, _ = make_backends(host)
    async with FakeBleNode(air) as node, BleakScanner(backend=scanner) as scan:
        node.window_open = False
        node.advertise()
        heard = scan.advertisement_data()
        state = None
        while state is None or state.pairing:
            state = advertised((await anext(heard))[1].service_data)
        assert (state.node_id, state.pairing, state.in_use) == (node.node_id, False, False)


async def test_with_another_service_it_is_no_node(air: Air, host: Device) -> None:
    scanner, _ = make_backends(host)
    other = "12345678" + gatt.SERVICE[8:]
    async with (
        FakeBleNode(air, service=other, name="other"),
        BleakScanner(backend=scanner) as scan,
    ):
        _, found = await anext(scan.advertisement_data())
        assert (advertised(found.service_data), set(found.service_data)) == (None, {other})


async def test_what_it_repeats_and_floods_comes_as_it_is(air: Air, listener: Listener) -> None:
    async with FakeBleNode(air) as node:
        await listener.listen()
        await until(lambda: len(listener.values) >= 2)
        node.silent = True
        await until(lambda: len(listener.values) == len(node.notified))
        newest = listener.values[-2:]
        listener.values.clear()
        node.replay(2)
        node.flood(500)
        await until(lambda: len(listener.values) == 502)
        assert listener.values == [*newest, *[b"\xff" * 20] * 500]


async def test_a_reset_keeps_its_bonds_and_counts_a_start(air: Air, listener: Listener) -> None:
    async with FakeBleNode(air) as node:
        client = await listener.listen()
        await node.reset()
        await until(lambda: not client.is_connected)
        await client.connect()
        hello = opened(await client.read_gatt_char(gatt.FEATURE))
        assert isinstance(hello, Hello)
        assert (hello.boots, node.trusted) == (8, True)
