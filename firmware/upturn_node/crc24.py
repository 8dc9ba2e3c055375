# SPDX-License-Identifier: MIT
"""CRC-24/OPENPGP, by which both sides of the wire know a message (`PROTOCOL.md`, "Messages").

24 bits is the widest check whose every step stays a small integer in a 32-bit MicroPython.
"""

from array import array

from micropython import const

INIT = const(0xB704CE)
CHECK_BYTES = const(3)
_POLYNOMIAL = const(0x864CFB)
_ALL = const(0xFFFFFF)


def _made():
    table = array("i", bytes(4 * 256))
    for index in range(256):
        crc = index << 16
        for _ in range(8):
            crc = ((crc & 0x7FFFFF) << 1) ^ (_POLYNOMIAL if crc & 0x800000 else 0)
        table[index] = crc
    return table


_TABLE = _made()


def crc24(buf, start, end, crc=INIT):
    """The CRC over `buf[start:end]`, going on from `crc`."""
    table = _TABLE
    while start < end:
        crc = ((crc & 0xFFFF) << 8) ^ table[(crc >> 16) ^ buf[start]]
        start += 1
    return crc


def seal(message, length):
    """Writes the check behind the first `length` bytes; the length with it."""
    check = crc24(message, 0, length) ^ _ALL
    message[length] = check >> 16
    message[length + 1] = (check >> 8) & 0xFF
    message[length + 2] = check & 0xFF
    return length + CHECK_BYTES


def is_sealed(message, length):
    """Whether the last three of `length` bytes are the check of those before."""
    end = length - CHECK_BYTES
    check = crc24(message, 0, end) ^ _ALL
    return (
        message[end] == check >> 16
        and message[end + 1] == (check >> 8) & 0xFF
        and message[end + 2] == check & 0xFF
    )
