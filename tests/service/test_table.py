# SPDX-License-Identifier: MIT
"""One table under watch, with a clock that the test drives: no test here waits."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.stories import Story, events, lines, timeline
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    Acknowledge,
    Command,
    Distress,
    HostStalled,
    ImFine,
    SeenUpright,
    SinkStatus,
)
from upturn.core.events import AlarmChanged, Event, InversionStarted, SignalChanged
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.sample import StreamInfo
from upturn.core.snapshot import Snapshot
from upturn.errors import RunError
from upturn.service.feeding import TICK_LAG_S
from upturn.service.paced import NAP_S
from upturn.service.table import TableService
from upturn.transports.source import Chunk, pieces

SESSION = (
    "upright 3s; to 50 in 2s; inverted 62s; silence 5s; inverted 1s; to -80 in 2s; upright 3s"
)


class FakeClock:
    """Time passes only while somebody sleeps; `on_sleep` may let more pass."""

    def __init__(self) -> None:
        self.t_s = 500.0
        self.slept_s: list[float] = []
        self.on_sleep: Callable[[], None] = lambda: None

    def now_s(self) -> float:
        return self.t_s

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.t_s += seconds
        self.on_sleep()
        await asyncio.sleep(0)


class StorySource:
    """A story as a source."""

    label = "a story"
    profile: str | None = None
    profile_where = ""

    def __init__(self, story: Story, end_s: float | None = None) -> None:
        self.info: StreamInfo = story.info
        self._story = story
        self._end_s = end_s

    def chunks(self, *, paced: bool) -> Iterator[Chunk]:
        yield from pieces(self._story.samples, paced=paced)
        if self._end_s is not None:
            yield Chunk(self._end_s, [])


class Log:
    """A sink that keeps what it gets."""

    name = "log"
    fatal: tuple[type[Exception], ...] = ()

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.readings: list[float] = []

    async def event(self, event: Event) -> None:
        self.events.append(event)

    async def reading(self, snapshot: Snapshot) -> None:
        self.readings.append(snapshot.now_s)


def service(source: StorySource, clock: FakeClock, log: Log, **kwargs: object) -> TableService:
    pipeline = Pipeline(source.info, STANDARD)
    return TableService(pipeline, source, sinks=[log], host=clock, **kwargs)  # type: ignore[arg-type]


@pytest.mark.parametrize("speed", [1.0, 7.0, math.inf])
async def test_every_pace_gives_the_events_of_the_core_in_order(speed: float) -> None:
    story = timeline(SESSION)
    log = Log()
    await service(StorySource(story), FakeClock(), log, speed=speed).run()
    assert log.events == events(story)
    assert sum(isinstance(event, SignalChanged) for event in log.events) == 2


@pytest.mark.parametrize("speed", [1.0, math.inf])
async def test_what_is_due_when_no_sample_comes_any_more_is_told(speed: float) -> None:
    story = timeline("upright 1s; to 50 in 2s; inverted 2s")
    log = Log()
    await service(StorySource(story, end_s=70.0), FakeClock(), log, speed=speed).run()
    assert lines(log.events) == lines(events(story, until_s=70.0))
    raised = [event.id for event in log.events if isinstance(event, AlarmChanged)]
    assert raised == [
        AlarmId.SIGNAL_LOST,
        AlarmId.TIME_LIMIT_NEAR,
        AlarmId.TIME_LIMIT,
    ]


async def test_a_session_takes_as_long_as_it_says_at_its_pace() -> None:
    clock = FakeClock()
    story = timeline("upright 10s", start_s=1e9)
    await service(StorySource(story), clock, Log(), speed=2.0).run()
    assert clock.t_s - 500.0 == pytest.approx((10.0 - 0.02) / 2.0, abs=0.002)
    assert max(clock.slept_s) <= NAP_S


async def test_a_deadline_is_met_when_it_is_due_and_not_at_the_next_nap() -> None:
    clock = FakeClock()
    log = Log()
    seen_s: dict[AlarmId, float] = {}
    running = service(StorySource(timeline("upright 1s; inverted 1s"), end_s=9.0), clock, log)

    def note() -> None:
        for view in running.snapshot().alarms:
            seen_s.setdefault(view.spec.id, clock.t_s - 500.0)

    clock.on_sleep = note
    await running.run()
    lost_s = 1.98 + 2.0
    assert lost_s + TICK_LAG_S <= seen_s[AlarmId.SIGNAL_LOST] <= lost_s + TICK_LAG_S + NAP_S


async def test_a_host_that_is_late_again_and_again_loses_no_signal_by_that() -> None:
    clock = FakeClock()
    log = Log()
    story = timeline("upright 1s; to 50 in 2s; inverted 65s")

    def dawdle() -> None:
        clock.t_s += 2.9

    clock.on_sleep = dawdle
    await service(StorySource(story), clock, log, speed=60.0).run()
    assert log.events == events(story)


async def test_a_host_that_stood_still_is_told_once() -> None:
    clock = FakeClock()
    log = Log()
    kept: list[Command] = []
    running = service(
        StorySource(timeline("upright 1s; to 50 in 2s; inverted 9s")),
        clock,
        log,
        recorder=lambda chunk: kept.extend(chunk.commands),
    )

    def stall() -> None:
        if 505.0 < clock.t_s < 506.0:
            clock.t_s += 4.0

    clock.on_sleep = stall
    await running.run()
    (told,) = kept
    assert isinstance(told, HostStalled)
    assert told.gap_s == pytest.approx(4.0)
    raised = [event.id for event in log.events if isinstance(event, AlarmChanged)]
    assert AlarmId.HOST_STALLED in raised


async def test_a_command_acts_at_the_present_time_and_is_recorded() -> None:
    clock = FakeClock()
    log = Log()
    kept: list[Chunk] = []
    source = StorySource(timeline("upright 4s"))
    running = service(source, clock, log, recorder=kept.append)
    answers: list[str | None] = []

    def call() -> None:
        if not answers and clock.t_s >= 502.0:
            answers.append(running.command(Distress("dashboard")))
            answers.append(running.command(Acknowledge(AlarmId.FALL)))

    clock.on_sleep = call
    await running.run()
    assert answers == [None, "acknowledge refused: fall has no such occurrence now"]
    raised = next(event for event in log.events if isinstance(event, AlarmChanged))
    assert raised.id is AlarmId.DISTRESS
    assert raised.t_s == pytest.approx(2.0, abs=0.06)
    at = [chunk for chunk in kept if chunk.commands]
    assert [chunk.commands for chunk in at] == [
        (Distress("dashboard"),),
        (Acknowledge(AlarmId.FALL),),
    ]
    assert at[0].at_s == raised.t_s
    assert [s for chunk in kept for s in chunk.samples] == source._story.samples


@pytest.mark.parametrize(
    ("acts", "inversions"),
    [
        ([(510.0, Distress()), (511.0, Acknowledge()), (536.0, ImFine())], 1),
        ([(539.0, SeenUpright())], 2),
    ],
)
async def test_what_was_recorded_gives_the_same_events_again(
    acts: list[tuple[float, Command]], inversions: int
) -> None:
    clock = FakeClock()
    log = Log()
    kept: list[Chunk] = []
    story = timeline("upright 2s; to 50 in 2s; inverted 30s; silence 3s; inverted 3s")
    source = StorySource(story, end_s=60.0)
    running = service(source, clock, log, recorder=kept.append)
    waiting = list(acts)

    def act() -> None:
        if waiting and clock.t_s >= waiting[0][0]:
            running.command(waiting.pop(0)[1])

    clock.on_sleep = act
    await running.run()
    core = Pipeline(source.info, STANDARD)
    again: list[Event] = []
    for chunk in kept:
        if not chunk.samples and not chunk.commands:
            again += core.tick(chunk.at_s)
        again += core.feed(chunk.samples)
        for command in chunk.commands:
            again += core.command(command, chunk.at_s)
    assert lines(log.events) == lines(again)
    assert sum(isinstance(event, InversionStarted) for event in again) == inversions


async def test_the_observer_sees_the_newest_sample_and_every_event() -> None:
    seen: list[tuple[float, float, list[Event]]] = []
    story = timeline("upright 2s; to 50 in 2s; inverted 2s")
    await service(
        StorySource(story),
        FakeClock(),
        Log(),
        observer=lambda t_s, angle_deg, told: seen.append((t_s, angle_deg, list(told))),
    ).run()
    assert [event for _, _, told in seen for event in told] == events(story)
    assert seen[-1][0] == story.samples[-1].t_s
    assert seen[-1][1] == pytest.approx(50.0, abs=2.0)


async def test_readings_come_once_a_second_and_with_every_event() -> None:
    log = Log()
    await service(StorySource(timeline("upright 10s")), FakeClock(), log).run()
    assert 10 <= len(log.readings) <= 12


async def test_when_it_has_ended_time_stands_still_at_the_newest_sample() -> None:
    clock = FakeClock()
    running = service(StorySource(timeline("upright 2s")), clock, Log())
    await running.run()
    clock.t_s += 100.0
    assert running.ended
    assert (running.now_s(), running.snapshot().now_s) == (1.98, 1.98)


async def test_the_end_of_a_source_takes_no_exposure_back() -> None:
    """The silence up to the end was counted, and alarmed; it stays so."""
    running = service(StorySource(timeline("inverted 40s"), end_s=70.0), FakeClock(), Log())
    await running.run()
    assert (running.ended, running.now_s()) == (True, 70.0)
    assert running.snapshot().exposure_s == pytest.approx(70.0)
    assert running.pipeline.summary().inverted_s == pytest.approx(70.0)


async def test_before_the_first_sample_there_is_a_time_too() -> None:
    running = service(StorySource(timeline("upright 2s")), FakeClock(), Log(), speed=math.inf)
    assert running.now_s() == 0.0
    assert running.snapshot().signal_age_s is None


class Failing(Log):
    """Fails until it is told to work."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault: Exception | None = fault

    async def event(self, event: Event) -> None:
        if self.fault is not None:
            raise self.fault
        await super().event(event)


