# SPDX-License-Identifier: MIT
"""Tables beside each other: whatever fails in one ends that one alone."""

from __future__ import annotations

import asyncio
import io
import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, SCENES, alarm
from tests.service.scripted_link import ScriptedLink
from tests.stories import timeline
from upturn.cli.home import Home
from upturn.cli.judging import Judged
from upturn.cli.table_feed import TableFeed
from upturn.cli.watched import Place, Watched, place, run_all, sum_up_all, words_of
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.commands import Command, Distress
from upturn.core.events import Event, Summary
from upturn.core.limits import DEVICES, STANDARD, DeviceKind
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import Snapshot
from upturn.dashboard.feed import SourceState
from upturn.errors import RunError
from upturn.sinks.console import Console
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource
from upturn.transports.source import Chunk, LiveSource, Source

NOBODY = Home(None, 1.0)


class Failing(SimulatedSource):
    """It delivers a little, then it cannot."""

    def __init__(self) -> None:
        super().__init__(simulate("normal", seed=1))

    def chunks(self, *, paced: bool) -> Iterator[Chunk]:
        yield next(super().chunks(paced=True))
        raise RunError("the cable has melted")


class FaultyCore(Pipeline):
    """It raises at what it is told to."""

    faulty = ""

    def command(self, command: Command, now_s: float) -> list[Event]:
        self._fault("command")
        return super().command(command, now_s)

    def snapshot(self, now_s: float) -> Snapshot:
        self._fault("snapshot")
        return super().snapshot(now_s)

    def summary(self) -> Summary:
        self._fault("summary")
        return super().summary()

    def _fault(self, what: str) -> None:
        if self.faulty == what:
            raise ZeroDivisionError("a bug")


class WithFaultyCore(Judged[LiveSource]):
    """Its core is at hand."""

    core: FaultyCore

    def pipeline(self) -> Pipeline:
        object.__setattr__(self, "core", FaultyCore(self.info, self.profile, self.device))
        return self.core


def judged(source: Source | LiveSource, name: str) -> Judged[Source | LiveSource]:
    return Judged(source, source.info, STANDARD, DEVICES[DeviceKind.TABLE], name)


def watched(
    source: Source | LiveSource, name: str, *, alone: bool = False, console: Console | None = None
) -> tuple[Watched, TableFeed]:
    feed = TableFeed(1.0)
    where = place(judged(source, name))
    return Watched(where, math.inf, alone=alone, feed=feed, console=console), feed


def normal() -> SimulatedSource:
    return SimulatedSource(simulate("normal", seed=1))


async def test_a_source_that_fails_ends_its_table_and_no_other() -> None:
    bad, bad_feed = watched(Failing(), "bad")
    good, good_feed = watched(normal(), "good")
    told: list[tuple[str, str]] = []
    await run_all([bad, good], NOBODY, lambda table, why: told.append((table.name, words_of(why))))
    assert told == [("bad", "the cable has melted")]
    assert bad_feed.source() == SourceState(
        "simulated normal",
        live=False,
        note="FAILED",
        failure="the cable has melted",
        unreal="simulated",
    )
    assert bad_feed.snapshot().not_ready[0] == "the cable has melted"
    assert bad_feed.command(Distress()) == "nobody is watched there"
    assert good.fault is None
    assert good_feed.source().note == "ended"
    assert good_feed.snapshot().samples == len(simulate("normal", seed=1).samples)


async def test_the_only_table_raises_what_ended_it() -> None:
    alone, _ = watched(Failing(), "", alone=True)
    with pytest.raises(RunError, match="the cable has melted"):
        await run_all([alone], NOBODY, lambda *_: None)


@pytest.mark.parametrize("what", ["command", "snapshot"])
async def test_a_core_that_fails_while_others_ask_something_of_it_fails_alone(what: str) -> None:
    link = ScriptedLink(None, end_s=math.inf)
    where = WithFaultyCore(link, link.info, STANDARD, DEVICES[DeviceKind.TABLE], "bad")
    feed = TableFeed(1.0)
    bad = Watched(place(where), 1.0, alone=False, feed=feed)
    good_link = ScriptedLink(None, end_s=math.inf)
    good, good_feed = watched(good_link, "good")
    told: list[str] = []
    running = asyncio.create_task(
        run_all([bad, good], NOBODY, lambda table, _: told.append(table.name))
    )
    await bad.begun.wait()
    before = feed.snapshot()
    where.core.faulty = what
    if what == "command":
        assert feed.command(Distress()) == "it has failed"
    else:
        assert feed.snapshot().posture is before.posture
    async with asyncio.timeout(5.0):
        while not told:  # noqa: ASYNC110 - there is nothing to await
            await asyncio.sleep(0.001)
    assert told == ["bad"]
    assert feed.source().failure == "ZeroDivisionError: a bug"
    assert good_feed.source().live
    good_link.over.set()
    await running
    assert good.fault is None


