# SPDX-License-Identifier: MIT
"""A remote screen at a real broker: hosts come and go, the broker does, and it says what is so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dashboard.scenes import CALM, alarm, inverted
from tests.mosquitto import Mosquitto
from tests.mqtt_listener import Listener
from upturn.clock import HostClock
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.commands import Acknowledge, Command, Distress, TestAlarm
from upturn.core.events import Posture
from upturn.core.snapshot import Snapshot
from upturn.remote.feed import RemoteFeed
from upturn.remote.link import RemoteLink
from upturn.remote.own_alarm import Loss
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.link import MqttLink
from upturn.sinks.mqtt.table import MqttTable

PATIENCE_S = 30.0
LOOK_S = 0.02
CORE_S = 0.1
HANGS = inverted(48.0, alarms=(alarm(AlarmId.TIME_LIMIT_NEAR, detail="48 s"),))


class Host:
    """A program that watches tables, as far as the broker can tell."""

    def __init__(self, broker: Mosquitto, id: str = "host-1") -> None:
        self.link = MqttLink(Broker(broker.host, broker.port, id=id), back_off_s=(0.05,))
        self.asked: list[Command] = []
        self.refusal: str | None = None
        self._tables: dict[str, tuple[MqttTable, Snapshot]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def watch(self, node: str, snapshot: Snapshot, name: str = "") -> None:
        """From now on this is how the table stands."""
        shown = replace(snapshot, node_id=node)
        if node in self._tables:
            self._tables[node] = self._tables[node][0], shown
        else:
            table = self.link.table(f"sim {node}", name=name or node, fallback_id=node)
            table.begin(self._act)
            self._tables[node] = table, shown
        self._tables[node][0].heard([], shown)

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self.link.run()),
            asyncio.create_task(self._tick()),
        ]

    async def kill(self) -> None:
        """Without a word."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)

    def _act(self, command: Command) -> str | None:
        self.asked.append(command)
        return self.refusal

    async def _tick(self) -> None:
        while True:
            for table, snapshot in self._tables.values():
                table.heard([], snapshot)
            await asyncio.sleep(CORE_S)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path) as broker:
        yield broker


@asynccontextmanager
async def at(broker: Mosquitto, *, commands: bool = True) -> AsyncIterator[RemoteLink]:
    """A screen that is connected."""
    link = RemoteLink(
        Broker(broker.host, broker.port),
        HostClock().now_s,
        allows_commands=commands,
        back_off_s=(0.05,),
    )
    task = asyncio.create_task(link.run())
    try:
        yield link
    finally:
        task.cancel()
        await asyncio.wait({task})


@asynccontextmanager
async def hosted(broker: Mosquitto, node: str = "n1") -> AsyncIterator[Host]:
    """A host that watches one table, on which all is well."""
    host = Host(broker)
    host.watch(node, CALM, "Attic")
    host.start()
    try:
        yield host
    finally:
        with suppress(ValueError):
            await host.kill()


async def until(holds: Callable[[], object], what: str) -> None:
    end_s = asyncio.get_running_loop().time() + PATIENCE_S
    while not holds():
        assert asyncio.get_running_loop().time() < end_s, what
        await asyncio.sleep(LOOK_S)


async def shown(link: RemoteLink, name: str = "Attic") -> RemoteFeed:
    """That table, once it is there with a reading."""
    found: list[RemoteFeed] = []

    def look() -> bool:
        link.tables.look()
        feed = link.tables.get(name)
        if isinstance(feed, RemoteFeed) and feed.table.state is not None:
            found.append(feed)
        return bool(found)

    await until(look, f"no table {name}: {list(link.tables)}")
    return found[0]


async def test_a_table_comes_and_is_as_its_host_says(running: Mosquitto) -> None:
    async with at(running) as link, hosted(running) as host:
        feed = await shown(link)
        assert (feed.source().label, feed.source().lost) == ("on host-1", "")
        assert feed.snapshot().posture is Posture.UPRIGHT
        host.watch("n1", HANGS)
        await until(lambda: feed.snapshot().alarms, "no alarm")
        await until(lambda: feed.snapshot().inverted, "not inverted")
        now = feed.snapshot()
        [near] = now.alarms
        assert (near.spec, near.detail, near.sounding) == (HANGS.alarms[0].spec, "48 s", True)
        assert (now.exposure_s, now.angle_deg, now.posture) == (48.0, 52.0, Posture.INVERTED)
        assert 0.0 <= (now.signal_age_s or 0.0) < 60.0
        assert link.tables.refused == 0