async def test_a_sink_that_fails_is_an_alarm_and_what_it_missed_fails_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("upturn.service.table.DRAIN_S", 0.001)
    good, bad = Log(), Failing(OSError("no route"))
    source = StorySource(timeline("upright 4s"))
    running = TableService(
        Pipeline(source.info, STANDARD), source, sinks=[bad, good], host=FakeClock()
    )
    with pytest.raises(RunError) as caught:
        await running.run()
    alarms = [event for event in good.events if isinstance(event, AlarmChanged)]
    assert [(event.id, event.state) for event in alarms] == [(AlarmId.SINK_FAILED, "raised")]
    assert "log (no route)" in alarms[0].message
    assert str(caught.value) == (f"log: {len(good.events)} events were not delivered (no route)")


async def test_a_fatal_failure_of_a_sink_ends_the_run_as_itself() -> None:
    bad = Failing(BrokenPipeError())
    bad.fatal = (BrokenPipeError,)
    source = StorySource(timeline("upright 400s"))
    running = TableService(Pipeline(source.info, STANDARD), source, sinks=[bad], host=FakeClock())
    with pytest.raises(BrokenPipeError):
        await running.run()
    assert running.pipeline.last_sample_s < 100.0


async def test_a_recording_that_fails_is_an_alarm_and_the_watch_goes_on() -> None:
    log = Log()

    def full(chunk: Chunk) -> None:
        if chunk.at_s > 1.0:
            raise RunError("the disk is full")

    running = service(StorySource(timeline("upright 9s")), FakeClock(), log, recorder=full)
    await running.run()
    assert running.pipeline.last_sample_s == pytest.approx(9.0, abs=0.1)
    (failed,) = [event for event in log.events if isinstance(event, AlarmChanged)]
    assert (failed.id, failed.state) == (AlarmId.SINK_FAILED, "raised")
    assert "recording (the disk is full)" in str(failed)


