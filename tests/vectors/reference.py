# SPDX-License-Identifier: MIT
"""A third reading of `firmware/PROTOCOL.md`: its byte tables as data, its check bit by bit.

It shares nothing with either codec, so that a slip of one of them cannot stand in the vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Fields = Mapping[str, Any]

TYPES = {
    "MEASUREMENT": 1, "SHORT": 2, "HELLO": 3, "STATUS": 4, "GOODBYE": 5, "COMMAND": 8, "ANSWER": 9,
}  # fmt: skip
VERBS = {
    "heartbeat": 1, "read_info": 2, "set_profile": 3, "set_calibration": 4,
    "clear_calibration": 5, "identify": 6, "acknowledge": 7, "test_alarm": 8, "set_rate": 9,
    "set_name": 10, "maintenance": 11, "power_off": 12, "set_bthome": 13, "forget_hosts": 14,
}  # fmt: skip

# Field and bytes; "form", "state", "counts" are put together below, "texts" have lengths.
TABLES: dict[str, list[tuple[str, int]]] = {
    "MEASUREMENT": [
        ("form", 1), ("seq", 2), ("t_ms", 4), ("flags", 2), ("state", 1), ("angle_cdeg", 2),
        ("peak_mg", 2), ("battery_percent", 1), ("battery_mv", 2), ("presses", 1), ("calls", 1),
        ("epoch", 1), ("inversions", 2), ("exposure_ms", 4), ("inversion_ms", 4),
        ("inverted_ms", 4), ("rest_ms", 4),
    ],
    "SHORT": [
        ("seq", 2), ("t_ms", 4), ("flags", 2), ("state", 1), ("angle_cdeg", 2),
        ("exposure_ds", 2), ("epoch", 1), ("battery_percent", 1), ("counts", 1),
    ],
    "HELLO": [
        ("layout", 1), ("node_id", 6), ("firmware", 3), ("reset", 1), ("boots", 2), ("epoch", 1),
        ("t_ms", 4), ("rate_hz", 2), ("range_g", 1), ("traits", 1), ("fault", 1),
        ("notice_ms", 4), ("limit_ms", 4), ("rest_ms", 4), ("max_angle_cdeg", 2),
    ],
    "STATUS": [
        ("t_ms", 4), ("fault", 1), ("overruns", 2), ("skipped", 2), ("bus_errors", 2),
        ("bad_frames", 2), ("dropped", 2), ("heap_free", 4),
    ],
    "GOODBYE": [("t_ms", 4), ("reason", 1)],
}  # fmt: skip
ADVERTISED_BITS = ("pairing", "in_use", "calibrated", "fault", "battery_low")
SERVICE = "b7f10001-5c2e-4d0a-9f3b-6a1d0e8c4f27"
UNKNOWN = {"angle_cdeg": -32768, "battery_percent": 255}


def message(name: str, fields: Fields, version: int = 1) -> list[bytes]:
    """Its parts in order, the check last."""
    parts = [bytes((version << 4 | TYPES[name],))]
    parts += [_field(key, size, fields) for key, size in TABLES.get(name, [])]
    if name == "MEASUREMENT":
        for reading in fields["readings"]:
            parts.append(b"".join([_number(reading[0], 1), *(_number(x, 2) for x in reading[1:])]))
    elif name == "HELLO":
        parts += [b"".join(_number(x, 2) for x in fields["rows"][at : at + 3]) for at in (0, 3, 6)]
        parts.append(b"".join(_number(x, 2) for x in fields["offsets"]))
        parts += [_text(fields[key]) for key in ("board", "sensor", "name", "profile")]
        parts += [_number(fields[key], 1) for key in ("bthome", "bonds") if key in fields]
    elif name == "COMMAND":
        parts += [_number(fields["id"], 1), _number(VERBS[fields["verb"]], 1), *_payload(fields)]
    elif name == "ANSWER":
        parts += [_number(fields[key], 1) for key in ("id", "verb", "result")]
        parts.append(fields["reason"].encode())
    return checked([part for part in parts if part])


def advertisement(fields: Fields) -> bytes:
    """The service data of a node's state, without their UUID."""
    bits = sum(fields[key] << bit for bit, key in enumerate(ADVERTISED_BITS))
    numbers = _number(fields["layout"], 1) + _field("state", 1, fields) + _number(bits, 1)
    return numbers + _field("node_id", 6, fields) + _field("battery_percent", 1, fields)


def in_advertisement(service_data: bytes) -> bytes:
    """As it stands in an advertisement: length, type, the UUID backwards, and the data."""
    rest = b"\x21" + bytes.fromhex(SERVICE.replace("-", ""))[::-1] + service_data
    return bytes((len(rest),)) + rest


def checked(parts: Sequence[bytes]) -> list[bytes]:
    crc = 0xB704CE
    for byte in b"".join(parts):
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return [*parts, bytes(255 - byte for byte in crc.to_bytes(3, "big"))]


def line(raw: bytes, *, from_host: bool) -> bytes:
    """As it stands on a serial line."""
    out = [0x7E]
    for byte in raw:
        if byte in (0x7E, 0x7D) or (from_host and byte < 0x20):
            out += [0x7D, byte ^ 0x20]
        else:
            out.append(byte)
    return bytes([*out, 0x7E])


def _field(key: str, size: int, fields: Fields) -> bytes:
    if key == "form":
        return _number(len(fields["readings"]) + 16 * fields["has_gyro"], 1)
    if key == "state":
        return _number(fields["posture"] + 8 * fields["priority"], 1)
    if key == "counts":
        return _number(fields["presses"] % 16 + 16 * (fields["calls"] % 16), 1)
    if key == "node_id":
        return bytes.fromhex(fields[key])
    if key == "firmware":
        return bytes(fields[key])
    value = fields[key]
    return _number(UNKNOWN[key] if value is None else value, size)


def _payload(fields: Fields) -> list[bytes]:
    match fields["verb"]:
        case "heartbeat":
            return [_number(fields["priority"], 1), _number(int(fields["paused"]), 1)]
        case "set_profile":
            limits = [_number(fields[key], 4) for key in ("notice_ms", "limit_ms", "rest_ms")]
            return [*limits, _number(fields["max_angle_cdeg"], 2), _text(fields["name"])]
        case "set_calibration":
            rows = [_number(x, 2) for x in (*fields["rows"], *fields["offsets"])]
            return [b"".join(rows[at : at + 3]) for at in (0, 3, 6, 9)]
        case "test_alarm":
            return [_number(fields["priority"], 1)]
        case "set_rate":
            return [_number(fields["rate_hz"], 2)]
        case "set_name":
            return [_text(fields["name"])]
        case "set_bthome":
            return [_number(fields["mode"], 1), bytes.fromhex(fields.get("key", ""))]
    return []


def _text(text: str) -> bytes:
    raw = text.encode()
    return bytes((len(raw),)) + raw


def _number(value: int, size: int) -> bytes:
    return (value % (1 << 8 * size)).to_bytes(size, "little")
