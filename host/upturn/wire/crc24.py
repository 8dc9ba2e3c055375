# SPDX-License-Identifier: MIT
"""CRC-24/OPENPGP, by which both sides of the wire know a message (`PROTOCOL.md`, "Messages")."""

from __future__ import annotations

INIT = 0xB704CE
CHECK_BYTES = 3
_POLYNOMIAL = 0x864CFB
_ALL = 0xFFFFFF


def _made() -> tuple[int, ...]:
    table = []
    for index in range(256):
        crc = index << 16
        for _ in range(8):
            crc = (crc << 1) & _ALL ^ (_POLYNOMIAL if crc & 0x800000 else 0)
        table.append(crc)
    return tuple(table)


_TABLE = _made()


def crc24(data: bytes, crc: int = INIT) -> int:
    """The CRC over `data`, going on from `crc`."""
    table = _TABLE
    for byte in data:
        crc = (crc & 0xFFFF) << 8 ^ table[crc >> 16 ^ byte]
    return crc


def sealed(body: bytes) -> bytes:
    """A message: head and body with their check, the CRC's complement, behind them."""
    return body + (crc24(body) ^ _ALL).to_bytes(CHECK_BYTES, "big")


_SEALED_CRC = crc24(sealed(b""))


def is_sealed(message: bytes) -> bool:
    """Whether it ends with its check: the CRC over both is the same for every message."""
    return crc24(message) == _SEALED_CRC
