# SPDX-License-Identifier: MIT
"""A node on a table, by radio: the firmware under MicroPython behind a virtual air."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from tests.firmware.node import Node
from tests.radio.air import Air
from tests.radio.node_radio import NodeRadio
from tests.radio.waiting import until

HIGH_HZ = 540
"""What a node's buzzer plays for a high priority; other alarms have other tones."""


class TableNode(Node):
    """A node with a radio; its cable is out."""

    def __init__(self, folder: Path, air: Air, node_id: str, **setup: Any) -> None:
        self.node_id = node_id
        self.radio = NodeRadio(air, node_id)
        folder.mkdir()
        super().__init__(folder, radio=self.radio, hardware_id=node_id, **setup)

    def __enter__(self) -> Self:
        super().__enter__()
        self.unplug()
        return self

    @property
    def address(self) -> str:
        return self.radio.address

    @property
    def connected(self) -> bool:
        return self.radio.device is not None and bool(self.radio.device.connections)

    async def drop(self) -> None:
        """End the link from this side."""
        assert self.radio.device is not None
        for connection in list(self.radio.device.connections.values()):
            await connection.disconnect()

    async def alarmed(self, since_s: float) -> float:
        """When it began to sound its highest priority since then, by itself or as it was asked."""

        def first() -> float | None:
            return next((e.at_s for e in self.sounds(since_s) if e.value == HIGH_HZ), None)

        await until(lambda: first() is not None)
        return first() or 0.0
