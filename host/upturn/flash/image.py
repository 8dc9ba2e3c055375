# SPDX-License-Identifier: MIT
"""A file with MicroPython for an ESP32: looked through to its last byte before a board is touched.

Such a file is three things at fixed places of the flash: a bootloader, a table of partitions and
the program. The bootloader begins at an address that is each chip's own, and so does the file.
Formats: Espressif's "Firmware Image Format" (esptool's documentation) and "Partition Tables".
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from upturn.errors import InputError

CHIPS = {0: "esp32", 2: "esp32s2", 5: "esp32c3", 9: "esp32s3", 12: "esp32c2", 13: "esp32c6"}
"""By the number in a file."""
STARTS_AT = {"esp32": 0x1000, "esp32s3": 0x0}
"""Where a chip's bootloader is, and so where its file goes."""
TABLE_AT = 0x8000
OLDEST = (1, 25)
OLDEST_TEXT = ".".join(map(str, OLDEST))
DOWNLOADS = "micropython.org/download"

MAX_BYTES = 16 * 1024 * 1024
"""The largest flash of these boards has half of it; MicroPython has 2 MB."""
_REMEDY = "Name MicroPython's .bin file"

_MAGIC = 0xE9
_HEADER_BYTES = 24
_SUM_START = 0xEF
_DIGEST_BYTES = 32
_ENTRY = struct.Struct("<2sBBII16sI")
_ENTRY_MAGIC = b"\xaa\x50"
_TABLE_BYTES = 0xC00
_PROGRAM = 0
"""Type of a partition."""
_FILES = ("vfs", "ffat")
"""What MicroPython calls the partition of its files."""
_DESCRIPTION = struct.Struct("<I12x32s32s")
_DESCRIPTION_MAGIC = 0xABCD5432
_NAME = "micropython"


@dataclass(frozen=True, slots=True)
class Image:
    path: Path
    chip: str
    starts_at: int
    files_at: int
    """Where a board with this image has its files."""
    version: str
    """As its makers wrote it down; may be empty."""


class _NoImageError(ValueError):
    """What is wrong with it, for people."""


def read_image(path: Path, chip: str = "") -> Image:
    """What is in the file, which is whole and for that chip, if one is given.

    Raises:
        InputError: it is not, or cannot be read.
    """
    data = _content(path)
    try:
        image = _looked_through(path, data)
    except _NoImageError as error:
        remedy = f"Download it anew from {DOWNLOADS}"
        raise InputError(str(error), where=str(path), remedy=remedy) from None
    if chip and image.chip != chip:
        raise InputError(
            f"it is for an {image.chip.upper()}, and the board has an {chip.upper()}",
            where=str(path),
            remedy="Name another file, or see 'upturn flash --list'",
        )
    return image


def kept_by_mpflash(build: str) -> Path | None:
    """The newest that mpflash has downloaded on this computer, of exactly that build."""
    named = os.environ.get("MPFLASH_FIRMWARE")
    folder = Path(named).expanduser() if named else platformdirs.user_downloads_path() / "firmware"
    wanted = re.compile(rf"{re.escape(build)}-(?:\d{{8}}-)?v(\d+)\.(\d+)(?:\.(\d+))?\.bin")
    found = []
    for path in folder.glob(f"esp32/{build}-*.bin"):
        match = wanted.fullmatch(path.name)
        numbers = tuple(int(part or 0) for part in match.groups()) if match else ()
        if numbers >= OLDEST:
            found.append((numbers, path))
    return max(found)[1] if found else None


def _content(path: Path) -> bytes:
    """What is no file is not opened: a pipe waits for ever, and a device never ends."""
    where = str(path)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise InputError("is a folder", where=where, remedy=_REMEDY)
        if not stat.S_ISREG(found.st_mode):
            raise InputError("is not a file", where=where, remedy=_REMEDY)
        if found.st_size > MAX_BYTES:
            raise InputError(f"has {found.st_size} bytes", where=where, remedy=_REMEDY)
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        why = getattr(error, "strerror", None) or "no file has such a name"
        raise InputError(why, where=where, remedy=_REMEDY) from None


