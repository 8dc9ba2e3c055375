# SPDX-License-Identifier: MIT
"""A node on a link under watch, in virtual time."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.service.scripted_link import START_S, ScriptedLink
from tests.stories import events as events_of
from tests.stories import stream, tell, timeline
from upturn.cli.main import main
from upturn.core.alarm_table import ALARMS, AlarmId, Priority
from upturn.core.commands import Acknowledge, Command, Distress, HostStalled, SeenUpright
from upturn.core.events import AlarmChanged, Event, Noted, SignalChanged, to_json
from upturn.core.limits import STANDARD
from upturn.core.past import Past
from upturn.core.pipeline import Pipeline
from upturn.core.snapshot import AlarmView, Snapshot
from upturn.errors import RunError
from upturn.service import table
from upturn.service.feeding import TICK_LAG_S, feed_chunk
from upturn.service.live import wish_of
from upturn.service.table import TableService, Taken
from upturn.transports.recording import Recorder, read_recording
from upturn.transports.source import Chunk, Wish

INVERTED = "upright 2s; to 50 in 2s; inverted 20s"


def _told(events: list[Event], start_s: float) -> list[tuple[float, str]]:
    """Times since the start, and events without what the wire rounds."""
    rounded = r',? ?"(t_s|since_s|angle_deg|peak_angle_deg)": [-\d.]+'
    lines = [(event.t_s - start_s, to_json(event)) for event in events]
    return [(t_s, re.sub(rounded, "", line[1:])) for t_s, line in lines if line is not None]


class Log:
    """A sink that keeps what it gets."""

    name = "log"
    fatal: tuple[type[Exception], ...] = ()

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def event(self, event: Event) -> None:
        self.events.append(event)

    async def reading(self, snapshot: Snapshot) -> None:
        pass

    def raised(self) -> dict[AlarmId, float]:
        """When each alarm was raised first, in seconds since the start."""
        first: dict[AlarmId, float] = {}
        for event in self.events:
            if isinstance(event, AlarmChanged) and event.state == "raised":
                first.setdefault(event.id, event.t_s - START_S)
        return first


def watched(link: ScriptedLink, **kwargs: object) -> tuple[TableService, Log]:
    log = Log()
    pipeline = Pipeline(link.info, STANDARD, start_s=link.axis_s(link.host_s()))
    return TableService(pipeline, link, sinks=[log], **kwargs), log  # type: ignore[arg-type]


async def test_a_prompt_link_gives_the_events_of_the_core() -> None:
    story = timeline("upright 3s; to 50 in 2s; inverted 62s; silence 5s; inverted 1s; upright 3s")
    link = ScriptedLink(story, end_s=story.samples[-1].t_s)
    running, log = watched(link)
    await running.run()
    lived, expected = _told(log.events, START_S), _told(events_of(story), 0.0)
    assert [words for _, words in lived] == [words for _, words in expected]
    assert [t_s for t_s, _ in lived] == pytest.approx([t_s for t_s, _ in expected], abs=0.02)
    assert running.ended


async def test_a_node_that_never_comes_is_told_after_15_s() -> None:
    running, log = watched(ScriptedLink(None, end_s=20.0))
    await running.run()
    assert log.raised() == {AlarmId.NO_SIGNAL_YET: pytest.approx(15.0)}


async def test_silence_is_an_alarm_when_it_is_due_and_no_nap_later() -> None:
    link = ScriptedLink(timeline(INVERTED), end_s=30.0)
    running, log = watched(link)
    seen_s: list[float] = []

    def look(now_s: float) -> None:
        if not seen_s and AlarmId.SIGNAL_LOST in {
            view.spec.id for view in running.snapshot().alarms
        }:
            seen_s.append(now_s)

    link.on_wait = look
    await running.run()
    lost_s = 23.98 + 2.0
    assert log.raised()[AlarmId.SIGNAL_LOST] == pytest.approx(lost_s, abs=0.02)
    assert seen_s[0] == pytest.approx(lost_s + TICK_LAG_S, abs=0.03)


async def test_a_host_that_stood_still_finds_what_has_waited_and_loses_no_signal() -> None:
    link = ScriptedLink(timeline(INVERTED), end_s=23.9)
    link.stalls = [(10.0, 6.0)]
    kept: list[Command] = []
    running, log = watched(link, recorder=lambda chunk: kept.extend(chunk.commands))
    await running.run()
    (told,) = kept
    assert isinstance(told, HostStalled)
    assert told.gap_s == pytest.approx(6.0, abs=0.3)
    assert [event for event in log.events if isinstance(event, SignalChanged)] == []
    assert AlarmId.HOST_STALLED in log.raised()


async def test_a_command_comes_after_what_had_arrived_before_it() -> None:
    link = ScriptedLink(timeline(INVERTED), end_s=12.0)
    kept: list[Chunk] = []
    running, log = watched(link, recorder=kept.append)

    def call(now_s: float) -> None:
        if now_s >= 6.0 and not link.acknowledged:
            link._now_s += 1.0  # the loop was held up, and a key was pressed
            link.bring()
            running.command(Distress())
            running.command(Acknowledge())
            running.command(Acknowledge(AlarmId.DISTRESS))

    link.on_wait = call
    await running.run()
    at = next(i for i, chunk in enumerate(kept) if chunk.commands)
    assert len(kept[at - 1].samples) == 50
    assert kept[at].at_s == pytest.approx(START_S + 7.0, abs=0.1)
    assert log.raised()[AlarmId.DISTRESS] == pytest.approx(7.0, abs=0.1)
    assert link.acknowledged == 1


async def test_the_nodes_buzzer_is_asked_for_what_sounds() -> None:
    link = ScriptedLink(timeline("upright 2s; to 50 in 2s; inverted 64s"), end_s=68.0)
    running, _ = watched(link)
    acts: list[tuple[float, Command]] = [(65.0, Acknowledge(AlarmId.TIME_LIMIT))]

    def act(now_s: float) -> None:
        if acts and now_s >= acts[0][0]:
            running.command(acts.pop(0)[1])

    link.on_wait = act
    await running.run()
    assert link.wishes == [Wish(), Wish(Priority.MEDIUM), Wish(Priority.HIGH), Wish(paused=True)]
    assert link.acknowledged == 1  # what the node alarms by itself is paused with it


async def test_the_node_is_not_acknowledged_while_something_else_sounds() -> None:
    link = ScriptedLink(timeline("upright 2s; to 50 in 2s; inverted 64s"), end_s=68.0)
    running, _ = watched(link)
    acts: list[Command] = [Distress(), Acknowledge(AlarmId.TIME_LIMIT)]

    def act(now_s: float) -> None:
        if acts and now_s >= 65.0:
            running.command(acts.pop(0))

    link.on_wait = act
    await running.run()
    assert link.acknowledged == 0


def view(id_: AlarmId, *, sounding: bool = True, pause_left_s: float = 0.0) -> AlarmView:
    spec = ALARMS[id_]
    priority = spec.priorities[0]
    return AlarmView(spec, 1, priority, "", "", 0.0, True, False, sounding, pause_left_s, True)


@pytest.mark.parametrize(
    ("alarms", "inverted", "wish"),
    [
        ([], True, Wish()),
        ([view(AlarmId.TIME_LIMIT_NEAR), view(AlarmId.TIME_LIMIT)], True, Wish(Priority.HIGH)),
        ([view(AlarmId.DISTRESS)], False, Wish(Priority.HIGH)),
        ([view(AlarmId.NOT_CALIBRATED)], False, Wish()),
        ([view(AlarmId.NOT_CALIBRATED)], True, Wish(Priority.MEDIUM)),
        ([view(AlarmId.DISTRESS, sounding=False, pause_left_s=9.0)], False, Wish(paused=True)),
        ([view(AlarmId.TIME_LIMIT, sounding=False)], True, Wish()),
        (
            [
                view(AlarmId.TIME_LIMIT, sounding=False, pause_left_s=9.0),
                view(AlarmId.IMPACT),
            ],
            True,
            Wish(Priority.MEDIUM),
        ),
    ],
)
def test_what_the_alarms_ask_of_the_buzzer(
    alarms: list[AlarmView], inverted: bool, wish: Wish
) -> None:
    assert wish_of(tuple(alarms), inverted=inverted) == wish


async def test_time_without_arrivals_is_recorded_once_a_second_and_to_its_end() -> None:
    kept: list[Chunk] = []
    running, _ = watched(ScriptedLink(None, end_s=4.5), recorder=kept.append)
    await running.run()
    times_s = [chunk.arrival.host_s - START_S for chunk in kept if chunk.arrival is not None]
    assert len(times_s) == len(kept)
    assert times_s == pytest.approx([1.0, 2.0, 3.0, 4.0, 4.5], abs=0.3)


async def test_a_fault_of_the_link_itself_ends_the_run_as_itself() -> None:
    link = ScriptedLink(None, end_s=1.0)
    link.fault = RunError("the link is broken")
    running, _ = watched(link)
    with pytest.raises(RunError, match="the link is broken"):
        await running.run()


async def test_a_recording_that_fails_is_an_alarm_and_the_watch_goes_on() -> None:
    def full(chunk: Chunk) -> None:
        raise RunError("the disk is full")

    running, log = watched(ScriptedLink(timeline(INVERTED), end_s=20.0), recorder=full)
    await running.run()
    assert log.raised()[AlarmId.SINK_FAILED] < 1.0
    assert running.pipeline.last_sample_s - START_S > 19.0


async def test_when_it_has_ended_time_stands_still() -> None:
    link = ScriptedLink(timeline(INVERTED), end_s=10.0)
    running, _ = watched(link)
    await running.run()
    link._now_s += 100.0
    assert running.now_s() == pytest.approx(START_S + 10.0, abs=0.1)
    assert running.snapshot().now_s == running.now_s()


SESSION = (
    "upright 2s; to 50 in 2s; inverted 47s; silence 4s; inverted 16s; "
    "to -80 in 2s; upright 3s; silence 12s; upright 1s"
)
ACTS: tuple[tuple[float, Command], ...] = (
    (30.0, Distress()),
    (31.0, Acknowledge()),
    (66.5, Acknowledge(AlarmId.TIME_LIMIT)),
    (90.5, SeenUpright()),
)


@settings(max_examples=12)
@given(
    delays_s=st.lists(st.floats(0.0, 3.0), min_size=1, max_size=9),
    stall_s=st.sampled_from([0.0, 2.5, 8.0]),
)
def test_what_was_recorded_of_a_link_replays_to_the_same_events(
    delays_s: list[float],
    stall_s: float,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """However late and bursty it was, and with what people did meanwhile."""
    path = tmp_path_factory.getbasetemp() / "link.jsonl"
    path.unlink(missing_ok=True)

    async def live() -> list[str]:
        link = ScriptedLink(timeline(SESSION), end_s=95.0, delays_s=delays_s)
        link.stalls = [(40.0, stall_s)]
        start_s = link.axis_s(link.host_s())
        recorder = Recorder(path, link, link.info, "standard", start_s=start_s)
        running, log = watched(link, recorder=recorder.piece)
        acts = list(ACTS)

        def act(now_s: float) -> None:
            while acts and now_s >= acts[0][0]:
                running.command(acts.pop(0)[1])

        link.on_wait = act
        await running.run()
        recorder.close()
        told = [to_json(event) for event in log.events]
        return [line for line in told if line is not None]

    lived = asyncio.run(live())
    assert any('"time_limit"' in line for line in lived)
    for paced in (True, False):
        assert _replayed(path, paced=paced) == lived


def _replayed(path: Path, *, paced: bool) -> list[str]:
    recording = read_recording(path)
    core = Pipeline(recording.info, STANDARD, start_s=recording.start_s)
    told = [
        to_json(event)
        for chunk in recording.chunks(paced=paced)
        for event in feed_chunk(core, chunk)
    ]
    return [line for line in told if line is not None]


def test_a_recorded_link_is_replayed_and_summed_up_by_the_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "link.jsonl.gz"

    async def live() -> tuple[list[Event], TableService]:
        link = ScriptedLink(timeline(SESSION), end_s=95.0, delays_s=(0.0, 0.4))
        recorder = Recorder(path, link, link.info, "standard", start_s=START_S)
        running, log = watched(link, recorder=recorder.piece)
        await running.run()
        recorder.close()
        return log.events, running

    lived, running = asyncio.run(live())
    assert main(["replay", str(path), "--json"]) == 0
    *told, summary = capsys.readouterr().out.splitlines()
    assert told == [line for event in lived if (line := to_json(event)) is not None]
    assert summary == to_json(running.pipeline.summary())
    assert main(["analyze", str(path), "--json"]) == 0
    assert capsys.readouterr().out.splitlines() == [summary]
    again = tmp_path / "again.jsonl"
    words = ["--source", f"replay:{path}", "--headless", "--speed", "max", "--json"]
    assert main(["record", *words, "--out", str(again)]) == 0
    assert capsys.readouterr().out.splitlines() == [*told, summary]
    first, second = read_recording(path), read_recording(again)
    assert replace(second, label=first.label, profile_where=first.profile_where) == first


class Other:
    """Another watch of the table: it ends at that look."""

    def __init__(self, ends_at: int, taken: Taken | None) -> None:
        self.looks = 0
        self._ends_at = ends_at
        self._taken = taken

    def lives(self) -> bool:
        self.looks += 1
        return self.looks < self._ends_at

    def left(self) -> Taken | None:
        return self._taken


@dataclass(frozen=True)
class Left:
    past: Past
    gap_s: float = 10.0
    rested_s: float = 10.0


def left_inverted() -> Left:
    core = Pipeline(stream(), STANDARD, start_s=0.0)
    tell(core, timeline("at 20 30s"))
    past = core.past(30.0)
    assert past is not None
    return Left(past)


@pytest.mark.parametrize("ends_at", [1, 3, 5])
async def test_what_another_watch_leaves_is_taken_up_before_the_first_sample(ends_at: int) -> None:
    other = Other(ends_at, left_inverted())
    link = ScriptedLink(timeline("at 20 2s"), end_s=2.0)
    running, log = watched(link, earlier=other)
    await running.run()
    assert other.looks == ends_at
    assert "goes on after 10 s without a watch" in [
        event.text for event in log.events if isinstance(event, Noted)
    ]
    assert running.snapshot().exposure_s == pytest.approx(42.0, abs=0.2)


async def test_another_watch_that_does_not_end_keeps_nobody_from_being_watched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "ENDING_S", 0.1)
    link = ScriptedLink(timeline("at 20 2s"), end_s=2.0)
    running, log = watched(link, earlier=Other(10_000, left_inverted()))
    await running.run()
    assert not [event for event in log.events if isinstance(event, Noted)]
    assert running.snapshot().exposure_s == pytest.approx(2.0, abs=0.2)
