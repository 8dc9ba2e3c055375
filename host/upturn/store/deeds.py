# SPDX-License-Identifier: MIT
"""What people did before and in a session: who was there, what was silenced, what was accepted.

What its user said about health is told as it stood when the session began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from upturn.core.alarm_table import ALARMS
from upturn.core.commands import COMMANDS
from upturn.core.thresholds import EQUIPMENT_S
from upturn.store.checklists import checklist
from upturn.store.checks import standing
from upturn.store.codec import from_ms, to_ms
from upturn.store.database import Store
from upturn.store.ledger import ACTS
from upturn.store.rows import SessionRow

_WORDS = {verb: ACTS[kind] for verb, kind in COMMANDS.items() if kind in ACTS}
_TITLES = {str(id): spec.title for id, spec in ALARMS.items()}


@dataclass(frozen=True, slots=True)
class Deed:
    at: datetime
    words: str
    source: str
    """Where it was done: the dashboard, the home, the node; empty: not known."""


@dataclass(frozen=True, slots=True)
class Deeds:
    health: str
    """How it stood with the answers about health."""
    acts: tuple[Deed, ...]
    """In order of time."""


def deeds(store: Store, session: SessionRow) -> Deeds:
    """Of the session, and of its user at that table in the day before, as far as READY asks."""
    began_ms = to_ms(session.began_at)
    rows = store.rows(
        "SELECT alarm_acts.at_ms, act, source, alarms.alarm FROM alarm_acts"
        " JOIN sessions ON sessions.id = ?1 JOIN runs ON runs.id = alarm_acts.run_id"
        " LEFT JOIN alarms ON alarms.id = alarm_id"
        " WHERE alarm_acts.session_id = ?1 OR (alarm_acts.session_id IS NULL"
        " AND alarm_acts.table_id = sessions.table_id AND runs.user_id = sessions.user_id"
        " AND alarm_acts.at_ms BETWEEN ?2 AND ?3) ORDER BY alarm_acts.at_ms, alarm_acts.id",
        (session.id, began_ms - round(EQUIPMENT_S * 1000.0), began_ms),
    )
    answered = checklist(store, session.user, until=session.began_at)
    judged = standing(answered, session.began_at)
    health = judged.problem or judged.note
    return Deeds(health, tuple(_deed(*row) for row in rows))


def _deed(at_ms: int, act: str, source: str, alarm: str | None) -> Deed:
    words = _WORDS.get(act, act)
    title = _TITLES.get(alarm or "", "")
    return Deed(from_ms(at_ms), f"{words}: {title}" if title else words, source)
