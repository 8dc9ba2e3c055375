# SPDX-License-Identifier: MIT
"""The services of one device as objects on the bus, kept from one link to the next.

What the peer has when its services are resolved is compared with what it had: the same layout
stays the same objects, another takes their place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bumble.core import UUID
from bumble.gatt_client import CharacteristicProxy, ServiceProxy
from dbus_fast import Variant

from tests.bluez.bluez_gatt import CHARACTERISTIC, RemoteCharacteristic, text_of
from tests.bluez.object_tree import ObjectTree, Properties

if TYPE_CHECKING:
    from tests.bluez.bluez_device import KnownDevice

SERVICE = "org.bluez.GattService1"
HIDDEN = frozenset({UUID.from_16_bits(0x1800), UUID.from_16_bits(0x1801)})
"""GAP and GATT: BlueZ keeps them to itself."""


class Services:
    def __init__(self, tree: ObjectTree, device: KnownDevice) -> None:
        self.characteristics: dict[str, RemoteCharacteristic] = {}
        self._tree = tree
        self._device = device
        self._services: dict[str, Properties] = {}

    async def show(self, services: list[ServiceProxy]) -> None:
        """What a new link has resolved."""
        shown: dict[str, Properties] = {}
        proxies: dict[str, CharacteristicProxy[bytes]] = {}
        for service in services:
            if service.uuid not in HIDDEN:
                path = f"{self._device.path}/service{service.handle:04x}"
                shown[path] = self._properties(service)
                for proxy in service.characteristics:
                    # named by its declaration, which stands before its value
                    proxies[f"{path}/char{proxy.handle - 1:04x}"] = proxy
        now = {path: text_of(proxy.uuid) for path, proxy in proxies.items()}
        before = {
            path: self._tree.value(path, CHARACTERISTIC, "UUID") for path in self.characteristics
        }
        if (shown, now) == (self._services, before):
            for path, proxy in proxies.items():
                await self.characteristics[path].link_ready(proxy)
            return
        self.remove()
        self._services = shown
        for path, values in shown.items():
            self._tree.add(path, {SERVICE: values})
        for path, proxy in proxies.items():
            characteristic = RemoteCharacteristic(self._tree, self._device, path, proxy)
            self.characteristics[path] = characteristic
            self._tree.add(path, {CHARACTERISTIC: characteristic.properties(self._device.mtu)})

    def remove(self) -> None:
        self.close()
        for path in [*self.characteristics, *self._services]:
            self._tree.remove(path)
        self.characteristics.clear()
        self._services = {}

    def link_lost(self) -> None:
        for characteristic in self.characteristics.values():
            characteristic.link_lost()

    def client_gone(self, name: str) -> None:
        for characteristic in self.characteristics.values():
            characteristic.client_gone(name)

    def close(self) -> None:
        for characteristic in self.characteristics.values():
            characteristic.close()

    def _properties(self, service: ServiceProxy) -> Properties:
        return {
            "UUID": Variant("s", text_of(service.uuid)),
            "Device": Variant("o", self._device.path),
            "Primary": Variant("b", True),
            "Includes": Variant("ao", []),
        }
