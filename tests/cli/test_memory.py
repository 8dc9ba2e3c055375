# SPDX-License-Identifier: MIT
"""The memory of a run: what cores hear of the store, and what of a run is stored."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest

from tests.mosquitto import HOST, Mosquitto
from tests.programs import program
from tests.store.watching import Watch, wait_for
from tests.stories import pipeline, timeline
from tests.transports.fake_node import FakeNode
from upturn.cli import memory as memory_module
from upturn.cli.main import main
from upturn.cli.memory import UNREAD, VARIABLE, Memory, remembering
from upturn.cli.table_memory import ONE, TWO, TableMemory
from upturn.config import Config, StoreConfig
from upturn.core.checklist import VERSION, Part, part
from upturn.core.commands import (
    COMMANDS,
    Acknowledge,
    Command,
    HealthAnswers,
    LinkNote,
    SinkStatus,
    StandDown,
    TestAlarm,
)
from upturn.store.checklists import save_checklist
from upturn.store.checks import Due
from upturn.store.database import Store
from upturn.store.keep import KeepLimits
from upturn.store.reading import add_recording, sessions
from upturn.store.rows import ChecklistRow
from upturn.store.trouble import StoreError
from upturn.store.writer import StoreWriter

NEVER = HealthAnswers(Due.NEVER)
WORKS = SinkStatus("store", working=True)


class Core:
    """Takes what a core is told."""

    def __init__(self) -> None:
        self.told: list[Command] = []

    def command(self, command: Command) -> str | None:
        self.told.append(command)
        return None


def in_the_way(path: Path, away: Path | None = None) -> None:
    """A folder where the store should be; what is there goes `away`."""
    if away is not None:
        path.replace(away)
    path.mkdir()


def out_of_the_way(path: Path) -> None:
    path.rmdir()


def made_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def damage(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(bytes(100) + content[100:])


async def until(found: Callable[[], object]) -> None:
    async with asyncio.timeout(20.0):
        while not found():  # noqa: ASYNC110 - the store is another thread's
            await asyncio.sleep(0.005)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upturn.sqlite3"


@contextmanager
def remembered(
    path: Path, *, user: str = "", limits: KeepLimits | None = None
) -> Iterator[Memory]:
    writer = StoreWriter(path, version="1.2.3", config_json="{}", user=user, retry_s=0.02)
    memory = Memory(writer, user, limits)
    memory.start()
    try:
        yield memory
    finally:
        memory.close()


def begun(memory: Memory, key: str = "den", unread: str = "") -> tuple[TableMemory, Core]:
    core = Core()
    table = memory.table(key, key)
    table.begin(core.command, unread)
    return table, core


def answered(path: Path, user: str = "", *, days_ago: int = 0) -> None:
    """No to whatever counts."""
    answers = {item.id: not item.counts for item in part(Part.HEALTH)}
    at = datetime.now(tz=UTC) - timedelta(days=days_ago)
    with Store.open(path) as store:
        save_checklist(store, ChecklistRow(user, at, VERSION, answers))


def acts(path: Path) -> list[tuple[Any, ...]]:
    try:
        with Store.open(path, readonly=True) as store:
            return store.rows("SELECT act, source FROM alarm_acts ORDER BY id")
    except StoreError:  # there is none yet
        return []


async def test_a_store_that_works_is_no_word_to_anybody(path: Path) -> None:
    with remembered(path) as memory:
        _, core = begun(memory)
        await until(path.exists)
        await until(lambda: core.told)
        assert core.told == [NEVER]


async def test_that_it_fails_and_works_again_is_told_to_every_table(path: Path) -> None:
    in_the_way(path)
    with remembered(path) as memory:
        cores = [begun(memory, key)[1] for key in ("den", "attic")]
        fails = SinkStatus(
            "store", working=False, reason="the store cannot be opened: is a directory"
        )
        await until(lambda: all(fails in core.told for core in cores))
        out_of_the_way(path)
        await until(lambda: all(WORKS in core.told for core in cores))
        for core in cores:
            assert [word for word in core.told if isinstance(word, SinkStatus)] == [fails, WORKS]


async def test_a_session_that_begins_later_is_told_how_the_store_stands(path: Path) -> None:
    in_the_way(path)
    with remembered(path) as memory:
        _, first = begun(memory)
        await until(lambda: any(isinstance(word, SinkStatus) for word in first.told))
        _, later = begun(memory, "attic")
        await until(lambda: later.told)
        assert later.told == [next(w for w in first.told if isinstance(w, SinkStatus)), UNREAD]


async def test_words_about_a_store_that_works_are_a_line_of_the_log(path: Path) -> None:
    with Watch(path) as watch:
        watch.lives("level 3s")
    damage(path)
    with remembered(path) as memory:
        _, core = begun(memory)
        await until(lambda: any(isinstance(word, LinkNote) for word in core.told))
        (note,) = (word for word in core.told if isinstance(word, LinkNote))
        assert note.words.startswith("store: the store was damaged: set aside as upturn-corrupt-")
        assert not any(isinstance(word, SinkStatus) for word in core.told)


async def test_a_table_that_has_ended_is_told_no_more(path: Path) -> None:
    with remembered(path) as memory:
        table, core = begun(memory)
        await until(lambda: core.told)
        table.end()
        answered(path)
        await memory.look()
        assert core.told == [NEVER]


async def test_how_the_last_watch_ended_is_taken_up(path: Path) -> None:
    with Watch(path) as watch:
        watch.lives("to 50 in 4s; inverted 9s")
    with remembered(path) as memory:
        taken, unread = memory.table("den", "The den").taken()
        assert taken is not None
        assert (taken.past.inverted, unread) == (True, "")
        assert memory.table("attic", "The attic").taken() == (None, "")


async def test_a_state_that_cannot_be_read_is_told_and_the_watch_begins_without_it(
    path: Path,
) -> None:
    with Watch(path) as watch:
        watch.lives("level 3s")
    with Store.open(path) as store, store.transaction() as db:
        db.execute("UPDATE pasts SET past = '{}'")
    with remembered(path) as memory:
        taken, unread = memory.table("den", "The den").taken()
        assert taken is None
        assert unread.startswith(f"{path}: how den stood when it was last watched cannot be read")
        _, core = begun(memory, unread=unread)
        await until(lambda: core.told)
        assert core.told[0] == LinkNote(f"store: {unread}")


async def test_answers_about_health_are_told_as_the_core_begins(path: Path) -> None:
    answered(path, "anna", days_ago=1)
    answered(path, "ben", days_ago=60)
    for user, health in (
        ("anna", HealthAnswers("", "answered yesterday")),
        ("ben", HealthAnswers(Due.OLD)),
        ("cleo", NEVER),
    ):
        with remembered(path, user=user) as memory:
            _, core = begun(memory)
            await until(lambda core=core: core.told)  # type: ignore[misc]
            assert core.told == [health]


async def test_answers_that_another_program_keeps_meanwhile_are_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_module, "LOOK_S", 0.01)
    with remembered(path) as memory:
        _, core = begun(memory)
        await until(lambda: core.told == [NEVER])
        answered(path)
        await until(lambda: core.told == [NEVER, HealthAnswers("", "answered today")])
        await asyncio.sleep(0.1)  # and only once
        assert len(core.told) == 2


async def test_answers_that_cannot_be_read_are_no_answers(path: Path) -> None:
    in_the_way(path)
    with remembered(path) as memory:
        _, core = begun(memory)
        await until(lambda: UNREAD in core.told)


async def test_answers_that_were_read_once_hold_while_the_store_cannot_be_read(
    path: Path, tmp_path: Path
) -> None:
    answered(path)
    with remembered(path) as memory:
        _, core = begun(memory)
        await until(lambda: core.told)
        in_the_way(path, tmp_path / "away.sqlite3")
        await memory.look()
        assert [w for w in core.told if isinstance(w, HealthAnswers)] == core.told[:1]


async def test_what_people_do_is_stored_with_where_from(path: Path) -> None:
    with remembered(path) as memory:
        table, _ = begun(memory)
        core = pipeline(story := timeline("level 1s"))
        (keeper,) = table.listeners(core)
        keeper.heard(core.feed(story.samples), core.snapshot(1.0))
        table.commanded(StandDown(), "home")
        table.commanded(TestAlarm(), "dashboard")
        await until(lambda: len(acts(path)) == 2)
    assert acts(path) == [("stand_down", "home"), ("test_alarm", "dashboard")]


async def test_what_the_program_says_by_itself_is_no_act(path: Path) -> None:
    with remembered(path) as memory:
        table, _ = begun(memory)
        table.commanded(SinkStatus("sound", working=False, reason="no speaker"))
        table.commanded(NEVER)
        table.commanded(Acknowledge(), "home")
        await until(lambda: path.exists() and log_of(path))
    assert log_of(path) == ["acknowledge (home)"]
    assert len(COMMANDS) > 3


def log_of(path: Path) -> list[str]:
    with Store.open(path) as store:
        return [row[0] for row in store.rows("SELECT words FROM events ORDER BY id")]


async def test_recordings_beyond_the_limits_go_at_the_start_and_that_is_told(
    path: Path, tmp_path: Path
) -> None:
    old = datetime.now(tz=UTC) - timedelta(days=40)
    with Store.open(path) as store:
        for name, high in (("quiet", False), ("alarm", True)):
            (tmp_path / name).write_bytes(b"12345")
            add_recording(store, tmp_path / name, None, size_bytes=5, began_at=old, high=high)
    with remembered(path, limits=KeepLimits(days=30)) as memory:
        _, core = begun(memory)
        await until(lambda: len(core.told) == 3)
        told = [
            LinkNote("store: 1 recording beyond [store] limits deleted, 0.0 MB"),
            LinkNote(
                "store: 1 recording beyond [store] limits is kept, for it holds or may hold a "
                "high alarm: 'upturn forget --recordings' asks about each"
            ),
        ]
        assert core.told == [NEVER, *told]
        assert ((tmp_path / "quiet").exists(), (tmp_path / "alarm").exists()) == (False, True)
        _, later = begun(memory, "attic")
        await until(lambda: later.told)
        assert later.told == [NEVER, *told]


@pytest.mark.parametrize(
    ("enabled", "variable", "wanted"),
    [(False, "on", True), (True, "off", True), (True, "on", False)],
)
async def test_where_nothing_is_to_be_stored_nothing_is(
    tmp_path: Path,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    enabled: bool,
    variable: str,
    wanted: bool,
) -> None:
    monkeypatch.setenv(VARIABLE, variable)
    config = Config(store=StoreConfig(enabled=enabled, path=str(path)))
    with remembering(config, wanted=wanted, user="") as memory:
        table, core = begun(memory)
        table.commanded(StandDown(), "home")
        table.angle(0.0, 50.0)
        assert table.listeners(pipeline(timeline("level 1s"))) == []
        assert table.taken() == (None, "")
        await asyncio.sleep(0)
        table.end()
        assert core.told == []
    assert made_in(tmp_path) == []


def test_a_simulated_table_is_never_stored(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, "on")
    config = tmp_path / "c.toml"
    config.write_text(f'[store]\npath = "{path}"\n')
    words = ["run", "--source", "sim:too-long", "--headless", "--speed", "max", "--config"]
    assert main([*words, str(config)]) == 0
    assert "Inverted too long" in capsys.readouterr().out
    with Store.open(path, readonly=True) as store:
        for table in ("sessions", "inversions", "events", "alarms", "curves", "pasts"):
            assert store.rows(f"SELECT count(*) FROM {table}") == [(0,)], table  # noqa: S608
    assert main(["history", "--config", str(config)]) == 0
    assert capsys.readouterr().out.startswith("No session is stored yet")


def read_until(stream: IO[str], *words: str) -> None:
    """All of them, in whatever order."""
    left = set(words)
    while left:
        line = stream.readline()
        assert line, f"it ended before it said {left}"
        left -= {word for word in left if word in line}


@contextmanager
def running(
    tmp_path: Path, store: Path, source: str, *more: str
) -> Iterator[subprocess.Popen[str]]:
    config = tmp_path / "c.toml"
    config.write_text(f'[store]\npath = "{store}"\n')
    words = [sys.executable, "-m", "upturn", "run", "--source", source, "--config", str(config)]
    with subprocess.Popen(
        [*words, "--json", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, VARIABLE: "on"},
    ) as run:
        try:
            yield run
        finally:
            run.send_signal(signal.SIGTERM)
            run.communicate(timeout=30)


def test_a_store_that_fails_is_an_alarm_and_the_watch_goes_on(tmp_path: Path, path: Path) -> None:
    (path / "in the way.sqlite3" / "upturn.sqlite3").mkdir(parents=True)
    store = path / "in the way.sqlite3"
    with FakeNode(tmp_path / "tty") as node, running(tmp_path, store, node.source) as run:
        assert run.stdout is not None
        read_until(run.stdout, '"sink_failed"')
        node.angle_deg = 40.0
        read_until(run.stdout, '"inversion_started"')
        node.angle_deg = -80.0
        read_until(run.stdout, '"inversion_ended"')


def test_a_live_table_is_stored_with_its_user_and_the_run_that_ended_in_order(
    tmp_path: Path, path: Path
) -> None:
    with (
        FakeNode(tmp_path / "tty") as node,
        running(tmp_path, path, node.source, "--user", "anna") as run,
    ):
        assert run.stdout is not None
        read_until(run.stdout, '"upright"')
        node.angle_deg = 40.0
        read_until(run.stdout, '"inversion_started"')
        node.angle_deg = -80.0
        read_until(run.stdout, '"inversion_ended"')
    with Store.open(path) as store:
        (session,) = sessions(store)
        (ran,) = store.rows("SELECT software, config, ending FROM runs")
    assert (session.user, len(session.inversions), session.answer) == ("anna", 1, None)
    assert session.ended_at is not None
    assert (ran[0], ran[2]) == (session.software, "in order")
    assert json.loads(ran[1])["store.path"] == str(path)


@pytest.mark.parametrize("name", ["a\nb", " anna", "\x1b[2J", "x" * 65])
def test_a_name_that_is_none_is_refused(
    name: str, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--source", "sim:normal", "--headless", "--user", name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("upturn: argument --user: ")
    assert err.count("\n") == 1
    assert not path.exists()


async def test_a_store_that_another_program_holds_keeps_no_watch_waiting(path: Path) -> None:
    """Whatever that program does: a watch begins within what people notice."""
    answered(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        with remembered(path) as memory:
            assert memory.table("den", "The den").taken() == (None, "")
            assert loop.time() - began_s < 4.0
            _, core = begun(memory)
            await until(lambda: HealthAnswers("", "answered today") in core.told)


def test_an_answer_of_the_home_is_the_sessions_and_changes_no_profile_by_itself(
    tmp_path: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish = program("mosquitto_pub", "mosquitto-clients")
    with (
        Mosquitto(tmp_path) as broker,
        FakeNode(tmp_path / "tty") as node,
        running(
            *(tmp_path, path, node.source, "--user", "anna"),
            *("--mqtt", f"mqtt://{HOST}:{broker.port}"),
        ) as run,
    ):

        def say(answer: str) -> None:
            topic = f"upturn/{node.node_id}/command/symptoms"
            words = [publish, "-h", HOST, "-p", str(broker.port), "-t", topic, "-m", answer]
            subprocess.run(words, check=True, timeout=30)

        assert run.stdout is not None
        read_until(run.stdout, '"upright"')
        node.angle_deg = 40.0
        read_until(run.stdout, '"inversion_started"')
        say("fine")  # while inverted: refused
        node.angle_deg = -80.0
        read_until(run.stdout, '"inversion_ended"')
        say("dizzy")
        wait_for(lambda: any("session: dizzy (home)" in words for words in log_of(path)))
    with Store.open(path) as store:
        (session,) = sessions(store)
        assert store.rows("SELECT DISTINCT answer FROM answers") == [("dizzy",)]
    assert (session.answer, session.profile.name) == ("dizzy", "standard")
    config = str(tmp_path / "c.toml")
    assert main(["history", "--config", config]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Stop for now, and ask a doctor before the next session" in out
    assert "If you then go on: first-time, 45 s at a time" in out
    assert "Nothing changes by itself." in out


async def test_of_two_watches_of_one_table_one_writes_until_it_ends(path: Path) -> None:
    story = timeline("at 20 3s")
    with remembered(path) as memory:
        with remembered(path) as first:
            one, _ = begun(first)
            assert one.taken() == (None, "")
            ours = pipeline(story)
            one.heard(ours.feed(story.samples), ours.snapshot(3.0), ours.past(3.0))
            two, core = begun(memory)
            assert two.taken() == (None, TWO)
            assert memory.table("attic", "attic").taken() == (None, "")
            theirs = pipeline(story)
            two.commanded(StandDown(), "dashboard")
            two.heard(theirs.feed(story.samples), theirs.snapshot(3.0), theirs.past(3.0))
            await until(lambda: log_of(path))
            assert two.lives()
        written = log_of(path)
        assert not [words for words in written if "stand_down" in words]
        assert not two.lives()
        taken = two.left()
        assert taken is not None
        assert taken.past.inverted
        await until(lambda: LinkNote(f"store: {ONE}") in core.told)
        two.commanded(StandDown(), "dashboard")
        await until(lambda: len(log_of(path)) > len(written))


async def test_before_anything_is_known_what_another_leaves_is_not_written_over(
    path: Path,
) -> None:
    story = timeline("at 20 3s")
    with remembered(path) as memory:
        two, _ = begun(memory)
        with remembered(path) as first:
            one, _ = begun(first)
            one.taken()
            ours = pipeline(story)
            one.heard(ours.feed(story.samples), ours.snapshot(3.0), ours.past(3.0))
            assert two.lives()
        theirs = pipeline(story)
        two.heard(theirs.tick(0.0), theirs.snapshot(0.0), None)
        assert two.waits  # what was left is taken up first
        taken = two.left()
        assert taken is not None
        assert not two.waits


@pytest.mark.parametrize("ends", [signal.SIGKILL, signal.SIGTERM])
def test_a_second_run_of_a_watched_node_takes_it_up_when_the_first_has_ended_and_not_before(
    tmp_path: Path, path: Path, ends: signal.Signals
) -> None:
    with FakeNode(tmp_path / "tty") as node, running(tmp_path, path, node.source) as first:
        assert first.stdout is not None
        node.angle_deg = 40.0
        read_until(first.stdout, '"inversion_started"')
        with running(tmp_path, path, node.source) as second:
            assert second.stdout is not None
            assert second.stderr is not None
            line_with(second.stderr, "another program uses it")
            wait_for(lambda: rows(path, "SELECT id FROM runs") == [(1,), (2,)])
            assert rows(path, "SELECT words FROM events WHERE run_id = 2") == []
            first.send_signal(ends)
            line_with(second.stderr, "connected to den")
            node.angle_deg = -80.0
            said = line_with(second.stdout, '"inversion_ended"')
    assert '"from": "inverted"' in said
    assert not [alarm for alarm in ("time_limit", "no_return") if alarm in said]
    assert [word for (word,) in rows(path, "SELECT words FROM events") if "goes on after" in word]
    with Store.open(path) as store:
        (session,) = sessions(store)
    (inversion,) = session.inversions
    assert inversion.duration_s is not None


def line_with(stream: IO[str], words: str) -> str:
    """All that is said until then."""
    said = ""
    for line in stream:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it ended before it said {words}: {said}")


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with Store.open(path, readonly=True) as store:
        return store.rows(query)
