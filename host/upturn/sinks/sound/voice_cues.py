# SPDX-License-Identifier: MIT
"""When the voice has something to say: from what a core tells to phrases. Pure.

Rule 1: a phrase is said once: for each inversion, or for each occurrence of its alarm. The
alarm's tone repeats, the voice does not; nor does it when an alarm escalates.
Rule 2: what repeats an alarm follows that alarm's sound: nothing is said for an alarm whose audio
is paused, or that gives way to a higher one of its group. If it sounds for the first time when the
pause is over, it is said then.
Rule 3: alarms are judged on their level, so that whoever is over the limit when a program starts
is told so; what has been is told only while it is fresh.
Rule 4: nothing while alarms are off (stand down), and nothing that the screen would contradict:
"safe to invert again" needs a table that is READY.
Rule 5: no countdown while the sensor is silent or at fault: the person was told to come up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from upturn.core.alarm_table import AlarmId
from upturn.core.events import Event, InversionEnded, InversionStarted
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.sinks.sound.phrases import LEFT_S, Phrase, PhraseId, Urgency, phrase

FRESH_S = 5.0
"""An event, or a call for help, that is older was in another life of the program."""
LEFT_MARGIN_S = 5.0
"""An inversion that begins with less than this above `LEFT_S` hears no countdown: it would come at
once, on top of "inverted"."""
LEFT_LATE_S = 3.0
"""So late the countdown would be wrong by a tenth, and is not said at all."""
SAFE_LATE_S = 60.0
"""How long after its rest a table may become READY and be called safe still."""

SENSOR_ALARMS = (AlarmId.SIGNAL_LOST, AlarmId.SENSOR_FAULT, AlarmId.SENSOR_MOVED)
ALARM_PHRASES: dict[AlarmId, PhraseId] = {
    AlarmId.TIME_LIMIT: PhraseId.COME_UP,
    AlarmId.NO_RETURN: PhraseId.COME_UP,
    AlarmId.OVER_ROTATION: PhraseId.TOO_FAR,
    AlarmId.NO_MOVEMENT: PhraseId.MOVE,
    AlarmId.DISTRESS: PhraseId.HELP,
    **dict.fromkeys(SENSOR_ALARMS, PhraseId.SENSOR_FAILED),
}


@dataclass(slots=True)
class _Table:
    """What was said of one table, and what may be."""

    inversion: int = 0
    inverted: bool = False
    resting: bool = False
    rested_s: float = -inf
    """When its rest was over and it was not yet called safe; -inf: there is no such thing."""
    may_count: bool = False
    """The open inversion had time enough once for a countdown."""
    said: set[PhraseId] = field(default_factory=set)
    """In the open inversion."""
    alarms_said: set[tuple[AlarmId, int]] = field(default_factory=set)


class VoiceCues:
    """All tables of a program. `waiting` is what is still to be said; `said` takes it out."""

    def __init__(self) -> None:
        self._tables: dict[str, _Table] = {}
        self._waiting: list[Phrase] = []

    def heard(
        self, table: str, events: Sequence[Event], snapshot: Snapshot, now_s: float
    ) -> list[Phrase]:
        """What is to be said now; `now_s` is the clock of whoever speaks, not the core's."""
        known = self._tables.setdefault(table, _Table())
        if snapshot.inversion < known.inversion:  # another core watches this table
            known = self._tables[table] = _Table()
        # By the level too: an event may have been lost on its way from another machine.
        if not snapshot.inverted or any(isinstance(e, InversionStarted) for e in events):
            known.may_count = False
            known.said.clear()
        known.inversion = snapshot.inversion
        known.inverted = snapshot.inverted
        fresh = [e for e in events if e.t_s >= snapshot.now_s - FRESH_S]
        ids = [
            *_of_alarms(known, snapshot),
            *_of_inversion(known, fresh, snapshot),
            *_of_rest(known, fresh, snapshot),
        ]
        if snapshot.stand_down:
            self._waiting = [p for p in self._waiting if p.table != table]
            return []
        new = [phrase(id, table, snapshot.profile.rest_s, now_s) for id in dict.fromkeys(ids)]
        gone = {p.id for p in new}
        if any(p.spec.urgency is Urgency.NOW for p in new):
            gone |= {PhraseId.INVERTED, PhraseId.TIME_LEFT}
        self._waiting = [p for p in self._waiting if p.table != table or p.id not in gone] + new
        return new

    def waiting(self, now_s: float) -> list[Phrase]:
        """What is still worth saying, the most urgent first and of those the newest."""
        self._waiting = [p for p in self._waiting if p.until_s > now_s and self._fits(p)]
        return sorted(self._waiting, key=lambda p: (-p.spec.urgency, -p.at_s))

    def said(self, spoken: Phrase) -> None:
        """It is being said, or cannot be."""
        self._waiting = [p for p in self._waiting if p != spoken]

    def forget(self, table: str) -> None:
        """Nothing more is heard of it."""
        self._tables.pop(table, None)
        self._waiting = [p for p in self._waiting if p.table != table]

    def _fits(self, waiting: Phrase) -> bool:
        return waiting.spec.inverted in (None, self._tables[waiting.table].inverted)