async def test_a_recording_that_fails_amid_a_command_spoils_no_command() -> None:
    calls: list[Chunk] = []

    def full(chunk: Chunk) -> None:
        calls.append(chunk)
        raise RunError("the disk is full")

    running = service(StorySource(timeline("upright 9s")), FakeClock(), Log(), recorder=full)
    assert running.command(Distress()) is None
    assert running.snapshot().alarms[0].spec.id is AlarmId.DISTRESS
    await running.run()
    assert len(calls) == 1


async def test_a_run_that_is_cancelled_delivers_what_it_has() -> None:
    clock = FakeClock()
    log = Log()
    running = service(StorySource(timeline("upright 9s")), clock, log)
    task = asyncio.create_task(running.run())

    def stop() -> None:
        if clock.t_s > 503.0:
            running.command(Distress())
            task.cancel()

    clock.on_sleep = stop
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(log.events[-1], AlarmChanged)
    assert log.events[-1].id is AlarmId.DISTRESS
    assert running.ended


async def test_a_sinks_report_is_recorded_like_any_command() -> None:
    kept: list[Command] = []
    bad = Failing(OSError("no route"))
    clock = FakeClock()
    source = StorySource(timeline("upright 4s"))
    running = TableService(
        Pipeline(source.info, STANDARD),
        source,
        sinks=[bad],
        host=clock,
        recorder=lambda chunk: kept.extend(chunk.commands),
    )

    def mend() -> None:
        if kept:
            bad.fault = None

    clock.on_sleep = mend
    running._bus.outlets[0]._retry_s = 0.0
    await running.run()
    assert kept == [
        SinkStatus("log", working=False, reason="no route"),
        SinkStatus("log", working=True),
    ]


