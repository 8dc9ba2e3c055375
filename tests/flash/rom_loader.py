# SPDX-License-Identifier: MIT
"""An ESP32's serial loader as esptool meets it, over a flash of ours: bytes in, bytes out.

After "Serial Protocol" of esptool's documentation, and what its source sends (5.6): SLIP, sync,
registers, the upload of the stub, and the stub's own commands. The stub is received and not run:
from its greeting on, this is the stub. Where a real chip would need DTR and RTS to get here,
tests/flash/board.py takes the first sync for it, for a pseudo-terminal has neither line.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from typing import NamedTuple

END, ESC, ESC_END, ESC_ESC = 0xC0, 0xDB, 0xDC, 0xDD
SYNC = 0x08
_HEAD = struct.Struct("<BBHI")
_SECTOR = 4096
_UNSUPPORTED = bytes((1, 5))
_BAD_CHECKSUM = bytes((1, 7))
_CHECKSUM_START = 0xEF


class Kind(NamedTuple):
    """A chip, by what is read of it."""

    number: int | None
    """As GET_SECURITY_INFO tells it; None: that is too new for this chip."""
    registers: dict[int, int]
    flash_id_at: int


_PACKAGE_PICO_V3_02 = 6 << 9
ESP32 = Kind(
    None,
    {
        0x40001000: 0x00F01D83,  # the magic value of detection
        0x3FF5A004: 0x0A000001,  # MAC, as the two below
        0x3FF5A008: 0x0000240A,
        0x3FF5A00C: _PACKAGE_PICO_V3_02 | 1 << 15,
        0x3FF40014: 347,  # the UART's divider: a crystal of 40 MHz at 115200
    },
    0x3FF42080,
)
ESP32_S3 = Kind(9, {0x60007044: 0x0A000001, 0x60007048: 0x0000240A}, 0x60002058)
_FLASH_ID = 0x001640C8
"""4 MB."""


class RomLoader:
    """`flash` is changed as told; `wrote`: something was written since it began."""

    def __init__(self, kind: Kind, flash: bytearray) -> None:
        self.flash = flash
        self.wrote = False
        self.seen: list[int] = []
        """Every command, by number."""
        self.break_at: Callable[[int], bool] = lambda _: False
        """Tells after how many bytes of an image the cable comes out."""
        self.damage = 0
        """So many bytes of what is written are another than was sent."""
        self._kind = kind
        self._registers = dict(kind.registers)
        self._stub = False
        self._slip = bytearray()
        self._inside = False
        self._write_at = self._write_end = 0
        self._inflate = zlib.decompressobj()
        self._reading = b""
        self._read_to = 0
        self.written = 0

    def hear(self, data: bytes) -> bytes:
        """What it answers."""
        out = b""
        for byte in data:
            if byte != END:
                self._slip.append(byte)
                continue
            packet, self._slip = _unescaped(bytes(self._slip)), bytearray()
            if packet:
                out += self._packet(packet)
        return out

    def _packet(self, packet: bytes) -> bytes:
        if self._reading and len(packet) == 4:
            return self._read_on(struct.unpack("<I", packet)[0])
        if len(packet) < _HEAD.size or packet[0] != 0:
            return b""
        _, command, size, check = _HEAD.unpack_from(packet)
        data = packet[_HEAD.size :]
        self.seen.append(command)
        if len(data) != size:
            return self._answer(command, status=_UNSUPPORTED)
        handler = _HANDLERS.get(command)
        if handler is None or (command in _STUB_ONLY and not self._stub):
            return self._answer(command, status=_UNSUPPORTED)
        if command in _CHECKED and _xor(data[16:]) != check:
            return self._answer(command, status=_BAD_CHECKSUM)
        return handler(self, command, data)

    def _answer(
        self, command: int, value: int = 0, data: bytes = b"", status: bytes = b"\0\0"
    ) -> bytes:
        status = status if self._stub else status + b"\0\0"
        return slip(_HEAD.pack(1, command, len(data) + len(status), value) + data + status)

    def _sync(self, command: int, _: bytes) -> bytes:
        self._stub = False  # only a chip that was reset is synchronized with
        return self._answer(command, 0x20120707) * 8

    def _read_register(self, command: int, data: bytes) -> bytes:
        (at,) = struct.unpack("<I", data)
        value = _FLASH_ID if at == self._kind.flash_id_at else self._registers.get(at, 0)
        return self._answer(command, value)

    def _security(self, command: int, _: bytes) -> bytes:
        if self._kind.number is None:
            return self._answer(command, status=_UNSUPPORTED)
        return self._answer(
            command, data=struct.pack("<I8BII", 0, *([0] * 8), self._kind.number, 0)
        )

    def _done(self, command: int, _: bytes) -> bytes:
        return self._answer(command)

    def _run_memory(self, command: int, data: bytes) -> bytes:
        stay, _ = struct.unpack("<II", data)
        answer = self._answer(command)
        if stay:
            return answer
        self._stub = True
        return answer + slip(b"OHAI")

    def _begin(self, command: int, data: bytes) -> bytes:
        size, _, _, at = struct.unpack_from("<IIII", data)
        end = -(-(at + size) // _SECTOR) * _SECTOR
        self.flash[at:end] = b"\xff" * (end - at)
        self._write_at, self._write_end = at, at + size
        self._inflate = zlib.decompressobj()
        self.wrote = self.wrote or size > 0
        return self._answer(command)

    def _write(self, command: int, data: bytes) -> bytes:
        content = data[16:]
        if command == _DEFLATED:
            content = self._inflate.decompress(content)
        content = content[: self._write_end - self._write_at]
        kept = bytearray(content)
        for at in range(min(self.damage, len(kept))):
            kept[at] ^= 0x10
        self.damage = 0
        self.flash[self._write_at : self._write_at + len(kept)] = kept
        self._write_at += len(kept)
        self.written += len(kept)
        if self.break_at(self.written):
            raise CableOutError
        return self._answer(command)

    def _md5(self, command: int, data: bytes) -> bytes:
        at, size, _, _ = struct.unpack("<IIII", data)
        found = hashlib.md5(self.flash[at : at + size], usedforsecurity=False)
        return self._answer(
            command, data=found.digest() if self._stub else found.hexdigest().encode()
        )

    def _erase(self, command: int, _: bytes) -> bytes:
        self.flash[:] = b"\xff" * len(self.flash)
        self.wrote = True
        return self._answer(command)

    def _read(self, command: int, data: bytes) -> bytes:
        at, size, _, _ = struct.unpack("<IIII", data)
        self._reading, self._read_to = bytes(self.flash[at : at + size]), _SECTOR
        return self._answer(command) + slip(self._reading[:_SECTOR])

    def _read_on(self, acknowledged: int) -> bytes:
        content = self._reading
        if acknowledged >= len(content):
            self._reading = b""
            return slip(hashlib.md5(content, usedforsecurity=False).digest())
        if acknowledged < self._read_to:
            return b""
        self._read_to += _SECTOR
        return slip(content[acknowledged : acknowledged + _SECTOR])


class CableOutError(Exception):
    """Pulled, in the middle."""


def slip(data: bytes) -> bytes:
    escaped = data.replace(bytes((ESC,)), bytes((ESC, ESC_ESC)))
    return b"\xc0" + escaped.replace(b"\xc0", bytes((ESC, ESC_END))) + b"\xc0"


def asks_for_loader(data: bytes) -> bool:
    """There is a sync packet in it."""
    return bytes((0, SYNC, 36, 0)) in data


def _unescaped(data: bytes) -> bytes:
    return data.replace(bytes((ESC, ESC_END)), b"\xc0").replace(
        bytes((ESC, ESC_ESC)), bytes((ESC,))
    )


def _xor(content: bytes) -> int:
    check = _CHECKSUM_START
    for byte in content:
        check ^= byte
    return check


_DEFLATED = 0x11
_CHECKED = (0x03, 0x07, _DEFLATED)
_STUB_ONLY = (0xD0, 0xD2)
_HANDLERS: dict[int, Callable[[RomLoader, int, bytes], bytes]] = {
    SYNC: RomLoader._sync,
    0x02: RomLoader._begin,
    0x03: RomLoader._write,
    0x04: RomLoader._done,
    0x05: RomLoader._done,
    0x06: RomLoader._run_memory,
    0x07: RomLoader._done,
    0x09: RomLoader._done,
    0x0A: RomLoader._read_register,
    0x0B: RomLoader._done,
    0x0D: RomLoader._done,
    0x0F: RomLoader._done,
    0x10: RomLoader._begin,
    _DEFLATED: RomLoader._write,
    0x12: RomLoader._done,
    0x13: RomLoader._md5,
    0x14: RomLoader._security,
    0xD0: RomLoader._erase,
    0xD2: RomLoader._read,
}
