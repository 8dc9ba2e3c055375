# SPDX-License-Identifier: MIT
"""What BlueZ keeps of a device's advertisements, and shows as properties of `org.bluez.Device1`.

As in BlueZ: service data and manufacturer data of different kinds gather over several
advertisements; the UUID of service data counts as one that the device has; a whole name is not
replaced by a short one; a change of strength is told from 8 dB on. Virtual air has one strength
only, and a program could wait for a second sign of life for ever: here it wanders by 8 dB.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement
from dbus_fast import Variant

from tests.bluez.bluez_gatt import text_of
from tests.bluez.object_tree import Properties

RSSI_STEP_DB = 8
WANDERS_AFTER = 8  # advertisements

_LISTS = {
    AdvertisingData.Type.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    AdvertisingData.Type.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    AdvertisingData.Type.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}
_SERVICE_DATA = {
    AdvertisingData.Type.SERVICE_DATA_16_BIT_UUID: 2,
    AdvertisingData.Type.SERVICE_DATA_32_BIT_UUID: 4,
    AdvertisingData.Type.SERVICE_DATA_128_BIT_UUID: 16,
}


def listed_uuids(data: AdvertisingData) -> set[str]:
    """Those of its lists, which are all that a discovery filter looks at."""
    return {
        text_of(UUID.from_bytes(value[at : at + size]))
        for kind, value in data.ad_structures
        if (size := _LISTS.get(AdvertisingData.Type(kind), 0))
        for at in range(0, len(value) - size + 1, size)
    }


@dataclass
class Heard:
    name: str | None = None
    whole_name: bool = False
    rssi: int | None = None
    flags: bytes | None = None
    uuids: set[str] = field(default_factory=set)
    service_data: dict[str, bytes] = field(default_factory=dict)
    manufacturer_data: dict[int, bytes] = field(default_factory=dict)
    count: int = 0

    def add(self, advertisement: Advertisement) -> None:
        rssi = advertisement.rssi - self.count // WANDERS_AFTER % 2 * RSSI_STEP_DB
        self.count += 1
        if self.rssi is None or abs(rssi - self.rssi) >= RSSI_STEP_DB:
            self.rssi = rssi
        self.uuids |= listed_uuids(advertisement.data)
        for kind, value in advertisement.data.ad_structures:
            self._add(AdvertisingData.Type(kind), value)

    def properties(self) -> Properties:
        values = {"UUIDs": Variant("as", sorted(self.uuids))}
        if self.name is not None:
            values |= {"Name": Variant("s", self.name), "Alias": Variant("s", self.name)}
        if self.rssi is not None:
            values["RSSI"] = Variant("n", self.rssi)
        if self.flags is not None:
            values["AdvertisingFlags"] = Variant("ay", self.flags)
        if self.service_data:
            data = {key: Variant("ay", value) for key, value in self.service_data.items()}
            values["ServiceData"] = Variant("a{sv}", data)
        if self.manufacturer_data:
            by_id = {key: Variant("ay", value) for key, value in self.manufacturer_data.items()}
            values["ManufacturerData"] = Variant("a{qv}", by_id)
        return values

    def _add(self, kind: AdvertisingData.Type, value: bytes) -> None:
        size = _SERVICE_DATA.get(kind, 0)
        if size and len(value) >= size:
            key = text_of(UUID.from_bytes(value[:size]))
            self.service_data[key] = bytes(value[size:])
            self.uuids.add(key)
        elif kind is AdvertisingData.Type.COMPLETE_LOCAL_NAME:
            self.name, self.whole_name = value.decode(errors="replace"), True
        elif kind is AdvertisingData.Type.SHORTENED_LOCAL_NAME and not self.whole_name:
            self.name = value.decode(errors="replace")
        elif kind is AdvertisingData.Type.FLAGS:
            self.flags = bytes(value)
        elif kind is AdvertisingData.Type.MANUFACTURER_SPECIFIC_DATA and len(value) >= 2:
            self.manufacturer_data[int.from_bytes(value[:2], "little")] = bytes(value[2:])