class Ear:
    """A listener that keeps what it gets, and may fail at a moment."""

    name = "ear"

    def __init__(self, fails_at_s: float = math.inf) -> None:
        self.events: list[Event] = []
        self.heard_s: list[float] = []
        self.ended = False
        self._fails_at_s = fails_at_s

    def heard(self, events: Sequence[Event], snapshot: Snapshot) -> None:
        if snapshot.now_s >= self._fails_at_s:
            raise KeyError("no such thing")
        self.events += events
        self.heard_s.append(snapshot.now_s)

    def end(self) -> None:
        self.ended = True


@pytest.mark.parametrize("speed", [0.25, 1.0, 7.0, math.inf])
async def test_a_listener_hears_every_event_and_the_table_at_least_once_a_second(
    speed: float,
) -> None:
    story, ear, clock = timeline(SESSION), Ear(), FakeClock()
    source = StorySource(story)
    running = TableService(
        Pipeline(source.info, STANDARD), source, speed=speed, listeners=[ear], host=clock
    )
    await running.run()
    assert lines(ear.events) == lines(events(story))
    if math.isfinite(speed):
        gaps_s = [b - a for a, b in zip(ear.heard_s, ear.heard_s[1:], strict=False)]
        longest_s = max(gaps_s) / max(speed, 1.0)  # of the host, or of the table if that is slow
        assert longest_s <= min(speed, 1.0) * (1.0 + NAP_S) + 0.1


async def test_a_listener_that_fails_is_an_alarm_and_hears_no_more() -> None:
    log, ear = Log(), Ear(fails_at_s=2.0)
    source = StorySource(timeline("upright 4s"))
    running = TableService(
        Pipeline(source.info, STANDARD), source, sinks=[log], listeners=[ear], host=FakeClock()
    )
    await running.run()
    (failed,) = [event for event in log.events if isinstance(event, AlarmChanged)]
    assert (failed.id, failed.state) == (AlarmId.SINK_FAILED, "raised")
    assert "ear (KeyError: 'no such thing')" in failed.message
    assert ear.ended
    assert running.pipeline.last_sample_s == pytest.approx(4.0, abs=0.1)
