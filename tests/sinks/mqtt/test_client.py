# SPDX-License-Identifier: MIT
"""What one connection adds to the library's: it is given up for good, and holds up no end."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from upturn.sinks.mqtt import client
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import TOO_LARGE, Connection, DaemonThreads, HungUp

WILL = aiomqtt.Will("upturn/here/availability", "offline", qos=1, retain=True)
WAIT_S = 10.0


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
