# SPDX-License-Identifier: MIT
"""What comes in on `command/<verb>`: a command, a refusal with its reason, or nothing at all.

The law: what nobody can have meant as a command is ignored and counted, and what somebody meant
but may not have, or has put wrongly, is refused in plain words, so that a faulty automation is
found. The border is the verb and the text: an unknown verb, a message that the broker kept, more
than `LARGEST_BYTES` or bytes that are no UTF-8 are noise; any text on a known verb is an attempt.

No flood does harm. Each verb has its own allowance, which only a command that is right spends, so
that neither garbage nor another verb can use up a call for help; and a flood of calls lets one
through every `REFILL_S`, which is enough for an alarm that stands until it is acknowledged.
Refusals have an allowance too: beyond it they are counted and not answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    SYMPTOMS,
    Acknowledge,
    Command,
    Distress,
    ImFine,
    SeenUpright,
    Symptoms,
    TestAlarm,
)

LARGEST_BYTES = 1024
BURST = 5
"""So many at once."""
REFILL_S = 2.0
"""And one more each time this has passed."""
MAX_OCCURRENCE = 1_000_000_000

PRESS = "PRESS"
"""What a button of Home Assistant sends."""


class Permits(NamedTuple):
    """What may be done from the home."""

    acknowledge: bool = True
    seen_upright: bool = False


class Refused(NamedTuple):
    """A command that is not carried out."""

    verb: str
    reason: str


class Inbox:
    """The commands to one table."""

    def __init__(self, permits: Permits) -> None:
        self.ignored = 0
        """Messages that got no answer."""
        self._permits = permits
        self._allowances = {verb: _Allowance() for verb in VERBS}
        self._refusals = _Allowance()

    def take(
        self, now_s: float, verb: str, payload: bytes, *, retained: bool
    ) -> Command | Refused | None:
        """What to do about a message; None: nothing."""
        known = VERBS.get(verb)
        text = None if retained or len(payload) > LARGEST_BYTES else _text(payload)
        if known is None or text is None:
            self.ignored += 1
            return None
        if not known.permitted(self._permits):
            return self._refuse(now_s, verb, known.forbidden)
        try:
            command = known.read(text)
        except _MalformedError as error:
            return self._refuse(now_s, verb, str(error))
        if not self._allowances[verb].take(now_s):
            return self._refuse(
                now_s, verb, f"too many: {BURST} at once, then one every {REFILL_S:g} s"
            )
        return command

    def _refuse(self, now_s: float, verb: str, reason: str) -> Refused | None:
        if self._refusals.take(now_s):
            return Refused(verb, reason)
        self.ignored += 1
        return None


class _MalformedError(ValueError):
    """A payload that its verb does not know; the text says what it does know."""


class _Allowance:
    """`BURST` at once and one more every `REFILL_S`."""

    def __init__(self) -> None:
        self._whole_s = -inf
        """When nothing of it will be spent any more."""

    def take(self, now_s: float) -> bool:
        whole_s = max(self._whole_s, now_s) + REFILL_S
        if whole_s - now_s > BURST * REFILL_S:
            return False
        self._whole_s = whole_s
        return True


def _text(payload: bytes) -> str | None:
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        return None


def _press(command: Command) -> Callable[[str], Command]:
    """Of a verb that says everything by itself."""

    def read(text: str) -> Command:
        if text not in ("", PRESS):
            raise _MalformedError(f"the payload is neither {PRESS} nor empty")
        return command

    return read


def _acknowledge(text: str) -> Acknowledge:
    if text in ("", PRESS):
        return Acknowledge()
    allowed = f'the payload is neither {PRESS} nor {{"id": ..., "occurrence": ...}}'
    fields = _object(text, allowed)
    if "id" not in fields or not fields.keys() <= {"id", "occurrence"}:
        raise _MalformedError(allowed)
    id = next((known for known in AlarmId if known == fields["id"]), None)
    if id is None:
        raise _MalformedError("there is no alarm of that id")
    occurrence = fields.get("occurrence", 1)
    if type(occurrence) is not int or not 1 <= occurrence <= MAX_OCCURRENCE:
        raise _MalformedError("an occurrence is a whole number from 1")
    return Acknowledge(id, occurrence if "occurrence" in fields else None)


def _symptoms(text: str) -> Symptoms:
    allowed = f"the answer is one of {', '.join(SYMPTOMS)}"
    answer: object = text
    if text.startswith("{"):
        fields = _object(text, allowed)
        answer = fields.get("answer") if len(fields) == 1 else None
    if not isinstance(answer, str) or answer not in SYMPTOMS:
        raise _MalformedError(allowed)
    return Symptoms(answer)


def _object(text: str, allowed: str) -> dict[str, object]:
    """The fields of a JSON object, none of them twice."""

    def build(pairs: list[tuple[str, object]]) -> dict[str, object]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            raise _MalformedError("a field is there twice")
        return fields

    try:
        value = json.loads(text, object_pairs_hook=build)
    except _MalformedError:
        raise
    except (ValueError, RecursionError):
        raise _MalformedError(allowed) from None
    if not isinstance(value, dict):
        raise _MalformedError(allowed)
    return value


def _always(_permits: Permits) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Verb:
    read: Callable[[str], Command]
    permitted: Callable[[Permits], bool] = _always
    forbidden: str = ""
    """What to say where it is not permitted."""


VERBS: dict[str, _Verb] = {
    "acknowledge": _Verb(
        _acknowledge,
        lambda permits: permits.acknowledge,
        "acknowledging from the home is switched off: [mqtt] acknowledge",
    ),
    "test_alarm": _Verb(_press(TestAlarm())),
    "distress": _Verb(_press(Distress("from the home"))),
    "im_fine": _Verb(_press(ImFine())),
    "symptoms": _Verb(_symptoms),
    "seen_upright": _Verb(
        _press(SeenUpright()),
        lambda permits: permits.seen_upright,
        "'seen upright' from the home is not switched on: [mqtt] seen_upright",
    ),
}
"""What the home can say. What is not here is nobody's to say from there."""


def forbidden_by(permits: Permits) -> list[str]:
    """The verbs that are not permitted, so that nobody has to try them."""
    return [verb for verb, known in VERBS.items() if not known.permitted(permits)]


def why_forbidden(verb: str) -> str:
    """What is said of it where it is not permitted; empty: it always is."""
    known = VERBS.get(verb)
    return "" if known is None else known.forbidden
