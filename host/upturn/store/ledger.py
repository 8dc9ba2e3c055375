# SPDX-License-Identifier: MIT
"""From what the core says to rows: sessions, inversions, alarms and the log. Pure: no database.

`Standing` is what is open on one table; each step gives the next one, and the changes that have to
be made with it, together or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

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
from upturn.core.events import AlarmChanged, InversionEnded, InversionStarted
from upturn.sinks.text import words
from upturn.store import alarm_entries, sittings
from upturn.store.codec import event_fields
from upturn.store.entry import Change, Entry, NextId
from upturn.store.standing import Standing
from upturn.store.told import Acted, Ended, Heard, Item

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


def advance(standing: Standing, item: Item, next_id: NextId) -> tuple[Standing, list[Change]]:
    entry = Entry(standing, next_id)
    match item:
        case Heard():
            _heard(entry, item)
        case Acted():
            _acted(entry, item)
        case Ended():
            sittings.end_core(entry)
    return entry.standing, entry.changes


def _heard(entry: Entry, heard: Heard) -> None:
    starts = [e for e in heard.events if isinstance(e, InversionStarted)]
    began_s = starts[0].since_s if starts else heard.now_s
    if (
        entry.standing.inversion is not None
        and not heard.inverted
        and not heard.tells_of_inversion
    ):
        sittings.lose(entry)
    for event in heard.events:
        at_ms = heard.wall_ms(event.t_s)
        free = entry.standing.inversion is None  # what led to an inversion belongs to it too
        if starts and (event is starts[0] or (free and event.t_s >= began_s)):
            sittings.begin(entry, heard, starts.pop(0))
        entry.log(at_ms, event.t_s, *event_fields(event), words=words(event))
        if isinstance(event, InversionEnded):
            sittings.end(entry, heard, event)
        elif isinstance(event, AlarmChanged):
            alarm_entries.change(entry, event, at_ms)
        if starts:
            began_s = starts[0].since_s


def _acted(entry: Entry, acted: Acted) -> None:
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
    entry.log(acted.at_ms, None, "command", fields, words=text)
    if isinstance(acted.command, Acknowledge):
        entry.standing = replace(entry.standing, acknowledging=acted)
    elif isinstance(acted.command, Symptoms):
        _answer(entry, acted.command.answer, acted.at_ms)
    if not isinstance(acted.command, _NO_ALARM_ACTS):
        entry.act(acted.at_ms, verb, source, record)


def _answer(entry: Entry, answer: str, at_ms: int) -> None:
    """As the core has it: not while somebody is inverted, nor before any session."""
    session = entry.standing.session
    if session is None or entry.standing.inversion is not None:
        return
    if session.core or session.holds(at_ms):
        entry.insert("answers", session_id=session.id, at_ms=at_ms, answer=answer)
