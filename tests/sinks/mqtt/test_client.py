# SPDX-License-Identifier: MIT
"""What one connection adds to the library's: it is given up for good, and holds up no end."""

from __future__ import annotations

import asyncio
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from math import inf

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from tests.sinks.mqtt.scripted_broker import (
    CONFIRM,
    PUBACK,
    PUBLISH,
    RETAINED,
    SUBACK,
    SUBSCRIBE,
    WAIT_S,
    WILL,
    ScriptedBroker,
)
from upturn.sinks.mqtt import client
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import TOO_LARGE, Connection, DaemonThreads, HungUp
from upturn.sinks.mqtt.words import Broken

CONFIRMED = {CONFIRM: (PUBACK, b"")}
NEWS = SubscribeOptions(qos=1)


class Deaf:
    """A server that takes one connection and never answers it; what it hears is kept."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(WAIT_S)
        self.port: int = self._listening.getsockname()[1]

    def accept(self) -> socket.socket:
        line, _ = self._listening.accept()
        line.settimeout(WAIT_S)
        return line

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def deaf() -> Iterator[Deaf]:
    server = Deaf()
    yield server
    server.close()


def connection(port: int) -> Connection:
    return Connection(Broker("127.0.0.1", port), "upturn-here", WILL, anew=True)


def read_to_the_end(line: socket.socket) -> bytes:
    heard = b""
    with line:
        while piece := line.recv(4096):
            heard += piece
    return heard


@pytest.mark.parametrize("patience_s", [None, 60.0, inf])
async def test_who_is_ended_in_the_moment_in_which_the_answer_comes_is_ended(
    patience_s: float | None,
) -> None:
    """Else a program that is told to end goes on."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    asking = asyncio.create_task(connection(1)._wait_for(answer, patience_s))
    await asyncio.sleep(0)
    answer.set_result(0)
    asking.cancel()
    await asyncio.wait({asking})
    assert asking.cancelled()


