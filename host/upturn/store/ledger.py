# SPDX-License-Identifier: MIT
"""From what the core says to rows: sessions, inversions, alarms and the log. Pure: no database.

`Standing` is what is open on one table; each step gives the next one, and the changes that have to
be made with it, together or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite

from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    Acknowledge,
    CheckIn,
    Command,
    Distress,
    EquipmentChecked,
    ImFine,
    Override,
    Resume,
    SeenUpright,
    StandDown,
    Symptoms,
    TestAlarm,
    to_record,
)
from upturn.core.events import AlarmChanged, AlarmState, Event, InversionEnded, InversionStarted
from upturn.core.thresholds import SESSION_GAP_S
from upturn.sinks.text import words
from upturn.store.codec import event_fields

SESSION_GAP_MS = round(SESSION_GAP_S * 1000.0)
SAME_ACT_MS = 1000
"""What alarms say within this time of an acknowledgement is said because of it."""

ACTS: Mapping[type[Command], str] = {
    Acknowledge: "acknowledge",
    SeenUpright: "seen upright",
    StandDown: "stand down",
    Resume: "stand-down ended",
    Distress: "call for help",
    ImFine: "I am fine",
    CheckIn: "the spotter checks in",
    EquipmentChecked: "the table was inspected",
    Override: "READY by override",
    TestAlarm: "test alarm",
    Symptoms: "answer after the session",
}
"""What people do; the other commands are the program's own."""
_NO_ALARM_ACTS = (Acknowledge, Symptoms)
"""Acts whose rows come of what they bring about."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one call of a core has said, and the little of its snapshot that rows are made of."""

    at_ms: int
    """Wall time at `now_s`."""
    now_s: float
    session: int
    profile: str
    inverted: bool
    at_least: bool
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Acted:
    """An act of a person, told before the core hears of it."""

    at_ms: int
    command: Command
    source: str


@dataclass(frozen=True, slots=True)
class Ended:
    """That core is over: a next one counts its sessions anew."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How an open inversion stood when it was last written down."""

    at_ms: int
    duration_s: float
    peak_deg: float | None
    exposure_s: float


@dataclass(frozen=True, slots=True)
class OpenSession:
    """The last one of a table: another inversion within ten minutes belongs to it."""

    id: int
    core: int
    began_ms: int
    ended_ms: int | None
    profile: str
    inversions: int
    since_s: float | None = None
    """When it began on the core's axis, where it is that of this core."""


@dataclass(frozen=True, slots=True)
class OpenInversion:
    id: int
    began_ms: int
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    row: int
    id: AlarmId
    occurrence: int
    priority: int
    escalated: int
    acknowledged: bool
    session_id: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    run_id: int
    table_id: int
    user_id: int
    session: OpenSession | None = None
    inversion: OpenInversion | None = None
    alarms: tuple[OpenAlarm, ...] = ()
    acknowledging: Acted | None = None


@dataclass(frozen=True, slots=True)
class Insert:
    table: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Update:
    table: str
    id: int
    values: Mapping[str, object]


Change = Insert | Update
NextId = Callable[[str], int]
"""A number that no row of that table has."""


def advance(
    standing: Standing, item: Heard | Acted | Ended, next_id: NextId
) -> tuple[Standing, list[Change]]:
    step = _Step(standing, next_id)
    match item:
        case Heard():
            step.heard(item)
        case Acted():
            step.acted(item)
        case Ended():
            step.ended()
    return step.standing, step.changes


