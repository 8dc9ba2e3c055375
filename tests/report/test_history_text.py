# SPDX-License-Identifier: MIT
"""The history of a hand-made year, as it stands in a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.report.handmade import EVENING, STANDARD, at, eventful, session, year
from upturn.report.history_text import WIDTH, Told, history_lines
from upturn.report.words import RELIEF
from upturn.store.history import history
from upturn.store.keep import KeepLimits, KeepPlan, Recording, plan
from upturn.store.progression import suggest
from upturn.store.rows import SessionRow

GOLDEN = Path(__file__).with_name("history-of-a-year.txt")
TODAY = date(2026, 3, 19)
BERLIN = ZoneInfo("Europe/Berlin")
NOTHING = KeepPlan((), (), ())


def told(rows: list[SessionRow], *, weeks: int = 8, **more: object) -> Told:
    made = Told(
        "anna",
        (),
        history(rows, TODAY, weeks=weeks, zone=BERLIN),
        suggest(rows, rows[-1].profile) if rows else None,
        NOTHING,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def text(rows: list[SessionRow], **more: object) -> str:
    return "".join(f"{line}\n" for line in history_lines(told(rows, **more)))  # type: ignore[arg-type]


def test_the_history_of_a_year_is_the_golden_one() -> None:
    rows = [*year(date(2026, 3, 16)), eventful()]
    assert text(rows, others=("", "ben")) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("weeks", [1, 8, 60])
def test_no_line_is_wider_than_a_terminal(weeks: int) -> None:
    answers = ["fine", "dizzy", "pain_worse", "other", None] * 60
    rows = [
        session(EVENING - timedelta(days=n), (299.0,) * 12, answer=answers[n], at_least=True)
        for n in reversed(range(300))
    ]
    recordings = [Recording("/var/r.ndjson", EVENING, 10**7, True)]
    gone = plan(recordings, KeepLimits(days=1), EVENING + timedelta(days=9))
    for line in text(rows, weeks=weeks, recordings=gone, others=("ben",) * 30).splitlines():
        assert len(line) <= WIDTH, line


def test_an_answer_is_never_parted_from_its_count() -> None:
    answers = ["fine", "dizzy", "pain_worse", "other", None]
    rows = [session(EVENING - timedelta(hours=n), answer=answers[n]) for n in range(5)]
    felt = [line[61:] for line in text(rows[::-1]).splitlines() if line[:10] == "Tue 17 Mar"]
    assert felt == ["1 fine, 1 dizzy,"]
    assert "\n" + " " * 61 + "1 pain worse,\n" in text(rows[::-1])


def test_weeks_of_more_than_one_year_say_which() -> None:
    lines = text([session()], weeks=14).splitlines()
    assert lines[lines.index("2026") + 1].startswith("29 Dec-4 Jan")
    assert "2025" in lines
    assert "2026" not in text([session()], weeks=8).splitlines()


@pytest.mark.parametrize(
    ("rows", "weeks", "words"),
    [
        ([], 8, "No session up to today."),
        (
            [session(at("2025-05-01 18:00"))],
            8,
            "No session in these weeks; the last was on Thu 1 May 2025.",
        ),
        ([session()], 1, "One week is not compared with another."),
        (
            [session(EVENING)],
            8,
            (
                "Last 4 weeks: 1 session, 40 s inverted, longest 0:40. Nothing is stored of the 4 "
                "weeks before."
            ),
        ),
        (
            [session(EVENING - timedelta(weeks=5), (60.0, 59.0))],
            8,
            (
                "Last 4 weeks: no session. The 4 weeks before: 1 session, 1 min inverted, longest "
                "1:00."
            ),
        ),
        (
            [
                session(EVENING - timedelta(weeks=1), answer="dizzy"),
                session(EVENING, (300.0,) * 20, answer=None, at_least=True),
            ],
            2,
            (
                "Last week: 1 session, at least 1 h 40 min inverted, longest 5:00. The week "
                "before: 1 session, 40 s inverted, longest 0:40. Now no answer; before, symptoms "
                "in 1 of 1 answer."
            ),
        ),
        (
            [session(EVENING - timedelta(weeks=2))],
            3,
            "No session in the last 2 weeks.",
        ),
    ],
)
def test_the_trend_in_words(rows: list[SessionRow], weeks: int, words: str) -> None:
    assert words in " ".join(text(rows, weeks=weeks).split())


def test_it_carries_the_suggestion_and_what_inversion_is_for() -> None:
    flat = " ".join(text([session()]).split())
    assert "Stay with standard: sixty-degree is suggested after 6 sessions" in flat
    assert RELIEF in flat
    assert "suggested" not in text([])


def test_a_session_after_today_is_told() -> None:
    rows = [session(), session(datetime(2031, 1, 1, tzinfo=UTC))]
    assert "1 session lies after today: a clock was wrong" in text(rows)


def test_recordings_are_told_and_those_that_wait_for_a_word_are_named() -> None:
    now = EVENING + timedelta(days=100)
    rows = [
        Recording("/r/alarm\x1b[2J.ndjson", EVENING, 2_500_000, True),
        Recording("/r/old.ndjson", EVENING, 1_000_000, False),
        Recording("/r/new.ndjson", now, 500_000, False),
    ]
    said = text([session()], recordings=plan(rows, KeepLimits(days=30), now))
    assert (
        "3 recordings, 4.0 MB.\n"
        "1 beyond [store] limits goes at the next start.\n"
        "Beyond these limits too, but kept, for they hold or may hold a high alarm;\n"
        "'upturn forget --recordings' asks about each:\n"
        "  /r/alarm\\x1b[2J.ndjson\n"
    ) in said
    said = text([session()], recordings=plan(rows[:1], KeepLimits(days=30), now))
    assert "1 recording, 2.5 MB.\nBeyond [store] limits, but kept, for they hold" in said
    assert "recording" not in text([session()])


def test_a_name_cannot_talk_to_the_terminal() -> None:
    assert "\x1b" not in text([session()], user="\x1b[2Janna", others=("\x1b]0;x\x07",))


def test_the_profile_of_the_newest_session_is_the_one_that_counts() -> None:
    assert told([session()]).suggestion == suggest([session()], STANDARD)
