# SPDX-License-Identifier: MIT
"""A recording as the dashboard polls it: wherever one goes, it shows what had happened by then."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from upturn.cli.replay_feed import READ_ONLY, ReplayFeed
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import Acknowledge, StandDown
from upturn.core.events import AlarmChanged, AlarmState
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.dashboard.history import History
from upturn.dashboard.marks import MarkKind
from upturn.service.playback import Player
from upturn.service.review import Review
from upturn.transports.replay import open_file

TRACE = Path(__file__).parents[1] / "traces" / "demo-mpu6050.csv.gz"


class FakeClock:
    t_s = 100.0

    def now_s(self) -> float:
        return self.t_s

    async def sleep(self, seconds: float) -> None:
        self.t_s += seconds


@cache
def a_review() -> Review:
    source = open_file(TRACE)
    return Review(source, lambda: Pipeline(source.info, STANDARD))


def opened(at_s: float = 0.0) -> tuple[ReplayFeed, Player]:
    player = Player(a_review(), FakeClock(), at_s=at_s)
    return ReplayFeed(player, "replay demo"), player


async def shown(feed: ReplayFeed) -> None:
    """Until what was asked for is there."""
    running = asyncio.create_task(feed.run())
    for _ in range(3):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait({running})


async def test_the_chart_holds_what_has_been_and_no_more() -> None:
    feed, player = opened()
    review = player.review
    for at_s in (5.0, 5.4, 40.0, 39.0, 100.0, 99.9, 3.0, 116.0):
        feed.seek(at_s)
        await shown(feed)
        lived = History()
        now_s = review.snapshot().now_s
        for t_s, angle_deg in zip(review.points_s, review.points_deg, strict=True):
            if t_s <= now_s:
                lived.append(t_s, angle_deg)
        for window_s in (2.0, 120.0, 3600.0):
            got = feed.history().columns(now_s, window_s, 300)
            np.testing.assert_array_equal(got, lived.columns(now_s, window_s, 300))


async def test_going_back_is_told_and_the_events_end_where_one_is() -> None:
    feed, player = opened()
    events = player.review.events
    feed.seek(80.0)
    await shown(feed)
    count, told = feed.events_since(1)
    assert (count, list(told)) == (len(told) + 1, events[1:count])
    assert feed.source().rewound == 0
    feed.step(-40.0)
    await shown(feed)
    assert feed.source().rewound == 1
    fewer, told = feed.events_since(0)
    assert fewer < count
    assert list(told) == events[:fewer]
    assert feed.events_since(fewer) == (fewer, [])


async def test_that_time_stands_is_said_with_its_reason() -> None:
    feed, _ = opened()
    said = []
    for act in (
        lambda: None,
        feed.pause_or_go,
        feed.pause_or_go,
        lambda: feed.jump(1),
        lambda: feed.seek(1e6),
    ):
        act()
        await shown(feed)
        said.append((feed.source().live, feed.source().note))
    playing, paused = (True, ""), (False, "paused")
    assert said == [playing, paused, playing, paused, (False, "replay ended")]
    assert feed.state().ended


@pytest.mark.parametrize("command", [Acknowledge(AlarmId.TIME_LIMIT, 1), StandDown()], ids=str)
async def test_no_command_changes_the_past(command: Acknowledge | StandDown) -> None:
    feed, _ = opened(at_s=80.0)
    before = feed.snapshot(), feed.events_since(0)
    assert before[0].alarms
    assert feed.command(command) == READ_ONLY
    await shown(feed)
    assert (feed.snapshot(), feed.events_since(0)) == before


async def test_the_state_says_where_one_is_of_how_much_and_what_comes_next() -> None:
    feed, player = opened()
    feed.seek(50.0)
    feed.faster()
    feed.slower()
    feed.faster()
    await shown(feed)
    state = feed.state()
    assert (state.speed, state.paused, state.ended) == (2.0, False, False)
    assert state.at_s == pytest.approx(50.0)
    assert state.end_s == pytest.approx(116.5, abs=1.0)
    assert (state.passed, state.events) == (4, len(player.review.events))
    coming = state.next_event
    assert isinstance(coming, AlarmChanged)
    assert (coming.id, coming.state) == (AlarmId.TIME_LIMIT_NEAR, AlarmState.RAISED)
    assert state.next_s == pytest.approx(coming.t_s - player.review.begin_s)
    assert [mark.kind for mark in state.marks] == [
        MarkKind.BEGAN,
        MarkKind.MEDIUM,
        MarkKind.HIGH,
        MarkKind.ENDED,
    ]


async def test_of_events_at_one_moment_the_gravest_is_said() -> None:
    """With the crossing come a posture and an inversion; with its end an alarm may."""
    feed, player = opened()
    found = []
    while feed.jump(1):
        await shown(feed)
        state = feed.state()
        if state.next_event is not None:
            same = [
                event
                for event, shown_s in zip(player.review.events, player.review.shown_s, strict=True)
                if shown_s == player.review.shown_s[state.passed]
            ]
            assert state.next_event in same
            found += [state.next_event] if len(same) > 1 else []
    assert found


async def test_it_goes_on_by_itself_and_a_fault_of_it_is_no_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed, player = opened()
    running = asyncio.create_task(feed.run())
    await asyncio.sleep(0)
    before_s = feed.snapshot().now_s
    async with asyncio.timeout(10.0):
        while feed.snapshot().now_s == before_s:
            player._host.t_s += 0.1  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)
    monkeypatch.setattr(player, "settle", lambda: 1 / 0)
    feed.step(1.0)
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(running, 10.0)
