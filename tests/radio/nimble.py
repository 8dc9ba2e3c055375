# SPDX-License-Identifier: MIT
"""What NimBLE on an ESP32 does otherwise than bumble, put upon a bumble peripheral.

Seen with MicroPython's own NimBLE: a write that needs encryption is refused with 0x05, and so is
an unsubscription over a bonded link, for MicroPython does not keep subscriptions.
"""

from __future__ import annotations

from collections.abc import Callable

from bumble import att
from bumble.device import Connection, Device
from bumble.gatt import Characteristic

NOT_PAIRED = att.ATT_INSUFFICIENT_AUTHENTICATION_ERROR
CANNOT_UNSUBSCRIBE = 0x05


def refuse_unsubscribing(device: Device, bonded: Callable[[], bool]) -> None:
    """From now on, while the link is bonded."""
    server = device.gatt_server
    write = server.write_cccd

    def write_cccd(bearer: Connection, of: Characteristic[bytes], value: bytes) -> None:
        if bonded() and not any(value):
            raise att.ATT_Error(CANNOT_UNSUBSCRIBE)
        write(bearer, of, value)

    setattr(server, write.__name__, write_cccd)
