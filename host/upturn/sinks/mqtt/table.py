# SPDX-License-Identifier: MIT
"""What the home shall know of one table: kept here until the connection has told it.

Alarms and inversions wait their turn in the outbox. Of everything else there is only the newest:
the active alarms, whether data is fresh, and a reading, which is thrown away rather than told
late.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count

from upturn import __version__
from upturn.core.commands import Command, SinkStatus
from upturn.core.events import Event
from upturn.core.sample import UNNAMED
from upturn.core.snapshot import Snapshot
from upturn.sinks.mqtt.broker import Broker
from upturn.sinks.mqtt.commands import Inbox, forbidden_by
from upturn.sinks.mqtt.discovery import Announced
from upturn.sinks.mqtt.outbox import Letter, Outbox, Weight, weight_of
from upturn.sinks.mqtt.payloads import (
    Origin,
    Payload,
    Stamp,
    alarms_payload,
    command_payload,
    encode,
    event_payload,
    is_fresh,
    state_payload,
)
from upturn.sinks.mqtt.topics import NodeTopics
from upturn.sinks.mqtt.wall import WallClock

NAME = "mqtt"
"""What it is called among the sinks."""
STATE_S = 0.9
"""A reading a second: a little less, so that a clock that is a little early skips none."""
QUIET_S = 5.0
"""A core that was not heard for so long is stuck, whatever the connection says."""
UNKNOWN_KEPT = 1_000
"""Events from before the node has said who it is."""


class MqttTable:
    """A listener of one table's service; it takes at once and never waits."""

    name = NAME

    def __init__(
        self,
        broker: Broker,
        *,
        source: str,
        name: str = "",
        fallback_id: str = "",
        model: str = "",
        origin: Origin = Origin.LIVE,
        wall: WallClock | None = None,
        wake: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fallback_id` names what has no hardware, such as a simulation."""
        self.outbox = Outbox()
        self.node = ""
        """Its hardware's id; empty until it is known."""
        self.source = source
        self.fresh = False
        self.state: bytes | None = None
        """A reading to be told; None: none is due."""
        self.alarms: bytes | None = None
        """The active set, to be kept by the broker; None before the first."""
        self.calm = False
        """It says that somebody is watched, and that nothing is wrong."""
        self.announced: Announced | None = None
        self.elsewhere = False
        """Another host tells of it."""
        self.news = False
        """There is something to tell since the connection last looked."""
        self.commands_refused = 0
        self.inbox = Inbox(broker.permits)
        self._broker = broker
        self._name = name
        self._fallback_id = fallback_id
        self._model = model
        self._origin = origin
        self._forbidden = forbidden_by(broker.permits)
        self._wall = wall or WallClock()
        self._wake = wake
        self._clock = clock
        self._act: Callable[[Command], str | None] = lambda _: "nothing is watched"
        self._failure = ""
        self._snapshot: Snapshot | None = None
        self._nameless: deque[tuple[str, Event]] = deque(maxlen=UNKNOWN_KEPT)
        mark = secrets.token_hex(4)
        self._uids = (f"{mark}-{n}" for n in count(1))
        self._heard_s = clock()
        self._closed = False
        self._told_s = -STATE_S
        self._told_of: object = None
        self._alarms_told: Payload = {}
        self._moments: dict[float, str] = {}

    def begin(self, act: Callable[[Command], str | None]) -> None:
        """Another session of the same table; `act` carries commands to its core."""
        self._act = act
        self._moments.clear()
        if self._failure:
            act(SinkStatus(NAME, working=False, reason=self._failure))

    @property
    def begun(self) -> bool:
        """Its core was heard, whether or not its node was."""
        return self._snapshot is not None

    def heard(self, events: Sequence[Event], snapshot: Snapshot) -> None:
        """What the core has said, and how the table stands after it."""
        if self._closed:
            return
        self._snapshot = snapshot
        self._heard_s = self._clock()
        self._identify(snapshot.node_id or self._fallback_id)
        for event in events:
            at = self._wall.at(event.t_s, snapshot.now_s)
            if self.node:
                self._post(at, event)
            else:
                self._nameless.append((at, event))
        if self.node:
            self._refresh(snapshot)
        self._stir()

    def end(self) -> None:
        """Nobody is watched any more: that no alarm is active means nothing from now on."""
        self.fresh = False
        self.state = None
        if self._alarms_told.get("watched"):
            self._say_alarms({**self._alarms_told, "at": self._wall.now(), "watched": False})
        self._stir()

    def close(self) -> None:
        """The end, and whatever may still be heard changes nothing of what is told of it."""
        self._closed = True
        self.end()

    def look(self) -> None:
        """Notice a core that says nothing any more."""
        if self.fresh and self._clock() - self._heard_s >= QUIET_S:
            self.end()

    def adopt(self, node: str) -> None:
        """Take it for the node that this source had before, until it says who it is."""
        if not self.node and self._snapshot is not None:
            self._identify(node)
            self._refresh(self._snapshot)

    def repeat(self) -> None:
        """Somebody has forgotten: the next reading is told whatever it is."""
        self.state = None
        self._told_of = None
        self._told_s = -STATE_S

    def obey(self, command: Command, verb: str) -> None:
        """Act on a command of the home, and answer it."""
        refusal = self._act(command)
        id = getattr(command, "id", None)
        occurrence = getattr(command, "occurrence", None)
        self._answer(verb, refusal, id, occurrence)

    def refuse(self, verb: str, reason: str) -> None:
        self._answer(verb, reason, None, None)

    def report(self, failure: str) -> None:
        """The connection fails, and why; empty: it works."""
        if failure != self._failure:
            self._failure = failure
            self._act(SinkStatus(NAME, working=not failure, reason=failure))

    def _answer(
        self, verb: str, reason: str | None, id: str | None, occurrence: int | None
    ) -> None:
        if reason is not None:
            self.commands_refused += 1
        if self._snapshot is not None and self.node:
            uid, stamp = next(self._uids), self._stamp(self._wall.now())
            payload = command_payload(
                verb, reason, stamp, uid, self._snapshot.now_s, id=id, occurrence=occurrence
            )
            self._put(uid, payload, Weight.ANSWER)
            self._stir()

    def _stir(self) -> None:
        self.news = True
        self._wake()

    def _identify(self, node: str) -> None:
        if not node or node == self.node:
            return
        self.node = node
        self.repeat()
        self._alarms_told = {}
        while self._nameless:
            self._post(*self._nameless.popleft())

    def _post(self, at: str, event: Event) -> None:
        uid = next(self._uids)
        payload = event_payload(event, self._stamp(at), uid)
        if payload is not None:
            self._put(uid, payload, weight_of(event))

    def _put(self, uid: str, payload: Payload, weight: Weight) -> None:
        topic = NodeTopics(self.node).event  # of the node that it is about, whoever comes after
        self.outbox.put(Letter(uid, topic, encode(payload), weight, self._clock()))

    def _refresh(self, snapshot: Snapshot) -> None:
        self.fresh = is_fresh(snapshot)
        self._refresh_alarms(snapshot)
        known = self.announced is not None and self.announced.has_battery
        self.announced = Announced(
            node=self.node,
            name=self._display_name(),
            host=self._broker.id,
            model=self._model,
            sensor=snapshot.sensor,
            firmware="",
            device=snapshot.device.kind,
            has_battery=known or snapshot.battery_percent is not None,
            seen_upright=self._broker.permits.seen_upright,
            acknowledge=self._broker.permits.acknowledge,
            version=__version__,
        )
        told_of = (self.fresh, snapshot.posture, snapshot.inverted, self.alarms)
        if told_of != self._told_of or self._clock() - self._told_s >= STATE_S:
            self._told_of, self._told_s = told_of, self._clock()
            stamp = self._stamp(self._wall.now())
            state = state_payload(snapshot, stamp, self.commands_refused, self._forbidden)
            self.state = encode(state)

    def _refresh_alarms(self, snapshot: Snapshot) -> None:
        before, self._moments = self._moments, {}

        def at_of(t_s: float) -> str:
            """The same words for the same moment, though the two clocks drift."""
            key = round(t_s, 6)
            at = before.get(key) or self._wall.at(t_s, snapshot.now_s)
            self._moments[key] = at
            return at

        stamp = self._stamp(self._wall.now())
        payload = alarms_payload(snapshot, stamp, at_of)
        self._say_alarms(payload)

    def _say_alarms(self, payload: Payload) -> None:
        if {**payload, "at": ""} != self._alarms_told:
            self._alarms_told = {**payload, "at": ""}
            self.alarms = encode(payload)
            self.calm = bool(payload["watched"]) and not payload["alarms"]

    def _stamp(self, at: str) -> Stamp:
        return Stamp(at, self._broker.id, self.node, self._display_name(), self._origin)

    def _display_name(self) -> str:
        """The user's, or the node's own; else one that is at least its own."""
        said = self._snapshot.node if self._snapshot is not None else UNNAMED
        own = said if said not in (UNNAMED, self.node) else f"Table {self.node[-6:]}"
        return self._name or own
