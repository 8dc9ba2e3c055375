# SPDX-License-Identifier: MIT
"""A node held open for a calibration, by radio and by cable: what it is told, and how it fails."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cli.by_radio import Home
from tests.transports.fake_node import FakeNode
from upturn.cli import calibrate_node, node_orders
from upturn.cli.calibrate_node import NodeLine, open_line
from upturn.core.mounting import Mounting
from upturn.core.sample import Sample
from upturn.errors import RunError
from upturn.wire.vocabulary import Verb

OTHER = Mounting.from_axes((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


@pytest_asyncio.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Home]:
    async with Home(tmp_path, monkeypatch) as home:
        monkeypatch.setattr(calibrate_node, "this_bluetooth", lambda: home.bluetooth)
        yield home


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeNode]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(node_orders, "NAMED_S", 2.0)
    with FakeNode(tmp_path / "tty") as made:
        yield made


async def test_a_paired_node_is_calibrated_by_radio_too(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    async with home.node() as node:
        await home.pair(node)
        assert await home.upturn("calibrate", "--source", "ble:den") == 1
        out, err = capsys.readouterr()
        assert (out.splitlines()[0][:7], out.splitlines()[-1], err) == (
            "den is ",
            "Left; the node is as it was",
            "",
        )


async def heard(line: NodeLine) -> list[Sample]:
    samples: list[Sample] = []
    line.listen(samples.append)
    async with asyncio.timeout(5.0):
        while not samples:
            await line.news(0.2)
    return samples


async def ended(line: NodeLine) -> str:
    """Why there is nothing to measure with any more."""
    async with asyncio.timeout(5.0):
        while True:
            try:
                line.check()
            except RunError as error:
                return str(error)
            await line.news(0.1)


async def test_its_samples_come_and_it_hears_a_host(node: FakeNode) -> None:
    line = await open_line(node.source)
    try:
        assert await heard(line)
        line.check()
        async with asyncio.timeout(5.0):
            while not node.told(Verb.HEARTBEAT):
                await line.news(0.2)
        assert node.told(Verb.HEARTBEAT)[0] == b"\0\0"
    finally:
        await line.close()


async def test_a_node_that_says_done_and_keeps_another_calibration_is_told(
    node: FakeNode,
) -> None:
    line = await open_line(node.source)
    try:
        with pytest.raises(RunError) as error:
            await line.write(OTHER)
        assert str(error.value) == (
            "den: it answers 'done' but has not changed its calibration. Update its firmware"
        )
        assert len(node.told(Verb.SET_CALIBRATION)) == 1
    finally:
        await line.close()


async def test_a_node_that_falls_silent_is_told(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate_node, "DATA_S", 0.3)
    line = await open_line(node.source)
    try:
        await heard(line)
        node.silent = True
        assert (await ended(line)).startswith("den: no data for 0.3 s. ")
    finally:
        await line.close()


async def test_a_cable_that_is_pulled_is_told(node: FakeNode) -> None:
    line = await open_line(node.source)
    try:
        await heard(line)
        node.unplug()
        assert (await ended(line)).endswith(" is gone. Nothing was changed")
        with pytest.raises(RunError, match="The calibration was not kept"):
            await line.write(OTHER)
    finally:
        await line.close()


async def test_a_node_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="nowhere"):
        await open_line(f"serial:{tmp_path / 'nowhere'}")
