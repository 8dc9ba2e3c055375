# SPDX-License-Identifier: MIT
"""One table over one connection: who its node is, and whose, before anything is told of it.

In this order, a step at a time, and from the first again after every reconnection and every pause
of this program: subscribe, wait for what the broker still knew, claim the node, tell.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from math import inf

from aiomqtt import Message
from paho.mqtt.subscribeoptions import SubscribeOptions

from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.client import Connection
from upturn.sinks.mqtt.incoming import owned_of, payload_of, text_of
from upturn.sinks.mqtt.owner import Claim
from upturn.sinks.mqtt.payloads import Signal, encode, owner_payload
from upturn.sinks.mqtt.table import MqttTable
from upturn.sinks.mqtt.teller import ONLINE, Teller
from upturn.sinks.mqtt.topics import NodeTopics, host_availability

SETTLE_S = 0.3
"""What the broker kept comes right after a subscription."""
LOOK_S = 1.0
PAUSE_S = 3.0
"""Who stood still for so long asks first whose the node is now."""
DEAF_S = 3.0
"""A claim that the broker took, and that does not come back for so long, will not."""
DEAF = "the broker lets this computer's user publish, but not read: look at its access list"
LOSSES = 5
CONTESTED_S = 60.0
"""A node that was lost so often in this time is contested."""
CONTESTED = "another program keeps taking this node"
OWNER_LOOK_S = 30.0
"""How often the broker is asked again whose the node is: in a cluster, or after a flood, two hosts
may have heard two claims in another order, but what is kept is one and the same."""
OVERLAP_S = 30.0
"""A host that stands by keeps so much of the news: the owner may have died before it told."""

COMMANDS = SubscribeOptions(qos=0, retainAsPublished=True, retainHandling=2)
"""Never kept by the broker for later: a command is for the moment that it was given in."""
NEWS = SubscribeOptions(qos=1)


class Presence:
    def __init__(
        self,
        table: MqttTable,
        broker: Broker,
        connection: Connection,
        former: Mapping[str, str],
        now: Callable[[], str],
    ) -> None:
        """`former` has the nodes that were this host's, with their source, kept current."""
        self.table = table
        self.told = False
        """The home knows what it has to, or hears it from another host."""
        self._broker = broker
        self._connection = connection
        self._former = former
        self._now = now
        self._deaf: dict[str, str] = {}
        self._settled_s = self._looked_s = self._stepped_s = -inf
        self._claimed_s = inf
        self._move_to("")

    @property
    def refused(self) -> dict[str, str]:
        """What the broker does not take or give, by topic, and why."""
        return self._deaf | self._teller.refused

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
        if now_s >= min(self._looked_s + OWNER_LOOK_S, self._stepped_s + PAUSE_S):
            await self._ask(now_s)
        self._stepped_s = now_s
        await self._watch(self._claim.other, now_s)
        table.elsewhere = bool(self._claim.other)
        if table.elsewhere:
            table.outbox.forget(now_s - OVERLAP_S)
        if now_s < self._settled_s:
            return self._settled_s - now_s
        if not self._claim.mine:
            return await self._stand_by(now_s)
        if not self._contested(now_s):
            self._teller.refused.pop(self._topics.owner, None)
        await self._teller.tell(now_s)
        self.told = self._teller.told and not self._contested(now_s)
        return LOOK_S

    def heard(self, message: Message, now_s: float) -> None:
        """Something about this node came in."""
        topic = message.topic.value
        if topic == self._topics.owner:
            owned = owned_of(message, now_s)
            if owned.host != self._broker.id and self._claim.mine:
                self._losses_s.append(now_s)
                self._teller.repeat()
                if owned.host:
                    self.table.outbox.forget(now_s - OVERLAP_S)
            self._claim.heard_owner(now_s, owned.host, claimed_s=owned.claimed_s)
            if self._claim.mine:
                self._claimed_s = inf
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
        self._teller.repeat()

    async def farewell(self) -> None:
        """The node is watched no more, in order."""
        if self._claim.mine and self._node:
            await self._teller.farewell()

    def _adopt(self) -> None:
        """Until a node says who it is, its source is the one that it had here the last time."""
        for node, source in self._former.items():
            if source == self.table.source:
                self.table.adopt(node)
                return

    async def _move(self, now_s: float) -> None:
        """The node is known now, or is another one."""
        if self._node:
            if self._claim.mine:
                await self._teller.leave(self._now())
            await self._watch("", now_s)
            topics = self._topics
            await self._connection.unsubscribe([topics.command, topics.event, topics.owner])
        self._move_to(self.table.node)
        wanted = [(self._topics.command, COMMANDS), (self._topics.event, NEWS)]
        self._deaf = await self._connection.listen(wanted)
        self._stepped_s = now_s
        await self._ask(now_s)

    def _move_to(self, node: str) -> None:
        self._node = node
        self._topics = NodeTopics(node)
        self._claim = claim = Claim(self._broker.id)
        self._teller = Teller(
            self._connection, self._broker, self.table, node, mine=lambda: claim.mine
        )
        self._watched = ""
        self._claimed_s = inf
        self._losses_s: deque[float] = deque(maxlen=LOSSES)

    async def _ask(self, now_s: float) -> None:
        """Whose the node is, as the broker keeps it."""
        self._looked_s = now_s
        await self._connection.listen([(self._topics.owner, NEWS)])
        self._settled_s = max(self._settled_s, now_s + SETTLE_S)

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
            refused = await self._connection.listen([(topic, NEWS) for topic in theirs])
            self._claim.deaf = bool(refused)
            self._settled_s = max(self._settled_s, now_s + SETTLE_S)

    async def _stand_by(self, now_s: float) -> float:
        """It is not this host's: claim it, or let the other tell."""
        self.told = False
        if not self._claim.free(now_s, fresh=self.table.fresh):
            self._teller.refused.clear()
            self.told = not self._contested(now_s)
            return LOOK_S
        topic = self._topics.owner
        owner = encode(owner_payload(self._broker.id, self.table.source, self._now()))
        if await self._teller.keep(topic, owner, now_s):
            self._claimed_s = min(self._claimed_s, now_s)
            if now_s >= self._claimed_s + DEAF_S:
                self._teller.give_up(topic, now_s, DEAF)
        self._contested(now_s)
        self._settled_s = now_s + SETTLE_S
        return SETTLE_S

    def _contested(self, now_s: float) -> bool:
        """It was lost again and again: that is said, and nothing is shown as watched."""
        losses_s = self._losses_s
        if len(losses_s) == LOSSES and now_s < losses_s[0] + CONTESTED_S:
            self._teller.refused[self._topics.owner] = f"{CONTESTED} ({self._topics.owner})"
            return True
        return False
