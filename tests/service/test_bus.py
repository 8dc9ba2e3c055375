# SPDX-License-Identifier: MIT
"""Queues between the core and its sinks: what may be lost, what never is, and what is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from upturn.core.alarm_table import AlarmId, Priority
from upturn.core.commands import SinkStatus
from upturn.core.events import AlarmChanged, AlarmState, Event, Noted
from upturn.core.limits import STANDARD
from upturn.core.pipeline import Pipeline
from upturn.core.sample import StreamInfo
from upturn.core.snapshot import Snapshot
from upturn.service.bus import Bus, Outlet


def alarm(t_s: float) -> AlarmChanged:
    return AlarmChanged(t_s, AlarmId.DISTRESS, 1, Priority.HIGH, AlarmState.RAISED, "help")


def snapshot(t_s: float) -> Snapshot:
    return Pipeline(StreamInfo(), STANDARD).snapshot(t_s)


class FakeSink:
    """Takes things while its gate is open; raises what it is told to."""

    name = "fake"
    fatal: tuple[type[Exception], ...] = (BrokenPipeError,)

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.readings: list[float] = []
        self.faults: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def event(self, event: Event) -> None:
        await self._pass()
        self.events.append(event)

    async def reading(self, snapshot: Snapshot) -> None:
        await self._pass()
        self.readings.append(snapshot.now_s)

    async def _pass(self) -> None:
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)


class Told(list[SinkStatus]):
    """Reports, and a way to wait for them."""

    def __init__(self) -> None:
        self._more = asyncio.Event()

    def __call__(self, status: SinkStatus, /) -> None:
        self.append(status)
        self._more.set()

    async def something(self) -> None:
        await self._more.wait()


@asynccontextmanager
async def running(outlet: Outlet) -> AsyncIterator[None]:
    task = asyncio.create_task(outlet.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_events_arrive_in_order() -> None:
    sink, told = FakeSink(), Told()
    outlet = Outlet(sink, told)
    events: list[Event] = [Noted(0.0, "a"), alarm(1.0), Noted(2.0, "b")]
    async with running(outlet):
        outlet.put(events[:2])
        outlet.put(events[2:])
        assert await outlet.drained(1.0)
    assert sink.events == events
    assert (told, outlet.waiting, outlet.dropped) == ([], 0, 0)


async def test_a_reading_that_nobody_took_is_replaced_by_the_newest() -> None:
    sink = FakeSink()
    outlet = Outlet(sink, Told())
    for t_s in (1.0, 2.0, 3.0):
        outlet.show(snapshot(t_s))
    async with running(outlet):
        assert await outlet.drained(1.0)
    assert sink.readings == [3.0]


async def test_events_go_before_readings() -> None:
    sink = FakeSink()
    outlet = Outlet(sink, Told())
    outlet.show(snapshot(1.0))
    outlet.put([alarm(1.0)])
    sink.faults = [OSError("full")]
    async with running(outlet):
        await asyncio.sleep(0)
        assert sink.readings == []


async def test_a_crowd_costs_the_oldest_of_other_events_but_no_alarm() -> None:
    sink, told = FakeSink(), Told()
    outlet = Outlet(sink, told, kept=4)
    for i in range(4):
        outlet.put([Noted(float(i), "note"), alarm(float(i))])
    assert outlet.waiting == 4
    outlet.put([alarm(9.0)])
    assert told == [
        SinkStatus("fake", working=False, reason="it is too slow, and events were given up")
    ]
    assert outlet.dropped == 4
    async with running(outlet):
        assert await outlet.drained(1.0)
    assert sink.events == [*(alarm(float(i)) for i in range(4)), alarm(9.0)]
    assert told[1:] == [SinkStatus("fake", working=True)]


async def test_an_event_under_delivery_is_not_given_up_for_another() -> None:
    sink = FakeSink()
    sink.gate.clear()
    outlet = Outlet(sink, Told(), kept=2)
    async with running(outlet):
        outlet.put([Noted(0.0, "under way"), alarm(1.0)])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        outlet.put([Noted(2.0, "b"), Noted(3.0, "c"), alarm(4.0)])
        sink.gate.set()
        assert await outlet.drained(1.0)
    assert sink.events == [Noted(0.0, "under way"), alarm(1.0), alarm(4.0)]
    assert outlet.dropped == 2


async def test_a_failing_sink_is_told_once_for_each_reason_and_tried_until_it_works() -> None:
    sink, told = FakeSink(), Told()
    sink.faults = [OSError("no\nroute"), OSError("no\nroute"), ValueError()]
    outlet = Outlet(sink, told, retry_s=0.0)
    async with running(outlet):
        outlet.put([alarm(0.0), alarm(1.0)])
        assert await outlet.drained(1.0)
    assert sink.events == [alarm(0.0), alarm(1.0)]
    assert told == [
        SinkStatus("fake", working=False, reason="no route"),
        SinkStatus("fake", working=False, reason="ValueError"),
        SinkStatus("fake", working=True),
    ]


async def test_a_sink_that_does_not_answer_is_told_and_its_event_is_delivered_once() -> None:
    sink, told = FakeSink(), Told()
    sink.gate.clear()
    outlet = Outlet(sink, told, patience_s=0.001)
    async with running(outlet):
        outlet.put([alarm(0.0)])
        await told.something()
        assert told == [SinkStatus("fake", working=False, reason="no answer for 0.001 s")]
        assert not await outlet.drained(0.001)
        sink.gate.set()
        assert await outlet.drained(1.0)
    assert sink.events == [alarm(0.0)]
    assert told[1:] == [SinkStatus("fake", working=True)]


async def test_slow_progress_is_waited_for() -> None:
    sink = FakeSink()
    outlet = Outlet(sink, Told())
    sink.gate.clear()
    async with running(outlet):
        outlet.put([alarm(0.0), alarm(1.0)])
        waiting = asyncio.create_task(outlet.drained(0.01))
        await asyncio.sleep(0)
        outlet._taken += 1  # something was delivered while nobody looked
        sink.gate.set()
        assert await waiting


async def test_a_fatal_failure_ends_the_outlet_and_keeps_the_event() -> None:
    sink = FakeSink()
    sink.faults = [BrokenPipeError()]
    bus = Bus([sink], Told())
    task = asyncio.create_task(bus.outlets[0].run())
    bus.publish([alarm(0.0)])
    with pytest.raises(BrokenPipeError):
        await task
    bus.publish([alarm(1.0)])
    await bus.drained(60.0)
    assert bus.undelivered() == ["fake: 2 events were not delivered"]


async def test_one_sink_that_hangs_holds_up_no_other() -> None:
    slow, quick = FakeSink(), FakeSink()
    slow.gate.clear()
    bus = Bus([slow, quick], Told())
    async with running(bus.outlets[0]), running(bus.outlets[1]):
        bus.publish(iter([alarm(0.0)]))
        bus.show(snapshot(1.0))
        assert await bus.outlets[1].drained(1.0)
        assert (quick.events, quick.readings) == ([alarm(0.0)], [1.0])
        assert (slow.events, slow.readings) == ([], [])
    assert bus.undelivered() == ["fake: 1 events were not delivered"]


async def test_room_is_waited_for_only_where_it_is_short() -> None:
    sink = FakeSink()
    bus = Bus([sink], Told())
    outlet = bus.outlets[0]
    outlet.put([alarm(0.0)])
    await bus.room(60.0)
    assert outlet.waiting == 1
    outlet.put(Noted(float(i), "x") for i in range(5001))
    async with running(outlet):
        await bus.room(60.0)
    assert outlet.waiting == 0
