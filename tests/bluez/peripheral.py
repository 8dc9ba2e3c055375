# SPDX-License-Identifier: MIT
"""A peer for the facade: it has a node's services and the least of a node's manners.

It advertises the state, and its name in the scan response; its control point wants an encrypted
link and keeps what was written. What it notifies is up to the test.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.pairing import PairingConfig, PairingDelegate

from tests.radio.air import Air

SERVICE = "b7f10001-5c2e-4d0a-9f3b-6a1d0e8c4f27"
MEASUREMENT = "b7f10002-5c2e-4d0a-9f3b-6a1d0e8c4f27"
FEATURE = "b7f10003-5c2e-4d0a-9f3b-6a1d0e8c4f27"
CONTROL = "b7f10004-5c2e-4d0a-9f3b-6a1d0e8c4f27"
HELLO = b"\x13hello"
STATE = b"\x01\x02\x00\xa1\xb2\xc3\xd4\xe5\xf6\x57"
"""Service data of a node's state."""
BTHOME = "0000fcd2-0000-1000-8000-00805f9b34fb"
BTHOME_DATA = b"\x40\x01\x57"
MTU = 247

Properties = Characteristic.Properties
NOBODY = Attribute.Permissions(0)


class Peripheral:
    def __init__(self, air: Air, device: Device, name: str) -> None:
        self.air = air
        self.device = device
        self.name = name
        self.written: list[bytes] = []
        self.refusal: int | None = None
        """The ATT error that a write over an encrypted link is answered with."""
        self.connection: Connection | None = None
        self.measurement = _characteristic(MEASUREMENT, Properties.NOTIFY)
        self.control = _characteristic(
            CONTROL,
            Properties.WRITE | Properties.INDICATE,
            Attribute.Permissions.WRITE_REQUIRES_ENCRYPTION,
            CharacteristicValue(write=self._take),
        )
        self.feature = _characteristic(
            FEATURE, Properties.READ, Attribute.Permissions.READABLE, HELLO
        )

    @classmethod
    async def appear(cls, air: Air, address: str, name: str = "table") -> Peripheral:
        """It is powered on, and advertises."""
        peripheral = cls(air, await air.device(address, name), name)
        device = peripheral.device
        device.gatt_server.max_mtu = MTU
        device.add_service(
            Service(
                UUID(SERVICE), [peripheral.measurement, peripheral.feature, peripheral.control]
            )
        )
        device.on(device.EVENT_CONNECTION, peripheral._connected)
        peripheral.advertise()
        return peripheral

    @property
    def address(self) -> str:
        return self.device.public_address.to_string(with_type_qualifier=False)

    def advertise(self, state: bytes = STATE) -> None:
        data = UUID(SERVICE).to_bytes() + state
        self._advertise(AdvertisingData.Type.SERVICE_DATA_128_BIT_UUID, data)

    def advertise_bthome(self) -> None:
        self._advertise(AdvertisingData.Type.SERVICE_DATA_16_BIT_UUID, b"\xd2\xfc" + BTHOME_DATA)

    async def notify(self, value: bytes) -> None:
        await self.device.notify_subscribers(self.measurement, value)

    async def notify_often(self, hz: int, count: int) -> None:
        """Each with its number in front, as long as a full MEASUREMENT."""
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        for number in range(count):
            await asyncio.sleep(start_s + number / hz - loop.time())
            await self.notify(number.to_bytes(2, "big") + bytes(MTU - 5))

    async def forget_bonds(self) -> None:
        assert self.device.keystore is not None
        await self.device.keystore.delete_all()

    def refuse_pairing(self) -> None:
        class Refusal(PairingDelegate):
            async def accept(self) -> bool:
                return False

        self.device.pairing_config_factory = lambda _connection: PairingConfig(delegate=Refusal())

    def pair_without_bond(self) -> None:
        self.device.pairing_config_factory = lambda _connection: PairingConfig(
            mitm=False, bonding=False
        )

    @property
    def subscribed(self) -> bool:
        """Somebody is, to its measurement."""
        return any(
            values.get(self.measurement.handle, b"\x00\x00") != b"\x00\x00"
            for values in self.device.gatt_server.subscribers.values()
        )

    def end_on_pairing(self) -> None:
        connection = self.connection
        assert connection is not None
        connection.on(
            connection.EVENT_PAIRING_START,
            lambda: connection.cancel_on_disconnection(connection.disconnect()),
        )

    def refuse_unsubscription(self) -> None:
        """As NimBLE in MicroPython does over a bonded link."""
        server = self.device.gatt_server
        take = server.write_cccd

        def write_cccd(bearer: Any, characteristic: Characteristic[Any], value: bytes) -> None:
            if value == b"\x00\x00":
                raise ATT_Error(ErrorCode.INSUFFICIENT_AUTHENTICATION)
            take(bearer, characteristic, value)

        vars(server)["write_cccd"] = write_cccd

    def _advertise(self, kind: AdvertisingData.Type, service_data: bytes) -> None:
        data = AdvertisingData([(AdvertisingData.Type.FLAGS, b"\x06"), (kind, service_data)])
        response = AdvertisingData(
            [(AdvertisingData.Type.COMPLETE_LOCAL_NAME, self.name.encode())]
        )
        self.air.advertise(self.device, bytes(data), bytes(response))

    def _take(self, _connection: Connection, value: bytes) -> None:
        if self.refusal is not None:
            raise ATT_Error(self.refusal)
        self.written.append(value)

    def _connected(self, connection: Connection) -> None:
        self.connection = connection
        connection.on(connection.EVENT_DISCONNECTION, self._disconnected)

    def _disconnected(self, _reason: int) -> None:
        self.connection = None
        self.advertise()


def _characteristic(
    uuid: str,
    properties: Characteristic.Properties,
    permissions: Attribute.Permissions = NOBODY,
    value: Any = b"",
) -> Characteristic[Any]:
    return Characteristic(UUID(uuid), properties, permissions, value)
