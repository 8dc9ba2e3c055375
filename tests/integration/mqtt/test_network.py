# SPDX-License-Identifier: MIT
"""A line to the broker that is cut, silently or not, or slow: the alarm gets through, once."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.integration.mqtt.home import BEAT_S, Home, events, until
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener
from tests.tcp_proxy import TcpProxy
from upturn.sinks.mqtt import client, session, table

ALIVE_S, PATIENCE_S = 0.5, 0.5
LOOKS_S = 5.0
"""How often mosquitto looks for the dead."""
SLACK_S = 2.0
"""For a machine with other things to do."""


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ALIVE_S", ALIVE_S)
    monkeypatch.setattr(client, "PATIENCE_S", PATIENCE_S)


@pytest.mark.usefixtures("_quick")
async def test_a_line_cut_in_mid_inversion_is_noticed_and_what_it_missed_arrives_once(
    broker: Mosquitto, line: TcpProxy
) -> None:
    with Listener(broker) as ear:
        async with Home(line.port) as home:
            attic = home.watch()
            attic.tell("to 50 in 4s; at 50 4s")
            await home.works()
            await home.delivered()
            line.cut(silently=True)
            cut_s = time.monotonic()
            await until(lambda: attic.why("sink_failed"))
            assert time.monotonic() - cut_s < ALIVE_S + PATIENCE_S + SLACK_S
            assert "it does not answer" in attic.why("sink_failed")
            attic.tell("at 50 60s")
            attic.tell("to -80 in 4s; upright 4s; acknowledge")
            ear.settle()
            assert [said[0] for said in events(ear)] == ["inversion_started"]
            restored_s = time.monotonic()
            line.restore()
            await home.works()
            await home.delivered()
            ear.settle()
            assert events(ear) == attic.said()
            assert ("time_limit", 62.74, attic.at(62.74)) in events(ear)
            online = ear.wait_for(
                lambda m: m.payload == b"online",
                topic="upturn/here/availability",
                since_s=restored_s,
            )
            readings = [m.json for m in ear.messages("upturn/attic/state") if m.at_s > online.at_s]
            assert {said["at"] for said in readings} <= {attic.at(attic.now_s)}
            last = ear.json("upturn/attic/state")[-1]
            assert (last["at"], last["posture"]) == (attic.at(attic.now_s), "upright")


@pytest.mark.usefixtures("_quick")
async def test_of_a_line_that_stays_cut_the_home_hears_from_the_broker(
    broker: Mosquitto, line: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "KEEPALIVE_S", 1)
    with Listener(broker) as ear:
        async with Home(line.port) as home:
            attic = home.watch()
            attic.tell("to 50 in 4s; at 50 4s")
            await home.works()
            line.cut(silently=True)
            cut_s = time.monotonic()
            will = await ear.hears(
                lambda m: m.payload == b"offline",
                topic="upturn/here/availability",
                since_s=cut_s,
            )
            assert will.at_s - cut_s < 1.5 * client.KEEPALIVE_S + LOOKS_S + SLACK_S


async def test_a_line_that_is_reset_and_comes_back_at_once_is_no_alarm(
    broker: Mosquitto, line: TcpProxy
) -> None:
    with Listener(broker) as ear:
        async with Home(line.port) as home:
            attic = home.watch()
            attic.tell("upright 2s")
            await home.works()
            line.cut()
            line.restore()
            attic.tell("to 50 in 4s; at 50 61s")
            await home.delivered()
            ear.settle()
            assert events(ear) == attic.said()
            assert [said[0] for said in attic.said()] == [
                "inversion_started",
                "time_limit_near",
                "time_limit",
            ]


async def test_over_a_slow_line_a_table_is_announced_however_long_it_takes(
    broker: Mosquitto, line: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_S", PATIENCE_S)
    line.bytes_per_s = 9000.0  # the announcement has more than 9000 bytes
    async with Home(line.port) as home:
        attic = home.watch()
        attic.tell("to 50 in 4s; at 50 61s")
        await home.delivered()
        await home.works()
        assert line.connections == 1


async def test_over_a_slow_line_readings_are_replaced_and_the_alarm_does_not_wait_for_them(
    broker: Mosquitto, line: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "ALIVE_S", ALIVE_S)
    monkeypatch.setattr(table, "STATE_S", 0.09)  # one a beat: 7000 bytes a second
    with Listener(broker) as ear:
        async with Home(line.port) as home:
            attic = home.watch()
            attic.tell("upright 2s")
            await home.works()
            line.bytes_per_s = 3000.0
            told_s = {}
            for _ in range(30):
                attic.tell("upright 1s")
                told_s[attic.at(attic.now_s)] = time.monotonic()
                await asyncio.sleep(BEAT_S)
            attic.tell("call for help")
            told_s["alarm"] = time.monotonic()
            alarm = await ear.hears(topic="upturn/attic/event", event_type="distress")
            heard = {m.json["at"]: m.at_s for m in reversed(ear.messages("upturn/attic/state"))}
            ages_s = [heard[at] - told_s[at] for at in heard.keys() & told_s.keys()]
            assert 5 < len(ages_s) < 24
            assert max(ages_s) < SLACK_S
            assert alarm.at_s - told_s["alarm"] < SLACK_S
            assert alarm.json["at"] == attic.at(attic.now_s)
            assert line.connections == 1
