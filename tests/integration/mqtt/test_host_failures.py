# SPDX-License-Identifier: MIT
"""A host that dies, stands still or is ended: the home knows at once, and the host ends at once.

The programs here are processes of their own, for only those can be killed.
"""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.mqtt.upturn_process import Upturn, settings, watch
from tests.mosquitto import HOST, Mosquitto, free_port
from tests.mqtt_listener import Listener, Message, retained

UNAWARE = (
    "the home was not told that nobody is watched any more (the broker did not take it in time)"
)
AT_ONCE_S = 2.0
LATEST_END_S = 4.0
"""A host that is ended waits for a broker that does not answer, but no longer than this."""
QUICK_KEEPALIVE = "import upturn.sinks.mqtt.client as c; c.KEEPALIVE_S = 2"


@pytest.fixture
def home(broker: Mosquitto) -> Iterator[Listener]:
    with Listener(broker, as_published=True) as listener:
        yield listener


@pytest.fixture
def host(broker: Mosquitto) -> str:
    """A name that no other test has at the same time: the system gives each to one process."""
    return f"host-{broker.port}"


def watched(home: Listener, host: str) -> str:
    """The node, once the home knows that data comes from it."""
    home.wait_for(topic=f"upturn/{host}/availability", match=lambda m: m.payload == b"online")
    found = [m for m in home.messages("upturn/+/availability") if host not in m.topic[:20]]
    return found[-1].topic.split("/")[1]


def goes_offline(home: Listener, id: str, timeout_s: float = AT_ONCE_S) -> Message:
    return home.wait_for(
        topic=f"upturn/{id}/availability",
        match=lambda m: m.payload == b"offline",
        timeout_s=timeout_s,
    )


def test_a_host_that_is_killed_is_offline_at_once(
    tmp_path: Path, broker: Mosquitto, home: Listener, host: str
) -> None:
    with watch(tmp_path, settings(host, broker.port)) as upturn:
        watched(home, host)
        upturn.end(signal.SIGKILL)
        will = goes_offline(home, host)
        assert (will.qos, will.retain) == (1, True)
        assert retained(broker, f"upturn/{host}/availability").popitem()[1] == b"offline"


def test_a_host_that_stands_still_is_offline_after_one_and_a_half_keepalives(
    tmp_path: Path, broker: Mosquitto, home: Listener, host: str
) -> None:
    with watch(tmp_path, settings(host, broker.port), patch=QUICK_KEEPALIVE) as upturn:
        watched(home, host)
        upturn.freeze()
        assert goes_offline(home, host, timeout_s=9.0).retain


def test_the_broker_is_asked_to_notice_within_23_seconds(
    tmp_path: Path, broker: Mosquitto, home: Listener, host: str
) -> None:
    with watch(tmp_path, settings(host, broker.port)):
        watched(home, host)
        said = re.search(rf"as upturn-{host} \((.*?)\)", broker.log())
        assert said is not None
        assert "k15" in said[1].split(", ")


def told(broker: Mosquitto) -> str:
    """What it says on stderr once it is connected."""
    return f"upturn: mqtt: mqtt://{HOST}:{broker.port} is told\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_host_that_is_ended_says_that_nobody_is_watched_any_more(
    tmp_path: Path, broker: Mosquitto, home: Listener, host: str, number: int, code: int
) -> None:
    with watch(tmp_path, settings(host, broker.port)) as upturn:
        node = watched(home, host)
        ended = upturn.end(number)
        assert (ended.code, ended.stderr) == (code, told(broker))
        assert ended.took_s < AT_ONCE_S
        home.settle()
        last = [(m.topic, m.payload) for m in home.messages("upturn/+/availability")[-2:]]
        assert last == [
            (f"upturn/{node}/availability", b"offline"),
            (f"upturn/{host}/availability", b"offline"),
        ]
        assert home.messages(f"upturn/{host}/availability")[-1].retain
        assert home.json(f"upturn/{node}/alarms")[-1]["watched"] is False


def test_a_host_that_is_ended_does_not_wait_for_a_frozen_broker(
    tmp_path: Path, broker: Mosquitto, home: Listener, host: str
) -> None:
    with watch(tmp_path, settings(host, broker.port)) as upturn:
        watched(home, host)
        broker.freeze()
        try:
            ended = upturn.end(signal.SIGTERM)
        finally:
            broker.thaw()
        assert (ended.code, ended.stderr) == (0, f"{told(broker)}upturn: mqtt: {UNAWARE}\n")
        assert ended.took_s < LATEST_END_S


@pytest.fixture(params=["takes the connection and says nothing", "does not even take it"])
def deaf_port(request: pytest.FixtureRequest) -> Iterator[int]:
    with socket.create_server((HOST, 0), backlog=0) as server, ExitStack() as waiting:
        port = server.getsockname()[1]
        for _ in range(2 if "not even" in request.param else 0):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex((HOST, port))  # now nobody else is let in
        yield port


def test_a_host_that_is_ended_does_not_wait_for_a_broker_that_never_answered(
    tmp_path: Path, deaf_port: int, host: str
) -> None:
    with watch(tmp_path, settings(host, deaf_port)) as upturn:
        upturn.wait_for_line()
        ended = upturn.end(signal.SIGTERM)
        assert (ended.code, ended.stderr) == (0, "")
        assert ended.took_s < LATEST_END_S


def demo(folder: Path, url: str) -> Upturn:
    """A session that is over in no time."""
    args = ("demo", "--once", "--headless", "--json", "--speed", "max", "--mqtt", url)
    return Upturn(folder, *args)


def published(upturn: Upturn) -> list[tuple[float, str]]:
    """What has to be on the broker of all that was told on stdout."""
    kinds = ("alarm", "inversion_started", "inversion_ended")
    return [(line["t_s"], line["kind"]) for line in upturn.json if line["kind"] in kinds]


def test_a_demo_without_a_broker_ends_by_itself_and_says_what_was_not_delivered(
    tmp_path: Path,
) -> None:
    url = f"mqtt://{HOST}:{free_port()}"
    with demo(tmp_path, url) as upturn:
        ended = upturn.end()
    count = len(published(upturn))
    said = f"upturn: mqtt: {count} events were not delivered ({url}: nothing listens there)\n"
    assert (ended.code, ended.stderr) == (0, said)


def test_a_demo_that_is_over_at_once_is_told_in_full(
    tmp_path: Path, broker: Mosquitto, home: Listener
) -> None:
    with demo(tmp_path, f"mqtt://{HOST}:{broker.port}") as upturn:
        ended = upturn.end()
    home.settle()
    assert (ended.code, ended.stderr) == (0, told(broker))
    assert [(e["t_s"], e["kind"]) for e in home.json("upturn/+/event")] == published(upturn)
    assert len(published(upturn)) > 0
