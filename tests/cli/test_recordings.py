# SPDX-License-Identifier: MIT
"""What the store knows of a recording: that it begins, whose it is, and whether it is harmless."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.store.watching import StoryClocks, Watch
from upturn.cli.memory import VARIABLE
from upturn.cli.recordings import recorded
from upturn.config import Config, StoreConfig
from upturn.store.database import Store
from upturn.store.keep import Recording
from upturn.store.reading import recordings, sessions

QUIET = "upright 2s; to 50 in 4s; inverted 9s; to -80 in 4s; upright 5s"
TEST = "upright 2s; test alarm; upright 12s"
CALL = "upright 2s; call for help; upright 12s; acknowledge; upright 5s"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


@pytest.fixture(autouse=True)
def _stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "on")


def config_of(file: Path, *, enabled: bool = True) -> Config:
    return Config(store=StoreConfig(enabled=enabled, path=str(store_of(file))))


def store_of(file: Path) -> Path:
    return file.with_name("upturn.sqlite3")


def record(file: Path, story: str | None, *, key: str = "den") -> None:
    """A run with a recording, whose table lives through the story."""
    with recorded(config_of(file), file, key, live=True):
        file.write_bytes(b"12345")
        if story is not None:
            clocks = StoryClocks(wall_s=datetime.now(tz=UTC).timestamp())
            with Watch(store_of(file), key="den", user="anna", clocks=clocks) as watch:
                watch.lives(story)
                clocks.wall_s = datetime.now(tz=UTC).timestamp()


def known(file: Path) -> list[tuple[str, int, bool | None]]:
    with Store.open(store_of(file)) as store:
        return [(one.path, one.size_bytes, one.high_alarm) for one in recordings(store)]


def test_a_recording_that_holds_no_high_alarm_is_known_as_that(file: Path) -> None:
    record(file, QUIET)
    assert known(file) == [(str(file), 5, False)]


def test_a_recording_that_holds_a_high_alarm_is_guarded(file: Path) -> None:
    record(file, CALL)
    assert known(file) == [(str(file), 5, True)]


def test_a_test_of_the_alarm_guards_nothing(file: Path) -> None:
    record(file, TEST)
    with Store.open(store_of(file)) as store:
        assert store.rows("SELECT alarm, priority FROM alarms") == [("test_alarm", 3)]
    assert known(file) == [(str(file), 5, False)]


def test_a_recording_belongs_to_the_person_whose_session_it_holds(file: Path) -> None:
    record(file, QUIET)
    with Store.open(store_of(file)) as store:
        assert [row.user for row in sessions(store)] == ["anna"]
        assert [one.path for one in recordings(store, user="anna")] == [str(file)]


@pytest.mark.parametrize(("story", "key"), [(None, "den"), (QUIET, "attic")])
def test_of_what_the_store_has_not_heard_nobody_knows(
    file: Path, story: str | None, key: str
) -> None:
    record(file, story, key=key)
    assert known(file) == [(str(file), 5, None)]


def test_a_recording_is_listed_and_guarded_from_its_first_moment(file: Path) -> None:
    with recorded(config_of(file), file, "den", live=True):
        assert known(file) == [(str(file), 0, None)]
        file.write_bytes(b"")


def test_what_a_run_raises_is_raised_and_its_recording_is_guarded(file: Path) -> None:
    file.write_bytes(b"12345")
    with pytest.raises(ZeroDivisionError), recorded(config_of(file), file, "den", live=True):
        raise ZeroDivisionError
    assert known(file) == [(str(file), 5, None)]


def test_a_recording_that_the_store_cannot_know_is_told(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store_of(file).mkdir()
    (store_of(file) / "upturn.sqlite3").mkdir()
    with recorded(config_of(file), file, "den", live=True):
        file.write_bytes(b"12345")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(
        f"upturn: {file}: kept until you delete it, for the store does not know it: "
    )
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("live", "enabled", "variable"),
    [(False, True, "on"), (True, False, "on"), (True, True, "off")],
)
def test_where_nothing_is_stored_no_recording_is_listed(
    file: Path, live: bool, enabled: bool, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, variable)
    with recorded(config_of(file, enabled=enabled), file, "den", live=live):
        file.write_bytes(b"12345")
    assert list(file.parent.iterdir()) == [file]


def test_the_store_names_it_wherever_the_program_is_started_next(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    with recorded(config_of(file), Path(file.name), "den", live=True):
        file.write_bytes(b"12345")
    with Store.open(store_of(file)) as store:
        (one,) = recordings(store)
    assert one == Recording(str(file), one.made_at, 5, high_alarm=None)
