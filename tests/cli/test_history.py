# SPDX-License-Identifier: MIT
"""`upturn history`, on a real store."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.storing import NOW, Kept
from tests.report.handmade import EVENING, at, eventful, session, year
from upturn.cli.main import main
from upturn.store.reading import add_recording

GOLDEN = Path(__file__).parents[1] / "report" / "history-of-a-year.txt"
READERS = ("history", "report", "export")
BEN = session(at("2025-05-01 18:00"), id=900, user="ben")
UNNAMED = session(at("2025-05-02 18:00"), id=901, user="")


def test_a_year_in_a_store_is_told_as_the_golden_text(kept: Kept) -> None:
    kept.fill([*year(date(2026, 3, 16)), replace(eventful(), id=500), BEN, UNNAMED])
    out, err = kept.run("history")
    assert out == GOLDEN.read_text(encoding="utf-8")
    assert err == ""


def test_another_user_is_asked_for_by_name(kept: Kept) -> None:
    kept.fill([session(), BEN, UNNAMED])
    assert kept.run("history")[0].startswith("History of anna, Thu 19 Mar 2026\n")
    ben = kept.run("history", "--user", "ben")[0]
    assert ben.startswith("History of ben, Thu 19 Mar 2026\n")
    assert "Others are stored: '', anna. --user NAME shows them." in ben
    unnamed = kept.run("history", "--user", "")[0]
    assert unnamed.startswith("History of nobody named, Thu 19 Mar 2026\n")


def test_nobodys_sessions_are_counted_for_another(kept: Kept) -> None:
    monday = session(at("2026-03-16 18:00"), (30.0,), id=8, user="ben", answer="dizzy")
    kept.fill([monday, session(EVENING, id=9)])
    weeks = [json.loads(line) for line in kept.run("history", "--json")[0].splitlines()]
    assert [(weeks[n]["user"], weeks[n]["sessions"]) for n in (0, 1, 14)] == [
        ("anna", 0),
        ("anna", 1),
        ("anna", 1),
    ]
    assert weeks[15]["step"] == "stay"


def test_who_is_not_stored_is_refused_and_who_is_is_named(kept: Kept) -> None:
    kept.fill([session(), BEN, UNNAMED])
    assert kept.refused("history", "--user", "carl") == (
        "--user: nobody is stored by the name 'carl'. Stored: '' (nobody named), anna, ben"
    )


def test_weeks_are_as_many_as_asked_for(kept: Kept) -> None:
    kept.fill([session()])
    out = kept.run("history", "--weeks", "3")[0]
    assert "\n3 WEEKS " in out
    lines = out.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("3 WEEKS"))
    assert [line[:13].strip() for line in lines[first + 1 : first + 5]] == [
        "2-8 Mar",
        "9-15 Mar",
        "16-22 Mar",
        "",
    ]


@pytest.mark.parametrize("weeks", ["0", "-1", "261", "x", "1.5", "", "١"])
def test_a_number_of_weeks_that_is_none_is_refused(kept: Kept, weeks: str) -> None:
    said = kept.refused("history", f"--weeks={weeks}")
    assert said == (
        f"argument --weeks: {weeks!r} is no number of weeks from 1 to 260. "
        "See 'upturn history --help'"
    )


def test_json_is_an_object_for_each_day_week_and_suggestion(kept: Kept) -> None:
    kept.fill([session(EVENING, (40.0, 50.5), answer="dizzy")])
    lines = [json.loads(line) for line in kept.run("history", "--json")[0].splitlines()]
    assert [line["kind"] for line in lines] == ["day"] * 7 + ["week"] * 8 + ["suggestion"]
    expected = {
        "user": "anna",
        "sessions": 1,
        "inversions": 2,
        "inverted_s": 90.5,
        "longest_s": 50.5,
        "peak_deg": 48.0,
        "at_least": False,
        "alarms": {"high": 0, "medium": 0, "low": 0},
        "answers": {"fine": 0, "dizzy": 1, "pain_worse": 0, "other": 0},
        "unanswered": 0,
    }
    assert lines[1] == {"kind": "day", "first": "2026-03-17", "last": "2026-03-17", **expected}
    assert lines[14] == {"kind": "week", "first": "2026-03-16", "last": "2026-03-22", **expected}
    assert (lines[15]["step"], lines[15]["suggested"], lines[15]["source"]) == (
        "shorter",
        "first-time",
        "MNT-hang, MNT-inv, CC",
    )


def test_without_a_store_it_says_what_to_do(kept: Kept) -> None:
    out, err = kept.run("history")
    assert out == (
        f"No session is stored yet; they will be in {kept.path}.\n"
        "'upturn run' watches a table and stores every session. 'upturn demo' stores none.\n"
    )
    assert err == ""
    assert kept.run("history", "--json") == ("", "")
    assert not kept.path.exists()


def test_an_empty_store_says_the_same(kept: Kept) -> None:
    kept.open().close()
    assert kept.run("history")[0].startswith("No session is stored yet;")
    assert kept.run("history", "--json") == ("", "")


@pytest.mark.parametrize(
    "words", [("history", "--user", "anna"), ("report",), ("export",), ("forget", "anna")]
)
def test_without_a_store_whoever_wants_something_of_it_is_refused(
    kept: Kept, words: tuple[str, ...]
) -> None:
    said = kept.refused(*words)
    assert said == f"{kept.path}: no session is stored yet. 'upturn run' stores them"
    assert not kept.path.exists()


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA application_id = 7")


def corrupt(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)


@pytest.mark.parametrize("command", [*READERS, "forget"])
@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (newer, "a newer Upturn wrote it (schema 99, this one knows"),
        (foreign, "it is a database of another program"),
        (corrupt, "the store is damaged"),
    ],
)
def test_a_store_that_cannot_be_read_is_one_line_and_is_left_as_it_is(
    kept: Kept, command: str, spoil: Callable[[Path], None], why: str
) -> None:
    kept.fill([session()])
    spoil(kept.path)
    before = kept.path.read_bytes()
    words = ("forget", "anna", "--yes") if command == "forget" else (command,)
    said = kept.refused(*words, code=1)
    assert said.startswith(f"{kept.path}: {why}")
    assert kept.path.read_bytes() == before


@pytest.mark.parametrize("command", READERS)
def test_reading_changes_nothing(kept: Kept, command: str) -> None:
    kept.fill([session()])
    before = kept.path.read_bytes()
    kept.run(command, *(["--out", "-"] if command == "report" else []))
    assert kept.path.read_bytes() == before


def test_a_folder_in_the_config_holds_the_store_by_its_usual_name(
    kept: Kept, tmp_path: Path
) -> None:
    kept.fill([session()])
    config = tmp_path / "folder.toml"
    config.write_text(f'[store]\npath = "{kept.folder}"\n', encoding="utf-8")
    assert main(["history", "--config", str(config)]) == 0
    assert kept.capsys.readouterr().out.startswith("History of anna")


def test_recordings_are_told_by_the_limits_of_the_config(kept: Kept) -> None:
    kept.fill([session(id=1)])
    with kept.open() as store:
        for name, days, high in (("old", 31, False), ("alarm", 31, True), ("new", 29, False)):
            add_recording(
                store,
                Path(f"/r/{name}.ndjson"),
                1,
                size_bytes=10**6,
                began_at=NOW - timedelta(days=days),
                high=high,
            )
    out = kept.run("history")[0]
    assert "\n3 recordings, 3.0 MB.\n1 beyond [store] limits goes at the next start.\n" in out
    assert out.count("/r/") == 1
    assert "\n  /r/alarm.ndjson\n" in out


def test_a_user_with_a_name_of_markup_and_escapes_is_shown_as_text(kept: Kept) -> None:
    kept.fill([session(user="<script>\x1b[2J")])
    assert kept.run("history")[0].startswith("History of <script>\\x1b[2J, ")


def test_it_loads_nothing_that_it_does_not_need(kept: Kept) -> None:
    """A person waits for it: half a second of imports would be most of that."""
    kept.fill(year(), curves=True)
    config = kept.folder.parent / "config.toml"
    config.write_text(f'[store]\npath = "{kept.path}"\n', encoding="utf-8")
    program = (
        "import sys; from upturn.cli.main import main;"
        f"main(['history', '--config', {str(config)!r}]);"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout.startswith("History of anna")
    loaded = set(ended.stderr.split())
    assert "sqlite3" in loaded
    assert not loaded & {"numpy", "textual", "rich", "bleak", "PIL", "aiomqtt", "serial"}
