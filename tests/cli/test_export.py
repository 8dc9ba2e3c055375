# SPDX-License-Identifier: MIT
"""`upturn export`, on a real store."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.storing import Kept
from tests.report.handmade import at, eventful, session
from upturn.report.records import COLUMNS
from upturn.store.database import Store
from upturn.store.reading import sessions

BEN = session(at("2025-05-01 18:00"), id=900, user="ben")


def exported(kept: Kept, *words: str) -> list[dict[str, str]]:
    out, err = kept.run("export", *words)
    assert err == ""
    return list(csv.DictReader(io.StringIO(out)))


def test_everybodys_sessions_inversions_and_alarms_go_to_stdout_as_csv(kept: Kept) -> None:
    kept.fill([BEN, eventful()])
    rows = exported(kept)
    assert [(row["kind"], row["user"]) for row in rows] == (
        [("session", "ben"), ("inversion", "ben"), ("session", "anna")]
        + [("inversion", "anna")] * 3
        + [("alarm", "anna")] * 6
    )
    assert tuple(rows[0]) == COLUMNS
    assert rows[2]["began_at"] == "2026-03-17T18:30:00.000Z"
    assert rows[2]["answer"] == "dizzy"


def test_one_users_alone(kept: Kept) -> None:
    kept.fill([BEN, session()])
    assert {row["user"] for row in exported(kept, "--user", "ben")} == {"ben"}
    assert kept.refused("export", "--user", "carl") == (
        "--user: nobody is stored by the name 'carl'. Stored: anna, ben"
    )


def test_since_is_the_beginning_of_a_local_day(kept: Kept) -> None:
    rows = [
        session(at("2026-03-15 22:59:59"), id=1),  # 23:59:59 in Berlin
        session(at("2026-03-15 23:00:00"), id=2),
        session(at("2026-03-28 22:59:59"), id=3),
        session(at("2026-03-28 23:00:00"), id=4),
        session(at("2026-03-29 21:59:59"), id=5),
        session(at("2026-03-29 22:00:00"), id=6),  # after a day of 23 hours
    ]
    kept.fill(rows)
    for day, first in (("2026-03-16", 2), ("2026-03-29", 4), ("2026-03-30", 6)):
        found = [row["session"] for row in exported(kept, "--since", day)]
        assert found[0] == str(first)
    assert exported(kept, "--since", "2030-01-01") == []


@pytest.mark.parametrize("since", ["2026-13-01", "yesterday", "", "01.03.2026", "2026-02-30"])
def test_a_date_that_is_none_is_refused(kept: Kept, since: str) -> None:
    kept.fill([session()])
    assert kept.refused("export", "--since", since) == (
        f"argument --since: {since!r} is no date; write it as 2026-03-01. "
        "See 'upturn export --help'"
    )


def test_json_is_one_object_a_line(kept: Kept) -> None:
    kept.fill([eventful()])
    lines = [json.loads(line) for line in kept.run("export", "--format", "json")[0].splitlines()]
    assert [line["kind"] for line in lines] == ["session"] + ["inversion"] * 3 + ["alarm"] * 6


def test_an_empty_store_gives_the_columns_alone(kept: Kept) -> None:
    kept.open().close()
    assert kept.run("export")[0] == ",".join(COLUMNS) + "\n"
    assert kept.run("export", "--format", "json")[0] == ""


def test_a_file_is_for_its_owners_eyes(kept: Kept, tmp_path: Path) -> None:
    kept.fill([BEN, session()])
    assert kept.run("export", "--out", "all.csv")[0] == "Wrote all.csv: 2 sessions\n"
    file = tmp_path / "all.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").startswith("kind,session,user,")


def test_a_name_that_is_a_formula_is_inert(kept: Kept) -> None:
    kept.fill([session(user='=HYPERLINK("x")')])
    assert {row["user"] for row in exported(kept)} == {'\'=HYPERLINK("x")'}


def test_an_unknown_format_is_refused(kept: Kept) -> None:
    assert "'xlsx'" in kept.refused("export", "--format", "xlsx")


def test_a_backup_is_one_file_that_can_take_the_stores_place(kept: Kept, tmp_path: Path) -> None:
    kept.fill([BEN, eventful()], curves=True)
    with kept.open() as held:  # in use, with what is in its log beside it
        out, err = kept.run("export", "--backup", "copy.sqlite3")
        expected = sessions(held)
    assert out == (
        "Wrote copy.sqlite3: everything stored\n"
        f"To go back to it: end Upturn, delete {kept.path}*, and copy it to {kept.path}\n"
    )
    assert err == ""
    copy = tmp_path / "copy.sqlite3"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("copy.sqlite3-*"))
    for file in kept.folder.glob("upturn.sqlite3*"):
        file.unlink()
    copy.rename(kept.path)
    with Store.open(kept.path) as store:
        assert sessions(store) == expected
    with closing(sqlite3.connect(kept.path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_never_takes_another_files_place(kept: Kept, tmp_path: Path) -> None:
    kept.fill([session()])
    file = tmp_path / "copy.sqlite3"
    file.write_text("mine", encoding="utf-8")
    assert kept.refused("export", "--backup", "copy.sqlite3") == (
        "copy.sqlite3: exists already, and is left as it is. Name a new file"
    )
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_backup_in_no_folder_is_refused(kept: Kept) -> None:
    kept.fill([session()])
    assert kept.refused("export", "--backup", "nowhere/copy", code=1).startswith("nowhere/copy: ")


@pytest.mark.parametrize(
    "words", [("--user", "anna"), ("--since", "2026-03-01"), ("--format", "csv"), ("--out", "-")]
)
def test_a_backup_is_of_everything(kept: Kept, words: tuple[str, str]) -> None:
    kept.fill([session()])
    assert kept.refused("export", "--backup", "copy.sqlite3", *words) == (
        f"{words[0]} does not go with --backup. A backup is of everything and everybody; "
        "leave it out"
    )
