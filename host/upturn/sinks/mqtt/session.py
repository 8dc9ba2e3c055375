# SPDX-License-Identifier: MIT
"""One connection to the broker, from its first message to its last: a reader and a writer.

The host is said to be online only after every table has been told of, so that nobody sees what
the broker kept from before as if it were true now.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from typing import Protocol

import aiomqtt

from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import Connection, NotTaken
from upturn.sinks.mqtt.commands import Refused
from upturn.sinks.mqtt.incoming import owned_of, payload_of
from upturn.sinks.mqtt.owner import Owned
from upturn.sinks.mqtt.presence import NEWS, SETTLE_S, Presence
from upturn.sinks.mqtt.table import MqttTable
from upturn.sinks.mqtt.teller import EXPIRES_S, OFFLINE, ONLINE, disown
from upturn.sinks.mqtt.topics import (
    OWNER_FILTER,
    NodeTopics,
    host_availability,
    is_id,
    node_of,
)
from upturn.sinks.mqtt.wall import WallClock
from upturn.sinks.mqtt.words import why

ALIVE_S = 5.0
"""How often the broker is asked to confirm something, so that a dead one is noticed."""
CANCEL_S = 0.05
BIRTH_S = 1.0
"""Everybody answers a home's birth within this time, but not all at once."""


class Link(Protocol):
    """What a session has in its hands."""

    broker: Broker
    clock: Callable[[], float]

    @property
    def tables(self) -> Sequence[MqttTable]: ...

    @property
    def ends(self) -> bool: ...

    async def woken(self, timeout_s: float) -> None:
        """Until there is something to tell, or so long."""
        ...

    def wake(self) -> None: ...

    def works(self, refused: str) -> None:
        """It is connected; `refused` says what the broker does not take nevertheless."""
        ...


