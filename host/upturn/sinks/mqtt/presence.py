# SPDX-License-Identifier: MIT
"""One table over one connection: find out whose the node is, announce it, and tell the news.

In this order, a step at a time, and each step again from the first on after every reconnection:
subscribe, wait for what the broker still knew, claim the node, announce it, tell. Of what is told,
the alarms and whether data is fresh come before events, and events before readings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from math import inf

from aiomqtt import Message
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import Connection, NotTaken
from upturn.sinks.mqtt.discovery import Announced, discovery_message, discovery_topic
from upturn.sinks.mqtt.incoming import json_object, owned_of, payload_of, text_of
from upturn.sinks.mqtt.owner import Claim, Owned
from upturn.sinks.mqtt.payloads import Signal, encode, owner_payload, unwatched
from upturn.sinks.mqtt.table import MqttTable
from upturn.sinks.mqtt.teller import Teller
from upturn.sinks.mqtt.topics import NodeTopics, host_availability

SETTLE_S = 0.3
"""What the broker kept comes right after a subscription."""
LOOK_S = 1.0
DEAF_S = 3.0
"""A claim that the broker took, and that does not come back for so long, will not."""
DEAF = "the broker lets this computer's user publish, but not read: look at its access list"
OWNER_LOOK_S = 30.0
"""How often the broker is asked again whose the node is: in a cluster, or after a flood, two hosts
may have heard two claims in another order, but what is kept is one and the same."""
OVERLAP_S = 30.0
"""A host that stands by keeps so much of the news: the owner may have died before it told."""

ONLINE, OFFLINE = "online", "offline"
COMMANDS = SubscribeOptions(qos=0, retainAsPublished=True, retainHandling=2)
"""Never kept by the broker for later: a command is for the moment that it was given in."""
NEWS = SubscribeOptions(qos=1)


class Presence:
    def __init__(
        self,
        table: MqttTable,
        broker: Broker,
        connection: Connection,
        owners: Mapping[str, Owned],
        now: Callable[[], str],
    ) -> None:
        """`owners` is what the broker knew of every node, kept current by the caller."""
        self.table = table
        self.told = False
        """It is announced, and what is to be told has been."""
        self._broker = broker
        self._connection = connection
        self._teller = Teller(connection)
        self._owners = owners
        self._now = now
        self._node = ""
        self._topics = NodeTopics("")
        self._claim = Claim(broker.id)
        self._watched = ""
        self._settled_s = -inf
        self._looked_s = -inf
        self._claimed_s = inf
        self._announced: Announced | None = None
        self._fresh: bool | None = None
        self._alarms: bytes | None = None

    @property
    def refused(self) -> dict[str, str]:
        """What the broker does not take, by topic, and why."""
        return self._teller.refused

    @property
    def mine(self) -> bool:
        return self._claim.mine

    @property
    def other(self) -> str:
        """The host that announces the node instead."""
        return self._claim.other

    async def step(self, now_s: float) -> float:
        """Do what can be done now; how many seconds until there may be more."""
        table = self.table
        table.look()
        if not table.node:
            self._adopt()
        if table.node != self._node:
            await self._move(now_s)
        if not self._node:
            self.told = table.begun  # there is nothing to tell: no other table waits for it
            return LOOK_S
        if now_s >= self._looked_s + OWNER_LOOK_S:
            self._looked_s = now_s
            await self._connection.subscribe([(self._topics.owner, NEWS)])
        await self._watch(self._claim.other, now_s)
        table.elsewhere = bool(self._claim.other)
        if table.elsewhere:
            table.outbox.forget(now_s - OVERLAP_S)
        if now_s < self._settled_s:
            return self._settled_s - now_s
        if not self._claim.mine:
            self._announced = None
            if self._claim.free(now_s, fresh=table.fresh):
                await self._claim_node(now_s)
                return SETTLE_S
            self.told = True
            return LOOK_S
        if self._claimed_s < inf:
            self._claimed_s = inf
            self._teller.refused.pop(self._topics.owner, None)
        await self._tell(now_s)
        self.told = True
        return LOOK_S

    def heard(self, message: Message, now_s: float) -> None:
        """Something about this node came in."""
        topic = message.topic.value
        if topic == self._topics.owner:
            owned = owned_of(message, now_s)
            if owned.host and owned.host != self._broker.id and self._claim.mine:
                self.table.outbox.forget(now_s - OVERLAP_S)
            self._claim.heard_owner(now_s, owned.host, claimed_s=owned.claimed_s)
        elif topic == self._topics.state:
            reading = payload_of(message)
            if reading.get("signal") == Signal.OK:
                self._claim.heard_reading(now_s, text_of(reading, "host"))
        elif self._watched and topic == host_availability(self._watched):
            up = message.payload == ONLINE.encode()
            self._claim.heard_host(self._watched, up=up, kept=message.retain)

    def verb(self, topic: str) -> str | None:
        """What a message on this topic asks of this node, if it is for this host to do."""
        return self._topics.command_verb(topic) if self._node and self._claim.mine else None

    def repeat(self) -> None:
        """Somebody has forgotten all that was said."""
        self._announced = self._fresh = self._alarms = None
        self.table.repeat()

    async def farewell(self) -> None:
        """The node is watched no more, in order."""
        if self._claim.mine and self._node:
            last = self.table.alarms
            if last is not None and last != self._alarms:
                with suppress(NotTaken):
                    await self._connection.confirm(self._topics.alarms, last, retain=True)
            with suppress(NotTaken):
                await self._connection.confirm(self._topics.availability, OFFLINE, retain=True)

    def _adopt(self) -> None:
        """Until a node says who it is, its source is the one that it had here the last time."""
        for node, owner in self._owners.items():
            if owner[:2] == (self._broker.id, self.table.source):
                self.table.adopt(node)
                return

    async def _move(self, now_s: float) -> None:
        """The node is known now, or is another one."""
        if self._node:
            if self._claim.mine:
                told = self._alarms or b""
                await disown(self._connection, self._node, told, self._now())
            await self._connection.unsubscribe([self._topics.command, self._topics.event])
        self._node = self.table.node
        self._topics = NodeTopics(self._node)
        self._claim = Claim(self._broker.id)
        owned = self._owners.get(self._node, Owned())
        self._claim.heard_owner(now_s, owned.host, claimed_s=owned.claimed_s)
        self._watched = ""
        self._announced = self._fresh = self._alarms = None
        topics = self._topics
        await self._connection.subscribe([(topics.command, COMMANDS)])
        await self._connection.subscribe([(topics.event, NEWS)])
        self._settled_s = now_s + SETTLE_S
        self._looked_s = now_s

    async def _watch(self, host: str, now_s: float) -> None:
        """Hear when the host that owns the node is gone, or tells nothing of it; none: no more."""
        if host == self._watched:
            return
        if self._watched:
            theirs = [host_availability(self._watched), self._topics.state]
            await self._connection.unsubscribe(theirs)
        self._watched = host
        if host:
            theirs = [host_availability(host), self._topics.state]
            answers = await self._connection.subscribe([(topic, NEWS) for topic in theirs])
            self._claim.deaf = any(
                isinstance(answer, ReasonCode) and answer.is_failure for answer in answers
            )
            self._settled_s = max(self._settled_s, now_s + SETTLE_S)

    async def _claim_node(self, now_s: float) -> None:
        """Say that it is this host's; it is when that comes back."""
        topic = self._topics.owner
        if await self._teller.keep(topic, self._owner_payload(), now_s):
            self._claimed_s = min(self._claimed_s, now_s)
            if now_s >= self._claimed_s + DEAF_S:
                self._teller.give_up(topic, now_s, DEAF)
        self.told = bool(self.refused)  # it is no news that there is nothing to wait for
        self._settled_s = now_s + SETTLE_S

    async def _tell(self, now_s: float) -> None:
        table, topics = self.table, self._topics
        keep = self._teller.keep
        announced, alarms, fresh = table.announced, table.alarms, table.fresh
        if (
            alarms is not None
            and alarms != self._alarms
            and await keep(topics.alarms, alarms, now_s)
        ):
            self._alarms = alarms
        words = ONLINE if fresh else OFFLINE
        if fresh is not self._fresh and await keep(topics.availability, words, now_s):
            self._fresh = fresh
        if announced is not None and announced != self._announced:
            topic = discovery_topic(self._broker.discovery_prefix, self._node)
            message = encode(discovery_message(announced)) if self._broker.discovery else b""
            if await keep(topic, message, now_s):
                self._announced = announced
        while (letter := table.outbox.first) and self._claim.mine:
            if not await self._teller.once(topics.event, letter.payload, now_s):
                break
            table.outbox.arrived(letter.uid)
        if (state := table.state) is not None:
            table.state = None
            await self._teller.say(topics.state, state)

    def _owner_payload(self) -> bytes:
        return encode(owner_payload(self._broker.id, self.table.source, self._now()))


async def disown(connection: Connection, node: str, told: bytes, at: str) -> None:
    """Nobody here watches that node any more; `told` is its active set as the broker keeps it."""
    topics = NodeTopics(node)
    with suppress(NotTaken):
        await connection.confirm(topics.availability, OFFLINE, retain=True)
    said = json_object(told)
    if said.get("watched") or said.get("alarms"):
        with suppress(NotTaken):
            await connection.confirm(topics.alarms, encode(unwatched(said, at)), retain=True)
