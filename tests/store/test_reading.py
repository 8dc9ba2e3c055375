# SPDX-License-Identifier: MIT
"""What a store answers: sessions, curves, the log, answers, recordings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.store.diary import write_days
from tests.store.watching import EPOCH_S, StoryClocks, Watch
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.limits import STANDARD
from upturn.store.database import Store
from upturn.store.keep import Recording
from upturn.store.reading import (
    add_recording,
    curve,
    log,
    recordings,
    remove_recording,
    sessions,
    set_answer,
    users,
)
from upturn.store.rows import AlarmRow, InversionRow

STORY = "upright 5s; to 50 in 4s; inverted 61s; acknowledge; to -80 in 4s; upright 20s; felt dizzy"


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(EPOCH_S, UTC) + timedelta(seconds=round(seconds, 3))


def watched(path: Path, story: str = STORY, **more: str) -> Store:
    with Watch(path, **more) as watch:  # type: ignore[arg-type]
        watch.lives(story)
    assert watch.said == [(True, "")]
    return Store.open(path, readonly=True)


def test_a_session_is_all_that_the_core_has_said_of_it(tmp_path: Path) -> None:
    with watched(tmp_path / "s.sqlite3", user="anna") as store:
        (row,) = sessions(store)
    assert (row.user, row.table, row.software) == ("anna", "The den", "1.2.3")
    assert (row.began_at, row.ended_at) == (at(7.74), at(71.7))
    assert row.profile == STANDARD
    (inversion,) = row.inversions
    assert inversion == InversionRow(1, at(7.74), 63.96, inversion.peak_deg, 63.96, False)
    assert row.peak_deg == pytest.approx(51.4, abs=0.1)
    assert row.alarms == (
        AlarmRow(
            AlarmId.TIME_LIMIT_NEAR,
            1,
            Priority.MEDIUM,
            at(52.74),
            0,
            at(70.0),
            at(71.7),
            "Time limit is near. Start to come up now, slowly.",
        ),
        AlarmRow(
            AlarmId.TIME_LIMIT,
            1,
            Priority.HIGH,
            at(67.74),
            0,
            at(70.0),
            at(71.7),
            "Inverted too long: 60 s reached. Come up now. Spotter: help the person up.",
        ),
    )
    assert row.answer == "dizzy"


def test_the_log_has_what_led_to_the_session_and_what_people_did(tmp_path: Path) -> None:
    with watched(tmp_path / "s.sqlite3") as store:
        told = log(store, 1)
    assert [(line.at, line.kind) for line in told] == [
        (at(8.24), "posture"),
        (at(8.24), "inversion_started"),
        (at(52.74), "alarm"),
        (at(67.74), "alarm"),
        (at(70.0), "command"),
        (at(70.0), "alarm"),
        (at(70.0), "alarm"),
        (at(71.7), "posture"),
        (at(71.7), "inversion_ended"),
        (at(71.7), "alarm"),
        (at(71.7), "alarm"),
        (at(72.74), "posture"),
        (at(94.0), "command"),
        (at(94.0), "note"),
    ]
    assert told[4].words == "acknowledge (dashboard)"
    assert told[4].fields == {"verb": "acknowledge", "source": "dashboard"}
    assert told[8].fields == {
        "n": 1,
        "duration_s": 63.96,
        "peak_angle_deg": 51.42,
        "exposure_s": 63.96,
    }
    assert told[-1].fields == {"text": "after the session: dizzy", "refusal": False}


def test_the_curve_is_the_angle_once_a_second_with_what_led_there(tmp_path: Path) -> None:
    story = (
        "upright 40s; to 50 in 4s; inverted 20s; silence 5s; inverted 5s; to -80 in 4s; upright 9s"
    )
    with watched(tmp_path / "s.sqlite3", story) as store:
        (row,) = sessions(store)
        drawn = curve(store, row.id)
        assert curve(store, 99) is None
    assert drawn is not None
    lead_s = (row.began_at - drawn.began_at).total_seconds()
    assert 28.0 <= lead_s <= 30.0
    angles = drawn.angles_deg
    assert angles.dtype == np.float32
    assert len(angles) == pytest.approx(30 + 87 - 42.7, abs=2)
    assert angles[:25] == pytest.approx(np.full(25, -80.0), abs=2.0)
    assert angles[35:45] == pytest.approx(np.full(10, 50.0), abs=2.0)
    assert np.isnan(angles).sum() in (4, 5)
    assert angles[-4:] == pytest.approx(np.full(4, -80.0), abs=2.0)


def test_of_a_long_rest_after_it_the_curve_keeps_two_minutes(tmp_path: Path) -> None:
    with watched(
        tmp_path / "s.sqlite3", "to 50 in 4s; inverted 9s; to -80 in 4s; upright 400s"
    ) as store:
        (row,) = sessions(store)
        drawn = curve(store, row.id)
    assert drawn is not None
    assert row.ended_at is not None
    kept_s = (row.ended_at - drawn.began_at).total_seconds() + 120.0
    assert len(drawn.angles_deg) == pytest.approx(kept_s, abs=1.0)


def test_sessions_are_chosen_by_user_and_time(tmp_path: Path) -> None:
    path = write_days(tmp_path / "s.sqlite3", 10, user="anna")
    write_days(path, 2, user="bert")
    with Store.open(path, readonly=True) as store:
        assert users(store) == ["anna", "bert"]
        assert len(sessions(store)) == 12
        assert [row.user for row in sessions(store, user="bert")] == ["bert", "bert"]
        assert sessions(store, user="nobody") == []
        day = timedelta(days=1)
        chosen = sessions(store, user="anna", since=at(10) + day, until=at(10) + 3 * day)
        assert [row.began_at for row in chosen] == [at(10) + day, at(10) + 2 * day]
        for row in chosen:
            assert [i.n for i in row.inversions] == [1, 2, 3]
            assert [a.id for a in row.alarms] == [AlarmId.TIME_LIMIT_NEAR]
            assert row.inverted_s == 150.0


def test_ten_minutes_part_two_sessions_over_a_restart_too(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    clocks = StoryClocks()
    once = "to 50 in 4s; inverted 9s; to -80 in 4s; upright 5s"
    for pause_s in (60.0, 500.0, 700.0):
        with Watch(path, clocks=clocks) as watch:
            watch.lives(once)
        clocks.pass_by(pause_s)
    with Watch(path, clocks=clocks) as watch:
        watch.lives(once)
    with Store.open(path, readonly=True) as store:
        assert [[i.n for i in row.inversions] for row in sessions(store)] == [[1, 2, 3], [1]]


def test_another_person_or_other_limits_begin_another_session(tmp_path: Path) -> None:
    from upturn.core.limits import PROFILES

    path = tmp_path / "s.sqlite3"
    clocks = StoryClocks()
    once = "to 20 in 4s; at 20 9s; to -80 in 4s; upright 5s"
    for user, profile in (("anna", "standard"), ("bert", "standard"), ("bert", "first-time")):
        with Watch(path, clocks=clocks, user=user, profile=PROFILES[profile]) as watch:
            watch.lives(once)
    with Store.open(path, readonly=True) as store:
        told = [(row.user, row.profile.name) for row in sessions(store)]
    assert told == [("anna", "standard"), ("bert", "standard"), ("bert", "first-time")]


def test_the_newest_answer_counts(tmp_path: Path) -> None:
    path = write_days(tmp_path / "s.sqlite3", 1)
    with Store.open(path) as store:
        assert sessions(store)[0].answer is None
        set_answer(store, 1, "fine", at(900))
        set_answer(store, 1, "dizzy", at(4000))
        assert sessions(store)[0].answer == "dizzy"
        with pytest.raises(ValueError, match="an answer is one of fine, dizzy"):
            set_answer(store, 1, "splendid", at(0))
        with pytest.raises(ValueError, match="there is no session 7"):
            set_answer(store, 7, "fine", at(0))


def test_recordings_are_known_by_their_path(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    watched(path, user="anna").close()
    write_days(path, 1, user="bert")
    with Store.open(path) as store:
        for name, session, high in (("a", 1, True), ("b", 2, False), ("c", None, None)):
            add_recording(store, Path(name), session, size_bytes=5, began_at=at(0), high=high)
        assert recordings(store) == [
            Recording("a", at(0), 5, high_alarm=True),
            Recording("b", at(0), 5, high_alarm=False),
            Recording("c", at(0), 5, high_alarm=None),
        ]
        assert [one.path for one in recordings(store, user="bert")] == ["b"]
        add_recording(store, Path("b"), 2, size_bytes=9, began_at=at(0), high=True)
        assert recordings(store, user="bert") == [Recording("b", at(0), 9, high_alarm=True)]
        remove_recording(store, Path("b"))
        assert [one.path for one in recordings(store)] == ["a", "c"]
