# SPDX-License-Identifier: MIT
"""The writer's law: nobody waits for it, what fails is told, and nothing in its queue is lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.store.test_database import small_disk
from tests.store.watching import StoryClocks, Watch, wait_for
from tests.stories import pipeline, timeline
from upturn.core.commands import (
    COMMANDS,
    Acknowledge,
    Distress,
    SeenUpright,
    StandDown,
    Symptoms,
)
from upturn.core.events import Event, Noted
from upturn.store import codec, ledger, salvage
from upturn.store.database import Store
from upturn.store.entry import Insert
from upturn.store.inbox import Inbox
from upturn.store.reading import log, sessions
from upturn.store.standing import Standing
from upturn.store.told import Acted
from upturn.store.trouble import StoreError
from upturn.store.writer import CUT_OFF, MOVED

ONCE = "to 50 in 4s; inverted 9s; to -80 in 4s; upright 5s"
NOT_ACTS = {
    "health_answers",
    "sound_output",
    "kept_awake",
    "proved_calibration",
    "goodbye",
    "node_fault",
    "host_stalled",
    "host_battery",
    "sink_status",
    "link_note",
}


def kinds(path: Path) -> list[str]:
    try:
        with Store.open(path, readonly=True) as store:
            return [row[0] for row in store.rows("SELECT kind FROM events ORDER BY id")]
    except StoreError:  # there is none yet
        return []


WHOLE = [*["posture"] * 3, "inversion_started", "posture", "inversion_ended", "posture"]


def test_a_run_says_what_was_in_force_and_how_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path, user="anna") as watch:
        wait_for(lambda: watch.said == [(True, "")])
        with Store.open(path, readonly=True) as store:
            query = "SELECT software, config, ended_ms, ending FROM runs"
            assert store.rows(query) == [("1.2.3", '{"profile": "standard"}', None, None)]
        watch.clocks.pass_by(5.0)
    with Store.open(path, readonly=True) as store:
        assert store.rows("SELECT ended_ms - began_ms, ending FROM runs") == [(5000, "in order")]


def test_what_was_told_before_it_began_is_written(tmp_path: Path) -> None:
    watch = Watch(tmp_path / "s.sqlite3").lives(ONCE)
    with watch:
        pass
    assert kinds(watch.path) == WHOLE


def test_who_tells_it_something_waits_for_nothing(tmp_path: Path) -> None:
    """With the store held by another program, hours of a session are told in a moment."""
    path = tmp_path / "s.sqlite3"
    Store.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Watch(path) as watch:
            watch.lives(ONCE)
            assert watch.said in ([], [(False, "another program holds the store")])
            other.execute("ROLLBACK")
    assert kinds(path) == WHOLE


def test_another_program_that_holds_it_is_told_after_a_while_and_it_recovers(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path) as watch:
        watch.writer._patience_s = 0.3
        wait_for(lambda: watch.said == [(True, "")])
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            watch.lives(ONCE)
            wait_for(lambda: len(watch.said) == 2)
            assert watch.said[1] == (False, "another program holds the store")
            other.execute("ROLLBACK")
        wait_for(lambda: watch.said[-1] == (True, ""))
    assert kinds(path) == WHOLE


def test_while_it_is_held_the_end_of_the_program_waits_no_longer_than_it_may(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.sqlite3"
    watch = Watch(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, watch:
        wait_for(lambda: watch.said == [(True, "")])
        other.execute("BEGIN IMMEDIATE")
        watch.lives(ONCE)
        began_s = time.monotonic()
        watch.writer.close()
        assert time.monotonic() - began_s < 10.0
        other.execute("ROLLBACK")


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path = disk / "s.sqlite3"
        with Watch(path) as watch:
            wait_for(lambda: watch.said == [(True, "")])
            filler = disk / "filler"
            with filler.open("wb", buffering=0) as file, suppress(OSError):
                while file.write(bytes(4096)):
                    pass
            watch.lives(f"{ONCE}; " * 20 + ONCE)
            wait_for(lambda: len(watch.said) > 1)
            assert watch.said[1] == (False, "the disk is full")
            filler.unlink()
            wait_for(lambda: watch.said[-1] == (True, ""))
        told = kinds(path)
        assert told.count("inversion_started") == told.count("inversion_ended") == 21
        with Store.open(path, readonly=True) as store:
            (row,) = sessions(store)
            assert len(row.inversions) == 21


def test_a_disk_that_turns_read_only_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path = disk / "s.sqlite3"
        Store.open(path).close()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with Watch(path) as watch:
            watch.lives(ONCE)
            wait_for(lambda: watch.said == [(False, "the store cannot be written")])
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
            wait_for(lambda: watch.said[-1] == (True, ""))
        assert kinds(path) == WHOLE


def test_a_folder_that_is_made_later_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.touch()
    with Watch(folder / "s.sqlite3") as watch:
        watch.lives(ONCE)
        wait_for(lambda: bool(watch.said))
        assert watch.said[0] == (False, "the store cannot be opened: file exists")
        folder.unlink()
        wait_for(lambda: watch.said[-1] == (True, ""))
    assert kinds(watch.path) == WHOLE


def test_damage_in_use_is_told_and_the_watch_goes_on_in_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "upturn.sqlite3"
    with Watch(path) as watch:
        watch.lives(ONCE)
        wait_for(lambda: kinds(path) == WHOLE)
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.write(os.urandom(4096) * 3)
        watch.lives(ONCE)
        wait_for(lambda: len(watch.said) > 1 and watch.said[-1][0])
        assert watch.said[1] == (False, "the store is damaged")
        assert watch.said[-1][1].startswith("the store was damaged: set aside as upturn-corrupt-")
    assert kinds(path)[-7:] == WHOLE
    assert len(salvage.aside(path)) == 1


def test_a_store_that_vanishes_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path) as watch:
        watch.lives(ONCE)
        wait_for(lambda: kinds(path) == WHOLE)
    path.unlink()
    with Watch(path) as watch:
        watch.lives(ONCE)
    assert kinds(path) == WHOLE


def test_one_event_that_cannot_be_written_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = codec.event_fields

    def wrong(event: Event) -> tuple[str, str]:
        if isinstance(event, Noted):
            raise ValueError("no words")  # noqa: TRY004 - as if it were a number that cannot be
        return right(event)

    monkeypatch.setattr(ledger, "event_fields", wrong)
    path = tmp_path / "s.sqlite3"
    with Watch(path) as watch:
        watch.lives(f"level 1s; goodbye; {ONCE}")
    said = (True, "an event could not be written (ValueError: no words)")
    assert said in watch.said
    told = kinds(path)
    assert told.count("inversion_ended") == 1
    assert told.count("note") == 1  # that one is missing


def test_beyond_its_room_the_oldest_are_given_up_alarms_last_and_that_is_told(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.sqlite3"
    Store.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Watch(path, inbox=Inbox(kept=3, precious_kept=50, pace=100.0)) as watch:
            watch.writer._patience_s = 0.1
            watch.lives(f"{ONCE}; " * 5 + "call for help; upright 1s")
            wait_for(lambda: any("given up" in words for _, words in watch.said))
            other.execute("ROLLBACK")
            wait_for(lambda: watch.said[-1][0])
            given_up = watch.writer.inbox.given_up
            assert given_up > 0
            assert watch.said[-1] == (True, f"{given_up} events were given up, for want of room")
    told = kinds(path)
    assert told.count("inversion_ended") == told.count("inversion_started") == 5
    assert "alarm" in told
    with Store.open(path, readonly=True) as store:
        ((words,),) = store.rows("SELECT words FROM events WHERE words LIKE '%given up%'")
    assert words == f"{given_up} events were given up, for want of room"


def test_a_high_alarm_and_how_it_stands_are_committed_at_once(tmp_path: Path) -> None:
    """With all else left to wait for ever."""
    path = tmp_path / "s.sqlite3"
    with Watch(path, inbox=Inbox(pace=0.01)) as watch:
        wait_for(lambda: watch.said == [(True, "")])
        core = pipeline(story := timeline("to 50 in 4s; inverted 61s"))
        said = core.feed(story.samples)
        watch.table.heard(said, core.snapshot(story.samples[-1].t_s))
        watch.table.wrote(core.past(story.samples[-1].t_s))
        wait_for(lambda: "alarm" in kinds(path))
        with Store.open(path, readonly=True) as store:
            wait_for(lambda: store.rows("SELECT count(*) FROM pasts") == [(1,)])


def test_of_how_a_table_stands_only_the_newest_waits() -> None:
    inbox = Inbox()
    core = pipeline(story := timeline("upright 3s"))
    core.feed(story.samples)
    past = core.past(3.0)
    assert past is not None
    moment = StoryClocks().now()
    for _ in range(1000):
        inbox.past("den", moment, past, urgent=False)
        inbox.angle("den", 1.0, 0, 1.0)
    inbox.close()
    batch = inbox.take()
    assert (len(batch.pasts), len(batch.items)) == (1, 0)
    inbox.past("den", moment, past, urgent=False)
    newer = inbox.take()
    inbox.past("den", (later := StoryClocks(5.0).now()), past, urgent=False)
    inbox.put_back(newer)
    inbox.put_back(batch)
    assert inbox.take().pasts["den"][0] is later


def test_an_inversion_that_goes_on_over_a_restart_is_one(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    clocks = StoryClocks()
    with Watch(path, clocks=clocks) as watch:
        watch.lives("upright 10s; to 50 in 4s; inverted 20s")
    clocks.pass_by(10.0)
    with Watch(path, clocks=clocks) as watch:
        watch.resumes().lives("inverted 20s; to -80 in 4s; upright 5s")
    with Store.open(path, readonly=True) as store:
        (row,) = sessions(store)
        (inversion,) = row.inversions
        assert inversion.duration_s == pytest.approx(1.2 + 20.0 + 10.0 + 20.0 + 1.7, abs=0.5)
        assert inversion.at_least
        assert row.ended_at is not None
        told = [event.words for event in log(store, row.id)]
        assert "note goes on after 10 s without a watch" in told


def test_an_inversion_whose_end_nobody_saw_stands_as_it_was_last_seen(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    clocks = StoryClocks()
    with Watch(path, clocks=clocks) as watch:
        watch.lives("upright 10s; to 50 in 4s; inverted 20s")
    clocks.pass_by(3600.0)
    with Watch(path, clocks=clocks) as watch:
        watch.resumes().lives("upright 20s")
    with Store.open(path, readonly=True) as store:
        (row,) = sessions(store)
        (inversion,) = row.inversions
        assert inversion.duration_s == pytest.approx(21.2, abs=0.5)
        assert inversion.exposure_s == inversion.duration_s
        assert inversion.at_least
        assert row.ended_at is not None
        assert (row.ended_at - row.began_at).total_seconds() == pytest.approx(21.2, abs=0.5)


def test_what_people_do_is_kept_with_where_from(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path) as watch:
        watch.lives("level 1s; stand down; level 2s; resume; level 1s; call for help; acknowledge")
    with Store.open(path, readonly=True) as store:
        query = (
            "SELECT act, source, alarm FROM alarm_acts LEFT JOIN alarms ON alarms.id = alarm_id"
        )
        assert store.rows(f"{query} ORDER BY alarm_acts.id") == [
            ("stand_down", "dashboard", None),
            ("resume", "dashboard", None),
            ("distress", "dashboard", None),
            ("acknowledge", "dashboard", "distress"),
        ]


def test_an_alarm_that_is_acknowledged_at_the_node_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path) as watch:
        watch.lives("upright 2s; call for help; upright 9s; button; upright 1s")
    with Store.open(path, readonly=True) as store:
        acts = store.rows("SELECT act, source FROM alarm_acts ORDER BY id")
    assert acts[:2] == [("distress", "dashboard"), ("acknowledge", "node")]


def test_every_command_is_an_act_of_a_person_or_of_the_program() -> None:
    acts = {verb for verb, kind in COMMANDS.items() if kind in ledger.ACTS}
    assert acts | NOT_ACTS == set(COMMANDS)
    assert acts & NOT_ACTS == set()


def test_it_is_one_thread_for_all_tables_and_ends(tmp_path: Path) -> None:
    before = threading.active_count()
    watch = Watch(tmp_path / "s.sqlite3")
    with watch:
        others = [watch.writer.table(f"t{n}", f"Table {n}") for n in range(5)]
        assert threading.active_count() == before + 1
        core = pipeline(story := timeline(ONCE))
        said = core.feed(story.samples)
        for table in others:
            table.heard(said, core.snapshot(30.0))
            table.commanded(SeenUpright())
            table.end()
    assert threading.active_count() == before
    with Store.open(watch.path, readonly=True) as store:
        assert [row.table for row in sessions(store)] == [f"Table {n}" for n in range(5)]


def test_acts_have_words() -> None:
    standing = Standing(1, 1, 1)
    ids = iter(range(1, 100))
    for command, words in (
        (Acknowledge(), "acknowledge (home)"),
        (
            Symptoms("dizzy"),
            "answer after the session: dizzy (home)",
        ),
        (StandDown(), "stand down (home)"),
        (Distress(), "call for help (home)"),
    ):
        _, changes = ledger.advance(standing, Acted(5, command, "home"), lambda _: next(ids))
        first = changes[0]
        assert isinstance(first, Insert)
        assert (first.table, first.values["words"]) == ("events", words)


OTHER_PROGRAM = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("SELECT count(*) FROM events").fetchone()
db.close()
"""


