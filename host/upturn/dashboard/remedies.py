# SPDX-License-Identifier: MIT
"""What a person can do here about a reason for NOT READY: its key, and the act of that key.

The core says what is wrong, wherever it is read; which key helps is the screen's to say. A key is
named only where it does something: not over a recording, nor where the host refuses it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from upturn.core.after import LAST_SESSION
from upturn.core.alarm_table import Clear
from upturn.core.checklist import ASK_FIRST
from upturn.core.commands import (
    Acknowledge,
    CheckIn,
    Command,
    EquipmentChecked,
    HealthAnswers,
    Resume,
    SoundOutput,
)
from upturn.core.readiness import ALARMS, EQUIPMENT, HEALTH, SOUND, SPOTTER
from upturn.core.snapshot import Check, Snapshot
from upturn.dashboard.feed import SourceState


@dataclass(frozen=True, slots=True)
class Remedy:
    key: str
    action: str
    """Its name among the keys."""
    command: type[Command]
    """What has to be allowed for it to help."""


REMEDIES: Mapping[str, Remedy] = {
    SOUND: Remedy("t", "test_tone", SoundOutput),
    SPOTTER: Remedy("c", "check_in", CheckIn),
    EQUIPMENT: Remedy("i", "inspected", EquipmentChecked),
    HEALTH: Remedy("p", "check", HealthAnswers),
}
"""By the name of the check that was not passed."""
WATCH_AGAIN = Remedy("s", "stand_down", Resume)
ACKNOWLEDGE = Remedy("a", "acknowledge", Acknowledge)


def remedy(check: Check, snapshot: Snapshot, source: SourceState) -> Remedy | None:
    """None where the check is passed, or no key helps."""
    found = None if check.passed else _helps(check, snapshot)
    if found is None or source.begin_s is not None or source.why_not(found.command):
        return None
    return found


def reason(check: Check, snapshot: Snapshot, source: SourceState) -> str:
    """Why the check is not passed, and at its end the key that helps."""
    helps = remedy(check, snapshot, source)
    if helps is not None:
        return f"{check.problem}: press {helps.key}"
    return check.problem


def reasons(snapshot: Snapshot, source: SourceState, without: Collection[str] = ()) -> str:
    """Every one, in a line, `without` those of checks that are told elsewhere."""
    return "; ".join(
        reason(check, snapshot, source)
        for check in snapshot.checks
        if not check.passed and check.name not in without
    )


def wanted(snapshot: Snapshot, source: SourceState) -> Sequence[str]:
    """The acts that READY waits for, in the order of the checks."""
    helps = (remedy(check, snapshot, source) for check in snapshot.checks)
    return list(dict.fromkeys(one.action for one in helps if one is not None))


def _helps(check: Check, snapshot: Snapshot) -> Remedy | None:
    if check.name == ALARMS and snapshot.stand_down:
        return WATCH_AGAIN
    waits = any(
        alarm.spec.title == check.problem
        and alarm.spec.clear is Clear.AFTER_ACKNOWLEDGE
        and not alarm.condition
        for alarm in snapshot.alarms
    )
    if check.problem.startswith(ASK_FIRST) or LAST_SESSION in check.problem:
        return None  # what was asked was answered: a doctor helps, and no key
    return ACKNOWLEDGE if waits else REMEDIES.get(check.name)
