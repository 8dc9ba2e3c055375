# SPDX-License-Identifier: MIT
"""The report's page: whole in one file, read by a machine, and safe whatever names it shows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from tests.report.handmade import EVENING, STANDARD, alarm, curve, eventful, log, session, year
from upturn.core.alarm_table import ALARMS, AlarmId
from upturn.core.limits import PROFILES
from upturn.core.sources import DOCUMENTS
from upturn.report.page import Report, page
from upturn.report.page_session import MOST_LINES
from upturn.report.words import NOT_MEDICAL, RELIEF
from upturn.store.deeds import Deed, Deeds
from upturn.store.history import history
from upturn.store.progression import suggest
from upturn.store.rows import EventRow, SessionRow

BERLIN = ZoneInfo("Europe/Berlin")
DEEDS = Deeds("answered 3 days ago", (Deed(EVENING, "stand down", "home"),))
TODAY = date(2026, 3, 18)
VOID = {"meta", "br"}
EVIL = "<script>alert('1')</script>\"><img src=x onerror=alert(2)>&amp;"


def report(
    row: SessionRow | None = None, before: list[SessionRow] | None = None, **more: object
) -> Report:
    row = eventful() if row is None else row
    rows = [*(before if before is not None else year(date(2026, 3, 16))), row]
    made = Report(
        session=row,
        curve=curve(row) if row.inversions else None,
        log=tuple(log(row)),
        history=history(rows, TODAY, zone=BERLIN),
        suggestion=suggest(rows, row.profile),
        deeds=DEEDS,
        made_at=datetime(2026, 3, 18, 8, tzinfo=UTC),
        software="0.1.0",
        zone=BERLIN,
    )
    return replace(made, **more)  # type: ignore[arg-type]


class Walk(HTMLParser):
    """The page as a browser takes it, and what it must keep to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: dict[str, int] = {}
        self.attributes: list[tuple[str, str, str]] = []
        self.text: dict[str, list[str]] = {}
        self.svg_ids: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        where = self.open[-1] if self.open else ""
        self.text.setdefault(where, []).append(data)

    @property
    def words(self) -> str:
        """All that is shown, in its order."""
        parts = [text for tag, texts in self.text.items() if tag != "style" for text in texts]
        return " ".join(parts)


def plain(text: str) -> str:
    """The text of a page without its markup, one space between words."""
    bare = re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
    return " ".join(bare.replace("&amp;", "&").split())


VARIANTS = {
    "eventful": eventful(),
    "calm": session(),
    "open": session(durations_s=(30.0, None), answer=None),
    "nothing": replace(session(), inversions=(), alarms=()),
    "nobody": session(user="", table=""),
    "extended": session(profile=PROFILES["extended"]),
}


@pytest.mark.parametrize("row", VARIANTS.values(), ids=VARIANTS)
def test_the_page_is_well_formed_and_whole_in_itself(row: SessionRow) -> None:
    walk = Walk(page(report(row)))
    assert len(walk.ids) == len(set(walk.ids))
    for tag in ("script", "link", "img", "iframe", "object", "embed", "base", "form", "image"):
        assert tag not in walk.tags
    for tag, name, value in walk.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in {"src", "href", "srcset", "action", "style", "xlink:href"}, (tag, name)
        assert "://" not in value
        assert "javascript:" not in value.lower()
    css = "".join(walk.text["style"])
    assert "url(" not in css
    assert "@import" not in css
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert ("meta", "content", policy) in walk.attributes


@pytest.mark.parametrize("row", VARIANTS.values(), ids=VARIANTS)
def test_every_picture_has_a_title_a_description_and_a_table_beside_it(row: SessionRow) -> None:
    walk = Walk(page(report(row)))
    pictures = [value for tag, name, value in walk.attributes if (tag, name) == ("svg", "id")]
    assert pictures == ["curve", "curve-narrow", "weeks", "weeks-narrow"]
    said = {(tag, name): [] for tag, name, _ in walk.attributes}  # type: dict[tuple[str, str], list[str]]
    for tag, name, value in walk.attributes:
        said[tag, name].append(value)
    assert said["svg", "role"] == ["img"] * 4
    for attribute in ("aria-labelledby", "aria-describedby"):
        assert set(said["svg", attribute]) <= set(walk.ids)
    assert all(text.strip() for text in walk.text["title"])
    assert all(text.strip() for text in walk.text["desc"])
    assert {"inversions", "week-table", "documents"} < set(walk.ids)
    assert walk.tags["caption"] == walk.tags["table"]
    assert set(said["th", "scope"]) == {"col", "row"}


