# SPDX-License-Identifier: MIT
"""Where a node keeps what over BLE, and how much goes in a message (`PROTOCOL.md`, section 3).

UUIDs are 128-bit and in lower case, as every BLE library here gives them.
"""

from __future__ import annotations

from upturn.wire import framing

SERVICE = "b7f10001-5c2e-4d0a-9f3b-6a1d0e8c4f27"
MEASUREMENT = "b7f10002-5c2e-4d0a-9f3b-6a1d0e8c4f27"
"""Notifies MEASUREMENT or SHORT, STATUS, HELLO and GOODBYE."""
FEATURE = "b7f10003-5c2e-4d0a-9f3b-6a1d0e8c4f27"
"""Read: HELLO, as of the last time that it was said; by anybody."""
CONTROL = "b7f10004-5c2e-4d0a-9f3b-6a1d0e8c4f27"
"""COMMAND is written, ANSWER indicated: over an encrypted link."""


def assigned(number: int) -> str:
    """The UUID that a number of the Bluetooth SIG stands for."""
    return f"{number:08x}-0000-1000-8000-00805f9b34fb"


BATTERY_LEVEL = assigned(0x2A19)
MANUFACTURER = assigned(0x2A29)
MODEL = assigned(0x2A24)
SERIAL_NUMBER = assigned(0x2A25)
"""The node id."""
FIRMWARE_REVISION = assigned(0x2A26)

PAIR_FIRST = frozenset((0x05, 0x08, 0x0F))
"""ATT errors of a write to a link without a bond: which of them is up to the node's stack."""

MIN_MESSAGE = framing.MIN_MESSAGE
MAX_MESSAGE = framing.MAX_MESSAGE
"""With its check: a longer or shorter value is no message."""
ATT_HEADER_BYTES = 3
"""Of the MTU, what is not the message's."""
