# SPDX-License-Identifier: MIT
"""Files as MicroPython's are for an ESP32: right in all that anybody checks, and run by nobody.

Made after Espressif's "Firmware Image Format" and MicroPython's makeimg.py; tests/flash has
esptool itself say that they are sound.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

NUMBERS = {"esp32": 0, "esp32s2": 2, "esp32s3": 9}
STARTS = {"esp32": 0x1000, "esp32s3": 0}
TABLE_AT = 0x8000
PROGRAM_AT = 0x10000
FILES_AT = 0x200000
_LOAD_AT = {"esp32": (0x3F400020, 0x40080000), "esp32s3": (0x3C000020, 0x40374000)}


def part(chip: str, contents: list[bytes], *, digest: bool = True) -> bytes:
    """A bootloader or a program, of these segments."""
    head = struct.pack("<BBBBI", 0xE9, len(contents), 2, 0x20, 0x40080400)
    head += struct.pack("<BBBBHBHHIB", 0xEE, 0, 0, 0, NUMBERS[chip], 0, 0, 0xFFFF, 0, digest)
    data, check = head, 0xEF
    for at, content in zip(_LOAD_AT.get(chip, _LOAD_AT["esp32"]), contents, strict=False):
        data += struct.pack("<II", at, len(content)) + content
        for byte in content:
            check ^= byte
    data += bytes(15 - len(data) % 16) + bytes((check,))
    return data + (hashlib.sha256(data).digest() if digest else b"")


def description(name: str = "micropython", version: str = "v1.29.0") -> bytes:
    text = struct.pack("<II8x32s32s", 0xABCD5432, 0, version.encode(), name.encode())
    return text.ljust(256, b"\0")


def table(
    files_label: str = "vfs", files_at: int = FILES_AT, program_room: int = 0x1F0000
) -> bytes:
    rows = [
        (1, 2, 0x9000, 0x6000, "nvs"),
        (1, 1, 0xF000, 0x1000, "phy_init"),
        (0, 0, PROGRAM_AT, program_room, "factory"),
        (1, 0x81, files_at, 0x200000, files_label),
    ]
    entries = b"".join(
        struct.pack("<2sBBII16sI", b"\xaa\x50", kind, sub, at, size, label.encode(), 0)
        for kind, sub, at, size, label in rows
    )
    return (
        entries + b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(entries, usedforsecurity=False).digest()
    ).ljust(0xC00, b"\xff")


def image(
    chip: str = "esp32",
    *,
    size: int = 40_000,
    bootloader: bytes | None = None,
    partitions: bytes | None = None,
    program: bytes | None = None,
) -> bytes:
    start = STARTS[chip]
    noise = hashlib.shake_128(str(size).encode()).digest(size)
    bootloader = bootloader if bootloader is not None else part(chip, [bytes(300), bytes(200)])
    partitions = partitions if partitions is not None else table()
    program = program if program is not None else part(chip, [description(), noise])
    data = bootloader.ljust(TABLE_AT - start, b"\xff") + partitions
    return data.ljust(PROGRAM_AT - start, b"\xff") + program


def write(folder: Path, chip: str = "esp32", name: str = "", **parts: bytes | int) -> Path:
    path = folder / (name or f"{chip}.bin")
    path.write_bytes(image(chip, **parts))  # type: ignore[arg-type]
    return path