async def test_a_connection_that_gets_no_answer_is_closed(
    deaf: Deaf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_S", 0.1)
    with pytest.raises(aiomqtt.MqttError, match="timed out"):
        await connection(deaf.port).__aenter__()
    line = deaf.accept()
    heard = await asyncio.to_thread(read_to_the_end, line)
    assert (heard[0], len(heard)) == (PacketTypes.CONNECT << 4, 2 + heard[1])  # and no goodbye


async def test_a_broker_that_hangs_up_at_once_is_not_waited_for(deaf: Deaf) -> None:
    def hang_up() -> None:
        with deaf.accept() as line:
            line.recv(4096)

    thread = threading.Thread(target=hang_up)
    thread.start()
    with pytest.raises(HungUp, match="it hangs up without an answer"):
        async with asyncio.timeout(client.PATIENCE_S / 2):
            await connection(deaf.port).__aenter__()
    thread.join()


async def test_a_dropped_connection_says_no_goodbye_and_may_be_dropped_again(
    deaf: Deaf, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = connection(deaf.port)

    def answer() -> bytes:
        with deaf.accept() as line:
            line.recv(4096)
            line.sendall(b"\x20\x03\x00\x00\x00")
            return read_to_the_end(line)

    answering = asyncio.ensure_future(asyncio.to_thread(answer))
    async with made:
        made.drop()
        made.drop()
    assert await asyncio.wait_for(answering, WAIT_S) == b""


@pytest.mark.parametrize(
    ("granted", "shortcomings"),
    [
        (b"", []),
        (b"\x13\x00\x0f\x24\x01\x25\x01", []),
        (b"\x13\x00\x05", []),
        (b"\x13\x00\x00", ["the broker would not notice this computer's death"]),
        (
            b"\x13\x0e\x10",
            ["the broker would notice this computer's death only after 5400 s"],
        ),
        (b"\x25\x00", ["the broker keeps no messages (retain is off)"]),
        (
            b"\x24\x00\x25\x00",
            [
                "the broker keeps no messages (retain is off)",
                "the broker does not confirm messages (QoS 1 is off)",
            ],
        ),
    ],
)
async def test_what_a_broker_promises_less_than_is_counted_on_is_known(
    granted: bytes, shortcomings: list[str]
) -> None:
    async with ScriptedBroker(granted=granted) as broker, connection(broker.port) as made:
        assert made.shortcomings == shortcomings
        made.drop()


@pytest.mark.parametrize(
    ("granted", "first"),
    [(b"", CONFIRM | RETAINED), (b"\x24\x00", PUBLISH | RETAINED), (b"\x25\x00", CONFIRM)],
    ids=["confirmed and kept", "not confirmed", "not kept"],
)
async def test_a_broker_is_not_asked_for_what_it_does_not_do(granted: bytes, first: int) -> None:
    async with (
        ScriptedBroker(granted=granted, answers=CONFIRMED) as broker,
        connection(broker.port) as made,
    ):
        await made.confirm("a/b", "on", retain=True)
        assert (await broker.hears(PUBLISH)).first == first
        made.drop()


@pytest.mark.parametrize(
    ("expires_s", "properties"), [(None, b"\x00"), (30, b"\x05\x02" + struct.pack(">I", 30))]
)
async def test_what_expires_says_when(expires_s: int | None, properties: bytes) -> None:
    async with ScriptedBroker(answers=CONFIRMED) as broker, connection(broker.port) as made:
        await made.confirm("a/b", "on", retain=True, expires_s=expires_s)
        body = (await broker.hears(PUBLISH)).body
        assert body == b"\x00\x03a/b" + body[5:7] + properties + b"on"
        made.drop()


async def test_what_the_broker_lets_nobody_hear_is_told_by_topic() -> None:
    answers = {SUBSCRIBE: (SUBACK, b"\x00\x01\x87\x00\x80")}
    async with ScriptedBroker(answers=answers) as broker, connection(broker.port) as made:
        refused = await made.listen([(topic, NEWS) for topic in ("a", "b", "c", "d")])
        assert refused == {
            "b": "the broker does not allow it: look at its access list and the user name",
            "d": "the broker refuses it and does not say why: look at its log",
        }
        made.drop()


async def test_an_answer_for_fewer_topics_than_asked_for_is_none() -> None:
    answers = {SUBSCRIBE: (SUBACK, b"\x00\x01")}
    async with ScriptedBroker(answers=answers) as broker, connection(broker.port) as made:
        with pytest.raises(Broken, match="it sends what is not MQTT 5"):
            await made.listen([("a", NEWS), ("b", NEWS)])
        made.drop()


def test_mosquittos_answer_to_what_is_too_large_is_understood() -> None:
    reason = ReasonCode(PacketTypes.PUBACK)
    reason.unpack(bytes([TOO_LARGE]))
    assert (reason.value, str(reason), reason.is_failure) == (TOO_LARGE, "Packet too large", True)


async def test_a_thread_hands_over_what_came_out_or_the_fault() -> None:
    threads = DaemonThreads()
    assert threads.submit(lambda a, b: a + b, 1, b=2).result(WAIT_S) == 3
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 / 0).result(WAIT_S)


async def test_calls_do_not_wait_for_each_other_however_many() -> None:
    threads, count = DaemonThreads(), 50
    together = threading.Barrier(count)
    calls = [threads.submit(together.wait, WAIT_S) for _ in range(count)]
    assert sorted(call.result(WAIT_S) for call in calls) == list(range(count))


def test_a_call_that_never_returns_does_not_hold_up_the_end_of_the_program() -> None:
    program = (
        "import asyncio, threading\n"
        "from upturn.sinks.mqtt.client import DaemonThreads\n"
        "async def main():\n"
        "    loop = asyncio.get_running_loop()\n"
        "    loop.set_default_executor(DaemonThreads())\n"
        "    loop.run_in_executor(None, threading.Event().wait)\n"
        "asyncio.run(main())\n"
        "print('ended')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=WAIT_S, check=True
    )
    assert done.stdout == "ended\n"
