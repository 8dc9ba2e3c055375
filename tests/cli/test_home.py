# SPDX-License-Identifier: MIT
"""The home's side of a run: what a source is called there, and what is told at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mosquitto import HOST, Mosquitto, free_port
from upturn.cli import home as module
from upturn.cli.home import Home, home, node_id
from upturn.cli.judging import Judged
from upturn.core.commands import Distress
from upturn.core.limits import DEVICES, STANDARD, DeviceKind
from upturn.sinks.mqtt import link as link_module
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.link import UNTRIED, MqttLink
from upturn.sinks.mqtt.table import MqttTable
from upturn.sinks.mqtt.topics import MAX_ID, slug
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource
from upturn.transports.source import Source

Capture = pytest.CaptureFixture[str]

PATIENCE_S = 10.0
HOST_ID = "attic-0a1b2c-demo-2"
NOT_TOLD = "the home was not told that nobody is watched any more"
LABELS = st.text(st.characters(), max_size=120)
HOSTS = st.text("abcXYZ019-_", min_size=1, max_size=56).filter(lambda host: slug(host) == host)


def judged() -> Judged[Source]:
    source = SimulatedSource(simulate("normal"))
    return Judged(source, source.info, STANDARD, DEVICES[DeviceKind.TABLE])


class FakeLink:
    """A connection that is as the test says."""

    untold = 0
    failure = ""
    connected = True
    reached = True
    ends_in_time = True

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.tables = [object()]
        self.parted = False
        self._end = asyncio.Event()

    async def run(self) -> None:
        await self._end.wait()
        self.parted = self.connected

    async def stop(self) -> None:
        if self.ends_in_time:
            self._end.set()


@pytest.fixture
def link(monkeypatch: pytest.MonkeyPatch) -> type[FakeLink]:
    class Link(FakeLink):
        pass

    monkeypatch.setattr(link_module, "MqttLink", Link)
    monkeypatch.setattr(module, "CLOSE_S", 0.05)
    return Link


def told_at_the_end(capsys: Capture) -> list[str]:
    """Of a run over the connection as it is."""

    async def run() -> None:
        async with home(Broker("h", id=HOST_ID), 1.0):
            pass

    asyncio.run(run())
    out, err = capsys.readouterr()
    assert out == ""
    return [line.removeprefix("upturn: mqtt: ") for line in err.splitlines()]


@asynccontextmanager
async def watched(broker: Broker) -> AsyncIterator[Home]:
    """A table is told of, with no news of it."""
    async with home(broker, 1.0) as told:
        assert told.table().listeners(judged())
        yield told


def link_of(told: Home) -> MqttLink:
    assert told._link is not None
    return told._link


async def until(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not fact():  # noqa: ASYNC110 - there is nothing to await
            await asyncio.sleep(0.01)


@given(LABELS, HOSTS)
def test_a_node_without_hardware_has_an_id_that_ends_with_the_whole_id_of_its_host(
    label: str, host: str
) -> None:
    id = node_id(label, host)
    assert id.endswith(host)
    assert len(id) <= MAX_ID
    assert slug(id) == id == node_id(label, host)


@given(LABELS, HOSTS, HOSTS)
def test_two_hosts_have_two_nodes(label: str, host: str, other: str) -> None:
    assert (node_id(label, host) == node_id(label, other)) == (host == other)


@given(st.text("abc", min_size=60, max_size=90), st.text("abc", min_size=60, max_size=90))
def test_two_long_labels_have_two_nodes(label: str, other: str) -> None:
    assert (node_id(label, HOST_ID) == node_id(other, HOST_ID)) == (label == other)


@pytest.mark.parametrize(
    ("label", "id"),
    [
        ("simulated demo", f"simulated-demo-{HOST_ID}"),
        ("replay a b.csv", f"replay-a-b-csv-{HOST_ID}"),
        ("replay " + "x" * 37, f"replay-{'x' * 37}-{HOST_ID}"),
        ("replay " + "x" * 38, f"replay-{'x' * 30}-2974e5-{HOST_ID}"),
    ],
)
def test_the_words_of_its_source_are_cut_only_where_there_is_no_room(label: str, id: str) -> None:
    assert node_id(label, HOST_ID) == id


def test_an_end_in_order_is_quiet(link: type[FakeLink], capsys: Capture) -> None:
    assert link.connected
    assert told_at_the_end(capsys) == []


@pytest.mark.parametrize(
    ("connected", "ends_in_time", "failure", "why"),
    [
        (True, True, "", "the broker did not take it in time"),
        (True, True, UNTRIED, "the broker did not take it in time"),
        (True, True, "mqtt://h: it is full", "mqtt://h: it is full"),
        (False, True, "", "the connection was lost"),
        (False, True, UNTRIED, "not connected yet"),
        (False, False, "mqtt://h: nothing listens there", "mqtt://h: nothing listens there"),
        (True, False, "", "the broker did not take it in time"),
    ],
)
def test_what_was_not_told_is_said_and_why(
    link: type[FakeLink],
    capsys: Capture,
    connected: bool,
    ends_in_time: bool,
    failure: str,
    why: str,
) -> None:
    link.connected, link.ends_in_time, link.failure = connected, ends_in_time, failure
    link.untold = 3
    farewell = [] if connected and ends_in_time else [f"{NOT_TOLD} ({why})"]
    assert told_at_the_end(capsys) == [f"3 events were not delivered ({why})", *farewell]


def test_a_home_that_never_heard_of_the_watch_need_not_hear_of_its_end(
    link: type[FakeLink], capsys: Capture
) -> None:
    link.connected = link.reached = False
    link.untold, link.failure = 2, UNTRIED
    assert told_at_the_end(capsys) == ["2 events were not delivered (not connected yet)"]


def test_one_event_is_one(link: type[FakeLink], capsys: Capture) -> None:
    link.untold = 1
    assert told_at_the_end(capsys) == [
        "1 event was not delivered (the broker did not take it in time)"
    ]


def test_where_nothing_was_watched_there_is_nothing_to_take_back(capsys: Capture) -> None:
    async def run() -> None:
        async with home(Broker(HOST, free_port()), 1.0):
            pass

    asyncio.run(run())
    assert capsys.readouterr() == ("", "")


def test_without_a_broker_nothing_is_told(capsys: Capture) -> None:
    async def run() -> None:
        async with home(None, 1.0) as told:
            assert told.table().listeners(judged()) == []

    asyncio.run(run())
    assert capsys.readouterr() == ("", "")


def test_a_home_that_was_never_reached_has_nothing_to_hear(capsys: Capture) -> None:
    broker = Broker(HOST, free_port(), id=HOST_ID)

    async def run() -> None:
        async with watched(broker) as told:
            await until(lambda: link_of(told).failure != UNTRIED)

    asyncio.run(run())
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("frozen", [False, True])
def test_a_farewell_that_a_real_broker_takes_is_quiet_and_one_that_it_does_not_is_not(
    tmp_path: Path, capsys: Capture, frozen: bool
) -> None:
    async def run(broker: Mosquitto) -> None:
        async with watched(Broker(HOST, broker.port, id=HOST_ID)) as told:
            await until(lambda: link_of(told).connected)
            if frozen:
                broker.freeze()

    with Mosquitto(tmp_path) as broker:
        asyncio.run(run(broker))
    why = "the broker did not take it in time"
    line = f"upturn: mqtt: {NOT_TOLD} ({why})\n" if frozen else ""
    assert capsys.readouterr() == ("", line)


def test_two_simulations_of_one_script_are_two_nodes_if_their_names_differ() -> None:
    link = MqttLink(Broker("h", id=HOST_ID))
    told = Home(link, 1.0)
    for mark in ("", "den", "attic"):
        told.table(mark).listeners(judged())
    assert [(table.source, table._fallback_id) for table in link.tables] == [
        ("simulated normal", f"simulated-normal-{HOST_ID}"),
        ("simulated normal den", f"simulated-normal-den-{HOST_ID}"),
        ("simulated normal attic", f"simulated-normal-attic-{HOST_ID}"),
    ]


def test_after_its_last_session_a_table_obeys_nobody_and_says_that_nobody_is_watched() -> None:
    link = MqttLink(Broker("h", id=HOST_ID))
    told = Home(link, 1.0).table()
    (table,) = told.listeners(judged())
    assert isinstance(table, MqttTable)
    core = judged().pipeline()
    told.begin(lambda _: None)
    table.heard([], core.snapshot(0.0))
    told.end()
    assert (table.fresh, table.state, table.calm) == (False, None, False)
    assert table._act(Distress()) == "nobody is watched there any more"
