# SPDX-License-Identifier: MIT
"""What is known here of one table, and for how long: its host's newest words, growing older.

The law: only a word of its host that came live, and was written just now, is believed. Without one
for `LOST_S` nothing shown is true now, and it is said why; what was said last stays, as the last
word. Pure: times are on any one rising clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from upturn.core.alarm_table import Priority
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.sample import StreamInfo
from upturn.core.snapshot import AlarmView, Check, Snapshot
from upturn.core.thresholds import PAUSE_INVERTED_S, PAUSE_S
from upturn.remote.fields import Refused
from upturn.remote.host_time import FAR_S, HostTime
from upturn.remote.own_alarm import LINK_LOST, LOST_S, OwnAlarm, loss_of, urgency_of_loss
from upturn.remote.parse_state import CHECK
from upturn.remote.said import AlarmSaid, AlarmsSaid, OwnerSaid, Pause, StateSaid
from upturn.sinks.mqtt.payloads import Origin

SETTLES_S = 2.0
"""Alarms and readings are told one after the other: so long they may differ."""
LIMITS_UNKNOWN = "(not known yet)"
LAST_WORD = "as it was last heard"
LINK_CHECK = "Link"
CLOCK_PUT = "goes back in time, or far ahead: it counts once another one says the same"

NOTHING_KNOWN: Snapshot = replace(
    Pipeline(StreamInfo(), replace(STANDARD, name=LIMITS_UNKNOWN)).snapshot(0.0),
    checks=(Check(CHECK, "nothing is known of it yet"),),
)


@dataclass(slots=True)
class RemoteTable:
    """`broker` says why the broker is not reached; empty: it is."""

    node: str
    began_s: float
    broker: str = ""
    owner: OwnerSaid | None = None
    host_up: bool | None = None
    """What the broker says of the owner's host; None: nothing."""
    node_up: bool | None = None
    bad_state: str = ""
    """Why the newest reading cannot be believed; empty: it can."""
    bad_alarms: str = ""
    """Why the newest set of alarms cannot be."""
    state: StateSaid | None = None
    alarms: AlarmsSaid | None = None
    failure: str = ""
    """Why this program itself can tell nothing any more."""
    loss: OwnAlarm = field(default_factory=lambda: OwnAlarm(LINK_LOST))
    seen_upright: bool = False
    """By a person, since the link was lost: the last word is of nobody any more."""
    _time: HostTime = field(default_factory=HostTime)
    _live_while_lost: bool = False
    """The alarms were told since the link was lost: their host is there, and tells them."""
    _paused_s: dict[Pause, float] = field(default_factory=dict)
    """Since when each pause is known of here."""
    _differs_s: float | None = None
    """Since when the alarms are not those that the readings speak of."""
    _down_s: float = 0.0
    """Since when the broker says that the node is off-line."""

    @property
    def name(self) -> str:
        """For people; empty until somebody has said it."""
        said = self.state or self.alarms
        return said.head.name if said is not None else ""

    @property
    def host(self) -> str:
        if self.owner is not None:
            return self.owner.host
        said = self.state or self.alarms
        return said.head.host if said is not None else ""

    @property
    def origin(self) -> Origin:
        """Live, unless nothing that was said of it is."""
        said = [said.head.origin for said in (self.state, self.alarms) if said is not None]
        return said[0] if said and Origin.LIVE not in said else Origin.LIVE

    @property
    def left_behind(self) -> bool:
        """A host that is gone told the broker of it before this screen was there."""
        return self.state is None and not self.host_up

    def hear_state(self, now_s: float, said: StateSaid) -> None:
        """A reading that came just now.

        Raises:
            Refused: it is not of who has the node.
        """
        self._check_owner(said.head.host)
        if not self._time.heard(now_s, said.head.host, said.head.at_s):
            raise Refused(CLOCK_PUT)
        self.state, self.bad_state = said, ""
        self.seen_upright = self.seen_upright and not said.snapshot.inverted
        self._compare(now_s)

    def hear_alarms(self, now_s: float, said: AlarmsSaid, *, live: bool = False) -> None:
        """The active set; if not `live`, it was kept by the broker, for nobody knows how long.

        Raises:
            Refused: it is not of who has the node.
        """
        self._check_owner(said.head.host)
        self.seen_upright = self.seen_upright and said == self.alarms
        if said.has_news_for(self.alarms):
            self.loss.break_pause(now_s)
        self._live_while_lost = live and bool(self.loss.why)
        self._paused_s = {pause: self._paused_s.get(pause, now_s) for pause in said.pauses}
        self.alarms, self.bad_alarms = said, ""
        self._compare(now_s)

    def hear_node(self, now_s: float, up: bool | None) -> None:
        if up is not self.node_up:
            self.node_up, self._down_s = up, now_s

    def forget_the_broker(self) -> None:
        """What the broker kept is asked for anew."""
        self.host_up = self.node_up = None

    def age_s(self, now_s: float) -> float | None:
        """Of the newest reading, by the clock of who wrote it; None: there was none."""
        if self.state is None:
            return None
        return max(0.0, self._time.now_s(now_s) - self.state.head.at_s)

    def judge(self, now_s: float) -> bool:
        """Whether the link was lost, or came back, since the last call."""
        why = next(self._reasons(now_s), "")
        self.seen_upright = self.seen_upright and bool(why)
        last = self._last_word(now_s) if why else None
        priority, head_down = Priority.LOW, last is not None and last.inverted
        unreal = self.origin is not Origin.LIVE
        nobody = unreal or self.seen_upright
        if not nobody:
            watched = not self._ended_in_order
            priority = urgency_of_loss(last, self.age_s(now_s) or 0.0, watched=watched)
            if self.state is not None:  # it says what there is, though that may never arrive
                priority = max(priority, self.state.highest or Priority.LOW)
        changed = self.loss.judge(now_s, why, priority, pausable=nobody or not head_down)
        self._live_while_lost = self._live_while_lost and bool(why) and not self._silent
        self.loss.spec = loss_of(last, self.loss.priority, unreal=unreal).spec
        return changed

    def see_upright(self) -> None:
        """A person has looked, while nothing is known here: the last word no longer stands."""
        self.seen_upright = True
        self.loss.ease(Priority.LOW)

    def snapshot(self, now_s: float) -> Snapshot:
        """At `now_s`, of which `judge` was told."""
        shown = self._last_word(now_s) or self._unknown(now_s)
        if not self.loss.why:
            return shown
        over = self.seen_upright or self.origin is not Origin.LIVE
        old = shown.alarms
        if not self._live_while_lost:
            old = tuple(_as_last_heard(alarm) for alarm in old)
        alarms = (self.loss.view(now_s), *(() if over else old))
        return replace(
            replace(shown, inverted=False)
            if over
            else _counted_on(shown, self.age_s(now_s) or 0.0),
            alarms=tuple(sorted(alarms, key=lambda alarm: -alarm.priority)),
            checks=(Check(LINK_CHECK, self.loss.why), *(c for c in shown.checks if not c.passed)),
        )

    @property
    def forgettable(self) -> bool:
        """Nothing is known of it, and nothing that was known of it needs anybody."""
        if not self.loss.why:
            return False
        unheard = self.state is None and (self.alarms is None or not self.alarms.alarms)
        return unheard or self.loss.priority is Priority.LOW or self._known_to_be_calm

    def moment_s(self, now_s: float, at_s: float) -> float:
        """When it is here, if it is `at_s` by its host's wall clock.

        Raises:
            Refused: that is no time of anything that was just told.
        """
        if self.state is None:
            return now_s
        ago_s = self._time.now_s(now_s) - at_s
        if abs(ago_s) > FAR_S:
            raise Refused("is more than a day off its host's clock")
        return now_s - max(0.0, ago_s)

    @property
    def _known_to_be_calm(self) -> bool:
        """No more than time made it urgent, and a person knows of it."""
        return self.loss.acknowledged and self.loss.priority is Priority.MEDIUM

    @property
    def _silent(self) -> bool:
        """Nobody would tell of its alarms now."""
        return bool(self.failure or self.broker or self.bad_alarms) or self.host_up is False

    @property
    def _ended_in_order(self) -> bool:
        """Its host said that it watches nobody any more, and then went."""
        told = self.alarms is not None and not self.alarms.watched
        return told and self.host_up is False

    def _reasons(self, now_s: float) -> Iterator[str]:
        if self.failure:
            yield self.failure
        age_s = self.age_s(now_s)
        silent_s = now_s - self.began_s if age_s is None else age_s
        if silent_s >= LOST_S and self.broker:
            yield self.broker
        if self.host_up is False:
            yield f"its host is off-line: {self.host}"
        if silent_s >= LOST_S:
            never = "its host tells nothing"
            yield self.bad_state or (never if age_s is None else f"nothing new from {self.host}")
        if self.bad_alarms:
            yield self.bad_alarms
        if self._differs_s is not None and now_s >= self._differs_s + SETTLES_S:
            yield "its active alarms do not arrive"
        told_ok = self.state is not None and _signal_ok(self.state.snapshot)
        if self.node_up is False and told_ok and now_s >= self._down_s + LOST_S:
            yield "the broker says that it is off-line"

    def _compare(self, now_s: float) -> None:
        told = None if self.state is None else self.state.highest
        known = None if self.alarms is None else self.alarms.highest
        if self.state is None or told is known:
            self._differs_s = None
        elif self._differs_s is None:
            self._differs_s = now_s

    def _last_word(self, now_s: float) -> Snapshot | None:
        """Grown older, and nothing else."""
        if self.state is None:
            return None if self.alarms is None else self._alarms_alone(now_s)
        age_s = self.age_s(now_s) or 0.0
        told = self.state.snapshot
        signal_s = None if told.signal_age_s is None else told.signal_age_s + age_s
        views = self._views(now_s, self._time.now_s(now_s), inverted=told.inverted)
        return replace(told, now_s=now_s, signal_age_s=signal_s, alarms=views)

    def _alarms_alone(self, now_s: float) -> Snapshot | None:
        """What the broker kept of a table that nobody tells of: that somebody was watched."""
        assert self.alarms is not None
        if not (self.alarms.watched or self.alarms.alarms):
            return None
        views = self._views(now_s, self.alarms.head.at_s)
        return replace(self._unknown(now_s), alarms=views)

    def _views(
        self, now_s: float, host_s: float, *, inverted: bool = False
    ) -> tuple[AlarmView, ...]:
        if self.alarms is None:
            return ()
        most_s = PAUSE_INVERTED_S if inverted else PAUSE_S
        return tuple(
            alarm.view(now_s, host_s, most_s - self._paused_for_s(now_s, alarm))
            for alarm in self.alarms.alarms
        )

    def _paused_for_s(self, now_s: float, alarm: AlarmSaid) -> float:
        """By our own clock: a host's may be put back meanwhile."""
        known_s = self._paused_s.get(
            (alarm.spec.id, alarm.occurrence, alarm.paused_until_s or 0.0)
        )
        return 0.0 if known_s is None else now_s - known_s

    def _unknown(self, now_s: float) -> Snapshot:
        return replace(NOTHING_KNOWN, now_s=now_s, node=self.name, node_id=self.node)

    def _check_owner(self, host: str) -> None:
        if self.owner is not None and host != self.owner.host:
            raise Refused(f"comes from {host}, and {self.owner.host} has the node")


def _signal_ok(snapshot: Snapshot) -> bool:
    known = snapshot.signal_age_s is not None
    return known and not snapshot.signal_lost and not snapshot.node_off


def _counted_on(last: Snapshot, age_s: float) -> Snapshot:
    """Who was inverted when the last word came still is, as far as anybody knows."""
    if not last.inverted:
        return last
    return replace(
        last,
        inversion_s=last.inversion_s + age_s,
        exposure_s=last.exposure_s + age_s,
        exposure_at_least=True,
        session_inverted_s=last.session_inverted_s + age_s,
        session_longest_s=max(last.session_longest_s, last.inversion_s + age_s),
        time_left_s=max(0.0, last.time_left_s - age_s),
    )


def _as_last_heard(alarm: AlarmView) -> AlarmView:
    """It may be over, or acknowledged: the screen's own alarm sounds for it."""
    detail = f"{alarm.detail}, {LAST_WORD}" if alarm.detail else LAST_WORD
    message = f"{alarm.spec.title}: {detail}. {alarm.spec.advice}"
    return replace(
        alarm, detail=detail, message=message, sounding=False, pause_left_s=0.0, pausable=True
    )
