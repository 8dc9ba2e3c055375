# SPDX-License-Identifier: MIT
"""A damaged store: set aside as it is, and what can be read of it goes on."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from tests.store.diary import write_days
from upturn.store import salvage
from upturn.store.database import Store
from upturn.store.reading import curve, log, sessions, users
from upturn.store.trouble import StoreError, Trouble

DAYS = 40
PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = write_days(tmp_path_factory.mktemp("whole") / "s.sqlite3", DAYS, user="anna")
    return path.read_bytes()


def damaged(folder: Path, content: bytes) -> Store:
    """It opens, and works, and the damaged one is kept as it was."""
    path = folder / "upturn.sqlite3"
    path.write_bytes(content)
    store = Store.open(path)
    assert re.fullmatch(
        r"the store was damaged: set aside as upturn-corrupt-\d{8}-\d{6}\.sqlite3,"
        r" \d+ sessions? could be taken over",
        store.told,
    )
    (kept,) = salvage.aside(path)
    assert kept.name in store.told
    assert kept.read_bytes() == content
    assert kept.stat().st_mode & 0o777 == path.stat().st_mode & 0o777 == 0o600
    assert store.rows("PRAGMA integrity_check") == [("ok",)]
    assert store.rows("PRAGMA foreign_key_check") == []
    left = {file.name for file in folder.iterdir()} - {f"{path.name}-wal", f"{path.name}-shm"}
    assert left == {path.name, kept.name, f"{path.name}.mending"}
    assert (folder / f"{path.name}.mending").read_bytes() == b""
    triggers = store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    assert triggers == [("events_last",), ("events_stay",)]
    return store


@pytest.mark.parametrize("length", [16, 50, 100])
def test_a_header_that_was_half_written_costs_nothing(
    tmp_path: Path, whole: bytes, length: int
) -> None:
    with damaged(tmp_path, bytes(length) + whole[length:]) as store:
        rows = sessions(store)
        assert len(rows) == DAYS
        assert users(store) == ["anna"]
        assert [len(row.inversions) for row in rows] == [3] * DAYS
        assert curve(store, rows[-1].id) is not None
        assert len(log(store, rows[0].id)) == 19


@pytest.mark.parametrize(
    "content",
    [b"no database at all" * 1000, bytes(100_000), b"SQLite format 3\0" + b"\7" * 5000],
    ids=["text", "zeros", "only its first word"],
)
def test_what_holds_nothing_is_set_aside_and_a_new_one_begins(
    tmp_path: Path, content: bytes
) -> None:
    with damaged(tmp_path, content) as store:
        assert sessions(store) == []


@pytest.mark.parametrize("seed", range(25))
def test_what_is_not_in_the_damaged_pages_is_read(tmp_path: Path, whole: bytes, seed: int) -> None:
    """Garbage in the middle, or cut short, wherever it is: never an error, often most of it."""
    rng = Random(seed)  # noqa: S311 - seeded, and no secret
    content = bytearray(whole)
    pages = len(content) // PAGE
    if seed % 5 == 0:
        del content[rng.randrange(pages // 2, pages) * PAGE + rng.randrange(PAGE) :]
    else:
        for _ in range(rng.choice((1, 1, 3))):
            at = rng.randrange(1, pages) * PAGE
            content[at : at + PAGE] = rng.randbytes(PAGE)
    try:
        store = damaged(tmp_path, bytes(content))
    except AssertionError:
        with Store.open(tmp_path / "upturn.sqlite3") as store:  # a leaf of texts: not to be seen
            assert (store.told, len(sessions(store))) == ("", DAYS)
        return
    with store:
        for row in sessions(store):
            curve(store, row.id)
            log(store, row.id)


def test_one_bad_page_of_the_log_costs_a_part_of_the_log(tmp_path: Path, whole: bytes) -> None:
    content = bytearray(whole)
    at = whole.index(b"inversion 2 since", len(whole) // 2) // PAGE * PAGE
    content[at : at + PAGE] = bytes(PAGE)
    with damaged(tmp_path, bytes(content)) as store:
        assert len(sessions(store)) == DAYS
        (lines,) = store.rows("SELECT count(*) FROM events")[0]
        assert DAYS * 20 - 60 < lines < DAYS * 20


def test_without_its_people_a_session_is_of_somebody_unknown(tmp_path: Path, whole: bytes) -> None:
    with damaged(tmp_path, _without_root(whole, tmp_path, "users")) as store:
        assert users(store) == ["unknown 1"]
        assert len(sessions(store, user="unknown 1")) == DAYS


def test_one_that_is_read_only_is_told_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    path.write_bytes(b"nothing" * 3000)
    with pytest.raises(StoreError) as caught:
        Store.open(path, readonly=True)
    assert caught.value.kind is Trouble.DAMAGED
    assert salvage.aside(path) == []


def test_two_in_one_second_are_both_kept(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "upturn.sqlite3"
    for _ in range(2):
        path.write_bytes(bytes(50) + whole[50:])
        Store.open(path).close()
    assert len(salvage.aside(path)) == 2


def _without_root(whole: bytes, folder: Path, table: str) -> bytes:
    path = folder / "root.sqlite3"
    path.write_bytes(whole)
    with Store.open(path) as store:
        ((page,),) = store.rows("SELECT rootpage FROM sqlite_master WHERE name = ?", [table])
    path.unlink()
    content = bytearray(whole)
    content[(page - 1) * PAGE : page * PAGE] = b"\xff" * PAGE
    return bytes(content)


def test_of_several_that_find_it_damaged_at_once_one_sets_it_aside(
    tmp_path: Path, whole: bytes
) -> None:
    """A run's writer, and whoever asks at the same moment how the table stood."""
    for n in range(4):
        path = tmp_path / str(n) / "s.sqlite3"
        path.parent.mkdir()
        damaged = bytearray(whole)
        damaged[PAGE * 8 : PAGE * 8 + 200] = b"\xff" * 200
        path.write_bytes(damaged)
        ready = threading.Barrier(3)

        def opens(path: Path = path, ready: threading.Barrier = ready) -> str:
            ready.wait(10.0)
            with Store.open(path) as store:
                return store.told

        with ThreadPoolExecutor(3) as pool:
            told = list(pool.map(lambda _: opens(), range(3)))
        assert len([words for words in told if words]) == 1
        assert len(salvage.aside(path)) == 1
        with Store.open(path) as store:
            assert len(sessions(store)) == DAYS
