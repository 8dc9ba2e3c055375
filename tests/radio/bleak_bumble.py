# SPDX-License-Identifier: MIT
"""A backend of bleak whose radio is a bumble host: bleak as programs use it, over virtual air.

    scanner, client = make_backends(await air.device("F0:00:00:00:00:01"))
    BleakScanner(backend=scanner), BleakClient(device, backend=client)

It does as the backends of real systems do where they agree, and as BlueZ where they differ: a
bonded peer is encrypted at connect, and one that lost its bond makes connect fail until `unpair`.
Bonds are in the device's own key store, until `forget_bonds`. Errors are bleak's, and no
cancellation of bumble's own comes out as one of the caller's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar, cast
from uuid import UUID

from bleak.args import SizedBuffer
from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
    BleakGATTProtocolError,
)
from bleak.uuids import normalize_uuid_str
from bumble import att, core, hci
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.gatt_client import CharacteristicProxy

from tests.radio.air import public

MTU = 517
"""What Linux, macOS and Windows ask for."""
_Done = TypeVar("_Done")
_NAMES = (core.AdvertisingData.COMPLETE_LOCAL_NAME, core.AdvertisingData.SHORTENED_LOCAL_NAME)
_UUID_LISTS = {0x02: 2, 0x03: 2, 0x06: 16, 0x07: 16}
_SERVICE_DATA = {0x16: 2, 0x21: 16}
_MANUFACTURER = 0xFF


def make_backends(device: Device) -> tuple[type[BaseBleakScanner], type[BaseBleakClient]]:
    """Of one adapter, which all scanners and clients made from them share."""
    return Adapter(device).backends()


async def forget_bonds(device: Device) -> None:
    """As if its keys had been wiped; the peers do not learn of it."""
    assert device.keystore is not None
    await device.keystore.delete_all()


class Adapter:
    """What scanners and clients share: one radio, which is there or not."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.missing: BleakBluetoothNotAvailableReason | None = None
        self.connecting = asyncio.Lock()
        self.clients: set[BumbleClient] = set()
        self.scanners: set[BumbleScanner] = set()
        device.on(Device.EVENT_ADVERTISEMENT, self._on_advertisement)

    def backends(self) -> tuple[type[BaseBleakScanner], type[BaseBleakClient]]:
        scanner = type("ScannerOfBumble", (BumbleScanner,), {"adapter": self})
        client = type("ClientOfBumble", (BumbleClient,), {"adapter": self})
        return scanner, client

    def check(self) -> None:
        if self.missing is not None:
            raise BleakBluetoothNotAvailableError("no Bluetooth adapter", self.missing)

    async def take_away(self, reason: BleakBluetoothNotAvailableReason) -> None:
        """It is off, or out: every link ends, nothing is found, nothing can be begun."""
        self.missing = reason
        for client in list(self.clients):
            await client.disconnect()

    def give_back(self) -> None:
        self.missing = None

    async def listen(self) -> None:
        """Scan while there is a scanner."""
        if bool(self.scanners) != self.device.is_scanning:
            if self.scanners:
                active = any(scanner.active for scanner in self.scanners)
                await self.device.start_scanning(legacy=True, active=active)
            else:
                await self.device.stop_scanning(legacy=True)

    def _on_advertisement(self, heard: Advertisement) -> None:
        if self.missing is None:
            for scanner in list(self.scanners):
                scanner.hear(heard)


