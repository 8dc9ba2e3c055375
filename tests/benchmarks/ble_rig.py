# SPDX-License-Identifier: MIT
"""What ble.py measures with: a computer, a watch, and nodes whose button is always pressed."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from bleak import BleakClient, BleakScanner
from bumble.device import Device

from tests.benchmarks.latency import PressSink
from tests.radio.bleak_bumble import make_backends
from tests.radio.fake_ble_node import FakeBleNode
from tests.radio.waiting import until
from tests.transports.fake_node import FakeNode
from tests.transports.fake_speaker import FakeSpeaker
from upturn.core.events import Event
from upturn.core.limits import DEVICES, STANDARD, DeviceKind
from upturn.core.pipeline import Pipeline
from upturn.service.table import TableService
from upturn.transports.ble.bluetooth import Bluetooth
from upturn.transports.ble.cable import Cable
from upturn.transports.ble.known import KnownNodes
from upturn.transports.ble.pairing import Pairing
from upturn.transports.ble.source import BleSource
from upturn.transports.node_source import NodeSource
from upturn.wire import gatt
from upturn.wire.commands import encode_command, heartbeat

PRESSES = 200
PRESS_EVERY = 2
"""Messages."""
LEVEL_DEG = -20.0
"""Where no press acknowledges the one before."""
SETTLED_S = 2.5
"""After a link that lasted less the next one waits."""
PATIENCE_S = 30.0
BEAT = encode_command(1, heartbeat(0, paused=False))


class Addressed(Protocol):
    @property
    def address(self) -> str: ...


class Host:
    """A computer with virtual Bluetooth: what plain bleak does with it, and what Upturn does."""

    def __init__(self, device: Device, nodes: KnownNodes) -> None:
        self._backends = make_backends(device)
        self._bluetooth = Bluetooth(*self._backends)
        self._nodes = nodes
        self._clients: list[BleakClient] = []

    async def pair(self, node: Addressed) -> None:
        pairing = Pairing(self._bluetooth, self._nodes, time.monotonic, lambda _: None)
        await pairing.pair(node.address)

    def source(self, node: Addressed) -> BleSource:
        return BleSource(
            node.address,
            bluetooth=self._bluetooth,
            nodes=self._nodes,
            cable=Cable(list_ports=list),
        )

    @asynccontextmanager
    async def bleak(self, address: str, hear: Callable[[bytes], None]) -> AsyncIterator[None]:
        """By hand: found, connected, subscribed, spoken to."""
        scanner, backend = self._backends
        device = await BleakScanner.find_device_by_address(address, backend=scanner)
        assert device is not None
        async with BleakClient(device, backend=backend) as client:
            await client.start_notify(gatt.MEASUREMENT, lambda _, data: hear(bytes(data)))
            await client.start_notify(gatt.CONTROL, lambda _, _data: None)
            await client.write_gatt_char(gatt.CONTROL, BEAT, response=True)
            self._clients.append(client)
            yield
        self._clients.remove(client)

    async def tell(self, message: bytes) -> None:
        """Every node that is connected by hand."""
        for client in self._clients:
            await client.write_gatt_char(gatt.CONTROL, message, response=True)

    async def beat(self) -> None:
        """Live on, as every host of a node has to."""
        while True:
            await self.tell(BEAT)
            await asyncio.sleep(1.0)


class Watch:
    """A source through a core into a sink, as `upturn run` has it."""

    def __init__(self, source: NodeSource) -> None:
        device = DEVICES[DeviceKind.TABLE]
        source.judge_by(STANDARD, device, None)
        start_s = source.axis_s(source.host_s())
        self.source = source
        self.sink = PressSink()
        self.newest_s = -math.inf
        pipeline = Pipeline(source.info, STANDARD, device, start_s=start_s)
        self._service = TableService(pipeline, source, sinks=[self.sink], observer=self._observe)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Watch]:
        """From the first sample on."""
        task = asyncio.create_task(self._service.run())
        try:
            await self.judged_after(self.source.host_s())
            yield self
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def judged_after(self, host_s: float) -> None:
        """Until a sample was judged that was taken after that."""
        await until(lambda: self.newest_s > self.source.axis_s(host_s), PATIENCE_S)

    def _observe(self, t_s: float, _angle_deg: float, _events: Sequence[Event]) -> None:
        self.newest_s = t_s


class Pressing(FakeSpeaker):
    """Presses its button over and over; `handed_s` notes when each was handed to its carrier."""

    handed_s: list[float]
    pressing = False
    _said = 0
    _new = False

    def measurement(self) -> dict[str, Any]:
        self._said += 1
        if self.pressing and len(self.handed_s) < PRESSES and self._said % PRESS_EVERY == 0:
            self.fields["presses"] = (self.fields["presses"] + 1) % 256
            self._new = True
        return super().measurement()

    def hand(self) -> None:
        if self._new:
            self._new = False
            self.handed_s.append(time.perf_counter())

    async def press(self, seen_s: Sequence[float]) -> list[float]:
        """Until all of it was seen; when each was handed over."""
        self.angle_deg = LEVEL_DEG
        self.handed_s = []
        await asyncio.sleep(SETTLED_S)
        self.pressing = True
        await until(lambda: len(seen_s) == PRESSES, PATIENCE_S)
        self.pressing = False
        return self.handed_s


class PressedByRadio(Pressing, FakeBleNode):
    def notify(self, value: bytes) -> None:
        self.hand()
        super().notify(value)


class PressedByWire(Pressing, FakeNode):
    def send(self, data: bytes) -> None:
        self.hand()
        super().send(data)