async def test_a_table_that_fails_before_its_first_session_is_shown_as_failed() -> None:
    def sessions() -> Iterator[Judged[Source | LiveSource]]:
        raise RunError("it is not there")

    feed = TableFeed(1.0)
    bad = Watched(Place(sessions, "bad"), 1.0, alone=False, feed=feed)
    good, _ = watched(normal(), "good")
    await run_all([bad, good], NOBODY, lambda *_: None)
    assert bad.begun.is_set()
    assert feed.source().failure == "it is not there"
    assert feed.snapshot().signal_age_s is None


async def test_a_reader_that_has_gone_ends_all() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    console = Console(Gone(), as_json=False)
    tables = [watched(normal(), name, console=console.of(name))[0] for name in ("one", "two")]
    with pytest.raises(BrokenPipeError):
        await run_all(tables, NOBODY, lambda *_: None)
    assert [table.fault for table in tables] == [None, None]


async def test_of_an_interrupted_run_each_sum_is_told_though_another_has_none() -> None:
    stream = io.StringIO()
    console = Console(stream, as_json=False)
    link = ScriptedLink(timeline("upright 5s"), end_s=math.inf)
    where = WithFaultyCore(link, link.info, STANDARD, DEVICES[DeviceKind.TABLE], "bad")
    bad = Watched(place(where), 1.0, alone=False, console=console.of("bad"))
    other = ScriptedLink(timeline("upright 5s"), end_s=math.inf)
    good, _ = watched(other, "good", console=console.of("good"))
    told: list[str] = []
    running = asyncio.create_task(run_all([bad, good], NOBODY, lambda *_: None))
    async with asyncio.timeout(5.0):
        while "good" not in stream.getvalue() or "bad" not in stream.getvalue():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    where.core.faulty = "summary"
    await sum_up_all([bad, good], lambda table, _: told.append(table.name))
    assert told == ["bad"]
    assert "profile standard" in stream.getvalue()
    assert [line.split()[0] for line in stream.getvalue().splitlines()[-3:]] == ["good"] * 3


class Still:
    """A session that stands at one moment."""

    ended = False

    def __init__(self, state: Snapshot) -> None:
        self._state = state

    def snapshot(self) -> Snapshot:
        return self._state

    def command(self, command: Command) -> str | None:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("scene", "name", "left"),
    [
        ("calm", "attic", ""),
        ("inverted", "attic", "attic was inverted"),
        ("inverted", "", "somebody was inverted"),
        ("limit", "attic", "attic was inverted (Inverted too long)"),
        ("latched", "attic", "attic had an alarm (Inverted too long)"),
        ("no_signal", "", "somebody had an alarm (No data yet)"),
    ],
)
def test_what_a_watch_that_ends_leaves_behind_is_said_of_each_table(
    scene: str, name: str, left: str
) -> None:
    table, feed = watched(normal(), name)
    feed.begin(Still(SCENES[scene]), "a table")
    assert table.left() == left


def test_a_battery_that_is_low_is_not_left_behind() -> None:
    table, feed = watched(normal(), "attic")
    low = alarm(AlarmId.BATTERY_LOW, priority=Priority.LOW)
    feed.begin(Still(replace(CALM, alarms=(low,))), "a table")
    assert table.left() == ""


async def test_a_sum_waits_until_there_is_a_console_for_it() -> None:
    table, _ = watched(normal(), "den")
    await run_all([table], NOBODY, lambda *_: None)
    await sum_up_all([table], lambda *_: None)
    stream = io.StringIO()
    table.console = Console(stream, as_json=False)
    for _ in range(2):
        await sum_up_all([table], lambda *_: None)
    assert stream.getvalue().count("profile standard") == 1
