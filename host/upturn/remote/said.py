# SPDX-License-Identifier: MIT
"""What a host tells of a table, as values; the way back from `sinks.mqtt.payloads`."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from upturn.core.alarm_table import AlarmId, AlarmSpec, Priority
from upturn.core.events import AlarmChanged, InversionEnded, InversionStarted
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.sinks.mqtt.payloads import Origin


class Head(NamedTuple):
    """Who says it, of whom, and when by that host's wall clock."""

    at_s: float
    host: str
    node: str
    name: str
    origin: Origin = Origin.LIVE
    """An older host does not say: then somebody may be there."""


@dataclass(frozen=True, slots=True)
class StateSaid:
    head: Head
    snapshot: Snapshot
    """Of time 0, with no alarms: they come by themselves."""
    highest: Priority | None
    """Of the alarms that there should be."""
    forbidden: frozenset[str] = frozenset()
    """The commands that its host does not take from here; an older one does not say."""


@dataclass(frozen=True, slots=True)
class AlarmSaid:
    spec: AlarmSpec
    occurrence: int
    priority: Priority
    message: str
    detail: str
    raised_at_s: float
    condition: bool
    acknowledged: bool
    pausable: bool
    sounding: bool
    """Or paused, or another sounds for it."""
    paused_until_s: float | None

    def view(self, now_s: float, host_s: float, longest_s: float = inf) -> AlarmView:
        """At `now_s` here, when the host's wall clock says `host_s`.

        `longest_s`: of a pause from now on, whatever that clock says.
        """
        paused_s = 0.0
        if self.paused_until_s is not None:
            paused_s = min(self.paused_until_s - host_s, longest_s)
        over = self.paused_until_s is not None and paused_s <= 0.0
        return AlarmView(
            spec=self.spec,
            occurrence=self.occurrence,
            priority=self.priority,
            message=self.message,
            detail=self.detail,
            raised_s=now_s - max(0.0, host_s - self.raised_at_s),
            condition=self.condition,
            acknowledged=self.acknowledged,
            sounding=self.sounding or over,
            pause_left_s=max(0.0, paused_s),
            pausable=self.pausable,
        )


Pause = tuple[AlarmId, int, float]
"""Of an occurrence, until when by the host's wall clock."""


@dataclass(frozen=True, slots=True)
class AlarmsSaid:
    head: Head
    watched: bool
    alarms: tuple[AlarmSaid, ...]
    """Most urgent first."""

    @property
    def pauses(self) -> set[Pause]:
        return {
            (alarm.spec.id, alarm.occurrence, alarm.paused_until_s)
            for alarm in self.alarms
            if alarm.paused_until_s is not None
        }

    def has_news_for(self, before: AlarmsSaid | None) -> bool:
        """An alarm is new, or higher than it was."""
        known = {} if before is None else before.priorities
        return any(key not in known or now > known[key] for key, now in self.priorities.items())

    @property
    def priorities(self) -> dict[tuple[AlarmId, int], Priority]:
        return {(alarm.spec.id, alarm.occurrence): alarm.priority for alarm in self.alarms}

    @property
    def highest(self) -> Priority | None:
        return max((alarm.priority for alarm in self.alarms), default=None)


class Answer(NamedTuple):
    """What became of a command."""

    verb: str
    reason: str | None
    """Why it was refused; None: it was done."""
    id: str | None
    occurrence: int | None


Told = AlarmChanged | InversionStarted | InversionEnded | Answer


class EventSaid(NamedTuple):
    """`said` has its times on the axis of the host's core."""

    head: Head
    uid: str
    said: Told


class OwnerSaid(NamedTuple):
    host: str
    source: str
