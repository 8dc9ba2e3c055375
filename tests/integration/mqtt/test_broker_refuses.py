# SPDX-License-Identifier: MIT
"""A broker that answers, and refuses: what it does not take is said, and the rest goes on."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.integration.mqtt.home import Home, events, until
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener, retained
from tests.tcp_proxy import TcpProxy
from upturn.sinks.mqtt import link, presence, session, teller

USERS = {"upturn": "s3cret-w0rd", "ear": "ear"}
EAR = "user ear\ntopic readwrite #\n"
ALL = f"{EAR}user upturn\ntopic readwrite #\n"
CONFIG = "homeassistant/device/upturn-attic/config"
NOT_ALLOWED = "the broker does not allow it: look at its access list and the user name"


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is tried again, and said, at once."""
    monkeypatch.setattr(session, "ALIVE_S", 0.1)
    monkeypatch.setattr(teller, "REFUSED_S", 0.1)
    monkeypatch.setattr(presence, "LOOK_S", 0.1)
    monkeypatch.setattr(presence, "DEAF_S", 0.5)


def with_access(folder: Path, acl: str) -> Mosquitto:
    return Mosquitto(folder, users=USERS, acl=acl)


def allow(broker: Mosquitto, acl: str) -> None:
    """Another access list from now on; who is connected stays so."""
    assert broker._process is not None
    (broker._folder / "acl").write_text(acl, encoding="utf-8")
    broker._process.send_signal(signal.SIGHUP)


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("topic", ["upturn/attic/event", CONFIG, "upturn/attic/alarms"])
async def test_one_topic_that_is_denied_is_named_and_holds_up_no_other(
    tmp_path: Path, topic: str
) -> None:
    with (
        with_access(tmp_path, f"{ALL}topic deny {topic}\n") as broker,
        Listener(broker, username="ear") as ear,
    ):
        async with Home(broker.port, username="upturn", password=USERS["upturn"]) as home:
            attic = home.watch()
            attic.tell("to 50 in 4s; at 50 61s")
            await home.fails(f"{NOT_ALLOWED} ({topic})")
            assert f": {NOT_ALLOWED} ({topic}))" in attic.why("sink_failed")
            online = await ear.hears(topic="upturn/here/availability")
            unsafe = topic == "upturn/attic/alarms"  # without them no calm may be shown
            assert online.payload == (b"offline" if unsafe else b"online")
            others = {
                *(CONFIG, "upturn/attic/alarms", "upturn/attic/event", "upturn/attic/state"),
                *("upturn/attic/availability", "upturn/attic/owner"),
            } - {topic}
            assert {m.topic for m in ear.messages()} - {"upturn/here/availability"} == others
            allow(broker, ALL)
            await home.works()
            await home.delivered()
            assert attic.alarm("sink_failed") == "cleared"
            ear.settle()
            assert events(ear) == attic.said()
            assert topic in {m.topic for m in ear.messages()}


@pytest.mark.usefixtures("_quick")
async def test_a_broker_that_takes_only_small_messages_still_gets_the_alarm(
    tmp_path: Path,
) -> None:
    with (
        Mosquitto(tmp_path, settings="message_size_limit 2000") as broker,
        Listener(broker) as ear,
    ):
        async with Home(broker.port) as home:
            attic = home.watch()
            attic.tell("to 50 in 4s; at 50 61s")
            await home.fails(f"the broker takes only smaller messages ({CONFIG})")
            await home.delivered()
            ear.settle()
            assert events(ear) == attic.said()
            assert ear.messages(CONFIG) == []


@pytest.mark.usefixtures("_quick")
async def test_a_broker_that_hangs_up_on_large_messages_still_gets_the_alarm(
    tmp_path: Path,
) -> None:
    with Mosquitto(tmp_path, settings="max_packet_size 2000") as broker, Listener(broker) as ear:
        async with Home(broker.port) as home:
            attic = home.watch()
            attic.tell("to 50 in 4s; at 50 61s")
            await home.fails(f"the broker takes only smaller messages ({CONFIG})")
            await home.delivered()
            ear.settle()
            assert events(ear) == attic.said()
            assert ear.json("upturn/attic/alarms")[-1]["highest"] == "high"


async def test_a_refused_password_is_said_but_not_shown_and_not_tried_again_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with with_access(tmp_path, ALL) as broker, TcpProxy(broker.port) as line:
        async with Home(line.port, username="upturn", password="wr0ng-w0rd") as home:
            attic = home.watch()
            attic.tell("to 50 in 4s; at 50 4s")
            await home.fails("the broker refuses user name or password")
            said = attic.why("sink_failed")
            assert f"mqtt (mqtt://upturn@127.0.0.1:{line.port}: the broker refuses" in said
            assert "w0rd" not in said + home.link.failure + repr(home.link.broker)
            end_s = time.monotonic() + 0.5  # ten attempts of any other failure
            await until(lambda: time.monotonic() > end_s)
            assert line.connections == 1


async def test_a_password_that_is_mended_at_the_broker_works_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "REFUSED_S", 0.2)
    broker = Mosquitto(tmp_path, users={"upturn": "old"})
    with broker:
        async with Home(broker.port, username="upturn", password="new") as home:
            attic = home.watch()
            attic.tell("to 50 in 4s; at 50 4s")
            await home.fails("the broker refuses user name or password")
            broker.stop()
            broker.users["upturn"] = "new"
            broker.start()
            await home.works()
            await home.delivered()
            assert retained(broker, "upturn/here/#", username="upturn") == {
                "upturn/here/availability": b"online"
            }


async def test_two_programs_of_one_id_say_so_and_do_not_fight_in_a_hurry(
    broker: Mosquitto, line: TcpProxy
) -> None:
    slow_s = (0.05, 0.1, 0.2, 0.4, 0.8)
    async with (
        Home(line.port, back_off_s=slow_s) as home,
        Home(line.port, back_off_s=slow_s) as other,
    ):
        attic, cellar = home.watch("attic"), other.watch("cellar")
        for table in (attic, cellar):
            table.tell("upright 2s")
        for one in (home, other):
            await one.fails("another client uses this computer's name")
        assert "[mqtt] id" in attic.why("sink_failed")
        before, end_s = line.connections, time.monotonic() + 3.0
        await until(lambda: time.monotonic() > end_s)
        assert 2 <= line.connections - before <= 14


@pytest.mark.usefixtures("_quick")
async def test_who_may_not_hear_of_its_own_claim_is_told_so(tmp_path: Path) -> None:
    writes = f"{EAR}user upturn\ntopic write #\n"
    with with_access(tmp_path, writes) as broker:
        async with Home(broker.port, username="upturn", password=USERS["upturn"]) as home:
            attic = home.watch()
            attic.tell("to 50 in 4s; at 50 61s")
            await home.fails(f"{presence.DEAF} (upturn/attic/owner)")
            assert presence.DEAF in attic.why("sink_failed")
            allow(broker, ALL)
            await home.works()
            await home.delivered()
            assert attic.alarm("sink_failed") == "cleared"
