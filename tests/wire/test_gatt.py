# SPDX-License-Identifier: MIT
"""The names of a node's attributes, as its page has them."""

from __future__ import annotations

from pathlib import Path

from tests.vectors import reference
from upturn.wire import gatt

PAGE = (Path(__file__).parents[2] / "firmware" / "PROTOCOL.md").read_text(encoding="utf-8")


def test_the_attributes_are_those_of_the_page() -> None:
    assert f"| service | {gatt.SERVICE} |" in PAGE
    assert gatt.SERVICE == reference.SERVICE
    rows = {
        "measurement": gatt.MEASUREMENT,
        "feature": gatt.FEATURE,
        "control point": gatt.CONTROL,
    }
    for name, uuid in rows.items():
        assert f"| {name} | {uuid[:8]}-... |" in PAGE
        assert uuid[8:] == gatt.SERVICE[8:]


def test_assigned_numbers_stand_in_their_base_uuid() -> None:
    assert gatt.BATTERY_LEVEL == "00002a19-0000-1000-8000-00805f9b34fb"
    for uuid in (
        gatt.BATTERY_LEVEL,
        gatt.MANUFACTURER,
        gatt.MODEL,
        gatt.SERIAL_NUMBER,
        gatt.FIRMWARE_REVISION,
    ):
        assert f"0x{uuid[4:8].upper()}" in PAGE


def test_a_message_fills_a_notification_of_the_mtu_that_the_node_asks_for() -> None:
    assert gatt.MAX_MESSAGE == 247 - gatt.ATT_HEADER_BYTES
    assert gatt.MIN_MESSAGE == 4
    assert sorted(gatt.PAIR_FIRST) == [0x05, 0x08, 0x0F]
