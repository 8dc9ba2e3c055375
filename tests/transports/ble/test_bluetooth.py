# SPDX-License-Identifier: MIT
"""One radio for all: scans are shared, connections take turns, and what is missing is told."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import pytest
from bleak.backends.device import BLEDevice
from bleak.exc import BleakBluetoothNotAvailableReason as Reason
from bleak.exc import BleakError

from tests.radio.bleak_bumble import BumbleScanner
from tests.radio.waiting import PATIENCE_S, until
from tests.transports.ble.world import LOOK_S, World
from upturn.core.events import Posture
from upturn.transports.ble import bluetooth as module
from upturn.transports.ble import trouble
from upturn.transports.ble.bluetooth import Bluetooth, Sighting, this_bluetooth
from upturn.transports.ble.trouble import BleError, Fact
from upturn.wire.advertisement import Advertised

STARTS = "starts"


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each that was begun."""
    begun: list[str] = []
    start = BumbleScanner.start

    async def count(scanner: BumbleScanner) -> None:
        begun.append(STARTS)
        await start(scanner)

    monkeypatch.setattr(BumbleScanner, "start", count)
    return begun


def anybody(_: Sighting) -> bool:
    return True


def nobody(_: Sighting) -> bool:
    return False


def known(one: Sighting) -> bool:
    """It has said both who it is and what it is called."""
    return one.said is not None and one.name != ""


async def test_a_node_is_seen_with_its_state_and_its_name(world: World) -> None:
    async with world.node() as node:
        node.flags = 0
        node.window_open = False
        node.advertise()
        sighting = await world.bluetooth.sight(known, PATIENCE_S)
        assert sighting is not None
        assert (sighting.address, sighting.name, sighting.rssi) == (node.address, "den", -50)
        assert sighting.bonded is None
        assert sighting.said == Advertised(
            node_id=node.node_id,
            posture=Posture.UNKNOWN,
            priority=0,
            pairing=False,
            in_use=False,
            calibrated=False,
            fault=False,
            battery_low=False,
            battery_percent=80,
        )


async def test_all_that_are_there_are_seen_the_strongest_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node() as den, world.node(name="attic") as attic:
        near_dbm = {den.address: -80, attic.address: -40}
        hear = BumbleScanner.hear

        def hear_from_there(scanner: BumbleScanner, heard: Any) -> None:
            heard.rssi = near_dbm[heard.address.to_string(with_type_qualifier=False)]
            hear(scanner, heard)

        monkeypatch.setattr(BumbleScanner, "hear", hear_from_there)
        seen = await world.bluetooth.sightings(LOOK_S)
        assert [(one.name, one.rssi) for one in seen] == [("attic", -40), ("den", -80)]


async def test_what_is_not_there_is_looked_for_so_long_and_no_longer(
    world: World, scans: list[str]
) -> None:
    assert await world.bluetooth.sight(anybody, 0.1) is None
    assert await world.bluetooth.sightings(0.1) == []
    await world.bluetooth.end()
    assert (scans, world.host.is_scanning) == ([STARTS] * 2, False)


async def test_one_scan_serves_all_who_look(world: World, scans: list[str]) -> None:
    async with world.node():
        found = await asyncio.gather(
            world.bluetooth.sight(known, PATIENCE_S),
            world.bluetooth.sight(anybody, PATIENCE_S),
            world.bluetooth.sight(nobody, 0.3),
        )
        assert [one is not None for one in found] == [True, True, False]
    assert scans == [STARTS]


