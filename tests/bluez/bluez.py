# SPDX-License-Identifier: MIT
"""BlueZ's face on D-Bus, `org.bluez`, with a bumble central behind it in place of a kernel.

    async with Bluez(bus.address, central) as bluez:    bleak finds an adapter, hci0
        bluez.orders.fail("Device1.Connect", CANCELED)  the next one fails so
        await bluez.power(False); await bluez.unplug(); await bluez.stop()

True to BlueZ's source, as far as a program with bleak can see: whose discovery it is, what a
filter lets through, which devices stay known, in which order things are told, what errors are
called. `elevates` makes it pair by itself where a peer asks for it, as a BlueZ does that may;
`lost_bond` is what Connect fails with where the peer has none (a newer one says KEY_MISSING);
`connect_timeout_s` is the kernel's patience. There is no pairing agent: none is asked for. Not so:
Disconnect is done at once, where BlueZ waits 2 s, and a device is forgotten only on order, where
BlueZ does it 30 s after a scan; that the links end with the daemon is an assumption.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Self

from bumble import hci
from bumble.core import BaseBumbleError
from bumble.device import Advertisement, Connection, Device
from bumble.hci import OwnAddressType
from bumble.pairing import PairingConfig, PairingDelegate
from dbus_fast import Message, Variant
from dbus_fast.aio import MessageBus

from tests.bluez.bluez_device import DEVICE, KnownDevice
from tests.bluez.bluez_discovery import Discovery
from tests.bluez.bluez_errors import (
    ABORTED,
    BLOCKED,
    CANCELED,
    DOES_NOT_EXIST,
    NOT_READY,
    Orders,
    Trouble,
)
from tests.bluez.bluez_gatt import CHARACTERISTIC, RemoteCharacteristic
from tests.bluez.object_tree import Answer, Handler, ObjectTree

NAME = "org.bluez"
ADAPTER = "org.bluez.Adapter1"
CONNECT_TIMEOUT_S = 20.0
_MEET_LATER = ("Device1.Connect", "Device1.Pair")  # inside what Disconnect cancels


class Bluez:
    def __init__(self, address: str, central: Device, *, adapter: str = "hci0") -> None:
        """Not started yet.

        Args:
            address: Of the bus.
            central: Powered on; this takes it over.
            adapter: Its name.
        """
        self.central = central
        self.path = f"/org/bluez/{adapter}"
        self.orders = Orders()
        self.elevates = False
        self.lost_bond: Trouble = CANCELED
        self.connect_timeout_s = CONNECT_TIMEOUT_S
        self.tree: ObjectTree
        self.devices: dict[str, KnownDevice] = {}
        self._address = address
        self._bus: MessageBus | None = None
        self._powered = True
        self._blocked = False
        self._radio = asyncio.Lock()
        self._discovery = Discovery(central, self._hear, self._show_scan)
        delegate = PairingDelegate(
            local_initiator_key_distribution=PairingDelegate.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY,
            local_responder_key_distribution=PairingDelegate.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY,
        )
        central.pairing_config_factory = lambda _connection: PairingConfig(
            sc=True, mitm=False, delegate=delegate
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """The daemon comes up."""
        self._bus = await MessageBus(bus_address=self._address, negotiate_unix_fd=True).connect()
        handlers = {name: self._serve(name, handler) for name, handler in self._table().items()}
        self.tree = ObjectTree(
            self._bus, handlers, writable={f"{DEVICE}.Trusted"}, gone=self._client_gone
        )
        await self.tree.watch_clients()
        self.plug()
        await self._bus.request_name(NAME)

    async def stop(self) -> None:
        """The daemon ends: its name leaves the bus, links end, and nobody is told more."""
        bus, self._bus = self._bus, None
        if bus is None:
            return
        bus.disconnect()
        await self._discovery.close()
        for device in self.devices.values():
            device.close()
            await device.end_link()
        await self.tree.close()
        if self.tree.mistakes:
            raise BaseExceptionGroup("in the facade", self.tree.mistakes)

    async def power(self, on: bool) -> None:
        """By whoever may; off, links end and discovery stops."""
        self._powered = on and not self._blocked
        if not self._powered:
            await self._discovery.end_all()
            for device in self.devices.values():
                await device.disconnect()
        self._show_adapter()

    async def block(self, blocked: bool = True) -> None:
        """By rfkill: off, and nobody can switch it on."""
        self._blocked = blocked
        await self.power(on=False)

    async def unplug(self) -> None:
        """The adapter is pulled out, and all that it knew goes with it."""
        await self.power(on=False)
        for device in self.devices.values():
            await device.vanish()
        self.tree.remove(self.path)

    def plug(self) -> None:
        """The adapter is there, and knows the devices that it is bonded to, and no others."""
        self._powered = not self._blocked
        self.tree.add(self.path, {ADAPTER: self._adapter_properties()})
        bonded = [device for device in self.devices.values() if device.bonded]
        self.devices.clear()
        for old in bonded:
            device = self.devices[old.path] = KnownDevice(self, old.address, old.path)
            device.bond_known()
            device.publish()

    async def forget_temporary(self) -> None:
        """What BlueZ does half a minute after a scan: who is not bonded or connected is gone."""
        for path, device in list(self.devices.items()):
            if device.temporary:
                del self.devices[path]
                await device.forget()

    async def radio_connect(self, address: hci.Address) -> Connection:
        """A link, or the error of a kernel that gave up; it can be cancelled."""
        async with self._radio:
            attempt = asyncio.ensure_future(
                self.central.connect_le(
                    address, own_address_type=OwnAddressType.PUBLIC, timeout=None
                )
            )
            try:
                await asyncio.wait({attempt}, timeout=self.connect_timeout_s)
                if attempt.done():
                    return attempt.result()
            except BaseBumbleError as error:
                raise ABORTED.error() from error
            finally:
                if not attempt.done():
                    await self._give_up(attempt)
            raise ABORTED.error()

    async def _give_up(self, attempt: asyncio.Future[Connection]) -> None:
        await self.central.cancel_connection()  # type: ignore[no-untyped-call]
        await asyncio.wait({attempt}, timeout=1.0)
        attempt.cancel()
        if not attempt.cancelled() and attempt.done() and attempt.exception() is None:
            await attempt.result().disconnect()

    def _table(self) -> dict[str, Handler]:
        table: dict[str, Handler] = {
            f"{ADAPTER}.StartDiscovery": self._powered_only(self._discovery.start),
            f"{ADAPTER}.StopDiscovery": self._powered_only(self._discovery.stop),
            f"{ADAPTER}.SetDiscoveryFilter": self._powered_only(self._discovery.filter),
            f"{ADAPTER}.RemoveDevice": self._powered_only(self._remove_device),
            f"{ADAPTER}.Powered": self._set_powered,
        }
        for member, device_method in {
            "Connect": KnownDevice.connect,
            "Disconnect": KnownDevice.disconnect,
            "Pair": KnownDevice.pair,
            "CancelPairing": KnownDevice.cancel_pairing,
        }.items():
            table[f"{DEVICE}.{member}"] = self._on_device(device_method)
        for member, method in {
            "ReadValue": RemoteCharacteristic.read,
            "WriteValue": RemoteCharacteristic.write,
            "StartNotify": RemoteCharacteristic.start_notify,
            "StopNotify": RemoteCharacteristic.stop_notify,
            "AcquireNotify": RemoteCharacteristic.acquire_notify,
        }.items():
            table[f"{CHARACTERISTIC}.{member}"] = self._on_characteristic(method)
        return table

    def _serve(self, name: str, handler: Handler) -> Handler:
        method = name.removeprefix(f"{NAME}.")

        async def serve(call: Message) -> Answer:
            if method not in _MEET_LATER:
                await self.orders.meet(method)
            return await handler(call)

        return serve

    def _powered_only(self, handler: Handler) -> Handler:
        async def serve(call: Message) -> Answer:
            if not self._powered:
                raise NOT_READY.error()
            return await handler(call)

        return serve

    def _on_device(
        self, method: Callable[[KnownDevice, Message], Coroutine[Any, Any, Answer]]
    ) -> Handler:
        return lambda call: method(self.devices[call.path or ""], call)

    def _on_characteristic(
        self, method: Callable[[RemoteCharacteristic, Message], Coroutine[Any, Any, Answer]]
    ) -> Handler:
        def find(call: Message) -> Coroutine[Any, Any, Answer]:
            path = call.path or ""
            device = self.devices[path.rsplit("/", 2)[0]]
            return method(device.services.characteristics[path], call)

        return find

    async def _remove_device(self, call: Message) -> Answer:
        device = self.devices.get(call.body[0])
        if device is None:
            raise DOES_NOT_EXIST.error()
        await device.forget()
        self.devices.pop(device.path, None)
        return Answer()

    async def _set_powered(self, call: Message) -> Answer:
        on = call.body[2].value
        if on and self._blocked:
            raise BLOCKED.error()
        await self.power(on)
        return Answer()

    def _hear(self, advertisement: Advertisement, duplicates: bool) -> None:
        text = advertisement.address.to_string(with_type_qualifier=False)
        path = f"{self.path}/dev_{text.replace(':', '_')}"
        device = self.devices.get(path)
        if device is None:
            device = self.devices[path] = KnownDevice(self, advertisement.address, path)
        device.hear(advertisement, duplicates=duplicates)

    def _show_scan(self, on: bool) -> None:
        if not on:
            for device in self.devices.values():
                device.scan_ended()
        self.tree.change(self.path, ADAPTER, {"Discovering": Variant("b", on)})

    def _client_gone(self, name: str) -> None:
        self._discovery.client_gone(name)
        for device in self.devices.values():
            device.client_gone(name)

    def _show_adapter(self) -> None:
        values = self._adapter_properties()
        changed = {name: values[name] for name in ("Powered", "PowerState")}
        self.tree.change(self.path, ADAPTER, changed)

    def _adapter_properties(self) -> dict[str, Variant]:
        address = self.central.public_address.to_string(with_type_qualifier=False)
        off = "off-blocked" if self._blocked else "off"
        return {
            "Address": Variant("s", address),
            "AddressType": Variant("s", "public"),
            "Name": Variant("s", "upturn-test"),
            "Alias": Variant("s", "upturn-test"),
            "Powered": Variant("b", self._powered),
            "PowerState": Variant("s", "on" if self._powered else off),
            "Discovering": Variant("b", False),
            "Discoverable": Variant("b", False),
            "Pairable": Variant("b", True),
            "Roles": Variant("as", ["central", "peripheral"]),
            "UUIDs": Variant("as", []),
        }
