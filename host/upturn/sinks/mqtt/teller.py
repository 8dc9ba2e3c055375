# SPDX-License-Identifier: MIT
"""What a host tells of one node that is its own, over one connection.

What the broker does not take holds up nothing else, and is tried again. Nothing is told once the
node is another host's. What says that all is well does not outlive us: it is repeated, and the
broker lets go of it when it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from math import inf

from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import Connection, NotTaken
from upturn.sinks.mqtt.discovery import Announced, discovery_message, discovery_topic
from upturn.sinks.mqtt.incoming import json_object
from upturn.sinks.mqtt.payloads import encode, unwatched
from upturn.sinks.mqtt.table import MqttTable
from upturn.sinks.mqtt.topics import NodeTopics
from upturn.sinks.mqtt.words import why

REFUSED_S = 5.0
"""Before a message that the broker did not take is tried again."""
REPEAT_S = 10.0
"""Alarms and availability are told again, should somebody else have written there."""
EXPIRES_S = 30
"""Of what says that all is well, at the broker: it misses two repetitions."""

ONLINE, OFFLINE = "online", "offline"


class Teller:
    def __init__(
        self,
        connection: Connection,
        broker: Broker,
        table: MqttTable,
        node: str,
        mine: Callable[[], bool],
    ) -> None:
        """`mine` says whether the node is still this host's: that may change at every wait."""
        self.refused: dict[str, str] = {}
        """What the broker does not take, by topic, and why."""
        self.told = False
        """The broker has what the home must know: the active alarms, and whether data comes."""
        self._connection = connection
        self._broker = broker
        self._table = table
        self._node = node
        self._topics = NodeTopics(node)
        self._mine = mine
        self._again_s: dict[str, float] = {}
        self._repeat_s = -inf
        self._announced: Announced | None = None
        self._fresh: bool | None = None
        self._alarms: bytes | None = None

    def repeat(self) -> None:
        """Somebody has forgotten all that was said."""
        self._announced = None
        self._repeat_s = -inf
        self._table.repeat()

    async def tell(self, now_s: float) -> None:
        """Whatever is new, or is due again."""
        if now_s >= self._repeat_s + REPEAT_S:
            self._repeat_s = now_s
            self._fresh = self._alarms = None
        for part in (self._tell_alarms, self._tell_freshness, self._announce, self._tell_events):
            if self._mine():
                await part(now_s)
        state, self._table.state = self._table.state, None
        if state is not None and self._mine():
            await self._say(state)
        self.told = not self.refused.keys() & {self._topics.alarms, self._topics.availability}

    async def keep(
        self, topic: str, payload: bytes | str, now_s: float, *, expires_s: int | None = None
    ) -> bool:
        """Have the broker keep it for whoever comes later; False: it does not take it now."""
        return await self._take(topic, payload, now_s, retain=True, expires_s=expires_s)

    def give_up(self, topic: str, now_s: float, reason: str) -> None:
        """It is of no use there: not for a while."""
        self._again_s[topic] = now_s + REFUSED_S
        self.refused[topic] = f"{reason} ({topic})"

    async def farewell(self) -> None:
        """The node is watched no more, in order."""
        last = self._table.alarms
        if last is not None and last != self._alarms:
            with suppress(NotTaken):
                await self._connection.confirm(self._topics.alarms, last, retain=True)
        with suppress(NotTaken):
            await self._connection.confirm(self._topics.availability, OFFLINE, retain=True)

    async def leave(self, at: str) -> None:
        """Its source has another node now."""
        await disown(self._connection, self._node, self._alarms or b"", at)

    async def _tell_alarms(self, now_s: float) -> None:
        alarms, expires_s = self._table.alarms, EXPIRES_S if self._table.calm else None
        if alarms is None or alarms == self._alarms:
            return
        if await self.keep(self._topics.alarms, alarms, now_s, expires_s=expires_s):
            self._alarms = alarms

    async def _tell_freshness(self, now_s: float) -> None:
        fresh = self._table.fresh
        if fresh is self._fresh:
            return
        words, expires_s = (ONLINE, EXPIRES_S) if fresh else (OFFLINE, None)
        if await self.keep(self._topics.availability, words, now_s, expires_s=expires_s):
            self._fresh = fresh

    async def _announce(self, now_s: float) -> None:
        announced = self._table.announced
        if announced is None or announced == self._announced:
            return
        topic = discovery_topic(self._broker.discovery_prefix, self._node)
        message = encode(discovery_message(announced)) if self._broker.discovery else b""
        if await self.keep(topic, message, now_s):
            self._announced = announced

    async def _tell_events(self, now_s: float) -> None:
        outbox = self._table.outbox
        while (letter := outbox.first) is not None and self._mine():
            if not await self._take(letter.topic, letter.payload, now_s, retain=False):
                return
            outbox.arrived(letter.uid)

    async def _say(self, state: bytes) -> None:
        topic = self._topics.state
        try:
            await self._connection.say(topic, state)
        except NotTaken as error:
            self.refused[topic] = f"{why(error)} ({topic})"
        else:
            self.refused.pop(topic, None)

    async def _take(
        self,
        topic: str,
        payload: bytes | str,
        now_s: float,
        *,
        retain: bool,
        expires_s: int | None = None,
    ) -> bool:
        if now_s < self._again_s.get(topic, -inf):
            return False
        try:
            await self._connection.confirm(topic, payload, retain=retain, expires_s=expires_s)
        except NotTaken as error:
            self.give_up(topic, now_s, why(error))
            return False
        self.refused.pop(topic, None)
        return True


async def disown(connection: Connection, node: str, told: bytes, at: str) -> None:
    """Nobody here watches that node any more; `told` is its active set as the broker keeps it."""
    topics = NodeTopics(node)
    with suppress(NotTaken):
        await connection.confirm(topics.availability, OFFLINE, retain=True)
    said = json_object(told)
    if said.get("watched") or said.get("alarms"):
        with suppress(NotTaken):
            await connection.confirm(topics.alarms, encode(unwatched(said, at)), retain=True)
