# SPDX-License-Identifier: MIT
"""A broker that is not there, at the start or later: nothing is lost, and nothing is told late."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.mqtt.home import Home, events, until
from tests.mosquitto import Mosquitto, free_port
from tests.mqtt_listener import Listener, retained
from tests.tcp_proxy import TcpProxy
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.events import AlarmChanged, AlarmState
from upturn.sinks.mqtt.outbox import KEPT, Outbox

ALL_TOLD = {
    "homeassistant/device/upturn-attic/config",
    "upturn/attic/alarms",
    "upturn/attic/availability",
    "upturn/attic/owner",
    "upturn/here/availability",
}
"""What the broker keeps of a host with one table."""


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that keeps what it knows over a restart."""
    with Mosquitto(tmp_path, persistence=True) as broker:
        yield broker


def raised(n: int) -> AlarmChanged:
    """One of many, each of its own time and occurrence."""
    state = AlarmState.CLEARED if n % 2 else AlarmState.RAISED
    return AlarmChanged(float(n), AlarmId.DISTRESS, n // 2, Priority.HIGH, state, "Help.")


async def test_a_broker_that_comes_later_hears_all_that_happened_before(
    broker: Mosquitto,
) -> None:
    line = TcpProxy(broker.port)
    with ExitStack() as later:
        async with Home(line.port) as home:
            attic = home.watch()
            attic.tell("upright 2s")
            await home.fails("nothing listens there")
            assert attic.why("sink_failed").startswith(
                "An alarm route is down: "
                f"mqtt (mqtt://127.0.0.1:{line.port}: nothing listens there). "
            )
            attic.tell("to 50 in 4s; at 50 61s")
            attic.tell("to -80 in 2s; upright 5s; acknowledge")
            assert attic.said()[:4] == [
                ("sink_failed", 2.0, attic.at(2.0)),
                ("inversion_started", 5.24, attic.at(5.24)),
                ("time_limit_near", 49.74, attic.at(49.74)),
                ("time_limit", 64.74, attic.at(64.74)),
            ]
            ear = later.enter_context(Listener(broker))
            later.enter_context(line)
            await home.works()
            await home.delivered()
            ear.settle()
            assert events(ear) == attic.said()
            assert attic.alarm("sink_failed") == "cleared"
            assert set(retained(broker)) == ALL_TOLD


@pytest.mark.parametrize("keeper", ["broker", "lasting"])
async def test_a_broker_that_was_killed_is_told_all_anew_and_what_it_missed_once(
    request: pytest.FixtureRequest, keeper: str
) -> None:
    broker: Mosquitto = request.getfixturevalue(keeper)
    with TcpProxy(broker.port) as line:
        async with Home(line.port) as home:
            attic = home.watch()
            attic.tell("at 50 2s")
            with Listener(broker) as ear:
                await home.works()
                await home.delivered()
                ear.settle()
                told = len(attic.said())
                assert events(ear) == attic.said()
            before = retained(broker)
            broker.kill()
            line.cut()
            attic.tell("call for help")
            await until(lambda: attic.why("sink_failed"))
            attic.tell("at 50 60s")
            broker.start()
            kept = set(retained(broker))
            assert kept == (ALL_TOLD if broker.persistence else set())
            with Listener(broker) as ear:
                line.restore()
                await home.works()
                await home.delivered()
                ear.settle()
                assert events(ear) == attic.said()[told:]
                first = ear.json("upturn/attic/state")[0]
                assert (first["at"], first["inversion_s"]) == (attic.at(attic.now_s), 62.0)
            after = retained(broker)
            assert set(after) == ALL_TOLD
            config = "homeassistant/device/upturn-attic/config"
            assert after[config] == before[config]
            assert after["upturn/here/availability"] == b"online"
            assert after["upturn/attic/availability"] == b"online"


async def test_a_broker_that_is_restarted_at_once_is_no_alarm(broker: Mosquitto) -> None:
    async with Home(broker.port) as home:
        attic = home.watch()
        attic.tell("upright 2s")
        await home.works()
        broker.stop()
        broker.start()
        await until(lambda: set(retained(broker)) == ALL_TOLD)
        assert attic.alarm("sink_failed") == ""


async def test_however_long_it_is_gone_and_whatever_happens_memory_is_bounded() -> None:
    async with Home(free_port()) as home:
        attic = home.watch()
        attic.tell("upright 2s")
        await home.fails("nothing listens there")
        tracemalloc.start()
        try:
            for start in range(0, KEPT + 2000, 1000):
                snapshot = attic.core.snapshot(attic.now_s)
                attic.kept.heard([raised(n) for n in range(start, start + 1000)], snapshot)
            held_bytes, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        outbox = attic.kept.outbox
        assert len(outbox) == KEPT
        assert outbox.given_up == 2001  # sink_failed as well
        assert held_bytes < 12e6


async def test_of_too_much_the_broker_hears_the_newest_alarms_in_order(
    broker: Mosquitto,
) -> None:
    line = TcpProxy(broker.port)
    with ExitStack() as later:
        async with Home(line.port) as home:
            attic = home.watch()
            attic.kept.outbox = Outbox(kept=100)
            attic.tell("upright 2s")
            await home.fails("nothing listens there")
            attic.kept.heard([raised(n) for n in range(1000)], attic.core.snapshot(2.0))
            ear = later.enter_context(Listener(broker, "upturn/attic/event"))
            later.enter_context(line)
            await home.works()
            await until(lambda: not len(attic.kept.outbox))
            ear.settle()
            told = [s["t_s"] for s in ear.json("upturn/attic/event") if s["id"] == "distress"]
            assert told == [*(float(n) for n in range(802, 1000, 2)), 999.0]
