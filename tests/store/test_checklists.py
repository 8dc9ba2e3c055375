# SPDX-License-Identifier: MIT
"""Answers about health in the store: of each user the newest counts, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from upturn.store.checklists import checklist, save_checklist
from upturn.store.database import Store
from upturn.store.reading import users
from upturn.store.rows import ChecklistRow

ADA = ChecklistRow(
    "ada", datetime(2026, 3, 1, 12, 0, tzinfo=UTC), 4_000_000_000, {"doctor": True, "head": False}
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.sqlite3") as opened:
        yield opened


def test_what_was_answered_is_found_again(store: Store) -> None:
    assert checklist(store, "ada") is None
    save_checklist(store, ADA)
    assert checklist(store, "ada") == ADA
    assert checklist(store, "") is None
    assert users(store) == ["ada"]


def test_the_newest_of_each_user_counts_and_the_others_stay(store: Store) -> None:
    accepted = replace(ADA, override="2026-03-01: he knows")  # of the same moment
    for row in (ADA, replace(ADA, user=""), accepted):
        save_checklist(store, row)
    assert checklist(store, "ada") == accepted
    assert checklist(store, "") == replace(ADA, user="")
    assert store.rows("SELECT count(*) FROM checklists") == [(3,)]


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_what_cannot_be_read_is_no_answers(store: Store, text: str) -> None:
    save_checklist(store, ADA)
    with store.transaction() as db:
        db.execute("UPDATE checklists SET answers = ?", (text,))
    assert checklist(store, "ada") == replace(ADA, answers={})
