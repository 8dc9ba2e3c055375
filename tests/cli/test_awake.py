# SPDX-License-Identifier: MIT
"""What cores and people hear of a computer that is kept awake, or is not."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bluez.private_bus import ADDRESS
from tests.service.scripted_link import ScriptedLink
from tests.stories import timeline
from tests.terminal import Terminal
from tests.transports.fake_node import FakeNode
from upturn.cli.awake import Wakefulness
from upturn.cli.judging import Judged
from upturn.cli.watch import watch
from upturn.cli.watch_plan import Watch
from upturn.cli.watched import place
from upturn.core.commands import Command, KeptAwake
from upturn.core.events import Event
from upturn.core.limits import DEVICES, STANDARD, DeviceKind
from upturn.core.pipeline import Pipeline
from upturn.service import inhibit
from upturn.service.inhibit import Awake
from upturn.transports.sim import simulate
from upturn.transports.simulated import SimulatedSource
from upturn.transports.source import LiveSource, Source

HELD = Awake(held=True, words="this computer does not go to sleep")
TOLD = KeptAwake(held=True, words=HELD.words)


class Listening(Pipeline):
    """It keeps what it is told."""

    told: list[Command]

    def command(self, command: Command, now_s: float) -> list[Event]:
        self.told.append(command)
        return super().command(command, now_s)


class ToListening(Judged[Source | LiveSource]):
    """`told` is what its core hears."""

    told: list[Command]

    def pipeline(self) -> Pipeline:
        core = Listening(self.info, self.profile, self.device)
        core.told = []
        object.__setattr__(self, "told", core.told)
        return core


def judged(source: Source | LiveSource, name: str) -> ToListening:
    return ToListening(source, source.info, STANDARD, DEVICES[DeviceKind.TABLE], name)


async def test_a_core_hears_it_whether_it_began_before_that_was_known_or_after() -> None:
    awake = Wakefulness()
    before: list[Command] = []
    after: list[Command] = []
    awake.cores.core().begin(before.append)
    await asyncio.sleep(0)
    assert before == []
    awake.changed(HELD)
    awake.cores.core().begin(after.append)
    await asyncio.sleep(0)
    assert (before, after) == ([TOLD], [TOLD])


def test_a_watch_tells_its_live_tables_and_no_simulated_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @asynccontextmanager
    async def held() -> AsyncIterator[str]:
        yield HELD.words

    monkeypatch.delenv(inhibit.VARIABLE)
    monkeypatch.setitem(inhibit.KEEPERS, sys.platform, held)
    live = judged(ScriptedLink(timeline("upright 5s"), end_s=5.0), "den")
    other = judged(SimulatedSource(simulate("normal", seed=1)), "sim")
    assert watch(Watch([place(live), place(other)], float("inf"), headless=True)) == 0
    assert [one for one in live.told if isinstance(one, KeptAwake)] == [TOLD]
    assert [one for one in other.told if isinstance(one, KeptAwake)] == []


def test_the_spotter_reads_in_the_check_that_nothing_keeps_the_computer_awake(
    tmp_path: Path,
) -> None:
    nobody = {
        inhibit.VARIABLE: "",
        ADDRESS: f"unix:path={tmp_path}/none",
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
    }
    with FakeNode(tmp_path / "tty") as node:
        program = [sys.executable, "-m", "upturn", "run", "--source", node.source]
        with Terminal(program, nobody, size=(80, 200)) as screen:
            screen.reads("works; nothing keeps")
