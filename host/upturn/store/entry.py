# SPDX-License-Identifier: MIT
"""One entry in the ledger while it is made: how the table stands, and the changes made so far."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from upturn.store.standing import OpenAlarm, Standing


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


@dataclass(slots=True)
class Entry:
    standing: Standing
    next_id: NextId
    changes: list[Change] = field(default_factory=list)

    def insert(self, table: str, **values: object) -> int:
        """The number of the new row."""
        id = self.next_id(table)
        self.changes.append(Insert(table, {"id": id, **values}))
        return id

    def update(self, table: str, id: int, **values: object) -> None:
        self.changes.append(Update(table, id, values))

    def log(self, at_ms: int, t_s: float | None, kind: str, fields: str, *, words: str) -> None:
        self.insert(
            "events",
            run_id=self.standing.run_id,
            table_id=self.standing.table_id,
            session_id=self.standing.session_at(at_ms),
            at_ms=at_ms,
            t_s=t_s,
            kind=kind,
            words=words,
            fields=fields,
        )

    def act(
        self,
        at_ms: int,
        verb: str,
        source: str,
        detail: Mapping[str, object],
        alarm: OpenAlarm | None = None,
    ) -> None:
        self.insert(
            "alarm_acts",
            run_id=self.standing.run_id,
            table_id=self.standing.table_id,
            session_id=self.standing.session_at(at_ms),
            alarm_id=None if alarm is None else alarm.row,
            at_ms=at_ms,
            act=verb,
            source=source,
            detail=json.dumps({k: v for k, v in detail.items() if k != "source"}),
        )