async def test_a_scan_that_finds_nothing_for_long_is_begun_anew(
    world: World, scans: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SCAN_S", 0.1)
    assert await world.bluetooth.sight(nobody, 0.35) is None
    assert len(scans) >= 3


class Client:
    """What connects, as the test says."""

    def __init__(self, connect: Callable[[], Awaitable[None]]) -> None:
        self.connect = connect


def connecting(bluetooth: Bluetooth, connect: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    client: Any = Client(connect)
    return asyncio.create_task(bluetooth.connect(client))


async def hang() -> None:
    await asyncio.Event().wait()


async def test_nobody_scans_while_somebody_connects(world: World, scans: list[str]) -> None:
    bluetooth = world.bluetooth
    looking = asyncio.create_task(bluetooth.sight(nobody, PATIENCE_S))
    await until(lambda: world.host.is_scanning)

    async def connect() -> None:
        assert not world.host.is_scanning
        await asyncio.sleep(0.05)
        assert scans == [STARTS]

    await connecting(bluetooth, connect)
    await until(lambda: world.host.is_scanning)
    looking.cancel()
    await asyncio.wait({looking})
    await bluetooth.end()
    assert not world.host.is_scanning


async def test_who_connect_take_turns_and_do_not_wait_for_who_looks(world: World) -> None:
    bluetooth = world.bluetooth
    looking = asyncio.create_task(bluetooth.sight(nobody, PATIENCE_S))
    await until(lambda: world.host.is_scanning)
    order: list[str] = []

    def connect(name: str) -> asyncio.Task[None]:
        async def work() -> None:
            order.append(name)
            await asyncio.sleep(0.02)
            order.append(name)

        return connecting(bluetooth, work)

    async with asyncio.timeout(PATIENCE_S):
        first = connect("a")
        await until(lambda: order)
        await asyncio.gather(first, connect("b"), connect("c"))
    assert order == list("aabbcc")
    looking.cancel()
    await asyncio.wait({looking})


@pytest.mark.parametrize(
    ("needed_by", "patience_s"),
    [("who connects", 60.0), ("who hurries", 60.0), ("nobody", 0.5)],
)
async def test_a_connection_that_hangs_has_the_radio_for_less_long_while_it_is_needed(
    world: World, monkeypatch: pytest.MonkeyPatch, needed_by: str, patience_s: float
) -> None:
    """Else a node that is there and refuses would keep another from coming back."""
    monkeypatch.setattr(module, "CROWDED_S", 0.1)
    monkeypatch.setattr(module, "HURRIED_S", 0.1)
    monkeypatch.setattr(module, "CONNECT_S", patience_s)
    monkeypatch.setattr(trouble, "LOOK_S", 0.02)
    bluetooth, begun_s = world.bluetooth, time.monotonic()
    first = connecting(bluetooth, hang)
    await asyncio.sleep(0)
    with ExitStack() as stack:
        others = set()
        if needed_by == "who hurries":
            stack.enter_context(bluetooth.urgent())
        elif needed_by == "who connects":
            others = {connecting(bluetooth, hang)}
        with pytest.raises(BleError, match="the node does not answer"):
            await first
    took_s = time.monotonic() - begun_s
    assert (took_s < patience_s) is (needed_by != "nobody")
    for other in others:
        other.cancel()
        await asyncio.wait({other})


async def test_who_has_just_lost_a_node_goes_before_all_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TURN_S", 0.01)
    bluetooth = world.bluetooth
    order: list[str] = []

    async def others() -> None:
        order.append("other")

    async def mine() -> None:
        order.append("mine")

    with bluetooth.urgent():
        waiting = [connecting(bluetooth, others) for _ in range(3)]
        await asyncio.sleep(0.05)
        assert order == []
        client: Any = Client(mine)
        await bluetooth.connect(client, urgent=True)
    await asyncio.gather(*waiting)
    assert order == ["mine", "other", "other", "other"]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="a loop that hangs needs an alarm")
@pytest.mark.parametrize("turns", range(16))
async def test_who_stops_waiting_for_the_radio_stops_nothing_else(
    monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    """In whichever turn of the loop: a scan that found the lock free, and somebody still waiting,
    would go round for ever, and the loop, with every table, would stand still."""

    class Scanner(BumbleScanner):
        async def start(self) -> None:
            await asyncio.sleep(0)

        async def stop(self) -> None:
            for _ in range(3):
                await asyncio.sleep(0)

    def too_late(*_: object) -> None:
        raise AssertionError("the loop stands still")

    before = signal.signal(signal.SIGALRM, too_late)
    signal.setitimer(signal.ITIMER_REAL, 5.0)
    try:
        bluetooth = Bluetooth(Scanner, None)
        looking = asyncio.create_task(bluetooth.sight(nobody, 60.0))
        await asyncio.sleep(0.01)
        waiting = connecting(bluetooth, hang)
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting}, timeout=1.0)
        await asyncio.sleep(0.02)
        looking.cancel()
        await asyncio.wait({looking})
        await bluetooth.end()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


