# SPDX-License-Identifier: MIT
"""The simulated `bluetooth` does what MicroPython's NimBLE was seen to do, or its source says.

The other half of the proof is that MicroPython's own stubs know its names: test_bluetooth_stubs.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakGATTProtocolError
from bumble.device import Device

from tests.firmware.node import Node
from tests.firmware.node_log import wait
from tests.radio.air import Air
from tests.radio.bleak_bumble import make_backends
from tests.radio.conftest import HOST
from tests.radio.prompt import Ask, prompt
from tests.radio.waiting import until
from upturn.wire.gatt import assigned

NODE = "24:0A:C4:00:00:03"
LEVEL, CONTROL, PLAIN = (assigned(number) for number in (0x2A19, 0x2A1A, 0x2A1B))
ENODEV, ENOMEM, STALE = "errno 19", "errno 12", "errno -128"
CONNECTED, DISCONNECTED, WRITTEN, INDICATED, MTU, ENCRYPTED = 1, 2, 3, 20, 21, 28


async def connected(host: Device) -> BleakClient:
    scanner, backend = make_backends(host)
    found = await BleakScanner.find_device_by_address(NODE, 5.0, backend=scanner)
    assert found is not None
    client = BleakClient(found, backend=backend)
    await client.connect()
    return client


async def events(ask: Ask, number: int) -> list[tuple[Any, ...]]:
    """What the handler got of one kind, when there is any."""
    found: list[tuple[Any, ...]] = []
    while not found:
        found = [event for event in ast.literal_eval(await ask("events")) if event[0] == number]
    return found


async def test_nothing_works_before_it_is_active(tmp_path: Path, air: Air, bits: int) -> None:
    async with prompt(tmp_path, air, bits) as ask:
        for call in (
            "ble.config(mtu=247)",
            "ble.config('mac')",
            "advertise()",
            "ble.gatts_register_services(())",
            "ble.gatts_notify(1, 1, b'')",
        ):
            assert await ask(call) == ENODEV
        assert await ask("ble.active()") == "False"
        assert await ask("ble.active(True)") == "True"
        assert await ask("ble.config('mac')[1].hex()") == NODE.replace(":", "").lower()


def test_a_board_without_a_radio_has_no_such_module(tmp_path: Path, micropython: int) -> None:
    with Node(tmp_path, bits=micropython, files={"main.py": b"import bluetooth"}) as node:
        wait(lambda: "no module named 'bluetooth'" in node.printed() or None, 10.0, "error")


async def test_the_buffers_of_an_event_are_good_during_the_call_only(
    tmp_path: Path, air: Air, host: Device, bits: int
) -> None:
    async with prompt(tmp_path, air, bits) as ask:
        await ask("begin()")
        client = await connected(host)
        ((_, _, kind, address),) = await events(ask, CONNECTED)
        assert (kind, address) == (0, bytes.fromhex(HOST.replace(":", "")))
        assert await ask("bytes(kept[0])") == str(b"\xee" * 6)
        await client.disconnect()


@pytest.mark.parametrize(("settings", "mtu"), [("", 23), ("mtu=247", 247)])
async def test_the_mtu_stays_small_unless_it_is_asked_for(
    tmp_path: Path, air: Air, host: Device, micropython: int, settings: str, mtu: int
) -> None:
    async with prompt(tmp_path, air, micropython) as ask:
        await ask(f"begin({settings})")
        client = await connected(host)
        assert client.mtu_size == mtu
        assert [event[2] for event in await events(ask, MTU)] == [mtu]
        await client.disconnect()


async def test_a_value_has_20_bytes_unless_it_is_given_a_buffer(
    tmp_path: Path, air: Air, host: Device, micropython: int
) -> None:
    async with prompt(tmp_path, air, micropython) as ask:
        await ask("begin(mtu=247)")
        client = await connected(host)
        await client.write_gatt_char(PLAIN, bytes(range(60)), response=True)
        await events(ask, WRITTEN)
        assert await ask("ble.gatts_read(plain)") == str(bytes(range(20)))
        await ask("ble.gatts_set_buffer(plain, 60)")
        await client.write_gatt_char(PLAIN, bytes(range(60)), response=True)
        while not (await ask("len(events)")).startswith("4"):
            pass
        assert await ask("len(ble.gatts_read(plain))") == "60"
        await client.disconnect()


async def test_an_encrypted_write_without_encryption_is_refused_with_0x05(
    tmp_path: Path, air: Air, host: Device, micropython: int
) -> None:
    async with prompt(tmp_path, air, micropython) as ask:
        await ask("begin()")
        client = await connected(host)
        with pytest.raises(BleakGATTProtocolError) as refused:
            await client.write_gatt_char(CONTROL, b"x", response=True)
        assert int(refused.value.code) == 5
        await client.disconnect()


async def test_a_bond_is_two_secrets_under_the_hosts_address_and_restores_the_next_link(
    tmp_path: Path, air: Air, host: Device, bits: int
) -> None:
    async with prompt(tmp_path, air, bits) as ask:
        await ask("begin(bond=True, le_secure=True)")
        client = await connected(host)
        await client.pair()
        await client.write_gatt_char(CONTROL, b"x", response=True)
        assert [event[2:] for event in await events(ask, ENCRYPTED)] == [(1, 0, 1, 16)]
        key = b"\0" + bytes.fromhex(HOST.replace(":", ""))[::-1]
        kept = "sorted(k for k in secrets if k[0] < 10)"
        while await ask(f"len({kept})") != "2":  # they come one after the other, after the bond
            pass
        assert await ask(kept) == str([(1, key), (2, key)])
        await client.start_notify(LEVEL, lambda _, value: None)
        with pytest.raises(BleakGATTProtocolError) as refused:
            await client.stop_notify(LEVEL)
        assert int(refused.value.code) == 5
        await client.disconnect()
        await events(ask, DISCONNECTED)
        await ask("[events.clear(), advertise()]")
        await client.connect()
        assert [event[2:] for event in await events(ask, ENCRYPTED)] == [(1, 0, 1, 16)]
        await client.disconnect()


async def test_without_bonding_a_pairing_encrypts_and_leaves_no_secret(
    tmp_path: Path, air: Air, host: Device, micropython: int
) -> None:
    async with prompt(tmp_path, air, micropython) as ask:
        await ask("begin()")
        client = await connected(host)
        await client.pair()
        assert [event[2:] for event in await events(ask, ENCRYPTED)] == [(1, 0, 0, 16)]
        assert await ask("[k for k in secrets if k[0] < 10]") == "[]"
        await client.disconnect()


async def test_a_radio_that_takes_nothing_is_enomem_and_gives_what_it_had_later(
    tmp_path: Path, air: Air, host: Device, bits: int
) -> None:
    async with prompt(tmp_path, air, bits) as ask:
        await ask("begin()")
        client = await connected(host)
        values: list[bytes] = []
        await client.start_notify(LEVEL, lambda _, value: values.append(bytes(value)))
        air.silence(HOST, NODE)
        assert await ask("notify(20)") == "8"
        assert values == []
        air.resume(HOST, NODE)
        await until(lambda: len(values) == 12)
        assert await ask("notify(5)") == "0"
        await client.disconnect()


async def test_a_link_that_is_gone_is_a_stale_handle(
    tmp_path: Path, air: Air, host: Device, micropython: int
) -> None:
    async with prompt(tmp_path, air, micropython) as ask:
        await ask("begin()")
        client = await connected(host)
        await events(ask, CONNECTED)
        assert await ask("ble.gap_disconnect(link())") == "True"
        await events(ask, DISCONNECTED)
        await until(lambda: not client.is_connected)
        assert await ask("ble.gatts_notify(link(), level, b'x')") == STALE
        assert await ask("ble.gap_disconnect(link())") == "False"


async def test_a_link_ends_advertising_and_while_it_lasts_there_is_no_connectable_one(
    tmp_path: Path, air: Air, host: Device, micropython: int
) -> None:
    async with prompt(tmp_path, air, micropython) as ask:
        await ask("begin()")
        client = await connected(host)
        await events(ask, CONNECTED)
        node = air.find(NODE)
        assert node is not None
        assert not node.le_legacy_advertiser.enabled
        assert await ask("advertise()") == ENOMEM
        assert await ask("advertise(False)") == "None"
        await until(lambda: node.le_legacy_advertiser.enabled)
        await client.disconnect()


async def test_an_indication_is_done_when_the_host_confirms_it(
    tmp_path: Path, air: Air, host: Device, micropython: int
) -> None:
    async with prompt(tmp_path, air, micropython) as ask:
        await ask("begin()")
        client = await connected(host)
        values: list[bytes] = []
        await client.start_notify(CONTROL, lambda _, value: values.append(bytes(value)))
        await events(ask, CONNECTED)
        await ask("ble.gatts_indicate(link(), control, b'answer')")
        ((_, _, handle, status),) = await events(ask, INDICATED)
        assert (values, str(handle), status) == ([b"answer"], await ask("control"), 0)
        await client.disconnect()


async def test_a_handler_that_raises_is_never_called_again(
    tmp_path: Path, air: Air, host: Device, micropython: int
) -> None:
    async with prompt(tmp_path, air, micropython) as ask:
        await ask("begin()")
        await ask("ble.irq(lambda event, data: [events.append((event,)), 1 // 0])")
        client = await connected(host)
        await events(ask, CONNECTED)
        await client.disconnect()
        await until(lambda: air.find(NODE) is not None)
        assert await ask("events") == "[(1,)]"


@pytest.mark.parametrize("hz", [25, 50, 100])
async def test_nothing_is_lost_at_any_rate(
    tmp_path: Path, air: Air, host: Device, micropython: int, hz: int
) -> None:
    async with prompt(tmp_path, air, micropython) as ask:
        await ask("begin(mtu=247)")
        client = await connected(host)
        numbers: list[int] = []
        await client.start_notify(
            LEVEL, lambda _, value: numbers.append(int.from_bytes(value[:2], "little"))
        )
        await ask(f"asyncio.create_task(stream({hz}, {hz}))")
        await until(lambda: len(numbers) == hz)
        assert numbers == list(range(hz))
        await client.disconnect()
