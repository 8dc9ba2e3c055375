# SPDX-License-Identifier: MIT
"""Recordings beyond the limits are deleted, and no other file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from upturn.store.database import Store
from upturn.store.keep import KeepLimits
from upturn.store.reading import add_recording, recordings
from upturn.store.tidying import tidy

NOW = datetime(2026, 3, 17, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An old one, an old one with a high alarm, a new one, and one that somebody has deleted."""
    with Store.open(tmp_path / "s.sqlite3") as store:
        for name, days, high in (
            ("old", 40, False),
            ("alarm", 40, True),
            ("new", 1, False),
            ("deleted", 1, False),
        ):
            file = tmp_path / f"{name}.ndjson"
            file.write_text("{}", encoding="utf-8")
            began_at = NOW - timedelta(days=days)
            add_recording(store, file, None, size_bytes=2, began_at=began_at, high=high)
    (tmp_path / "deleted.ndjson").unlink()
    (tmp_path / "mine.ndjson").write_text("not the store's", encoding="utf-8")
    return tmp_path


def names(folder: Path) -> set[str]:
    return {file.stem for file in folder.glob("*.ndjson")}


def test_what_the_rule_says_goes_with_its_row_and_what_it_guards_is_told(folder: Path) -> None:
    with Store.open(folder / "s.sqlite3") as store:
        tidied = tidy(store, KeepLimits(days=30), NOW)
        left = [Path(one.path).stem for one in recordings(store)]
    assert [Path(one.path).stem for one in tidied.removed] == ["old"]
    assert [Path(one.path).stem for one in tidied.ask] == ["alarm"]
    assert tidied.failed == ()
    assert names(folder) == {"alarm", "new", "mine"}
    assert left == ["alarm", "new"]


def test_without_limits_nothing_goes(folder: Path) -> None:
    with Store.open(folder / "s.sqlite3") as store:
        assert tidy(store, KeepLimits(), NOW).removed == ()
    assert names(folder) == {"old", "alarm", "new", "mine"}


def test_a_file_that_cannot_be_deleted_is_told_and_stays_in_the_store(folder: Path) -> None:
    (folder / "old.ndjson").unlink()
    (folder / "old.ndjson").mkdir()
    with Store.open(folder / "s.sqlite3") as store:
        tidied = tidy(store, KeepLimits(days=30), NOW)
        left = [Path(one.path).stem for one in recordings(store)]
    assert tidied.removed == ()
    (said,) = tidied.failed
    assert said.startswith(f"{folder / 'old.ndjson'}: ")
    assert left == ["old", "alarm", "new"]
