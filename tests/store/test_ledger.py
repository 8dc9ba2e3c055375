# SPDX-License-Identifier: MIT
"""From events to rows, without a database: what is open, and what each event changes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.store.diary import PROFILE
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.commands import Acknowledge, Symptoms
from upturn.core.events import (
    AlarmChanged,
    AlarmState,
    Event,
    InversionEnded,
    InversionStarted,
    Noted,
)
from upturn.store.entry import Change, Insert, Update
from upturn.store.ledger import advance
from upturn.store.standing import OpenInversion, OpenSession, Seen, Standing
from upturn.store.told import Acted, Ended, Heard

NONE = Standing(run_id=1, table_id=1, user_id=1)


class Rows:
    """One table's standing, and the rows as a database would have them."""

    def __init__(self, standing: Standing = NONE) -> None:
        self.standing = standing
        self.rows: dict[tuple[str, int], dict[str, object]] = {}
        self._ids: Counter[str] = Counter({"sessions": 10, "inversions": 20, "alarms": 30})

    def tell(self, item: Heard | Acted | Ended) -> list[Change]:
        self.standing, changes = advance(self.standing, item, self._next)
        for change in changes:
            if isinstance(change, Insert):
                self.rows[change.table, int(str(change.values["id"]))] = dict(change.values)
            else:
                self.rows.setdefault((change.table, change.id), {}).update(change.values)
        return changes

    def heard(
        self, *events: Event, session: int = 1, inverted: bool = False, at_least: bool = False
    ) -> list[Change]:
        now_s = max((event.t_s for event in events), default=0.0)
        at_ms = round(now_s * 1000.0)
        return self.tell(Heard(at_ms, now_s, session, PROFILE, inverted, at_least, events))

    def of(self, table: str) -> list[dict[str, object]]:
        return [row for (name, _), row in self.rows.items() if name == table]

    def _next(self, table: str) -> int:
        self._ids[table] += 1
        return self._ids[table]


def starts(t_s: float, n: int = 1) -> InversionStarted:
    return InversionStarted(t_s, n, 20.0, t_s - 0.5, None)


def ends(t_s: float, n: int = 1, duration_s: float = 10.0) -> InversionEnded:
    return InversionEnded(t_s, n, duration_s, 50.0, duration_s)


def alarm(t_s: float, state: AlarmState, id: AlarmId = AlarmId.FALL, n: int = 1) -> AlarmChanged:
    return AlarmChanged(t_s, id, n, Priority.HIGH, state, f"{id}!")


def pick(rows: Sequence[dict[str, object]], *names: str) -> list[tuple[object, ...]]:
    return [tuple(row.get(name) for name in names) for row in rows]


def test_without_events_nothing_changes() -> None:
    assert Rows().heard() == []


def test_several_inversions_told_at_once_are_one_session() -> None:
    rows = Rows()
    rows.heard(starts(5.5), ends(15.0), starts(30.5, 2), ends(40.0, 2), at_least=True)
    assert pick(rows.of("sessions"), "began_ms", "ended_ms") == [(5000, 40000)]
    assert pick(rows.of("inversions"), "n", "began_ms", "duration_s", "at_least") == [
        (1, 5000, 10.0, 1),
        (2, 30000, 10.0, 1),
    ]
    assert {row["session_id"] for row in rows.of("events")} == {11}


def test_the_core_says_when_a_session_begins_whatever_the_wall_clock_shows() -> None:
    rows = Rows()
    rows.heard(starts(5.5), ends(15.0))
    rows.heard(starts(900.5, 2), inverted=True)
    rows.heard(ends(910.0, 2), session=1)
    rows.heard(starts(911.0, 3), session=2, inverted=True)
    assert pick(rows.of("sessions"), "core") == [(1,), (2,)]


@pytest.mark.parametrize(("began_s", "sessions"), [(614.9, 1), (616.0, 2), (-584.0, 1)])
def test_after_another_core_ten_minutes_part_two_sessions(began_s: float, sessions: int) -> None:
    rows = Rows()
    rows.heard(starts(5.5), ends(15.0))
    rows.tell(Ended())
    rows.heard(starts(began_s + 0.5), inverted=True)
    assert len(rows.of("sessions")) == sessions


def test_what_was_wrong_when_a_session_began_belongs_to_it() -> None:
    rows = Rows()
    rows.heard(alarm(1.0, AlarmState.RAISED, AlarmId.NOT_CALIBRATED))
    rows.heard(
        alarm(2.0, AlarmState.RAISED, AlarmId.BATTERY_LOW),
        alarm(3.0, AlarmState.CLEARED, AlarmId.BATTERY_LOW),
    )
    rows.heard(starts(5.5), inverted=True)
    assert pick(rows.of("alarms"), "alarm", "session_id") == [
        ("not_calibrated", 11),
        ("battery_low", None),
    ]


