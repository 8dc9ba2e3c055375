# SPDX-License-Identifier: MIT
"""Sessions by day and week: local dates, whatever the clocks do, and gaps that are there."""

from __future__ import annotations

from datetime import date, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.handmade import EVENING, alarm, at, session
from upturn.core.alarm_table import AlarmId, Priority
from upturn.store.history import Span, Tally, history, local_day, tally, week_of
from upturn.store.rows import SessionRow

BERLIN = ZoneInfo("Europe/Berlin")
SYDNEY = ZoneInfo("Australia/Sydney")
TODAY = date(2026, 3, 19)
"""A Thursday."""
EMPTY = tally([])


def counts(spans: tuple[Span, ...]) -> list[int]:
    return [span.tally.sessions for span in spans]


def test_nothing_is_eight_empty_weeks_and_seven_empty_days() -> None:
    found = history([], TODAY, zone=BERLIN)
    assert [span.first for span in found.weeks] == [
        date(2026, 1, 26) + timedelta(weeks=n) for n in range(8)
    ]
    assert [span.first for span in found.days] == [
        date(2026, 3, 16) + timedelta(days=n) for n in range(7)
    ]
    assert {span.last for span in found.weeks[-1:]} == {date(2026, 3, 22)}
    assert all(span.tally == EMPTY for span in (*found.weeks, *found.days))
    assert (found.trend, found.newest, found.later) == (None, None, 0)


def test_a_session_is_in_its_week_and_day_and_the_gaps_between_are_empty() -> None:
    rows = [session(at("2026-02-10 18:00")), session(at("2026-03-17 18:00"))]
    found = history(rows, TODAY, zone=BERLIN)
    assert counts(found.weeks) == [0, 0, 1, 0, 0, 0, 0, 1]
    assert counts(found.days) == [0, 1, 0, 0, 0, 0, 0]
    assert found.newest == date(2026, 3, 17)


@pytest.mark.parametrize(
    ("began", "zone", "day"),
    [
        ("2026-03-15 22:59:59", BERLIN, date(2026, 3, 15)),  # a Sunday
        ("2026-03-15 23:00:00", BERLIN, date(2026, 3, 16)),  # Monday has begun there
        ("2026-03-15 12:59:59", SYDNEY, date(2026, 3, 15)),
        ("2026-03-15 13:00:00", SYDNEY, date(2026, 3, 16)),
        ("2026-03-16 00:00:00", timezone(timedelta(hours=-11)), date(2026, 3, 15)),
        # the night in which Berlin's clocks go on an hour: 23 hours
        ("2026-03-28 22:59:59", BERLIN, date(2026, 3, 28)),
        ("2026-03-28 23:00:00", BERLIN, date(2026, 3, 29)),
        ("2026-03-29 21:59:59", BERLIN, date(2026, 3, 29)),
        ("2026-03-29 22:00:00", BERLIN, date(2026, 3, 30)),
        # and in which they go back: 25 hours
        ("2026-10-24 21:59:59", BERLIN, date(2026, 10, 24)),
        ("2026-10-24 22:00:00", BERLIN, date(2026, 10, 25)),
        ("2026-10-25 22:59:59", BERLIN, date(2026, 10, 25)),
        ("2026-10-25 23:00:00", BERLIN, date(2026, 10, 26)),
    ],
)
def test_the_day_is_the_local_one(began: str, zone: tzinfo, day: date) -> None:
    row = session(at(began))
    assert local_day(row.began_at, zone) == day
    found = history([row], day, zone=zone)
    assert sum(counts(found.days)) == 1
    assert counts(found.days)[day.weekday()] == 1
    assert found.weeks[-1].first == week_of(day)


@given(
    hours=st.lists(st.integers(0, 24 * 7 * 12), max_size=60),
    zone=st.sampled_from([BERLIN, SYDNEY, ZoneInfo("America/New_York")]),
    weeks=st.integers(1, 16),
)
def test_every_session_is_in_one_week_and_in_one_only(
    hours: list[int], zone: ZoneInfo, weeks: int
) -> None:
    last = at("2026-04-20 12:00")
    rows = [session(last - timedelta(hours=n)) for n in sorted(hours, reverse=True)]
    found = history(rows, local_day(last, zone), weeks=weeks, zone=zone)
    first = found.weeks[0].first
    inside = sum(local_day(row.began_at, zone) >= first for row in rows)
    assert sum(counts(found.weeks)) == inside
    assert sum(counts(found.days)) == counts(found.weeks)[-1]
    for one, next_one in zip(found.weeks, found.weeks[1:], strict=False):
        assert next_one.first == one.last + timedelta(days=1)


