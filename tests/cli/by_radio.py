# SPDX-License-Identifier: MIT
"""The command line of a computer in a world with Bluetooth: its coroutines run in that world."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.radio.fake_ble_node import FakeBleNode
from tests.transports.ble.world import LOOK_S, World, hurry
from tests.vectors import reference
from upturn.cli import node_orders, node_pairing, scan
from upturn.cli.main import main
from upturn.core.events import Posture
from upturn.transports.ble import choice
from upturn.transports.ble.known import KnownNodes
from upturn.transports.ble.pairing import Pairing
from upturn.wire.vocabulary import POSTURES


class Home(World):
    """Whose user has nodes of his own."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__(folder)
        self._patch = patch
        hurry(patch)
        patch.setenv("XDG_DATA_HOME", str(folder))
        self.nodes = KnownNodes()
        patch.setattr(scan, "SIGHT_S", LOOK_S)
        patch.setattr(choice, "RADIO_S", 0.2)
        patch.setattr(node_orders, "NAMED_S", 2.0)
        patch.setattr(node_orders, "HELLO_S", 2.0)
        patch.setattr(node_orders, "MEASUREMENT_S", 2.0)
        defaults: Any = Pairing.__init__.__kwdefaults__
        patch.setitem(defaults, "look_s", LOOK_S)
        patch.setitem(defaults, "press_s", 1.0)
        patch.setattr(node_orders, "ports_here", list)
        for module in (scan, node_orders, node_pairing):
            patch.setattr(module, "this_bluetooth", lambda: self.bluetooth)

    async def upturn(self, *words: str) -> int:
        """Run it to its end, in a thread, as main does, but for its loop."""
        loop = asyncio.get_running_loop()

        def run(work: Coroutine[Any, Any, Any]) -> Any:
            return asyncio.run_coroutine_threadsafe(work, loop).result()

        with self._patch.context() as patch:
            patch.setattr(asyncio, "run", run)
            return await asyncio.to_thread(main, list(words))


def hold(patch: pytest.MonkeyPatch, node: FakeBleNode, posture: Posture) -> None:
    """What it says to everybody of how it is held, from now on."""
    encode = reference.advertisement

    def advertisement(state: dict[str, Any]) -> bytes:
        own = {"posture": POSTURES.index(posture)} if state["node_id"] == node.node_id else {}
        return encode({**state, **own})

    patch.setattr(reference, "advertisement", advertisement)
    node.advertise()
