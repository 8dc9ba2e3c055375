# SPDX-License-Identifier: MIT
"""The screen's own alarms: that nothing is known of a table any more, or that nothing sounds here.

They are of this screen alone: whoever looks at another one, or stands at the table, may see more.
So they are acknowledged here, whoever may command the host. Each ends with its condition; the
sound of a lost link cannot be paused while the last word was of somebody head-down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
NO_SOUND: AlarmSpec = replace(
    ALARMS[AlarmId.SINK_FAILED],
    title="No sound at this screen",
    advice="Stay where you see it; check this computer's sound.",
)
FIRST = 1_000_001
"""Their occurrences are counted from here: a host's own alarms of that id never come so far."""


def urgency_of_loss(last: Snapshot | None) -> Priority:
    """How urgent it is that nothing is known after that last word; None: there was none."""
    if last is None:
        return Priority.MEDIUM  # as `no_signal_yet`: nobody is watched from here, if ever
    worst = max((alarm.priority for alarm in last.alarms), default=Priority.LOW)
    of_a_person = any(alarm.spec.kind is Kind.PERSON for alarm in last.alarms)
    if last.inverted or of_a_person:
        return Priority.HIGH
    if last.node_off or last.stand_down or last.posture is Posture.UPRIGHT:
        return worst
    if last.signal_age_s is None:
        return max(worst, Priority.MEDIUM)
    return Priority.HIGH  # as `signal_lost`: nobody knows what began since


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

        How urgent it is counts from its beginning: nothing that is known comes later.
        """
        changed = bool(why) != bool(self.why)
        if changed and why:
            self._occurrence += 1
            self._since_s = self._pause_until_s = now_s
            self._acknowledged = False
            self.priority = priority
            self._pausable = pausable
        self.why = why
        return changed

    def lasted_s(self, now_s: float) -> float:
        return now_s - self._since_s

    def is_meant(self, command: Command) -> bool:
        """It is this occurrence that a person acknowledges."""
        return (
            bool(self.why)
            and isinstance(command, Acknowledge)
            and (command.id, command.occurrence) == (self.spec.id, self._occurrence)
        )

    def acknowledge(self, now_s: float) -> str | None:
        """Why it is refused, or None."""
        if not self._pausable:
            return f"{self.spec.title}: its sound cannot be paused, the last word was inverted"
        self._acknowledged = True
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