async def test_two_tables_of_two_hosts_are_both_there(running: Mosquitto) -> None:
    second = Host(running, "host-2")
    second.watch("n2", HANGS, "Cellar")
    async with at(running) as link, hosted(running):
        await shown(link)
        second.start()
        cellar = await shown(link, "Cellar")
        await until(lambda: cellar.snapshot().inverted, "not inverted")
        assert list(link.tables) == ["Attic", "Cellar"]
        assert cellar.source().label == "on host-2"
        await second.kill()


async def test_commands_are_answered_and_refusals_are_shown(running: Mosquitto) -> None:
    async with at(running) as link, hosted(running) as host:
        feed = await shown(link)
        feed.command(TestAlarm())
        await until(lambda: feed.source().answer == "Done: test alarm raised", "no answer")
        host.refusal = "somebody is inverted"
        feed.command(Acknowledge(AlarmId.FALL, 3))
        await until(lambda: "somebody" in feed.source().answer, "no refusal")
        assert feed.source().answer == "Not done: somebody is inverted"
        assert host.asked == [TestAlarm(), Acknowledge(AlarmId.FALL, 3)]


async def test_what_the_broker_does_not_let_through_is_not_done(tmp_path: Path) -> None:
    acl = "user ann\ntopic readwrite #\nuser bob\ntopic read upturn/#\n"
    guarded = Mosquitto(tmp_path, users={"ann": "a", "bob": "b"}, acl=acl)
    with guarded:
        host = Host(guarded)
        host.link.broker = replace(host.link.broker, username="ann", password="a")
        host.watch("n1", CALM, "Attic")
        host.start()
        bob = Broker(guarded.host, guarded.port, username="bob", password="b")
        link = RemoteLink(bob, HostClock().now_s, allows_commands=True)
        task = asyncio.create_task(link.run())
        feed = await shown(link)
        feed.command(Distress())
        await until(lambda: feed.source().answer.startswith("Not done"), "no refusal")
        assert "the broker does not allow it" in feed.source().answer
        task.cancel()
        await host.kill()


async def test_a_reading_that_the_broker_keeps_is_no_table(running: Mosquitto) -> None:
    async with at(running) as link:
        await until(lambda: running.log().count("upturn/+/state"), "not connected")
        async with hosted(running):
            await shown(link)
        with Listener(running, "upturn/#") as somebody:
            kept = somebody.wait_for(topic="upturn/n1/alarms").payload
            somebody.publish("upturn/n1/owner", b"", retain=True)
            somebody.publish("upturn/n1/alarms", b"", retain=True)
            somebody.publish("upturn/n3/state", kept, retain=True)
    async with at(running) as link:
        await until(lambda: link.tables.refused, "not refused")
        link.tables.look()
        assert list(link.tables) == [""]
        assert "was kept by the broker" in link.tables.refusal


async def test_the_broker_goes_and_comes_and_then_the_host_dies(running: Mosquitto) -> None:
    async with at(running) as link, hosted(running) as host:
        feed = await shown(link)
        host.watch("n1", HANGS)
        await until(lambda: feed.snapshot().inverted and feed.snapshot().alarms, "not inverted")
        running.kill()
        await until(lambda: feed.source().lost, "not lost")
        own, old = feed.snapshot().alarms
        assert (own.spec.advice, own.priority, own.pausable) == (
            Loss.HANGING.value,
            Priority.HIGH,
            False,
        )
        assert (old.spec.id, old.sounding) == (AlarmId.TIME_LIMIT_NEAR, False)
        assert feed.source().lost == f"mqtt://127.0.0.1:{running.port}: nothing listens there"
        assert feed.snapshot().inverted is True
        running.start()
        await until(lambda: not feed.source().lost, "not back")
        await until(lambda: len(feed.snapshot().alarms) == 1, "alarms not back")
        await host.kill()
        await until(lambda: feed.source().lost, "not lost again")
        assert feed.source().lost == "its host is off-line: host-1"
        assert feed.snapshot().alarms[0].priority is Priority.HIGH


async def test_a_broker_that_refuses_the_password_is_told_as_that(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, users={"ann": "secret"}) as guarded:
        wrong = Broker(guarded.host, guarded.port, username="ann", password="wrong")
        link = RemoteLink(wrong, HostClock().now_s)
        task = asyncio.create_task(link.run())
        link.tables.look()
        await until(lambda: "refuses user name" in str(link.tables._broker), "not refused")
        assert "wrong" not in link.tables._broker
        task.cancel()
        await asyncio.wait({task})


async def test_a_screen_leaves_nothing_at_the_broker(running: Mosquitto) -> None:
    with Listener(running, "#") as everything:
        async with at(running):
            await until(lambda: running.log().count("upturn/+/state"), "not connected")
        everything.settle()
        assert everything.messages() == []
