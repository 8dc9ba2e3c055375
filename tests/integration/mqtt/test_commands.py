# SPDX-License-Identifier: MIT
"""What the home asks of a table through a real broker: obeyed and answered, or refused and why."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.integration.mqtt.home import Home, Table
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener
from upturn.core.events import Noted
from upturn.sinks.mqtt import presence, session
from upturn.sinks.mqtt.commands import Permits

ANSWER_S = 1.0
COMMAND = "upturn/attic/command"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """One host alone need not wait long for what others say."""
    for module in (presence, session):
        monkeypatch.setattr(module, "SETTLE_S", 0.05)


class Room:
    """A table that the home watches, and the home's end of the broker."""

    def __init__(self, home: Home, table: Table, listener: Listener) -> None:
        self.home = home
        self.table = table
        self.listener = listener

    async def ask(self, verb: str, payload: str = "PRESS") -> tuple[object, ...]:
        """A command, and its answer, which comes within a second: type, verb, reason, alarm."""
        sent_s = time.monotonic()
        await asyncio.to_thread(self.listener.publish, f"{COMMAND}/{verb}", payload)
        topic = "upturn/attic/event"
        answer = await self.listener.hears(topic=topic, kind="command", since_s=sent_s)
        assert answer.at_s - sent_s < ANSWER_S
        said = answer.json
        return (said["event_type"], said["verb"], said["reason"], said["id"], said["occurrence"])

    async def shows(self, **wanted: Any) -> None:
        """The next reading has these values."""
        await self.listener.hears(topic="upturn/attic/state", timeout_s=ANSWER_S, **wanted)


@asynccontextmanager
async def room(broker: Mosquitto, story: str, **settings: Any) -> AsyncIterator[Room]:
    with Listener(broker) as listener:
        async with Home(broker.port, **settings) as home:
            table = home.watch("attic")
            table.tell(story)
            await home.works()
            await home.delivered()
            yield Room(home, table, listener)


CALLED = "at 50 2s; button; at 50 1s"


@pytest.mark.parametrize(
    ("verb", "payload", "story", "alarm", "before", "after"),
    [
        ("acknowledge", "PRESS", CALLED, "distress", "raised", "cleared"),
        ("acknowledge", '{"id": "distress"}', CALLED, "distress", "raised", "cleared"),
        ("test_alarm", "PRESS", "upright 2s", "test_alarm", "", "raised"),
        ("distress", "PRESS", "upright 2s", "distress", "", "raised"),
        ("im_fine", "PRESS", "still at 50 31s", "no_movement", "raised", "cleared"),
    ],
)
async def test_a_command_is_obeyed_and_answered_within_a_second(
    broker: Mosquitto,
    verb: str,
    payload: str,
    story: str,
    alarm: str,
    before: str,
    after: str,
) -> None:
    async with room(broker, story) as it:
        assert it.table.alarm(alarm) == before
        said = await it.ask(verb, payload)
        id = "distress" if "{" in payload else None
        assert said == ("command_done", verb, None, id, None)
        assert it.table.alarm(alarm) == after


async def test_how_the_person_felt_is_noted_and_told_to_nobody_else(broker: Mosquitto) -> None:
    async with room(broker, "at 20 5s; to -80 in 2s; upright 2s") as it:
        assert await it.ask("symptoms", "dizzy") == ("command_done", "symptoms", None, None, None)
        notes = [event.text for event in it.table.told if isinstance(event, Noted)]
        assert notes == ["after the session: dizzy"]
        it.listener.settle()
        told = [m for m in it.listener.messages("upturn/#") if b"dizzy" in m.payload]
        assert [m.topic for m in told] == [f"{COMMAND}/symptoms"]


async def test_seen_upright_ends_an_inversion_where_it_is_switched_on(broker: Mosquitto) -> None:
    async with room(broker, "at 50 5s; silence 1s", permits=Permits(seen_upright=True)) as it:
        done = ("command_done", "seen_upright", None, None, None)
        assert await it.ask("seen_upright") == done
        await it.shows(inverted=False)


async def test_seen_upright_is_refused_where_it_is_not_switched_on(broker: Mosquitto) -> None:
    async with room(broker, "at 50 5s; silence 1s") as it:
        why = "'seen upright' from the home is not switched on: [mqtt] seen_upright"
        said = await it.ask("seen_upright")
        assert said == ("command_refused", "seen_upright", why, None, None)
        await it.shows(inverted=True, commands_refused=1)


async def test_acknowledging_is_refused_where_it_is_switched_off(broker: Mosquitto) -> None:
    async with room(broker, CALLED, permits=Permits(acknowledge=False)) as it:
        why = "acknowledging from the home is switched off: [mqtt] acknowledge"
        said = await it.ask("acknowledge")
        assert said == ("command_refused", "acknowledge", why, None, None)
        assert it.table.alarm("distress") == "raised"


async def test_no_return_is_acknowledged_from_afar_only_when_it_is_over(broker: Mosquitto) -> None:
    async with room(broker, "at 20 80s") as it:
        no_return = '{"id": "no_return", "occurrence": 1}'
        said = await it.ask("acknowledge", no_return)
        assert said[:2] == ("command_refused", "acknowledge")
        assert it.table.alarm("no_return") == "raised"
        it.table.tell("to -10 in 2s; level 2s")
        said = await it.ask("acknowledge", no_return)
        assert said == ("command_done", "acknowledge", None, "no_return", 1)
        assert it.table.alarm("no_return") == "cleared"


async def test_one_press_acknowledges_no_no_return(broker: Mosquitto) -> None:
    async with room(broker, "at 20 80s") as it:
        said = await it.ask("acknowledge")
        assert said[:2] == ("command_refused", "acknowledge")
        states = [it.table.alarm(id) for id in ("no_return", "time_limit")]
        assert states == ["raised", "acknowledged"]


async def test_a_loss_of_signal_while_inverted_is_not_acknowledged_from_afar(
    broker: Mosquitto,
) -> None:
    async with room(broker, "at 50 2s; silence 3s") as it:
        said = await it.ask("acknowledge", '{"id": "signal_lost"}')
        assert said[:2] == ("command_refused", "acknowledge")
        assert it.table.alarm("signal_lost") == "raised"
        it.table.tell("at 50 2s")
        assert it.table.alarm("signal_lost") == "cleared"


async def test_a_loss_of_signal_while_upright_may_be_acknowledged_from_afar(
    broker: Mosquitto,
) -> None:
    async with room(broker, "upright 2s; silence 60s") as it:
        said = await it.ask("acknowledge", '{"id": "signal_lost"}')
        assert said == ("command_done", "acknowledge", None, "signal_lost", None)
        assert it.table.alarm("signal_lost") == "acknowledged"


async def test_a_refusal_of_the_core_is_told_with_its_reason(broker: Mosquitto) -> None:
    async with room(broker, "at 50 2s") as it:
        why = "test alarm refused: somebody is inverted"
        said = await it.ask("test_alarm")
        assert said == ("command_refused", "test_alarm", why, None, None)


async def test_what_an_automation_puts_wrongly_is_refused_in_plain_words(
    broker: Mosquitto,
) -> None:
    async with room(broker, "upright 2s") as it:
        said = await it.ask("acknowledge", json.dumps({"id": "nonsense"}))
        why = "there is no alarm of that id"
        assert said == ("command_refused", "acknowledge", why, None, None)
