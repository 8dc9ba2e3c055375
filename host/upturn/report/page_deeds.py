# SPDX-License-Identifier: MIT
"""Of a session's page: what its user had said about health, and what people did at the table."""

from __future__ import annotations

from datetime import tzinfo

from upturn.report import words
from upturn.report.markup import Element, tag
from upturn.report.tables import Column, facts, table
from upturn.store.deeds import Deeds
from upturn.store.history import local_day
from upturn.store.rows import SessionRow

COLUMNS = (Column("Time", short=True), Column("What somebody did"), Column("Where", short=True))
SILENCED = (
    "An alarm that is acknowledged is silent for 30 s while somebody is inverted and for 120 s at "
    "most otherwise; a stand-down switches alarms off."
)


def deeds_section(deeds: Deeds, session: SessionRow, zone: tzinfo | None) -> Element:
    health = f"{deeds.health[0].upper()}{deeds.health[1:]}" if deeds.health else words.UNKNOWN
    parts = [
        tag("h2", "Before and during it"),
        facts([("Questions about health, when it began", health)]),
    ]
    if not deeds.acts:
        parts.append(tag("p", "Nobody checked in, silenced an alarm or stood the table down."))
        return tag("section", parts)
    day = local_day(session.began_at, zone)
    rows = []
    for deed in deeds.acts:
        at = words.time_of_day(deed.at, zone)
        other = local_day(deed.at, zone)
        when = at if other == day else f"{words.day(other)}, {at}"
        rows.append([when, deed.words, deed.source or words.UNKNOWN])
    parts += [
        table("deeds", "By people, in order of time", COLUMNS, rows),
        tag("p", SILENCED, class_="dim"),
    ]
    return tag("section", parts)
