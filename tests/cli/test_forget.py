# SPDX-License-Identifier: MIT
"""`upturn forget`: what it says before, what is gone after, and when it does nothing."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.storing import Kept
from tests.report.handmade import EVENING, at, eventful, session
from tests.store.watching import StoryClocks, Watch
from upturn.store.reading import add_recording, recordings, users

ANNA = (session(at("2026-01-05 18:00"), id=1), eventful())
BEN = session(at("2025-05-01 18:00"), id=900, user="ben")
UNNAMED = session(at("2025-05-02 18:00"), id=901, user="")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def types(patch: pytest.MonkeyPatch, text: str) -> None:
    patch.setattr("sys.stdin", Terminal(text))


def stored(kept: Kept) -> list[str]:
    with kept.open() as store:
        return users(store)


def record(kept: Kept, path: Path, session_id: int, *, high: bool) -> None:
    with kept.open() as store:
        add_recording(store, path, session_id, size_bytes=1, began_at=EVENING, high=high)


def test_it_says_what_goes_and_asks_for_the_name_again(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.fill([BEN, *ANNA], curves=True)
    types(monkeypatch, "anna\n")
    out, err = kept.run("forget", "anna")
    assert out == (
        "This deletes all that is stored of anna and cannot be undone:\n"
        "  2 sessions, 2026-01-05 to 2026-03-17, with inversions, alarms, curves and log\n"
        "  answers about health: after sessions, and to the checklist\n"
        "It does not delete reports, exports, backups, and recordings of no session.\n"
        "Type anna to delete it: Forgotten: anna, 2 sessions\n"
    )
    assert err == ""
    assert stored(kept) == ["ben"]
    assert kept.refused("history", "--user", "anna").startswith("--user: nobody is stored by")
    left = b"".join(file.read_bytes() for file in kept.folder.iterdir())
    assert b"anna" not in left
    assert b"ben" in left


@pytest.mark.parametrize("text", ["ben\n", "Anna\n", "\n", "", "anna x\n", "y\n"])
def test_another_word_deletes_nothing(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    kept.fill([BEN, *ANNA])
    types(monkeypatch, text)
    out, err = kept.run("forget", "anna", code=2)
    assert out.endswith("Type anna to delete it: ")
    assert err == "upturn: that is another name: nothing was deleted\n"
    assert stored(kept) == ["anna", "ben"]


def test_without_a_terminal_it_does_not_guess(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.fill([*ANNA])
    for stdin in (io.StringIO("anna\n"), None):
        monkeypatch.setattr("sys.stdin", stdin)
        _, err = kept.run("forget", "anna", code=2)
        assert err == "upturn: nobody is there to ask. --yes deletes without asking\n"
    assert stored(kept) == ["anna"]


def test_yes_asks_nothing(kept: Kept) -> None:
    kept.fill([BEN, *ANNA])
    assert kept.run("forget", "ben", "--yes")[0].endswith("\nForgotten: ben, 1 session\n")
    assert stored(kept) == ["anna"]


def test_sessions_without_a_name_can_be_forgotten(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.fill([BEN, UNNAMED])
    types(monkeypatch, "nobody\n")
    out, _ = kept.run("forget", "")
    assert "all that is stored of '' (nobody named) and" in out
    assert out.endswith("Type nobody to delete it: Forgotten: '' (nobody named), 1 session\n")
    assert stored(kept) == ["ben"]


def test_who_is_not_stored_is_refused(kept: Kept) -> None:
    kept.fill([BEN, UNNAMED])
    assert kept.refused("forget", "anna", "--yes") == (
        "USER: nobody is stored by the name 'anna'. Stored: '' (nobody named), ben"
    )


def test_recordings_of_their_sessions_are_named_and_deleted(kept: Kept, tmp_path: Path) -> None:
    kept.fill([BEN, *ANNA])
    quiet, alarm, bens = (tmp_path / f"{name}.ndjson" for name in ("quiet", "alarm", "bens"))
    for file, id, high in ((quiet, 1, False), (alarm, 42, True), (bens, 900, False)):
        file.write_text("{}", encoding="utf-8")
        record(kept, file, id, high=high)
    record(kept, tmp_path / "gone.ndjson", 1, high=False)
    out, _ = kept.run("forget", "anna", "--yes")
    assert f"  recording {quiet}\n" in out
    assert f"  recording {alarm} (holds or may hold a high alarm)\n" in out
    assert str(bens) not in out
    assert [file.exists() for file in (quiet, alarm, bens)] == [False, False, True]
    with kept.open() as store:
        assert [one.path for one in recordings(store)] == [str(bens)]


def test_a_recording_that_stays_is_named(kept: Kept, tmp_path: Path) -> None:
    kept.fill([*ANNA])
    folder = tmp_path / "folder.ndjson"
    folder.mkdir()
    record(kept, folder, 1, high=False)
    _, err = kept.run("forget", "anna", "--yes", code=1)
    assert err.startswith(
        f"upturn: forgotten, but not deleted, and now yours to delete: {folder} ("
    )
    assert stored(kept) == []


def test_who_is_being_watched_is_not_forgotten_and_no_file_is_deleted(
    kept: Kept, tmp_path: Path
) -> None:
    file = tmp_path / "now.ndjson"
    file.write_text("{}", encoding="utf-8")
    with Watch(kept.path, user="anna", clocks=StoryClocks(time.time() - 20.0)) as watch:
        watch.lives("upright 5s; to 50 in 4s; inverted 9s")
    record(kept, file, 1, high=False)
    _, err = kept.run("forget", "anna", "--yes", code=1)
    assert "anna is being watched" in err
    assert file.exists()
    assert stored(kept) == ["anna"]


def test_a_store_that_was_set_aside_is_named(kept: Kept) -> None:
    kept.fill([*ANNA])
    aside = kept.folder / "upturn-corrupt-2026-03-01.sqlite3"
    aside.write_bytes(b"x")
    out, _ = kept.run("forget", "anna", "--yes")
    assert f"Nor a damaged store that was set aside: {aside}\n" in out
    assert aside.exists()


def test_a_name_with_escapes_is_shown_harmless_and_can_be_typed(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "an\x1b[2Jna"
    kept.fill([session(EVENING + timedelta(days=1), user=name)])
    types(monkeypatch, "an\\x1b[2Jna\n")
    out, _ = kept.run("forget", name)
    assert "\x1b" not in out
    assert stored(kept) == []
