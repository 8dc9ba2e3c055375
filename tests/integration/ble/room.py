# SPDX-License-Identifier: MIT
"""A room in the test's own loop: an air, a computer with Bluetooth, and nodes that run firmware.

    async with Room(tmp_path) as room:
        node = await room.node()
        await room.pair(node)                       by its button
        async with room.watch(node, limit_s=4) as table:
            inverted_s = await table.invert()
            limit = await table.alarm("time_limit")

Everything between the node's sensor and the core's events is the product's own, but for the radios
and the system's Bluetooth, which are virtual.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from bumble.keys import PairingKeys

from tests.integration.ble.table import Table
from tests.integration.ble.table_node import TableNode
from tests.radio.air import Air, public
from tests.radio.bleak_bumble import Adapter
from upturn.core.events import Posture
from upturn.core.limits import custom_profile
from upturn.transports.ble.bluetooth import Bluetooth, Sighting
from upturn.transports.ble.cable import Cable
from upturn.transports.ble.known import KnownNode, KnownNodes
from upturn.transports.ble.pairing import Pairing
from upturn.transports.ble.source import BleSource
from upturn.transports.node_probe import Port

COMPUTER = "F0:00:00:00:00:01"
FIRST_ID = 0x240AC4000001
BONDS = "upturn.bonds.json"
LOOK_S = 0.1
TOLD_S = 30.0


class Bond(NamedTuple):
    """Both halves of what a pairing leaves; with another node of ours it fits as well."""

    of_node: bytes
    of_computer: PairingKeys


class Room:
    """See the module. All of it ends with the block."""

    def __init__(self, folder: Path, bond: Bond | None = None) -> None:
        """With a bond its nodes come paired."""
        self.air = Air()
        self.nodes = KnownNodes(folder / "nodes.json")
        self._folder = folder
        self._bond = bond
        self._count = 0
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.air)
        self.computer = await self.air.device(COMPUTER)
        self._plug_in()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def drop(self, node: TableNode) -> None:
        """End its link from the computer's side, as its system might."""
        for connection in list(self.computer.connections.values()):
            if connection.peer_address == public(node.address):
                await connection.disconnect()

    async def restart_computer(self) -> None:
        """After it vanished: with what its system has kept."""
        keys = self.computer.keystore
        self.computer = await self.air.device(COMPUTER)
        self.computer.keystore = keys
        self._plug_in()

    def _plug_in(self) -> None:
        self.adapter = Adapter(self.computer)
        self.bluetooth = Bluetooth(*self.adapter.backends())

    async def node(self, *, node_id: str = "", **setup: Any) -> TableNode:
        """One more, as tests/firmware/node.py makes it; it stands upright."""
        number, self._count = self._count, self._count + 1
        node_id = node_id or f"{FIRST_ID + 0x10 * number:012x}"
        setup = {"start_deg": -80.0, **setup}
        if self._bond is not None:
            setup["files"] = {BONDS: self._bond.of_node, **setup.get("files", {})}
        node = TableNode(self._folder / f"node{number}", self.air, node_id, **setup)
        if self._bond is not None:
            assert self.computer.keystore is not None
            await self.computer.keystore.update(str(public(node.address)), self._bond.of_computer)
            self.nodes.add(KnownNode(node.node_id, node.address, node.node_id))
        self._stack.enter_context(node)
        self._stack.push_async_callback(node.radio.close)
        return node

    async def told_upright(self, node: TableNode) -> None:
        """Until the node's advertising has told that nobody is inverted any more."""

        def is_upright(one: Sighting) -> bool:
            told = one.said is not None and one.said.posture is Posture.UPRIGHT
            return told and one.address == node.address

        assert await self.bluetooth.sight(is_upright, TOLD_S)

    async def pair(self, node: TableNode) -> KnownNode:
        """As a person does it: by the node's button, when told to."""
        presses: list[asyncio.Task[None]] = []
        pairing = Pairing(
            self.bluetooth,
            self.nodes,
            time.monotonic,
            lambda _: presses.append(asyncio.create_task(asyncio.to_thread(node.press))),
        )
        known = await pairing.pair(node.address)
        await asyncio.gather(*presses)
        return known

    @asynccontextmanager
    async def watch(
        self,
        node: TableNode,
        *,
        named: str | None = None,
        limit_s: float = 200.0,
    ) -> AsyncIterator[Table]:
        """By `ble:`, its cable too once that is in."""
        limits = {"limit_s": limit_s, "max_angle_deg": 90.0}

        def ports() -> list[Port]:
            return [Port(str(node.port))] if node.port.exists() else []

        source = BleSource(
            named or node.address,
            bluetooth=self.bluetooth,
            nodes=self.nodes,
            cable=Cable(list_ports=ports, look_s=LOOK_S),
        )
        table = Table(node, source, custom_profile("short", limits))
        table.start()
        try:
            yield table
        except BaseException as error:
            error.add_note(f"the core said: {table.told()}")
            raise
        finally:
            await table.stop()