def test_it_has_one_heading_of_each_section_a_language_and_a_width_for_phones() -> None:
    text = page(report())
    walk = Walk(text)
    assert walk.text["h1"] == ["Inversion session of anna"]
    assert walk.text["h2"] == [
        "In short",
        "The session",
        "Alarms",
        "Before and during it",
        "How it felt, and what follows",
        "Week by week, 26 January 2026 to 22 March 2026",
        "Limits in force",
        "Log",
    ]
    assert ("html", "lang", "en") in walk.attributes
    assert ("meta", "content", "width=device-width, initial-scale=1") in walk.attributes
    assert text.startswith('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">')


@pytest.mark.parametrize(
    "where", ["user", "table", "software", "message", "log", "profile", "deed"]
)
def test_a_name_that_is_markup_is_text_everywhere(where: str) -> None:
    row = eventful()
    if where in {"user", "table", "software"}:
        row = replace(row, **{where: EVIL})  # type: ignore[arg-type]
    elif where == "message":
        row = replace(row, alarms=(replace(row.alarms[0], message=EVIL),))
    elif where == "profile":
        own = replace(STANDARD, name=EVIL, reason=EVIL, source=EVIL, beyond=EVIL)
        row = replace(row, profile=own)
    made = report(row)
    if where == "log":
        made = replace(made, log=(EventRow(row.began_at, EVIL, EVIL, {}),))
    elif where == "deed":
        made = replace(made, deeds=Deeds(EVIL, (Deed(row.began_at, EVIL, EVIL),)))
    text = page(made)
    walk = Walk(text)
    assert "script" not in walk.tags
    assert "img" not in walk.tags
    assert EVIL in walk.words
    assert "<script" not in text
    assert "onerror=alert(2)&gt;" in text


def test_a_page_tells_who_when_and_by_what() -> None:
    words = plain(page(report()))
    assert "Inversion session of anna, 17 March 2026, 19:30:00" in words  # the title
    assert "Began 17 March 2026, 19:30:00 Ended 17 March 2026, 19:34:29" in words
    assert "Time of day UTC+01:00 Table den Limits standard Watched by Upturn 0.1.0" in words
    assert words.endswith("Made by Upturn 0.1.0 on 18 March 2026, 09:00:00.")


def test_who_is_not_named_is_nobody() -> None:
    assert "Inversion session of nobody named" in plain(page(report(session(user=""))))


def test_it_sums_up_and_says_what_was_assumed() -> None:
    words = plain(page(report()))
    assert (
        "Inversions 3 Inverted 2:14+ Longest 1:11 Steepest 66° Alarms 2 high, 4 medium Felt dizzy "
        "+: at least so much" in words
    )
    assert "at least so much" not in plain(page(report(session(), [session()])))


def test_each_inversion_is_judged_by_its_exposure_and_its_angle() -> None:
    words = plain(page(report()))
    assert "1 19:30:00 0:38 57° 0:38 within" in words
    assert "2 19:32:13 1:11 66° 1:11 past the limit of 60 s, steeper than 60°" in words
    assert "3 19:34:04 0:25+ 57° 1:36+ past the limit of 60 s" in words


@pytest.mark.parametrize(
    ("duration_s", "peak_deg", "said"),
    [
        (44.9, 60.0, "within"),
        (45.0, 60.0, "past the notice of 45 s"),
        (59.9, 63.0, "past the notice of 45 s"),
        (59.9, 63.1, "past the notice of 45 s, steeper than 60°"),
        (60.0, 60.0, "past the limit of 60 s"),
        (30.0, 99.9, "steeper than 60°"),
        (30.0, 100.0, "past vertical"),
    ],
)
def test_the_words_change_at_the_limits(duration_s: float, peak_deg: float, said: str) -> None:
    row = session(durations_s=(duration_s,), peak_deg=peak_deg)
    assert f" {said} Alarms" in plain(page(report(row)))


