# SPDX-License-Identifier: MIT
"""The firmware's own BLE code and bleak meet over virtual air."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakGATTProtocolError
from bumble.device import Device

from tests.firmware.node import Node
from tests.radio.air import Air
from tests.radio.bleak_bumble import forget_bonds, make_backends
from tests.radio.conftest import HOST
from tests.radio.node_radio import NodeRadio
from tests.radio.waiting import PATIENCE_S, until
from tests.vectors import reference
from upturn.wire import gatt
from upturn.wire.advertisement import Advertised, advertised
from upturn.wire.decode import decode
from upturn.wire.messages import Hello, Measurement

READ_INFO = b"".join(reference.message("COMMAND", {"id": 7, "verb": "read_info"}))
DONE = b"".join(reference.message("ANSWER", {"id": 7, "verb": 2, "result": 0, "reason": ""}))

KEY = "00" + bytes.fromhex(HOST.replace(":", ""))[::-1].hex()
"""What NimBLE calls this host."""


class Central:
    """bleak with one node in sight."""

    def __init__(self, host: Device, radio: NodeRadio) -> None:
        self.host = host
        self.radio = radio
        self.scanner, self.backend = make_backends(host)
        self.values: list[bytes] = []
        self.answers: list[bytes] = []

    async def seen(self, when: Callable[[Advertised], bool] = lambda _: True) -> BleakClient:
        """As soon as it advertises such a state."""
        async with asyncio.timeout(PATIENCE_S), BleakScanner(backend=self.scanner) as scan:
            async for device, found in scan.advertisement_data():
                state = advertised(found.service_data)
                if state is not None and when(state):
                    return BleakClient(device, backend=self.backend)
        raise AssertionError

    async def listen(self, client: BleakClient) -> None:
        await client.start_notify(gatt.MEASUREMENT, lambda _, v: self.values.append(bytes(v)))
        await client.start_notify(gatt.CONTROL, lambda _, v: self.answers.append(bytes(v)))
        await client.write_gatt_char(gatt.CONTROL, READ_INFO, response=True)

    async def bond(self, node: Node) -> BleakClient:
        """By the button, as a person does."""
        await self.seen()
        await asyncio.to_thread(node.press)
        client = await self.seen(lambda state: state.pairing)
        await client.connect()
        await client.pair()
        return client

    def sequence(self) -> list[int]:
        """The number of each sample that was heard."""
        heard = [decode(value[:-3]) for value in self.values]
        return [
            message.seq + k
            for message in heard
            if isinstance(message, Measurement)
            for k in range(message.samples)
        ]


@pytest_asyncio.fixture
async def central(air: Air, host: Device) -> AsyncIterator[Central]:
    central = Central(host, NodeRadio(air))
    yield central


async def test_a_bonded_host_is_answered_and_hears_every_sample(
    tmp_path: Path, central: Central, bits: int
) -> None:
    with Node(tmp_path, bits=bits, radio=central.radio) as node:
        client = await central.bond(node)
        assert client.mtu_size == 247
        await central.listen(client)
        await until(lambda: len(central.sequence()) >= 50)
        sequence = central.sequence()
        assert central.answers == [DONE]
        assert sequence == list(range(sequence[0], sequence[0] + len(sequence)))
        hellos = [decode(value[:-3]) for value in central.values if value[0] == 0x13]
        assert {hello.node_id for hello in hellos if isinstance(hello, Hello)} == {"240ac4000001"}
        await client.disconnect()


async def test_outside_of_the_window_there_is_no_command_and_no_bond(
    tmp_path: Path, central: Central, micropython: int
) -> None:
    with Node(tmp_path, bits=micropython, radio=central.radio):
        client = await central.seen()
        await client.connect()
        with pytest.raises(BleakGATTProtocolError) as refused:
            await client.write_gatt_char(gatt.CONTROL, READ_INFO, response=True)
        assert int(refused.value.code) in gatt.PAIR_FIRST
        await client.pair()
        await until(lambda: not client.is_connected)
        hello = await _hello_again(central)
        assert hello.bonds == 0


async def test_a_bond_outlives_the_loss_of_power_of_the_node(
    tmp_path: Path, central: Central, micropython: int
) -> None:
    with Node(tmp_path, bits=micropython, radio=central.radio) as node:
        client = await central.bond(node)
        await until(lambda: KEY in (node.flash / "upturn.bonds.json").read_text())
        node.power_cycle()
        await until(lambda: not client.is_connected)
        await client.connect()
        await central.listen(client)
        await until(lambda: central.answers)
        assert central.answers == [DONE]
        await client.disconnect()


async def test_a_bond_that_the_host_lost_is_made_anew_by_the_button_only(
    tmp_path: Path, central: Central, micropython: int
) -> None:
    with Node(tmp_path, bits=micropython, radio=central.radio) as node:
        client = await central.bond(node)
        await client.disconnect()
        await forget_bonds(central.host)
        client = await central.bond(node)
        await central.listen(client)
        await until(lambda: central.answers)
        assert central.answers == [DONE]
        await client.disconnect()


async def test_after_a_loss_it_advertises_again(
    tmp_path: Path, central: Central, micropython: int
) -> None:
    with Node(tmp_path, bits=micropython, radio=central.radio):
        client = await central.seen()
        await client.connect()
        await central.seen(lambda state: state.in_use)
        await client.disconnect()
        await central.seen(lambda state: not state.in_use)


async def _hello_again(central: Central) -> Hello:
    client = await central.seen()
    async with client:
        hello = decode(bytes(await client.read_gatt_char(gatt.FEATURE))[:-3])
    assert isinstance(hello, Hello)
    return hello
