# SPDX-License-Identifier: MIT
"""Answers about health, as a user gives them: each time one row more, and the newest counts."""

from __future__ import annotations

import json
from datetime import datetime

from upturn.store.codec import from_ms, to_ms
from upturn.store.database import Store
from upturn.store.rows import ChecklistRow


def checklist(store: Store, user: str, *, until: datetime | None = None) -> ChecklistRow | None:
    """The newest of that user, or that of a moment; None: that user was never asked by then."""
    rows = store.rows(
        "SELECT at_ms, version, answers, override FROM checklists"
        " JOIN users ON users.id = user_id WHERE users.name = ?1"
        " AND (?2 IS NULL OR at_ms <= ?2) ORDER BY checklists.id DESC LIMIT 1",
        [user, None if until is None else to_ms(until)],
    )
    if not rows:
        return None
    at_ms, version, text, override = rows[0]
    return ChecklistRow(user, from_ms(at_ms), version, _object(text), override)


def save_checklist(store: Store, row: ChecklistRow) -> None:
    """What stood there before is kept: it is the log of what was answered and accepted."""
    with store.transaction() as db:
        db.execute("INSERT OR IGNORE INTO users (name) VALUES (?)", (row.user,))
        db.execute(
            "INSERT INTO checklists (user_id, at_ms, version, answers, override)"
            " SELECT id, ?, ?, ?, ? FROM users WHERE name = ?",
            (to_ms(row.at), row.version, json.dumps(row.answers), row.override, row.user),
        )


def _object(text: str) -> dict[str, object]:
    """Empty where it is none: then the questions are asked again."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
