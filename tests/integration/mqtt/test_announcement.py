# SPDX-License-Identifier: MIT
"""What the home is told at the beginning, again, and of what is not watched any more."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.integration.mqtt.home import Home, Table, until
from tests.integration.mqtt.upturn_process import settings, watch
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener, retained
from tests.stories import stream
from tests.tcp_proxy import TcpProxy
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.sinks.mqtt import session
from upturn.sinks.mqtt import table as table_module

CONFIG = "homeassistant/device/upturn-attic/config"
ALL = (
    "upturn/attic/alarms",
    "upturn/attic/availability",
    CONFIG,
    "upturn/attic/state",
    "upturn/here/availability",
)


@pytest.fixture
def listener(broker: Mosquitto) -> Iterator[Listener]:
    with Listener(broker, as_published=True) as listener:
        yield listener


async def goes(listener: Listener, id: str, word: str, since: int = 0) -> None:
    """That availability becomes so, in a message after the first `since`."""
    topic = f"upturn/{id}/availability"
    await until(lambda: word.encode() in [m.payload for m in listener.messages(topic)[since:]])


def silent(table: Table) -> None:
    """Its node has not been heard for 16 seconds, and has not said who it is."""
    table.core = Pipeline(stream(), STANDARD, start_s=0.0)
    table.now_s = 16.0
    table.kept.heard(table.core.tick(16.0), table.core.snapshot(16.0))


def test_the_device_message_is_the_same_after_every_restart_of_the_program(
    tmp_path: Path, broker: Mosquitto, listener: Listener
) -> None:
    host = f"host-{broker.port}"
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
        began_s = time.monotonic()
        with watch(tmp_path, settings(host, broker.port)) as upturn:
            listener.wait_for(
                topic=f"upturn/{host}/availability",
                match=lambda m: m.payload == b"online",
                since_s=began_s,
            )
            upturn.end(number)
    announced = [m.payload for m in listener.messages("homeassistant/#")]
    assert len(announced) == 3
    assert len(set(announced)) == 1


async def test_the_device_message_is_the_same_after_a_reconnection(
    broker: Mosquitto, line: TcpProxy, listener: Listener
) -> None:
    async with Home(line.port) as home:
        home.watch("attic").tell("upright 2s; battery 80%; upright 1s")
        await home.works()
        await asyncio.to_thread(line.cut)
        await until(lambda: home.link.failure)
        await asyncio.to_thread(line.restore)
        await home.works()
        announced = [m.payload for m in listener.messages(CONFIG)]
        assert len(announced) == 2
        assert len(set(announced)) == 1


async def test_the_host_is_online_only_after_all_else_was_told(
    broker: Mosquitto, listener: Listener
) -> None:
    async with Home(broker.port) as home:
        home.watch("attic").tell("upright 2s")
        await goes(listener, "here", "online")
        topics = [m.topic for m in listener.messages() if m.topic in ALL]
        assert topics[:5] == list(ALL)


@pytest.mark.parametrize("prefix", ["homeassistant", "other/home"])
async def test_all_is_told_again_when_the_home_is_born(
    broker: Mosquitto, listener: Listener, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.setattr(session, "BIRTH_S", 0.1)
    async with Home(broker.port, discovery_prefix=prefix) as home:
        home.watch("attic").tell("at 50 46s")
        await home.works()
        await home.delivered()
        config = f"{prefix}/device/upturn-attic/config"
        topics = (config, *ALL[:2])
        await asyncio.to_thread(listener.settle)
        before = {topic: listener.messages(topic)[-1] for topic in topics}
        born_s = before[config].at_s + 1e-6
        listener.publish(f"{prefix}/status", b"online")
        for topic in topics:
            again = await listener.hears(topic=topic, since_s=born_s)
            assert again._replace(at_s=0.0) == before[topic]._replace(at_s=0.0)


async def test_a_birth_that_the_broker_kept_is_none(
    broker: Mosquitto, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    latest = SimpleNamespace(uniform=lambda low, high: high)
    monkeypatch.setattr(session, "random", latest)  # it would be answered after the announcement
    listener.publish("homeassistant/status", b"online", retain=True)
    async with Home(broker.port) as home:
        home.watch("attic").tell("upright 2s")
        await home.works()
        await until(lambda: len(listener.messages("upturn/attic/state")) >= 3)
        assert len(listener.messages(CONFIG)) == 1


async def test_what_a_dead_watch_left_is_not_shown_by_the_next(
    broker: Mosquitto, listener: Listener
) -> None:
    async with Home(broker.port) as home:
        home.watch("attic").tell("at 50 61s")
        await home.works()
        await home.die()
    async with Home(broker.port) as home:
        home.watch("cellar").tell("upright 2s")
        await home.works()
        kept = retained(broker, "upturn/attic/#")
        alarms = json.loads(kept["upturn/attic/alarms"])
        assert kept["upturn/attic/availability"] == b"offline"
        assert (alarms["watched"], alarms["high"], alarms["alarms"]) == (False, False, [])
        order = [m.topic for m in listener.messages("upturn/+/availability")]
        assert order[-2:] == ["upturn/attic/availability", "upturn/here/availability"]


async def test_a_source_that_is_not_heard_yet_takes_up_the_node_that_it_had(
    broker: Mosquitto, listener: Listener
) -> None:
    async with Home(broker.port) as home:
        home.watch("attic").tell("upright 2s")
        await home.works()
        await home.stop()
    async with Home(broker.port) as home:
        silent(home.watch("attic", node_id=""))
        said = await listener.hears(topic="upturn/attic/event", event_type="no_signal_yet")
        assert said.json["node"] == "attic"
        await home.works()
        kept = retained(broker, "upturn/attic/#")
        alarms = json.loads(kept["upturn/attic/alarms"])
        assert (alarms["watched"], alarms["medium"], alarms["problem"]) == (False, True, True)
        assert kept["upturn/attic/availability"] == b"offline"


async def test_a_table_that_nobody_knows_yet_holds_up_no_other(
    broker: Mosquitto, listener: Listener
) -> None:
    async with Home(broker.port) as home:
        silent(home.watch("nobody", node_id=""))
        home.watch("attic").tell("upright 2s")
        await goes(listener, "here", "online")


async def test_another_node_on_the_same_source_takes_the_place_of_the_first(
    broker: Mosquitto, listener: Listener
) -> None:
    async with Home(broker.port) as home:
        table = home.watch("attic")
        table.tell("upright 2s; button; upright 1s")
        await home.works()
        table.core.describe(replace(stream(), node_id="b2c3", node="Spare"), table.now_s)
        await goes(listener, "b2c3", "online")
        kept = retained(broker, "upturn/+/+")
        attic, spare = (json.loads(kept[f"upturn/{node}/alarms"]) for node in ("attic", "b2c3"))
        assert kept["upturn/attic/availability"] == b"offline"
        assert (attic["watched"], attic["high"], attic["alarms"]) == (False, False, [])
        assert (spare["watched"], spare["high"]) == (True, True)
        assert json.loads(kept["upturn/b2c3/owner"])["source"] == "serial:attic"


async def test_a_core_that_says_nothing_any_more_is_offline_though_its_host_lives(
    broker: Mosquitto, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_module, "QUIET_S", 0.5)
    async with Home(broker.port) as home:
        table = home.watch("attic")
        table.tell("upright 2s")
        await goes(listener, "attic", "online")
        home.tables.clear()
        await goes(listener, "attic", "offline")
        assert listener.json("upturn/attic/alarms")[-1]["watched"] is False
        assert retained(broker, "upturn/here/#")["upturn/here/availability"] == b"online"
        home.tables.append(table)
        await goes(listener, "attic", "online", since=2)


async def test_who_switches_discovery_off_has_the_device_taken_away(
    broker: Mosquitto, listener: Listener
) -> None:
    for discovery, kept in ((True, {CONFIG}), (False, set())):
        async with Home(broker.port, discovery=discovery) as home:
            home.watch("attic").tell("upright 2s")
            await home.works()
            assert set(retained(broker, "homeassistant/#")) == kept


async def test_the_last_word_keeps_what_was_raised_and_says_that_nobody_watches(
    broker: Mosquitto, listener: Listener
) -> None:
    async with Home(broker.port) as home:
        home.watch("attic").tell("upright 2s; button; upright 1s")
        await home.works()
        await home.stop()
    alarms = json.loads(retained(broker, "upturn/attic/alarms")["upturn/attic/alarms"])
    assert (alarms["watched"], alarms["high"]) == (False, True)
