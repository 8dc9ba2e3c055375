# SPDX-License-Identifier: MIT
"""Two hosts that hear one node: one tells of it, and the other is there when that one is gone."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.integration.mqtt.home import Home, until
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener, retained
from upturn.sinks.mqtt import owner, presence

TAKES_OVER_S = 2.0
NODES = [f"node-{n}" for n in range(25)]


@pytest.fixture
def listener(broker: Mosquitto) -> Iterator[Listener]:
    with Listener(broker) as listener:
        yield listener


@pytest.fixture
async def one(broker: Mosquitto, listener: Listener) -> AsyncIterator[Home]:
    """It was first, and owns the node."""
    async with Home(broker.port, "one") as home:
        home.watch("attic").tell("upright 2s")
        await home.works()
        yield home


@pytest.fixture
async def two(broker: Mosquitto, one: Home) -> AsyncIterator[Home]:
    """It hears the same node, and stands by."""
    async with Home(broker.port, "two") as home:
        home.watch("attic").tell("upright 2s")
        await home.works()
        yield home


def told_by(listener: Listener, node: str = "attic") -> list[str]:
    """The hosts that told something of a node, other than that they would like to."""
    listener.settle()
    hosts = [json.loads(m.payload)["host"] for m in listener.messages(f"upturn/{node}/state")]
    hosts += [json.loads(m.payload)["host"] for m in listener.messages(f"upturn/{node}/event")]
    hosts += [json.loads(m.payload)["host"] for m in listener.messages(f"upturn/{node}/alarms")]
    for message in listener.messages(f"homeassistant/device/upturn-{node}/config"):
        hosts.append(message.json["availability"][0]["topic"].split("/")[1])
    return sorted(set(hosts))


def owner_of(broker: Mosquitto, node: str = "attic") -> str:
    topic = f"upturn/{node}/owner"
    return str(json.loads(retained(broker, topic)[topic])["host"])


async def test_the_second_of_two_hosts_stands_by_and_says_nothing_of_the_node(
    broker: Mosquitto, listener: Listener, one: Home, two: Home
) -> None:
    for home in (one, two):
        home.tables[0].tell("upright 1s; button; upright 1s")
    await listener.hears(topic="upturn/attic/event", event_type="distress")
    count = len(listener.messages("upturn/attic/state"))
    await until(lambda: len(listener.messages("upturn/attic/state")) > count + 1)
    assert told_by(listener) == ["one"]
    assert owner_of(broker) == "one"
    assert len(listener.messages("upturn/attic/event")) == 1


async def test_who_stands_by_takes_over_when_the_owner_dies_and_tells_what_it_did_not(
    broker: Mosquitto, listener: Listener, one: Home, two: Home
) -> None:
    two.tables[0].tell("at 50 2s; button; at 50 1s")
    died_s = time.monotonic()
    await one.die()
    said = await listener.hears(topic="upturn/attic/event", event_type="distress")
    assert said.at_s - died_s < TAKES_OVER_S
    assert said.json["host"] == "two"
    await until(lambda: owner_of(broker) == "two")
    await until(lambda: b"online" in retained(broker, "upturn/attic/availability").values())
    kept = retained(broker, "#")
    assert json.loads(kept["upturn/attic/alarms"])["host"] == "two"
    assert json.loads(kept["upturn/attic/alarms"])["high"] is True
    config = json.loads(kept["homeassistant/device/upturn-attic/config"])
    assert config["availability"] == [{"topic": "upturn/two/availability"}]


async def test_who_takes_over_does_not_tell_what_is_long_past(
    listener: Listener, one: Home, two: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "OVERLAP_S", 0.3)
    outbox = two.tables[0].kept.outbox
    two.tables[0].tell("at 50 2s; to -80 in 2s; upright 1s")
    assert len(outbox) > 0
    await until(lambda: not len(outbox))
    await one.die()
    two.tables[0].tell("button; upright 1s")
    await listener.hears(topic="upturn/attic/event", event_type="distress")
    assert [e["event_type"] for e in listener.json("upturn/attic/event")] == ["distress"]


async def test_who_comes_back_stands_by(
    broker: Mosquitto, listener: Listener, one: Home, two: Home
) -> None:
    await one.die()
    await until(lambda: owner_of(broker) == "two")
    async with Home(broker.port, "one") as back:
        back.watch("attic").tell("upright 2s")
        await back.works()
        listener.settle()
        since = len(listener.messages("upturn/attic/state"))
        await until(lambda: len(listener.messages("upturn/attic/state")) > since + 1)
        hosts = {said["host"] for said in listener.json("upturn/attic/state")[since:]}
        assert hosts == {"two"}
        assert owner_of(broker) == "two"


async def test_of_two_hosts_that_start_at_once_one_announces_each_node(
    broker: Mosquitto, listener: Listener
) -> None:
    async with Home(broker.port, "one") as one, Home(broker.port, "two") as two:
        for home in (one, two):
            for node in NODES:
                home.watch(node).tell("upright 1s")
        await asyncio.gather(one.works(), two.works())
        await until(lambda: all(told_by(listener, node) for node in NODES))
        for node in NODES:
            assert told_by(listener, node) == [owner_of(broker, node)]


async def test_a_host_that_hears_the_node_takes_it_from_one_that_does_not(
    broker: Mosquitto,
    listener: Listener,
    one: Home,
    two: Home,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(owner, "SILENT_S", 1.5)
    one.tables[0].tell("silence 15s")
    await until(lambda: b"offline" in retained(broker, "upturn/attic/availability").values())
    await until(lambda: owner_of(broker) == "two")
    await until(lambda: b"online" in retained(broker, "upturn/attic/availability").values())
    assert retained(broker, "upturn/one/availability").popitem()[1] == b"online"


async def test_a_host_that_does_not_hear_the_node_either_leaves_it_where_it_is(
    broker: Mosquitto,
    listener: Listener,
    one: Home,
    two: Home,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(owner, "SILENT_S", 0.1)
    two.tables[0].tell("silence 15s")
    one.tables[0].tell("silence 15s")
    await listener.hears(topic="upturn/attic/event", event_type="signal_lost")
    count = len(listener.messages("upturn/attic/state"))
    await until(lambda: len(listener.messages("upturn/attic/state")) > count + 2)
    assert owner_of(broker) == "one"


async def test_tables_of_two_hosts_do_not_clash(
    broker: Mosquitto, listener: Listener, one: Home
) -> None:
    one.watch("cellar").tell("upright 1s")
    async with Home(broker.port, "two") as two:
        two.watch("garret").tell("upright 1s")
        await two.works()
        nodes = ("attic", "cellar", "garret")
        await until(lambda: all(told_by(listener, node) for node in nodes))
        assert [told_by(listener, node) for node in nodes] == [["one"], ["one"], ["two"]]
        messages = [json.loads(m) for m in retained(broker, "homeassistant/#").values()]
        ids = [c["unique_id"] for m in messages for c in m["cmps"].values() if "unique_id" in c]
        assert len(messages) == 3
        assert len(ids) == len(set(ids)) > 0


async def test_a_command_is_obeyed_by_the_owner_alone_and_answered_once(
    listener: Listener, one: Home, two: Home
) -> None:
    listener.publish("upturn/attic/command/test_alarm", b"PRESS")
    await listener.hears(topic="upturn/attic/event", event_type="command_done")
    await listener.hears(topic="upturn/attic/event", event_type="test_alarm")
    await one.delivered()
    assert [home.tables[0].alarm("test_alarm") for home in (one, two)] == ["raised", ""]
    assert told_by(listener) == ["one"]
    assert len(listener.messages("upturn/attic/event")) == 2


async def test_who_stands_by_has_nothing_left_to_tell_when_it_ends(one: Home, two: Home) -> None:
    two.tables[0].tell("upright 1s; button; upright 1s")
    began_s = time.monotonic()
    await two.stop()
    assert time.monotonic() - began_s < 1.0
    assert two.link.untold == 0