def test_whoever_else_opens_and_closes_it_takes_no_event(tmp_path: Path) -> None:
    """SQLite deletes the log with whoever it takes for the last to close the store."""
    path = tmp_path / "s.sqlite3"
    with Watch(path) as watch:
        watch.lives("level 2s")
        wait_for(lambda: kinds(path) != [])
        for readonly in (False, True):
            Store.open(path, readonly=readonly).close()  # as other parts of this program do
        subprocess.run([sys.executable, "-c", OTHER_PROGRAM, str(path)], check=True)
        watch.lives(ONCE)
        seen = subprocess.run(
            [sys.executable, "-c", OTHER_PROGRAM, str(path)], check=True, capture_output=True
        )
        wait_for(lambda: kinds(path)[-len(WHOLE) :] == WHOLE)
    assert seen.stderr == b""
    assert watch.said == [(True, "")]


def test_a_log_that_is_deleted_is_told_and_the_next_is_written(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite3"
    with Watch(path) as watch:
        watch.lives("level 2s")
        wait_for(lambda: kinds(path) != [])
        Path(f"{path}-wal").unlink()
        watch.lives(ONCE)
        wait_for(lambda: (True, CUT_OFF) in watch.said)
        watch.lives(ONCE)
        wait_for(lambda: kinds(path)[-len(WHOLE) :] == WHOLE)
    with Store.open(path) as store:
        assert store.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_file_that_is_moved_is_told_with_all_that_was_written_and_a_new_one_begins(
    tmp_path: Path,
) -> None:
    path, moved = tmp_path / "s.sqlite3", tmp_path / "x.sqlite3"
    with Watch(path) as watch:
        watch.lives(ONCE)
        wait_for(lambda: kinds(path) == WHOLE)
        path.rename(moved)
        watch.lives(ONCE)
        wait_for(lambda: (True, MOVED) in watch.said)
        watch.lives(ONCE)
        wait_for(lambda: kinds(path)[-len(WHOLE) :] == WHOLE)
    assert len(kinds(moved) + kinds(path)) == 3 * len(WHOLE)
    for file in (path, moved):
        with Store.open(file) as store:
            assert store.rows("PRAGMA integrity_check") == [("ok",)]


def test_another_store_in_its_place_is_gone_on_with(tmp_path: Path) -> None:
    path, other = tmp_path / "s.sqlite3", tmp_path / "other.sqlite3"
    Store.open(other).close()
    with Watch(path) as watch:
        watch.lives(ONCE)
        wait_for(lambda: kinds(path) == WHOLE)
        other.replace(path)
        watch.lives(ONCE)
        wait_for(lambda: (True, MOVED) in watch.said)
        watch.lives(ONCE)
        wait_for(lambda: kinds(path)[-len(WHOLE) :] == WHOLE)
    with Store.open(path) as store:
        assert store.rows("PRAGMA integrity_check") == [("ok",)]
