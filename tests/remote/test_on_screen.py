# SPDX-License-Identifier: MIT
"""Remote tables on the dashboard: they come and go while it runs, and a lost one is struck out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.dashboard.scenes import CALM, inverted
from tests.remote.said import HOST, Who, alarms_bytes, owner_bytes, state_bytes
from upturn.core.snapshot import Snapshot
from upturn.dashboard.app import UpturnDashboard
from upturn.dashboard.pane import Pane
from upturn.dashboard.spans import plain
from upturn.remote.known import KnownTables


class Screen:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.tables = KnownTables(lambda: self.now_s)
        self.tables.connected("")
        self.tables.look()
        self.app = UpturnDashboard(self.tables, clock=lambda: self.now_s)
        self.press: Callable[..., Awaitable[None]]

    def told(self, node: str, name: str, snapshot: Snapshot = CALM) -> None:
        who: Who = {"node": node, "name": name}
        for leaf, payload in (
            ("owner", owner_bytes()),
            ("alarms", alarms_bytes(self.now_s, snapshot, **who)),
            ("state", state_bytes(self.now_s, snapshot, **who)),
        ):
            self.tables.hear(f"upturn/{node}/{leaf}", payload, retained=leaf != "state")
        self.frame()

    def at(self, now_s: float) -> None:
        self.now_s = now_s
        self.frame()

    def frame(self) -> None:
        self.tables.look()
        self.app.frame()

    def text(self, pane: str) -> str:
        return plain(self.app.query_one(f"#{pane}", Pane).lines)


@asynccontextmanager
async def opened() -> AsyncIterator[Screen]:
    screen = Screen()
    async with screen.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen.press = pilot.press
        yield screen


async def test_tables_come_while_it_runs_and_the_one_that_is_shown_stays_shown() -> None:
    async with opened() as screen:
        assert "waiting for tables" in screen.text("header")
        screen.told("n-1", "Attic")
        assert "Attic" in screen.text("header")
        screen.told("n-0", "Cellar", inverted(20.0))
        assert "Attic" in screen.text("header")
        assert "Cellar" in screen.text("strip")
        await screen.press("2")
        screen.told("n-2", "Den")
        assert "Cellar" in screen.text("header")


async def test_a_table_that_goes_while_it_is_shown_leaves_another_one() -> None:
    async with opened() as screen:
        screen.told("n-1", "Attic")
        screen.told("n-2", "Den")
        await screen.press("2")
        for now_s in (16.0, 17.0, 300.0, 617.5):
            screen.now_s = now_s
            screen.told("n-1", "Attic")
            if now_s == 16.0:
                await screen.press("a")  # somebody knows that the other is lost
        assert screen.tables.keys() == {"Attic"}
        assert "Attic" in screen.text("header")


async def test_a_lost_link_is_the_first_thing_on_the_screen() -> None:
    async with opened() as screen:
        screen.told("n-1", "Attic", inverted(20.0))
        screen.at(4.0)
        banner = " ".join(screen.text("banner").split())
        assert f"othing new from {HOST}. Look at the person now." in banner
        assert "Then check the broker and the host." in banner
        assert "high alarm · audio cannot be paused" in banner
        assert "was INVERTED" in screen.text("posture")
        assert "NOT READY" in screen.text("header")
