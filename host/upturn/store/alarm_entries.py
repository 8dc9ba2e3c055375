# SPDX-License-Identifier: MIT
"""How the life of an alarm is entered: one row an occurrence, and one for each acknowledgement."""

from __future__ import annotations

from dataclasses import replace

from upturn.core.events import AlarmChanged, AlarmState
from upturn.store.entry import Entry
from upturn.store.standing import OpenAlarm

SAME_ACT_MS = 1000
"""What alarms say within this time of an acknowledgement is said because of it."""
AT_THE_NODE = "node"
"""Where an acknowledgement comes from that nobody here has given."""


def change(entry: Entry, event: AlarmChanged, at_ms: int) -> None:
    known = next((a for a in entry.standing.alarms if a.id is event.id), None)
    if known is not None and event.state is AlarmState.RAISED:
        _update(entry, known, None, cleared_ms=at_ms)  # the next takes its place
        known = None
    if known is None or known.occurrence != event.occurrence:
        known = _raise(entry, event, at_ms)
    match event.state:
        case AlarmState.ESCALATED:
            priority = max(known.priority, int(event.priority))
            escalated = known.escalated + 1
            now = replace(known, priority=priority, escalated=escalated)
            _update(
                entry,
                known,
                now,
                priority=priority,
                escalated=escalated,
                message=event.message,
            )
        case AlarmState.ACKNOWLEDGED:
            _acknowledge(entry, event, known, at_ms)
        case AlarmState.CLEARED:
            _update(entry, known, None, cleared_ms=at_ms)
        case AlarmState.RAISED:
            pass


def _acknowledge(entry: Entry, event: AlarmChanged, known: OpenAlarm, at_ms: int) -> None:
    by = entry.standing.acknowledging
    recent = by is not None and abs(at_ms - by.at_ms) <= SAME_ACT_MS
    source = by.source if by is not None and recent else AT_THE_NODE
    entry.act(at_ms, "acknowledge", source, {"id": event.id}, alarm=known)
    if not known.acknowledged:
        _update(entry, known, replace(known, acknowledged=True), acknowledged_ms=at_ms)


def _raise(entry: Entry, event: AlarmChanged, at_ms: int) -> OpenAlarm:
    session_id = entry.standing.session_at(at_ms)
    id = entry.insert(
        "alarms",
        run_id=entry.standing.run_id,
        table_id=entry.standing.table_id,
        session_id=session_id,
        alarm=str(event.id),
        occurrence=event.occurrence,
        priority=int(event.priority),
        raised_ms=at_ms,
        message=event.message,
    )
    alarm = OpenAlarm(id, event.id, event.occurrence, int(event.priority), 0, False, session_id)
    others = tuple(a for a in entry.standing.alarms if a.id is not event.id)
    entry.standing = replace(entry.standing, alarms=(*others, alarm))
    return alarm


def _update(entry: Entry, known: OpenAlarm, now: OpenAlarm | None, **values: object) -> None:
    """`now` None: it is open no more."""
    entry.update("alarms", known.row, **values)
    others = tuple(a for a in entry.standing.alarms if a.row != known.row)
    alarms = others if now is None else (*others, now)
    entry.standing = replace(entry.standing, alarms=alarms)
