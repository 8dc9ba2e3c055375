# SPDX-License-Identifier: MIT
"""What the sound of a remote screen hears: every table, its lost link, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.dashboard.scenes import CALM, inverted
from tests.remote.said import HOST, NODE, alarms_bytes, owner_bytes, state_bytes
from upturn.cli import remote_screen as module
from upturn.cli.sound import Act
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

    def listeners(self) -> list[FakeTable]:
        return [self]

    def begin(self, act: Act) -> None:
        act(SinkStatus("sound", working=False, reason="no output"))

    def end(self) -> None:
        self.ended = True

    def heard(self, _events: Sequence[Event], snapshot: Snapshot) -> None:
        self.heard_last = snapshot


class Screen:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        self.known = KnownTables(lambda: self.now_s)
        self.known.connected("")
        self.tables: dict[str, FakeTable] = {}
        monkeypatch.setattr(module, "LOOK_S", 0.0)

    def table(self, name: str) -> FakeTable:
        self.tables[name] = FakeTable()
        return self.tables[name]

    def told(self, snapshot: Snapshot) -> None:
        for leaf, payload in (
            ("owner", owner_bytes()),
            ("alarms", alarms_bytes(self.now_s, snapshot)),
            ("state", state_bytes(self.now_s, snapshot)),
        ):
            self.known.hear(f"upturn/{NODE}/{leaf}", payload, retained=False)

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
    screen.told(CALM)
    task = asyncio.create_task(module._hear(screen.known, screen))  # type: ignore[arg-type]
    for screen.now_s in (0.0, 5.0, 5.0 + GONE_S):
        for _ in range(5):
            await asyncio.sleep(0.0)
    assert screen.tables["Attic"].ended is True
    assert screen.tables[""].heard_last is not None
    task.cancel()
    await asyncio.wait({task})
