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
from upturn.remote.fields import Refused
from upturn.remote.host_time import HostTime
from upturn.remote.own_alarm import LINK_LOST, LOST_S, OwnAlarm, urgency_of_loss
from upturn.remote.parse import CHECK, AlarmsSaid, OwnerSaid, StateSaid

SETTLES_S = 2.0
"""Alarms and readings are told one after the other: so long they may differ."""
LIMITS_UNKNOWN = "(not known yet)"
LAST_WORD = "as it was last heard"
LINK_CHECK = "Link"

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
    _time: HostTime = field(default_factory=HostTime)
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

    def hear_state(self, now_s: float, said: StateSaid) -> None:
        """A reading that came just now.

        Raises:
            Refused: it is not of who has the node.
        """
        self._check_owner(said.head.host)
        self._time.heard(now_s, said.head.host, said.head.at_s)
        self.state, self.bad_state = said, ""
        self._compare(now_s)

    def hear_alarms(self, now_s: float, said: AlarmsSaid) -> None:
        """The active set, kept by the broker or not.

        Raises:
            Refused: it is not of who has the node.
        """
        self._check_owner(said.head.host)
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
        last = self._last_word(now_s) if why and not self.loss.why else None
        head_down = last is not None and last.inverted
        return self.loss.judge(now_s, why, urgency_of_loss(last), pausable=not head_down)

    def snapshot(self, now_s: float) -> Snapshot:
        """At `now_s`, of which `judge` was told."""
        shown = self._last_word(now_s) or self._unknown(now_s)
        if not self.loss.why:
            return shown
        old = (_as_last_heard(alarm) for alarm in shown.alarms)
        return replace(
            _counted_on(shown, self.age_s(now_s) or 0.0),
            alarms=(self.loss.view(now_s), *old),
            checks=(Check(LINK_CHECK, self.loss.why), *(c for c in shown.checks if not c.passed)),
        )

    @property
    def forgettable(self) -> bool:
        """Nothing is known of it, and nothing that was known of it needs anybody."""
        if not self.loss.why:
            return False
        unheard = self.state is None and (self.alarms is None or not self.alarms.alarms)
        return unheard or self.loss.priority is Priority.LOW

    def moment_s(self, now_s: float, at_s: float) -> float:
        """When it is here, if it is `at_s` by its host's wall clock."""
        if self.state is None:
            return now_s
        return min(now_s, now_s - (self._time.now_s(now_s) - at_s))

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
        views = self._views(now_s, self._time.now_s(now_s))
        return replace(told, now_s=now_s, signal_age_s=signal_s, alarms=views)

    def _alarms_alone(self, now_s: float) -> Snapshot | None:
        """What the broker kept of a table that nobody tells of: that somebody was watched."""
        assert self.alarms is not None
        if not (self.alarms.watched or self.alarms.alarms):
            return None
        views = self._views(now_s, self.alarms.head.at_s)
        return replace(self._unknown(now_s), alarms=views)

    def _views(self, now_s: float, host_s: float) -> tuple[AlarmView, ...]:
        if self.alarms is None:
            return ()
        return tuple(alarm.view(now_s, host_s) for alarm in self.alarms.alarms)

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
        time_left_s=max(0.0, last.time_left_s - age_s),
    )


def _as_last_heard(alarm: AlarmView) -> AlarmView:
    """It may be over, or acknowledged: the screen's own alarm sounds for it."""
    detail = f"{alarm.detail}, {LAST_WORD}" if alarm.detail else LAST_WORD
    message = f"{alarm.spec.title}: {detail}. {alarm.spec.advice}"
    return replace(
        alarm, detail=detail, message=message, sounding=False, pause_left_s=0.0, pausable=True
    )
