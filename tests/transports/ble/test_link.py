# SPDX-License-Identifier: MIT
"""A link is believed after it was proved, bounded in time, and says why it ended."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from bumble.gatt import Characteristic, Service

from tests.radio.fake_ble_node import FakeBleNode
from tests.radio.waiting import until
from tests.transports.ble.world import HOST, World
from upturn.transports.ble import bluetooth
from upturn.transports.ble import link as module
from upturn.transports.ble.link import WAITING, BleLink
from upturn.transports.ble.trouble import BleError, Fact
from upturn.transports.source import Arrival
from upturn.wire import gatt
from upturn.wire.commands import ACKNOWLEDGE, IDENTIFY, READ_INFO, encode_command
from upturn.wire.decode import decode
from upturn.wire.framing import Deframer
from upturn.wire.messages import Answer, Hello, Measurement, Short
from upturn.wire.vocabulary import Result, Verb


class Ears:
    def __init__(self) -> None:
        self.heard: list[object] = []
        self.losses = 0

    def hear(self, arrival: Arrival) -> None:
        self.heard += [decode(message) for message in Deframer().feed(arrival.data)]

    def lost(self) -> None:
        self.losses += 1

    def kinds(self) -> set[type]:
        return {type(said) for said in self.heard}


async def proved(link: BleLink, node: FakeBleNode) -> Ears:
    await link.reach()
    await link.prove(node.node_id)
    link.ears = ears = Ears()
    return ears


async def fails(work: Any) -> tuple[Fact, str]:
    with pytest.raises(BleError) as caught:
        await work
    return caught.value.fact, caught.value.why


async def test_a_proved_link_has_the_greeting_and_hands_on_what_comes(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.link(node) as link:
            ears = await proved(link, node)
            assert (link.where, link.device) == ("by Bluetooth", "Bluetooth")
            (greeting,) = Deframer().feed(link.greeting)
            assert decode(greeting) == link.hello
            assert link.send(encode_command(1, READ_INFO))
            await until(lambda: {Measurement, Hello, Answer} <= ears.kinds())
            link.close()
            heard = len(ears.heard)
            await link.closed()
        assert (len(ears.heard), ears.losses, node.connection) == (heard, 0, None)


async def test_nothing_is_handed_on_before(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ASK_AGAIN_S", 0.1)
    async with world.node() as node:
        await world.pair(node)
        node.mute_on.add(Verb.READ_INFO)
        async with world.link(node) as link:
            link.ears = ears = Ears()
            await link.reach()
            assert await fails(link.prove(node.node_id)) == (
                Fact.ABSENT,
                "the node does not answer",
            )
            await until(lambda: node.notified)
        assert ears.heard == []


async def test_an_answer_to_another_command_proves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ASK_AGAIN_S", 0.1)
    async with world.node() as node:
        await world.pair(node)
        node.mute_on.add(Verb.READ_INFO)
        async with world.link(node) as link:
            await link.reach()
            proving = asyncio.create_task(link.prove(node.node_id))
            await until(lambda: node.told(Verb.READ_INFO)[1:])  # the first was to pair
            node.say("ANSWER", {"id": 9, "verb": Verb.READ_INFO, "result": 0, "reason": ""})
            node.say("ANSWER", {"id": 0, "verb": Verb.IDENTIFY, "result": 0, "reason": ""})
            assert await fails(proving) == (Fact.ABSENT, "the node does not answer")


async def test_whoever_it_is_may_be_asked(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.link(node) as link:
            await link.reach()
            assert (await link.prove(None)).node_id == node.node_id


async def test_another_node_is_refused(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.link(node) as link:
            await link.reach()
            assert await fails(link.prove("0123456789ab")) == (
                Fact.OTHER,
                f"another node ({node.node_id}) answers at its address",
            )


@pytest.mark.parametrize("error", [0x05, 0x08, 0x0F])
async def test_without_a_bond_commands_are_refused(world: World, error: int) -> None:
    async with world.node() as node, world.link(node) as link:
        node.needs_encryption = error
        await link.reach()
        assert await fails(link.prove(node.node_id)) == (
            Fact.PAIR_FIRST,
            "the node and this computer are not paired",
        )


async def test_where_the_greeting_does_not_fit_it_is_read_each_time_it_is_asked_for(
    world: World,
) -> None:
    async with world.node(mtu=23) as node:
        await world.pair(node)
        async with world.link(node) as link:
            ears = await proved(link, node)
            assert link.hello is not None
            assert link.hello.name == "den"
            node.name = "attic"
            assert link.send(encode_command(1, READ_INFO))
            await until(lambda: Hello in ears.kinds())
            (hello,) = (said for said in ears.heard if isinstance(said, Hello))
            assert hello.name == "attic"
            await until(lambda: Short in ears.kinds())


async def test_one_that_does_not_say_who_it_is_is_not_believed(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        node.version = 3
        async with world.link(node) as link:
            await link.reach()
            proving = asyncio.create_task(link.prove(node.node_id))
            await until(lambda: node.heard[1:])
            node.version = 1
            node.say("ANSWER", {"id": 0, "verb": Verb.READ_INFO, "result": 0, "reason": ""})
            assert await fails(proving) == (Fact.OTHER, "the node does not say who it is")


async def test_what_is_there_and_cannot_be_connected_to_takes_bounded_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bluetooth, "CONNECT_S", 0.2)
    async with world.node() as node:
        await world.takes_up(node)
        async with world.link(node) as link:
            begun_s = time.monotonic()
            assert await fails(link.reach()) == (Fact.ABSENT, "the node does not answer")
            assert time.monotonic() - begun_s < 5.0


async def test_what_has_left_takes_bounded_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bluetooth, "CONNECT_S", 0.2)
    async with world.node() as node, world.link(node) as link:
        await node.power_off()
        begun_s = time.monotonic()
        assert await fails(link.reach()) == (Fact.ABSENT, "the node does not answer")
        assert time.monotonic() - begun_s < 5.0


async def test_a_link_that_breaks_off_while_it_is_proved_says_so(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        node.mute_on.add(Verb.READ_INFO)
        node.heard.clear()
        async with world.link(node) as link:
            await link.reach()
            proving = asyncio.create_task(link.prove(node.node_id))
            await until(lambda: node.heard)
            await node.drop()
            assert await fails(proving) == (Fact.ABSENT, "the connection broke off")


async def test_one_that_ends_in_the_moment_of_its_answer_is_not_taken_for_open(
    world: World,
) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.link(node) as link:
            await link.reach()
            link._proof.add_done_callback(lambda _: link._ended())
            assert await fails(link.prove(node.node_id)) == (
                Fact.ABSENT,
                "the connection broke off",
            )


@pytest.mark.parametrize(
    "services",
    [
        [Service("1234", [])],
        [Service(gatt.SERVICE, [])],
        [
            Service(
                gatt.SERVICE,
                [
                    Characteristic(
                        gatt.MEASUREMENT,
                        Characteristic.Properties(0),
                        Characteristic.Permissions(0),
                    )
                ],
            )
        ]
        * 2,
    ],
)
async def test_what_has_not_all_that_a_node_has_or_twice_is_none(
    world: World, monkeypatch: pytest.MonkeyPatch, services: list[Service]
) -> None:
    monkeypatch.setattr(FakeBleNode, "_services", lambda _: services)
    async with world.node() as node, world.link(node) as link:
        assert await fails(link.reach()) == (
            Fact.OTHER,
            "what answers there is no node of Upturn's",
        )


async def test_one_that_leaves_before_it_was_looked_at_broke_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node() as node, world.link(node) as link:
        connect = link._client.connect

        async def connect_and_lose() -> None:
            await connect()
            await node.drop()
            await until(lambda: not link._client.is_connected)

        monkeypatch.setattr(link._client, "connect", connect_and_lose)
        assert await fails(link.reach()) == (Fact.ABSENT, "the connection broke off")


async def test_the_end_of_a_link_is_told_once(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.link(node) as link:
            ears = await proved(link, node)
            world.air.cut(HOST, node.address)
            await until(lambda: ears.losses)
            assert not link.send(encode_command(1, IDENTIFY))
            await link.drain()
        assert (ears.losses, link.fault) == (1, None)


async def test_commands_wait_for_their_turn_and_are_drained(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        node.heard.clear()
        async with world.link(node) as link:
            await proved(link, node)
            taken = [link.send(encode_command(i, IDENTIFY)) for i in range(WAITING + 1)]
            assert taken == [True] * WAITING + [False]
            await link.drain()
        assert node.told(Verb.IDENTIFY) == [b""] * WAITING


async def test_a_link_that_takes_no_writes_any_more_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GATT_S", 0.2)
    monkeypatch.setattr(module, "DRAIN_S", 0.05)
    async with world.node() as node:
        await world.pair(node)
        async with world.link(node) as link:
            ears = await proved(link, node)
            world.air.silence(HOST, node.address)
            for i in (1, 2):
                assert link.send(encode_command(i, ACKNOWLEDGE))
            await link.drain()  # for a moment at most
            assert ears.losses == 0
            await until(lambda: ears.losses)
            assert link.fault is not None
            assert link.fault.why == "the node does not answer"


async def test_a_write_that_is_refused_for_want_of_a_bond_ends_it_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.node() as node:
        await world.pair(node)
        async with world.link(node) as link:
            ears = await proved(link, node)

            async def refuse(*_: object, **__: object) -> None:
                raise BleError(Fact.PAIR_FIRST, "no bond", "Pair")

            monkeypatch.setattr(link._client, "write_gatt_char", refuse)
            assert link.send(encode_command(1, ACKNOWLEDGE))
            await until(lambda: ears.losses)
            assert link.fault is not None
            assert link.fault.fact is Fact.PAIR_FIRST


async def test_answers_are_handed_on_with_their_words(world: World) -> None:
    async with world.node() as node:
        await world.pair(node)
        node.refuses[Verb.IDENTIFY] = (Result.NOT_NOW, "somebody is inverted")
        async with world.link(node) as link:
            ears = await proved(link, node)
            assert link.send(encode_command(5, IDENTIFY))
            await until(lambda: Answer in ears.kinds())
            (answer,) = (said for said in ears.heard if isinstance(said, Answer))
            assert (answer.id, answer.verb, answer.words) == (
                5,
                Verb.IDENTIFY,
                "not now: somebody is inverted",
            )


async def test_where_the_system_pairs_by_itself_nothing_is_asked_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot() -> None:
        raise NotImplementedError

    async with world.node() as node, world.link(node) as link:
        monkeypatch.setattr(link._client, "pair", cannot)
        monkeypatch.setattr(link._client, "unpair", cannot)
        await link.reach()
        await link.pair()
        await link.unpair()
        assert node.connection is not None


async def test_before_anybody_listens_nothing_is_lost_on_anybody() -> None:
    nobody = module._Nobody()
    nobody.hear(Arrival(0.0))
    nobody.lost()
