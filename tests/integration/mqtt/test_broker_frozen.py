# SPDX-License-Identifier: MIT
"""A broker that stands still, connected and deaf, while an event is on its way to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.integration.mqtt.home import Home, Table, events, until
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener
from tests.tcp_proxy import TcpProxy
from upturn.sinks.mqtt import client, session

EVENT = "upturn/attic/event"


@dataclass
class Handled:
    """What the broker has done for the host here since a moment, by its log."""

    broker: Mosquitto
    start: int = 0

    def __post_init__(self) -> None:
        self.start = len(self.broker.log())

    def steps(self) -> list[str]:
        """`connect` for each connection of the host's, `event` for each event that it sent."""
        log = self.broker.log()[self.start :]
        pattern = rf"New client connected .* as (upturn-here)|Received PUBLISH .*'({EVENT})'"
        return ["connect" if m[1] else "event" for m in re.finditer(pattern, log)]


async def on_its_way(line: TcpProxy, attic: Table, text: str) -> None:
    """Tell what makes one event, and see that it has left for the frozen broker."""
    before = line.passed_bytes
    attic.tell(text)
    letter = attic.kept.outbox.first
    assert letter is not None
    await until(lambda: line.passed_bytes >= before + len(letter.payload))


async def test_an_event_on_its_way_to_a_broker_that_thaws_soon_arrives_once(
    broker: Mosquitto, line: TcpProxy
) -> None:
    with Listener(broker) as ear:
        async with Home(line.port) as home:
            attic = home.watch()
            attic.tell("upright 2s")
            await home.works()
            handled = Handled(broker)
            broker.freeze()
            await on_its_way(line, attic, "to 50 in 4s; at 50 2s")
            assert events(ear) == []
            broker.thaw()
            await home.delivered()
            ear.settle()
            assert events(ear) == attic.said() == [("inversion_started", 5.24, attic.at(5.24))]
            assert handled.steps() == ["event"]
            assert attic.alarm("sink_failed") == ""


async def test_an_event_on_its_way_to_a_broker_that_thaws_late_arrives_once(
    broker: Mosquitto, line: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_S", 0.5)
    with Listener(broker) as ear:
        async with Home(line.port) as home:
            attic = home.watch()
            attic.tell("upright 2s")
            await home.works()
            handled = Handled(broker)
            broker.freeze()
            await on_its_way(line, attic, "to 50 in 4s; at 50 2s")
            await home.fails("it does not answer")
            attic.tell("at 50 60s")
            broker.thaw()
            await home.works()
            await home.delivered()
            ear.settle()
            assert [said[0] for said in attic.said()] == [
                "inversion_started",
                "sink_failed",
                "time_limit_near",
                "time_limit",
                "cleared",
            ]
            assert events(ear) == attic.said()
            steps = handled.steps()
            assert steps[0] == "event", "it was not on its way"
            assert steps.count("event") == len(attic.said())
            assert steps.count("connect") >= 1


async def test_a_frozen_broker_is_noticed_though_nothing_is_to_be_told(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_S", 0.5)
    monkeypatch.setattr(session, "ALIVE_S", 0.5)
    async with Home(broker.port) as home:
        attic = home.watch()
        attic.tell("upright 2s")
        await home.works()
        broker.freeze()
        await until(lambda: attic.why("sink_failed"), 5.0)
        assert "it does not answer" in attic.why("sink_failed")


async def test_after_a_freeze_the_readings_are_of_now(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_S", 0.5)
    monkeypatch.setattr(session, "ALIVE_S", 0.5)
    with Listener(broker) as ear:
        async with Home(broker.port) as home:
            attic = home.watch()
            attic.tell("to 50 in 4s; at 50 4s")
            await home.works()
            broker.freeze()
            await home.fails("it does not answer")
            attic.tell("to -80 in 4s; upright 10s")
            broker.thaw()
            await home.works()
            ear.settle()
            readings = ear.json("upturn/attic/state")
            ats = [said["at"] for said in readings]
            assert ats == sorted(ats)
            online = ear.messages("upturn/here/availability")[-1]
            late = [m.json for m in ear.messages("upturn/attic/state") if m.at_s > online.at_s]
            assert {said["at"] for said in late} <= {attic.at(attic.now_s)}
            assert (readings[-1]["at"], readings[-1]["posture"]) == (
                attic.at(attic.now_s),
                "upright",
            )
