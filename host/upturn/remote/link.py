# SPDX-License-Identifier: MIT
"""The connection of a screen to the broker: it listens, and says only what a person commands.

It is made again for as long as the program runs, as the hosts' own is (`sinks.mqtt.link`), and is
nobody's owner: it has no will, claims no node, and leaves nothing at the broker.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from paho.mqtt.subscribeoptions import SubscribeOptions

from upturn.remote.answers import Order
from upturn.remote.feed import RemoteFeed
from upturn.remote.known import FILTERS, KnownTables
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import Connection, DaemonThreads, NotTaken
from upturn.sinks.mqtt.link import BACK_OFF_S, REFUSED_S, STEADY_S
from upturn.sinks.mqtt.topics import NodeTopics
from upturn.sinks.mqtt.words import REFUSALS, code_of, why

LISTENING = SubscribeOptions(qos=1)
WAITING = 100
"""Commands that are on their way; nobody presses as many keys."""
BROKEN = "the connection to the broker broke"


class Waiting(NamedTuple):
    feed: RemoteFeed
    order: Order


class RemoteLink:
    def __init__(
        self,
        broker: Broker,
        clock: Callable[[], float],
        *,
        wanted: tuple[str, ...] = (),
        allows_commands: bool = False,
        back_off_s: tuple[float, ...] = BACK_OFF_S,
    ) -> None:
        self.tables = KnownTables(clock, wanted, self._send if allows_commands else None)
        self._broker = broker
        self._clock = clock
        self._back_off_s = back_off_s
        self._orders: asyncio.Queue[Waiting] = asyncio.Queue(WAITING)
        # Two with one name would throw each other out, again and again.
        self._name = f"upturn-screen-{secrets.token_hex(6)}"

    async def run(self) -> None:
        """Listen until it is cancelled, whatever the broker does."""
        asyncio.get_running_loop().set_default_executor(DaemonThreads())
        failures = 0
        while True:
            began_s = self._clock()
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - any fault is shown, and none is the end
                words = f"{self._broker.described}: {why(error)}"
                refused = code_of(error) in REFUSALS
                failures = 0 if self._clock() - began_s >= STEADY_S else failures + 1
            else:
                words, refused = f"{self._broker.described}: {BROKEN}", False
            self.tables.connected(words)
            self._drop_orders(words)
            step = min(failures, len(self._back_off_s) - 1)
            pause_s = REFUSED_S if refused else self._back_off_s[step]
            await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))  # noqa: S311

    async def _listen(self) -> None:
        """One connection."""
        async with Connection(self._broker, self._name, None, anew=True) as connection:
            self.tables.connected("")
            deaf = await connection.listen([(topic, LISTENING) for topic in FILTERS])
            if deaf:
                topic, reason = next(iter(deaf.items()))
                self.tables.connected(f"{self._broker.described}: {reason} ({topic})")
            reader = asyncio.create_task(self._read(connection), name="remote reader")
            writer = asyncio.create_task(self._write(connection), name="remote writer")
            try:
                done, _ = await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            except BaseException:
                connection.drop()
                raise
            finally:
                for task in (reader, writer):
                    task.cancel()
                await asyncio.wait({reader, writer})

    async def _read(self, connection: Connection) -> None:
        async for message in connection.messages:
            assert isinstance(message.payload, bytes)
            self.tables.hear(message.topic.value, message.payload, retained=message.retain)

    async def _write(self, connection: Connection) -> None:
        while True:
            feed, order = await self._orders.get()
            topic = NodeTopics(feed.table.node).command_to(order.verb)
            try:
                await connection.confirm(topic, order.payload, retain=False)
            except NotTaken as refused:
                feed.not_sent(order, why(refused))

    def _send(self, feed: RemoteFeed, order: Order) -> None:
        try:
            self._orders.put_nowait(Waiting(feed, order))
        except asyncio.QueueFull:
            feed.not_sent(order, "too many commands wait to be sent")

    def _drop_orders(self, words: str) -> None:
        """A command is for the moment that it was given in."""
        with suppress(asyncio.QueueEmpty):
            while True:
                feed, order = self._orders.get_nowait()
                feed.not_sent(order, words)
