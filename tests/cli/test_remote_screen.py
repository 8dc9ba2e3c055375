# SPDX-License-Identifier: MIT
"""What the sound of a remote screen hears: every table, its lost link, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack

import pytest

from tests.dashboard.scenes import CALM, alarm, inverted
from tests.remote.said import HOST, NODE, Who, alarms_bytes, owner_bytes, state_bytes
from upturn.cli import remote_screen as module
from upturn.cli.cores import Act
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import SinkStatus
from upturn.core.events import Event
from upturn.core.snapshot import Snapshot
from upturn.remote.known import GONE_S, KnownTables
from upturn.remote.own_alarm import LINK_LOST


class FakeTable:
    """One table's sound, as far as it is used."""

    name = "sound"

    def __init__(self) -> None:
        self.heard_last: Snapshot | None = None
        self.ended = False
        self.called = ""

    def listeners(self) -> list[FakeTable]:
        return [self]

    def begin(self, act: Act) -> None:
        act(SinkStatus("sound", working=False, reason="no output"))

    def call(self, name: str) -> None:
        self.called = name

    def end(self) -> None:
        self.ended = True

    def heard(self, _events: Sequence[Event], snapshot: Snapshot) -> None:
        self.heard_last = snapshot


class Screen:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        self.known = KnownTables(lambda: self.now_s)
        self.known.connected("")
        self.keys: dict[str, FakeTable] = {}
        monkeypatch.setattr(module, "LOOK_S", 0.0)

    def table(self, _name: str, key: str) -> FakeTable:
        return self.keys.setdefault(key, FakeTable())

    @property
    def tables(self) -> dict[str, FakeTable]:
        return {table.called: table for table in self.keys.values()}

    def told(self, snapshot: Snapshot, **who: Unpack[Who]) -> None:
        node = who.get("node", NODE)
        for leaf, payload in (
            ("owner", owner_bytes(who.get("host", HOST))),
            ("alarms", alarms_bytes(self.now_s, snapshot, **who)),
            ("state", state_bytes(self.now_s, snapshot, **who)),
        ):
            self.known.hear(f"upturn/{node}/{leaf}", payload, retained=False)

    async def goes_on(self) -> None:
        sound: Any = self
        task = asyncio.create_task(module._hear(self.known, sound))
        for _ in range(10):
            await asyncio.sleep(0.0)
        task.cancel()
        await asyncio.wait({task})


async def test_the_alarm_of_a_lost_link_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    screen.told(inverted(20.0))
    screen.now_s = 4.0
    await screen.goes_on()
    heard = screen.tables["Attic"].heard_last
    assert heard is not None
    assert [alarm.spec.title for alarm in heard.alarms if alarm.sounding] == [
        LINK_LOST.title,
        "No sound at this screen",
    ]
    assert heard.not_ready == (f"nothing new from {HOST}", "no output")


async def test_a_table_that_goes_is_ended_and_another_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Screen(monkeypatch)
    screen.told(replace(CALM, node_off=True))
    task = asyncio.create_task(module._hear(screen.known, screen))  # type: ignore[arg-type]
    for screen.now_s in (0.0, 5.0, 5.0 + GONE_S):
        for _ in range(5):
            await asyncio.sleep(0.0)
    assert screen.tables["Attic"].ended is True
    assert screen.tables[""].heard_last is not None
    task.cancel()
    await asyncio.wait({task})


TWO: tuple[Who, Who] = (
    {"node": "aaaaaaaaaaaa", "host": "host-a", "name": "table"},
    {"node": "bbbbbbbbbbbb", "host": "host-b", "name": "table"},
)


async def test_two_tables_of_one_name_are_heard_apart_in_whatever_order_they_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The broker kept that the first was there: it is listed before the second."""
    first, second = TWO
    screen = Screen(monkeypatch)
    screen.known.hear(f"upturn/{first['node']}/owner", owner_bytes("host-a"), retained=True)
    task = asyncio.create_task(module._hear(screen.known, screen))  # type: ignore[arg-type]

    async def goes_on() -> None:
        for _ in range(5):
            await asyncio.sleep(0.0)

    screen.told(CALM, **second)
    await goes_on()
    too_long = inverted(70.0, alarms=(alarm(AlarmId.TIME_LIMIT),))
    screen.told(too_long, **first)
    screen.told(CALM, **second)
    await goes_on()
    screen.told(CALM, **second)
    await goes_on()
    alarms = {
        table.called: [view.spec.id for view in table.heard_last.alarms if view.sounding]
        for table in screen.keys.values()
        if table.heard_last is not None and table.heard_last.node_id
    }
    no_sound = AlarmId.SINK_FAILED
    assert alarms == {"table": [no_sound], "table aaaaaa": [AlarmId.TIME_LIMIT, no_sound]}
    task.cancel()
    await asyncio.wait({task})


async def test_a_table_that_is_called_otherwise_is_not_another_for_the_sound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Screen(monkeypatch)
    task = asyncio.create_task(module._hear(screen.known, screen))  # type: ignore[arg-type]
    for name in ("Attic", "Loft"):
        screen.told(CALM, name=name)
        for _ in range(5):
            await asyncio.sleep(0.0)
    assert [table.called for table in screen.keys.values()] == ["Loft"]
    task.cancel()
    await asyncio.wait({task})


async def test_a_name_that_goes_to_another_table_takes_no_sound_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = TWO
    screen = Screen(monkeypatch)
    task = asyncio.create_task(module._hear(screen.known, screen))  # type: ignore[arg-type]
    screen.told(CALM, **first)
    for _ in range(5):
        await asyncio.sleep(0.0)
    screen.told(CALM, node=first["node"], host=first["host"], name="Loft")
    screen.told(CALM, **second)
    for _ in range(5):
        await asyncio.sleep(0.0)
    heard = {
        table.called: table.heard_last.node_id
        for table in screen.keys.values()
        if table.heard_last is not None and not table.ended
    }
    assert heard == {"Loft": first["node"], "table": second["node"]}
    task.cancel()
    await asyncio.wait({task})