def test_an_inversion_without_an_end_is_not_judged() -> None:
    words = plain(page(report(VARIANTS["open"])))
    assert "no end seen - - not known" in words
    assert "Ended an inversion was still open" in words
    assert "After this session: not told ." in words


@pytest.mark.parametrize("id", AlarmId)
def test_every_alarm_is_shown_with_its_mark_advice_and_source(id: AlarmId) -> None:
    spec = ALARMS[id]
    row = session(alarms=[alarm(id, session().began_at, detail="so and so")])
    words = plain(page(report(row)))
    mark = spec.priorities[-1].marks
    assert f"1 {mark} {spec.priorities[-1].word} {spec.title}: so and so 19:30:00" in words
    shown = " , ".join(spec.source.split(", "))
    assert f"never 19:30:20 {spec.advice} {shown}" in words.replace("&#x27;", "'")


def test_an_alarm_tells_when_it_was_acknowledged_escalated_and_over() -> None:
    words = plain(page(report()))
    assert "*** high Inverted too long: 60 s of 60 s 19:33:13 19:33:18 19:33:25" in words
    assert "No data from the table (escalated 1 time) 19:34:13 never 19:34:17" in words
    assert "Not calibrated 19:29:45 never not seen" in words


def test_symptoms_and_what_follows_are_told() -> None:
    words = plain(page(report()))
    assert "After this session: dizzy . Stop for now, and ask a doctor" in words


def test_limits_and_documents_are_told_with_what_the_profile_goes_beyond() -> None:
    words = plain(page(report(VARIANTS["extended"])))
    assert (
        "Profile extended Notice 240 s Limit 300 s Rest 90 s Angle 60° Source CC , MNT-hang"
        in words
    )
    assert "This profile goes beyond MNT-hang's 1 minute." in words
    for document in DOCUMENTS.values():
        assert f"{document.key} {document.title} {document.publisher}" in words


def test_it_says_what_it_is_not_and_claims_no_benefit() -> None:
    words = plain(page(report()))
    assert words.count(NOT_MEDICAL) == 2
    assert words.count(RELIEF) == 2
    for claim in ("cure", r"heal(?!th)", "improve", "benefit of", "treat"):
        assert not re.search(rf"\b{claim}", words.replace("benefits and risks", "").lower())


def test_what_people_did_is_told_with_where_and_on_which_day_if_it_was_another() -> None:
    midnight = EVENING.replace(hour=23, minute=5)  # five past twelve in Berlin
    row = replace(session(midnight), id=7)
    acts = (
        Deed(EVENING, "the table was inspected", "dashboard"),
        Deed(midnight, "acknowledge: Inverted too long", "node"),
        Deed(midnight, "stand down", ""),
    )
    words = plain(page(report(row, deeds=Deeds("by override (2026-03-01: I know)", acts))))
    assert "Questions about health, when it began By override (2026-03-01: I know)" in words
    assert "Tue 17 Mar, 19:30:00 the table was inspected dashboard" in words
    assert "00:05:00 acknowledge: Inverted too long node" in words
    assert "00:05:00 stand down -" in words
    assert "a stand-down switches alarms off." in words


def test_where_nobody_did_anything_that_is_said() -> None:
    words = plain(page(report(deeds=Deeds("", ()))))
    assert "Questions about health, when it began - Nobody checked in, silenced an alarm" in words


def test_a_long_log_is_cut_and_says_so() -> None:
    row = session()
    lines = tuple(EventRow(row.began_at, "note", f"line {n}", {}) for n in range(MOST_LINES + 5))
    words = plain(page(report(row, log=lines)))
    assert f"The first {MOST_LINES} of {MOST_LINES + 5} lines." in words
    assert f"line {MOST_LINES - 1} " in words
    assert f"line {MOST_LINES} " not in words
    assert "None is stored." in plain(page(report(row, log=())))


def test_weeks_without_sessions_stand_in_the_table() -> None:
    words = plain(page(report()))
    assert "6 fine, 1 not told 9-15 Feb none - - - - - - - 16-22 Feb none - -" in words


def test_a_session_after_today_is_told() -> None:
    rows = [session(), session(datetime(2031, 1, 1, tzinfo=UTC))]
    made = replace(report(), history=history(rows, TODAY, zone=BERLIN))
    assert "1 session lies after today: a clock was wrong" in plain(page(made))
