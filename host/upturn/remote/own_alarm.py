# SPDX-License-Identifier: MIT
"""The screen's own alarms: that nothing is known of a table any more, or that nothing sounds here.

They are of this screen alone: whoever looks at another one, or stands at the table, may see more.
So they are acknowledged here, whoever may command the host. Each ends with its condition, and
grows more urgent in time. The sound of a lost link cannot be paused while the last word was of
somebody head-down: it waits for a person who has seen them upright.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from upturn.core.alarm_table import ALARMS, AlarmId, AlarmSpec, Kind, Priority
from upturn.core.commands import Acknowledge, Command
from upturn.core.events import Posture
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.core.thresholds import PAUSE_S

LOST_S = 3.0
"""Without a word: a host tells something every second."""
LINK_LOST: AlarmSpec = replace(
    ALARMS[AlarmId.SIGNAL_LOST],
    priorities=tuple(Priority),
    title="Link lost",
    advice="Look at the person now. Then check the broker and the host.",
    delay_s=LOST_S,
)
GETS_ON_S = 15.0
"""From upright to head-down, ankles locked, at the fastest: an upright last word is good for this
long, and then nobody knows whether somebody hangs there."""
NOT_SHOWN: AlarmSpec = replace(
    LINK_LOST,
    title="Tables are not shown",
    advice="Open another screen for them: upturn dashboard --node NAME.",
)
NO_SOUND: AlarmSpec = replace(
    ALARMS[AlarmId.SINK_FAILED],
    title="No sound at this screen",
    advice="Stay where you see it; check this computer's sound.",
)
FIRST = 1_000_001
"""Their occurrences are counted from here: a host's own alarms of that id never come so far."""


class Loss(Enum):
    """What a lost link asks for, by what the last word was of."""

    UNREAL = "It is simulated or recorded: nobody is there. Check its host."
    CALM = "Nobody is watched from here. Check the broker and the host."
    UNSEEN = "Look at the person now. Then check the broker and the host."
    HANGING = (
        "Look at the person now. When you SEE them upright, press u. "
        "Then check the broker and the host."
    )

    @property
    def spec(self) -> AlarmSpec:
        return replace(LINK_LOST, advice=self.value)


def loss_of(last: Snapshot | None, priority: Priority, *, unreal: bool) -> Loss:
    """`priority` is the loss's own."""
    if unreal:
        return Loss.UNREAL
    if priority is Priority.LOW:
        return Loss.CALM
    return Loss.HANGING if last is not None and _needs_somebody(last) else Loss.UNSEEN


def urgency_of_loss(
    last: Snapshot | None, lost_s: float = 0.0, *, watched: bool = True
) -> Priority:
    """How urgent it is that nothing is known since that last word, `lost_s` ago; None: there was
    none. Not `watched`: its host had ended in order.
    """
    if last is None:
        return Priority.MEDIUM  # as `no_signal_yet`: nobody is watched from here, if ever
    worst = max((alarm.priority for alarm in last.alarms), default=Priority.LOW)
    if _needs_somebody(last):
        return Priority.HIGH
    if last.node_off or last.stand_down:
        return worst
    if last.posture is Posture.UPRIGHT:
        unsure = watched and lost_s >= GETS_ON_S
        return max(worst, Priority.MEDIUM) if unsure else worst
    if last.signal_age_s is None:
        return max(worst, Priority.MEDIUM)
    return Priority.HIGH  # as `signal_lost`: nobody knows what began since


def _needs_somebody(last: Snapshot) -> bool:
    of_a_person = any(alarm.spec.kind is Kind.PERSON for alarm in last.alarms)
    return last.inverted or of_a_person


@dataclass(slots=True)
class OwnAlarm:
    """`why` is empty while there is nothing wrong."""

    spec: AlarmSpec
    why: str = ""
    priority: Priority = Priority.LOW
    _occurrence: int = FIRST - 1
    _since_s: float = 0.0
    _pausable: bool = True
    _acknowledged: bool = False
    _pause_until_s: float = 0.0

    def judge(
        self,
        now_s: float,
        why: str,
        priority: Priority = Priority.LOW,
        *,
        pausable: bool = True,
    ) -> bool:
        """Say how it stands, as often as you like; whether it began or ended.

        It may become more urgent, and then sounds again; less urgent it becomes by `ease` alone.
        """
        changed = bool(why) != bool(self.why)
        if why and (changed or priority > self.priority):
            self.break_pause(now_s)
            self.priority = priority
        if changed and why:
            self._occurrence += 1
            self._since_s = now_s
            self._pausable = pausable
        self._pausable = self._pausable and pausable
        self.why = why
        return changed

    def break_pause(self, now_s: float) -> None:
        """There is more to be known than when a person acknowledged it."""
        self._pause_until_s = now_s
        self._acknowledged = False

    def ease(self, priority: Priority) -> None:
        """A person has looked, and knows."""
        self.priority = priority
        self._pausable = True

    def lasted_s(self, now_s: float) -> float:
        return now_s - self._since_s

    def is_meant(self, command: Command) -> bool:
        """It is this occurrence that a person acknowledges."""
        return (
            bool(self.why)
            and isinstance(command, Acknowledge)
            and (command.id, command.occurrence) == (self.spec.id, self._occurrence)
        )

    @property
    def acknowledged(self) -> bool:
        return self._acknowledged

    @property
    def unpausable(self) -> str:
        """Why its sound cannot be paused now; empty: it can."""
        if not self.why or self._pausable:
            return ""
        return f"{self.spec.title}: its audio cannot be paused, the last word was inverted"

    def acknowledge(self, now_s: float) -> str | None:
        """Why it is refused, or None."""
        if self.unpausable:
            return self.unpausable
        self._acknowledged = True
        if self._pause_until_s <= now_s:  # else a key that is held down would pause it for good
            self._pause_until_s = now_s + PAUSE_S
        return None

    def view(self, now_s: float) -> AlarmView:
        left_s = max(0.0, self._pause_until_s - now_s)
        return AlarmView(
            spec=self.spec,
            occurrence=self._occurrence,
            priority=self.priority,
            message=f"{self.spec.title}: {self.why}. {self.spec.advice}",
            detail=self.why,
            raised_s=self._since_s,
            condition=True,
            acknowledged=self._acknowledged,
            sounding=left_s <= 0.0,
            pause_left_s=left_s,
            pausable=self._pausable,
        )
