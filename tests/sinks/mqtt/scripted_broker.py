# SPDX-License-Identifier: MIT
"""A broker that says byte for byte what a test wants, to one client that knows no better.

async with ScriptedBroker(then=b"...") as broker:       it takes the connection, says that
    async with connection(broker.port) as made: ...
    first, body = await broker.hears(PUBLISH)
"""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import Mapping
from types import TracebackType
from typing import NamedTuple, Self

import aiomqtt

from upturn.config.model import TlsConfig
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import Connection

WAIT_S = 10.0
CONNACK, PUBLISH, SUBSCRIBE, SUBACK, DISCONNECT = 0x20, 0x30, 0x82, 0x90, 0xE0
CONFIRM, PUBACK, RETAINED = 0x32, 0x40, 0x01
WILL = aiomqtt.Will("upturn/here/availability", "offline", qos=1, retain=True)


class Packet(NamedTuple):
    first: int
    """Its kind and its flags."""
    body: bytes


def connection(port: int, tls: TlsConfig | None = None) -> Connection:
    return Connection(Broker("127.0.0.1", port, tls=tls), "upturn-here", WILL, anew=True)


def packet(first: int, body: bytes) -> bytes:
    length, left = b"", len(body)
    while left > 127:
        length += bytes([left & 127 | 128])
        left >>= 7
    return bytes([first]) + length + bytes([left]) + body


def publish(topic: bytes, payload: bytes = b"{}", *, qos: int = 0, number: int = 1) -> bytes:
    name = struct.pack(">H", len(topic)) + topic
    return packet(
        PUBLISH | qos << 1, name + (struct.pack(">H", number) if qos else b"") + b"\0" + payload
    )


class ScriptedBroker:
    def __init__(
        self,
        *,
        granted: bytes = b"",
        hello: bytes | None = None,
        then: bytes = b"",
        answers: Mapping[int, tuple[int, bytes]] | None = None,
        ends: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`granted`: the properties of its CONNACK; `hello`: what it says instead of that;
        `then`: what it says right after; `answers`: what follows the number, by the request;
        `ends`: it hangs up instead of reading on.
        """
        self.port = 0
        taken = packet(CONNACK, bytes([0, 0, len(granted)]) + granted)
        self._hello = (taken if hello is None else hello) + then
        self._answers = answers or {}
        self._ends = ends
        self._tls = tls
        self._heard: asyncio.Queue[Packet] = asyncio.Queue()
        self._gone = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._server.close()
        async with asyncio.timeout(WAIT_S):
            await self._gone.wait()

    async def hears(self, kind: int) -> Packet:
        """The next one of this kind, whatever its flags are, past all others."""
        async with asyncio.timeout(WAIT_S):
            while (heard := await self._heard.get()).first & 0xF0 != kind & 0xF0:
                pass
        return heard

    async def hung_up(self) -> None:
        """The client has closed the connection."""
        async with asyncio.timeout(WAIT_S):
            await self._gone.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self._heard.put_nowait(await _read(reader))
            writer.write(self._hello)
            while not self._ends:
                heard = await _read(reader)
                self._heard.put_nowait(heard)
                kind = heard.first & ~RETAINED
                if kind in self._answers:
                    answer, rest = self._answers[kind]
                    begins = 2 + int.from_bytes(heard.body[:2]) if kind == CONFIRM else 0
                    writer.write(packet(answer, heard.body[begins : begins + 2] + rest))
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()
            self._gone.set()


async def _read(reader: asyncio.StreamReader) -> Packet:
    first = (await reader.readexactly(1))[0]
    length = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return Packet(first, await reader.readexactly(length))