async def test_who_stops_connecting_leaves_the_radio_to_others(world: World) -> None:
    first = connecting(world.bluetooth, hang)
    await asyncio.sleep(0.02)
    first.cancel()
    await asyncio.wait({first})
    async with world.node():
        assert await world.bluetooth.sight(anybody, PATIENCE_S) is not None


async def test_a_scan_that_cannot_be_is_told_to_all_who_look(world: World) -> None:
    await world.adapter.take_away(Reason.POWERED_OFF)
    told = await asyncio.gather(
        *(world.bluetooth.sight(anybody, PATIENCE_S) for _ in range(2)), return_exceptions=True
    )
    assert [isinstance(fault, BleError) and fault.why for fault in told] == [
        "Bluetooth is switched off"
    ] * 2
    assert told[0] is not told[1]
    world.adapter.give_back()
    async with world.node():
        assert await world.bluetooth.sight(anybody, PATIENCE_S) is not None


async def test_a_scan_that_does_not_begin_takes_bounded_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_: BumbleScanner) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "START_S", 0.1)
    monkeypatch.setattr(BumbleScanner, "start", hang)
    with pytest.raises(BleError, match="does not answer"):
        await world.bluetooth.sight(anybody, PATIENCE_S)


async def test_a_radio_that_is_gone_while_it_scans_ends_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: BumbleScanner) -> None:
        raise BleakError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(BumbleScanner, "stop", fail)
        assert await world.bluetooth.sight(anybody, 0.1) is None
        await world.bluetooth.end()


class _NoPlatform:
    def __init__(self, *_: object, **__: object) -> None:
        raise BleakError("Unsupported platform: Plan9")


async def test_where_there_is_no_bluetooth_for_programs_it_is_told() -> None:
    backend: Any = _NoPlatform
    bluetooth = Bluetooth(backend, backend)
    with pytest.raises(BleError, match="Unsupported platform: Plan9") as caught:
        await bluetooth.sight(anybody, PATIENCE_S)
    assert caught.value.fact is Fact.OTHER
    with pytest.raises(BleError, match="Unsupported platform: Plan9"):
        bluetooth.client("24:0A:C4:00:00:01", lambda: None)
    await bluetooth.end()


async def test_there_is_one_for_all_that_run_on_a_loop() -> None:
    mine = this_bluetooth()
    assert mine is this_bluetooth()
    assert await asyncio.to_thread(lambda: asyncio.run(_ask())) is not mine
    await mine.end()


async def _ask() -> Bluetooth:
    return this_bluetooth()


@pytest.mark.parametrize(
    ("details", "bonded"),
    [
        (None, None),
        ({"path": "/org/bluez/hci0/dev_1"}, None),
        ({"props": {}}, None),
        ({"props": {"Paired": 1}}, None),
        ({"props": {"Paired": True}}, True),
        ({"props": {"Paired": False}}, False),
    ],
)
def test_whether_it_is_bonded_is_known_where_the_system_tells(
    details: Any, bonded: bool | None
) -> None:
    device = BLEDevice("24:0A:C4:00:00:01", "den", details)
    assert Sighting(device, device.address, "den", -50, None).bonded is bonded