class _Step:
    """One step while it is made."""

    def __init__(self, standing: Standing, next_id: NextId) -> None:
        self.standing = standing
        self.changes: list[Change] = []
        self._next_id = next_id

    def heard(self, heard: Heard) -> None:
        starts = [e for e in heard.events if isinstance(e, InversionStarted)]
        began_s = starts[0].since_s if starts else heard.now_s
        if self.standing.inversion is not None and not heard.inverted and not _ends(heard):
            self._lose_inversion()
        for event in heard.events:
            at_ms = _at_ms(heard, event.t_s)
            free = self.standing.inversion is None  # what led to an inversion belongs to it too
            if starts and (event is starts[0] or (free and event.t_s >= began_s)):
                self._begin(heard, starts.pop(0))
            self._log(at_ms, event.t_s, *event_fields(event), words=words(event))
            if isinstance(event, InversionEnded):
                self._end(heard, event, at_ms)
            elif isinstance(event, AlarmChanged):
                self._alarm(event, at_ms)
            if starts:
                began_s = starts[0].since_s

    def acted(self, acted: Acted) -> None:
        said = ACTS.get(type(acted.command))
        if said is None:
            return
        record = to_record(acted.command)
        verb = str(record.pop("verb"))
        told = " ".join(str(value) for name, value in record.items() if name != "source")
        source = acted.source or str(record.get("source", ""))
        text = f"{said}: {told}" if told else said
        text = f"{text} ({source})" if source else text
        fields = json.dumps({"verb": verb, **record, "source": source})
        self._log(acted.at_ms, None, "command", fields, words=text)
        if isinstance(acted.command, Acknowledge):
            self.standing = replace(self.standing, acknowledging=acted)
        elif isinstance(acted.command, Symptoms):
            self._answer(acted.command.answer, acted.at_ms)
        if not isinstance(acted.command, _NO_ALARM_ACTS):
            self._act(acted.at_ms, verb, source, record)

    def ended(self) -> None:
        session = self.standing.session
        if session is not None:
            self.changes.append(Update("sessions", session.id, {"core": 0}))
            self.standing = replace(
                self.standing, session=replace(session, core=0, since_s=None), acknowledging=None
            )

    def _begin(self, heard: Heard, event: InversionStarted) -> None:
        if self.standing.inversion is not None:
            self._lose_inversion()
        began_ms = _at_ms(heard, event.since_s)
        session = self.standing.session
        if session is None or not _goes_on(session, heard, began_ms):
            session = self._begin_session(heard, event, began_ms)
        elif session.ended_ms is not None:
            self.changes.append(Update("sessions", session.id, {"ended_ms": None}))
        n = session.inversions + 1
        core = heard.session
        if session.core != core:
            self.changes.append(Update("sessions", session.id, {"core": core}))
        session = replace(session, inversions=n, ended_ms=None, core=core)
        id = self._next_id("inversions")
        self._insert("inversions", id, session_id=session.id, n=n, began_ms=began_ms)
        inversion = OpenInversion(id, began_ms)
        self.standing = replace(self.standing, session=session, inversion=inversion)

    def _begin_session(self, heard: Heard, event: InversionStarted, began_ms: int) -> OpenSession:
        standing = self.standing
        id = self._next_id("sessions")
        session = OpenSession(
            id, heard.session, began_ms, None, heard.profile, 0, since_s=event.since_s
        )
        self._insert(
            "sessions",
            id,
            run_id=standing.run_id,
            table_id=standing.table_id,
            user_id=standing.user_id,
            core=heard.session,
            began_ms=began_ms,
            profile=heard.profile,
        )
        alarms = []
        for alarm in standing.alarms:  # what was wrong when it began belongs to it
            if alarm.session_id is None:
                self.changes.append(Update("alarms", alarm.row, {"session_id": id}))
                alarm = replace(alarm, session_id=id)  # noqa: PLW2901
            alarms.append(alarm)
        self.standing = replace(standing, session=session, alarms=tuple(alarms))
        return session

    def _end(self, heard: Heard, event: InversionEnded, at_ms: int) -> None:
        if self.standing.inversion is None:  # its beginning was forgotten, or given up
            since_s = event.t_s - event.duration_s
            self._begin(heard, InversionStarted(event.t_s, event.n, 0.0, since_s, None))
        self._close_inversion(
            at_ms,
            event.duration_s,
            event.peak_angle_deg,
            event.exposure_s,
            at_least=heard.at_least,
        )

    def _lose_inversion(self) -> None:
        """Nobody saw how it ended; what was last written down of it stands."""
        inversion = self.standing.inversion
        assert inversion is not None
        seen = inversion.seen
        if seen is None:
            self._close_inversion(inversion.began_ms, None, None, None, at_least=True)
        else:
            self._close_inversion(
                seen.at_ms, seen.duration_s, seen.peak_deg, seen.exposure_s, at_least=True
            )

    def _close_inversion(
        self,
        at_ms: int,
        duration_s: float | None,
        peak_deg: float | None,
        exposure_s: float | None,
        *,
        at_least: bool,
    ) -> None:
        session, inversion = self.standing.session, self.standing.inversion
        assert inversion is not None
        values = {
            "duration_s": duration_s,
            "peak_deg": peak_deg if peak_deg is not None and isfinite(peak_deg) else None,
            "exposure_s": exposure_s,
            "at_least": int(at_least),
        }
        self.changes.append(Update("inversions", inversion.id, values))
        if session is not None:
            self.changes.append(Update("sessions", session.id, {"ended_ms": at_ms}))
            session = replace(session, ended_ms=at_ms)
        self.standing = replace(self.standing, session=session, inversion=None)

    def _alarm(self, event: AlarmChanged, at_ms: int) -> None:
        known = next((a for a in self.standing.alarms if a.id is event.id), None)
        if known is not None and event.state is AlarmState.RAISED:
            self._change_alarm(known, None, cleared_ms=at_ms)  # the next takes its place
            known = None
        if known is None or known.occurrence != event.occurrence:
            known = self._raise(event, at_ms)
        match event.state:
            case AlarmState.ESCALATED:
                priority = max(known.priority, int(event.priority))
                escalated = known.escalated + 1
                now = replace(known, priority=priority, escalated=escalated)
                self._change_alarm(
                    known, now, priority=priority, escalated=escalated, message=event.message
                )
            case AlarmState.ACKNOWLEDGED:
                by = self.standing.acknowledging
                recent = by is not None and abs(at_ms - by.at_ms) <= SAME_ACT_MS
                source = by.source if by is not None and recent else "node"
                self._act(at_ms, "acknowledge", source, {"id": event.id}, alarm=known)
                if not known.acknowledged:
                    now = replace(known, acknowledged=True)
                    self._change_alarm(known, now, acknowledged_ms=at_ms)
            case AlarmState.CLEARED:
                self._change_alarm(known, None, cleared_ms=at_ms)
            case AlarmState.RAISED:
                pass

    def _raise(self, event: AlarmChanged, at_ms: int) -> OpenAlarm:
        id = self._next_id("alarms")
        session_id = self._session_at(at_ms)
        alarm = OpenAlarm(
            id, event.id, event.occurrence, int(event.priority), 0, False, session_id
        )
        self._insert(
            "alarms",
            id,
            run_id=self.standing.run_id,
            table_id=self.standing.table_id,
            session_id=session_id,
            alarm=str(event.id),
            occurrence=event.occurrence,
            priority=int(event.priority),
            raised_ms=at_ms,
            message=event.message,
        )
        others = tuple(a for a in self.standing.alarms if a.id is not event.id)
        self.standing = replace(self.standing, alarms=(*others, alarm))
        return alarm

    def _change_alarm(self, known: OpenAlarm, now: OpenAlarm | None, **values: object) -> None:
        self.changes.append(Update("alarms", known.row, values))
        others = tuple(a for a in self.standing.alarms if a.row != known.row)
        self.standing = replace(self.standing, alarms=others if now is None else (*others, now))

    def _act(
        self,
        at_ms: int,
        verb: str,
        source: str,
        detail: Mapping[str, object],
        alarm: OpenAlarm | None = None,
    ) -> None:
        self._insert(
            "alarm_acts",
            self._next_id("alarm_acts"),
            run_id=self.standing.run_id,
            table_id=self.standing.table_id,
            session_id=self._session_at(at_ms),
            alarm_id=None if alarm is None else alarm.row,
            at_ms=at_ms,
            act=verb,
            source=source,
            detail=json.dumps({k: v for k, v in detail.items() if k != "source"}),
        )

    def _answer(self, answer: str, at_ms: int) -> None:
        """As the core has it: not while somebody is inverted, nor before any session."""
        session = self.standing.session
        if session is None or self.standing.inversion is not None:
            return
        if session.core or self._session_at(at_ms) is not None:
            id = self._next_id("answers")
            self._insert("answers", id, session_id=session.id, at_ms=at_ms, answer=answer)

    def _log(self, at_ms: int, t_s: float | None, kind: str, fields: str, *, words: str) -> None:
        self._insert(
            "events",
            self._next_id("events"),
            run_id=self.standing.run_id,
            table_id=self.standing.table_id,
            session_id=self._session_at(at_ms),
            at_ms=at_ms,
            t_s=t_s,
            kind=kind,
            words=words,
            fields=fields,
        )

    def _session_at(self, at_ms: int) -> int | None:
        """Which session that moment belongs to: the open one, or the last for ten minutes."""
        session = self.standing.session
        if session is None:
            return None
        if session.ended_ms is None or abs(at_ms - session.ended_ms) <= SESSION_GAP_MS:
            return session.id
        return None

    def _insert(self, table: str, id: int, **values: object) -> None:
        self.changes.append(Insert(table, {"id": id, **values}))


def _at_ms(heard: Heard, t_s: float) -> int:
    return heard.at_ms - round((heard.now_s - t_s) * 1000.0)


def _ends(heard: Heard) -> bool:
    return any(isinstance(event, InversionEnded | InversionStarted) for event in heard.events)


def _goes_on(session: OpenSession, heard: Heard, began_ms: int) -> bool:
    """By the core's own count, or where that is another core's, by the time between."""
    if session.profile != heard.profile:
        return False
    if session.core:
        return session.core == heard.session
    return session.ended_ms is None or abs(began_ms - session.ended_ms) <= SESSION_GAP_MS
