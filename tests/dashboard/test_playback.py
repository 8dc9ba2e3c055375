# SPDX-License-Identifier: MIT
"""Going through a recording on the screen: the bar, what comes next, and every key of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from textual.pilot import Pilot

from tests.dashboard.scenes import (
    CALM,
    EVENTS,
    NOW_S,
    SCENES,
    WALL,
    Clock,
    StubFeed,
    alarm,
    inverted,
)
from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.commands import StandDown
from upturn.core.events import AlarmChanged, AlarmState, Event, InversionStarted
from upturn.core.snapshot import Snapshot
from upturn.dashboard import wording
from upturn.dashboard.app import UpturnDashboard
from upturn.dashboard.feed import SourceState
from upturn.dashboard.headline import RECORDED, headline
from upturn.dashboard.keys import PLAYBACK_KEYS
from upturn.dashboard.marks import Mark, MarkKind
from upturn.dashboard.painters.alarm_list import paint_alarms
from upturn.dashboard.painters.playback import HERE, Bar, moment, paint_playback
from upturn.dashboard.palette import DARK, THEMES
from upturn.dashboard.pane import Pane
from upturn.dashboard.playback import PlaybackState
from upturn.dashboard.spans import plain, width_of
from upturn.dashboard.tables import Table
from upturn.dashboard.view import View

BEGAN = InversionStarted(83.4, 2, 16.0, 82.9, 40.0)
LIMIT = AlarmChanged(
    143.4, AlarmId.TIME_LIMIT, 1, Priority.HIGH, AlarmState.RAISED, "Inverted too long"
)
MARKS = (
    Mark(30.0, MarkKind.BEGAN),
    Mark(90.0, MarkKind.MEDIUM),
    Mark(90.1, MarkKind.HIGH),
    Mark(240.0, MarkKind.ENDED),
)
STATE = PlaybackState(
    paused=False,
    speed=4.0,
    at_s=83.46,
    end_s=300.0,
    ended=False,
    passed=6,
    events=11,
    marks=MARKS,
    next_event=LIMIT,
    next_s=143.4,
)
RECORDING = SourceState("replay a.csv", read_only="a replay cannot be changed", begin_s=540.0)


def lines(state: PlaybackState, width: int = 80) -> list[str]:
    painted, _ = paint_playback(state, DARK, width)
    assert [width_of(line) for line in painted] == [width] * len(painted)
    return plain(painted).split("\n")


def test_it_says_where_one_is_how_fast_it_goes_and_what_comes_next() -> None:
    assert lines(STATE) == [
        " PLAYING      4x  1:23.4 of 5:00  ━━━━▼━━━━━━━●H─────────────────────▲───────── ",
        " next 2:23.4 *** Inverted too long: raised                       6 of 11 events ",
    ]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"paused": True}, " PAUSED       4x"),
        ({"paused": True, "ended": True}, " ENDED        4x"),
        ({"speed": 0.25}, " PLAYING   0.25x"),
    ],
    ids=str,
)
def test_whether_it_stands_is_said_in_words(changes: dict[str, object], word: str) -> None:
    assert lines(replace(STATE, **changes))[0].startswith(word)  # type: ignore[arg-type]


def test_after_the_last_event_it_says_that_there_is_none() -> None:
    state = replace(STATE, next_event=None, passed=11)
    assert lines(state)[1].split("  ")[0] == " no event after this"
    empty = replace(state, passed=0, events=0, marks=())
    assert lines(empty)[1].split("  ")[0] == " nothing happened in it"


@pytest.mark.parametrize("at_s", [0.0, 150.0, 300.0])
def test_the_bar_shows_the_place_and_signs_by_gravity(at_s: float) -> None:
    painted, bar = paint_playback(replace(STATE, at_s=at_s), DARK, 100)
    cells = plain(painted)[bar.start : bar.end]
    place = cells.index(HERE)
    assert place == round(at_s / 300.0 * (len(cells) - 1))
    assert "H" in cells
    assert "M" not in cells  # it shares its cell with what is graver
    assert bar.time_s(bar.start + place, STATE) == pytest.approx(at_s, abs=3.0)
    assert bar.time_s(bar.start - 1, STATE) is None
    assert bar.time_s(bar.end, STATE) is None


@pytest.mark.parametrize("width", [1, 20, 40, 44, 60, 200])
def test_it_fits_any_width_in_any_theme(width: int) -> None:
    for palette in THEMES.values():
        for state in (STATE, replace(STATE, at_s=0.0, end_s=0.0, marks=())):
            painted, bar = paint_playback(state, palette, width)
            assert [width_of(line) for line in painted] == [width, width]
            assert 0 <= bar.start <= bar.end <= width


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0:00.0"),
        (-0.04, "0:00.0"),
        (59.99, "0:59.9"),
        (83.4, "1:23.4"),
        (3723.0, "1:02:03.0"),
    ],
)
def test_a_moment_is_rounded_down(seconds: float, text: str) -> None:
    assert moment(seconds) == text


@dataclass
class StubPlayback:
    shown: PlaybackState = STATE
    acts: list[tuple[object, ...]] = field(default_factory=list)
    there_is_one: bool = True

    def state(self) -> PlaybackState:
        return self.shown

    def pause_or_go(self) -> None:
        self.acts.append(("pause_or_go",))

    def step(self, by_s: float) -> None:
        self.acts.append(("step", by_s))

    def jump(self, by: int) -> bool:
        self.acts.append(("jump", by))
        return self.there_is_one

    def seek(self, at_s: float) -> None:
        self.acts.append(("seek", at_s))

    def faster(self) -> None:
        self.acts.append(("faster",))

    def slower(self) -> None:
        self.acts.append(("slower",))


@dataclass
class Desk:
    app: UpturnDashboard
    feed: StubFeed
    playback: StubPlayback
    pilot: Pilot[None]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def text(self, name: str) -> str:
        return plain(self.app.query_one(f"#{name}", Pane).lines)


@asynccontextmanager
async def opened(
    snapshot: Snapshot = CALM, *, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Desk]:
    feed = StubFeed(snapshot, RECORDING, refusal=lambda _: RECORDING.read_only)
    playback = StubPlayback()
    app = UpturnDashboard({"": feed}, playback=playback, clock=Clock(), wall=lambda: WALL)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.frame()
        await pilot.pause()
        yield Desk(app, feed, playback, pilot)


KEYS: dict[str, tuple[object, ...]] = {
    "space": ("pause_or_go",),
    "right": ("step", 1.0),
    "left": ("step", -1.0),
    "full_stop": ("step", 0.1),
    "comma": ("step", -0.1),
    "shift+right": ("step", 0.1),
    "shift+left": ("step", -0.1),
    "e": ("jump", 1),
    "E": ("jump", -1),
    "plus": ("faster",),
    "equals_sign": ("faster",),
    "minus": ("slower",),
    "home": ("seek", 0.0),
    "end": ("seek", 300.0),
}


async def test_every_key_is_one_act() -> None:
    bound = {name for key in PLAYBACK_KEYS for name in key.bound.split(",")}
    assert bound == set(KEYS)
    async with opened() as desk:
        for key, act in KEYS.items():
            desk.playback.acts.clear()
            await desk.press(key)
            assert desk.playback.acts == [act], key


async def test_where_there_is_no_further_event_that_is_said() -> None:
    async with opened() as desk:
        desk.playback.there_is_one = False
        await desk.press("e")
        assert desk.text("notice").strip() == "No event after this."
        await desk.press("E")
        assert desk.text("notice").strip() == "No event before this."


async def test_a_click_on_the_bar_goes_there() -> None:
    async with opened() as desk:
        bar = desk.app._frames.bar
        for x in (bar.start, bar.end - 1):
            await desk.pilot.click("#playback", offset=(x, 0))
        await desk.pilot.click("#playback", offset=(bar.start - 1, 0))
        await desk.pilot.click("#playback", offset=(bar.start, 1))
        assert desk.playback.acts == [("seek", 0.0), ("seek", 300.0)]


async def test_nothing_that_happened_can_be_changed() -> None:
    async with opened(SCENES["no_return"]) as desk:
        for key in "ausdfc":
            desk.app._acts.turned()
            await desk.press(key)
            assert desk.text("notice").strip().endswith("a replay cannot be changed"), key
            await desk.press("y")
        assert not any(isinstance(command, StandDown) for command in desk.feed.commands)


async def test_whoever_was_inverted_then_keeps_nobody_from_leaving() -> None:
    async with opened(SCENES["no_return"]) as desk:
        await desk.press("q")
        assert desk.app._exit


async def test_it_rings_no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr(UpturnDashboard, "bell", lambda _: rung.append(1))
    async with opened(SCENES["no_return"]) as desk:
        desk.app.frame()
        assert rung == []


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
async def test_its_two_lines_and_its_keys_are_on_every_screen(size: tuple[int, int]) -> None:
    async with opened(SCENES["many_alarms"], size=size) as desk:
        assert "1:23.4 of 5:00" in desk.text("playback")
        assert "next 2:23.4 *** Inverted too long: raised" in desk.text("playback")
        for words in ("space pause", "e E event", "Home End", "? help", "q quit", "[ ] zoom"):
            assert words in desk.text("keys")
        assert "acknowledge" not in desk.text("keys")
        assert desk.app.query_one("#playback").size.height == 2


async def test_without_a_recording_there_is_no_such_pane_and_no_such_key() -> None:
    app = UpturnDashboard({"": StubFeed()}, clock=Clock(), wall=lambda: WALL)
    async with app.run_test() as pilot:
        await pilot.press("space", "e", "right", "home", "plus")
        await pilot.pause()
        assert app.query_one("#playback").size.height == 0
        assert "space" not in plain(app.query_one("#keys", Pane).lines)


def replayed(snapshot: Snapshot, **changes: object) -> View:
    where = replace(RECORDING, **changes)  # type: ignore[arg-type]
    return View(snapshot, where, clock_s=0.1, wall=WALL)


@pytest.mark.parametrize("scene", ["calm", "inverted", "level", "unconfirmed", "stand_down"])
def test_paused_it_goes_on_saying_what_was_so_and_that_nobody_is_watched(scene: str) -> None:
    """Two people look at a moment: "paused" in its place would hide what they look for."""
    snapshot = SCENES[scene]
    playing = headline(replayed(snapshot))
    assert headline(replayed(snapshot, live=False, note="paused")) == playing
    assert playing.note == RECORDED
    assert "Watching" not in playing.text
    assert "press" not in playing.text.lower()


@pytest.mark.parametrize("scene", ["limit", "no_return", "acknowledged", "latched", "many_alarms"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_an_alarm_of_a_recording_asks_for_no_key(scene: str, width: int) -> None:
    view = replayed(SCENES[scene])
    said = headline(view)
    assert "press" not in f"{said.text} {said.note}{plain(paint_alarms(view, width, 40))}".lower()


def test_what_is_over_in_a_recording_yields_to_what_is_not() -> None:
    """Nobody can acknowledge it any more: it would hide all that comes after it."""
    latched = SCENES["latched"]
    said = headline(replayed(latched))
    assert (said.title, said.priority) == ("Rest", None)
    assert said.note == "*** Inverted too long: over, not acknowledged."
    moved = alarm(AlarmId.SENSOR_MOVED, priority=Priority.MEDIUM)
    said = headline(replayed(replace(latched, alarms=(*latched.alarms, moved))))
    assert said.title == "Sensor has moved on the table"


@pytest.mark.parametrize(("age_s", "title"), [(9.9, "Call for help"), (10.0, "Inverted")])
def test_a_moment_of_a_recording_is_told_as_long_as_one_that_ends_by_itself(
    age_s: float, title: str
) -> None:
    call = alarm(AlarmId.DISTRESS, age_s=age_s, condition=False)
    assert headline(replayed(inverted(20.0, alarms=(call,)))).title == title


def test_times_are_those_of_the_recording() -> None:
    view = replayed(replace(CALM, now_s=NOW_S))
    said = [wording.time_of_day(view.time_of_day(t_s)) for t_s in (NOW_S, 540.0 + 3723.0)]
    assert said == ["1:00", "1:02:03"]


@dataclass
class TurningFeed(StubFeed):
    """Tells of the first `told` events that they have happened."""

    told: int = 0

    def events_since(self, n: int) -> tuple[int, Sequence[Event]]:
        return self.told, EVENTS[n : self.told]


def test_going_back_takes_back_what_has_not_happened_yet() -> None:
    feed = TurningFeed(where=RECORDING)
    table = Table("", feed)

    def look() -> list[str]:
        table.read_events(table.look(0.1, DARK, WALL))
        return [at for at, _ in table.log]

    feed.told = 5
    assert look() == ["0:32", "0:33", "0:36", "0:36", "0:58"]
    assert [mark.kind for mark in table.marks.since(0.0)] == [MarkKind.BEGAN, MarkKind.MEDIUM]
    feed.told, feed.where = 2, replace(RECORDING, rewound=1)
    assert look() == ["0:32", "0:33"]
    assert list(table.marks.since(0.0)) == []
    feed.told = 5
    assert len(look()) == 5
    # Back and on again between two looks: as many as before, and yet all anew.
    feed.where = replace(RECORDING, rewound=2)
    assert len(look()) == 5
    assert len(list(table.marks.since(0.0))) == 2


def test_a_bar_without_room_takes_no_click() -> None:
    assert Bar(0, 0).time_s(0, STATE) is None
