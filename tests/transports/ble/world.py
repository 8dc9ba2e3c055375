# SPDX-License-Identifier: MIT
"""A computer with Bluetooth in a piece of air, and nodes that do as they are told.

    async with World(tmp_path) as world:
        async with world.node() as node:
            await world.pair(node)
            async with world.watching("ble:den") as watch: ...

Everything of the host is the product's own, above bleak. Times that a person would wait are short
(`hurry`).
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from bumble.device import Device

from tests.radio import fake_ble_node
from tests.radio.air import Air
from tests.radio.bleak_bumble import Adapter
from tests.radio.fake_ble_node import ADDRESS, FakeBleNode
from tests.radio.waiting import PATIENCE_S, until
from upturn.core.commands import Command, LinkNote
from upturn.core.limits import DEVICES, STANDARD, DeviceKind
from upturn.core.sample import Sample
from upturn.transports import in_use, node_keeper
from upturn.transports.ble import bluetooth, link, probe, source
from upturn.transports.ble.bluetooth import Bluetooth
from upturn.transports.ble.cable import Cable
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.ble.link import BleLink
from upturn.transports.ble.pairing import Pairing
from upturn.transports.ble.source import BleSource
from upturn.transports.node_probe import Port
from upturn.transports.source import Chunk, LinkState

HOST = "F0:00:00:00:00:01"
OTHER_HOST = "F0:00:00:00:00:02"
LOOK_S = 0.6
"""A fake node in a hurry has said all about itself by then."""


def hurry(patch: pytest.MonkeyPatch) -> None:
    """What takes seconds takes tenths of them, in the same order."""
    patch.setattr(fake_ble_node, "TURN_S", 0.05)
    patch.setattr(node_keeper, "BEAT_S", 0.1)
    patch.setattr(node_keeper, "SILENT_S", 0.7)
    patch.setattr(bluetooth, "CONNECT_S", 2.0)
    for module in (source, probe):
        patch.setattr(module, "SIGHT_S", 1.0)
    patch.setattr(link, "GATT_S", 2.0)
    patch.setattr(link, "ASK_AGAIN_S", 0.5)
    patch.setattr(in_use, "PATIENCE_S", 1.0)
    patch.setattr(in_use, "LOOK_S", 0.02)
    patch.setattr(source, "FIRST_PAUSE_S", 0.02)
    patch.setattr(source, "LONGEST_PAUSE_S", 0.1)
    patch.setattr(source, "SILENCE_S", 1.2)


class Watch:
    """A source that runs, and all that it has brought and said."""

    def __init__(self, source: BleSource) -> None:
        self.source = source
        self.chunks: list[Chunk] = []
        self.states: list[LinkState] = []
        source.judge_by(STANDARD, DEVICES[DeviceKind.TABLE], None)
        source.on_state = self._note

    def _note(self, state: LinkState) -> None:
        self.states.append(state)

    @property
    def samples(self) -> list[Sample]:
        return [sample for chunk in self.chunks for sample in chunk.samples]

    @property
    def commands(self) -> list[Command]:
        return [command for chunk in self.chunks for command in chunk.commands]

    @property
    def notes(self) -> list[str]:
        return [command.words for command in self.commands if isinstance(command, LinkNote)]

    @property
    def said(self) -> list[str]:
        """How the link stood, in order."""
        return [state.words for state in self.states]

    @property
    def words(self) -> str:
        """How it stands now."""
        return self.source.state.words

    async def streams(self, count: int = 5, within_s: float = PATIENCE_S) -> None:
        """Until so many samples more have come."""
        wanted = len(self.samples) + count
        await until(lambda: len(self.samples) >= wanted, within_s)

    async def says(self, words: str, within_s: float = PATIENCE_S) -> None:
        """Until the link is said to stand so."""
        try:
            await until(lambda: any(words in said for said in self.said), within_s)
        except TimeoutError:
            raise AssertionError(f"not {words!r}, but {self.said}") from None

    def forget(self) -> None:
        """What was said so far."""
        self.states.clear()

    async def collect(self) -> None:
        while True:
            chunk = await self.source.receive(0.05)
            if chunk is not None:
                self.chunks.append(chunk)


class World:
    """See the module. All of it ends with the block."""

    host: Device
    adapter: Adapter
    bluetooth: Bluetooth

    def __init__(self, home: Path) -> None:
        self.air = Air()
        self.nodes = KnownNodes(home / "nodes.json")
        self.ports: list[Path] = []
        """The serial ports of the computer."""
        self._numbers = itertools.count(1)

    async def __aenter__(self) -> Self:
        await self.air.__aenter__()
        self.host = await self.air.device(HOST)
        self.adapter = Adapter(self.host)
        self.bluetooth = Bluetooth(*self.adapter.backends())
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.bluetooth.end()
        await self.air.__aexit__(*error)

    def node(self, **setup: Any) -> FakeBleNode:
        """The first is as fake nodes are; each other has an address and an id of its own."""
        number = next(self._numbers)
        own = {"address": f"{ADDRESS[:-2]}{number:02X}", "node_id": f"240ac40000{number:02x}"}
        return FakeBleNode(self.air, **{**own, **setup})

    async def pair(self, node: FakeBleNode) -> KnownNode:
        """Its window is closed then."""
        node.window_open = True
        node.advertise()
        pairing = Pairing(self.bluetooth, self.nodes, time.monotonic, lambda _: None)
        known = await pairing.pair(node.address)
        await until(lambda: node.connection is None)
        node.window_open = False
        node.advertise()
        return known

    def source(self, text: str = "auto") -> BleSource:
        cable = Cable(list_ports=lambda: list(map(_port, self.ports)), hello_s=0.3, look_s=0.02)
        return BleSource(text, bluetooth=self.bluetooth, nodes=self.nodes, cable=cable)

    @asynccontextmanager
    async def watching(self, text: str = "auto") -> AsyncIterator[Watch]:
        """A watch that fails by itself fails the test."""
        watch = Watch(self.source(text))
        tasks = [asyncio.create_task(watch.source.run()), asyncio.create_task(watch.collect())]
        try:
            yield watch
        finally:
            ended = [task for task in tasks if task.done()]
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for task in ended:
                task.result()
        assert not ended, "the watch has ended"

    @asynccontextmanager
    async def link(
        self, node: FakeBleNode, on_open: Callable[[BleLink], None] = lambda _: None
    ) -> AsyncIterator[BleLink]:
        """A link to be, closed in the end."""
        sighting = await self.bluetooth.sight(lambda one: one.address == node.address, PATIENCE_S)
        assert sighting is not None
        made = BleLink(self.bluetooth, sighting.device, time.monotonic)
        on_open(made)
        try:
            yield made
        finally:
            made.close()
            await made.closed()

    async def takes_up(self, node: FakeBleNode) -> None:
        """Another computer connects to it."""
        other = self.air.find(OTHER_HOST)
        assert other is None
        await (
            Adapter(await self.air.device(OTHER_HOST))
            .backends()[1](node.address, disconnected_callback=None, timeout=2.0)
            .connect(pair=False)
        )


def _port(path: Path) -> Port:
    return Port(str(path))
