# SPDX-License-Identifier: MIT
"""A small node over virtual BLE: it advertises, bonds, answers, streams, and fails as told.

    async with Air() as air, FakeBleNode(air) as node: ...

It runs in the test's own loop. What it says is FakeSpeaker's. The firmware itself runs behind
NodeRadio.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Self
from uuid import UUID

from bumble import att
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, Service
from bumble.pairing import PairingConfig, PairingDelegate

from tests.radio import nimble
from tests.radio.air import Air
from tests.transports.fake_speaker import FakeSpeaker
from tests.vectors import reference
from upturn.wire import gatt
from upturn.wire.vocabulary import Verb

ADDRESS = "24:0A:C4:00:00:01"
CHECK_BYTES = 3
TURN_S = 1.0
"""From one payload of the advertisements to the next."""
BTHOME = bytes.fromhex("0201060a16d2fc40015022002600")
_FLAGS = bytes.fromhex("020106")
_SMALLEST_MEASUREMENT = 39 + 7 + CHECK_BYTES
_SHORT_S = 0.1
_Properties = Characteristic.Properties
_NO_PROPERTIES = _Properties(0)


class FakeBleNode(FakeSpeaker):
    """In the air while it is entered.

    Beside what FakeSpeaker has: `window_open` (a pairing makes a bond), `refuses_pairing`,
    `needs_encryption` (the ATT error of an early write).
    """

    def __init__(
        self,
        air: Air,
        *,
        address: str = ADDRESS,
        name: str = "den",
        node_id: str = "240ac4000001",
        service: str = gatt.SERVICE,
        mtu: int = 247,
        messages_hz: int = 10,
    ) -> None:
        super().__init__(name=name, node_id=node_id)
        self.air = air
        self.address = address
        self.source = f"ble:{address}"
        self.service = service
        self.mtu = mtu
        self.traits = 0x1E
        self.step_ms = 20 if messages_hz <= 50 else 10
        self.rate_hz = 1000 // self.step_ms
        self.samples = max(1, self.rate_hz // messages_hz)
        self.window_open = True
        self.refuses_pairing = False
        self.needs_encryption: int = nimble.NOT_PAIRED
        self.notified: list[bytes] = []
        """The newest messages that went out."""
        self.disconnects = 0
        self.device: Device | None = None
        self.connection: Connection | None = None
        self._keystore: Any = None
        self._greeting = b""
        self._control: Characteristic[bytes] = _characteristic(gatt.CONTROL)
        self._measurement: Characteristic[bytes] = _characteristic(gatt.MEASUREMENT)
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.power_on()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.power_off()

    async def power_on(self) -> None:
        """It appears, and is as it was, bonds too."""
        self._greeting = self.sealed("HELLO", self.hello())
        self.device = device = await self.air.device(self.address, self.name)
        if self._keystore is None:
            self._keystore = device.keystore
        device.keystore = self._keystore
        device.gatt_server.max_mtu = self.mtu
        device.pairing_config_factory = self._pairing
        device.add_services(self._services())
        nimble.refuse_unsubscribing(device, lambda: self.trusted)
        device.on(Device.EVENT_CONNECTION, self._connected)
        self.advertise()
        self._runner = asyncio.create_task(self._run())

    async def power_off(self) -> None:
        """It is gone without a goodbye."""
        tasks = [task for task in (self._runner, *self._tasks) if task is not None]
        self._runner = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.air.vanish(self.address)
        self.device = self.connection = None

    async def reset(self) -> None:
        """It starts anew, with what it had stored."""
        await self.power_off()
        self.start_anew()
        await self.power_on()

    async def drop(self) -> None:
        """It ends its link."""
        if self.connection is not None:
            await self.connection.disconnect()

    async def forget_bonds(self) -> None:
        await self._keystore.delete_all()

    async def bonds(self) -> int:
        return len(await self._keystore.get_all())

    @property
    def trusted(self) -> bool:
        """The link is encrypted by a bond."""
        link = self.connection
        if link is None or not link.encryption:
            return False
        return str(link.peer_address) in self._keystore.all_keys

    @property
    def is_short(self) -> bool:
        """Not one sample fits."""
        link = self.connection
        return link is not None and link.att_mtu - 3 < _SMALLEST_MEASUREMENT

    def say(self, message: str, fields: dict[str, Any]) -> None:
        sealed = self.sealed(message, fields)
        if message == "HELLO":
            self._greeting = sealed
        if message == "ANSWER":
            self._soon(self._indicate(sealed))
        elif message != "HELLO" or not self.is_short:
            self.notify(sealed)

    def notify(self, value: bytes) -> None:
        """Any bytes, to a host that has a right to them."""
        if self.trusted and self.device is not None and self.connection is not None:
            self.notified = [*self.notified[-999:], value]
            device, connection = self.device, self.connection
            self._soon(device.notify_subscriber(connection, self._measurement, value))

    def replay(self, count: int) -> None:
        """Say the newest messages again."""
        for value in self.notified[-count:]:
            self.notify(value)

    def flood(self, count: int, value: bytes = b"\xff" * 20) -> None:
        for _ in range(count):
            self.notify(value)

    def advertise(self) -> None:
        """What it is now, at once."""
        if self.device is not None:
            self._advertise(bthome=False)

    def _services(self) -> list[Service]:
        self._measurement = _characteristic(gatt.MEASUREMENT, _Properties.NOTIFY)
        self._control = Characteristic(
            gatt.CONTROL,
            _Properties.WRITE | _Properties.INDICATE,
            Characteristic.WRITEABLE,
            att.AttributeValue(write=self._written),
        )
        feature: Characteristic[bytes] = Characteristic(
            gatt.FEATURE,
            _Properties.READ,
            Characteristic.READABLE,
            att.AttributeValue(read=lambda _link: self._greeting),
        )
        level = bytes((self.fields["battery_percent"],))
        informed = {
            gatt.MANUFACTURER: "Upturn",
            gatt.MODEL: "bench",
            gatt.SERIAL_NUMBER: self.node_id,
            gatt.FIRMWARE_REVISION: "0.3.0",
        }
        return [
            Service(self.service, [self._measurement, feature, self._control]),
            Service(
                gatt.assigned(0x180F),
                [
                    _characteristic(
                        gatt.BATTERY_LEVEL, _Properties.READ | _Properties.NOTIFY, level
                    )
                ],
            ),
            Service(
                gatt.assigned(0x180A),
                [
                    _characteristic(what, _Properties.READ, text.encode())
                    for what, text in informed.items()
                ],
            ),
        ]

    def _pairing(self, _connection: Connection) -> PairingConfig:
        delegate = _Refusing() if self.refuses_pairing else PairingDelegate()
        return PairingConfig(sc=True, mitm=False, bonding=self.window_open, delegate=delegate)

    def _connected(self, connection: Connection) -> None:
        self.connection = connection
        connection.on(Connection.EVENT_DISCONNECTION, self._disconnected)
        connection.on(Connection.EVENT_PAIRING, lambda _keys: self._soon(self._judge()))
        self.advertise()

    def _disconnected(self, _reason: int) -> None:
        self.connection = None
        self._heard_s = float("-inf")
        self.disconnects += 1
        self.advertise()

    async def _judge(self) -> None:
        """A pairing without a bond gives no rights."""
        if not self.trusted:
            await self.drop()

    def _written(self, connection: Connection, value: bytes) -> None:
        if not connection.encryption:
            raise att.ATT_Error(self.needs_encryption)
        if self.trusted and len(value) >= 3 + CHECK_BYTES:
            body = value[:-CHECK_BYTES]
            self.obey(body[1], Verb(body[2]), body[3:])

    async def _indicate(self, value: bytes) -> None:
        if self.device is not None and self.connection is not None:
            with contextlib.suppress(TimeoutError):
                await self.device.indicate_subscriber(self.connection, self._control, value)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        turn_s = short_s = loop.time()
        bthome = False
        while True:
            now_s = loop.time()
            if now_s - turn_s >= TURN_S:
                turn_s, bthome = now_s, not bthome
                self._advertise(bthome)
            if not self.silent and self.trusted and self.was_heard_within(10.0):
                if not self.is_short:
                    self.measure()
                elif now_s - short_s >= _SHORT_S:
                    short_s = now_s
                    self.say("SHORT", self._short())
            await asyncio.sleep(self.step_ms / 2000)

    def _short(self) -> dict[str, Any]:
        t_ms = self.now_ms()
        return {
            "seq": t_ms // self.step_ms % 65_536,
            "t_ms": t_ms,
            "flags": self.flags,
            "posture": 0,
            "priority": 0,
            "angle_cdeg": round(100 * self.angle_deg),
            "exposure_ds": self.fields["exposure_ms"] // 100,
            **{key: self.fields[key] for key in ("epoch", "battery_percent", "presses", "calls")},
        }

    def _advertise(self, bthome: bool) -> None:
        if self.device is None:
            return
        state = {
            "layout": 1,
            "posture": 0,
            "priority": 0,
            "pairing": self.window_open,
            "in_use": self.connection is not None,
            "calibrated": bool(self.flags & 1),
            "fault": self.fault != 0,
            "battery_low": False,
            "node_id": self.node_id,
            "battery_percent": self.fields["battery_percent"],
        }
        ours, theirs = (UUID(text).bytes[::-1] for text in (gatt.SERVICE, self.service))
        said = reference.in_advertisement(reference.advertisement(state)).replace(ours, theirs)
        name = self.name.encode()
        self.air.advertise(
            self.device,
            BTHOME if bthome else _FLAGS + said,
            bytes((len(name) + 1, 0x09)) + name,
            connectable=self.connection is None,
        )

    def _soon(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Refusing(PairingDelegate):
    async def accept(self) -> bool:
        return False


def _characteristic(
    uuid: str, properties: _Properties = _NO_PROPERTIES, value: bytes = b""
) -> Characteristic[bytes]:
    readable = Characteristic.READABLE if properties & _Properties.READ else 0
    return Characteristic(uuid, properties, Characteristic.Permissions(readable), value)
