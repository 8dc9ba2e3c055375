# SPDX-License-Identifier: MIT
"""`upturn forget`: what it says before, what is gone after, and when it does nothing."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.storing import NOW, Kept
from tests.report.handmade import EVENING, at, eventful, session
from tests.store.watching import StoryClocks, Watch
from upturn.cli.main import main
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


@pytest.fixture
def three(kept: Kept, tmp_path: Path) -> dict[str, Path]:
    """Beyond 30 days: one with a high alarm, one that was cut off; and a new one."""
    files = {name: tmp_path / f"{name}.jsonl" for name in ("alarm", "cut", "new")}
    with kept.open() as store:
        for file, (days, high) in zip(
            files.values(), ((41, True), (40, None), (1, False)), strict=True
        ):
            file.write_text("{}", encoding="utf-8")
            began_at = NOW - timedelta(days=days)
            size = 0 if high is None else 2
            add_recording(store, file, None, size_bytes=size, began_at=began_at, high=high)
    return files


def test_recordings_beyond_the_limits_are_asked_about_one_by_one(
    kept: Kept, three: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, "\ny\n")
    out, err = kept.run("forget", "--recordings")
    assert out == (
        "2 recordings beyond [store] limits (30 days):\n"
        f"  {three['alarm']}\n"
        "    of 06 Feb 2026, 13:00, 0.0 MB; holds a high alarm\n"
        "  Delete it? [y/N] "
        f"  {three['cut']}\n"
        "    of 07 Feb 2026, 13:00, 0.0 MB; may hold a high alarm: its run did not end in order\n"
        "  Delete it? [y/N] "
        "Deleted: 1 recording of 2\n"
    )
    assert err == ""
    assert [file.exists() for file in three.values()] == [True, False, True]
    with kept.open() as store:
        assert [one.path for one in recordings(store)] == [str(three["alarm"]), str(three["new"])]


def test_who_leaves_has_said_nothing_of_the_others(
    kept: Kept, three: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, "q\n")
    assert kept.run("forget", "--recordings")[0].endswith("Deleted: 0 recordings of 2\n")
    assert all(file.exists() for file in three.values())


def test_all_recordings_beyond_the_limits_go_if_that_is_said(
    kept: Kept, three: dict[str, Path]
) -> None:
    assert kept.run("forget", "--recordings", "--yes")[0].endswith("Deleted: 2 recordings of 2\n")
    assert [file.exists() for file in three.values()] == [False, False, True]
    assert kept.run("forget", "--recordings")[0] == (
        "1 recording kept, none beyond [store] limits (30 days)\n"
    )


def test_recordings_are_not_deleted_where_nobody_can_be_asked(
    kept: Kept, three: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\ny\n"))
    assert kept.refused("forget", "--recordings") == (
        "nobody is there to ask. --yes deletes without asking"
    )
    assert all(file.exists() for file in three.values())


def test_without_limits_no_recording_is_beyond_them(
    three: dict[str, Path], kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "no-limits.toml"
    config.write_text(f'[store]\npath = "{kept.path}"\n', encoding="utf-8")
    assert main(["forget", "--recordings", "--yes", "--config", str(config)]) == 0
    assert capsys.readouterr().out == (
        "3 recordings kept: the config sets no limit, by [store] keep_days or keep_mb\n"
    )
    assert all(file.exists() for file in three.values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "USER: nobody is named. Say who is to be forgotten"),
        (("anna", "--recordings"), "--recordings: does not go with a USER. Leave one of them out"),
    ],
)
def test_either_a_person_is_named_or_recordings_are(
    kept: Kept, words: tuple[str, ...], said: str
) -> None:
    kept.fill([*ANNA])
    assert kept.refused("forget", *words, "--yes") == said
    assert stored(kept) == ["anna"]


def test_without_a_store_there_are_no_recordings_to_forget(kept: Kept) -> None:
    assert kept.refused("forget", "--recordings").endswith(
        "no session is stored yet. 'upturn run' stores them"
    )
