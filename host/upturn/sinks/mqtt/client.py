# SPDX-License-Identifier: MIT
"""One connection to a broker: aiomqtt's client, with what it leaves open.

It says when the broker refuses a message or a subscription, or would hang up for a message's
size, or hangs up before its first word, or promises less than is counted on; a connection that
failed is closed for good, for a broker that was frozen would answer it later and throw out the
one that works; and no thread that waits for a broker can hold up the end of the program.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from math import inf
from typing import Any, Self

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from upturn.sinks.mqtt.broker import Broker, tls_context
from upturn.sinks.mqtt.guarded import LARGEST_BYTES, NONSENSE, GuardedClient, closing
from upturn.sinks.mqtt.words import REASONS, Broken, words_of

KEEPALIVE_S = 15
"""The broker tells of our death after one and a half of it."""
PATIENCE_S = 5.0
"""For an answer."""
SLOW_BYTES_PER_S = 1000.0
"""What is large takes its time on a slow line, and gets it."""
CONNECT_S = 5.0
SESSION_S = 300
"""How long the broker remembers us: long enough to tell what it had of us when it froze."""
SEND_BUFFER_BYTES = 16_384
"""Little, so that what is on its way through a slow line is never old."""

TOO_LARGE = 0x95
FRAME_BYTES = 15
"""Of a message, beside its topic and its payload."""

# So mosquitto refuses what is too large for it. Paho does not expect that, and would break off.
ReasonCode.names = {
    **ReasonCode.names,
    TOO_LARGE: {
        "Packet too large": [PacketTypes.CONNACK, PacketTypes.PUBACK, PacketTypes.DISCONNECT]
    },
}
_LOG = logging.getLogger("upturn.mqtt")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False


class NotTaken(aiomqtt.MqttCodeError):
    """The broker does not take the message, and the connection goes on."""


class HungUp(Broken):
    """It took the connection and closed it, and has not said why."""

    def __init__(self, *, tls: bool) -> None:
        hint = "whether it wants a certificate of ours" if tls else "whether it has TLS"
        super().__init__(f"it hangs up without an answer: look at the port, and {hint}")


class Connection(GuardedClient):
    """An async context manager, for one connection; messages are confirmed one by one."""

    shortcomings: list[str]
    """What this broker does not do, and is counted on, in words; known when it is connected."""

    def __init__(
        self, broker: Broker, identifier: str, will: aiomqtt.Will | None, *, anew: bool
    ) -> None:
        """`anew` has the broker forget what it remembers of us; without a `will` none is told.

        Raises:
            InputError: a file of the TLS settings cannot be used.
        """
        super().__init__(
            broker.host,
            broker.port,
            username=broker.username,
            password=broker.password,
            identifier=identifier,
            protocol=aiomqtt.ProtocolVersion.V5,
            will=will,
            clean_start=anew,
            keepalive=KEEPALIVE_S,
            timeout=PATIENCE_S,
            properties=_connect_properties(),
            tls_context=closing(tls_context(broker.tls)) if broker.tls is not None else None,
            socket_options=(
                (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES),
                (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
            ),
            logger=_LOG,
        )
        self._client.connect_timeout = CONNECT_S
        self._tls = broker.tls is not None
        self._refusal: ReasonCode | None = None
        self._largest_bytes = inf
        self._confirms = True
        self._keeps = True
        self.shortcomings = []

    async def __aenter__(self) -> Self:
        try:
            return await super().__aenter__()
        except BaseException:
            self.drop()
            raise

    async def confirm(
        self, topic: str, payload: bytes | str, *, retain: bool, expires_s: int | None = None
    ) -> None:
        """Publish with QoS 1 and wait until the broker has it, which forgets it after so long.

        A broker that confirms nothing, or keeps nothing, gets it without asking for that: what it
        can do is better than nothing, and `shortcomings` tells.

        Raises:
            NotTaken: the broker refuses it.
            MqttError: the connection is broken, or no answer comes in time.
        """
        self._check_size(topic, payload)
        self._refusal = None
        patience_s = self.timeout + len(payload) / SLOW_BYTES_PER_S
        until = _expires(expires_s) if expires_s is not None else None
        await self.publish(
            topic,
            payload,
            qos=1 if self._confirms else 0,
            retain=retain and self._keeps,
            properties=until,
            timeout=patience_s,
        )
        if self._refusal is not None:
            raise NotTaken(self._refusal)

    async def say(self, topic: str, payload: bytes) -> None:
        """Publish with QoS 0: nobody waits for it.

        Raises:
            NotTaken: it is too large for the broker.
            MqttError: the connection is broken.
        """
        self._check_size(topic, payload)
        await self.publish(topic, payload)

    async def listen(self, subscriptions: list[tuple[str, SubscribeOptions]]) -> dict[str, str]:
        """Subscribe; what the broker refuses of it, by topic, and why.

        Raises:
            MqttError: the connection is broken, or no answer comes in time.
        """
        answers = await self.subscribe(subscriptions)
        if len(answers) != len(subscriptions):
            raise Broken(NONSENSE)
        return {
            topic: words_of(answer)
            for (topic, _), answer in zip(subscriptions, answers, strict=True)
            if isinstance(answer, ReasonCode) and answer.is_failure
        }

    def _check_size(self, topic: str, payload: bytes | str) -> None:
        if len(topic) + len(payload) + FRAME_BYTES > self._largest_bytes:
            raise NotTaken(ReasonCode(PacketTypes.PUBACK, identifier=TOO_LARGE))

    def _on_connect(
        self,
        client: Any,
        userdata: Any,
        flags: Any,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        if not self._connected.done():
            self._largest_bytes = getattr(properties, "MaximumPacketSize", inf)
            self._confirms = getattr(properties, "MaximumQoS", 1) > 0
            self._keeps = getattr(properties, "RetainAvailable", 1) > 0
            self.shortcomings = list(_shortcomings(properties))
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_publish(
        self, client: Any, userdata: Any, mid: int, reason_code: ReasonCode, properties: Any
    ) -> None:
        if reason_code.is_failure:
            self._refusal = reason_code
        super()._on_publish(client, userdata, mid, reason_code, properties)

    def _on_disconnect(
        self,
        client: Any,
        userdata: Any,
        flags: Any,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        super()._on_disconnect(client, userdata, flags, reason_code, properties)
        if not self._connected.done():
            self._fail(HungUp(tls=self._tls))


class DaemonThreads(ThreadPoolExecutor):
    """A thread for each call that dies with the program: a look-up of a name may take a minute."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def call() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:  # noqa: BLE001 - whoever waits for it hears it
                    future.set_exception(error)

        threading.Thread(target=call, name="mqtt connect", daemon=True).start()
        return future


def _connect_properties() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_S
    properties.MaximumPacketSize = LARGEST_BYTES
    return properties


def _shortcomings(granted: Properties | None) -> Iterator[str]:
    """What the broker says of itself when it takes the connection."""
    keepalive_s = getattr(granted, "ServerKeepAlive", KEEPALIVE_S)
    if keepalive_s == 0:
        yield "the broker would not notice this computer's death"
    elif keepalive_s > KEEPALIVE_S:
        death_s = 1.5 * keepalive_s
        yield f"the broker would notice this computer's death only after {death_s:.0f} s"
    if not getattr(granted, "RetainAvailable", 1):
        yield REASONS[0x9A]
    if not getattr(granted, "MaximumQoS", 1):
        yield REASONS[0x9B]


def _expires(after_s: int) -> Properties:
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.MessageExpiryInterval = after_s
    return properties
