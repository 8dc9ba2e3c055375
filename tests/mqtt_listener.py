# SPDX-License-Identifier: MIT
"""A subscriber with a thread of its own: what others at the broker see, and when.

    with Listener(broker) as home:                      hears everything from here on
        said = home.wait_for(topic="upturn/+/event", kind="alarm", state="raised")
        said = await home.hears(topic="upturn/+/event") the same, in a coroutine
        home.publish("upturn/t1/command/acknowledge", b"{}")
        home.settle()                                   the broker has nothing more for it
        assert home.messages("upturn/t1/state") == []
    retained(broker, "upturn/#")                        what the broker keeps just now

It fails when the broker drops it, unless it `survives`: then it comes back within some 20 ms of
the broker, hears anew what is retained, and misses what others publish in between. To miss
nothing, have the program under test come through a `tests.tcp_proxy` and restore it afterwards.
"""

from __future__ import annotations

import time
from typing import Self
from uuid import uuid4

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from tests.certificates import Identity
from tests.mosquitto import Mosquitto
from tests.mqtt_heard import ANSWER_S, Heard, Message

__all__ = ["Listener", "Message", "RefusedError", "retained"]

RETRY_S = 0.02
KEEPALIVE_S = 600
"""Longer than any test, so that no frozen broker is given up."""
MARKS = "settled"
"""Where `settle` publishes; no message of it is recorded."""


class RefusedError(Exception):
    """The broker said no; the reason is the first argument."""


class Listener(Heard):
    def __init__(
        self,
        broker: Mosquitto,
        *filters: str,
        username: str | None = None,
        password: str | None = None,
        identity: Identity | None = None,
        identifier: str = "",
        survives: bool = False,
        as_published: bool = False,
    ) -> None:
        """Subscribed when it returns; to everything if there are no `filters`.

        Args:
            broker: Running.
            filters: Topics, with wildcards.
            username: One of the broker's users, whose password is taken from there.
            password: Another one.
            identity: The certificate to show; the broker's own choice by default.
            identifier: The client's id; another client of it is thrown out.
            survives: Come back when the broker does.
            as_published: Record the flag that was published, not whether the broker kept it.

        Raises:
            RefusedError: the broker does not take it.
        """
        super().__init__()
        self.connections = 0
        """So often it was subscribed."""
        self._filters = filters or ("#",)
        self._options = SubscribeOptions(qos=1, retainAsPublished=as_published)
        self._survives = survives
        self._marks: set[str] = set()
        self._answers: dict[int, ReasonCode] = {}
        self._client = client = Client(
            CallbackAPIVersion.VERSION2, identifier, protocol=MQTTv5, reconnect_on_failure=survives
        )
        if username is not None:
            client.username_pw_set(username, password or broker.users.get(username))
        if broker.tls is not None:
            own = identity or broker.identity
            files = (str(own.certificate), str(own.key)) if own else (None, None)
            client.tls_set(str(broker.tls.ca), *files)
        client.on_connect = lambda _c, _d, _flags, code, _p: self._connected(code)
        client.on_subscribe = lambda _c, _d, _mid, codes, _p: self._subscribed(codes)
        client.on_message = lambda _c, _d, message: self._hear(message)
        client.on_publish = lambda _c, _d, mid, code, _p: self._answered(mid, code)
        client.on_disconnect = lambda _c, _d, _flags, code, _p: self._disconnected(code)
        client.reconnect_delay_set(RETRY_S, RETRY_S)  # type: ignore[arg-type] # takes any number
        client.connect(broker.host, broker.port, KEEPALIVE_S)
        client.loop_start()
        try:
            self._wait(lambda: self.connections or None, ANSWER_S, "subscription")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def wait_for_connections(self, count: int, timeout_s: float = ANSWER_S) -> None:
        """Until it was subscribed so often: 2 after one restart of the broker."""
        self._wait(lambda: self.connections >= count or None, timeout_s, f"connection {count}")

    def publish(
        self, topic: str, payload: bytes | str = b"", *, qos: int = 1, retain: bool = False
    ) -> None:
        """Returns when the broker has it, or with QoS 0 when it is on its way.

        Raises:
            RefusedError: the broker does not take it.
            TimeoutError: it does not answer.
        """
        sent = self._client.publish(topic, payload, qos, retain)
        answer = self._wait(
            lambda: self._answers.pop(sent.mid, None), ANSWER_S, f"answer to {topic}"
        )
        if answer.is_failure:
            raise RefusedError(str(answer))

    def settle(self) -> None:
        """Until all that the broker took before this call has been heard: then nothing is missing.

        Needs the right to publish below `MARKS`, and the filter that reads it.
        """
        mark = f"{MARKS}/{uuid4().hex}"
        self.publish(mark)
        self._wait(lambda: mark in self._marks or None, ANSWER_S, "mark")

    # All that follows runs in the client's thread.

    def _connected(self, code: ReasonCode) -> None:
        if code.is_failure:
            self._tell(RefusedError(str(code)))
            return
        filters = (*self._filters, f"{MARKS}/#")
        self._client.subscribe([(topic, self._options) for topic in filters])

    def _subscribed(self, codes: list[ReasonCode]) -> None:
        refused = [RefusedError(str(code)) for code in codes[:-1] if code.is_failure]
        self.connections += not refused
        self._tell(refused[0] if refused else None)

    def _hear(self, heard: MQTTMessage) -> None:
        message = Message(
            time.monotonic(), heard.topic, bytes(heard.payload), heard.qos, heard.retain
        )
        if message.topic.startswith(f"{MARKS}/"):
            self._marks.add(message.topic)
            self._tell()
        else:
            self._put(message)

    def _answered(self, mid: int, code: ReasonCode) -> None:
        self._answers[mid] = code
        self._tell()

    def _disconnected(self, code: ReasonCode) -> None:
        self._tell(None if self._survives else ConnectionError(f"the broker dropped us: {code}"))


def retained(
    broker: Mosquitto, topic: str = "#", *, username: str | None = None
) -> dict[str, bytes]:
    """What the broker keeps there, by topic."""
    with Listener(broker, topic, username=username) as listener:
        listener.settle()
        return {m.topic: m.payload for m in listener.messages() if m.retain}
