# SPDX-License-Identifier: MIT
"""Serial ports: which there are, how one is opened, and what to do where it cannot be.

DTR and RTS stay as the system sets them when a port is opened: both on, together. On boards with
the usual circuit for programming, either one alone means reset or bootloader; switching both off
after opening passes through such a state, so neither is ever touched.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from pathlib import Path

import serial
from serial.tools import list_ports

from upturn.transports.link import LinkError
from upturn.transports.node_probe import Port
from upturn.transports.printable import printable

BAUD = 115_200

if sys.platform == "win32":
    PORT_ERRORS: tuple[type[Exception], ...] = (OSError,)
else:
    import grp
    import termios

    PORT_ERRORS = (OSError, termios.error)
"""All that a port raises when its device is gone; serial.SerialException is an OSError."""


class PortError(LinkError):
    """A port that cannot be opened."""

    def __init__(self, device: str, why: str, remedy: str) -> None:
        super().__init__(printable(device), why, remedy)


ListPorts = Callable[[], list[Port]]


named: set[str] = set()
"""Ports that a table of this program has by name: no other asks there who it is."""


def ports_here() -> list[Port]:
    """All serial ports of this machine, by name; none where they cannot be listed now."""
    try:
        found = [Port(p.device, p.description or "") for p in list_ports.comports()]
    except Exception:  # noqa: BLE001 - pyserial raises anything where a device goes while it looks
        return []
    return sorted(Port(p.device, "" if p.description == "n/a" else p.description) for p in found)


def open_port(device: str) -> serial.Serial:
    """Open a port for us alone.

    Raises:
        PortError: why not, and what to do.
    """
    try:
        return serial.Serial(device, BAUD, timeout=READ_S, write_timeout=0, exclusive=True)
    except (*PORT_ERRORS, ValueError) as error:  # ValueError: a null byte in the name
        raise _explained(device, error) from None


def permission_remedy(device: str) -> str:
    """What to do where a port may not be used."""
    if sys.platform == "win32":
        return "End the program that uses it"
    try:
        group = grp.getgrgid(Path(device).stat().st_gid).gr_name
    except (OSError, KeyError):
        group = "dialout"
    return f"Join its group, 'sudo usermod -aG {group} $USER', and log in again"


READ_S = 0.2
"""How long a reading thread waits at most before it looks whether it is still wanted."""

_NO_PORT = ("there is no such port", "Plug the node in; 'upturn scan' lists the ports")
BUSY = "another program uses it"
_BUSY = (BUSY, "End that program, or name another port")
_NO_DEVICE = ("no device answers behind it", "Plug the node out and in again")
_NOT_SERIAL = ("is no serial port", "'upturn scan' lists the ports")

_WORDS: dict[int, tuple[str, str]] = {
    errno.ENOENT: _NO_PORT,
    errno.ENOTDIR: _NO_PORT,
    errno.EBUSY: _BUSY,
    errno.EAGAIN: _BUSY,
    errno.EIO: _NO_DEVICE,
    errno.ENXIO: _NO_DEVICE,
    errno.ENODEV: _NO_DEVICE,
    errno.EISDIR: _NOT_SERIAL,
    errno.ENOTTY: _NOT_SERIAL,
    errno.EINVAL: _NOT_SERIAL,
}
_NAMES = {"FileNotFoundError": errno.ENOENT, "PermissionError": errno.EBUSY}
"""Windows gives no number but a name; what it forbids there is in use."""


def _explained(device: str, error: BaseException) -> PortError:
    number = _number(error)
    if number in (errno.EACCES, errno.EPERM):
        return PortError(device, "you may not use it", permission_remedy(device))
    if number in _WORDS:
        return PortError(device, *_WORDS[number])
    text = " ".join(str(error).split())
    return PortError(device, f"cannot be opened ({text})", "Check the port")


def _number(error: BaseException) -> int | None:
    """The errno behind it: pyserial keeps some of them in the cause only."""
    at: BaseException | None = error
    while at is not None:
        first = at.args[0] if at.args else None
        if isinstance(first, int):
            return first
        at = at.__context__
    return next((number for name, number in _NAMES.items() if name in str(error)), None)