def test_weeks_are_iso_weeks_over_the_turn_of_the_year() -> None:
    assert week_of(date(2026, 1, 1)) == date(2025, 12, 29)
    assert week_of(date(2027, 1, 3)) == date(2026, 12, 28)
    assert week_of(date(2026, 12, 28)) == date(2026, 12, 28)


def test_a_tally_sums_and_takes_the_greatest() -> None:
    rows = [
        session(
            EVENING,
            (40.0, 55.5),
            peak_deg=48.0,
            alarms=[alarm(AlarmId.TIME_LIMIT, EVENING), alarm(AlarmId.FAST_TILT, EVENING)],
        ),
        session(EVENING, (61.0,), peak_deg=66.0, answer="dizzy"),
        session(EVENING, (5.0,), answer=None),
    ]
    assert tally(rows) == Tally(
        sessions=3,
        inversions=4,
        inverted_s=161.5,
        longest_s=61.0,
        peak_deg=66.0,
        at_least=False,
        alarms={Priority.HIGH: 1, Priority.MEDIUM: 1, Priority.LOW: 0},
        answers={"fine": 1, "dizzy": 1, "pain_worse": 0, "other": 0},
        unanswered=1,
    )
    assert (tally(rows).answered, tally(rows).symptoms) == (2, 1)


def test_an_alarm_counts_by_the_highest_that_it_came_to_and_a_test_not_at_all() -> None:
    rows = [
        session(
            alarms=[
                alarm(AlarmId.NO_MOVEMENT, EVENING, priority=Priority.MEDIUM),
                alarm(AlarmId.NO_MOVEMENT, EVENING, priority=Priority.HIGH, occurrence=2),
                alarm(AlarmId.TEST_ALARM, EVENING),
            ]
        )
    ]
    assert tally(rows).alarms == {Priority.HIGH: 1, Priority.MEDIUM: 1, Priority.LOW: 0}


@pytest.mark.parametrize(
    ("row", "at_least"),
    [
        (session(durations_s=(40.0,)), False),
        (session(durations_s=(40.0,), at_least=True), True),
        (session(durations_s=(40.0, None)), True),
    ],
)
def test_what_was_assumed_or_has_no_end_is_at_least(row: SessionRow, at_least: bool) -> None:
    assert tally([row]).at_least is at_least
    assert tally([row]).inverted_s == 40.0


def test_the_trend_sets_the_newer_half_beside_the_older() -> None:
    rows = [
        session(at("2026-01-20 18:00")),  # before all weeks
        session(at("2026-02-01 18:00"), (10.0,)),
        session(at("2026-02-22 18:00"), (20.0,)),
        session(at("2026-02-23 18:00"), (30.0,)),
        session(at("2026-03-19 18:00"), (40.0,)),
    ]
    trend = history(rows, TODAY, zone=BERLIN).trend
    assert trend is not None
    assert (trend.weeks, trend.before.inverted_s, trend.since.inverted_s) == (4, 30.0, 70.0)


@pytest.mark.parametrize(("weeks", "half"), [(1, None), (2, 1), (3, 1), (8, 4), (9, 4)])
def test_the_halves_of_any_number_of_weeks(weeks: int, half: int | None) -> None:
    trend = history([session(at("2026-03-17 18:00"))], TODAY, weeks=weeks, zone=BERLIN).trend
    assert (None if trend is None else trend.weeks) == half


def test_a_session_after_today_is_told_apart() -> None:
    rows = [session(at("2026-03-17 18:00")), session(at("2031-01-01 18:00"))]
    found = history(rows, TODAY, zone=BERLIN)
    assert (found.later, found.newest) == (1, date(2026, 3, 17))
    assert sum(counts(found.weeks)) == 1


def test_without_a_zone_it_is_this_computers() -> None:
    row = session(at("2026-03-17 12:00"))
    assert history([row], local_day(row.began_at, None)).newest == local_day(row.began_at, None)
