# SPDX-License-Identifier: MIT
"""The life of alarms: one small machine for every row of the table.

Rule 1: conditions are levels and independent; they are set on every judgement, and none hides
another.
Rule 2: an acknowledgement pauses the sound of its occurrence for a bounded time and stands for
clearing it; it never outlives the occurrence.
Rule 3: what latches is gone only when its condition is gone and somebody acknowledged it.
Rule 4: a new or higher alarm breaks every pause.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from upturn.core.alarm_table import ALARMS, AlarmId, AlarmSpec, Clear, Priority
from upturn.core.events import AlarmChanged, AlarmState, Event
from upturn.core.past import AlarmPast
from upturn.core.snapshot import AlarmView
from upturn.core.thresholds import EVENT_HOLD_S, PAUSE_INVERTED_S, PAUSE_S, TIME_EPSILON_S

_ORDER = {id: place for place, id in enumerate(ALARMS)}


@dataclass(slots=True)
class _Level:
    """What a condition last said of itself, kept while alarms are off too."""

    priority: Priority
    detail: str
    pausable: bool
    silent: bool = False


@dataclass(slots=True)
class _Active:
    spec: AlarmSpec
    occurrence: int
    priority: Priority
    detail: str
    raised_s: float
    condition: bool
    pausable: bool
    silent: bool
    gone_s: float = -inf
    acknowledged: bool = False
    pause_until_s: float = -inf
    clears_s: float = inf

    @property
    def message(self) -> str:
        head = f"{self.spec.title}: {self.detail}" if self.detail else self.spec.title
        return f"{head}. {self.spec.advice}"


class AlarmBook:
    """Every alarm that is raised, and the count of those that were."""

    def __init__(self, out: list[Event]) -> None:
        """Events are appended to `out`."""
        self._out = out
        self._active: dict[AlarmId, _Active] = {}
        self._levels: dict[AlarmId, _Level] = {}
        self._occurrences: dict[AlarmId, int] = {}
        self.raised: dict[AlarmId, int] = {}
        """How often each alarm was raised."""
        self.suspended = False

    @property
    def due_s(self) -> float:
        """When a held alarm clears by itself."""
        return min((a.clears_s for a in self._active.values()), default=inf)

    def is_on(self, id: AlarmId) -> bool:
        """The condition holds, whether or not alarms are off."""
        return id in self._levels

    def is_active(self, id: AlarmId) -> bool:
        return id in self._active

    @property
    def only_latched(self) -> bool:
        """Something is active, and all of it only waits to be acknowledged."""
        return bool(self._active) and all(
            a.spec.clear is Clear.AFTER_ACKNOWLEDGE and not a.condition
            for a in self._active.values()
        )

    def set(
        self,
        now_s: float,
        id: AlarmId,
        on: bool,
        *,
        priority: Priority | None = None,
        detail: str = "",
        pausable: bool | None = None,
        silent: bool = False,
    ) -> None:
        """Say whether a condition holds; say it as often as you like.

        `pausable` overrides the row; `silent` raises an occurrence that is shown but not heard.
        """
        spec = ALARMS[id]
        if not on:
            if self._levels.pop(id, None) is not None and id in self._active:
                self._condition_gone(now_s, self._active[id])
            return
        level = _Level(
            priority or spec.priorities[0],
            detail,
            spec.pausable if pausable is None else pausable,
            silent,
        )
        known = self._levels.get(id)
        self._levels[id] = level
        if self.suspended:
            return
        active = self._active.get(id)
        if active is None or not active.condition:
            if active and now_s - active.gone_s <= spec.rejoin_s + TIME_EPSILON_S:
                active.condition = True
                return
            self._raise(now_s, spec, level)
        elif level.priority > active.priority:
            active.priority = level.priority
            active.detail = level.detail
            self.escalate(now_s, id)
        elif known is not None and known.detail != detail:
            active.detail = detail

    def trigger(self, now_s: float, id: AlarmId, detail: str = "") -> None:
        """A momentary condition: raise a new occurrence, or hold on to the one that is held."""
        spec = ALARMS[id]
        if self.suspended:
            return
        active = self._active.get(id)
        if spec.clear is Clear.AFTER_HOLD:
            if active is None:
                active = self._raise(now_s, spec, _Level(spec.priorities[0], detail, True))
            active.clears_s = now_s + EVENT_HOLD_S
        else:
            active = self._raise(now_s, spec, _Level(spec.priorities[0], detail, True))
        active.condition = False
        active.gone_s = now_s

    def escalate(self, now_s: float, id: AlarmId) -> None:
        """Say an active alarm again, higher or more urgently."""
        active = self._active.get(id)
        if active is not None:
            self._break_pauses()
            self._emit(now_s, active, AlarmState.ESCALATED)

    def tick(self, now_s: float) -> None:
        """Clear what was held long enough."""
        for active in list(self._active.values()):
            if now_s >= active.clears_s - TIME_EPSILON_S:
                self._clear(now_s, active)

    def acknowledge(
        self, now_s: float, id: AlarmId | None, occurrence: int | None, *, inverted: bool
    ) -> str | None:
        """Acknowledge one occurrence, or all current ones; why it was refused, or None."""
        if id is None:
            refusals = [
                self._acknowledge(now_s, active, inverted=inverted)
                for active in list(self._active.values())
            ]
            return "; ".join(r for r in refusals if r) or None
        active = self._active.get(id)
        if active is None or occurrence not in (None, active.occurrence):
            return f"{id} has no such occurrence now"
        return self._acknowledge(now_s, active, inverted=inverted)

    def inversion_began(self, now_s: float) -> None:
        """Pauses given while upright shrink to what is allowed while inverted."""
        for active in self._active.values():
            active.pause_until_s = min(active.pause_until_s, now_s + PAUSE_INVERTED_S)
        if test := self._active.get(AlarmId.TEST_ALARM):
            self._clear(now_s, test)  # from now on an alarm is meant

    def past(self, now_s: float) -> tuple[AlarmPast, ...]:
        """What has latched and waits for somebody."""
        return tuple(
            AlarmPast(a.spec.id, a.occurrence, a.priority, a.detail, max(0.0, now_s - a.raised_s))
            for a in self._active.values()
            if a.spec.clear is Clear.AFTER_ACKNOWLEDGE
        )

    def take_up(self, past: Iterable[AlarmPast], then_s: float) -> None:
        """What had latched still waits; whether its condition goes on is for others to say."""
        for one in past:
            spec = ALARMS[one.id]
            self._occurrences[one.id] = one.occurrence
            self._active[one.id] = _Active(
                spec,
                one.occurrence,
                one.priority,
                one.detail,
                raised_s=then_s - one.age_s,
                condition=False,
                pausable=spec.pausable,
                silent=False,
            )

    def suspend(self, now_s: float) -> None:
        """Alarms off: everything active is cleared; levels are still kept."""
        self.suspended = True
        for active in list(self._active.values()):
            self._clear(now_s, active)

    def resume(self, now_s: float) -> None:
        """Alarms on: what holds now is raised now."""
        self.suspended = False
        for id, level in self._levels.items():
            self._raise(now_s, ALARMS[id], level)

    def views(self, now_s: float) -> tuple[AlarmView, ...]:
        """The active alarms, most urgent first; of a sound group only the highest sounds."""
        ordered = sorted(
            self._active.values(), key=lambda a: (-a.priority, not a.condition, -a.raised_s)
        )
        loudest = {  # the table lists each group from low to high, and a later key wins
            a.spec.group: a
            for a in sorted(self._active.values(), key=lambda a: (a.priority, _ORDER[a.spec.id]))
            if a.spec.group is not None
        }
        return tuple(
            AlarmView(
                spec=a.spec,
                occurrence=a.occurrence,
                priority=a.priority,
                message=a.message,
                detail=a.detail,
                raised_s=a.raised_s,
                condition=a.condition,
                acknowledged=a.acknowledged,
                sounding=not a.silent
                and a.pause_until_s <= now_s
                and (a.spec.group is None or loudest[a.spec.group] is a),
                pause_left_s=max(0.0, a.pause_until_s - now_s),
                pausable=a.pausable or not a.condition,
            )
            for a in ordered
        )

    def _raise(self, now_s: float, spec: AlarmSpec, level: _Level) -> _Active:
        occurrence = self._occurrences.get(spec.id, 0) + 1
        self._occurrences[spec.id] = occurrence
        self.raised[spec.id] = self.raised.get(spec.id, 0) + 1
        active = _Active(
            spec,
            occurrence,
            level.priority,
            level.detail,
            raised_s=now_s,
            condition=True,
            pausable=level.pausable,
            silent=level.silent,
        )
        self._break_pauses()
        self._active[spec.id] = active
        self._emit(now_s, active, AlarmState.RAISED)
        return active

    def _condition_gone(self, now_s: float, active: _Active) -> None:
        active.condition = False
        active.gone_s = now_s
        if active.spec.clear is Clear.WITH_CONDITION or active.acknowledged:
            self._clear(now_s, active)

    def _acknowledge(self, now_s: float, active: _Active, *, inverted: bool) -> str | None:
        if active.condition and not active.pausable:
            return f"{active.spec.title}: its audio cannot be paused while it lasts"
        active.acknowledged = True
        if active.pause_until_s <= now_s:  # else a key that is held down would pause it for good
            active.pause_until_s = now_s + (PAUSE_INVERTED_S if inverted else PAUSE_S)
        self._emit(now_s, active, AlarmState.ACKNOWLEDGED)
        latched = active.spec.clear is Clear.AFTER_ACKNOWLEDGE
        if latched and not active.condition:
            self._clear(now_s, active)
        return None

    def _clear(self, now_s: float, active: _Active) -> None:
        del self._active[active.spec.id]
        self._emit(now_s, active, AlarmState.CLEARED)

    def _break_pauses(self) -> None:
        for active in self._active.values():
            active.pause_until_s = -inf

    def _emit(self, now_s: float, active: _Active, state: AlarmState) -> None:
        self._out.append(
            AlarmChanged(
                now_s, active.spec.id, active.occurrence, active.priority, state, active.message
            )
        )