class Session:
    def __init__(self, link: Link, *, anew: bool) -> None:
        self.connected = False
        self.parted = False
        """The broker knows that nobody is watched any more."""
        self._link = link
        self._anew = anew
        self._online = host_availability(link.broker.id)
        self._birth = f"{link.broker.discovery_prefix}/status"
        self._former: dict[str, str] = {}
        """Nodes that were this host's when the broker was last told of them, and their source."""
        self._presences: dict[int, Presence] = {}
        self._heard = 0
        self._due_s: dict[int, float] = {}
        """When each wants to be looked at, if nothing happens; a message may change all of it."""
        self._deaf: dict[str, str] = {}
        self._left: dict[str, bytes] = {}
        """Of nodes that were this host's: the active set as the broker kept it, by topic."""
        self._settled_s = inf
        self._alive_s = -inf
        self._born_s = inf

    async def run(self) -> None:
        """Until the link ends, in order, or the connection breaks.

        Raises:
            MqttError: it was not made, or broke.
            InputError: the TLS settings cannot be used.
        """
        will = aiomqtt.Will(self._online, OFFLINE, qos=1, retain=True)
        broker = self._link.broker
        async with Connection(broker, f"upturn-{broker.id}", will, anew=self._anew) as connection:
            self.connected = True
            reader = asyncio.create_task(self._read(connection), name="mqtt reader")
            writer = asyncio.create_task(self._write(connection), name="mqtt writer")
            tasks = {reader, writer}
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            except BaseException:
                connection.drop()
                raise
            finally:
                await _end(tasks)

    async def _write(self, connection: Connection) -> None:
        link = self._link
        self._deaf = await connection.listen([(OWNER_FILTER, NEWS), (self._birth, NEWS)])
        self._settled_s = link.clock() + SETTLE_S
        for table in link.tables:
            table.repeat()
        while not link.ends:
            await link.woken(await self._step(connection))
        for presence in self._presences.values():
            await presence.farewell()
        with suppress(NotTaken):
            await connection.confirm(self._online, OFFLINE, retain=True)
            self.parted = True

    async def _step(self, connection: Connection) -> float:
        link = self._link
        now_s = link.clock()
        if now_s < self._settled_s:
            return self._settled_s - now_s
        if now_s >= self._born_s:
            self._born_s = inf
            self._due_s.clear()
            for presence in self._presences.values():
                presence.repeat()
        wait_s = min(ALIVE_S, self._born_s - now_s)
        for table in link.tables:
            presence = self._presences.setdefault(
                id(table), Presence(table, link.broker, connection, self._former, WallClock().now)
            )
            if table.news or now_s >= self._due_s.get(id(table), -inf):
                table.news, heard = False, self._heard
                wait = await presence.step(link.clock())
                # What came in meanwhile may have been for it.
                self._due_s[id(table)] = now_s if heard != self._heard else link.clock() + wait
            wait_s = min(wait_s, self._due_s[id(table)] - now_s)
        if now_s >= self._alive_s + ALIVE_S:
            await self._say_alive(connection, now_s)
        return max(0.0, wait_s)

    async def _say_alive(self, connection: Connection, now_s: float) -> None:
        """That this host is online, if the home knows what it must; and what is wrong, if not."""
        told = all(presence.told for presence in self._presences.values())
        wrong = [words for p in self._presences.values() for words in p.refused.values()]
        wrong += [*connection.shortcomings, *self._deaf.values()]
        if not told and not wrong:
            return
        if self._alive_s == -inf:
            await self._disown(connection)
        self._alive_s = now_s
        try:
            if told:
                await connection.confirm(self._online, ONLINE, retain=True, expires_s=EXPIRES_S)
            else:
                await connection.confirm(self._online, OFFLINE, retain=True)
        except NotTaken as error:
            wrong.append(f"{why(error)} ({self._online})")
        self._link.works(wrong[0] if wrong else "")

    async def _disown(self, connection: Connection) -> None:
        """What this host announced before, and does not watch now, has no data."""
        here = {table.node for table in self._link.tables}
        left = {NodeTopics(node).alarms: node for node in self._former if node not in here}
        if left:
            self._left = dict.fromkeys(left, b"")
            await connection.subscribe([(topic, NEWS) for topic in left])
            await asyncio.sleep(SETTLE_S)
            for topic, node in left.items():
                await disown(connection, node, self._left.pop(topic), WallClock().now())
            await connection.unsubscribe(list(left))

    async def _read(self, connection: Connection) -> None:
        async for message in connection.messages:
            topic = message.topic.value
            now_s = self._link.clock()
            if topic == self._birth:
                if message.payload == ONLINE.encode() and not message.retain:
                    self._born_s = now_s + random.uniform(0.0, BIRTH_S)  # noqa: S311 - no secret
            elif message.topic.matches(OWNER_FILTER):
                self._note_owner(node_of(topic), owned_of(message, now_s))
            elif topic == NodeTopics(node_of(topic)).event:
                self._had(payload_of(message).get("uid"))
            elif topic in self._left:
                assert isinstance(message.payload, bytes)
                self._left[topic] = message.payload
            self._hear(message, now_s)
            self._due_s.clear()
            self._heard += 1
            self._link.wake()

    def _note_owner(self, node: str, owned: Owned) -> None:
        if owned.host == self._link.broker.id and is_id(node):
            self._former[node] = owned.source
        else:
            self._former.pop(node, None)

    def _had(self, uid: object) -> None:
        """The broker had this event, perhaps from the connection before: that it says at once."""
        if isinstance(uid, str):
            for table in self._link.tables:
                table.outbox.arrived(uid)

    def _hear(self, message: aiomqtt.Message, now_s: float) -> None:
        topic = message.topic.value
        for presence in self._presences.values():
            verb = presence.verb(topic)
            if verb is None:
                presence.heard(message, now_s)
                continue
            table, payload = presence.table, message.payload
            assert isinstance(payload, bytes)
            said = table.inbox.take(now_s, verb, payload, retained=message.retain)
            if isinstance(said, Refused):
                table.refuse(said.verb, said.reason)
            elif said is not None:
                table.obey(said, verb)


async def _end(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel them until they are: `wait_for` that has its answer forgets that it was cancelled."""
    while not all(task.done() for task in tasks):
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=CANCEL_S)
    await asyncio.gather(*tasks, return_exceptions=True)
