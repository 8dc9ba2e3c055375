# SPDX-License-Identifier: MIT
"""From what happened at a table, or became of a command to it, to values. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from upturn.core.alarm_table import AlarmId
from upturn.core.events import AlarmChanged, AlarmState, InversionEnded, InversionStarted
from upturn.remote.fields import Fields, Refused, json_fields
from upturn.remote.parse_head import head_of, priority_of
from upturn.remote.said import Answer, EventSaid, Told


def parse_event(payload: bytes, node: str) -> EventSaid:
    """What happened at `node`, or what became of a command to it.

    Raises:
        Refused: why it cannot be believed.
    """
    fields = json_fields(payload)
    head = head_of(fields, node)
    kind = fields.word("kind", *_EVENTS)
    said = _EVENTS[kind](fields)
    if fields.text("event_type") != _type(kind, said):
        raise Refused("event_type contradicts what it tells")
    return EventSaid(head, fields.text("uid"), said)


def _alarm_changed(fields: Fields) -> AlarmChanged:
    return AlarmChanged(
        t_s=fields.number("t_s"),
        id=AlarmId(fields.word("id", *AlarmId)),
        occurrence=fields.count("occurrence", 1),
        priority=priority_of(fields, "priority"),
        state=AlarmState(fields.word("state", *AlarmState)),
        message=fields.text("message"),
    )


def _inversion_started(fields: Fields) -> InversionStarted:
    return InversionStarted(
        t_s=fields.number("t_s"),
        n=fields.count("n", 1),
        angle_deg=fields.degrees("angle_deg"),
        since_s=fields.number("since_s"),
        rest_s=fields.seconds_or_none("rest_s"),
    )


def _inversion_ended(fields: Fields) -> InversionEnded:
    return InversionEnded(
        t_s=fields.number("t_s"),
        n=fields.count("n", 1),
        duration_s=fields.seconds("duration_s"),
        peak_angle_deg=fields.degrees("peak_angle_deg"),
        exposure_s=fields.seconds("exposure_s"),
    )


def _answer(fields: Fields) -> Answer:
    fields.number("t_s")
    id = fields.text_or_none("id")
    return Answer(
        verb=fields.text("verb"),
        reason=fields.text_or_none("reason"),
        id=id if id is None else fields.word("id", *AlarmId),
        occurrence=None if fields.is_null("occurrence") else fields.count("occurrence", 1),
    )


_EVENTS: dict[str, Callable[[Fields], Told]] = {
    "alarm": _alarm_changed,
    "inversion_started": _inversion_started,
    "inversion_ended": _inversion_ended,
    "command": _answer,
}


def _type(kind: str, said: Told) -> str:
    match said:
        case AlarmChanged(state=AlarmState.RAISED | AlarmState.ESCALATED):
            return said.id
        case AlarmChanged():
            return said.state
        case Answer():
            return "command_done" if said.reason is None else "command_refused"
        case InversionStarted() | InversionEnded():
            return kind
        case _ as never:
            assert_never(never)
