# SPDX-License-Identifier: MIT
"""Going through a session: whatever the way to a moment, it is the moment that was lived."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from math import inf
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stories import Story, events, shifted, stream, timeline
from upturn.core.commands import Acknowledge, Command, SeenUpright
from upturn.core.events import AlarmChanged, Event, InversionStarted, Noted, SignalChanged
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.sample import Sample, StreamInfo
from upturn.core.snapshot import Snapshot
from upturn.core.thresholds import TIME_EPSILON_S
from upturn.service.feeding import TICK_LAG_S, feed_chunk
from upturn.service.playback import LONGEST_S, SPEEDS, Player
from upturn.service.review import EVENTS_APART, Review
from upturn.transports.recording import Recording
from upturn.transports.replay import TraceSource, open_file
from upturn.transports.source import Arrival, Chunk, pieces

TRACES = Path(__file__).parents[1] / "traces"
SESSION = (
    "upright 3s; to 50 in 2s; inverted 62s; silence 5s; inverted 3s; to -80 in 2s; upright 3s;"
    "level 20s"
)
BLOCK = 200


@dataclass
class Recorded:
    """Chunks in memory, in short blocks."""

    info: StreamInfo
    held: list[Chunk]
    label: str = "a story"
    profile: str | None = None
    profile_where: str = ""
    opened: list[int] = field(default_factory=list)
    """Which blocks were begun, in order."""

    def chunks(self, *, paced: bool) -> Iterator[Chunk]:
        yield from self.held

    def blocks(self) -> int:
        return -(-len(self.held) // BLOCK)

    def block(self, number: int) -> Iterator[Chunk]:
        self.opened.append(number)
        yield from self.held[number * BLOCK : (number + 1) * BLOCK]


def told(story: Story) -> Recorded:
    """A story as a file, with what people did in it."""
    held = list(pieces(story.samples, paced=True))
    held += [Chunk(at_s, [], (command,)) for at_s, command in story.commands]
    return Recorded(story.info, sorted(held, key=lambda chunk: chunk.at_s))


def over_a_link(story: Story) -> Recorded:
    """The same as it arrives, in bursts of up to half a second, with silences that are told."""
    held, waiting = list[Chunk](), list[Sample]()
    for number in range(round((story.samples[-1].t_s - story.samples[0].t_s) / 0.05) + 12):
        at_s = story.samples[0].t_s + number * 0.05
        waiting += [s for s in story.samples if at_s - 0.13 <= s.t_s < at_s - 0.08]
        if number % 7 in {0, 1, 2, 6}:
            held.append(Chunk(at_s, waiting, arrival=Arrival(at_s, b"..." if waiting else b"")))
            waiting = []
    return Recorded(story.info, held)


def reviewed(source: Recorded | TraceSource | Recording) -> Review:
    start_s = source.start_s if isinstance(source, Recording) else None
    return Review(source, lambda: Pipeline(source.info, STANDARD, start_s=start_s))


def straight(
    source: Recorded | TraceSource | Recording, to_s: float
) -> tuple[Snapshot, list[Event]]:
    """As it would be if it had been played until then, and looked at rarely."""
    start_s = source.start_s if isinstance(source, Recording) else None
    pipeline, found, now_s = Pipeline(source.info, STANDARD, start_s=start_s), list[Event](), -inf
    for chunk in source.chunks(paced=True):
        due_s = max(now_s, chunk.at_s)
        if due_s > to_s + TIME_EPSILON_S / 2:
            break
        if now_s > -inf:
            found += pipeline.tick(due_s - TICK_LAG_S - 0.001)
        now_s = due_s
        found += feed_chunk(pipeline, chunk)
    found += pipeline.tick(to_s - TICK_LAG_S)
    return pipeline.snapshot(to_s), found


class FakeClock:
    def __init__(self) -> None:
        self.t_s = 500.0

    def now_s(self) -> float:
        return self.t_s

    async def sleep(self, seconds: float) -> None:
        self.t_s += seconds


@cache
def a_session() -> Recorded:
    return told(timeline(SESSION, rate_hz=25.0, start_s=1000.02))


@cache
def a_review() -> Review:
    return reviewed(a_session())


def player(review: Review | None = None, **kwargs: float) -> tuple[Player, FakeClock]:
    clock = FakeClock()
    return Player(review or a_review(), clock, **kwargs), clock


def happened(review: Review) -> list[Event]:
    return review.events[: review.told]


ACTS = st.one_of(
    st.tuples(st.just("pause_or_go")),
    st.tuples(st.just("faster")),
    st.tuples(st.just("slower")),
    st.tuples(st.just("step"), st.sampled_from([-1.0, 1.0, -0.1, 0.1, -30.0, 30.0])),
    st.tuples(st.just("jump"), st.sampled_from([-1, 1])),
    st.tuples(st.just("seek"), st.floats(990.0, 1110.0)),
    st.tuples(st.just("wait"), st.floats(0.0, 3.0)),
)


SOURCES: dict[str, Callable[[], Recorded | TraceSource | Recording]] = {
    "story": a_session,
    "link": lambda: over_a_link(timeline(SESSION, rate_hz=25.0, start_s=1000.02)),
    "recording with commands": lambda: open_file(TRACES / "acknowledged.jsonl.gz"),
    "trace": lambda: open_file(TRACES / "signal-gone-lis3dh.csv.gz"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_journey_ends_where_a_straight_replay_would(name: str) -> None:
    source = SOURCES[name]()
    review = reviewed(source)
    assert review.end_s - review.first_s > 25.0

    @settings(max_examples=25)
    @given(st.lists(ACTS, max_size=12))
    def journey(acts: list[tuple[str, float]]) -> None:
        one, clock = player(review)
        for act, *by in acts:
            if act == "wait":
                clock.t_s += by[0]
                one.settle()
            else:
                getattr(one, act)(*by)
        one.settle()
        snapshot, before = straight(source, review.at_s)
        assert (review.snapshot(), happened(review)) == (snapshot, before)

    journey()


@pytest.mark.parametrize("name", SOURCES)
def test_the_events_are_those_of_a_replay_without_a_screen(name: str) -> None:
    source = SOURCES[name]()
    start_s = source.start_s if isinstance(source, Recording) else None
    pipeline = Pipeline(source.info, STANDARD, start_s=start_s)
    found = [
        event for chunk in source.chunks(paced=False) for event in feed_chunk(pipeline, chunk)
    ]
    review = reviewed(source)
    assert review.events == found
    assert review.whole.summary() == pipeline.summary()


@pytest.mark.parametrize("name", ["recording with commands", "trace"])
def test_the_blocks_of_a_file_are_all_of_it(name: str) -> None:
    source = SOURCES[name]()
    blocks = [chunk for number in range(source.blocks()) for chunk in source.block(number)]
    assert blocks == list(source.chunks(paced=True))
    assert blocks


def test_each_event_has_happened_at_its_moment_and_not_right_before() -> None:
    review = a_review()
    told_before, told_at = [], []
    for shown_s in review.shown_s:
        review.go(shown_s - 0.001)
        told_before.append(review.told)
        review.go(shown_s)
        told_at.append(review.told)
    together = [review.shown_s.index(shown_s) for shown_s in review.shown_s]
    assert told_before == [max(1, n) for n in together]  # the first is there from the first moment
    assert all(told > n for n, told in enumerate(told_at))
    assert len(set(review.shown_s)) > 10


def test_no_way_back_reads_more_than_the_block_that_it_leads_to() -> None:
    source = a_session()
    review = reviewed(source)
    assert source.blocks() > 5
    for to_s in (review.end_s, review.begin_s + 60.0, review.begin_s + 60.5, review.begin_s + 3.0):
        source.opened.clear()
        review.go(to_s)
        assert len(source.opened) <= 2


def test_many_acts_at_once_are_one_way() -> None:
    source = a_session()
    one, _ = player(reviewed(source))
    source.opened.clear()
    for _ in range(1000):
        one.step(1.0)
    for _ in range(1000):
        one.step(-1.0)
    one.step(5.0)
    assert source.opened == []
    one.settle()
    assert one.review.at_s == pytest.approx(one.review.first_s + 5.0)
    assert len(source.opened) <= 2


def test_it_plays_at_its_pace() -> None:
    one, clock = player(speed=4.0)
    clock.t_s += 0.5
    one.settle()
    assert one.review.at_s == pytest.approx(one.review.first_s + 2.0)
    one.slower()
    clock.t_s += 0.5
    one.settle()
    assert one.review.at_s == pytest.approx(one.review.first_s + 3.0)


def test_paused_no_time_passes_and_going_on_takes_up_none_of_it() -> None:
    one, clock = player(at_s=1010.0)
    one.pause_or_go()
    for _ in range(3):
        clock.t_s += 100.0
        one.settle()
    assert (one.paused, round(one.review.at_s, 3)) == (True, 1010.0)
    one.pause_or_go()
    clock.t_s += 0.25
    one.settle()
    assert (one.paused, round(one.review.at_s, 3)) == (False, 1010.25)


def test_while_the_computer_stood_still_nobody_watched_on() -> None:
    one, clock = player(at_s=1010.0, speed=2.0)
    clock.t_s += 3600.0
    one.settle()
    assert one.review.at_s == pytest.approx(1010.0 + 2.0 * LONGEST_S)


def test_at_the_end_it_stands_and_begins_again_when_asked_to() -> None:
    one, clock = player(at_s=inf)
    assert (one.ended, one.paused, one.review.at_s) == (True, True, one.review.end_s)
    one.step(1.0)
    one.settle()
    assert one.review.at_s == one.review.end_s
    one.pause_or_go()
    one.settle()
    assert (one.ended, one.paused, one.review.at_s) == (False, False, one.review.first_s)
    one.seek(one.review.end_s - 0.1)
    clock.t_s += 0.5
    one.settle()
    assert (one.ended, one.paused) == (True, True)


def test_a_step_on_and_one_back_meet() -> None:
    one, _ = player(at_s=1012.3456)
    one.settle()
    begin_s = one.review.at_s
    for by_s in (0.1, 0.1, 1.0, -0.1, -1.0, -0.1):
        one.step(by_s)
        one.settle()
    assert one.review.at_s == begin_s


def test_from_event_to_event_it_pauses_after_each_and_back_the_same_way() -> None:
    one, _ = player()
    on, back = [], []
    while one.jump(1):
        one.settle()
        on.append((one.review.at_s, one.review.told))
        assert one.paused
    while one.jump(-1):
        one.settle()
        back.append((one.review.at_s, one.review.told))
    assert back[::-1] == [(one.review.first_s, 1), *on[:-1]]
    assert on[-1][1] == len(one.review.events)
    kinds = {type(event) for event in one.review.events}
    assert kinds >= {AlarmChanged, InversionStarted, SignalChanged}


def test_leaps_add_up_before_they_are_gone() -> None:
    one, _ = player()
    third_s = sorted({s for s in one.review.shown_s if s > one.review.first_s})[2]
    for _ in range(3):
        assert one.jump(1)
    one.settle()
    assert one.review.at_s == third_s


def test_what_people_did_replays_as_it_was_recorded() -> None:
    source = told(timeline(SESSION, rate_hz=25.0))
    acts: list[tuple[float, Command]] = [(66.0, Acknowledge()), (70.0, SeenUpright())]
    source.held = sorted(
        [*source.held, *(Chunk(at_s, [], (act,)) for at_s, act in acts)], key=lambda c: c.at_s
    )
    review = reviewed(source)
    review.go(66.1)
    assert [alarm.acknowledged for alarm in review.snapshot().alarms] == [True, True]
    review.go(70.1)
    assert Noted(70.0, "seen upright") in happened(review)
    review.go(65.9)
    assert [alarm.acknowledged for alarm in review.snapshot().alarms] == [False, False]


@pytest.mark.parametrize(
    ("begun", "faster", "slower"),
    [
        (1.0, [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 64.0], [0.5, 0.25, 0.25]),
        (3.0, [4.0, 8.0], [2.0, 1.0]),
        (100.0, [100.0], [64.0]),
        (0.1, [0.25], [0.1]),
        (inf, [64.0], [32.0]),
    ],
)
def test_each_press_is_the_next_pace(
    begun: float, faster: list[float], slower: list[float]
) -> None:
    for act, paces in (("faster", faster), ("slower", slower)):
        one, _ = player(speed=begun)
        for pace in paces:
            getattr(one, act)()
            assert one.speed == pace
    assert len(SPEEDS) == 9


def one_sample() -> Recorded:
    return Recorded(stream(), list(pieces(timeline("upright 1s").samples[:1], paced=True)))


def test_a_file_of_one_sample_is_one_moment() -> None:
    one, clock = player(reviewed(one_sample()))
    assert (one.ended, one.paused, one.review.told) == (True, True, 1)
    for act in (one.pause_or_go, lambda: one.step(1.0), lambda: one.jump(1), one.faster):
        act()
        clock.t_s += 1.0
        one.settle()
        assert (one.ended, one.review.at_s) == (True, 0.0)
    assert one.jump(-1) is False


def test_a_file_of_nothing_is_a_moment_in_which_nothing_is_known() -> None:
    one, _ = player(reviewed(Recorded(stream(), [])))
    assert (one.ended, one.jump(1), one.jump(-1)) == (True, False, False)
    assert one.review.snapshot().angle_deg is None


def test_a_file_whose_time_leaps_by_days_is_gone_through_like_any() -> None:
    early, late = timeline("upright 3s"), timeline("upright 3s", start_s=500_000.0)
    review = reviewed(told(replace(early, samples=early.samples + late.samples)))
    one, _ = player(review)
    lost = next(e for e in review.events if isinstance(e, SignalChanged))
    while review.told <= review.events.index(lost):
        assert one.jump(1)
        one.settle()
    assert review.at_s == pytest.approx(lost.t_s + TICK_LAG_S, abs=0.002)
    one.seek(400_000.0)
    one.settle()
    assert review.snapshot().signal_lost
    one.seek(inf)
    one.settle()
    assert not review.snapshot().signal_lost


def test_days_of_silence_head_down_are_gone_through_like_any_block() -> None:
    """An alarm escalates all the while: without copies on the way a leap would repeat it all."""
    early, late = (
        timeline("upright 3s; to 50 in 2s; inverted 3s"),
        timeline("upright 3s", start_s=100_000.0),
    )
    source = told(replace(early, samples=early.samples + late.samples))
    review = reviewed(source)
    assert len(review.events) > 6 * EVENTS_APART
    for to_s in (90_000.0, 89_999.0, 50.0, 49.0, 99_999.9, 100_001.0):
        before = review.told if to_s > review.at_s else 0
        review.go(to_s)
        snapshot, happened_then = straight(source, review.at_s)
        assert (review.snapshot(), happened(review)) == (snapshot, happened_then)
        start = max(c.core.told for c in review._copies if c.core.told <= review.told)
        assert review.told - max(start, before) <= EVENTS_APART + 10


@pytest.mark.parametrize("start_s", [-5000.0, 0.0, 1e6 + 0.013, 1e9 / 3, 1e11])
def test_wherever_the_axis_begins_the_session_is_the_same(start_s: float) -> None:
    story = timeline("upright 3s; to 50 in 2s; inverted 4s; silence 6s; upright 3s", rate_hz=25.0)
    review = reviewed(told(shifted(story, start_s)))
    one, _ = player(review)
    kinds: list[str] = []
    while one.jump(1):
        one.settle()
        kinds += [type(event).__name__ for event in review.events[len(kinds) + 1 : review.told]]
    assert kinds == [type(event).__name__ for event in events(story)[1:]]
    assert review.end_s - review.begin_s == pytest.approx(17.96, abs=0.01)


class Stuck(Pipeline):
    """Wants the same tick again and again, as where a time is too large to be told exactly."""

    ticks = 0

    def next_deadline_s(self) -> float:
        return 1.0

    def tick(self, now_s: float) -> list[Event]:
        self.ticks += 1
        return super().tick(now_s)


def test_a_tick_that_falls_short_of_its_moment_is_no_endless_loop() -> None:
    source = told(timeline("upright 1s; silence 5s; upright 1s"))
    review = Review(source, lambda: Stuck(source.info, STANDARD))
    assert isinstance(review.whole, Stuck)
    assert 50 <= review.whole.ticks <= 250
