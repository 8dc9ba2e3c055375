# SPDX-License-Identifier: MIT
"""The library's client, guarded against what a broker may send.

Nothing that comes in may hold up the core, fill its memory or write to its screen: what is too
large or too much is not read, what is no MQTT ends the connection, and why it ended is kept until
somebody asks. What has come is read a little at a time, so that everybody gets a turn.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable
from contextlib import suppress
from math import inf
from types import TracebackType
from typing import Any, Self, TypeVar

import aiomqtt
from paho.mqtt.client import DisconnectFlags
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from upturn.sinks.mqtt.words import ENDED, SILENCE, Broken

LARGEST_BYTES = 65_536
QUEUED = 1_000
"""Messages that came in and were not looked at, more are dropped; answers that did not go out."""
HALF_SENT = 100
"""Messages of QoS 2 in their four steps: nobody asks for them, and paho reads as many at once."""

T = TypeVar("T")

TOO_MUCH = "the broker sends more than this computer takes"
NONSENSE = "it sends what is not MQTT 5: look at the port, and whether it is a broker"
_ENDED_HERE = {0x82: NONSENSE, 0x8D: SILENCE}
"""Why paho ended it by itself, by the reason code that it gives."""


class GuardedClient(aiomqtt.Client):
    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings, max_queued_incoming_messages=QUEUED)
        self._fault: BaseException | None = None
        """Why it ended, if not in order."""
        self._more: asyncio.Handle | None = None
        self._receive = self._client._sock_recv
        setattr(self._client, "_sock_recv", self._receive_bounded)  # noqa: B010

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        if self._client.socket() is None:  # it ended right after it began: aiomqtt forgets that
            raise self._fault or Broken(ENDED)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if isinstance(exc, aiomqtt.MqttError) and exc is not self._fault:
            exc.__cause__ = exc.__cause__ or self._fault  # whoever of us noticed it first
        await super().__aexit__(exc_type, exc, tb)

    def drop(self) -> None:
        """Close it without a word, so that the broker tells of our death."""
        self._close()
        if not self._disconnected.done():
            self._disconnected.set_result(None)

    async def _wait_for(self, fut: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109
        """As the library's, but whoever is cancelled here is.

        Its `asyncio.wait_for` loses that, before Python 3.12, where the answer comes in the same
        moment: the program would go on, and never end.
        """
        patience_s = self.timeout if timeout is None else timeout
        try:
            async with asyncio.timeout(patience_s if patience_s < inf else None):
                return await fut
        except TimeoutError:
            raise aiomqtt.MqttError("Operation timed out") from None

    def _fail(self, fault: BaseException) -> None:
        """It is of no use any more; the first reason is why."""
        self._fault = self._fault or fault
        for waited in (self._connected, self._disconnected):
            if not waited.done():
                waited.set_exception(self._fault)
                waited.exception()  # whether somebody waits for it or not
        self._close()

    def _close(self) -> None:
        with suppress(OSError, RuntimeError):
            self._client._sock_close()

    def _receive_bounded(self, count: int) -> bytes:
        """Paho asks for the whole rest of a packet, however long the broker says that it is."""
        client = self._client
        half_sent, unsent = len(client._in_messages), len(client._out_packet)
        if count > LARGEST_BYTES or half_sent > HALF_SENT or unsent > QUEUED:
            raise Broken(TOO_MUCH if self._connected.done() else NONSENSE)
        return self._receive(count)

    def _read(self) -> None:
        if self._more is not None:
            self._more.cancel()
            self._more = None
        try:
            self._client.loop_read()
        except (OSError, aiomqtt.MqttError) as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - whatever paho stumbles over
            fault = Broken(NONSENSE)
            fault.__cause__ = error
            self._fail(fault)
        sock = self._client.socket()
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            self._more = self._loop.call_soon(self._read)  # decoded already: no event tells of it

    def _write(self) -> None:
        try:
            self._client.loop_write()
        except Exception as error:  # noqa: BLE001 - whatever paho stumbles over
            self._fail(error)

    def _on_socket_open(self, client: Any, _userdata: Any, sock: Any) -> None:
        def begin() -> None:
            if client.socket() is sock:
                self._loop.add_reader(sock.fileno(), self._read)
                self._misc_task = self._loop.create_task(self._misc_loop())

        self._loop.call_soon_threadsafe(begin)  # this is the thread that connects

    def _on_socket_register_write(self, client: Any, _userdata: Any, sock: Any) -> None:
        def begin() -> None:
            if client.socket() is sock:  # else it is closed, and its number perhaps another's
                self._loop.add_writer(sock.fileno(), self._write)

        self._loop.call_soon_threadsafe(begin)

    def _on_socket_unregister_write(self, client: Any, _userdata: Any, sock: Any) -> None:
        if sock.fileno() >= 0:
            super()._on_socket_unregister_write(client, _userdata, sock)

    def _on_disconnect(
        self,
        client: Any,
        userdata: Any,
        flags: DisconnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        words = _ENDED_HERE.get(reason_code.value)
        if words and not flags.is_disconnect_packet_from_server:
            self._fail(Broken(words))
            return
        super()._on_disconnect(client, userdata, flags, reason_code, properties)
        if self._disconnected.done() and not self._disconnected.cancelled():
            why = self._disconnected.exception()  # asked for at once, or asyncio prints it
            self._fault = self._fault or why


class _ClosingSocket(ssl.SSLSocket):
    """Paho forgets a socket whose handshake fails, and leaves it open."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


def closing(context: ssl.SSLContext) -> ssl.SSLContext:
    """What it connects is closed when that fails."""
    context.sslsocket_class = _ClosingSocket
    return context
