# SPDX-License-Identifier: MIT
"""Whatever a peer does: nothing ends, nothing wrong is fed, and no alarm is cleared."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest
from bumble import att
from bumble.device import Connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.radio.fake_ble_node import FakeBleNode
from tests.radio.waiting import PATIENCE_S, until
from tests.transports.ble.world import World
from upturn.core.events import AlarmChanged, Event
from upturn.core.limits import DEVICES, DeviceKind, custom_profile
from upturn.core.pipeline import Pipeline
from upturn.service.table import TableService
from upturn.transports.ble import link
from upturn.transports.ble.bluetooth import Bluetooth
from upturn.transports.ble.link import BURST, MOST_HZ, BleLink
from upturn.transports.source import Arrival
from upturn.wire.crc24 import CHECK_BYTES
from upturn.wire.decode import decode
from upturn.wire.framing import Deframer
from upturn.wire.messages import Measurement
from upturn.wire.vocabulary import Verb

GOOD = "connected to den by Bluetooth"
VALUES = [b"", b"\x00", b"\x7e" * 30, b"\x7d", b"\xff" * 244, bytes(range(244)), b"\x11" * 4]
HEARD_BEFORE = 5


def is_measurement(value: bytes) -> bool:
    return isinstance(decode(value[:-CHECK_BYTES]), Measurement)


class Impostor(FakeBleNode):
    """It takes commands from anybody, over a link that nobody has encrypted."""

    trusted = True

    def _written(self, connection: Connection, value: bytes) -> None:
        self.obey(value[1], Verb(value[2]), value[3:-3])


async def test_values_that_are_no_messages_cost_nothing(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            for value in VALUES * 5:
                node.notify(value)
            await watch.streams(20)
            assert (watch.words, watch.source._chunks.stream.counts.lost) == (GOOD, 0)


async def test_values_that_are_longer_than_any_message_are_dropped(world: World) -> None:
    async with world.node(mtu=517) as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            for _ in range(5):
                node.notify(b"\x11" * 510)
            await watch.streams(20)
            counts = watch.source._chunks.stream.counts
            assert (watch.words, counts.bad_frames, counts.lost) == (GOOD, 5, 0)


async def test_what_was_said_before_is_not_heard_again(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams(20)
            node.silent = True
            await until(lambda: len(watch.samples) == watch.source._chunks.stream.counts.samples)
            heard = len(watch.samples)
            node.replay(50)
            node.replay(50)
            await watch.says("is silent")
            assert len(watch.samples) == heard


async def test_nor_over_the_next_link(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams(20)
            old = list(node.notified)
            await node.drop()
            await watch.streams()
            before_s = watch.samples[-1].t_s
            for value in old * 3:
                node.notify(value)
            await watch.streams(20)
            later = [sample.t_s for sample in watch.samples if sample.t_s > before_s]
            assert watch.samples[-len(later) :] == sorted(watch.samples[-len(later) :])


async def test_a_flood_ends_the_link_and_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a tenth of the credit: on a slow machine no flood is as fast as the true one allows."""
    monkeypatch.setattr(link, "BURST", BURST / 10)
    monkeypatch.setattr(link, "MOST_HZ", MOST_HZ / 10)
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            begun_s, before = time.monotonic(), len(watch.chunks)
            node.flood(3000)
            await watch.says("waiting for den: it sends more than any node does. Switch it off")
            allowed = (BURST + MOST_HZ * (time.monotonic() - begun_s)) / 10
            assert len(watch.chunks) - before <= allowed + 10
            await watch.streams()


async def test_a_peer_that_becomes_another_node_in_mid_link_is_heard_no_more(
    world: World,
) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            node.node_id = "0123456789ab"
            heard = len(watch.samples)
            node.say("HELLO", node.hello())
            await watch.says("another node (0123456789ab) answers at its address")
            assert len(watch.samples) - heard < HEARD_BEFORE * 2
            assert {chunk.info.node for chunk in watch.chunks if chunk.info} == {"den"}
            assert watch.source.hello is not None
            assert watch.source.hello.node_id == "240ac4000001"


