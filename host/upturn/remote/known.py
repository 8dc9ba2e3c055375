# SPDX-License-Identifier: MIT
"""All tables that the broker tells of: a live mapping of feeds, which grows and shrinks.

A table is shown from the moment that something is known of it which matters now: a reading, a
host that is there and has it, or alarms that a host left behind, of somebody whom no person has
seen upright since. One that was asked for by name is waited for. The law: no message stops
anything; what is none of ours is refused in one line, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from math import inf
from typing import NoReturn

from upturn.dashboard.feed import Feed
from upturn.remote.answers import Order
from upturn.remote.feed import RemoteFeed
from upturn.remote.fields import Refused, shown
from upturn.remote.names import Names, free
from upturn.remote.parse_alarms import parse_alarms
from upturn.remote.parse_event import parse_event
from upturn.remote.parse_presence import parse_availability, parse_owner
from upturn.remote.parse_state import parse_state
from upturn.remote.said import OwnerSaid
from upturn.remote.table import RemoteTable
from upturn.remote.waiting import CROWD, WaitingFeed
from upturn.sinks.mqtt.payloads import Origin
from upturn.sinks.mqtt.topics import ROOT, is_id

GONE_S = 600.0
"""A table that nobody was on, and that nobody tells of any more, is shown for so long."""
MAX_TABLES = 500
"""More is no ward: somebody fills the broker. What is not shown makes room for what is."""
MAX_KEPT = 4 * MAX_TABLES
"""Nodes of which no more is remembered than who owns them, and whether that host is there."""
CROWD_S = 60.0
"""After the last word of a table that there was no room for."""
FILTERS = tuple(
    f"{ROOT}/+/{leaf}" for leaf in ("owner", "availability", "alarms", "state", "event")
)
UNTRIED = "not connected to the broker yet"

SendTo = Callable[[RemoteFeed, Order], None]


class KnownTables(Mapping[str, Feed]):
    """By what people call them; the dashboard looks at it again and again."""

    def __init__(
        self,
        clock: Callable[[], float],
        wanted: Collection[str] = (),
        send: SendTo | None = None,
    ) -> None:
        """`wanted` names nodes, by id or by name; empty: all of them."""
        self.refused = 0
        """Messages that were none of ours."""
        self.refusal = ""
        """What was wrong with the last of them."""
        self._clock = clock
        self._wanted = tuple(dict.fromkeys(map(shown, wanted)))
        self._send = send
        self._broker = UNTRIED
        self._feeds: dict[str, RemoteFeed] = {}
        self._up: dict[str, bool | None] = {}
        """Nodes and hosts, as the broker speaks of them."""
        self._owners: dict[str, OwnerSaid] = {}
        """By node, whether or not there is a feed of it."""
        self._waiting: dict[str, WaitingFeed] = {}
        self._crowd: WaitingFeed | None = None
        self._crowded_s = -inf
        """When a table was told of last that there was no room for."""
        self._names = Names()
        self._calm_s: dict[str, float] = {}
        """Since when a table is lost of which nobody needs to hear any more."""
        self._shown: dict[str, Feed] = {}

    def __getitem__(self, name: str) -> Feed:
        return self._shown[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shown)

    def __len__(self) -> int:
        return len(self._shown)

    def look(self) -> None:
        """Let come and go what is due, before the mapping is read."""
        now_s = self._clock()
        present = {
            node: feed for node, feed in self._feeds.items() if self._is_present(node, feed, now_s)
        }
        own = {node: feed.table.name or node for node, feed in present.items()}
        names = self._names.deal(own)
        named: dict[str, Feed] = {names[node]: feed for node, feed in present.items()}
        missing = [want for want in self._wanted if not self._found(want, present)]
        if not named and not missing:
            missing = [""]
        for want in missing:
            waiting = self._waiting.setdefault(want, WaitingFeed(want, now_s, self._clock))
            waiting.broker = self._broker
            named[free(want, named)] = waiting
        self._waiting = {want: self._waiting[want] for want in missing}
        if self._crowd is not None and now_s < self._crowded_s + CROWD_S:
            named[free(CROWD, named)] = self._crowd
        else:
            self._crowd = None
        self._shown = named

    def connected(self, broker: str) -> None:
        """Why the broker is not reached; empty: it is, and tells anew what it kept."""
        self._broker = broker
        if not broker:
            self._up.clear()
        for feed in self._feeds.values():
            feed.table.broker = broker
            if not broker:
                feed.table.forget_the_broker()

    def fail(self, words: str) -> None:
        """This program itself can tell nothing any more, of any table."""
        for feed in self._feeds.values():
            feed.table.failure = words

    def hear(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """A message of one of `FILTERS`."""
        try:
            self._hear(topic, payload, retained=retained)
        except Refused as refused:
            self._refuse(topic, str(refused))

    def _hear(self, topic: str, payload: bytes, *, retained: bool) -> None:
        id, _, leaf = topic.partition("/")[2].partition("/")
        if not is_id(id):
            raise Refused("is of no node")
        match leaf:
            case "availability":
                self._hear_availability(id, parse_availability(payload))
            case "owner":
                self._hear_owner(id, parse_owner(payload))
            case "state":
                if retained:
                    raise Refused("was kept by the broker: nobody knows how old it is")
                self._hear_state(id, payload)
            case "alarms" if payload:
                self._hear_alarms(id, payload, retained=retained)
            case "event" if id in self._feeds:
                self._feeds[id].hear_event(parse_event(payload, id))

    def _hear_owner(self, id: str, owner: OwnerSaid | None) -> None:
        if owner is None:
            self._owners.pop(id, None)
        elif id in self._owners or len(self._owners) < MAX_KEPT:
            self._owners[id] = owner
        else:
            raise Refused("is of one node too many")
        if owner is not None and self._has_room(id):
            self._feed(id)
        if id in self._feeds:
            self._feeds[id].table.owner = owner
            self._tell_availability()

    def _hear_state(self, id: str, payload: bytes) -> None:
        try:
            said = parse_state(payload, id)
            self._feed(id).hear_state(said)
        except Refused as refused:
            if id in self._feeds:
                self._feeds[id].table.bad_state = f"its state cannot be believed: {refused}"
            raise

    def _hear_alarms(self, id: str, payload: bytes, *, retained: bool) -> None:
        try:
            said = parse_alarms(payload, id)
        except Refused as refused:
            if id in self._feeds:
                self._feeds[id].table.bad_alarms = f"its alarms cannot be believed: {refused}"
            raise
        self._feed(id).hear_alarms(said, live=not retained)

    def _hear_availability(self, id: str, up: bool | None) -> None:
        if id not in self._up and len(self._up) >= 2 * MAX_KEPT:
            raise Refused("is of one node or host too many")
        came = bool(up) and not self._up.get(id)
        self._up[id] = up
        self._tell_availability()
        if came:
            for node in self._come_back(id):
                self._feed(node)

    def _come_back(self, id: str) -> list[str]:
        """Nodes that had made room, and that now are there with their host."""
        return [
            node
            for node, owner in self._owners.items()
            if node not in self._feeds
            and id in (node, owner.host)
            and self._up.get(node)
            and self._up.get(owner.host)
        ]

    def _has_room(self, node: str) -> bool:
        """Perhaps because another has made it."""
        if node in self._feeds or len(self._feeds) < MAX_TABLES:
            return True
        least = min(self._feeds, key=self._need_of)
        if self._need_of(least) >= 2:
            return False
        del self._feeds[least]
        self._calm_s.pop(least, None)
        return True

    def _need_of(self, node: str) -> int:
        """0: it is not shown; 1: it is lost, and nobody was on it; 2: it is needed."""
        if not self._is_needed(self._feeds[node].table):
            return 0
        if node not in self._calm_s:
            return 2
        return int(self._clock() < self._calm_s[node] + GONE_S)

    def _feed(self, node: str) -> RemoteFeed:
        if node not in self._feeds:
            if not self._has_room(node):
                self._turn_away(node)
            table = RemoteTable(node, self._clock(), broker=self._broker)
            table.owner = self._owners.get(node)
            self._feeds[node] = RemoteFeed(table, self._clock, self._send)
            self._tell_availability()
        return self._feeds[node]

    def _turn_away(self, node: str) -> NoReturn:
        self._crowded_s = self._clock()
        if self._crowd is None:
            self._crowd = WaitingFeed(CROWD, self._crowded_s, self._clock)
            self._crowd.crowd = f"there are more than {MAX_TABLES}, {node} among them"
        raise Refused(f"is of one node more than {MAX_TABLES}")

    def _tell_availability(self) -> None:
        now_s = self._clock()
        for node, feed in self._feeds.items():
            feed.table.hear_node(now_s, self._up.get(node))
            owner = feed.table.owner
            feed.table.host_up = None if owner is None else self._up.get(owner.host)

    def _is_present(self, node: str, feed: RemoteFeed, now_s: float) -> bool:
        table = feed.table
        if self._wanted:
            return self._is_needed(table)
        if not self._is_needed(table):
            table.began_s = now_s  # it is waited for from when there is something to wait for
            return False
        feed.source()  # judges what is due
        if not table.forgettable:
            self._calm_s.pop(node, None)
            return True
        return now_s < self._calm_s.setdefault(node, now_s) + GONE_S

    def _is_needed(self, table: RemoteTable) -> bool:
        """Something is known of it that matters now."""
        if self._wanted:
            return any(_is_called(want, table) for want in self._wanted)
        if table.left_behind and (table.seen_upright or table.origin is not Origin.LIVE):
            return False
        alarms = table.alarms
        left = alarms is not None and (alarms.watched or bool(table.host_up and alarms.alarms))
        return table.state is not None or left or bool(table.host_up and table.node_up)

    def _found(self, want: str, present: Mapping[str, RemoteFeed]) -> bool:
        return any(_is_called(want, feed.table) for feed in present.values())

    def _refuse(self, topic: str, why: str) -> None:
        self.refused += 1
        self.refusal = f"{shown(topic)} {why}"
        node = topic.partition("/")[2].partition("/")[0]
        feed = self._feeds.get(node)
        if feed is not None:
            feed.note_refusal(self.refusal)


def _is_called(want: str, table: RemoteTable) -> bool:
    return table.node == want or table.name.casefold() == want.casefold()