def _of_alarms(known: _Table, snapshot: Snapshot) -> list[PhraseId]:
    ids = []
    active = {(view.spec.id, view.occurrence) for view in snapshot.alarms}
    known.alarms_said &= active
    for view in snapshot.alarms:
        key = (view.spec.id, view.occurrence)
        id = ALARM_PHRASES.get(view.spec.id)
        if id is None or key in known.alarms_said or not _is_heard(view, snapshot):
            continue
        known.alarms_said.add(key)
        # A link that comes and goes, or two faults with one cause, are told of once.
        if id is PhraseId.SENSOR_FAILED and id in known.said:
            continue
        known.said.add(id)
        ids.append(id)
    return ids


def _is_heard(view: AlarmView, snapshot: Snapshot) -> bool:
    """It sounds, and it is about somebody who is inverted now; a call for help about anybody."""
    if view.spec.id is AlarmId.DISTRESS:
        return view.sounding and view.raised_s >= snapshot.now_s - FRESH_S
    return view.sounding and view.condition and snapshot.inverted


def _of_inversion(known: _Table, fresh: Sequence[Event], snapshot: Snapshot) -> list[PhraseId]:
    ids: list[PhraseId] = []
    if not snapshot.inverted:
        return ids
    # With something urgent to be said, that somebody is inverted is no news.
    if not known.said and any(isinstance(e, InversionStarted) for e in fresh):
        ids.append(PhraseId.INVERTED)
    left_s = snapshot.time_left_s
    known.may_count |= left_s >= LEFT_S + LEFT_MARGIN_S
    in_time = LEFT_S - LEFT_LATE_S < left_s <= LEFT_S
    if in_time and known.may_count and not _is_blind(snapshot):
        known.may_count = False
        ids.append(PhraseId.TIME_LEFT)
    known.said.update(ids)
    return ids


def _of_rest(known: _Table, fresh: Sequence[Event], snapshot: Snapshot) -> list[PhraseId]:
    was_resting = known.resting
    known.resting = snapshot.rest_left_s > 0.0 and not snapshot.inverted
    if snapshot.inverted:
        return []
    if known.resting:
        ended = any(isinstance(e, InversionEnded) for e in fresh)
        return [PhraseId.REST] if ended else []
    if was_resting:
        known.rested_s = snapshot.now_s
    if snapshot.ready and snapshot.now_s - known.rested_s <= SAFE_LATE_S:
        known.rested_s = -inf
        return [PhraseId.SAFE]
    return []


def _is_blind(snapshot: Snapshot) -> bool:
    return any(view.spec.id in SENSOR_ALARMS for view in snapshot.alarms)
