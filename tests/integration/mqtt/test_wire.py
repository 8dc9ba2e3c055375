# SPDX-License-Identifier: MIT
"""What a real broker passes on: how often, kept or not, with what certainty, and in what form."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest

from tests.integration.mqtt.home import Home
from tests.integration.mqtt.test_commands import room
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener, Message
from tests.sinks.mqtt.test_schemas import faults

TOLD = "inverted 61s; to -80 in 6s; upright 1s; knock 4g; upright 2s"
READINGS = 4
AT_ONCE_S = 0.4


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    """Everything that is published of a table in a few seconds, with all kinds of events."""
    with Mosquitto(tmp_path_factory.mktemp("broker")) as broker:
        return asyncio.run(listen(broker))


async def listen(broker: Mosquitto) -> list[Message]:
    with Listener(broker, "upturn/#", as_published=True) as listener:
        async with Home(broker.port) as home:
            table = home.watch("attic")
            table.tell(TOLD)
            await home.works()
            for _ in range(READINGS):
                await listener.hears(topic="upturn/attic/state", since_s=time.monotonic())
            listener.publish("upturn/attic/command/im_fine", b"PRESS")
            await listener.hears(topic="upturn/attic/event", kind="command")
            await home.stop()
            listener.settle()
            return [m for m in listener.messages() if "/command/" not in m.topic]


def of(messages: list[Message], leaf: str) -> list[Message]:
    return [m for m in messages if m.topic == f"upturn/attic/{leaf}"]


def test_each_topic_is_kept_or_not_and_is_as_certain_as_it_has_to_be(
    heard: list[Message],
) -> None:
    ways = {(m.topic.removeprefix("upturn/"), m.qos, m.retain) for m in heard}
    assert ways == {
        ("here/availability", 1, True),
        ("attic/availability", 1, True),
        ("attic/alarms", 1, True),
        ("attic/owner", 1, True),
        ("attic/event", 1, False),
        ("attic/state", 0, False),
    }


def test_a_reading_comes_about_once_a_second(heard: list[Message]) -> None:
    at_s = [m.at_s for m in of(heard, "state")]
    steady_s = at_s[1 : READINGS + 1]  # the first tells beside that the link works now
    steps = [after - before for before, after in pairwise(steady_s)]
    assert all(0.8 <= step <= 1.5 for step in steps), steps


async def test_a_change_of_posture_or_alarm_is_a_reading_at_once(broker: Mosquitto) -> None:
    async with room(broker, "upright 2s") as it:
        await it.listener.hears(topic="upturn/attic/state", since_s=time.monotonic())
        told_s = time.monotonic()
        it.table.tell("button; upright 1s")
        reading = await it.listener.hears(topic="upturn/attic/state", highest="high")
        assert reading.at_s - told_s < AT_ONCE_S
        told_s = time.monotonic()
        it.table.tell("level 1s")
        reading = await it.listener.hears(topic="upturn/attic/state", posture="level")
        assert reading.at_s - told_s < AT_ONCE_S


def test_every_payload_fits_its_schema(heard: list[Message]) -> None:
    messages = heard
    kinds = {m.json["kind"] for m in of(messages, "event")}
    assert kinds == {"alarm", "inversion_started", "inversion_ended", "command"}
    for name in ("state", "alarms", "event", "owner"):
        for message in of(messages, name):
            assert faults(name, message.json) == []
