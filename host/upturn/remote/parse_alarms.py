# SPDX-License-Identifier: MIT
"""From the active set of alarms that a host tells to its values. Pure."""

from __future__ import annotations

from dataclasses import replace

from upturn.core.alarm_table import ALARMS, AlarmId, AlarmSpec, Kind
from upturn.remote.fields import Fields, Refused, json_fields
from upturn.remote.parse_head import PRIORITIES, head_of, priority_of, priority_or_none
from upturn.remote.said import AlarmSaid, AlarmsSaid


def parse_alarms(payload: bytes, node: str) -> AlarmsSaid:
    """The active set of `node`.

    Raises:
        Refused: why it cannot be believed.
    """
    fields = json_fields(payload)
    head = head_of(fields, node)
    alarms = [_alarm(alarm) for alarm in fields.objects("alarms")]
    if len({alarm.spec.id for alarm in alarms}) < len(alarms):
        raise Refused("has an alarm twice")
    for word, priority in PRIORITIES.items():
        if fields.flag(word) != any(alarm.priority is priority for alarm in alarms):
            raise Refused(f"{word} contradicts its alarms")
    if fields.flag("problem") != any(alarm.spec.kind is Kind.TECHNICAL for alarm in alarms):
        raise Refused("problem contradicts its alarms")
    highest = max((alarm.priority for alarm in alarms), default=None)
    if priority_or_none(fields, "highest") is not highest:
        raise Refused("highest contradicts its alarms")
    ordered = tuple(sorted(alarms, key=lambda alarm: -alarm.priority))
    return AlarmsSaid(head, fields.flag("watched"), ordered)


def _alarm(fields: Fields) -> AlarmSaid:
    spec, detail = _worded(
        ALARMS[AlarmId(fields.word("id", *AlarmId))], fields.text("title"), fields.text("message")
    )
    if fields.word("kind", *Kind) != spec.kind:
        raise Refused(f"{spec.id} is of another kind")
    return AlarmSaid(
        spec=spec,
        occurrence=fields.count("occurrence", 1),
        priority=priority_of(fields, "priority"),
        message=fields.text("message"),
        detail=detail,
        raised_at_s=fields.at_s("raised_at"),
        condition=fields.flag("condition"),
        acknowledged=fields.flag("acknowledged"),
        pausable=fields.flag("pausable"),
        sounding=fields.flag("sounding"),
        paused_until_s=fields.at_s_or_none("paused_until"),
    )


def _worded(spec: AlarmSpec, title: str, message: str) -> tuple[AlarmSpec, str]:
    """The row in the host's words, which may be another version's, and the occurrence's own."""
    head, tail = f"{spec.title}: ", f". {spec.advice}"
    if title == spec.title and message == f"{title}{tail}":
        return spec, ""
    if title == spec.title and message.startswith(head) and message.endswith(tail):
        return spec, message[len(head) : len(message) - len(tail)]
    said = message.removeprefix(title).lstrip(" :.")
    return replace(spec, title=title or spec.title, advice=said or spec.advice), ""