def _looked_through(path: Path, data: bytes) -> Image:
    if not data:
        raise _NoImageError("it is empty")
    if data.startswith(b"UF2\n"):
        raise _NoImageError("it is an .uf2, and the .bin is wanted")
    if data[0] != _MAGIC:
        raise _NoImageError("it is no image for an ESP32")
    chip = _part(data, 0, "bootloader")
    if chip not in STARTS_AT:
        raise _NoImageError(f"it is for an {chip.upper()}, of which no board of Upturn's is")
    starts_at = STARTS_AT[chip]
    program_at, program_room, files_at = _table(data, TABLE_AT - starts_at)
    at = program_at - starts_at
    if _part(data, at, "program") != chip:
        raise _NoImageError("its parts are for different chips")
    if len(data) - at > program_room:
        raise _NoImageError("its program is larger than the room for it")
    name, version = _description(data, at + _HEADER_BYTES + 8)
    if name and name != _NAME:
        raise _NoImageError(f"it holds {name!r}, and not MicroPython")
    return Image(path, chip, starts_at, files_at, version)


def _part(data: bytes, at: int, what: str) -> str:
    """The chip of the image that begins there, and is sound."""
    cut = _NoImageError(f"it is cut off in its {what}")
    if at + _HEADER_BYTES > len(data):
        raise cut
    magic, segments, chip, has_digest = struct.unpack_from("<BB10xH9xB", data, at)
    if magic != _MAGIC:
        raise _NoImageError(f"there is no {what} in it")
    end, check = at + _HEADER_BYTES, _SUM_START
    for _ in range(segments):
        if end + 8 > len(data):
            raise cut
        (size,) = struct.unpack_from("<I", data, end + 4)
        content = data[end + 8 : end + 8 + size]
        if len(content) < size:
            raise cut
        check ^= _xor(content)
        end += 8 + size
    end += 16 - (end - at) % 16
    if end + (_DIGEST_BYTES if has_digest else 0) > len(data):
        raise cut
    digest = hashlib.sha256(data[at:end]).digest()
    if data[end - 1] != check or (has_digest and data[end : end + _DIGEST_BYTES] != digest):
        raise _NoImageError(f"its {what} is damaged")
    return CHIPS.get(chip, f"ESP32 of an unknown kind ({chip})")


def _xor(content: bytes) -> int:
    """Of all bytes; halved again and again, for a program has more than a million."""
    number, bits = (
        int.from_bytes(content, "little"),
        8 * max(1, 1 << (len(content) - 1).bit_length()),
    )
    while bits > 8:
        bits //= 2
        number = (number >> bits) ^ (number & ((1 << bits) - 1))
    return number


def _table(data: bytes, at: int) -> tuple[int, int, int]:
    """Where the program is and how much room it has, and where the files are."""
    program: tuple[int, int] | None = None
    files_at: int | None = None
    for entry in range(at, min(at + _TABLE_BYTES, len(data) - _ENTRY.size), _ENTRY.size):
        magic, kind, _, offset, size, label, _ = _ENTRY.unpack_from(data, entry)
        if magic != _ENTRY_MAGIC:
            break
        if kind == _PROGRAM and program is None:
            program = offset, size
        if label.rstrip(b"\0").decode(errors="replace") in _FILES and files_at is None:
            files_at = offset
    if program is None:
        raise _NoImageError(
            "it is not the whole image: there is no table of partitions in it. An .app-bin or an "
            "OTA file only updates a board that runs"
        )
    if files_at is None:
        raise _NoImageError("it leaves no room for files, as MicroPython's image does")
    return (*program, files_at)


def _description(data: bytes, at: int) -> tuple[str, str]:
    """The program's name and version, where its makers put them."""
    if at + _DESCRIPTION.size > len(data):
        return "", ""
    magic, version, name = _DESCRIPTION.unpack_from(data, at)
    if magic != _DESCRIPTION_MAGIC:
        return "", ""
    return _text(name), _text(version)


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("ascii", errors="replace")