class BumbleScanner(BaseBleakScanner):
    """See the module."""

    adapter: Adapter

    def __init__(
        self,
        detection_callback: Any,
        service_uuids: list[str] | None,
        scanning_mode: str,
        **_kwargs: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self.active = scanning_mode == "active"

    async def start(self) -> None:
        self.adapter.check()
        self.seen_devices = {}
        self.adapter.scanners.add(self)
        await self.adapter.listen()

    async def stop(self) -> None:
        self.adapter.scanners.discard(self)
        await self.adapter.listen()

    def hear(self, heard: Advertisement) -> None:
        found = advertisement_data(heard)
        if self.is_allowed_uuid(found.service_uuids):
            address = heard.address.to_string(with_type_qualifier=False)
            known = self.seen_devices.get(address)
            name = found.local_name or (known[0].name if known else None)
            device = self.create_or_update_device(address, address, name, heard.address, found)
            self.call_detection_callbacks(device, found)


class BumbleClient(BaseBleakClient):
    """See the module."""

    adapter: Adapter

    def __init__(self, address_or_ble_device: BLEDevice | str, **kwargs: Any) -> None:
        super().__init__(
            address_or_ble_device,
            disconnected_callback=kwargs["disconnected_callback"],
            timeout=kwargs["timeout"],
        )
        self._name = getattr(address_or_ble_device, "name", None) or self.address
        self._connection: Connection | None = None
        self._peer: Peer | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def mtu_size(self) -> int:
        return self._connection.att_mtu if self._connection is not None else att.ATT_DEFAULT_MTU

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        """Connected, encrypted if bonded (or paired if told so), and its services known."""
        self.adapter.check()
        if self._connection is not None:
            raise BleakError("already connected")
        timeout_s = kwargs.get("timeout", self._timeout)
        try:
            async with asyncio.timeout(timeout_s):
                await self._connect()
                if await self._bonded():
                    await self._encrypt()
                elif pair:
                    await self.pair()
                await self._discover()
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        connection = self._connection
        if connection is not None:
            gone = asyncio.ensure_future(_translated(connection.disconnect()))
            try:
                await asyncio.shield(gone)
            except BleakError:
                self._lost(0)  # it was gone before

    async def pair(self, *_args: Any, **_kwargs: Any) -> None:
        connection = self._connected()
        if not (await self._bonded() and connection.encryption):
            await _translated(connection.pair())

    async def unpair(self) -> None:
        keystore = self.adapter.device.keystore
        assert keystore is not None
        await keystore.delete(str(public(self.address)))
        await self.disconnect()

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, **_kwargs: Any
    ) -> bytearray:
        return await self._read(characteristic.handle)

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, **_kwargs: Any
    ) -> bytearray:
        return await self._read(descriptor.handle)

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        client = self._client()
        await _translated(client.write_value(characteristic.handle, bytes(data), response))

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        client = self._client()
        await _translated(client.write_value(descriptor.handle, bytes(data), True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_kwargs: Any
    ) -> None:
        def heard(value: bytes) -> None:
            callback(bytearray(value))

        proxy = cast(CharacteristicProxy[bytes], characteristic.obj)
        await _translated(self._client().subscribe(proxy, heard, prefer_notify=True))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        proxy = cast(CharacteristicProxy[bytes], characteristic.obj)
        await _translated(self._client().unsubscribe(proxy))

    async def _connect(self) -> None:
        device = self.adapter.device
        async with self.adapter.connecting:
            attempt = asyncio.ensure_future(
                device.connect_le(
                    public(self.address), own_address_type=hci.OwnAddressType.PUBLIC, timeout=None
                )
            )
            try:
                connection = await asyncio.shield(attempt)
            except asyncio.CancelledError:
                await _give_up(device, attempt)
                raise
            except core.ConnectionError as error:
                raise BleakError(str(error)) from error
        self._connection = connection
        self._peer = Peer(connection)
        self.adapter.clients.add(self)
        connection.on(Connection.EVENT_DISCONNECTION, self._lost)

    def _lost(self, _reason: int) -> None:
        if self._connection is None:
            return
        told, self._connection, self._peer = self.services is not None, None, None
        self.services = None
        self.adapter.clients.discard(self)
        if told and self._disconnected_callback is not None:
            self._disconnected_callback()

    async def _bonded(self) -> bool:
        keystore = self.adapter.device.keystore
        assert keystore is not None
        return await keystore.get(str(public(self.address))) is not None

    async def _encrypt(self) -> None:
        try:
            await _translated(self._connected().encrypt())
        except BleakError as error:
            raise BleakError("the peer has lost its bond: unpair first") from error

    async def _discover(self) -> None:
        peer = self._peer
        if peer is None:
            raise BleakError("disconnected")
        await _translated(peer.request_mtu(MTU))
        services = BleakGATTServiceCollection()
        for found in await _translated(peer.discover_services()):
            service = BleakGATTService(found, found.handle, _uuid(found.uuid))
            services.add_service(service)
            for value in await _translated(found.discover_characteristics()):
                characteristic = BleakGATTCharacteristic(
                    value,
                    value.handle,
                    _uuid(value.uuid),
                    list(gatt_char_props_to_strs(int(value.properties))),
                    lambda: self.mtu_size - 3,
                    service,
                )
                services.add_characteristic(characteristic)
                for entry in await _translated(value.discover_descriptors()):
                    services.add_descriptor(
                        BleakGATTDescriptor(entry, entry.handle, _uuid(entry.type), characteristic)
                    )
        self._connected()
        self.services = services

    async def _read(self, handle: int) -> bytearray:
        return bytearray(await _translated(self._client().read_value(handle)))

    def _connected(self) -> Connection:
        if self._connection is None:
            raise BleakError("not connected")
        return self._connection

    def _client(self) -> Any:
        self._connected()
        assert self._peer is not None
        return self._peer.gatt_client


def advertisement_data(heard: Advertisement) -> AdvertisementData:
    """In bleak's words."""
    name = None
    uuids: list[str] = []
    service_data: dict[str, bytes] = {}
    manufacturer_data: dict[int, bytes] = {}
    for kind, data in heard.data.ad_structures:
        if kind in _NAMES:
            name = data.decode(errors="replace")
        elif size := _UUID_LISTS.get(kind):
            uuids += [_uuid_of(data[at : at + size]) for at in range(0, len(data), size)]
        elif (size := _SERVICE_DATA.get(kind)) and len(data) >= size:
            service_data[_uuid_of(data[:size])] = bytes(data[size:])
        elif kind == _MANUFACTURER and len(data) >= 2:
            manufacturer_data[int.from_bytes(data[:2], "little")] = bytes(data[2:])
    return AdvertisementData(
        name, manufacturer_data, service_data, uuids, None, heard.rssi, (heard,)
    )


def _uuid(of: core.UUID) -> str:
    return _uuid_of(of.uuid_bytes)


def _uuid_of(little_endian: bytes) -> str:
    text = bytes(reversed(little_endian)).hex()
    return str(UUID(text)) if len(text) == 32 else normalize_uuid_str(text)


async def _translated(operation: Coroutine[Any, Any, _Done]) -> _Done:
    """What bumble does, with bleak's errors; that a link broke is one, and no cancellation."""
    try:
        return await operation
    except att.ATT_Error as error:
        raise BleakGATTProtocolError(error.error_code or 0) from error
    except core.TimeoutError as error:
        raise TimeoutError(str(error)) from error
    except (core.BaseBumbleError, hci.HCI_Error) as error:
        raise BleakError(str(error)) from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise BleakError("disconnected") from error


async def _give_up(device: Device, attempt: asyncio.Future[Connection]) -> None:
    """No attempt stays behind in the controller, and no link that it still made."""
    while not attempt.done():
        with suppress(core.BaseBumbleError, hci.HCI_Error):  # it is made just now, or not begun
            await device.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
        await asyncio.wait({attempt}, timeout=0.05)
    with suppress(core.BaseBumbleError, hci.HCI_Error):
        await (await attempt).disconnect()
