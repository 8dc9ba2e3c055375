# SPDX-License-Identifier: MIT
"""A core learns what this computer remembers of the calibration that its node tells."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from tests.cli.test_calibrations import RECORD
from tests.stories import events, timeline
from upturn.cli import calibrations
from upturn.cli.proved import Proved
from upturn.core.commands import Command, LinkNote, ProvedCalibration
from upturn.core.limits import STANDARD
from upturn.core.mounting import ASSUMED, Mounting
from upturn.core.pipeline import Pipeline
from upturn.core.sample import StreamInfo

SNAPSHOT = Pipeline(StreamInfo(), STANDARD).snapshot(0.0)


@dataclass
class Greeting:
    node_id: str
    mounting: Mounting | None


@dataclass
class Node:
    hello: Greeting | None = None


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "calibrations.json"
    monkeypatch.setattr(calibrations, "default_path", lambda: path)
    return path


async def told(*greetings: Greeting | None) -> list[Command]:
    commands: list[Command] = []
    node = Node()
    proved = Proved(cast("Any", node))
    proved.begin(commands.append)
    for greeting in greetings:
        node.hello = greeting
        proved.heard([], SNAPSHOT)
        await asyncio.sleep(0)
    return commands


async def test_the_calibration_that_was_proved_here_tells_what_upright_read() -> None:
    calibrations.save(RECORD)
    greeting = Greeting(RECORD.node_id, RECORD.mounting)
    assert await told(None, greeting, greeting) == [ProvedCalibration(stop_deg=RECORD.idle_deg)]


@pytest.mark.parametrize(
    ("mounting", "problem"),
    [
        (ASSUMED, "the node has another calibration than the one proved on 2026-11-21"),
        (None, "the node has lost the calibration of 2026-11-21: calibrate it again"),
    ],
)
async def test_another_one_is_a_problem(mounting: Mounting | None, problem: str) -> None:
    calibrations.save(RECORD)
    assert await told(Greeting(RECORD.node_id, mounting)) == [ProvedCalibration(problem)]


async def test_of_a_node_that_was_calibrated_elsewhere_nothing_is_said() -> None:
    calibrations.save(RECORD)
    assert await told(Greeting("ffffffffffff", ASSUMED)) == []


async def test_a_node_that_takes_its_place_is_looked_up_anew() -> None:
    calibrations.save(RECORD)
    mine, other = Greeting(RECORD.node_id, RECORD.mounting), Greeting("ffffffffffff", ASSUMED)
    assert await told(other, mine) == [ProvedCalibration(stop_deg=RECORD.idle_deg)]


@pytest.fixture
def broken(file: Path) -> Path:
    file.write_text("{")
    return file


async def test_what_cannot_be_read_is_told_once(broken: Path) -> None:
    greeting = Greeting(RECORD.node_id, RECORD.mounting)
    (note,) = await told(greeting, greeting)
    assert isinstance(note, LinkNote)
    assert note.words.startswith(f"calibrations: {broken}: cannot be read")


async def test_nobody_is_told_once_the_session_has_ended() -> None:
    calibrations.save(RECORD)
    commands: list[Command] = []
    proved = Proved(cast("Any", Node(Greeting(RECORD.node_id, RECORD.mounting))))
    proved.begin(commands.append)
    proved.end()
    proved.heard(events(timeline("upright 1s")), SNAPSHOT)
    await asyncio.sleep(0)
    assert commands == []