async def test_answers_to_what_nobody_has_asked_change_nothing(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            for id_ in range(20):
                for verb in (Verb.READ_INFO, Verb.SET_PROFILE, Verb.ACKNOWLEDGE):
                    answer = {"id": 100 + id_, "verb": verb, "result": 2, "reason": "\x1b[2J"}
                    node.say("ANSWER", answer)
            await watch.streams(20)
            assert watch.words == GOOD


async def test_one_of_the_same_name_and_id_is_not_even_connected_to(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        await node.power_off()
        impostor = Impostor(world.air, address="24:0A:C4:00:00:66", node_id=node.node_id)
        async with impostor, world.watching("den") as watch:
            await watch.says("not in sight")
            assert (watch.samples, impostor.disconnects, impostor.heard) == ([], 0, [])
            await node.power_on()
            await watch.streams()


async def test_nor_is_one_heard_that_has_its_address_too_but_not_the_bond(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
    async with Impostor(world.air) as impostor, world.watching() as watch:
        await until(lambda: impostor.disconnects >= 3)
        assert watch.samples == []
        assert GOOD not in watch.said


async def test_one_that_ends_every_link_at_once_holds_up_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node(name="attic") as node, world.node(name="flap") as other:
        for one in (node, other):
            await world.pair(one)
        written = FakeBleNode._written

        def flap(one: FakeBleNode, connection: Connection, value: bytes) -> None:
            if one is other:
                one._soon(one.drop())
            else:
                written(one, connection, value)

        with monkeypatch.context() as patch:
            patch.setattr(FakeBleNode, "_written", flap)
            await other.power_off()
            await other.power_on()
            async with world.watching("attic") as watch, world.watching("flap") as flapping:
                await flapping.says("it is there, but")
                await watch.streams()
                await node.drop()
                await watch.streams()
                patch.undo()
                await other.power_off()
                await other.power_on()
                await flapping.streams()


async def test_one_that_answers_each_write_with_an_error_is_not_believed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(node: FakeBleNode, connection: Connection, value: bytes) -> None:
        raise att.ATT_Error(0x80)

    async with world.node() as node:
        await world.pair(node)
        async with world.watching() as watch:
            await watch.streams()
            with monkeypatch.context() as patch:
                patch.setattr(FakeBleNode, "_written", refuse)
                await node.power_off()
                await node.power_on()
                await watch.says("Bluetooth failed (")
            await node.power_off()
            await node.power_on()
            await watch.streams()


async def test_no_alarm_is_cleared_by_any_of_it(world: World) -> None:
    """Somebody hangs too long, and what is heard says otherwise."""
    events: list[Event] = []

    def raised_and_not_cleared() -> set[str]:
        on: set[str] = set()
        for event in events:
            if isinstance(event, AlarmChanged):
                (on.discard if event.state == "cleared" else on.add)(str(event.id))
        return on

    def observe(_s: float, _deg: float, heard: Sequence[Event]) -> None:
        events.extend(heard)

    async with world.node() as node:
        await world.pair(node)
        source = world.source()
        table = DEVICES[DeviceKind.TABLE]
        profile = custom_profile("short", {"notice_s": 0.5, "limit_s": 1, "max_angle_deg": 90})
        source.judge_by(profile, table, None)
        pipeline = Pipeline(source.info, profile, table, start_s=source.axis_s(source.host_s()))
        service = TableService(pipeline, source, observer=observe)
        task = asyncio.create_task(service.run())
        try:
            await until(lambda: len(node.notified) > 8)
            upright = [value for value in node.notified if is_measurement(value)]
            node.angle_deg = 50.0
            await until(lambda: "time_limit" in raised_and_not_cleared())
            node.silent = True
            loop = asyncio.get_running_loop()
            end_s = loop.time() + PATIENCE_S
            while "signal_lost" not in raised_and_not_cleared() and loop.time() < end_s:
                for value in (*upright, *VALUES):
                    node.notify(value)
                node.say("ANSWER", {"id": 1, "verb": Verb.ACKNOWLEDGE, "result": 0, "reason": ""})
                await asyncio.sleep(0.1)
            assert raised_and_not_cleared() >= {"time_limit", "signal_lost"}
        finally:
            task.cancel()
            await asyncio.wait({task})


class _NoClient:
    def __init__(self, *_: object, **__: object) -> None:
        pass

    async def disconnect(self) -> None:
        pass


class _Ears:
    def __init__(self) -> None:
        self.messages = 0

    def hear(self, arrival: Arrival) -> None:
        self.messages += len(Deframer().feed(arrival.data))

    def lost(self) -> None:
        pass


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=600)), max_size=20))
@settings(max_examples=60)
def test_no_value_raises_or_is_more_than_one_message(values: list[tuple[bool, bytes]]) -> None:
    async def hear() -> tuple[int, int]:
        backend: Any = _NoClient
        link = BleLink(Bluetooth(backend, backend), "24:0A:C4:00:00:01", lambda: 0.0)
        link.ears = ears = _Ears()
        link._open = link._proved = True
        for is_answer, value in values:
            take: Any = link._on_answer if is_answer else link._on_message
            take(None, bytearray(value))
        link.close()
        await link.closed()
        return ears.messages, len(values)

    heard, said = asyncio.run(hear())
    assert heard <= said
