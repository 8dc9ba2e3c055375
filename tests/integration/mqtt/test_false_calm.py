# SPDX-License-Identifier: MIT
"""What the broker keeps never says that all is well when nobody knows it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.integration.mqtt.home import Home, until
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener, retained
from upturn.sinks.mqtt import presence, session, teller

OTHERS = json.dumps({"host": "elsewhere", "watched": True, "high": False, "alarms": []})


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ALIVE_S", 0.2)
    monkeypatch.setattr(presence, "LOOK_S", 0.05)


@pytest.fixture
def listener(broker: Mosquitto) -> Iterator[Listener]:
    with Listener(broker) as listener:
        yield listener


def kept(broker: Mosquitto, topic: str) -> bytes:
    return retained(broker, topic).get(topic, b"")


async def test_what_somebody_else_wrote_over_the_alarms_is_told_again(
    broker: Mosquitto, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teller, "REPEAT_S", 0.3)
    async with Home(broker.port) as home:
        home.watch("attic").tell("at 50 61s")
        await home.works()
        listener.publish("upturn/attic/alarms", OTHERS, retain=True)
        listener.publish("upturn/attic/availability", "offline", retain=True)
        await until(lambda: b'"high":true' in kept(broker, "upturn/attic/alarms"))
        await until(lambda: kept(broker, "upturn/attic/availability") == b"online")


async def test_what_says_that_all_is_well_does_not_outlive_broker_and_host(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (teller, session):
        monkeypatch.setattr(module, "EXPIRES_S", 1)
    with Mosquitto(tmp_path_factory.mktemp("kept"), persistence=True) as broker:
        async with Home(broker.port) as home:
            home.watch("calm").tell("upright 2s")
            home.watch("steep").tell("at 50 61s")
            await home.works()
            await until(lambda: b'"high":true' in kept(broker, "upturn/steep/alarms"))
            broker.stop()
        broker.start()
        topics = ("upturn/here/availability", "upturn/calm/availability", "upturn/calm/alarms")
        await until(lambda: not any(b"online" in kept(broker, t) for t in topics))
        await until(lambda: b'"watched":true' not in kept(broker, "upturn/calm/alarms"))
        assert b'"high":true' in kept(broker, "upturn/steep/alarms")


@pytest.mark.parametrize("denied", ["alarms", "availability"])
async def test_a_host_whose_alarms_the_broker_does_not_take_is_not_online(
    tmp_path_factory: pytest.TempPathFactory, denied: str
) -> None:
    every = "topic readwrite #\n"
    acl = f"user host\n{every}topic deny upturn/attic/{denied}\nuser ann\n{every}"
    users = {"host": "secret", "ann": "secret"}
    with (
        Mosquitto(tmp_path_factory.mktemp("acl"), users=users, acl=acl) as broker,
        Listener(broker, username="ann") as listener,
    ):
        listener.publish(f"upturn/attic/{denied}", OTHERS, retain=True)
        async with Home(broker.port, username="host", password="secret") as home:
            table = home.watch("attic")
            table.tell("at 50 61s")
            await until(lambda: table.alarm("sink_failed") == "raised")
            await listener.hears(topic="upturn/here/availability")
            listener.settle()
            said = {m.payload for m in listener.messages("upturn/here/availability")}
            assert said == {b"offline"}
            assert f"upturn/attic/{denied}" in table.why("sink_failed")


async def test_a_node_that_another_program_keeps_taking_is_told_and_not_shown_as_watched(
    broker: Mosquitto, listener: Listener
) -> None:
    async with Home(broker.port) as home:
        table = home.watch("attic")
        table.tell("upright 2s")
        await home.works()
        while table.alarm("sink_failed") != "raised":
            await until(lambda: b'"here"' in kept(broker, "upturn/attic/owner"))
            listener.publish("upturn/attic/owner", "{}", retain=True)
        assert presence.CONTESTED in table.why("sink_failed")
        await until(lambda: kept(broker, "upturn/here/availability") == b"offline")


@pytest.mark.parametrize(
    "host", ["#", "+", "a/#/b", "\ud800", "x\0y", "$share", "", 3, None, ["here"], "x" * 65]
)
async def test_an_owner_that_is_no_host_is_none(
    broker: Mosquitto, listener: Listener, host: object
) -> None:
    listener.publish("upturn/attic/owner", json.dumps({"host": host}), retain=True)
    async with Home(broker.port) as home:
        home.watch("attic").tell("upright 2s")
        await home.works()
        assert b'"host":"here"' in kept(broker, "upturn/attic/owner")
