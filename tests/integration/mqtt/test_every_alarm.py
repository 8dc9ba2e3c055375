# SPDX-License-Identifier: MIT
"""Every row of the alarm table, raised in a real core, reaches a home through a real broker.

All stories are told at once, a node each. Where an alarm is raised, its story waits until the home
has seen the alarm among the active ones, so that nothing is replaced before it was told.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.core.test_every_alarm import LIVES, begun
from tests.mosquitto import HOST, Mosquitto
from tests.mqtt_listener import Listener, Message
from tests.sinks.mqtt.test_entities import ROW, render
from tests.sinks.mqtt.test_schemas import faults
from tests.stories import Story, timeline
from upturn.core.alarm_table import ALARMS, AlarmId, Kind, Priority
from upturn.core.events import AlarmChanged, AlarmState, Event
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.link import MqttLink
from upturn.sinks.mqtt.table import MqttTable

STEP_S = 0.1
NEW = (AlarmState.RAISED, AlarmState.ESCALATED)
MARKS = {priority.word: priority.marks for priority in Priority}


@dataclass
class Seen:
    """What the home saw of one story's node."""

    events: list[dict[str, Any]] = field(default_factory=list)
    sets: list[dict[str, Any]] = field(default_factory=list)
    """The active alarms when the story's own was raised or escalated."""

    def of(self, id: AlarmId) -> list[dict[str, Any]]:
        return [said for said in self.events if said["kind"] == "alarm" and said["id"] == id]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[AlarmId, Seen]:
    with (
        Mosquitto(tmp_path_factory.mktemp("broker")) as broker,
        Listener(broker, "upturn/+/event", "upturn/+/alarms", as_published=True) as home,
    ):
        return asyncio.run(tell_all(broker, home))


async def tell_all(broker: Mosquitto, home: Listener) -> dict[AlarmId, Seen]:
    link = MqttLink(Broker(HOST, broker.port, id="here"))
    running = asyncio.create_task(link.run())
    seen = await asyncio.gather(
        *(tell_one(id, link.table(f"serial:{id}", fallback_id=id), home) for id in AlarmId)
    )
    await link.stop()
    await running
    assert not link.untold
    await asyncio.to_thread(home.settle)
    for id, one in zip(AlarmId, seen, strict=True):
        one.events = home.json(f"upturn/{id}/event")
    return dict(zip(AlarmId, seen, strict=True))


async def tell_one(id: AlarmId, table: MqttTable, home: Listener) -> Seen:
    seen = Seen()
    for told, snapshot in pieces(id):
        table.heard(told, snapshot)
        for event in told:
            if isinstance(event, AlarmChanged) and event.id is id and event.state in NEW:
                active = await home.hears(
                    among(event), topic=f"upturn/{id}/alarms", timeout_s=30.0
                )
                seen.sets.append(active.json)
    return seen


def among(event: AlarmChanged) -> Any:
    wanted = {"id": event.id, "priority": event.priority.word, "message": event.message}

    def match(message: Message) -> bool:
        return any(wanted.items() <= alarm.items() for alarm in message.json["alarms"])

    return match


def pieces(id: AlarmId) -> Iterator[tuple[list[Event], Snapshot]]:
    """A story as a live core would tell it."""
    story: Story = timeline(LIVES[id].story)
    core: Pipeline = LIVES[id].start(story)
    if before_it := begun(id, core):
        yield before_it, core.snapshot(-0.1)
    samples, commands, now_s = list(story.samples), list(story.commands), 0.0
    end_s = max(story.end_s, samples[-1].t_s, *(at_s for at_s, _ in commands), 0.0)
    while now_s <= end_s:
        now_s += STEP_S
        told: list[Event] = []
        while commands and commands[0][0] < now_s:
            at_s, command = commands.pop(0)
            before = [sample for sample in samples if sample.t_s < at_s]
            del samples[: len(before)]
            told += core.feed(before) + core.command(command, at_s)
        fresh = [sample for sample in samples if sample.t_s < now_s]
        del samples[: len(fresh)]
        told += core.feed(fresh) if fresh else core.tick(now_s)
        yield told, core.snapshot(now_s)


@pytest.mark.parametrize("id", AlarmId)
def test_an_alarms_whole_life_is_told_as_events(id: AlarmId, seen: dict[AlarmId, Seen]) -> None:
    told = tuple(
        f"#{e['occurrence']} {e['state']} {MARKS[e['priority']]}" for e in seen[id].of(id)
    )
    assert told == LIVES[id].told


@pytest.mark.parametrize("id", AlarmId)
def test_an_event_is_of_its_alarms_type(id: AlarmId, seen: dict[AlarmId, Seen]) -> None:
    for said in seen[id].of(id):
        assert said["event_type"] == (id if said["state"] in NEW else said["state"])


@pytest.mark.parametrize("id", AlarmId)
def test_an_alarm_shows_in_the_sensor_of_its_priority(
    id: AlarmId, seen: dict[AlarmId, Seen]
) -> None:
    raised = [said["priority"] for said in seen[id].of(id) if said["state"] in NEW]
    assert len(seen[id].sets) == len(raised) > 0
    for active, priority in zip(seen[id].sets, raised, strict=True):
        row = ROW[f"{priority}_alarm"]
        shown = json.loads(render(row.attributes, active))["alarms"]
        assert render(row.template, active) == "ON"
        assert id in [alarm["id"] for alarm in shown]


@pytest.mark.parametrize("id", [id for id in AlarmId if ALARMS[id].kind is Kind.TECHNICAL])
def test_trouble_of_the_equipment_shows_as_a_problem(
    id: AlarmId, seen: dict[AlarmId, Seen]
) -> None:
    for active in seen[id].sets:
        shown = json.loads(render(ROW["problem"].attributes, active))["alarms"]
        assert render(ROW["problem"].template, active) == "ON"
        assert id in [alarm["id"] for alarm in shown]


@pytest.mark.parametrize("id", AlarmId)
def test_what_is_told_of_an_alarm_fits_its_schema(id: AlarmId, seen: dict[AlarmId, Seen]) -> None:
    for said in seen[id].events:
        assert faults("event", said) == []
    for active in seen[id].sets:
        assert faults("alarms", active) == []