def test_an_alarm_after_a_session_belongs_to_it_for_ten_minutes() -> None:
    rows = Rows()
    rows.heard(starts(5.5), ends(15.0))
    rows.heard(alarm(600.0, AlarmState.RAISED))
    rows.heard(alarm(700.0, AlarmState.RAISED, AlarmId.DISTRESS))
    assert pick(rows.of("alarms"), "session_id") == [(11,), (None,)]


def test_the_life_of_an_alarm() -> None:
    rows = Rows()
    rows.heard(alarm(1.0, AlarmState.RAISED), alarm(2.0, AlarmState.ESCALATED))
    rows.heard(alarm(3.0, AlarmState.ESCALATED))
    rows.tell(Acted(3900, Acknowledge(), "home"))
    rows.heard(alarm(4.0, AlarmState.ACKNOWLEDGED))
    rows.heard(alarm(8.0, AlarmState.ACKNOWLEDGED), alarm(9.0, AlarmState.CLEARED))
    names = ("escalated", "acknowledged_ms", "cleared_ms")
    assert pick(rows.of("alarms"), *names) == [(2, 4000, 9000)]
    assert pick(rows.of("alarm_acts"), "at_ms", "source") == [(4000, "home"), (8000, "node")]
    assert rows.standing.alarms == ()


def test_the_next_occurrence_takes_the_place_of_one_that_had_latched() -> None:
    rows = Rows()
    rows.heard(alarm(1.0, AlarmState.RAISED), alarm(5.0, AlarmState.RAISED, n=2))
    assert pick(rows.of("alarms"), "occurrence", "cleared_ms") == [(1, 5000), (2, None)]


def test_an_alarm_whose_beginning_was_not_told_is_there_all_the_same() -> None:
    rows = Rows()
    rows.heard(alarm(5.0, AlarmState.ACKNOWLEDGED, n=3))
    assert pick(rows.of("alarms"), "occurrence", "raised_ms", "acknowledged_ms") == [
        (3, 5000, 5000)
    ]


def test_an_inversion_whose_beginning_was_not_told_is_there_all_the_same() -> None:
    rows = Rows()
    rows.heard(ends(15.0))
    assert pick(rows.of("inversions"), "began_ms", "duration_s") == [(5000, 10.0)]


OPEN = Standing(
    1,
    1,
    1,
    OpenSession(7, 0, 1000, None, PROFILE, 1),
    OpenInversion(8, 1000, Seen(31_000, 30.0, 48.0, 35.0)),
)


def test_an_inversion_that_is_open_no_more_ended_unseen() -> None:
    rows = Rows(OPEN)
    assert rows.heard(inverted=True) == []
    assert rows.heard() == [
        Update(
            "inversions",
            8,
            {"duration_s": 30.0, "peak_deg": 48.0, "exposure_s": 35.0, "at_least": 1},
        ),
        Update("sessions", 7, {"ended_ms": 31_000}),
    ]
    assert rows.heard() == []


def test_another_one_ends_it_unseen_too() -> None:
    rows = Rows(OPEN)
    rows.heard(starts(60.5), inverted=True)
    assert rows.rows["inversions", 8]["duration_s"] == 30.0
    assert pick(rows.of("inversions"), "session_id", "n")[1:] == [(7, 2)]
    assert rows.rows["sessions", 7]["ended_ms"] is None


def test_an_answer_is_of_the_session_before_it_and_of_none_while_inverted() -> None:
    rows = Rows()
    rows.tell(Acted(1000, Symptoms("fine"), ""))
    rows.heard(starts(5.5), inverted=True)
    rows.tell(Acted(6000, Symptoms("fine"), ""))
    assert rows.of("answers") == []
    rows.heard(ends(15.0))
    rows.tell(Acted(2_000_000, Symptoms("dizzy"), ""))
    assert pick(rows.of("answers"), "session_id", "answer") == [(11, "dizzy")]
    rows.tell(Ended())
    rows.tell(Acted(3_000_000, Symptoms("fine"), ""))
    assert len(rows.of("answers")) == 1
    assert len([row for row in rows.of("events") if row["kind"] == "command"]) == 4


def test_a_note_is_a_line_of_the_log() -> None:
    rows = Rows()
    rows.heard(Noted(2.0, "seen upright"))
    assert pick(rows.of("events"), "at_ms", "t_s", "kind", "words", "fields") == [
        (2000, 2.0, "note", "note seen upright", '{"text": "seen upright", "refusal": false}')
    ]
