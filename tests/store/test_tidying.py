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


def test_another_file_by_the_name_of_a_recording_is_somebodys_own(folder: Path) -> None:
    (folder / "old.ndjson").write_text("a letter", encoding="utf-8")
    with Store.open(folder / "s.sqlite3") as store:
        assert tidy(store, KeepLimits(days=30), NOW).removed == ()
        left = [Path(one.path).stem for one in recordings(store)]
    assert (folder / "old.ndjson").read_text(encoding="utf-8") == "a letter"
    assert left == ["alarm", "new"]


def test_a_disk_that_is_not_there_now_takes_no_recording_out_of_the_store(folder: Path) -> None:
    nowhere = folder / "new.ndjson" / "on-a-disk.ndjson"
    with Store.open(folder / "s.sqlite3") as store:
        add_recording(store, nowhere, None, size_bytes=2, began_at=NOW, high=False)
        tidy(store, KeepLimits(days=30), NOW)
        assert str(nowhere) in [one.path for one in recordings(store)]


def test_what_was_done_is_told_in_a_line_each(folder: Path) -> None:
    with Store.open(folder / "s.sqlite3") as store:
        gone, kept = tidy(store, KeepLimits(days=30), NOW).words()
        assert gone == "1 recording beyond [store] limits deleted, 0.0 MB"
        assert kept == (
            "1 recording beyond [store] limits is kept, for it holds or may hold a high alarm: "
            "'upturn forget --recordings' asks about each"
        )
        assert list(tidy(store, KeepLimits(), NOW).words()) == []


def test_without_limits_nothing_goes(folder: Path) -> None:
    with Store.open(folder / "s.sqlite3") as store:
        assert tidy(store, KeepLimits(), NOW).removed == ()
    assert names(folder) == {"old", "alarm", "new", "mine"}


def test_a_file_that_cannot_be_deleted_is_told_and_stays_in_the_store(folder: Path) -> None:
    (folder / "old.ndjson").unlink()
    (folder / "old.ndjson").mkdir()
    with Store.open(folder / "s.sqlite3") as store:
        size = (folder / "old.ndjson").stat().st_size
        began_at = NOW - timedelta(days=40)
        add_recording(
            store,
            folder / "old.ndjson",
            None,
            size_bytes=size,
            began_at=began_at,
            high=False,
        )
        tidied = tidy(store, KeepLimits(days=30), NOW)
        left = [Path(one.path).stem for one in recordings(store)]
    assert tidied.removed == ()
    (said,) = tidied.failed
    assert said.startswith(f"{folder / 'old.ndjson'}: ")
    assert f"a recording beyond [store] limits cannot be deleted: {said}" in tidied.words()
    assert left == ["old", "alarm", "new"]
